/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/nmkeyfile.h"
#include "lib/testnet.h"

static struct netconf read_conf(struct testtree *t)
{
	struct netconf c = { 0 };
	struct testnet n;

	testnet_open(&n, t);
	nmkeyfile_read(&n.scan, &c);
	testnet_close(&n);
	return c;
}

static void put(struct testtree *t, const char *name, mode_t mode, const char *s)
{
	_cleanup_free_ char *path = xasprintf(NMKEYFILE_DIR "/%s", name);
	_cleanup_free_ char *full = testtree_path(t, path);

	testtree_text(t, path, s);
	assert_int_equal(chmod(full, mode), 0);
}

static void test_files(void **state)
{
	struct testtree *t = *state;
	const struct netconf_iface *i;
	struct netconf c;

	put(t, "a.nmconnection", 0600,
	    "[connection]\nid=lan\ntype=ethernet\ninterface-name=eth0\nautoconnect=false\n\n"
	    "[ethernet]\nmac-address=00:16:3E:01:02:03\nmtu=100\n"
	    "[ipv4]\nmethod=manual\naddress1=192.0.2.7/24,192.0.2.1\n");
	put(t, "b", 0600, "[connection]\nid=b\ntype=ethernet\n[ipv4]\nmethod=auto\n");
	put(t, "vpn.nmconnection", 0600, "[connection]\nid=v\ntype=vpn\n");
	put(t, "c.nmconnection.bak", 0644, "nonsense\n");
	put(t, ".hidden", 0644, "nonsense\n");
	c = read_conf(t);
	assert_int_equal(c.n, 2);
	assert_int_equal(c.bads, geteuid() == 0 ? 0 : 3);
	i = testnet_named(&c, "eth0");
	assert_int_equal(i->start, NETCONF_NEVER);
	assert_string_equal(i->mac.s, "00:16:3e:01:02:03");
	assert_int_equal(i->mtu.line, 9);
	assert_int_equal(i->addr[0].prefix, 24);
	assert_true(c.iface[1].dhcp);
}

static void test_bad(void **state)
{
	struct testtree *t = *state;
	struct netconf c;

	if (geteuid() != 0)
		skip();
	put(t, "a.nmconnection", 0644, "[connection]\nid=a\n");
	put(t, "b.nmconnection", 0600, "[connection]\nid=b\nwhat is this\n");
	put(t, "c.nmconnection", 0600, "id=b\n");
	c = read_conf(t);
	assert_int_equal(c.bads, 3);
	assert_true(c.bad[0].mode && c.bad[0].line == 0);
	assert_int_equal(c.bad[1].line, 3);
	assert_int_equal(c.bad[2].line, 1);
	assert_int_equal(c.iface[0].start, NETCONF_NEVER);
}

static void test_default(void **state)
{
	struct testtree *t = *state;
	struct testnet n;

	testnet_open(&n, t);
	assert_true(nmkeyfile_makes_default(&n.scan));
	testnet_close(&n);
	testtree_text(t, "/etc/NetworkManager/NetworkManager.conf",
		      "[main]\nplugins=keyfile\n#no-auto-default=*\n");
	testnet_open(&n, t);
	assert_true(nmkeyfile_makes_default(&n.scan));
	testnet_close(&n);
	testtree_text(t, "/usr/lib/NetworkManager/conf.d/00-server.conf",
		      "[main]\nno-auto-default=*\n");
	testnet_open(&n, t);
	assert_false(nmkeyfile_makes_default(&n.scan));
	testnet_close(&n);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, testtree_setup, testtree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_files), TEST(test_bad), TEST(test_default) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
