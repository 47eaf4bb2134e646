/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/testtree.h"

#include "lib/bls.h"
#include "lib/loader_default.h"
#include "lib/scan.h"

static struct bls_entry parse(struct testtree *t, const char *s, size_t len)
{
	struct bls_entry e;

	bls_parse(t->arena, text_new(t->arena, "e.conf", s, len), "e", &e);
	return e;
}

static void fields(void **state)
{
	static const char s[] =
		"# a comment\r\n\ttitle  A B \r\nversion\t1.2-3\r\nlinux /v\nlinux /w\n"
		"initrd /a  /b\ninitrd $tuned_initrd\noptions root=x ro\n"
		"grub_class kernel";
	struct bls_entry e = parse(*state, s, strlen(s));

	assert_string_equal(e.title.value, "A B ");
	assert_int_equal(e.title.line, 2);
	assert_string_equal(e.version.value, "1.2-3");
	assert_string_equal(e.kernel.value, "/v");
	assert_int_equal(e.kernel.line, 4);
	assert_int_equal(e.initrds, 3);
	assert_string_equal(e.initrd[1].value, "/b");
	assert_string_equal(e.initrd[2].value, "$tuned_initrd");
	assert_string_equal(e.options.value, "root=x ro");
	assert_int_equal(e.stop, 0);
	assert_null(e.lost);
}

