/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/firewalld.h"
#include "lib/ipfilter.h"
#include "lib/testnet.h"

static struct ipfilter_result walk(struct testtree *t, const char *s, bool nft, bool answer)
{
	struct text *text = text_new(t->arena, "/rules", s, strlen(s));
	struct ipfilter_result r;
	struct testnet n;
	struct ipfilter_set set = { .scan = &n.scan, .packet = { .port = 22, .answer = answer } };

	testnet_open(&n, t);
	if (nft)
		ipfilter_nft(&set, text);
	else
		ipfilter_iptables(&set, text);
	ipfilter_walk(&set, &r);
	testnet_close(&n);
	return r;
}

#define TABLE(policy, rules) \
	"*filter\n:INPUT " policy " [0:0]\n:OUTPUT ACCEPT [0:0]\n" rules "COMMIT\n"

struct expected {
	const char *s;
	enum ipfilter_verdict verdict;
	size_t line, before;
};

static void expect(void **state, const struct expected *e, size_t n, bool nft)
{
	for (size_t i = 0; i < n; i++) {
		struct ipfilter_result r = walk(*state, e[i].s, nft, false);

		if (r.verdict != e[i].verdict)
			print_error("%zu: %s", i, e[i].s);
		assert_int_equal(r.verdict, e[i].verdict);
		assert_int_equal(r.rule ? r.rule->line : 0, e[i].line);
		if (r.verdict == IPFILTER_DROP)
			assert_int_equal(r.before, e[i].before);
	}
}

static void test_iptables(void **state)
{
	static const struct expected t[] = {
		{ "", IPFILTER_PASS, 0, 0 },
		{ TABLE("DROP", ""), IPFILTER_DROP, 0, 4 },
		{ TABLE("ACCEPT", "-A INPUT -j DROP\n"), IPFILTER_DROP, 4, 4 },
		{ TABLE("DROP", "-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\n"), IPFILTER_PASS, 0,
		  0 },
		{ TABLE("DROP", "-A INPUT -p tcp --dport 20:30 -m state --state NEW -j ACCEPT\n"),
		  IPFILTER_PASS, 0, 0 },
		{ TABLE("DROP", "-A INPUT -p tcp -m multiport --dports 80,22 -j ACCEPT\n"),
		  IPFILTER_PASS, 0, 0 },
		{ TABLE("DROP", "-A INPUT -m state --state ESTABLISHED,RELATED -j ACCEPT\n"
				"-A INPUT -p icmp -j ACCEPT\n-A INPUT -i lo -j ACCEPT\n"
				"-A INPUT -p udp -m udp --dport 22 -j ACCEPT\n"),
		  IPFILTER_DROP, 0, 8 },
		/* From some only: that is a way in. */
		{ TABLE("DROP", "-A INPUT -s 192.0.2.0/24 -p tcp --dport 22 -j ACCEPT\n"),
		  IPFILTER_PASS, 0, 0 },
		{ TABLE("DROP", "-A INPUT -i eth1 -j ACCEPT\n"), IPFILTER_PASS, 0, 0 },
		{ TABLE("ACCEPT", "-A INPUT -s 192.0.2.0/24 -j DROP\n"), IPFILTER_PASS, 0, 0 },
		{ TABLE("ACCEPT", "-A INPUT ! -i lo -p tcp --dport 22 -j DROP\n"), IPFILTER_DROP, 4,
		  4 },
		{ TABLE("ACCEPT",
			"-A INPUT -p tcp -m tcp ! --dport 80 -j REJECT --reject-with x\n"),
		  IPFILTER_DROP, 4, 4 },
		{ TABLE("ACCEPT", "-A INPUT -p tcp -m something --odd 5 --dport 22 -j DROP\n"),
		  IPFILTER_PASS, 0, 0 },
		{ TABLE("ACCEPT", "-A INPUT -m comment --comment \"-p udp -j ACCEPT\" -j DROP\n"),
		  IPFILTER_DROP, 4, 4 },
		{ TABLE("DROP", "-A INPUT -p tcp --dport 22 -m limit --limit 3/min -j ACCEPT\n"),
		  IPFILTER_PASS, 0, 0 },
		{ TABLE("ACCEPT", "-I INPUT -j DROP\n"), IPFILTER_PASS, 0, 0 },
		{ "*nat\n:INPUT DROP [0:0]\nCOMMIT\n", IPFILTER_PASS, 0, 0 },
		{ "*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp --dport 22 -j DROP\nCOMMIT\n",
		  IPFILTER_DROP, 3, 3 },
	};

	expect(state, t, ARRAY_SIZE(t), false);
}

