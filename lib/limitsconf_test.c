/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/limitsconf.h"
#include "lib/scan.h"
#include "lib/testtree.h"

#define CONF "/etc/security/limits.conf"

static struct limitsconf limits(struct testtree *t)
{
	static const struct check *const none[] = { NULL };
	static const struct selection all;
	struct devices devices = { 0 };
	struct facts facts = { .devices = &devices };
	struct limitsconf l;
	struct scan s;

	scan_init(&s, t->root, &facts, t->arena);
	limitsconf_read(&s, &l);
	scan_run(&s, none, &all);
	return l;
}

static void expect(struct testtree *t, uint64_t nofile, const char *who)
{
	struct limitsconf l = limits(t);

	assert_int_equal(l.nofile, nofile);
	if (who)
		assert_string_equal(l.who, who);
	else
		assert_null(l.who);
}

static void test_lines(void **state)
{
	static const struct {
		const char *text, *who;
		uint64_t nofile;
	} t[] = {
		{ "", NULL, 0 },
		{ "* hard nofile 65536\n", "*", 65536 },
		{ "* hard nofile 65536", "*", 65536 },
		{ "\t@web\t-\tnofile\t100000\r\n", "@web", 100000 },
		{ "* soft nofile 65536\n", NULL, 0 },
		{ "#* hard nofile 65536\n", NULL, 0 },
		{ "* hard nofile unlimited\n* hard nofile -1\n", NULL, 0 },
		{ "* hard nofile 18446744073709551616\n", NULL, 0 },
		{ "* hard nofile 18446744073709551615\n", "*", UINT64_MAX },
		{ "* hard nofiles 5\n* hard nproc 5\nnofile\n* nofile 5\n", NULL, 0 },
		{ "a hard nofile 5\nb hard nofile 7\nc hard nofile 7\nd hard nofile 6\n", "b", 7 },
		{ "a hard nofile 5 # nine\n", "a", 5 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		testtree_text(*state, CONF, t[i].text);
		expect(*state, t[i].nofile, t[i].who);
	}
}

static void test_drop_ins(void **state)
{
	struct testtree *t = *state;

	expect(t, 0, NULL);
	testtree_text(t, "/etc/security/limits.d/90-a.conf", "a hard nofile 9\n");
	testtree_text(t, "/etc/security/limits.d/91-b", "b hard nofile 10\n");
	testtree_text(t, "/etc/security/limits.d/92-c.conf.bak", "c hard nofile 11\n");
	expect(t, 9, "a");
	testtree_text(t, CONF, "m hard nofile 12\n");
	expect(t, 12, "m");
}

static void test_hostile(void **state)
{
	struct testtree *t = *state;
	_cleanup_free_ char *fifo = testtree_path(t, "/etc/security/limits.d/00.conf");
	char line[3000];

	assert_int_equal(mkfifo(fifo, 0600), 0);
	testtree_dir(t, "/etc/security/limits.d/01.conf");
	testtree_link(t, "/etc/security/limits.d/02.conf", "02.conf");
	testtree_link(t, "/etc/security/limits.d/03.conf", "/dev/zero");
	testtree_put(t, CONF, "x hard nofile\0 5\ny hard nofile 4\n", 33);
	expect(t, 4, "y");
	/* The longest line there can be, and one byte more. */
	memset(line, 'w', sizeof(line));
	memcpy(line + LIMITSCONF_LINE_MAX - 1 - 14, " hard nofile 5\n", 15);
	testtree_put(t, CONF, line, LIMITSCONF_LINE_MAX);
	assert_int_equal(limits(t).nofile, 5);
	memmove(line + 1, line, LIMITSCONF_LINE_MAX);
	testtree_put(t, CONF, line, LIMITSCONF_LINE_MAX + 1);
	assert_int_equal(limits(t).nofile, 0);
	testtree_grow(t, CONF, 7 << 20);
	assert_int_equal(limits(t).nofile, 0);
	testtree_grow(t, CONF, (off_t)1 << 40);
	assert_int_equal(limits(t).nofile, 0);
}

static void test_too_many(void **state)
{
	struct testtree *t = *state;
	unsigned given = LIMITSCONF_FILES_MAX + 10;

	for (unsigned i = 1; i <= given; i++) {
		_cleanup_free_ char *path = xasprintf("/etc/security/limits.d/%04u.conf", i);
		_cleanup_free_ char *text = xasprintf("a hard nofile %u\n", i);

		testtree_text(t, path, text);
	}
	expect(t, LIMITSCONF_FILES_MAX, "a");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, testtree_setup, testtree_teardown)
	const struct CMUnitTest tests[] = {
		CASE(test_lines),
		CASE(test_drop_ins),
		CASE(test_hostile),
		CASE(test_too_many),
	};
#undef CASE

	return cmocka_run_group_tests(tests, NULL, NULL);
}
