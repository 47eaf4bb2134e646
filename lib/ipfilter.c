/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/ipfilter.h"

#define CHAINS_MAX 1024u

struct ipfilter_chain *ipfilter_chain(struct ipfilter_set *set, const char *table, const char *name)
{
	struct ipfilter_chain *c;

	for (size_t i = 0; i < set->chains; i++) {
		c = &set->chain[i];
		if (streq(c->table, table) && streq(c->name, name))
			return c;
	}
	if (set->chains == CHAINS_MAX) {
		set->unknown = true;
		return NULL;
	}
	ARENA_GROW(set->scan->arena, set->chain, set->chains, set->chain_cap);
	c = &set->chain[set->chains++];
	*c = (struct ipfilter_chain){ .table = table, .name = name };
	return c;
}

void ipfilter_add(struct ipfilter_set *set, const struct ipfilter_rule *rule)
{
	struct ipfilter_chain *c = ipfilter_chain(set, rule->table, rule->chain);

	if (!c || set->rules == IPFILTER_RULES_MAX) {
		set->unknown = true;
		return;
	}
	ARENA_GROW(set->scan->arena, set->rule, set->rules, set->rule_cap);
	set->rule[set->rules++] = *rule;
	set->rule[set->rules - 1].next = 0;
	if (c->last)
		set->rule[c->last - 1].next = set->rules;
	else
		c->first = set->rules;
	c->last = set->rules;
}

static bool has_chain(const struct ipfilter_set *set, const char *name)
{
	for (size_t i = 0; i < set->chains; i++) {
		if (streq(set->chain[i].name, name))
			return true;
	}
	return false;
}

void ipfilter_join(struct ipfilter_set *set, const struct text *t, const char *const names[],
		   const char *policy)
{
	struct ipfilter_chain *base = ipfilter_chain(set, "filter", "(all)");

	if (!base)
		return;
	base->text = t;
	base->base = true;
	base->drops = !streq(policy, "ACCEPT");
	for (size_t i = 0; names[i]; i++) {
		const struct ipfilter_rule jump = { .text = t,
						    .table = "filter",
						    .chain = "(all)",
						    .match = IPFILTER_YES,
						    .target = IPFILTER_TO_CHAIN,
						    .jump = names[i] };

		if (has_chain(set, names[i]))
			ipfilter_add(set, &jump);
	}
}

enum ipfilter_match ipfilter_port(const char *word, uint16_t port)
{
	size_t n = strcspn(word, ":-");
	uint64_t from = 0, to = 65535;
	char buf[8];

	if (streq(word, "ssh"))
		return port == 22 ? IPFILTER_YES : IPFILTER_NO;
	if (n >= sizeof(buf))
		return IPFILTER_MAYBE;
	memcpy(buf, word, n);
	buf[n] = '\0';
	if (n > 0 && !parse_u64(buf, &from))
		return IPFILTER_MAYBE;
	if (word[n] == '\0')
		to = from;
	else if (word[n + 1] && !parse_u64(word + n + 1, &to))
		return IPFILTER_MAYBE;
	return from <= port && port <= to ? IPFILTER_YES : IPFILTER_NO;
}

/* --- walking --- */

struct walk {
	const struct ipfilter_set *set;
	size_t steps;
	bool may_pass; /* it may have been accepted on the way */
	const struct ipfilter_rule *random, *dropped_by;
};

enum way { WAY_ON, WAY_ACCEPTED, WAY_DROPPED };

static enum way walk_chain(struct walk *w, const char *table, const char *name, bool sure,
			   unsigned depth);

static enum way walk_jump(struct walk *w, const struct ipfilter_rule *r, bool sure, unsigned depth)
{
	enum way way;

	if (depth >= IPFILTER_DEPTH_MAX) {
		w->may_pass = true;
		return WAY_ON;
	}
	way = walk_chain(w, r->table, r->jump, sure && r->match == IPFILTER_YES, depth + 1);
	return sure && r->match == IPFILTER_YES ? way : WAY_ON;
}

