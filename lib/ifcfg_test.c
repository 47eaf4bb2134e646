/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/ifcfg.h"
#include "lib/testnet.h"

#define DIR "/etc/sysconfig/network-scripts/"

static void test_assignments(void **state)
{
	struct testtree *t = *state;
	static const struct {
		const char *line, *name, *value;
		bool open;
	} lines[] = {
		{ "ONBOOT=yes", "ONBOOT", "yes", false },
		{ "  export A='b c' # d", "A", "b c", false },
		{ "A=\"b\\\"c\"d;E=f", "A", "b\"cd", false },
		{ "A=", "A", "", false },
		{ "A=b\r", "A", "b", false },
		{ "A=\"b", "A", "", true },
		{ "A='b\r", "A", "", true },
		{ "ONBOOT = yes", NULL, NULL, false },
		{ "# A=b", NULL, NULL, false },
		{ "1A=b", NULL, NULL, false },
		{ "", NULL, NULL, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		const char *name = NULL, *value = NULL;
		bool open;
		bool is = ifcfg_assignment(t->arena, lines[i].line, &name, &value, &open);

		assert_int_equal(is, lines[i].name != NULL);
		assert_int_equal(is && open, lines[i].open);
		if (is)
			assert_string_equal(name, lines[i].name);
		if (is && !open)
			assert_string_equal(value, lines[i].value);
	}
}

static void test_files(void **state)
{
	struct testtree *t = *state;
	struct netconf c = { 0 };
	struct ifcfg_global g;
	const struct netconf_iface *i;
	struct testnet n;

	testtree_text(t, "/etc/sysconfig/network", "NETWORKING=yes\nGATEWAYDEV=eth1\n");
	testtree_text(t, DIR "ifcfg-eth0",
		      "DEVICE=eth0\nONBOOT=\"no\"\nIPADDR=192.0.2.7\nNETMASK=255.255.255.0\n"
		      "HWADDR=00:16:3E:01:02:03\nMTU=100\n");
	testtree_text(t, DIR "ifcfg-eth1", "BOOTPROTO=dhcp\nNM_CONTROLLED=no\n");
	testtree_text(t, DIR "ifcfg-eth2", "DEVICE=eth2\nMASTER=bond0\nSLAVE=yes\n");
	testtree_text(t, DIR "ifcfg-eth0.bak", "DEVICE=eth9\n");
	testtree_text(t, DIR "ifcfg-", "DEVICE=eth9\n");
	testtree_text(t, DIR "ifcfg-x", "A=1\nB=\"2\n");
	testnet_open(&n, t);
	ifcfg_read(&n.scan, &c, &g);
	assert_int_equal(c.n, 4);
	i = testnet_named(&c, "eth0");
	assert_int_equal(i->start, NETCONF_NEVER);
	assert_int_equal(i->start_line, 2);
	assert_int_equal(i->addr[0].prefix, 24);
	assert_string_equal(i->mac.s, "00:16:3e:01:02:03");
	assert_int_equal(i->mtu.line, 6);
	i = testnet_named(&c, "eth1");
	assert_true(i->dhcp && i->no_nm && i->start == NETCONF_AT_BOOT);
	assert_true(testnet_named(&c, "eth2")->lower);
	assert_int_equal(c.bads, 1);
	assert_int_equal(c.bad[0].line, 2);
	assert_string_equal(g.gatewaydev.s, "eth1");
	testnet_close(&n);
}

static void test_suse(void **state)
{
	struct testtree *t = *state;
	struct netconf c = { 0 };
	struct ifcfg_global g;
	struct testnet n;

	testtree_text(t, "/etc/sysconfig/network/ifcfg-eth0",
		      "BOOTPROTO='static'\nIPADDR='192.0.2.7/24'\nSTARTMODE='auto'\n");
	testtree_text(t, "/etc/sysconfig/network/ifcfg-eth1", "BOOTPROTO='dhcp'\n");
	testtree_text(t, "/etc/sysconfig/network/ifcfg.template", "STARTMODE=auto\n");
	testnet_open(&n, t);
	ifcfg_read(&n.scan, &c, &g);
	assert_int_equal(c.n, 2);
	assert_int_equal(testnet_named(&c, "eth0")->start, NETCONF_AT_BOOT);
	assert_int_equal(testnet_named(&c, "eth0")->addr[0].prefix, 24);
	assert_int_equal(testnet_named(&c, "eth1")->start, NETCONF_NEVER);
	assert_null(g.text);
	testnet_close(&n);
}

/* What is no file, and bytes that are no text. */
static void test_hostile(void **state)
{
	struct testtree *t = *state;
	static const char zeros[] = "DEVICE=\0eth0\nONBOOT=no\0\n\0\0\0\n";
	struct netconf c = { 0 };
	struct ifcfg_global g;
	struct testnet n;

	testtree_put(t, DIR "ifcfg-eth0", zeros, sizeof(zeros));
	testtree_dir(t, DIR "ifcfg-eth1");
	testtree_link(t, DIR "ifcfg-eth2", "ifcfg-eth2");
	testnet_open(&n, t);
	ifcfg_read(&n.scan, &c, &g);
	assert_int_equal(c.n, 1);
	assert_string_equal(c.iface[0].name, "eth0");
	testnet_close(&n);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, testtree_setup, testtree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_assignments), TEST(test_files),
					    TEST(test_suse), TEST(test_hostile) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
