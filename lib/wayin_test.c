/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A system without PAM; the stacks are tested with fixtures/cases and fixtures/cli. */
#include "lib/scan.h"
#include "lib/testtree.h"
#include "lib/wayin.h"

#define HASH           \
	"$6$saltsalt$" \
	"qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/"

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG5vdCBhIGtleSwgb25seSBsb29rcyBsaWtlIG9uZSEh"
#define DSA "ssh-dss AAAAB3NzaC1kc3MAAAABBwAAAAEFAAAAAQMAAAABAg=="

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

/* What was read of the tree. */
static void forget(struct world *w)
{
	static const struct check *const none[] = { NULL };
	static const struct selection all;

	scan_run(&w->s, none, &all);
	scan_init(&w->s, w->t.root, &w->facts, w->t.arena);
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
	testtree_text(&w->t, "/root/.ssh/authorized_keys", KEY " me\n");
	assert_string_equal(judge(w, "root:*:1::::::\nann:*:1::::::\n", NULL),
			    "root over ssh with a key; others nowhere (no password is set)");
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
	assert_string_equal(judge(w, "root:" HASH ":1::::::\nann:" HASH ":1::::::\n", NULL),
			    "root on the console with a password and over ssh with a password; "
			    "others on the console with a password");
	testtree_text(&w->t, "/etc/ssh/sshd_config",
		      "PermitRootLogin no\nMatch Address 10.0.0.0/8\nPermitRootLogin yes\n");
	forget(w);
	assert_string_equal(judge(w, "root:" HASH ":1::::::\n", NULL),
			    "root on the console with a password and perhaps over ssh with a "
			    "password (what sshd lets root do is not certain); others nowhere (no "
			    "password is set)");
}

static void test_lists(void **state)
{
	struct world *w = *state;

	program(&w->t, "/usr/sbin/sshd");
	testtree_text(&w->t, "/etc/ssh/sshd_config",
		      "PermitRootLogin yes\nAllowUsers ann\nDenyGroups ann\n");
	testtree_text(&w->t, "/etc/group", "root:x:0:\nann:x:1000:\n");
	assert_string_equal(judge(w, "root:*:1::::::\nann:*:1::::::\n", NULL),
			    "root nowhere (console: no password is set; ssh: sshd's allowusers "
			    "keeps root out); others nowhere (console: no password is set; ssh: "
			    "sshd's denygroups keeps ann out)");
}

static void test_key_options(void **state)
{
	struct world *w = *state;

	program(&w->t, "/usr/sbin/sshd");
	testtree_text(&w->t, "/etc/ssh/sshd_config",
		      "AuthorizedKeysFile /etc/keys/%u\nPasswordAuthentication no\n");
	testtree_text(&w->t, "/etc/keys/root",
		      "no-X11-forwarding,command=\"echo \\\"log in as ann\\\"\" " KEY " me\n");
	testtree_text(&w->t, "/etc/keys/ann", "from=\"10.0.0.1\" " KEY " me\n");
	assert_string_equal(judge(w, "root:*:1::::::\nann:*:1::::::\n", NULL),
			    "root nowhere (console: no password is set; ssh: the key only runs a "
			    "command); others perhaps over ssh with a key (the key is only taken "
			    "from some hosts)");
}

/* What the line makes of root's way in over ssh. */
static const char *with_key(struct world *w, const char *version, const char *line)
{
	testtree_text(&w->t, "/usr/sbin/sshd", version);
	testtree_text(&w->t, "/etc/ssh/sshd_config", "PasswordAuthentication no\n");
	testtree_text(&w->t, "/root/.ssh/authorized_keys", line);
	forget(w);
	return judge(w, "root:*:1::::::\nann:*:1::::::\n", NULL);
}

static void test_bad_keys(void **state)
{
	static const char *const damaged[] = {
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG5vdCBhIGtleSwgb25seSBsb29rcyBsaWtl me\n",
		"ssh-ed25519 AAAAB3NzaC1lZDI1NTE5AAAAIG5vdCBhIGtleSwgb25seSBsb29rcyBsaWtlIG9uZSE\n",
		"ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIG5vdCBhIGtleSwgb25seSBsb29rcyBsaWtlIG9uZSEh me\n",
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5/////29 me\n",
		"ssh-ed25519 AAAA me\n",
		"ssh-ed25519 ! me\n",
	};
	struct world *w = *state;

	program(&w->t, "/usr/sbin/sshd");
	for (size_t i = 0; i < ARRAY_SIZE(damaged); i++)
		assert_non_null(strstr(with_key(w, "OpenSSH_9.2p1", damaged[i]),
				       "ssh: the key is damaged"));
	assert_non_null(strstr(with_key(w, "OpenSSH_9.2p1", "ssh-new AAAA me\n"),
			       "root perhaps over ssh with a key (the kind of the key is not"));
	program(&w->t, "/usr/bin/cloud-init");
	assert_non_null(strstr(with_key(w, "OpenSSH_9.2p1", "ssh-rsa AAAA me\n"),
			       "root perhaps over ssh with a key (cloud-init may bring one)"));
}