static void test_chains(void **state)
{
	static const struct expected t[] = {
		{ TABLE("DROP", ":ssh - [0:0]\n-A INPUT -p tcp --dport 22 -j ssh\n"
				"-A ssh -j ACCEPT\n"),
		  IPFILTER_PASS, 0, 0 },
		{ TABLE("ACCEPT", ":ssh - [0:0]\n-A INPUT -p tcp --dport 22 -j ssh\n"
				  "-A ssh -j LOG\n-A ssh -j DROP\n"),
		  IPFILTER_DROP, 7, 5 },
		{ TABLE("ACCEPT", ":ssh - [0:0]\n-A INPUT -j ssh\n-A ssh -s 192.0.2.1 -j RETURN\n"
				  "-A ssh -j DROP\n"),
		  IPFILTER_PASS, 0, 0 },
		{ TABLE("ACCEPT", ":a - [0:0]\n-A INPUT -j a\n-A a -j a\n"), IPFILTER_PASS, 0, 0 },
		{ TABLE("DROP", "-A INPUT -j nobody-knows\n"), IPFILTER_PASS, 0, 0 },
		{ TABLE("DROP", ":f - [0:0]\n-A INPUT -p tcp -j f\n-A f -s 192.0.2.9/32 -j DROP\n"
				"-A f -j RETURN\n"),
		  IPFILTER_DROP, 0, 8 },
	};

	expect(state, t, ARRAY_SIZE(t), false);
}

static void test_random(void **state)
{
	static const struct expected t[] = {
		{ TABLE("ACCEPT",
			"-A INPUT -m statistic --mode random --probability 0.3 -j DROP\n"),
		  IPFILTER_RANDOM, 4, 0 },
		{ TABLE("ACCEPT",
			"-A INPUT -p tcp -m statistic --mode nth --every 3 --packet 0 -j DROP\n"),
		  IPFILTER_RANDOM, 4, 0 },
		{ TABLE("ACCEPT",
			"-A INPUT -m statistic --mode random --probability 1.00 -j DROP\n"),
		  IPFILTER_DROP, 4, 4 },
		{ TABLE("ACCEPT", "-A INPUT -m statistic --mode random --probability 0 -j DROP\n"),
		  IPFILTER_PASS, 0, 0 },
		{ TABLE("ACCEPT",
			"-A INPUT -p udp -m statistic --mode random --probability 0.3 -j DROP\n"),
		  IPFILTER_PASS, 0, 0 },
		{ TABLE("ACCEPT",
			"-A INPUT -p tcp --dport 22 -j ACCEPT\n"
			"-A INPUT -m statistic --mode random --probability 0.3 -j DROP\n"),
		  IPFILTER_PASS, 0, 0 },
	};

	expect(state, t, ARRAY_SIZE(t), false);
}

static void test_answers(void **state)
{
	static const char drops[] = "*filter\n:INPUT ACCEPT [0:0]\n:OUTPUT DROP [0:0]\n"
				    "-A OUTPUT -m state --state NEW -j ACCEPT\nCOMMIT\n";
	static const char passes[] = "*filter\n:INPUT ACCEPT [0:0]\n:OUTPUT DROP [0:0]\n"
				     "-A OUTPUT -m state --state ESTABLISHED -j ACCEPT\nCOMMIT\n";

	assert_int_equal(walk(*state, drops, false, false).verdict, IPFILTER_PASS);
	assert_int_equal(walk(*state, drops, false, true).verdict, IPFILTER_DROP);
	assert_int_equal(walk(*state, passes, false, true).verdict, IPFILTER_PASS);
}

#define CHAIN(rules)                                                                            \
	"flush ruleset\n\ntable inet filter {\n\tchain input {\n"                               \
	"\t\ttype filter hook input priority 0; policy drop;\n" rules "\t}\n\tchain output {\n" \
	"\t\ttype filter hook output priority 0;\n\t}\n}\n"

