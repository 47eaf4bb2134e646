/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packet filter rules as they are saved, walked for one packet: a new TCP connection from outside
 *to a port of this machine, or an answer to it.
 *
 *	struct ipfilter_set set = { .scan = scan, .packet = { .port = 22 } };
 *	ipfilter_iptables(&set, text);		or ipfilter_nft()
 *	ipfilter_walk(&set, &verdict);
 *
 * Where the packet comes from is not known, so what depends on it (-s, -i, sets, limits, matches
 * this does not know) may match or not: a packet that may be accepted counts as accepted. Only
 * IPFILTER_DROP and IPFILTER_RANDOM are sure.
 *
 * Sources: iptables(8), iptables-extensions(8), iptables-restore(8); nft(8).
 */
#ifndef BOOTMEND_IPFILTER_H
#define BOOTMEND_IPFILTER_H

#include "lib/check.h"

#define IPFILTER_RULES_MAX 50000u
#define IPFILTER_STEPS_MAX 200000u
#define IPFILTER_DEPTH_MAX 16u

struct ipfilter_packet {
	uint16_t port; /* sshd's */
	bool answer;   /* from that port to outside; else from outside to it */
};

enum ipfilter_match { IPFILTER_NO, IPFILTER_MAYBE, IPFILTER_YES };

enum ipfilter_target {
	IPFILTER_GOES_ON, /* logs, counts, marks */
	IPFILTER_TO_ACCEPT,
	IPFILTER_TO_DROP,
	IPFILTER_TO_RETURN,
	IPFILTER_TO_CHAIN, /* and back */
	IPFILTER_TO_OTHER, /* nobody knows */
};

struct ipfilter_rule {
	const struct text *text;
	size_t line;
	const char *table, *chain;
	enum ipfilter_match match;
	bool random; /* matches now and then; whether it would otherwise is match */
	enum ipfilter_target target;
	const char *jump;
	size_t next; /* of the same chain, as index + 1; 0: the last */
};

struct ipfilter_chain {
	const char *table, *name;
	const struct text *text;
	bool base;	    /* the packet goes through it */
	bool drops;	    /* its policy */
	size_t end;	    /* a line before which a rule may be added at its end */
	size_t first, last; /* index + 1 of its rules; 0: it has none */
};

struct ipfilter_set {
	struct scan *scan;
	struct ipfilter_packet packet;
	struct ipfilter_rule *rule;
	size_t rules, rule_cap;
	struct ipfilter_chain *chain;
	size_t chains, chain_cap;
	bool unknown; /* something in it that nobody here can follow */
};

enum ipfilter_verdict { IPFILTER_PASS, IPFILTER_DROP, IPFILTER_RANDOM };

struct ipfilter_result {
	enum ipfilter_verdict verdict;
	const struct ipfilter_chain *chain; /* the base chain */
	const struct ipfilter_rule *rule;   /* what drops it; NULL: the policy */
	size_t before; /* a line of chain->text: an accepting rule goes in front of it */
};

/* iptables-save's format; several files add up. */
void ipfilter_iptables(struct ipfilter_set *set, const struct text *t);
void ipfilter_nft(struct ipfilter_set *set, const struct text *t);
/* A base chain made of jumps to those of names, in their order, where these exist. */
void ipfilter_join(struct ipfilter_set *set, const struct text *t, const char *const names[],
		   const char *policy);
void ipfilter_walk(const struct ipfilter_set *set, struct ipfilter_result *out);

/* For the readers: the chain, made when it is not there yet. NULL: too many. */
struct ipfilter_chain *ipfilter_chain(struct ipfilter_set *set, const char *table,
				      const char *name);
void ipfilter_add(struct ipfilter_set *set, const struct ipfilter_rule *rule);
/* "22", "20:30", "20-30", "ssh": whether it holds port; MAYBE for other names. */
enum ipfilter_match ipfilter_port(const char *word, uint16_t port);

#endif
