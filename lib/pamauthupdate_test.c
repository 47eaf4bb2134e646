/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The common cases are compared with the tool itself: fixtures/pam-auth-update. */
#include <errno.h>

#include "lib/pamauthupdate.h"
#include "lib/scan.h"
#include "lib/testtree.h"

#define HEAD       \
	"# head\n" \
	"# here are the per-package modules (the \"Primary\" block)\n"
#define MIDDLE                                          \
	"# here's the fallback if no module succeeds\n" \
	"auth\trequisite\tpam_deny.so\n"                \
	"# and here are more per-package modules (the \"Additional\" block)\n"
#define TAIL                                \
	"# end of pam-auth-update config\n" \
	"# tail"
#define UNIX                                                                  \
	"Name: unix\nDefault: yes\nPriority: 256\nAuth-Type: Primary\n"       \
	"Auth:\n\t[success=end default=ignore]\tpam_unix.so try_first_pass\n" \
	"Auth-Initial:\n\t[success=end default=ignore]\tpam_unix.so\n"
#define TEMPLATE HEAD "old\n" MIDDLE "old\n" TAIL
#define UNIX_LINE "auth\t[success=1 default=ignore]\tpam_unix.so \n"

struct made {
	struct scan scan;
	struct facts facts;
	struct pammodules mods;
	struct pamauthupdate out;
	time_t when, when_account, when_login;
};

static int make(struct testtree *t, const char *name, struct made *m)
{
	static const struct check *const none[] = { NULL };
	static const struct selection all;
	int e;

	*m = (struct made){ 0 };
	scan_init(&m->scan, t->root, &m->facts, t->arena);
	pammodule_gather(t->root, t->arena, &m->mods);
	e = pamauthupdate_make(&m->scan, &m->mods, name, &m->out);
	m->when = pamauthupdate_when(&m->scan, "common-auth");
	m->when_account = pamauthupdate_when(&m->scan, "common-account");
	m->when_login = pamauthupdate_when(&m->scan, "login");
	scan_run(&m->scan, none, &all); /* gives the cache of texts back */
	return e;
}

static void expect(struct testtree *t, const char *want)
{
	struct made m;

	assert_int_equal(make(t, "common-auth", &m), 0);
	assert_string_equal(m.out.text, want);
	assert_int_equal(m.out.len, strlen(want));
}

static void expect_error(struct testtree *t, const char *name, int e)
{
	struct made m;

	assert_int_equal(make(t, name, &m), e);
}

static void profile(struct testtree *t, const char *name, const char *text)
{
	_cleanup_free_ char *path = xasprintf("/usr/share/pam-configs/%s", name);

	testtree_text(t, path, text);
}

static void test_nothing_there(void **state)
{
	struct testtree *t = *state;

	expect_error(t, "common-auth", -ENOENT);
	testtree_text(t, "/usr/share/pam/common-auth", TEMPLATE);
	expect_error(t, "common-auth", -ENOENT);
	profile(t, "unix", UNIX);
	expect(t, HEAD UNIX_LINE MIDDLE TAIL);
	expect_error(t, "common-account", -ENOENT);
	expect_error(t, "login", -ENOENT);
	expect_error(t, "common-", -ENOENT);
	expect_error(t, "common-../../../etc/shadow", -ENOENT);
	expect_error(t, "", -ENOENT);
}

static void test_template(void **state)
{
	static const char *const spoilt[] = {
		"",
		"\n",
		"auth required pam_unix.so\n",
		HEAD,
		HEAD MIDDLE,
		MIDDLE TAIL,
		/* a mark that is not at the start of its line, marks in another order */
		" " HEAD MIDDLE TAIL,
		"# head\n" MIDDLE HEAD TAIL,
	};
	struct testtree *t = *state;

	profile(t, "unix", UNIX);
	for (size_t i = 0; i < ARRAY_SIZE(spoilt); i++) {
		testtree_text(t, "/usr/share/pam/common-auth", spoilt[i]);
		if (i != 6)
			expect_error(t, "common-auth", -EINVAL);
	}
	testtree_put(t, "/usr/share/pam/common-auth", TEMPLATE "\0", sizeof(TEMPLATE) + 1);
	expect_error(t, "common-auth", -ENOENT);
	testtree_text(t, "/usr/share/pam/common-auth", TEMPLATE);
	testtree_grow(t, "/usr/share/pam/common-auth", 40 << 10);
	expect_error(t, "common-auth", -ENOENT);
	testtree_unlink(t, "/usr/share/pam/common-auth");
	testtree_dir(t, "/usr/share/pam/common-auth");
	expect_error(t, "common-auth", -ENOENT);
}

