/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The format of iptables-save, a rule a line. */
#include "lib/ipfilter.h"

#define WORDS_MAX 128u

struct reading {
	struct ipfilter_set *set;
	struct ipfilter_rule rule;
	enum ipfilter_match match;
	bool invert;
};

/* Blanks between, double and single quotes, backslashes. */
static size_t split(struct arena *a, const char *s, const char *word[WORDS_MAX])
{
	size_t n = 0;

	while (n < WORDS_MAX && *(s += strspn(s, " \t\r"))) {
		_cleanup_bytes_ struct bytes b = { 0 };
		char quote = '\0';

		for (; *s && (quote || !strchr(" \t\r", *s)); s++) {
			if (quote ? *s == quote : *s == '"' || *s == '\'')
				quote = quote ? '\0' : *s;
			else if (*s == '\\' && s[1])
				bytes_addc(&b, *++s);
			else
				bytes_addc(&b, *s);
		}
		word[n++] = arena_strndup(a, b.data ? b.data : "", b.len);
	}
	return n;
}

static void narrow(struct reading *l, enum ipfilter_match m)
{
	if (l->invert && m != IPFILTER_MAYBE)
		m = m == IPFILTER_YES ? IPFILTER_NO : IPFILTER_YES;
	if (m < l->match)
		l->match = m;
}

/* --- one option each; value is the word behind --- */

static void take_protocol(struct reading *l, const char *value)
{
	static const char *const ours[] = { "tcp", "6", "all", "0", NULL };

	narrow(l, in_list(value, ours) ? IPFILTER_YES : IPFILTER_NO);
}

static void take_ports(struct reading *l, const char *value)
{
	enum ipfilter_match m = IPFILTER_NO;

	while (*value) {
		size_t n = strcspn(value, ",");
		const char *word = arena_strndup(l->set->scan->arena, value, n);
		enum ipfilter_match one = ipfilter_port(word, l->set->packet.port);

		m = one > m ? one : m;
		value += n + (value[n] == ',');
	}
	narrow(l, m);
}

static void take_dport(struct reading *l, const char *value)
{
	if (l->set->packet.answer)
		narrow(l, IPFILTER_MAYBE);
	else
		take_ports(l, value);
}

static void take_sport(struct reading *l, const char *value)
{
	if (l->set->packet.answer)
		take_ports(l, value);
	else
		narrow(l, streq(value, "1024:65535") || streq(value, "1024:") ? IPFILTER_YES
									      : IPFILTER_MAYBE);
}

static void take_state(struct reading *l, const char *value)
{
	const char *ours = l->set->packet.answer ? "ESTABLISHED" : "NEW";

	narrow(l, has_word(value, ours, ",") ? IPFILTER_YES : IPFILTER_NO);
}

static void take_address(struct reading *l, const char *value)
{
	static const char *const any[] = { "0.0.0.0/0", "0/0",	    "0.0.0.0/0.0.0.0",
					   "::/0",	"anywhere", NULL };

	narrow(l, in_list(value, any) ? IPFILTER_YES : IPFILTER_MAYBE);
}

static void take_iface(struct reading *l, const char *value)
{
	narrow(l, streq(value, "lo")  ? IPFILTER_NO
		  : streq(value, "+") ? IPFILTER_YES
				      : IPFILTER_MAYBE);
}

static void take_module(struct reading *l, const char *value)
{
	static const char *const plain[] = { "tcp",	  "comment", "state",	  "conntrack",
					     "multiport", "limit",   "statistic", NULL };
	static const char *const others[] = { "udp", "icmp", "icmp6", "icmpv6", "sctp", NULL };

	if (in_list(value, others))
		narrow(l, IPFILTER_NO);
	else if (!in_list(value, plain))
		narrow(l, IPFILTER_MAYBE);
}

static void take_limit(struct reading *l, const char *value UNUSED)
{
	narrow(l, IPFILTER_MAYBE);
}

static void take_nothing(struct reading *l UNUSED, const char *value UNUSED)
{
}

static void take_random(struct reading *l, const char *value UNUSED)
{
	l->rule.random = true;
}

static void take_probability(struct reading *l, const char *value)
{
	if (streq(value, "1") || startswith(value, "1.0"))
		l->rule.random = false;
	else if (strspn(value, "0.") == strlen(value))
		narrow(l, IPFILTER_NO);
}

static void take_target(struct reading *l, const char *value)
{
	static const char *const on[] = { "LOG",	 "NFLOG",    "ULOG",	 "MARK",
					  "CONNMARK",	 "SET",	     "AUDIT",	 "CT",
					  "NOTRACK",	 "TCPMSS",   "DSCP",	 "TRACE",
					  "TOS",	 "CLASSIFY", "CHECKSUM", "RATEEST",
					  "CONNSECMARK", "SECMARK",  "TTL",	 NULL };
	static const char *const other[] = { "NFQUEUE",	 "QUEUE",      "TPROXY",
					     "SYNPROXY", "TARPIT",     "REDIRECT",
					     "DNAT",	 "MASQUERADE", NULL };

	l->rule.jump = value;
	if (streq(value, "ACCEPT"))
		l->rule.target = IPFILTER_TO_ACCEPT;
	else if (streq(value, "DROP") || streq(value, "REJECT"))
		l->rule.target = IPFILTER_TO_DROP;
	else if (streq(value, "RETURN"))
		l->rule.target = IPFILTER_TO_RETURN;
	else if (in_list(value, other))
		l->rule.target = IPFILTER_TO_OTHER;
	else
		l->rule.target = in_list(value, on) ? IPFILTER_GOES_ON : IPFILTER_TO_CHAIN;
}

