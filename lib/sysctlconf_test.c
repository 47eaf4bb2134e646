/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/sysctlconf.h"
#include "lib/testtree.h"

static int setup(void **state)
{
	testtree_setup(state);
	testtree_link(*state, "/lib", "usr/lib");
	testtree_dir(*state, "/etc/sysctl.d");
	return 0;
}

static struct sysctlconf read_as(struct testtree *t, enum sysctlconf_reader reader)
{
	struct sysctlconf c;

	sysctlconf_read(t->root, t->arena, reader, &c);
	return c;
}

static const char *get(const struct sysctlconf *c, const char *key)
{
	const struct sysctlconf_value *v = sysctlconf_get(c, key);

	return v ? v->value : "(none)";
}

static struct sysctlconf parse(struct testtree *t, const char *data, size_t len)
{
	struct sysctlconf c = { 0 };

	sysctlconf_parse(t->arena, text_new(t->arena, "/etc/sysctl.conf", data, len), &c);
	return c;
}

static void test_keys(void **state)
{
	struct testtree *t = *state;

	assert_string_equal(sysctlconf_key(t->arena, "vm.swappiness"), "vm/swappiness");
	assert_string_equal(sysctlconf_key(t->arena, "vm/swappiness"), "vm/swappiness");
	assert_string_equal(sysctlconf_key(t->arena, "net.ipv4.conf.eth0/1.forwarding"),
			    "net/ipv4/conf/eth0.1/forwarding");
	assert_string_equal(sysctlconf_key(t->arena, "net/ipv4/conf/eth0.1/forwarding"),
			    "net/ipv4/conf/eth0.1/forwarding");
	assert_string_equal(sysctlconf_key(t->arena, "plain"), "plain");
}

static void test_lines(void **state)
{
	static const char lines[] =
		"# comment\n; comment\n\n  vm.swappiness = 10 \r\n"
		"-net.ipv4.ip_forward=1\nkernel.sysrq=\n"
		"-net.ipv4.conf.lo.rp_filter\nnet.ipv4.conf.*.rp_filter = 2\n"
		"vm.swappiness 20\nvm.a b = 1\n= 3\nkernel.core_pattern=|/bin/x %p=1\n";
	struct sysctlconf c = parse(*state, lines, sizeof(lines) - 1);

	assert_string_equal(get(&c, "vm/swappiness"), "10");
	assert_string_equal(get(&c, "net/ipv4/ip_forward"), "1");
	assert_string_equal(get(&c, "kernel/sysrq"), "");
	assert_string_equal(get(&c, "net/ipv4/conf/eth0/rp_filter"), "2");
	assert_string_equal(get(&c, "kernel/core_pattern"), "|/bin/x %p=1");
	assert_string_equal(get(&c, "vm/dirty_ratio"), "(none)");
	assert_int_equal(c.bads, 3);
	assert_int_equal(c.bad[0].line, 9);
	assert_int_equal(c.bad[1].line, 10);
	assert_int_equal(c.bad[2].line, 11);
}

static void test_odd_bytes(void **state)
{
	struct sysctlconf c = parse(*state, "\xEF\xBB\xBFvm.x=1\n", 10);
	static const char zeros[4096];

	assert_int_equal(c.bads, 1);
	c = parse(*state, "vm.x=1\0\0\nvm.y=2", 15);
	assert_string_equal(get(&c, "vm/x"), "1");
	assert_string_equal(get(&c, "vm/y"), "2");
	c = parse(*state, zeros, sizeof(zeros));
	assert_int_equal(c.n + c.bads, 0);
}

static void test_order_and_masks(void **state)
{
	struct testtree *t = *state;
	struct sysctlconf c;

	testtree_text(t, "/usr/lib/sysctl.d/10-a.conf", "k.a=lib\nk.b=lib\n");
	testtree_text(t, "/etc/sysctl.d/10-a.conf", "k.a=etc\n");
	testtree_text(t, "/usr/lib/sysctl.d/50-b.conf", "k.a=late\nk.c=lib\n");
	testtree_text(t, "/usr/lib/sysctl.d/60-masked.conf", "k.c=masked\n");
	testtree_link(t, "/etc/sysctl.d/60-masked.conf", "/dev/null");
	testtree_text(t, "/etc/sysctl.d/README.sysctl", "k.c=readme\n");
	testtree_text(t, "/etc/sysctl.conf", "k.c=main\n");
	c = read_as(t, SYSCTLCONF_SYSTEMD);
	assert_string_equal(get(&c, "k/a"), "late");
	assert_string_equal(get(&c, "k/b"), "(none)");
	assert_string_equal(get(&c, "k/c"), "lib");
	assert_false(c.reads_main);
	c = read_as(t, SYSCTLCONF_PROCPS);
	assert_string_equal(get(&c, "k/c"), "main");
	assert_true(c.reads_main);
}