static void test_which_profiles(void **state)
{
	struct testtree *t = *state;
	struct made m;

	testtree_text(t, "/usr/share/pam/common-auth", TEMPLATE);
	profile(t, "unix", UNIX);
	profile(t, "more",
		"Default: no\nPriority: 1\nAuth-Type: Additional\nAuth:\n optional x.so\n");
	expect(t, HEAD UNIX_LINE MIDDLE TAIL);
	testtree_text(t, "/var/cache/debconf/config.dat",
		      "Name: other\nValue: unix\n\nName: libpam-runtime/profiles\n"
		      "Template: x\nValue: unix, more\n");
	expect(t, HEAD UNIX_LINE MIDDLE "auth\toptional x.so \n" TAIL);
	/* A list that was lost as well says nothing; one that names nobody known says so. */
	testtree_text(t, "/var/lib/pam/auth", "");
	expect(t, HEAD UNIX_LINE MIDDLE "auth\toptional x.so \n" TAIL);
	testtree_text(t, "/var/lib/pam/auth",
		      "Module: gone\nrequired x\nModule: unix\nModule: unix\n");
	expect(t, HEAD UNIX_LINE MIDDLE TAIL);
	assert_int_equal(make(t, "common-auth", &m), 0);
	assert_int_equal(m.out.source, PAMAUTHUPDATE_SAVED);
	assert_string_equal(m.out.left_out,
			    "profile 'gone', which is gone from /usr/share/pam-configs");
	assert_true(m.when > 0);
	assert_true(m.when_account == 0);
	assert_true(m.when_login == 0);
	testtree_text(t, "/var/lib/pam/auth", "Module: null\n");
	expect(t, HEAD "auth\t[default=1]\t\t\tpam_permit.so\n" MIDDLE TAIL);
}

static void test_lines(void **state)
{
	static const struct {
		const char *value, *line; /* NULL: nobody can read it */
	} lines[] = {
		{ "required x.so", "auth\trequired x.so \n" },
		{ "required x.so a  b\tc", "auth\trequired x.so a b c\n" },
		{ "[success=end] x.so end", "auth\t[success=0] x.so end\n" },
		{ "[ success = end  default=end ] x.so",
		  "auth\t[ success = 0  default=0 ] x.so \n" },
		{ "required pam_end.so", "auth\trequired pam_0.so \n" },
		{ "required\t \tx.so", "auth\trequired\t \tx.so \n" },
		{ "include other-file", "auth\tinclude other-file \n" },
		{ "# a comment", NULL },
		{ "required", NULL },
		{ "[required x.so", NULL },
		{ "[] x.so", NULL },
		{ "[success=ok]x.so", NULL },
		{ "-required x.so", NULL },
	};
	struct testtree *t = *state;

	testtree_text(t, "/usr/share/pam/common-auth", TEMPLATE);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		_cleanup_free_ char *text = xasprintf(
			"Default: yes\nAuth-Type: Additional\nAuth:\n\t%s\n", lines[i].value);
		_cleanup_free_ char *want =
			xasprintf("%sauth\t[default=1]\t\t\tpam_permit.so\n%s%s%s", HEAD, MIDDLE,
				  lines[i].line ? lines[i].line : "", TAIL);

		profile(t, "one", text);
		if (lines[i].line)
			expect(t, want);
		else
			expect_error(t, "common-auth", -EINVAL);
	}
}

static void test_missing_module(void **state)
{
	struct testtree *t = *state;
	struct made m;

	testtree_text(t, "/usr/share/pam/common-auth", TEMPLATE);
	profile(t, "unix", UNIX);
	for (char name[] = "a"; *name <= 'g'; ++*name) {
		_cleanup_free_ char *text =
			xasprintf("Default: yes\nPriority: 300\nAuth-Type: Primary\n"
				  "Auth:\n [success=end default=ignore] /gone/%s.so\n",
				  name);

		profile(t, name, text);
	}
	assert_int_equal(make(t, "common-auth", &m), 0);
	assert_string_equal(m.out.text, HEAD UNIX_LINE MIDDLE TAIL);
	assert_non_null(
		strstr(m.out.left_out, "profile 'g', whose module '/gone/g.so' does not exist, "));
	assert_non_null(strstr(m.out.left_out, ", 3 more"));
}

static void test_hostile(void **state)
{
	struct testtree *t = *state;
	struct bytes b = { 0 };

	testtree_text(t, "/usr/share/pam/common-auth", TEMPLATE);
	profile(t, "unix", UNIX);
	profile(t, "colons", ":\n::\n: x\n:::: y\nAuth\n");
	profile(t, "empty", "");
	testtree_put(t, "/usr/share/pam-configs/nul", "Default: yes\0\n", 14);
	testtree_link(t, "/usr/share/pam-configs/loop", "loop");
	testtree_link(t, "/usr/share/pam-configs/null", "/dev/null");
	for (size_t i = 0; i < 16000; i++)
		bytes_adds(&b, i % 2 ? "x\n" : "\n");
	testtree_put(t, "/usr/share/pam-configs/lines", b.data, 32000);
	bytes_adds(&b, "Default: yes\n");
	for (size_t i = 0; i < 1000; i++)
		bytes_adds(&b, "Auth: many\n");
	testtree_put(t, "/usr/share/pam-configs/large", b.data, b.len);
	expect(t, HEAD UNIX_LINE MIDDLE TAIL);
	for (size_t i = 0; i < 1000; i++) {
		_cleanup_free_ char *name = xasprintf("00-%04zu", i);

		profile(t, name, "Default: yes\nConflicts: unix\n");
	}
	/* The first of them only: nobody has as many. */
	expect(t, HEAD "auth\t[default=1]\t\t\tpam_permit.so\n" MIDDLE TAIL);
	bytes_free(&b);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, testtree_setup, testtree_teardown)
	const struct CMUnitTest tests[] = {
		CASE(test_nothing_there), CASE(test_template),	     CASE(test_which_profiles),
		CASE(test_lines),	  CASE(test_missing_module), CASE(test_hostile),
	};
#undef CASE

	return cmocka_run_group_tests(tests, NULL, NULL);
}