/* What ends a chain ends it for sure only when the packet surely gets there. */
static enum way walk_end(struct walk *w, const struct ipfilter_rule *r, bool sure)
{
	if (r->target == IPFILTER_TO_DROP) {
		if (sure)
			w->dropped_by = r;
		return sure ? WAY_DROPPED : WAY_ON;
	}
	w->may_pass |= !sure;
	return sure ? WAY_ACCEPTED : WAY_ON;
}

/* true: the rest of the chain is not for this packet. */
static bool walk_rule(struct walk *w, const struct ipfilter_rule *r, bool *sure, unsigned depth,
		      enum way *way)
{
	bool now = r->match == IPFILTER_YES && !r->random;

	switch (r->target) {
	case IPFILTER_TO_CHAIN:
		*way = walk_jump(w, r, *sure && !r->random, depth);
		return *way != WAY_ON;
	case IPFILTER_TO_RETURN:
		*sure &= now || r->match == IPFILTER_NO;
		return now;
	case IPFILTER_TO_OTHER:
		w->may_pass = true;
		return false;
	case IPFILTER_GOES_ON:
		return false;
	default:
		break;
	}
	if (now) {
		*way = walk_end(w, r, *sure);
		return true;
	}
	if (r->target == IPFILTER_TO_ACCEPT)
		w->may_pass = true;
	else if (r->random && r->match == IPFILTER_YES && *sure && !w->random)
		w->random = r;
	return false;
}

static enum way walk_chain(struct walk *w, const char *table, const char *name, bool sure,
			   unsigned depth)
{
	const struct ipfilter_chain *c = NULL;
	enum way way = WAY_ON;

	for (size_t i = 0; i < w->set->chains && !c; i++) {
		if (streq(w->set->chain[i].table, table) && streq(w->set->chain[i].name, name))
			c = &w->set->chain[i];
	}
	/* A target of an extension that nobody here knows. */
	w->may_pass |= !c;
	for (size_t k = c ? c->first : 0; k; k = w->set->rule[k - 1].next) {
		const struct ipfilter_rule *r = &w->set->rule[k - 1];

		if (w->steps++ >= IPFILTER_STEPS_MAX) {
			w->may_pass = true;
			return WAY_ON;
		}
		if (r->match != IPFILTER_NO && walk_rule(w, r, &sure, depth, &way))
			return way;
	}
	return WAY_ON;
}

/* The rule of the base chain itself through which it was dropped. */
static size_t line_in_base(struct walk *w, const struct ipfilter_chain *c)
{
	struct walk again = { .set = w->set };

	for (size_t k = c->first; k; k = w->set->rule[k - 1].next) {
		const struct ipfilter_rule *r = &w->set->rule[k - 1];
		bool sure = true;
		enum way way = WAY_ON;

		if (again.steps++ >= IPFILTER_STEPS_MAX)
			break;
		if (r->match != IPFILTER_NO && walk_rule(&again, r, &sure, 0, &way) &&
		    way == WAY_DROPPED)
			return r->line;
	}
	return c->end;
}

/* true: decided. */
static bool walk_base(const struct ipfilter_set *set, const struct ipfilter_chain *c,
		      struct ipfilter_result *out)
{
	struct walk w = { .set = set };
	enum way way = walk_chain(&w, c->table, c->name, true, 0);

	if (way == WAY_ON && c->drops)
		way = WAY_DROPPED;
	if (way == WAY_DROPPED && !w.may_pass)
		*out = (struct ipfilter_result){ IPFILTER_DROP, c, w.dropped_by, 0 };
	else if (w.random)
		*out = (struct ipfilter_result){ IPFILTER_RANDOM, c, w.random, 0 };
	else
		return false;
	out->before = out->verdict == IPFILTER_DROP && w.dropped_by ? line_in_base(&w, c) : c->end;
	return true;
}

void ipfilter_walk(const struct ipfilter_set *set, struct ipfilter_result *out)
{
	*out = (struct ipfilter_result){ 0 };
	for (size_t i = 0; !set->unknown && i < set->chains; i++) {
		if (set->chain[i].base && walk_base(set, &set->chain[i], out))
			return;
	}
}
