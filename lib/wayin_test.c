/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A system without PAM; the stacks are tested with fixtures/cases and fixtures/cli. */
#include "lib/scan.h"
#include "lib/testtree.h"
#include "lib/wayin.h"

#define HASH           \
	"$6$saltsalt$" \
	"qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/"

struct world {
	struct testtree t;
	struct devices devices;
	struct facts facts;
	struct scan s;
};

static void program(struct testtree *t, const char *path)
{
	_cleanup_free_ char *full = testtree_path(t, path);

	testtree_text(t, path, "#!/bin/sh\n");
	assert_int_equal(chmod(full, 0755), 0);
}

static int setup(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	testtree_open(&w->t);
	w->facts.devices = &w->devices;
	w->facts.boots_itself = true;
	scan_init(&w->s, w->t.root, &w->facts, w->t.arena);
	program(&w->t, "/bin/login");
	program(&w->t, "/bin/sh");
	testtree_text(&w->t, "/etc/passwd",
		      "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n");
	testtree_text(&w->t, "/etc/group", "root:x:0:\n");
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	static const struct check *const none[] = { NULL };
	static const struct selection all;
	struct world *w = *state;

	scan_run(&w->s, none, &all);
	testtree_close(&w->t);
	free(w);
	return 0;
}

static const char *judge(struct world *w, const char *shadow, const struct finding *found)
{
	struct wayin in;

	testtree_text(&w->t, "/etc/shadow", shadow);
	assert_true(wayin_judge(&w->s, found, &in));
	return wayin_text(w->t.arena, &in);
}

static void test_passwords(void **state)
{
	assert_string_equal(judge(*state, "root:" HASH ":1::::::\nann:!:1::::::\n", NULL),
			    "root on the console with a password; others nowhere (console: no "
			    "password is set; ssh: there is no sshd)");
}

static void test_locked(void **state)
{
	assert_string_equal(judge(*state, "root:*:1::::::\nann:" HASH ":1::::::\n", NULL),
			    "root nowhere (console: no password is set; ssh: there is no sshd); "
			    "others on the console with a password");
}

static void test_expired(void **state)
{
	assert_string_equal(judge(*state, "root:" HASH ":1:::::2:\nann::1::::::\n", NULL),
			    "root nowhere (console: the account has expired; ssh: there is no "
			    "sshd); others perhaps on the console without a password (not every "
			    "stack takes an empty one)");
}

static void test_key(void **state)
{
	struct world *w = *state;

	program(&w->t, "/usr/sbin/sshd");
	testtree_text(&w->t, "/etc/ssh/sshd_config", "PasswordAuthentication no\n");
	testtree_text(&w->t, "/root/.ssh/authorized_keys", "ssh-ed25519 AAAA me\n");
	assert_string_equal(judge(w, "root:*:1::::::\nann:!:1::::::\n", NULL),
			    "root over ssh with a key; others nowhere (console: no password is "
			    "set; ssh: sshd takes no passwords)");
}

static void test_root_refused(void **state)
{
	struct world *w = *state;

	program(&w->t, "/usr/sbin/sshd");
	testtree_text(&w->t, "/etc/ssh/sshd_config",
		      "PermitRootLogin no\nPermitRootLogin yes\nPasswordAuthentication yes\n");
	assert_string_equal(judge(w, "root:*:1::::::\nann:" HASH ":1::::::\n", NULL),
			    "root nowhere (console: no password is set; ssh: PermitRootLogin keeps "
			    "root out); others on the console with a password and over ssh with a "
			    "password");
}

static void test_match(void **state)
{
	struct world *w = *state;

	program(&w->t, "/usr/sbin/sshd");
	testtree_text(&w->t, "/etc/ssh/sshd_config",
		      "PermitRootLogin yes\nMatch User ann\nPasswordAuthentication no\n");
	assert_string_equal(judge(w, "root:" HASH ":1::::::\nann:!:1::::::\n", NULL),
			    "root on the console with a password and perhaps over ssh with a "
			    "password (sshd has Match blocks); others nowhere (no "
			    "password is set)");
}

static void test_findings(void **state)
{
	static const struct problem stops = { .id = "fs.x", .stage = AT_MOUNT };
	static const struct problem login = { .id = "profile.x", .stage = AT_LOGIN };
	struct finding second = { .problem = &login, .severity = BLOCKS_LOGIN };
	struct finding first = { .problem = &stops, .severity = STOPS_BOOT, .next = &second };

	assert_string_equal(judge(*state, "root:" HASH ":1::::::\n", &first),
			    "once it boots: root perhaps on the console with a password (see "
			    "profile.x); others nowhere (console: no password is set; ssh: "
			    "there is no sshd)");
	first.outcome = second.outcome = FIXED;
	assert_non_null(strstr(judge(*state, "root:" HASH ":1::::::\n", &first), "root on the"));
}

static void test_no_login(void **state)
{
	struct world *w = *state;
	struct wayin in;

	w->facts.boots_itself = false;
	assert_false(wayin_judge(&w->s, NULL, &in));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_passwords, setup, teardown),
		cmocka_unit_test_setup_teardown(test_locked, setup, teardown),
		cmocka_unit_test_setup_teardown(test_expired, setup, teardown),
		cmocka_unit_test_setup_teardown(test_key, setup, teardown),
		cmocka_unit_test_setup_teardown(test_root_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_match, setup, teardown),
		cmocka_unit_test_setup_teardown(test_findings, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_login, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
