/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "lib/fstab.h"

static struct arena *a;

static int setup(void **state UNUSED)
{
	a = arena_new();
	return 0;
}

static int teardown(void **state UNUSED)
{
	arena_free(a);
	return 0;
}

static struct fstab parse_bytes(const char *s, size_t len)
{
	struct fstab tab;

	fstab_parse(a, text_new(a, "/etc/fstab", s, len), &tab);
	return tab;
}

static struct fstab parse(const char *s)
{
	return parse_bytes(s, strlen(s));
}

static struct fstab_entry one(const char *s)
{
	struct fstab tab = parse(s);

	assert_int_equal(tab.n, 1);
	return tab.e[0];
}

/* --- lines and columns --- */

static void finds_physical_lines(void **state UNUSED)
{
	struct fstab tab = parse("# comment\n\n  \t\n/dev/a /x ext4 defaults 1 2\n"
				 "   # indented\n/dev/b /y xfs\n");

	assert_int_equal(tab.n, 2);
	assert_int_equal(tab.e[0].line, 4);
	assert_int_equal(tab.e[1].line, 6);
	assert_string_equal(tab.e[0].spec, "/dev/a");
	assert_string_equal(tab.e[0].target, "/x");
	assert_string_equal(tab.e[0].type, "ext4");
	assert_string_equal(tab.e[0].options, "defaults");
	assert_int_equal(tab.e[0].freq, 1);
	assert_int_equal(tab.e[0].passno, 2);
	assert_int_equal(tab.e[0].fields, 6);
	assert_int_equal(tab.e[1].fields, 3);
	assert_string_equal(tab.e[1].options, "");
	assert_false(tab.e[1].bad);
}

static void decodes_escapes(void **state UNUSED)
{
	struct fstab_entry e = one("/dev/x\\0401 /a\\040b\\011c\\134d ext4 defaults 0 0");

	assert_string_equal(e.spec, "/dev/x 1");
	assert_string_equal(e.target, "/a b\tc\\d");
	assert_string_equal(e.where, "/a b\tc\\d");
}

static void parsers_disagree(void **state UNUSED)
{
	static const struct {
		const char *line;
		bool bad, seen;
		enum critical critical;
	} t[] = {
		{ "/dev/a /x", true, true, CRIT_REQUIRED },
		{ "/dev/a", true, true, CRIT_IGNORED },
		{ "/dev/a /x ext4", false, true, CRIT_REQUIRED },
		{ "/dev/a /x ext4 defaults, nofail 0 0", true, true, CRIT_REQUIRED },
		{ "/dev/a /x ext4 defaults O 0", true, true, CRIT_REQUIRED },
		{ "/dev/a /x ext4 defaults 0 0 junk", false, true, CRIT_REQUIRED },
		{ "/dev/a /x ext4 defaults # c", true, true, CRIT_REQUIRED },
		{ "/dev/a /x ext4 defaults 0 0 # c", false, true, CRIT_REQUIRED },
		{ "host:/x /y nfs ,nofail 0 0", false, true, CRIT_OPTIONAL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct fstab_entry e = one(t[i].line);

		assert_int_equal(e.bad, t[i].bad);
		assert_int_equal(e.seen, t[i].seen);
		assert_int_equal(e.critical, t[i].critical);
		assert_int_equal(e.trouble != NULL, t[i].bad);
	}
}

static void carriage_returns(void **state UNUSED)
{
	static const struct {
		const char *line;
		bool hurts;
		enum critical critical;
	} t[] = {
		{ "/dev/a /x ext4 nofail 0 0\r", false, CRIT_OPTIONAL },
		{ "/dev/a /x ext4 nofail 0\r", false, CRIT_OPTIONAL },
		{ "/dev/a /x ext4 defaults\r", false, CRIT_REQUIRED },
		{ "/dev/a /x ext4 defaults,nofail\r", true, CRIT_REQUIRED },
		{ "/dev/a /x ext4 x-systemd.automount\r", true, CRIT_REQUIRED },
		{ "h:/a /x nfs\r", true, CRIT_REQUIRED },
		{ "/dev/a none swap\r", true, CRIT_IGNORED },
		{ "/dev/a /x ext4\r", false, CRIT_REQUIRED },
		{ "/dev/a /x\r", true, CRIT_REQUIRED },
	};

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct fstab_entry e = one(t[i].line);

		assert_true(e.cr);
		assert_int_equal(e.cr_hurts, t[i].hurts);
		assert_int_equal(e.critical, t[i].critical);
		assert_null(strchr(e.type, '\r'));
		assert_null(strchr(e.options, '\r'));
		assert_null(strchr(e.target, '\r'));
	}
	assert_int_equal(parse("\r\n# x\r\n \t\r\n").n, 0);
}

