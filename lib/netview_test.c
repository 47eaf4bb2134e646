/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/netview.h"
#include "lib/testnet.h"

#define UNIT "/usr/lib/systemd/system/"
#define WANTS "/etc/systemd/system/multi-user.target.wants/"

static void make_booted(struct testtree *t)
{
	testtree_text(t, "/etc/machine-id", "4f8a1c9be07d43b5a2d6f3981e5c70b4\n");
}

static struct netview view(struct testtree *t)
{
	struct netview v;
	struct testnet n;

	testnet_open(&n, t);
	netview_read(&n.scan, &v);
	testnet_close(&n);
	return v;
}

static void enable(struct testtree *t, const char *unit)
{
	_cleanup_free_ char *file = xasprintf(UNIT "%s.service", unit);
	_cleanup_free_ char *link = xasprintf(WANTS "%s.service", unit);

	testtree_text(t, file, "[Service]\n");
	testtree_link(t, link, file);
}

static void test_ifupdown(void **state)
{
	struct testtree *t = *state;
	struct netview v;

	make_booted(t);
	testtree_text(t, "/etc/network/interfaces", "auto eth0\niface eth0 inet dhcp\n");
	v = view(t);
	assert_int_equal(v.tool[NETCONF_IFUPDOWN].state, NETVIEW_GONE);
	assert_true(!v.up && !v.by_itself && !v.unsure);
	testtree_text(t, "/sbin/ifup", "x");
	v = view(t);
	assert_string_equal(v.up->name, "eth0");
	testtree_text(t, UNIT "networking.service", "[Service]\n");
	v = view(t);
	assert_int_equal(v.tool[NETCONF_IFUPDOWN].state, NETVIEW_IDLE);
	assert_null(v.up);
	testtree_unlink(t, "/etc/machine-id");
	assert_non_null(view(t).up);
	make_booted(t);
	testtree_link(t, WANTS "networking.service", UNIT "networking.service");
	assert_non_null(view(t).up);
}

/* udev starts what is to be started when it appears, whatever the service says. */
static void test_hotplug(void **state)
{
	struct testtree *t = *state;

	make_booted(t);
	testtree_text(t, "/sbin/ifup", "x");
	testtree_text(t, UNIT "networking.service", "[Service]\n");
	testtree_text(t, "/etc/network/interfaces", "allow-hotplug eth0\niface eth0 inet dhcp\n");
	assert_null(view(t).up);
	testtree_text(t, "/usr/lib/udev/rules.d/80-ifupdown.rules", "x");
	assert_non_null(view(t).up);
}

static void test_unsure(void **state)
{
	struct testtree *t = *state;

	assert_true(view(t).unborn);
	make_booted(t);
	assert_false(view(t).unborn || view(t).unsure);
	testtree_text(t, "/etc/network/interfaces", "source /run/network/*\n");
	assert_true(view(t).unsure);
}

static void test_by_itself(void **state)
{
	struct testtree *t = *state;

	make_booted(t);
	testtree_text(t, "/usr/sbin/NetworkManager", "x");
	enable(t, "NetworkManager");
	assert_string_equal(view(t).by_itself, "NetworkManager");
	testtree_text(t, "/etc/NetworkManager/conf.d/x.conf", "[main]\nno-auto-default=*\n");
	assert_null(view(t).by_itself);
	testtree_text(t, "/etc/rc.local", "#!/bin/sh\n# dhclient eth0\n");
	assert_null(view(t).by_itself);
	testtree_text(t, "/etc/rc.local", "#!/bin/sh\ndhclient eth0\n");
	assert_string_equal(view(t).by_itself, "/etc/rc.local");
}

static void test_cloud(void **state)
{
	struct testtree *t = *state;
	struct netview v;

	make_booted(t);
	testtree_text(t, "/usr/bin/cloud-init", "x");
	testtree_text(t, "/etc/cloud/cloud.cfg", "users: []\n");
	assert_string_equal(view(t).by_itself, "cloud-init");
	testtree_text(t, "/etc/cloud/cloud.cfg.d/99.cfg",
		      "# x\nnetwork:\n  # y\n  config: disabled\n");
	v = view(t);
	assert_null(v.by_itself);
	assert_int_equal(v.cloud_off_line, 4);
	testtree_text(t, "/etc/cloud/cloud.cfg.d/99.cfg", "other:\n  config: disabled\n");
	assert_true(view(t).cloud);
	testtree_text(t, "/etc/cloud/cloud-init.disabled", "");
	assert_false(view(t).cloud);
}

static void test_netplan(void **state)
{
	struct testtree *t = *state;
	struct netview v;

	make_booted(t);
	testtree_text(t, "/etc/netplan/a.yaml", "network: {ethernets: {eth0: {dhcp4: true}}}\n");
	testtree_text(t, "/usr/sbin/netplan", "x");
	v = view(t);
	assert_ptr_equal(netview_tool(&v, &v.conf.iface[0]), &v.tool[NETCONF_NETWORKD]);
	assert_null(v.up);
	testtree_text(t, "/usr/lib/systemd/systemd-networkd", "x");
	testtree_text(t, UNIT "systemd-networkd.service", "[Service]\n");
	assert_non_null(view(t).up);
	testtree_link(t, "/etc/systemd/system/systemd-networkd.service", "/dev/null");
	assert_null(view(t).up);
}

static void test_ifcfg(void **state)
{
	struct testtree *t = *state;

	make_booted(t);
	testtree_text(t, "/etc/sysconfig/network-scripts/ifcfg-eth0", "NM_CONTROLLED=no\n");
	testtree_text(t, "/usr/sbin/NetworkManager", "x");
	assert_null(view(t).up);
	testtree_text(t, "/etc/sysconfig/network-scripts/ifup-eth", "x");
	assert_non_null(view(t).up);
	testtree_text(t, "/etc/sysconfig/network", "NETWORKING=no\n");
	assert_null(view(t).up);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, testtree_setup, testtree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_ifupdown), TEST(test_hotplug),
					    TEST(test_unsure),	 TEST(test_by_itself),
					    TEST(test_cloud),	 TEST(test_netplan),
					    TEST(test_ifcfg) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
