/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What fixtures/pam-oracle cannot ask the library: fixed paths, other people, hostile files. */
#include "lib/pammodel.h"
#include "lib/testtree.h"

struct asked {
	unsigned n;
	int code[PAMCONF_ANSWERS];
	struct pamfiles_why why;
};

static struct pamfiles files;

static struct asked ask_as(struct testtree *t, const struct pammodel *model, const char *stack)
{
	struct pamconf pc = { .arena = t->arena };
	struct pammodel m = *model;
	struct pamconf_file f;
	struct asked a = { 0 };

	pamfiles_init(&files, t->root, t->arena);
	m.files = &files;
	pamconf_parse(&pc, text_new(t->arena, "/x", stack, strlen(stack)), PAMCONF_PAM_D, &f);
	assert_int_equal(f.n, 1);
	a.n = pamfiles_answers(&m, &f.l[0], f.l[0].type, a.code, &a.why);
	return a;
}

static struct asked ask(struct testtree *t, const char *stack)
{
	static const struct pammodel login = { .service = "login", .caller_is_root = true };

	return ask_as(t, &login, stack);
}

#define assert_sure(a, value)                           \
	do {                                            \
		assert_int_equal((a).n, 1);             \
		assert_int_equal((a).code[0], (value)); \
	} while (0)

static void open_to_all(struct testtree *t, const char *path)
{
	_cleanup_free_ char *full = testtree_path(t, path);

	assert_int_equal(chmod(full, 0666), 0);
}

static void test_time(void **state)
{
	static const struct {
		const char *conf;
		int code; /* -1: unsure */
	} table[] = {
		{ "", PAMCONF_SUCCESS },
		{ "# login;*;root;!Al0000-2400\n", PAMCONF_SUCCESS },
		{ "login;*;root;!Al0000-2400\n", PAMCONF_PERM_DENIED },
		{ "login ; * ; root ; ! Al0000-2400 # c\n", PAMCONF_PERM_DENIED },
		{ "login;*;root;Al0000-2400\n", PAMCONF_SUCCESS },
		{ "login;*;root;Al0900-1700\n", -1 },
		{ "login;*;!root;!Al0000-2400\n", PAMCONF_SUCCESS },
		{ "sshd;*;root;!Al0000-2400\n", PAMCONF_SUCCESS },
		{ "sshd|login;*;guest|root;!Al0000-2400\n", PAMCONF_PERM_DENIED },
		{ "log*;*;r*t;!Al0000-2400\n", PAMCONF_PERM_DENIED },
		{ "*;tty1;root;!Al0000-2400\n", -1 },
		{ "*;*;@admins;!Al0000-2400\n", -1 },
		{ "*;*;root & !root;!Al0000-2400\n", PAMCONF_SUCCESS },
		{ "login;*;root;!Al0000-2400;\n", PAMCONF_SUCCESS },
		{ "login;*;root\n", PAMCONF_SUCCESS },
		{ ";;;\n", PAMCONF_SUCCESS },
		{ "login;*;root;\\\n!Al0000-2400\n", -1 },
		{ "|;&;!;!Al0000-2400\n", -1 },
	};
	struct testtree *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct asked a;

		testtree_text(t, "/etc/security/time.conf", table[i].conf);
		a = ask(t, "account required pam_time.so\n");
		if (table[i].code < 0 ? a.n < 2 : a.n != 1 || a.code[0] != table[i].code)
			fail_msg("%s: %u answers, %d", table[i].conf, a.n, a.code[0]);
	}
}

static void test_shells(void **state)
{
	static const struct pammodel_person root = { .name = "root", .shell = "/bin/bash" };
	static const struct pammodel m = { .service = "login", .who = &root };
	static const char line[] = "auth required pam_shells.so\n";
	struct testtree *t = *state;
	struct asked a;

	assert_int_equal(ask_as(t, &m, line).n, 2);
	testtree_text(t, "/etc/shells", "/bin/sh\n/bin/bash");
	assert_sure(ask_as(t, &m, line), PAMCONF_SUCCESS);
	assert_int_equal(ask(t, line).n, 2);
	testtree_text(t, "/etc/shells", "/bin/sh\n/bin/bash \n");
	a = ask_as(t, &m, line);
	assert_sure(a, PAMCONF_AUTH_ERR);
	assert_int_equal(a.why.remedy, PAMFILES_ADD_SHELL);
	open_to_all(t, "/etc/shells");
	a = ask_as(t, &m, line);
	assert_sure(a, PAMCONF_AUTH_ERR);
	assert_int_equal(a.why.remedy, PAMFILES_CLOSE);
}