static void odd_bytes(void **state UNUSED)
{
	static const char nul[] = "/dev/a /x ext4\0 defaults 0 0\n";
	static const char zeros[64];
	struct fstab tab = parse_bytes(nul, sizeof(nul) - 1);

	assert_int_equal(tab.n, 1);
	assert_true(tab.e[0].bad);
	assert_int_equal(parse_bytes(zeros, sizeof(zeros)).n, 0);
	assert_int_equal(parse_bytes("\0# x\n", 5).n, 1);
	assert_true(one("\xEF\xBB\xBFUUID=1 / ext4 defaults 0 1").bad);
	assert_true(one("UUID=1\xC2\xA0/x ext4 defaults 0 1").bad);
	assert_false(one("UUID=1 /x ext4 defaults 0 1 # a\xC2\xA0"
			 "b")
			     .bad);
	assert_int_equal(parse("").n, 0);
	assert_int_equal(parse("\n\n\n").n, 0);
}

static void huge_lines(void **state UNUSED)
{
	size_t len = 3u << 20;
	char *s = xmalloc(len + 1);
	struct fstab tab;

	memset(s, 'x', len);
	s[len] = '\0';
	tab = parse(s);
	assert_int_equal(tab.n, 1);
	assert_true(tab.e[0].bad);
	memset(s, ',', len);
	memcpy(s, "a /b c ", 7);
	tab = parse(s);
	assert_int_equal(tab.n, 1);
	assert_true(tab.e[0].bad);
	for (size_t i = 0; i < len; i++)
		s[i] = i % 2 ? '\n' : 'a';
	tab = parse(s);
	assert_int_equal(tab.n, FSTAB_ENTRIES_MAX);
	assert_true(tab.cut);
	free(s);
}

/* --- options --- */

static void options_are_words(void **state UNUSED)
{
	const char *v = NULL;

	assert_true(fstab_option("ro,subvol=@home,x", "subvol", &v));
	assert_int_equal(strncmp(v, "@home", 5), 0);
	assert_true(fstab_option("ro,nofail", "nofail", &v));
	assert_string_equal(v, "");
	assert_false(fstab_option("ro,nofails", "nofail", NULL));
	assert_false(fstab_option("xnofail", "nofail", NULL));
	assert_false(fstab_option("a\\,nofail", "nofail", NULL));
	assert_false(fstab_option("", "nofail", NULL));
	assert_false(fstab_option("a,b", "", NULL));
	assert_true(fstab_option(",,nofail", "nofail", NULL));
	assert_false(fstab_option("trailing\\", "x", NULL));
}

static void options_are_edited(void **state UNUSED)
{
	assert_string_equal(fstab_add_options(a, "defaults", "nofail"), "defaults,nofail");
	assert_string_equal(fstab_add_options(a, "nofail,ro", "nofail,x=1"), "nofail,ro,x=1");
	assert_string_equal(fstab_add_options(a, "", "nofail"), "nofail");
	assert_string_equal(fstab_add_options(a, "ro,", "nofail"), "ro,nofail");
	assert_string_equal(fstab_drop_option(a, "a,b,c", "b"), "a,c");
	assert_string_equal(fstab_drop_option(a, "b", "b"), "defaults");
	assert_string_equal(fstab_drop_option(a, "ab,b=1", "b"), "ab,b=1");
	assert_string_equal(fstab_drop_option(a, "x\\,b,c", "b"), "x\\,b,c");
}

/* --- what stops the boot --- */

static void duplicates(void **state UNUSED)
{
	struct fstab tab = parse("/dev/a /x ext4 noauto 0 0\n/dev/b /x/ ext4 defaults 0 0\n"
				 "/dev/c //x/. ext4 defaults 0 0\n/dev/s none swap sw 0 0\n"
				 "/dev/s swap swap sw 0 0\n");

	assert_false(tab.e[0].duplicate);
	assert_true(tab.e[1].duplicate);
	assert_true(tab.e[2].duplicate);
	assert_int_equal(tab.e[1].critical, CRIT_IGNORED);
	assert_false(tab.e[3].duplicate);
	assert_true(tab.e[4].duplicate);
}

