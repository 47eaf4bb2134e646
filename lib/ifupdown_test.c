/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dlfcn.h>
#include <fnmatch.h>

#include "lib/ifupdown.h"
#include "lib/testnet.h"

static struct netconf read_conf(struct testtree *t)
{
	struct netconf c = { 0 };
	struct testnet n;

	testnet_open(&n, t);
	ifupdown_read(&n.scan, &c);
	testnet_close(&n);
	return c;
}

static void make_classic(struct testtree *t)
{
	_cleanup_free_ char *path = testtree_path(t, "/sbin/ifup");

	testtree_text(t, "/sbin/ifup", "x");
	assert_int_equal(chmod(path, 0755), 0);
}

static void test_stanzas(void **state)
{
	struct testtree *t = *state;
	const struct netconf_iface *i;
	struct netconf c;

	make_classic(t);
	testtree_text(t, IFUPDOWN_MAIN,
		      "# x\nauto lo \\\n  eth0\nallow-hotplug eth1\niface lo inet loopback\n\n"
		      "iface eth0 inet static\n\taddress 192.0.2.7\n\tnetmask 255.255.255.0\n"
		      "\tgateway 192.0.2.1\n\tmtu 100\n"
		      "iface eth1 inet dhcp\niface eth2 inet manual\n"
		      "mapping eth9\n\tscript x\n");
	c = read_conf(t);
	assert_int_equal(c.bads, 0);
	assert_int_equal(c.n, 4);
	assert_true(testnet_named(&c, "lo")->lower);
	i = testnet_named(&c, "eth0");
	assert_int_equal(i->start, NETCONF_AT_BOOT);
	assert_false(i->hotplug);
	assert_int_equal(i->addr[0].prefix, 24);
	assert_int_equal(i->gateway.line, 10);
	assert_string_equal(i->mtu.s, "100");
	assert_true(testnet_named(&c, "eth1")->hotplug && testnet_named(&c, "eth1")->dhcp);
	assert_int_equal(testnet_named(&c, "eth2")->start, NETCONF_NEVER);
	assert_false(testnet_named(&c, "eth2")->has_address);
	assert_true(c.wild);
}

static void test_sources(void **state)
{
	struct testtree *t = *state;
	struct netconf c;

	testtree_text(t, IFUPDOWN_MAIN,
		      "source /etc/network/a.d/*\nsource-directory b.d\nsource no/such\n");
	testtree_text(t, "/etc/network/a.d/x.cfg", "auto eth0\niface eth0 inet dhcp\n");
	testtree_text(t, "/etc/network/a.d/.hidden", "iface eth7 inet dhcp\n");
	testtree_text(t, "/etc/network/b.d/y", "iface eth1 inet dhcp\n");
	testtree_text(t, "/etc/network/b.d/y.bak", "iface eth8 inet dhcp\n");
	c = read_conf(t);
	assert_int_equal(c.n, 2);
	assert_int_equal(testnet_named(&c, "eth0")->start, NETCONF_AT_BOOT);
	assert_non_null(testnet_named(&c, "eth1"));
	assert_false(c.wild);
}

static void test_made_at_boot(void **state)
{
	struct testtree *t = *state;

	testtree_text(t, IFUPDOWN_MAIN, "source-directory /run/network/interfaces.d\n");
	assert_true(read_conf(t).wild);
	testtree_text(t, IFUPDOWN_MAIN, "source /etc/$X/*\n");
	assert_true(read_conf(t).wild);
}

static void test_loop(void **state)
{
	struct testtree *t = *state;
	struct netconf c;

	testtree_text(t, IFUPDOWN_MAIN, "source interfaces\nsource interfaces\n");
	c = read_conf(t);
	assert_true(c.wild);
	assert_int_equal(c.n, 0);
}

static void test_bad(void **state)
{
	struct testtree *t = *state;
	static const struct {
		const char *text;
		size_t bads, line;
	} lines[] = {
		{ "addres 192.0.2.7\n", 1, 1 },
		{ "auto eth0\niface eth0 iet dhcp\n", 1, 2 },
		{ "iface\n", 1, 1 },
		{ "iface eth0 inherits x\n", 0, 0 },
		{ "iface eth0 inet dhcp\n\n   whatever it is\n", 0, 0 },
		{ "\xef\xbb\xbf"
		  "auto eth0\n",
		  1, 1 },
		{ "auto lo\r\niface lo inet loopback\r\n", 0, 0 },
		{ "iface a inet static\\\n", 0, 0 },
	};
	struct netconf c;

	testtree_text(t, IFUPDOWN_MAIN, "nonsense\n");
	assert_int_equal(read_conf(t).bads, 0);
	make_classic(t);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		testtree_text(t, IFUPDOWN_MAIN, lines[i].text);
		c = read_conf(t);
		assert_int_equal(c.bads, lines[i].bads);
		if (c.bads)
			assert_int_equal(c.bad[0].line, lines[i].line);
	}
	testtree_dir(t, "/usr/share/ifupdown2");
	testtree_text(t, IFUPDOWN_MAIN, "nonsense\n");
	assert_int_equal(read_conf(t).bads, 0);
}