/* A goto does not come back to this chain: too seldom to be followed. */
static void take_goto(struct reading *l, const char *value)
{
	l->rule.jump = value;
	l->rule.target = IPFILTER_TO_OTHER;
}

static const struct option {
	const char *name, *longer;
	void (*take)(struct reading *l, const char *value);
} options[] = {
	{ "-p", "--protocol", take_protocol },
	{ "--proto", "--protocol", take_protocol },
	{ "--dport", "--destination-port", take_dport },
	{ "--sport", "--source-port", take_sport },
	{ "--dports", "--destination-ports", take_dport },
	{ "--sports", "--source-ports", take_sport },
	{ "--ports", "--ports", take_limit },
	{ "--state", "--ctstate", take_state },
	{ "-s", "--source", take_address },
	{ "--src", "-d", take_address },
	{ "--dst", "--destination", take_address },
	{ "-i", "--in-interface", take_iface },
	{ "-o", "--out-interface", take_iface },
	{ "-m", "--match", take_module },
	{ "--limit", "--limit", take_limit },
	{ "--limit-burst", "--comment", take_nothing },
	{ "--mode", "--every", take_random },
	{ "--packet", "--packet", take_nothing },
	{ "--probability", "--probability", take_probability },
	{ "-j", "--jump", take_target },
	{ "-g", "--goto", take_goto },
};

static const struct option *option_of(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		if (streq(word, options[i].name) || streq(word, options[i].longer))
			return &options[i];
	}
	return NULL;
}

/* --- a line --- */

/* Options that have no word behind them; false: it is none. */
static bool take_flag(struct reading *l, const char *word)
{
	if (streq(word, "--syn")) {
		narrow(l, l->set->packet.answer ? IPFILTER_NO : IPFILTER_YES);
		return true;
	}
	if (streq(word, "-f") || streq(word, "--fragment")) {
		narrow(l, IPFILTER_NO);
		return true;
	}
	return false;
}

static void take_words(struct reading *l, const char *const *word, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct option *o = option_of(word[i]);

		if (streq(word[i], "!")) {
			l->invert = true;
			continue;
		}
		if (o && i + 1 < n) {
			i++;
			/* The old way round: "-s ! 192.0.2.0/24". */
			if (streq(word[i], "!") && i + 1 < n) {
				l->invert = true;
				i++;
			}
			o->take(l, word[i]);
		} else if (!take_flag(l, word[i]) && word[i][0] == '-' && !l->rule.jump) {
			narrow(l, IPFILTER_MAYBE);
		}
		l->invert = false;
	}
}

static void add_rule(struct ipfilter_set *set, const struct text *t, size_t n, const char *table,
		     const char *s)
{
	struct reading l = { .set = set, .match = IPFILTER_YES };
	const char *word[WORDS_MAX];
	size_t words = split(set->scan->arena, s, word);

	if (words < 2)
		return;
	if (words == WORDS_MAX || !streq(word[0], "-A")) {
		/* -I and the rest: not as iptables-save writes it. */
		set->unknown = true;
		return;
	}
	l.rule = (struct ipfilter_rule){ .text = t, .line = n, .table = table, .chain = word[1] };
	take_words(&l, word + 2, words - 2);
	l.rule.match = l.match;
	ipfilter_add(set, &l.rule);
}

static bool is_base(const struct ipfilter_set *set, const char *table, const char *chain)
{
	static const char *const tables[] = { "filter", "mangle", "raw", NULL };
	static const char *const in[] = { "INPUT", "PREROUTING", NULL };
	static const char *const out[] = { "OUTPUT", "POSTROUTING", NULL };

	return in_list(table, tables) && in_list(chain, set->packet.answer ? out : in);
}

/* ":INPUT DROP [0:0]" */
static void add_chain(struct ipfilter_set *set, const struct text *t, const char *table,
		      const char *s)
{
	const char *word[WORDS_MAX];
	size_t n = split(set->scan->arena, s, word);
	struct ipfilter_chain *c = n ? ipfilter_chain(set, table, word[0]) : NULL;

	if (!c)
		return;
	c->text = t;
	c->base = is_base(set, table, word[0]);
	c->drops = n > 1 && streq(word[1], "DROP");
}

static void end_table(struct ipfilter_set *set, const char *table, size_t n)
{
	for (size_t i = 0; i < set->chains; i++) {
		if (streq(set->chain[i].table, table) && !set->chain[i].end)
			set->chain[i].end = n;
	}
}

void ipfilter_iptables(struct ipfilter_set *set, const struct text *t)
{
	const char *table = "";

	for (size_t n = 1; n <= t->lines; n++) {
		const char *s = text_line(t, n);

		s += strspn(s, " \t");
		if (*s == '[' && strchr(s, ']'))
			s = strchr(s, ']') + 1 + strspn(strchr(s, ']') + 1, " \t");
		if (*s == '*')
			table = arena_strndup(set->scan->arena, s + 1, strcspn(s + 1, " \t\r"));
		else if (*s == ':')
			add_chain(set, t, table, s + 1);
		else if (startswith(s, "COMMIT"))
			end_table(set, table, n);
		else if (*s == '-')
			add_rule(set, t, n, table, s);
	}
}