static void test_dsa(void **state)
{
	struct world *w = *state;

	program(&w->t, "/usr/sbin/sshd");
	assert_non_null(strstr(with_key(w, "OpenSSH_6.6p1", DSA), "root over ssh with a key;"));
	assert_non_null(strstr(with_key(w, "OpenSSH_9.2p1", DSA), "ssh: sshd takes no DSA keys"));
	assert_non_null(strstr(with_key(w, "", DSA), "root perhaps over ssh with a key (not"));
}

static void test_restrict(void **state)
{
	struct world *w = *state;

	program(&w->t, "/usr/sbin/sshd");
	assert_non_null(strstr(with_key(w, "", "restrict,from=\"a,pty,b\" " KEY),
			       "root perhaps over ssh with a key (the key is only taken"));
	assert_non_null(strstr(with_key(w, "", "no-user-rc,restrict " KEY),
			       "root perhaps over ssh with a key (the key gives no terminal)"));
	assert_non_null(strstr(with_key(w, "", "restrict,pty " KEY), "root over ssh with a key;"));
}

/* cloud-init brings keys: nothing else that keeps people out is its trouble. */
static void test_cloud_init(void **state)
{
	struct world *w = *state;

	program(&w->t, "/usr/sbin/sshd");
	program(&w->t, "/usr/bin/cloud-init");
	testtree_text(&w->t, "/etc/ssh/sshd_config", "PasswordAuthentication no\n");
	assert_non_null(strstr(judge(w, "root:*:1::::::\n", NULL),
			       "root perhaps over ssh with a key (cloud-init may bring one)"));
	testtree_text(&w->t, "/etc/ssh/sshd_config", "PubkeyAuthentication no\n");
	forget(w);
	assert_non_null(strstr(judge(w, "root:*:1::::::\n", NULL), "root nowhere"));
	testtree_text(&w->t, "/etc/ssh/sshd_config", "ForceCommand internal-sftp\n");
	forget(w);
	assert_non_null(strstr(judge(w, "root:*:1::::::\n", NULL), "root nowhere"));
}

/* The days of grace after the password's age are over. */
static void test_age(void **state)
{
	static const char *const good[] = {
		"root:" HASH ":18000:0:90:7:::\n",	  "root:" HASH ":0:0:90:7:30::\n",
		"root:" HASH ":18000:0:9000000:7:30::\n", "root:" HASH ":18000:0:90:7:9000000::\n",
		"root:" HASH ":9000000:0:90:7:30::\n",
	};
	struct world *w = *state;

	assert_non_null(strstr(judge(w, "root:" HASH ":18000:0:90:7:30::\n", NULL),
			       "console: the password is older than its days of grace"));
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		forget(w);
		assert_non_null(
			strstr(judge(w, good[i], NULL), "root on the console with a password"));
	}
}

static void test_directory(void **state)
{
	struct world *w = *state;
	const char *shadow = "root:*:1::::::\nann:*:1::::::\n";

	testtree_text(&w->t, "/etc/nsswitch.conf", "passwd: files systemd sss # ldap\n");
	assert_non_null(strstr(judge(w, shadow, NULL), "others nowhere (console: no password"));
	testtree_text(&w->t, "/etc/sssd/sssd.conf", "[sssd]\n");
	forget(w);
	assert_non_null(strstr(judge(w, shadow, NULL),
			       "others perhaps on the console with a password (users may come "
			       "from sss)"));
	testtree_text(&w->t, "/etc/nsswitch.conf", "passwd:files [!NOTFOUND=return] winbind\n");
	forget(w);
	assert_non_null(strstr(judge(w, shadow, NULL), "users may come from winbind)"));
	assert_null(strstr(judge(w, shadow, NULL), "over ssh"));
}

static void test_not_to_be_run(void **state)
{
	struct world *w = *state;

	w->facts.init = INIT_SYSV;
	program(&w->t, "/usr/sbin/sshd");
	program(&w->t, "/etc/init.d/ssh");
	testtree_text(&w->t, "/etc/ssh/sshd_config", "PermitRootLogin yes\n");
	assert_non_null(strstr(judge(w, "root:*:1::::::\n", NULL), "ssh: nothing starts sshd"));
	program(&w->t, "/etc/rc2.d/S16ssh");
	forget(w);
	assert_non_null(strstr(judge(w, "root:" HASH ":1::::::\n", NULL), "over ssh with a pass"));
	w->facts.pkg = PKG_DPKG;
	testtree_text(&w->t, "/etc/ssh/sshd_not_to_be_run", "");
	forget(w);
	assert_non_null(strstr(judge(w, "root:*:1::::::\n", NULL),
			       "ssh: '/etc/ssh/sshd_not_to_be_run' keeps sshd from being started"));
}

