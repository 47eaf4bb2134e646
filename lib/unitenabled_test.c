/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/testnet.h"
#include "lib/unitenabled.h"

#define ETC "/etc/systemd/system/"
#define USR "/usr/lib/systemd/system/"

static enum unitenabled_state state_of(struct testtree *t, enum init_kind init, const char *name)
{
	enum unitenabled_state state;
	struct testnet n;

	testnet_open(&n, t);
	n.facts.init = init;
	state = unitenabled(&n.scan, name);
	testnet_close(&n);
	return state;
}

static void test_systemd(void **state)
{
	struct testtree *t = *state;

	testtree_text(t, USR "a.service", "[Service]\n");
	testtree_text(t, USR "b.service", "[Service]\n");
	testtree_text(t, USR "c.service", "[Service]\n");
	testtree_text(t, USR "d.service", "[Service]\n");
	testtree_text(t, USR "e.socket", "[Socket]\n");
	testtree_link(t, ETC "multi-user.target.wants/a.service", USR "a.service");
	testtree_link(t, ETC "c.service", "/dev/null");
	testtree_link(t, ETC "multi-user.target.wants/c.service", USR "c.service");
	testtree_text(t, ETC "b.service", "");
	testtree_link(t, ETC "alias.service", USR "d.service");
	testtree_link(t, USR "sockets.target.wants/e.socket", "../e.socket");
	assert_int_equal(state_of(t, INIT_SYSTEMD, "a"), UNITENABLED_ON);
	assert_int_equal(state_of(t, INIT_SYSTEMD, "b"), UNITENABLED_MASKED);
	assert_int_equal(state_of(t, INIT_SYSTEMD, "c"), UNITENABLED_MASKED);
	assert_int_equal(state_of(t, INIT_SYSTEMD, "d"), UNITENABLED_ON);
	assert_int_equal(state_of(t, INIT_SYSTEMD, "e.socket"), UNITENABLED_ON);
	assert_int_equal(state_of(t, INIT_SYSTEMD, "x"), UNITENABLED_ABSENT);
	testtree_unlink(t, ETC "alias.service");
	assert_int_equal(state_of(t, INIT_SYSTEMD, "d"), UNITENABLED_DISABLED);
}

static void test_scripts(void **state)
{
	struct testtree *t = *state;

	testtree_text(t, "/etc/init.d/a", "x");
	testtree_text(t, "/etc/rc.d/init.d/b", "x");
	testtree_text(t, "/etc/init.d/c", "x");
	testtree_link(t, "/etc/rc3.d/S10a", "../init.d/a");
	testtree_link(t, "/etc/rc.d/rc3.d/K10b", "../init.d/b");
	testtree_link(t, "/etc/runlevels/default/c", "/etc/init.d/c");
	assert_int_equal(state_of(t, INIT_SYSV, "a"), UNITENABLED_ON);
	assert_int_equal(state_of(t, INIT_SYSTEMD, "a"), UNITENABLED_ON);
	assert_int_equal(state_of(t, INIT_SYSV, "b"), UNITENABLED_DISABLED);
	assert_int_equal(state_of(t, INIT_OPENRC, "c"), UNITENABLED_ON);
	assert_int_equal(state_of(t, INIT_SYSV, "10a"), UNITENABLED_ABSENT);
}

static void test_upstart(void **state)
{
	struct testtree *t = *state;

	testtree_text(t, "/etc/init/a.conf", "start on x\n");
	testtree_text(t, "/etc/init/b.conf", "start on x\n");
	testtree_text(t, "/etc/init/b.override", "# no\n manual\n");
	assert_int_equal(state_of(t, INIT_UPSTART, "a"), UNITENABLED_ON);
	assert_int_equal(state_of(t, INIT_UPSTART, "b"), UNITENABLED_DISABLED);
	assert_int_equal(state_of(t, INIT_UPSTART, "c"), UNITENABLED_ABSENT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, testtree_setup, testtree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_systemd), TEST(test_scripts),
					    TEST(test_upstart) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