static void test_nft(void **state)
{
	static const struct expected t[] = {
		{ CHAIN(""), IPFILTER_DROP, 0, 6 },
		{ CHAIN("\t\tct state { established, related } accept\n"), IPFILTER_DROP, 0, 7 },
		{ CHAIN("\t\ttcp dport 22 accept # x\n"), IPFILTER_PASS, 0, 0 },
		{ CHAIN("\t\ttcp dport { http, ssh } ct state new counter packets 0 bytes 0 accept\n"),
		  IPFILTER_PASS, 0, 0 },
		{ CHAIN("\t\ttcp dport { 80, 443 } accept\n\t\tiifname \"lo\" accept\n"
			"\t\tip protocol icmp accept\n\t\tudp dport 22 accept\n"),
		  IPFILTER_DROP, 0, 10 },
		{ CHAIN("\t\tip saddr 192.0.2.0/24 tcp dport 22 accept\n"), IPFILTER_PASS, 0, 0 },
		{ CHAIN("\t\ttcp dport != 80 drop\n\t\taccept\n"), IPFILTER_DROP, 6, 6 },
		{ CHAIN("\t\ttcp dport 22 numgen random mod 100 < 30 drop\n\t\taccept\n"),
		  IPFILTER_RANDOM, 6, 0 },
		{ CHAIN("\t\tct state vmap { new : jump x, established : accept }\n"),
		  IPFILTER_PASS, 0, 0 },
		{ CHAIN("\t\ttcp dport $ports accept\n"), IPFILTER_PASS, 0, 0 },
		{ "define x = 5\n" CHAIN(""), IPFILTER_PASS, 0, 0 },
		{ "include \"/etc/nft.d/*\"\n" CHAIN(""), IPFILTER_PASS, 0, 0 },
		{ "add table inet x\n", IPFILTER_PASS, 0, 0 },
		{ "table ip6 f {\n chain i {\n type filter hook input priority 0; policy drop; }\n}\n",
		  IPFILTER_PASS, 0, 0 },
		{ "table inet f { chain i { type filter hook input priority 0; policy drop; } }",
		  IPFILTER_DROP, 0, 1 },
		{ "table inet f {\n", IPFILTER_PASS, 0, 0 },
		{ "table inet f { chain \"", IPFILTER_PASS, 0, 0 },
	};

	expect(state, t, ARRAY_SIZE(t), true);
}

static bool lets_in(struct testtree *t, uint16_t port)
{
	struct firewalld f;
	struct testnet n;

	testnet_open(&n, t);
	firewalld_read(&n.scan, port, &f);
	testnet_close(&n);
	return f.lets_in;
}

static void test_firewalld(void **state)
{
	struct testtree *t = *state;

	assert_true(lets_in(t, 22));
	testtree_text(t, "/etc/firewalld/firewalld.conf", "DefaultZone=pub\n");
	testtree_text(t, "/usr/lib/firewalld/zones/pub.xml",
		      "<?xml version=\"1.0\"?>\n<zone>\n <!-- <service name=\"ssh\"/> -->\n"
		      " <port protocol=\"tcp\" port=\"8000-8100\"/>\n</zone>\n");
	assert_false(lets_in(t, 22));
	assert_true(lets_in(t, 8022));
	testtree_text(t, "/etc/firewalld/zones/pub.xml",
		      "<zone>\n <service name=\"ssh\"/>\n</zone>\n");
	assert_true(lets_in(t, 22));
	assert_false(lets_in(t, 2222));
	testtree_text(t, "/etc/firewalld/services/ssh.xml",
		      "<service><port port=\"2222\" protocol=\"tcp\"/></service>\n");
	assert_true(lets_in(t, 2222));
	assert_false(lets_in(t, 22));
	testtree_text(t, "/etc/firewalld/zones/pub.xml", "<zone target=\"ACCEPT\">\n</zone>\n");
	assert_true(lets_in(t, 22));
	testtree_text(t, "/etc/firewalld/zones/pub.xml", "<zone");
	assert_true(lets_in(t, 22));
	testtree_text(t, "/etc/firewalld/zones/pub.xml", "<zone>\n</zone>\n");
	testtree_text(t, "/etc/firewalld/zones/work.xml",
		      "<zone><interface name=\"eth0\"/></zone>\n");
	assert_true(lets_in(t, 22));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, testtree_setup, testtree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_iptables), TEST(test_chains),
					    TEST(test_random),	 TEST(test_answers),
					    TEST(test_nft),	 TEST(test_firewalld) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