static void test_condition(void **state)
{
	struct world *w = *state;

	w->facts.init = INIT_SYSTEMD;
	program(&w->t, "/usr/sbin/sshd");
	testtree_text(&w->t, "/etc/ssh/sshd_config", "PermitRootLogin yes\n");
	testtree_text(&w->t, "/usr/lib/systemd/system/ssh.service",
		      "[Unit]\nConditionPathExists=!/etc/ssh/sshd_not_to_be_run\n");
	testtree_link(&w->t, "/etc/systemd/system/multi-user.target.wants/ssh.service", "/gone");
	assert_non_null(strstr(judge(w, "root:" HASH ":1::::::\n", NULL), "over ssh with a pass"));
	testtree_text(&w->t, "/etc/ssh/sshd_not_to_be_run", "");
	forget(w);
	assert_non_null(strstr(judge(w, "root:*:1::::::\n", NULL),
			       "ssh: '/etc/ssh/sshd_not_to_be_run' keeps sshd from being started"));
}

static void test_strict_modes(void **state)
{
	struct world *w = *state;
	_cleanup_free_ char *ssh = NULL;

	if (geteuid() != 0)
		skip();
	program(&w->t, "/usr/sbin/sshd");
	testtree_text(&w->t, "/etc/ssh/sshd_config", "PasswordAuthentication no\n");
	testtree_text(&w->t, "/root/.ssh/authorized_keys", KEY " me\n");
	ssh = testtree_path(&w->t, "/root/.ssh");
	assert_int_equal(chmod(ssh, 0777), 0);
	assert_non_null(strstr(judge(w, "root:*:1::::::\n", NULL),
			       "ssh: StrictModes refuses the keys for '/root/.ssh')"));
	testtree_text(&w->t, "/etc/ssh/sshd_config", "StrictModes no\n");
	forget(w);
	assert_non_null(strstr(judge(w, "root:*:1::::::\n", NULL), "root over ssh with a key;"));
}

static void test_methods(void **state)
{
	struct world *w = *state;

	program(&w->t, "/usr/sbin/sshd");
	testtree_text(&w->t, "/etc/ssh/sshd_config",
		      "PermitRootLogin yes\nAuthenticationMethods publickey,password\n");
	testtree_text(&w->t, "/root/.ssh/authorized_keys", KEY " me\n");
	assert_non_null(strstr(judge(w, "root:" HASH ":1::::::\nann:" HASH ":1::::::\n", NULL),
			       "and over ssh with a key and with a password; others on the "
			       "console with a password"));
	testtree_text(&w->t, "/etc/ssh/sshd_config", "AuthenticationMethods password publickey\n");
	forget(w);
	assert_non_null(
		strstr(judge(w, "root:" HASH ":1::::::\n", NULL), "and over ssh with a key;"));
}

static void test_only_sftp(void **state)
{
	struct world *w = *state;

	program(&w->t, "/usr/sbin/sshd");
	testtree_text(&w->t, "/etc/ssh/sshd_config",
		      "Match User ann\nForceCommand internal-sftp\n");
	assert_non_null(strstr(judge(w, "root:*:1::::::\nann:" HASH ":1::::::\n", NULL),
			       "others on the console with a password"));
}

static void test_sshd_broken(void **state)
{
	static const struct problem bad = { .id = "sshd.config", .stage = AT_LOGIN };
	struct finding f = { .problem = &bad, .severity = BLOCKS_LOGIN };
	struct world *w = *state;

	program(&w->t, "/usr/sbin/sshd");
	testtree_text(&w->t, "/etc/ssh/sshd_config", "PermitRootLogin yes\n");
	assert_non_null(strstr(judge(w, "root:" HASH ":1::::::\n", &f),
			       "root on the console with a password; others"));
	f.severity = NOTE;
	assert_non_null(strstr(judge(w, "root:" HASH ":1::::::\n", &f), "over ssh with a pass"));
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
		cmocka_unit_test_setup_teardown(test_lists, setup, teardown),
		cmocka_unit_test_setup_teardown(test_key_options, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad_keys, setup, teardown),
		cmocka_unit_test_setup_teardown(test_dsa, setup, teardown),
		cmocka_unit_test_setup_teardown(test_restrict, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cloud_init, setup, teardown),
		cmocka_unit_test_setup_teardown(test_age, setup, teardown),
		cmocka_unit_test_setup_teardown(test_directory, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_to_be_run, setup, teardown),
		cmocka_unit_test_setup_teardown(test_condition, setup, teardown),
		cmocka_unit_test_setup_teardown(test_strict_modes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_methods, setup, teardown),
		cmocka_unit_test_setup_teardown(test_only_sftp, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sshd_broken, setup, teardown),
		cmocka_unit_test_setup_teardown(test_findings, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_login, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
