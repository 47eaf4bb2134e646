/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What systemd makes of the links was seen with systemd-analyze verify of 252. */
#include "lib/sshdstart.h"
#include "lib/testnet.h"

#define ETC "/etc/systemd/system/"
#define USR "/usr/lib/systemd/system/"
#define WANTS ETC "multi-user.target.wants/"
#define UNIT "[Service]\nExecStart=/usr/sbin/sshd -D\n"
#define NOT_TO_BE_RUN "/etc/ssh/sshd_not_to_be_run"

static enum sshdstart_state start_of(struct testtree *t, enum init_kind init, enum pkg_kind pkg,
				     const char *by)
{
	struct sshdstart start;
	struct testnet n;

	testnet_open(&n, t);
	n.facts.init = init;
	n.facts.pkg = pkg;
	sshdstart_find(&n.scan, &start);
	if (by)
		assert_string_equal(start.by ? start.by : "", by);
	testnet_close(&n);
	return start.state;
}

static enum sshdstart_state by_systemd(struct testtree *t, const char *by)
{
	return start_of(t, INIT_SYSTEMD, PKG_NONE, by);
}

static void test_links(void **state)
{
	struct testtree *t = *state;

	assert_int_equal(by_systemd(t, NULL), SSHDSTART_UNKNOWN);
	testtree_text(t, USR "ssh.service", UNIT);
	assert_int_equal(by_systemd(t, "ssh.service"), SSHDSTART_OFF);
	testtree_link(t, WANTS "ssh.service", USR "ssh.service");
	assert_int_equal(by_systemd(t, "ssh.service"), SSHDSTART_ON);
	/* Another name alone starts nothing. */
	testtree_unlink(t, WANTS "ssh.service");
	testtree_link(t, ETC "sshd.service", USR "ssh.service");
	assert_int_equal(by_systemd(t, NULL), SSHDSTART_OFF);
	testtree_link(t, WANTS "sshd.service", USR "ssh.service");
	assert_int_equal(by_systemd(t, "sshd.service"), SSHDSTART_ON);
}

/* It is the name of the link that counts, not where it leads. */
static void test_dangling(void **state)
{
	struct testtree *t = *state;

	testtree_link(t, WANTS "sshd.service", "/gone/sshd.service");
	assert_int_equal(by_systemd(t, "sshd.service"), SSHDSTART_LOST);
	testtree_text(t, USR "sshd.service", UNIT);
	assert_int_equal(by_systemd(t, "sshd.service"), SSHDSTART_ON);
	/* The unit itself is such a link: it hides the one of the package. */
	testtree_link(t, ETC "sshd.service", "/gone/sshd.service");
	assert_int_equal(by_systemd(t, "sshd.service"), SSHDSTART_LOST);
	/* A unit of the other name is started all the same. */
	testtree_text(t, USR "ssh.service", UNIT);
	testtree_link(t, WANTS "ssh.service", "/gone/too");
	assert_int_equal(by_systemd(t, "ssh.service"), SSHDSTART_ON);
}

static void test_masks(void **state)
{
	struct testtree *t = *state;

	testtree_text(t, USR "ssh.service", UNIT);
	testtree_link(t, WANTS "ssh.service", USR "ssh.service");
	testtree_link(t, ETC "ssh.service", "/dev/null");
	assert_int_equal(by_systemd(t, "ssh.service"), SSHDSTART_LOST);
	testtree_unlink(t, ETC "ssh.service");
	testtree_unlink(t, WANTS "ssh.service");
	testtree_link(t, WANTS "ssh.service", "/dev/null");
	testtree_link(t, USR "multi-user.target.wants/ssh.service", "../ssh.service");
	assert_int_equal(by_systemd(t, "ssh.service"), SSHDSTART_OFF);
	testtree_unlink(t, WANTS "ssh.service");
	assert_int_equal(by_systemd(t, "ssh.service"), SSHDSTART_ON);
}

static void test_sockets(void **state)
{
	struct testtree *t = *state;

	testtree_text(t, USR "ssh.socket", "[Socket]\nListenStream=22\nAccept=no\n");
	testtree_link(t, ETC "sockets.target.wants/ssh.socket", "/gone");
	assert_int_equal(by_systemd(t, "ssh.service"), SSHDSTART_LOST);
	testtree_text(t, USR "ssh.service", UNIT);
	assert_int_equal(by_systemd(t, "ssh.socket"), SSHDSTART_ON);
	testtree_text(t, USR "ssh.socket", "[Socket]\nAccept=yes\n");
	assert_int_equal(by_systemd(t, "ssh@.service"), SSHDSTART_LOST);
	testtree_text(t, USR "ssh@.service", UNIT);
	assert_int_equal(by_systemd(t, "ssh.socket"), SSHDSTART_ON);
	testtree_text(t, USR "ssh.socket", "[Socket]\nAccept=no\nService=mine.service\n");
	assert_int_equal(by_systemd(t, "mine.service"), SSHDSTART_LOST);
}

