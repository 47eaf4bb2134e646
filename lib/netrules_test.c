/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/netrules.h"
#include "lib/testnet.h"

static void test_rules(void **state)
{
	struct testtree *t = *state;
	struct netrules r;
	struct testnet n;

	testtree_text(t, NETRULES_PATH,
		      "# PCI device 0x1af4:0x1000 (virtio-pci)\n"
		      "SUBSYSTEM==\"net\", ACTION==\"add\", DRIVERS==\"?*\", "
		      "ATTR{address}==\"00:16:3E:01:02:03\", ATTR{type}==\"1\", "
		      "KERNEL==\"eth*\", NAME=\"eth0\"\n"
		      "#SUBSYSTEM==\"net\", ATTR{address}==\"00:16:3e:01:02:04\", NAME=\"eth1\"\n"
		      "SUBSYSTEM==\"net\", SYSFS{address}==\"00:16:3e:01:02:05\", NAME=\"eth2\"\r\n"
		      "SUBSYSTEM==\"net\", ATTR{address}==\"00:16:3e:*\", NAME=\"eth3\"\n"
		      "SUBSYSTEM==\"net\", ATTR{address}==\"00:16:3e:01:02:06\", NAME=\"\n"
		      "{address}==\"{address}==\"NAME=\"NAME=\"\n");
	testnet_open(&n, t);
	netrules_read(&n.scan, &r);
	assert_int_equal(r.n, 2);
	assert_string_equal(r.rule[0].mac, "00:16:3e:01:02:03");
	assert_string_equal(r.rule[0].name, "eth0");
	assert_int_equal(r.rule[0].line, 2);
	assert_string_equal(r.rule[1].name, "eth2");
	testnet_close(&n);
}

static void test_none(void **state)
{
	struct netrules r;
	struct testnet n;

	testnet_open(&n, *state);
	netrules_read(&n.scan, &r);
	assert_true(!r.text && r.n == 0);
	testnet_close(&n);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, testtree_setup, testtree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_rules), TEST(test_none) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