static void test_link_to_main(void **state)
{
	struct testtree *t = *state;
	struct sysctlconf c;
	const struct sysctlconf_value *v;

	testtree_text(t, "/etc/sysctl.conf", "vm.nr_hugepages=100\nvm.nr_hugepages=200\n");
	testtree_text(t, "/usr/lib/sysctl.d/50-x.conf", "vm.nr_hugepages=50\n");
	testtree_link(t, "/etc/sysctl.d/99-sysctl.conf", "../sysctl.conf");
	c = read_as(t, SYSCTLCONF_SYSTEMD);
	assert_true(c.reads_main);
	v = sysctlconf_get(&c, "vm/nr_hugepages");
	assert_string_equal(v->value, "200");
	assert_string_equal(v->text->path, "/etc/sysctl.conf");
	assert_int_equal(v->line, 2);
	v = sysctlconf_before(&c, "vm/nr_hugepages", v);
	assert_string_equal(v->value, "100");
	v = sysctlconf_before(&c, "vm/nr_hugepages", v);
	assert_string_equal(v->value, "50");
	assert_string_equal(v->text->path, "/usr/lib/sysctl.d/50-x.conf");
	assert_null(sysctlconf_before(&c, "vm/nr_hugepages", v));
}

static void test_exact_beats_glob(void **state)
{
	struct testtree *t = *state;
	struct sysctlconf c = parse(t, "vm.a=1\nvm.*=2\nvm.b?=3\n", 22);
	const struct sysctlconf_value *v = sysctlconf_get(&c, "vm/a");

	assert_string_equal(v->value, "1");
	v = sysctlconf_before(&c, "vm/a", v);
	assert_string_equal(v->value, "2");
	assert_true(v->glob);
	assert_null(sysctlconf_before(&c, "vm/a", v));
	assert_string_equal(get(&c, "vm/bc"), "3");
}

static void test_odd_nodes(void **state)
{
	struct testtree *t = *state;
	_cleanup_free_ char *cmd =
		xasprintf("cd %s/etc/sysctl.d && mkdir d.conf && mkfifo f.conf && "
			  "ln -s l.conf l.conf && ln -s gone g.conf && "
			  "ln -s . dir.conf",
			  t->dir);
	struct sysctlconf c;

	assert_int_equal(system(cmd), 0);
	c = read_as(t, SYSCTLCONF_PROCPS);
	assert_int_equal(c.n + c.bads, 0);
}

/* 400 times 8 MiB of nothing, and what comes behind: little of it is read, and that is said. */
static void test_too_much(void **state)
{
	struct testtree *t = *state;
	struct sysctlconf c;

	testtree_text(t, "/etc/sysctl.d/00-first.conf", "k.a=1\n");
	for (size_t i = 0; i < 400; i++) {
		const char *path = arena_printf(t->arena, "/etc/sysctl.d/10-%03zu.conf", i);

		testtree_text(t, path, "");
		testtree_grow(t, path, 8 << 20);
	}
	c = read_as(t, SYSCTLCONF_PROCPS);
	assert_string_equal(get(&c, "k/a"), "1");
	assert_string_equal(c.cut, "/etc/sysctl.d/10-001.conf");
	assert_true(c.bytes <= 16 << 20);
}

/* Patterns are matched against each key that is asked for. */
static void test_too_many_globs(void **state)
{
	struct testtree *t = *state;
	_cleanup_bytes_ struct bytes b = { 0 };
	struct sysctlconf c;

	bytes_adds(&b, "k.a=1\nk.?b=2\n");
	for (size_t i = 0; i < 3000; i++)
		bytes_addf(&b, "*a*a*a*a*a*a*a*a%zu=1\n", i);
	c = parse(t, b.data, b.len);
	assert_int_equal(c.n, 1001);
	assert_string_equal(c.cut, "/etc/sysctl.conf");
	assert_string_equal(get(&c, "k/bb"), "2");
	assert_string_equal(get(&c, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"), "(none)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_keys, setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(test_lines, setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(test_odd_bytes, setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(test_order_and_masks, setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(test_link_to_main, setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(test_exact_beats_glob, setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(test_odd_nodes, setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(test_too_much, setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(test_too_many_globs, setup, testtree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
