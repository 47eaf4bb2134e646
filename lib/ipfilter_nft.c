/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rulesets of nft, as far as they are written in blocks: table { chain { rules } }. Commands, maps,
 * variables and includes make the whole unknown.
 */
#include "lib/ipfilter.h"

#define WORDS_MAX 256u
#define TOKENS_MAX 200000u

struct reader {
	struct ipfilter_set *set;
	const struct text *text;
	const char *at;
	size_t line, tokens;
	char *token; /* "" at the end; "\n" and ";" end statements */
	size_t token_line;
};

/* --- tokens --- */

static char *quoted(struct reader *r)
{
	const char *from = ++r->at;
	size_t n = strcspn(from, "\"\n");

	r->at += n + (from[n] == '"');
	return arena_strndup(r->set->scan->arena, from, n);
}

static void skip_blanks(struct reader *r)
{
	for (;;) {
		r->at += strspn(r->at, " \t\r");
		if (*r->at == '#') {
			r->at += strcspn(r->at, "\n");
		} else if (r->at[0] == '\\' && r->at[1] == '\n') {
			r->at += 2;
			r->line++;
		} else {
			return;
		}
	}
}

static bool next(struct reader *r)
{
	size_t n;

	skip_blanks(r);
	r->token_line = r->line;
	if (!*r->at || r->tokens++ >= TOKENS_MAX) {
		r->token = arena_strdup(r->set->scan->arena, "");
		r->set->unknown |= *r->at != '\0';
		return false;
	}
	if (*r->at == '"') {
		r->token = quoted(r);
		return true;
	}
	n = strchr("{};,\n", *r->at) ? 1 : strcspn(r->at, " \t\r\n{};,\"#");
	r->line += *r->at == '\n';
	r->token = arena_strndup(r->set->scan->arena, r->at, n);
	r->at += n;
	return true;
}

static bool is(const struct reader *r, const char *s)
{
	return streq(r->token, s);
}

/* --- one statement --- */

struct statement {
	const char *word[WORDS_MAX];
	size_t n;
	struct ipfilter_set *set;
	struct ipfilter_rule rule;
};

static void narrow(struct statement *s, enum ipfilter_match m)
{
	if (m < s->rule.match)
		s->rule.match = m;
}

/* The words of "{ a, b }" or the one word at *i, which then is behind it; whether any is wanted. */
static enum ipfilter_match any_of(struct statement *s, size_t *i,
				  enum ipfilter_match (*wanted)(const struct statement *s,
								const char *word))
{
	enum ipfilter_match best = IPFILTER_NO;
	bool set = *i < s->n && streq(s->word[*i], "{");
	bool list = true;

	for (*i += set; *i < s->n && list && !streq(s->word[*i], "}"); ++*i) {
		enum ipfilter_match m;

		if (streq(s->word[*i], ","))
			continue;
		m = wanted(s, s->word[*i]);
		best = m > best ? m : best;
		list = set || (*i + 1 < s->n && streq(s->word[*i + 1], ","));
	}
	*i += set && *i < s->n;
	return best;
}

static enum ipfilter_match wants_port(const struct statement *s, const char *word)
{
	return strchr("@$", *word) ? IPFILTER_MAYBE : ipfilter_port(word, s->set->packet.port);
}

static enum ipfilter_match wants_state(const struct statement *s, const char *word)
{
	return streq(word, s->set->packet.answer ? "established" : "new") ? IPFILTER_YES
									  : IPFILTER_NO;
}

static enum ipfilter_match wants_protocol(const struct statement *s UNUSED, const char *word)
{
	return streq(word, "tcp") || streq(word, "6") ? IPFILTER_YES : IPFILTER_NO;
}

static enum ipfilter_match wants_iface(const struct statement *s UNUSED, const char *word)
{
	return streq(word, "lo") ? IPFILTER_NO : IPFILTER_MAYBE;
}

static enum ipfilter_match wants_anything(const struct statement *s UNUSED, const char *word UNUSED)
{
	return IPFILTER_MAYBE;
}