static void test_securetty(void **state)
{
	static const struct pammodel_person guest = { .name = "guest", .uid = 1000, .gid = 1000 };
	static const struct pammodel other = { .service = "login", .who = &guest };
	static const struct pammodel tty1 = { .service = "login", .tty = "tty1" };
	static const char line[] = "auth required pam_securetty.so\n";
	struct testtree *t = *state;

	assert_sure(ask(t, line), PAMCONF_SUCCESS);
	testtree_text(t, "/etc/securetty", "tty1\n");
	assert_sure(ask_as(t, &tty1, line), PAMCONF_SUCCESS);
	assert_int_equal(ask(t, line).n, 2);
	testtree_text(t, "/etc/securetty", "tty2\n");
	assert_int_equal(ask_as(t, &tty1, line).n, 2);
	open_to_all(t, "/etc/securetty");
	assert_sure(ask(t, line), PAMCONF_AUTH_ERR);
	assert_sure(ask_as(t, &other, line), PAMCONF_SUCCESS);
}

static void test_nologin(void **state)
{
	static const struct pammodel_person guest = { .name = "guest", .uid = 1000 };
	static const struct pammodel other = { .service = "login", .who = &guest };
	static const struct pammodel later = { .service = "login",
					       .who = &guest,
					       .nologin_goes = true };
	struct testtree *t = *state;

	assert_sure(ask_as(t, &other, "auth required pam_nologin.so\n"), PAMCONF_IGNORED);
	testtree_text(t, "/etc/nologin", "");
	assert_sure(ask_as(t, &other, "auth required pam_nologin.so\n"), PAMCONF_AUTH_ERR);
	assert_sure(ask_as(t, &later, "auth required pam_nologin.so\n"), PAMCONF_IGNORED);
	assert_sure(ask(t, "auth required pam_nologin.so\n"), PAMCONF_IGNORED);
	/* It has nothing to say in a session. */
	assert_int_equal(ask(t, "session required pam_nologin.so\n").n, 2);
}

static void test_access_of_others(void **state)
{
	static const struct pammodel_person guest = { .name = "guest", .uid = 1000, .gid = 1000 };
	static const struct pammodel ssh = { .service = "sshd", .who = &guest, .remote = true };
	static const char line[] = "account required pam_access.so\n";
	struct testtree *t = *state;

	testtree_text(t, "/etc/group", "root:x:0:\nweb:x:33:guest\nguest:x:1000:\n");
	testtree_text(t, "/etc/security/access.conf", "-:(web):ALL\n");
	assert_sure(ask_as(t, &ssh, line), PAMCONF_PERM_DENIED);
	assert_sure(ask(t, line), PAMCONF_SUCCESS);
	testtree_text(t, "/etc/security/access.conf", "-:guest:LOCAL\n");
	assert_int_equal(ask_as(t, &ssh, line).n, 2);
	testtree_text(t, "/etc/security/access.conf", "-:(nobodys):ALL\n");
	assert_int_equal(ask_as(t, &ssh, line).n, 2);
	testtree_text(t, "/etc/security/access.conf", "-:root:ALL");
	assert_int_equal(ask(t, line).n, 2);
}

/* None of these may crash, hang or be believed. */
static void test_hostile(void **state)
{
	static const char *const lines[] = {
		"auth required pam_listfile.so item=user sense=deny file=/etc/x onerr=succeed\n",
		"auth required pam_listfile.so item=group sense=deny file=/etc/x onerr=succeed\n",
		"auth required pam_access.so accessfile=/etc/x\n",
		"auth required pam_access.so accessfile=/etc/x fieldsep= listsep=\n",
		("auth required pam_faillock.so preauth even_deny_root unlock_time=never dir=/etc "
		 "conf=/etc/x\n"),
		"auth required pam_tally2.so even_deny_root deny=1 file=/etc/x\n",
		"auth required pam_sepermit.so conf=/etc/x\n",
		"auth required pam_listfile.so item=user sense=deny file=etc/x\n",
		"auth required pam_tally2.so even_deny_root deny=99999999999999999999\n",
	};
	struct testtree *t = *state;
	_cleanup_bytes_ struct bytes b = { 0 };

	for (unsigned i = 0; i < 2000; i++)
		bytes_adds(&b, "-:root EXCEPT ");
	bytes_add(&b, "\0\xff\r\n:::\n-::\n(:)\n", 15);
	for (unsigned i = 0; i < 5000; i++)
		bytes_adds(&b, "(");
	testtree_put(t, "/etc/x", b.data, b.len);
	testtree_put(t, "/etc/group", b.data, b.len);
	testtree_put(t, "/etc/root", b.data, b.len);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		assert_true(ask(t, lines[i]).n > 0);
	testtree_unlink(t, "/etc/x");
	testtree_link(t, "/etc/x", "x");
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		assert_true(ask(t, lines[i]).n > 0);
}

static void test_unknown(void **state)
{
	assert_int_equal(ask(*state, "auth required pam_unix.so\n").n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_time, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(test_shells, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(test_securetty, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(test_nologin, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(test_access_of_others, testtree_setup,
						testtree_teardown),
		cmocka_unit_test_setup_teardown(test_hostile, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(test_unknown, testtree_setup, testtree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