static void where_it_stops(void **state)
{
	static const struct {
		const char *s;
		size_t stop;
		const char *lost;
	} cases[] = {
		{ "linux /v\n\noptions x\n", 2, "options" },
		{ "linux /v\ntitle\noptions x\n", 2, "options" },
		{ "linux /v\ntitle \ninitrd /i\n", 2, "initrd" },
		{ "linux /v\n\n", 2, NULL },
		{ "linux /v\n\n# linux /w\nfoo bar\n\n", 2, NULL },
		{ "\r\nlinux /v", 1, "linux" },
		{ "\nx\n\nversion 1\n", 1, "version" },
		{ "", 0, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct bls_entry e = parse(*state, cases[i].s, strlen(cases[i].s));

		assert_int_equal(e.stop, cases[i].stop);
		assert_true(streq_null(e.lost, cases[i].lost));
	}
}

static void hostile(void **state)
{
	struct testtree *t = *state;
	char *s = xmalloc(1 << 20);
	struct bls_entry e;

	memset(s, 'a', 1 << 20);
	e = parse(t, s, 1 << 20);
	assert_int_equal(e.stop, 1);
	memcpy(s, "linux /v\0\0x\n", 12);
	e = parse(t, s, 12);
	assert_string_equal(e.kernel.value, "/v");
	for (size_t i = 0; i < 1 << 20; i++)
		s[i] = "a b\n"[i % 4];
	e = parse(t, s, 1 << 20);
	assert_null(e.kernel.value);
	free(s);
}

static void order(void **state UNUSED)
{
	static const char *const menu[] = {
		"m-5.14.0-503.23.1.el9_5.x86_64",
		"m-5.14.0-503.11.1.el9_5.x86_64",
		"m-5.14.0-70.el9.x86_64",
		"m-4.18.0-553.el8.x86_64",
		"m-0-rescue",
		"a-6.1.0-1",
	};

	for (size_t i = 0; i + 1 < ARRAY_SIZE(menu); i++) {
		if (bls_compare(menu[i], menu[i + 1]) >= 0 ||
		    bls_compare(menu[i + 1], menu[i]) <= 0)
			fail_msg("%s does not come before %s", menu[i], menu[i + 1]);
	}
	assert_int_equal(bls_compare("", ""), 0);
	assert_int_equal(bls_compare("-", "-"), 0);
}

static void variables(void **state)
{
	struct arena *a = ((struct testtree *)*state)->arena;
	char many[4096];

	assert_true(bls_uses("$kernelopts x", "kernelopts"));
	assert_true(bls_uses("x ${kernelopts}", "kernelopts"));
	assert_false(bls_uses("$kernelopts2 ${kernelopts $", "kernelopts"));
	assert_false(bls_uses("$kernelopts_x ", "kernelopts"));
	assert_string_equal(bls_expand(a, "a $k ${k}b $kk $", "k", "v w"), "a v w v wb $kk $");
	assert_string_equal(bls_expand(a, "$k", "k", NULL), "");
	assert_string_equal(bls_expand(a, "$k", "k", "$k"), "$k");
	for (size_t i = 0; i + 1 < sizeof(many); i += 2)
		memcpy(many + i, "$k", 2);
	many[sizeof(many) - 1] = '\0';
	assert_true(strlen(bls_expand(a, many, "k", many)) <= 64 << 10);
}

struct fixture {
	struct devices devices;
	struct facts facts;
	struct scan scan;
};

static void look(struct testtree *t, const char *devices, struct fixture *f)
{
	size_t bad = 0;

	*f = (struct fixture){ .facts.devices = &f->devices };
	if (devices)
		assert_int_equal(devices_parse(t->arena,
					       text_new(t->arena, "d", devices, strlen(devices)),
					       &f->devices, &bad),
				 0);
	facts_gather(t->root, t->arena, &f->facts);
	scan_init(&f->scan, t->root, &f->facts, t->arena);
}

static void paths(void **state)
{
	struct testtree *t = *state;
	struct fixture f;

	testtree_text(t, "/boot/vmlinuz-1", "x");
	testtree_link(t, "/boot/boot", ".");
	look(t, "UUID=1 ext4 /\nUUID=2 ext4 /boot\n", &f);
	assert_string_equal(bls_path(&f.scan, "/vmlinuz-1"), "/boot/vmlinuz-1");
	assert_string_equal(bls_path(&f.scan, "vmlinuz-1"), "/boot/vmlinuz-1");
	assert_string_equal(bls_path(&f.scan, "/boot/vmlinuz-1"), "/boot/vmlinuz-1");
	assert_string_equal(bls_unpath(&f.scan, "/boot/vmlinuz-1"), "/vmlinuz-1");
	look(t, "UUID=1 ext4 /\n", &f);
	assert_string_equal(bls_path(&f.scan, "/boot/vmlinuz-1"), "/boot/vmlinuz-1");
	assert_string_equal(bls_path(&f.scan, "/vmlinuz-1"), "/vmlinuz-1");
	assert_string_equal(bls_unpath(&f.scan, "/boot/vmlinuz-1"), "/boot/vmlinuz-1");
	assert_null(bls_unpath(&f.scan, "/efi/vmlinuz-1"));
	look(t, "UUID=1 btrfs /\n", &f);
	assert_string_equal(bls_path(&f.scan, "/root/boot/vmlinuz-1"), "/boot/vmlinuz-1");
	assert_null(bls_unpath(&f.scan, "/boot/vmlinuz-1"));
	/* Nothing is known of the disk: what is there decides. */
	look(t, NULL, &f);
	assert_string_equal(bls_path(&f.scan, "/vmlinuz-1"), "/boot/vmlinuz-1");
}

#define ENTRIES "/boot/loader/entries/"

/* Running no check at all lets go of the texts. */
static void done(struct fixture *f)
{
	const struct check *const none[] = { NULL };

	scan_run(&f->scan, none, &(struct selection){ 0 });
}

static const char *default_title(struct testtree *t, const char *env)
{
	_cleanup_free_ char *block =
		xasprintf("# GRUB Environment Block\n%s\n%0*d", env, (int)(998 - strlen(env)), 0);
	const struct boot_choice *c;
	struct fixture f;

	for (char *p = block + 26 + strlen(env); *p; p++)
		*p = '#';
	testtree_text(t, "/boot/grub2/grubenv", block);
	look(t, "UUID=1 ext4 /\n", &f);
	c = loader_default(&f.scan);
	done(&f);
	return c ? c->title : NULL;
}

static void which_boots(void **state)
{
	struct testtree *t = *state;

	testtree_text(t, "/boot/grub2/grub.cfg",
		      "load_env\nset default=\"${saved_entry}\"\ninsmod blscfg\nblscfg\n");
	testtree_text(t, ENTRIES "m-1.0-1.conf", "title one\nlinux /boot/vmlinuz-1\n");
	testtree_text(t, ENTRIES "m-2.0-1.conf", "title two\nlinux /boot/vmlinuz-2\n");
	testtree_text(t, ENTRIES "m-3.0-1.conf", "title none\noptions x\n");
	testtree_text(t, ENTRIES ".m-4.0-1.conf", "title hidden\nlinux /x\n");
	assert_string_equal(default_title(t, "x=y"), "two");
	assert_string_equal(default_title(t, "saved_entry=m-1.0-1"), "one");
	assert_string_equal(default_title(t, "saved_entry=m-1.0-1.conf"), "one");
	assert_string_equal(default_title(t, "saved_entry=one"), "one");
	assert_string_equal(default_title(t, "saved_entry=1"), "one");
	assert_string_equal(default_title(t, "saved_entry=7"), "two");
	assert_string_equal(default_title(t, "saved_entry=gone"), "two");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(fields, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(where_it_stops, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(hostile, testtree_setup, testtree_teardown),
		cmocka_unit_test(order),
		cmocka_unit_test_setup_teardown(variables, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(paths, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(which_boots, testtree_setup, testtree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
