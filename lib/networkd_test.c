/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/networkd.h"
#include "lib/testnet.h"

static struct netconf read_conf(struct testtree *t)
{
	struct netconf c = { 0 };
	struct testnet n;

	testnet_open(&n, t);
	networkd_read(&n.scan, &c);
	testnet_close(&n);
	return c;
}

static void test_files(void **state)
{
	struct testtree *t = *state;
	const struct netconf_iface *i;
	struct netconf c;

	testtree_text(t, "/etc/systemd/network/10-lan.network",
		      "[Match]\nName=en*\nMACAddress=00:16:3E:01:02:03\n\n[Link]\nMTUBytes=100\n"
		      "[Network]\nDHCP=ipv4\n; x\n");
	testtree_text(t, "/etc/systemd/network/20-off.network",
		      "[Match]\nName=eth1\n[Network]\nDHCP=yes\n");
	testtree_text(t, "/etc/systemd/network/20-off.network.d/x.conf",
		      "[Link]\nActivationPolicy=manual\n");
	testtree_text(t, "/usr/lib/systemd/network/80-container-host0.network",
		      "[Match]\nVirtualization=container\nName=host0\n[Network]\nDHCP=yes\n");
	testtree_text(t, "/usr/lib/systemd/network/80-wifi-adhoc.network",
		      "[Match]\nType=wlan\nWLANInterfaceType=ad-hoc\n[Network]\nDHCPServer=yes\n");
	testtree_text(t, "/usr/lib/systemd/network/80-ve.network",
		      "[Match]\nDriver=veth\n[Network]\nDHCP=yes\n");
	testtree_text(t, "/usr/lib/systemd/network/10-lan.network", "[Match]\nName=hidden\n");
	testtree_text(t, "/usr/lib/systemd/network/30-gone.network", "[Match]\nName=gone\n");
	testtree_link(t, "/etc/systemd/network/30-gone.network", "/dev/null");
	testtree_text(t, "/etc/systemd/network/x.netdev", "[NetDev]\nName=y\n");
	c = read_conf(t);
	assert_int_equal(c.n, 2);
	assert_false(c.wild);
	i = testnet_named(&c, "en*");
	assert_true(i->dhcp && i->start == NETCONF_AT_BOOT);
	assert_string_equal(i->mac.s, "00:16:3e:01:02:03");
	assert_int_equal(i->mtu.line, 6);
	assert_int_equal(testnet_named(&c, "eth1")->start, NETCONF_NEVER);
}

static void test_odd(void **state)
{
	struct testtree *t = *state;
	struct netconf c;

	testtree_text(t, "/etc/systemd/network/b.network", "[Match]\nHost=x\n");
	assert_true(read_conf(t).wild);
	testtree_unlink(t, "/etc/systemd/network/b.network");
	testtree_text(t, "/etc/systemd/network/a.network",
		      "no section\n[Match\nName=a\n[Network]\n=\n[Link]\nUnmanaged=yes\r\n");
	c = read_conf(t);
	assert_int_equal(c.n, 1);
	assert_null(c.iface[0].name);
	assert_int_equal(c.iface[0].start, NETCONF_NEVER);
	assert_int_equal(c.iface[0].start_line, 7);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, testtree_setup, testtree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_files), TEST(test_odd) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