static void by_who_mounts(void **state UNUSED)
{
	static const struct {
		const char *line;
		enum critical by[4]; /* systemd, mountall, fsck and mount, lenient */
	} t[] = {
		{ "UUID=1 /x ext4 defaults 0 2",
		  { CRIT_REQUIRED, CRIT_REQUIRED, CRIT_REQUIRED, CRIT_OPTIONAL } },
		{ "UUID=1 /x ext4 defaults 0 0",
		  { CRIT_REQUIRED, CRIT_REQUIRED, CRIT_OPTIONAL, CRIT_OPTIONAL } },
		{ "UUID=1 /x ext4 nofail 0 2",
		  { CRIT_OPTIONAL, CRIT_OPTIONAL, CRIT_OPTIONAL, CRIT_OPTIONAL } },
		{ "UUID=1 /x ext4 nobootwait 0 2",
		  { CRIT_REQUIRED, CRIT_OPTIONAL, CRIT_REQUIRED, CRIT_OPTIONAL } },
		{ "UUID=1 /x ext4 noauto 0 0",
		  { CRIT_IGNORED, CRIT_IGNORED, CRIT_IGNORED, CRIT_IGNORED } },
		{ "UUID=1 none swap sw 0 0",
		  { CRIT_OPTIONAL, CRIT_REQUIRED, CRIT_OPTIONAL, CRIT_OPTIONAL } },
		{ "h:/x /x nfs defaults 0 0",
		  { CRIT_OPTIONAL, CRIT_OPTIONAL, CRIT_OPTIONAL, CRIT_OPTIONAL } },
		{ "UUID=1 / ext4 nofail,noauto 0 1",
		  { CRIT_REQUIRED, CRIT_REQUIRED, CRIT_OPTIONAL, CRIT_IGNORED } },
		{ "UUID=1 /usr/ ext4 nofail 0 2",
		  { CRIT_REQUIRED, CRIT_OPTIONAL, CRIT_OPTIONAL, CRIT_OPTIONAL } },
		{ "proc /proc proc defaults 0 0",
		  { CRIT_IGNORED, CRIT_IGNORED, CRIT_OPTIONAL, CRIT_OPTIONAL } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct fstab_entry e = one(t[i].line);

		for (int how = FSTAB_SYSTEMD; how <= FSTAB_LENIENT; how++)
			assert_int_equal(fstab_critical_for(&e, (enum fstab_mounter)how),
					 t[i].by[how]);
	}
}

static void targets_are_simplified(void **state UNUSED)
{
	assert_string_equal(fstab_simplify(a, "/a//b/./c/"), "/a/b/c");
	assert_string_equal(fstab_simplify(a, "/"), "/");
	assert_string_equal(fstab_simplify(a, "///"), "/");
	assert_string_equal(fstab_simplify(a, ""), "/");
	assert_string_equal(fstab_simplify(a, "/a/../b"), "/b");
	assert_string_equal(fstab_simplify(a, "/../../b"), "/b");
	assert_string_equal(fstab_simplify(a, "x/y"), "/x/y");
	assert_string_equal(fstab_simplify(a, "/.../..b"), "/.../..b");
	assert_true(fstab_is_api_mount("/dev/shm"));
	assert_true(fstab_is_api_mount("/sys/fs/cgroup/cpu"));
	assert_false(fstab_is_api_mount("/dev/shm2"));
	assert_false(fstab_is_api_mount("/run/lock"));
}

/* --- edits --- */

static void replaces_one_column(void **state UNUSED)
{
	static const struct {
		const char *raw;
		enum fstab_field field;
		const char *value, *becomes;
	} t[] = {
		{ "a\t/b  ext4 \tro\t0 0", FSTAB_SPEC, "UUID=1", "UUID=1\t/b  ext4 \tro\t0 0" },
		{ "a\t/b  ext4 \tro\t0 0", FSTAB_OPTIONS, "rw,x", "a\t/b  ext4 \trw,x\t0 0" },
		{ "a\t/b  ext4 \tro\t0 1  ", FSTAB_PASSNO, "0", "a\t/b  ext4 \tro\t0 0  " },
		{ "  a /b ext4 ro 0 0 # c", FSTAB_PASSNO, "2", "  a /b ext4 ro 0 2 # c" },
		{ "a /b ext4 ro 0 0\r", FSTAB_PASSNO, "2", "a /b ext4 ro 0 2\r" },
		{ "a /b ext4\r", FSTAB_OPTIONS, "ro", "a /b ext4 ro\r" },
		{ "a\t/b\text4", FSTAB_OPTIONS, "ro", "a\t/b\text4\tro" },
		{ "a /b", FSTAB_OPTIONS, "ro", "a /b auto ro" },
		{ "a /b ext4", FSTAB_PASSNO, "2", "a /b ext4 defaults 0 2" },
		{ "a /b ext4 ro # c", FSTAB_OPTIONS, "rw", "a /b ext4 rw # c" },
		{ "a /b ext4 ro # c", FSTAB_FREQ, "0", "a /b ext4 ro 0 0 # c" },
		{ "a /b ext4 # c", FSTAB_OPTIONS, "ro", "a /b ext4 ro 0 0 # c" },
		{ "a /b ext4  ", FSTAB_OPTIONS, "ro", "a /b ext4 ro  " },
		{ "a /b ext4 ro", FSTAB_TARGET, "/x y", "a /x\\040y ext4 ro" },
		{ "a /b ext4 ro", FSTAB_OPTIONS, "p=a\\040b", "a /b ext4 p=a\\040b" },
		{ "", FSTAB_SPEC, "a", "a" },
		{ "", FSTAB_TARGET, "/b", "none /b" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(t); i++)
		assert_string_equal(fstab_replace_field(a, t[i].raw, t[i].field, t[i].value),
				    t[i].becomes);
}

static void lets_the_boot_go_on(void **state UNUSED)
{
	static const struct {
		const char *raw;
		enum fstab_mounter how;
		const char *becomes;
	} t[] = {
		{ "UUID=1\t/x\txfs\tdefaults\t0\t2", FSTAB_SYSTEMD,
		  "UUID=1\t/x\txfs\tdefaults,nofail,x-systemd.device-timeout=10s\t0\t2" },
		{ "UUID=1 /x xfs fail,x-systemd.device-timeout=0 0 2", FSTAB_SYSTEMD,
		  "UUID=1 /x xfs x-systemd.device-timeout=0,nofail 0 2" },
		{ "UUID=1 /x xfs x-systemd.required-by=a,x-systemd.required-by=b 0 2",
		  FSTAB_SYSTEMD, "UUID=1 /x xfs defaults,nofail,x-systemd.device-timeout=10s 0 2" },
		{ "/a /x none bind 0 0", FSTAB_SYSTEMD, "/a /x none bind,nofail 0 0" },
		{ "UUID=1 /x xfs", FSTAB_SYSTEMD,
		  "UUID=1 /x xfs defaults,nofail,x-systemd.device-timeout=10s" },
		{ "UUID=1 /x xfs noatime 0 2\r", FSTAB_MOUNTALL,
		  "UUID=1 /x xfs noatime,nofail,nobootwait 0 2\r" },
		{ "UUID=1 /x xfs noatime 1 2", FSTAB_FSCK_MOUNT,
		  "UUID=1 /x xfs noatime,nofail 1 0" },
		{ "UUID=1 /x xfs o\\040k 0 0", FSTAB_LENIENT, "UUID=1 /x xfs o\\040k,nofail 0 0" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct fstab_entry e = one(t[i].raw);
		const char *done = fstab_tolerate(a, t[i].raw, &e, t[i].how);

		assert_string_equal(done, t[i].becomes);
		assert_false(fstab_is_tolerant(&e, t[i].how));
		e = one(done);
		assert_true(fstab_is_tolerant(&e, t[i].how));
		assert_int_not_equal(fstab_critical_for(&e, t[i].how), CRIT_REQUIRED);
		assert_string_equal(fstab_tolerate(a, done, &e, t[i].how), done);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_physical_lines),
		cmocka_unit_test(decodes_escapes),
		cmocka_unit_test(parsers_disagree),
		cmocka_unit_test(carriage_returns),
		cmocka_unit_test(odd_bytes),
		cmocka_unit_test(huge_lines),
		cmocka_unit_test(options_are_words),
		cmocka_unit_test(options_are_edited),
		cmocka_unit_test(duplicates),
		cmocka_unit_test(by_who_mounts),
		cmocka_unit_test(targets_are_simplified),
		cmocka_unit_test(replaces_one_column),
		cmocka_unit_test(lets_the_boot_go_on),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
