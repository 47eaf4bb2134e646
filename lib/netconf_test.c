/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/testnet.h"

static void test_mac(void **state)
{
	struct testtree *t = *state;

	assert_string_equal(netconf_mac(t->arena, "00:16:3E:AB:cd:0f"), "00:16:3e:ab:cd:0f");
	assert_string_equal(netconf_mac(t->arena, "00-16-3E-AB-CD-0F"), "00:16:3e:ab:cd:0f");
	assert_null(netconf_mac(t->arena, "00:16:3e:ab:cd"));
	assert_null(netconf_mac(t->arena, "00:16:3e:ab:cd:0f:11"));
	assert_null(netconf_mac(t->arena, "00:16:3e:ab:cd:0g"));
	assert_null(netconf_mac(t->arena, "00163eabcd0f"));
	assert_null(netconf_mac(t->arena, ""));
}

static void test_ipv4(void **state UNUSED)
{
	struct netconf_addr a;

	assert_true(netconf_ipv4("192.0.2.7/24", &a));
	assert_int_equal(a.ip, 0xc0000207);
	assert_int_equal(a.prefix, 24);
	assert_true(netconf_ipv4("192.0.2.7", &a));
	assert_int_equal(a.prefix, NETCONF_PREFIX_UNKNOWN);
	assert_true(netconf_ipv4("192.0.2.7/255.255.255.0", &a));
	assert_int_equal(a.prefix, 24);
	assert_false(netconf_ipv4("192.0.2.7/33", &a));
	assert_false(netconf_ipv4("192.0.2", &a));
	assert_false(netconf_ipv4("2001:db8::1/64", &a));
	assert_false(netconf_ipv4("192.0.2.7777777777777777777/24", &a));
}

static void test_mask(void **state UNUSED)
{
	unsigned p;

	assert_true(netconf_mask("255.255.255.128", &p) && p == 25);
	assert_true(netconf_mask("0", &p) && p == 0);
	assert_true(netconf_mask("0.0.0.0", &p) && p == 0);
	assert_true(netconf_mask("255.255.255.255", &p) && p == 32);
	assert_false(netconf_mask("255.0.255.0", &p));
	assert_false(netconf_mask("0.0.0.255", &p));
	assert_false(netconf_mask("x", &p));
}

static void test_holds(void **state UNUSED)
{
	struct netconf_iface i = { 0 };

	assert_true(netconf_holds(&i, 1));
	netconf_take_addr(&i, "192.0.2.7/25");
	assert_true(netconf_holds(&i, 0xc0000201));
	assert_false(netconf_holds(&i, 0xc0000281));
	netconf_take_addr(&i, "2001:db8::1/64");
	assert_false(netconf_holds(&i, 0xc0000281));
	netconf_take_addr(&i, "198.51.100.1/32");
	assert_true(netconf_holds(&i, 0xc0000281));
	for (int k = 0; k < 100; k++)
		netconf_take_addr(&i, "192.0.2.7/25");
	assert_int_equal(i.addrs, NETCONF_ADDRS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_mac, testtree_setup, testtree_teardown),
		cmocka_unit_test(test_ipv4),
		cmocka_unit_test(test_mask),
		cmocka_unit_test(test_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
