/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/netplan.h"
#include "lib/testnet.h"

static struct netconf read_conf(struct testtree *t)
{
	struct netconf c = { 0 };
	struct testnet n;

	testnet_open(&n, t);
	netplan_read(&n.scan, &c);
	testnet_close(&n);
	return c;
}

static void test_definitions(void **state)
{
	struct testtree *t = *state;
	const struct netconf_iface *i;
	struct netconf c;

	testtree_text(
		t, "/etc/netplan/50-x.yaml",
		"network:\n  version: 2\n  renderer: networkd\n  ethernets:\n"
		"    eth0:\n      dhcp4: true\n      match: {macaddress: '00:16:3E:01:02:03'}\n"
		"      set-name: lan\n      mtu: 100\n"
		"    eth1:\n      addresses: [192.0.2.7/24, '2001:db8::1/64']\n"
		"      routes:\n      - {to: default, via: 192.0.2.1}\n"
		"      renderer: NetworkManager\n      activation-mode: manual\n"
		"    eth2: {}\n"
		"  bonds:\n    bond0:\n      interfaces: [eth2]\n      dhcp4: yes\n");
	c = read_conf(t);
	assert_int_equal(c.bads, 0);
	assert_int_equal(c.n, 4);
	i = testnet_named(&c, "lan");
	assert_true(i->dhcp);
	assert_string_equal(i->mac.s, "00:16:3e:01:02:03");
	assert_int_equal(i->mtu.line, 9);
	assert_string_equal(i->renderer.s, "networkd");
	i = testnet_named(&c, "eth1");
	assert_int_equal(i->start, NETCONF_NEVER);
	assert_string_equal(i->renderer.s, "NetworkManager");
	assert_int_equal(i->addrs, 1);
	assert_string_equal(i->gateway.s, "192.0.2.1");
	assert_true(testnet_named(&c, "eth2")->lower);
	assert_true(testnet_named(&c, "bond0")->dhcp);
}

/* A name in /etc hides that in /lib; other files of one id are laid over each other. */
static void test_files(void **state)
{
	struct testtree *t = *state;
	struct netconf c;

	testtree_text(t, "/lib/netplan/10-a.yaml", "network: {ethernets: {eth9: {dhcp4: true}}}\n");
	testtree_text(t, "/etc/netplan/10-a.yaml", "network: {ethernets: {eth0: {dhcp4: true}}}\n");
	testtree_text(t, "/etc/netplan/20-b.yaml", "network: {ethernets: {eth0: {mtu: 1400}}}\n");
	testtree_text(t, "/etc/netplan/30-c.yaml.bak", "{{{\n");
	testtree_text(t, "/etc/netplan/40-d.yaml", "# nothing\n");
	c = read_conf(t);
	assert_int_equal(c.n, 1);
	assert_int_equal(c.bads, 0);
	assert_true(c.iface[0].dhcp);
	assert_string_equal(c.iface[0].mtu.s, "1400");
}

static void test_bad(void **state)
{
	static const struct {
		const char *s;
		size_t bads, line;
	} t[] = {
		{ "network:\n  ethernets:\n    eth0:\n     dhcp4: true\n    mtu: 5\n", 0, 0 },
		{ "network:\n\tethernets: {}\n", 1, 2 },
		{ "network:\n  ethernets:\n    eth0:\n      dhcp4: tru\n", 1, 4 },
		{ "network:\n  ethernets:\n    eth0:\n      addresses: [192.0.2.7]\n", 1, 4 },
		{ "network:\n  ethernet:\n    eth0: {dhcp4: on}\n", 1, 2 },
		{ "network:\n  some-new-section:\n    eth0: {dhcp4: on}\n", 0, 0 },
		{ "network:\n  ethernets:\n    eth0: &x {dhcp4: on}\n    eth1: *x\n", 1, 4 },
		{ "just words\n", 1, 1 },
		{ "network: 7\n", 0, 0 },
		{ "network: {ethernets: [a, {b: c}], bonds: 5}\n", 0, 0 },
		{ "network: {ethernets: {eth0: 5, eth1: [1], eth2: {addresses: {}, routes: x}}}\n",
		  0, 0 },
	};
	struct netconf c;

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		testtree_text(*state, "/etc/netplan/a.yaml", t[i].s);
		c = read_conf(*state);
		assert_int_equal(c.bads, t[i].bads);
		if (c.bads)
			assert_int_equal(c.bad[0].line, t[i].line);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, testtree_setup, testtree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_definitions), TEST(test_files),
					    TEST(test_bad) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