static const struct expression {
	const char *first, *second; /* second NULL: none */
	enum ipfilter_match (*wanted)(const struct statement *s, const char *word);
	bool answer_only, question_only;
} expressions[] = {
	{ "tcp", "dport", wants_port, false, true },
	{ "th", "dport", wants_port, false, true },
	{ "tcp", "sport", wants_port, true, false },
	{ "ct", "state", wants_state, false, false },
	{ "ip", "protocol", wants_protocol, false, false },
	{ "meta", "l4proto", wants_protocol, false, false },
	{ "iif", NULL, wants_iface, false, false },
	{ "iifname", NULL, wants_iface, false, false },
	{ "oif", NULL, wants_iface, false, false },
	{ "oifname", NULL, wants_iface, false, false },
	{ "ip", "saddr", wants_anything, false, false },
	{ "ip", "daddr", wants_anything, false, false },
	{ "tcp", "flags", wants_anything, false, false },
	{ "tcp", "sport", wants_anything, false, false },
	{ "tcp", "dport", wants_anything, false, false },
	{ "fib", NULL, wants_anything, false, false },
	{ "limit", "rate", wants_anything, false, false },
};

static bool applies(const struct statement *s, const struct expression *e, size_t i)
{
	bool answer = s->set->packet.answer;

	return streq(s->word[i], e->first) &&
	       (!e->second || (i + 1 < s->n && streq(s->word[i + 1], e->second))) &&
	       (!e->answer_only || answer) && (!e->question_only || !answer);
}

/* true: the words from *i were an expression, and *i is behind it. */
static bool take_expression(struct statement *s, size_t *i)
{
	for (size_t k = 0; k < ARRAY_SIZE(expressions); k++) {
		const struct expression *e = &expressions[k];
		enum ipfilter_match m;
		bool not ;

		if (!applies(s, e, *i))
			continue;
		*i += e->second ? 2 : 1;
		not = *i < s->n && (streq(s->word[*i], "!=") || streq(s->word[*i], "not"));
		*i += not || (*i < s->n && streq(s->word[*i], "=="));
		m = any_of(s, i, e->wanted);
		if (not &&m != IPFILTER_MAYBE)
			m = m == IPFILTER_YES ? IPFILTER_NO : IPFILTER_YES;
		narrow(s, m);
		return true;
	}
	return false;
}

/* Protocols that are not TCP: "udp dport 53", "icmp type …". */
static bool is_other_protocol(const char *word)
{
	static const char *const others[] = { "udp", "icmp", "icmpv6", "sctp", "ip6", "igmp",
					      "esp", "ah",   "arp",    "vrrp", NULL };

	return in_list(word, others);
}

static void end_with(struct statement *s, enum ipfilter_target t, const char *jump)
{
	s->rule.target = t;
	s->rule.jump = jump;
}

/* true: the statement's verdict, and nothing behind it matters. */
static bool take_verdict(struct statement *s, size_t i)
{
	const char *w = s->word[i], *to = i + 1 < s->n ? s->word[i + 1] : "";

	if (streq(w, "accept"))
		end_with(s, IPFILTER_TO_ACCEPT, NULL);
	else if (streq(w, "drop") || streq(w, "reject"))
		end_with(s, IPFILTER_TO_DROP, NULL);
	else if (streq(w, "return"))
		end_with(s, IPFILTER_TO_RETURN, NULL);
	else if (streq(w, "jump"))
		end_with(s, IPFILTER_TO_CHAIN, to);
	else if (streq(w, "goto") || streq(w, "queue") || streq(w, "dnat") || streq(w, "redirect"))
		end_with(s, IPFILTER_TO_OTHER, NULL);
	else
		return false;
	return true;
}

/* "numgen random mod 100 < 50" */
static bool take_numgen(struct statement *s, size_t *i)
{
	if (!streq(s->word[*i], "numgen"))
		return false;
	s->rule.random = true;
	while (*i < s->n && !strchr("<>=!", s->word[*i][0]))
		++*i;
	*i += 2;
	return true;
}

/* Words that change nothing: counters and logs with what is theirs. */
static bool take_side(struct statement *s, size_t *i)
{
	static const char *const plain[] = { "counter", "log",	 "packets", "bytes",   "prefix",
					     "level",	"flags", "all",	    "comment", NULL };

	if (!in_list(s->word[*i], plain))
		return false;
	if (!streq(s->word[*i], "counter") && !streq(s->word[*i], "log") &&
	    !streq(s->word[*i], "all"))
		++*i;
	++*i;
	return true;
}

static bool has_map(const struct statement *s)
{
	for (size_t i = 0; i < s->n; i++) {
		if (streq(s->word[i], "vmap") || streq(s->word[i], "map"))
			return true;
	}
	return false;
}