static void test_patterns(void **state)
{
	struct testtree *t = *state;
	struct netconf c;

	testtree_text(t, IFUPDOWN_MAIN,
		      "auto eth0=home /en*\niface home inet dhcp\niface ens3 inet dhcp\n"
		      "iface wlan0 inet dhcp\n");
	c = read_conf(t);
	assert_int_equal(testnet_named(&c, "home")->start, NETCONF_AT_BOOT);
	assert_int_equal(testnet_named(&c, "ens3")->start, NETCONF_AT_BOOT);
	assert_int_equal(testnet_named(&c, "wlan0")->start, NETCONF_NEVER);
}

/* --- what is made to cost much --- */

static size_t matches;

/* In place of the C library's, to be counted. */
int fnmatch(const char *pattern, const char *s, int flags)
{
	int (*real)(const char *, const char *, int);

	matches += strlen(pattern) * strlen(s);
	*(void **)&real = dlsym(RTLD_NEXT, "fnmatch");
	return real(pattern, s, flags);
}

static struct netconf read_bytes(struct testtree *t, struct bytes *b)
{
	testtree_put(t, IFUPDOWN_MAIN, b->data, b->len);
	bytes_free(b);
	matches = 0;
	return read_conf(t);
}

static void add_ifaces(struct bytes *b, const char *prefix, size_t n)
{
	for (size_t i = 0; i < n; i++)
		bytes_addf(b, "iface %s%zu inet dhcp\n", prefix, i);
}

/* Each pattern is held against each interface: neither of them has a bound of its own. */
static void test_many_patterns(void **state)
{
	struct bytes b = { 0 };
	struct netconf c;

	bytes_adds(&b, "auto eth7");
	for (size_t i = 0; i < 5000; i++)
		bytes_addf(&b, " *x%zu*", i);
	bytes_adds(&b, "\n");
	add_ifaces(&b, "eth", 1000);
	c = read_bytes(*state, &b);
	assert_true(c.wild);
	assert_int_equal(testnet_named(&c, "eth7")->start, NETCONF_AT_BOOT);
	assert_true(matches > 0 && matches < 20 << 20);
}

static void test_long_patterns(void **state)
{
	struct bytes b = { 0 };
	struct netconf c;

	bytes_adds(&b, "auto ");
	for (size_t i = 0; i < 50000; i++)
		bytes_adds(&b, "*a");
	bytes_adds(&b, "\nauto *a*a*a*b *0\n");
	add_ifaces(&b, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 1000);
	add_ifaces(&b, "aaaaaaaa", 11);
	c = read_bytes(*state, &b);
	assert_true(c.wild);
	assert_int_equal(testnet_named(&c, "aaaaaaaa10")->start, NETCONF_AT_BOOT);
	assert_int_equal(testnet_named(&c, "aaaaaaaa1")->start, NETCONF_NEVER);
	/* Names that the kernel does not take are held against none. */
	assert_true(matches > 0 && matches < 20000);
}

/* So many as a machine may have are no reason to be unsure. */
static void test_many_names(void **state)
{
	struct bytes b = { 0 };
	struct netconf c;

	for (size_t i = 0; i < 3000; i++)
		bytes_addf(&b, "auto vlan%zu\n", i);
	add_ifaces(&b, "vlan", 3000);
	c = read_bytes(*state, &b);
	assert_false(c.wild);
	assert_int_equal(testnet_named(&c, "vlan2999")->start, NETCONF_AT_BOOT);
	assert_int_equal(matches, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, testtree_setup, testtree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_stanzas),	      TEST(test_sources),
					    TEST(test_made_at_boot),  TEST(test_loop),
					    TEST(test_bad),	      TEST(test_patterns),
					    TEST(test_many_patterns), TEST(test_long_patterns),
					    TEST(test_many_names) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