static void test_kept(void **state)
{
	struct testtree *t = *state;

	testtree_text(t, USR "ssh.service", "[Unit]\nConditionPathExists=!" NOT_TO_BE_RUN "\n");
	testtree_text(t, NOT_TO_BE_RUN, "");
	assert_int_equal(by_systemd(t, "ssh.service"), SSHDSTART_OFF);
	testtree_link(t, WANTS "ssh.service", USR "ssh.service");
	assert_int_equal(by_systemd(t, NOT_TO_BE_RUN), SSHDSTART_KEPT);
	/* A drop-in that takes the condition back. */
	testtree_text(t, ETC "ssh.service.d/run.conf", "[Unit]\nConditionPathExists=\n");
	assert_int_equal(by_systemd(t, "ssh.service"), SSHDSTART_ON);
}

static void test_scripts(void **state)
{
	struct testtree *t = *state;

	assert_int_equal(start_of(t, INIT_SYSV, PKG_DPKG, NULL), SSHDSTART_UNKNOWN);
	testtree_text(t, "/etc/init.d/ssh", "#!/bin/sh\n");
	testtree_link(t, "/etc/rc2.d/S20sshguard", "../init.d/sshguard");
	testtree_link(t, "/etc/rc2.d/K80ssh", "../init.d/ssh");
	assert_int_equal(start_of(t, INIT_SYSV, PKG_DPKG, "ssh"), SSHDSTART_OFF);
	/* Under systemd, too, which makes a unit of it. */
	assert_int_equal(by_systemd(t, "ssh"), SSHDSTART_OFF);
	testtree_link(t, "/etc/rc3.d/S20ssh", "../init.d/ssh");
	assert_int_equal(start_of(t, INIT_SYSV, PKG_DPKG, "ssh"), SSHDSTART_ON);
	assert_int_equal(by_systemd(t, "ssh"), SSHDSTART_ON);
	testtree_text(t, NOT_TO_BE_RUN, "");
	assert_int_equal(start_of(t, INIT_SYSV, PKG_DPKG, NOT_TO_BE_RUN), SSHDSTART_KEPT);
	assert_int_equal(start_of(t, INIT_SYSV, PKG_RPM, "ssh"), SSHDSTART_ON);
}

static void test_jobs(void **state)
{
	struct testtree *t = *state;

	testtree_text(t, "/etc/init/ssh.conf", "start on runlevel [2345]\n");
	assert_int_equal(start_of(t, INIT_UPSTART, PKG_DPKG, "ssh"), SSHDSTART_ON);
	testtree_text(t, "/etc/init/ssh.override", "manual\n");
	assert_int_equal(start_of(t, INIT_UPSTART, PKG_DPKG, "ssh"), SSHDSTART_OFF);
	testtree_text(t, "/etc/init.d/sshd", "#!/sbin/openrc-run\n");
	assert_int_equal(start_of(t, INIT_OPENRC, PKG_APK, NULL), SSHDSTART_OFF);
	testtree_link(t, "/etc/runlevels/default/sshd", "/etc/init.d/sshd");
	assert_int_equal(start_of(t, INIT_OPENRC, PKG_APK, "sshd"), SSHDSTART_ON);
	testtree_text(t, "/etc/init.d/S50sshd", "#!/bin/sh\n");
	assert_int_equal(start_of(t, INIT_BUSYBOX, PKG_NONE, "S50sshd"), SSHDSTART_ON);
}

/* Whoever else may start it: then it is not certain that nothing does. */
static void test_others(void **state)
{
	struct testtree *t = *state;

	testtree_text(t, USR "sshd.service", UNIT);
	testtree_text(t, "/etc/inetd.conf", " # ssh stream tcp nowait root /usr/sbin/sshd\n");
	testtree_text(t, "/etc/xinetd.d/telnet", "service telnet\n{\n}\n");
	assert_int_equal(by_systemd(t, NULL), SSHDSTART_OFF);
	testtree_text(t, "/etc/xinetd.d/ssh", "service ssh\n{\n\tserver = /usr/sbin/sshd\n}\n");
	assert_int_equal(by_systemd(t, ""), SSHDSTART_UNKNOWN);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, testtree_setup, testtree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_links), TEST(test_dangling), TEST(test_masks), TEST(test_sockets),
		TEST(test_kept),  TEST(test_scripts),  TEST(test_jobs),	 TEST(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