static void take_rule(struct statement *s)
{
	for (size_t i = 0; i < s->n && !take_verdict(s, i);) {
		if (is_other_protocol(s->word[i])) {
			narrow(s, IPFILTER_NO);
			i++;
		} else if (!take_expression(s, &i) && !take_numgen(s, &i) && !take_side(s, &i)) {
			narrow(s, IPFILTER_MAYBE);
			i++;
		}
	}
}

static void finish(struct statement *s)
{
	if (s->n == 0)
		return;
	if (has_map(s))
		end_with(s, IPFILTER_TO_OTHER, NULL);
	else
		take_rule(s);
	ipfilter_add(s->set, &s->rule);
}

/* --- blocks --- */

static void skip_block(struct reader *r)
{
	size_t depth = 1;

	while (depth > 0 && next(r)) {
		depth += is(r, "{");
		depth -= is(r, "}");
	}
}

/* "type filter hook input priority 0", "policy drop" */
static bool take_base(struct reader *r, const struct statement *s, struct ipfilter_chain *c)
{
	const char *hook = NULL;

	if (s->n >= 2 && streq(s->word[0], "policy")) {
		c->drops = streq(s->word[1], "drop");
		return true;
	}
	if (s->n < 4 || !streq(s->word[0], "type"))
		return false;
	for (size_t i = 1; i + 1 < s->n; i++) {
		if (streq(s->word[i], "hook"))
			hook = s->word[i + 1];
	}
	c->base = streq(s->word[1], "filter") && hook &&
		  (r->set->packet.answer ? streq(hook, "output") || streq(hook, "postrouting")
					 : streq(hook, "input") || streq(hook, "prerouting"));
	return true;
}

/* false: the chain's closing brace came. */
static bool read_statement(struct reader *r, struct statement *s)
{
	size_t depth = 0;

	while (next(r)) {
		if (depth == 0 && (is(r, ";") || is(r, "\n")))
			return true;
		if (depth == 0 && is(r, "}"))
			return false;
		depth += is(r, "{");
		depth -= is(r, "}");
		if (is(r, "\n"))
			continue;
		if (s->n == WORDS_MAX) {
			r->set->unknown = true;
			return true;
		}
		if (s->n == 0)
			s->rule.line = r->token_line;
		s->word[s->n++] = r->token;
	}
	return false;
}

static void read_chain(struct reader *r, const char *table)
{
	const char *name;
	struct ipfilter_chain *c;
	bool more = true;

	if (!next(r))
		return;
	name = r->token;
	c = ipfilter_chain(r->set, table, name);
	if (!c || !next(r) || !is(r, "{")) {
		r->set->unknown = true;
		return;
	}
	c->text = r->text;
	while (more) {
		struct statement *s = arena_new_struct(r->set->scan->arena, struct statement);

		s->set = r->set;
		s->rule = (struct ipfilter_rule){
			.text = r->text, .table = table, .chain = name, .match = IPFILTER_YES
		};
		more = read_statement(r, s) && !r->set->unknown;
		/* Adding a rule may move the chains. */
		c = ipfilter_chain(r->set, table, name);
		if (!take_base(r, s, c))
			finish(s);
	}
	c->end = r->token_line;
}

static void read_table(struct reader *r)
{
	static const char *const families[] = {
		"ip", "inet", "ip6", "arp", "bridge", "netdev", NULL
	};
	const char *family = "ip", *name;
	bool ours;

	next(r);
	if (in_list(r->token, families)) {
		family = r->token;
		next(r);
	}
	ours = streq(family, "ip") || streq(family, "inet");
	name = scan_printf(r->set->scan, "%s %s", family, r->token);
	if (!next(r) || !is(r, "{"))
		return;
	while (ours && next(r) && !is(r, "}")) {
		if (is(r, "chain"))
			read_chain(r, name);
		else if (is(r, "{"))
			skip_block(r);
	}
	if (!ours)
		skip_block(r);
}

void ipfilter_nft(struct ipfilter_set *set, const struct text *t)
{
	struct reader r = { .set = set, .text = t, .at = t->data, .line = 1 };

	while (!set->unknown && next(&r)) {
		if (is(&r, "table")) {
			read_table(&r);
		} else if (is(&r, "flush") || is(&r, "destroy") || is(&r, "delete")) {
			while (next(&r) && !is(&r, "\n") && !is(&r, ";"))
				;
		} else if (!is(&r, "\n") && !is(&r, ";")) {
			set->unknown = true;
		}
	}
}
