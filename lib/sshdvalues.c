/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <strings.h>

#include "lib/sshdvalues.h"

/* Versions from which on a rule holds; unknown ones (0) are below all. */
#define STRICT_NUMBERS 800u
#define LIST_PLUS 700u
#define LIST_MINUS 705u
#define LIST_CARET 800u

static const char *bad(const struct sshdrules *r, const char *word, const char *what)
{
	return arena_printf(r->arena, "'%.200s' is no %s", word, what);
}

static bool is_in(const char *word, const char *const list[])
{
	for (size_t i = 0; list[i]; i++) {
		if (strcasecmp(word, list[i]) == 0)
			return true;
	}
	return false;
}

/* This sshd surely does not have the word. */
static bool is_strange(const struct sshdrules *r, const char *word)
{
	return sshdbinary_knows(r->sshd, word) == SSHDBINARY_NO;
}

/* --- words --- */

const char *sshdvalues_one_of(const struct sshdrules *r, const struct sshdline *l,
			      const char *const list[])
{
	if (!is_in(l->word[0], list))
		return arena_printf(r->arena, "'%.200s' is none of its values", l->word[0]);
	/* Words that came later, such as prohibit-password. */
	if (strchr(l->word[0], '-') && is_strange(r, l->word[0]))
		return arena_printf(r->arena, "'%s' is not known to this version", l->word[0]);
	return NULL;
}

/* --- numbers and times --- */

static bool is_number(const char *s, uint64_t max)
{
	uint64_t n;

	s += *s == '+';
	return parse_u64(s, &n) && n <= max;
}

const char *sshdvalues_number(const struct sshdrules *r, const struct sshdline *l)
{
	if (r->sshd->version < STRICT_NUMBERS || is_number(l->word[0], INT_MAX))
		return NULL;
	return bad(r, l->word[0], "number");
}

const char *sshdvalues_number_or_none(const struct sshdrules *r, const struct sshdline *l)
{
	return streq(l->word[0], "none") ? NULL : sshdvalues_number(r, l);
}

/* 90, 2m, 1h30m: a number without a unit may only be the last. */
static bool is_time(const char *s)
{
	if (!*s)
		return false;
	while (*s) {
		uint64_t n = 0;

		if (!isdigit((unsigned char)*s))
			return false;
		for (; isdigit((unsigned char)*s) && n <= INT_MAX; s++)
			n = n * 10 + (uint64_t)(*s - '0');
		if (n > INT_MAX || (*s && !strchr("sSmMhHdDwW", *s)))
			return false;
		s += *s != '\0';
	}
	return true;
}

const char *sshdvalues_time(const struct sshdrules *r, const struct sshdline *l)
{
	return is_time(l->word[0]) ? NULL : bad(r, l->word[0], "time");
}

const char *sshdvalues_time_or_none(const struct sshdrules *r, const struct sshdline *l)
{
	return strcasecmp(l->word[0], "none") == 0 ? NULL : sshdvalues_time(r, l);
}

const char *sshdvalues_startups(const struct sshdrules *r, const struct sshdline *l)
{
	int begin = 0, rate = 0, full = 0;
	int n = sscanf(l->word[0], "%9d:%9d:%9d", &begin, &rate, &full);

	if (n == 1)
		full = begin;
	else if (n == 3 && (begin > full || rate > 100 || rate < 1))
		n = 0;
	if ((n == 1 || n == 3) && begin > 0 && full > 0)
		return NULL;
	return bad(r, l->word[0], "START:RATE:FULL");
}

const char *sshdvalues_net_block(const struct sshdrules *r, const struct sshdline *l)
{
	int v4 = 0, v6 = 0;
	int n = sscanf(l->word[0], "%9d:%9d", &v4, &v6);

	if (n >= 1 && v4 >= 0 && v4 <= 32 && v6 >= 0 && v6 <= 128)
		return NULL;
	return bad(r, l->word[0], "pair of prefix lengths");
}

/* "default", or bytes with a unit, 16 at least; then a time or none. */
const char *sshdvalues_rekey(const struct sshdrules *r, const struct sshdline *l)
{
	const char *s = l->word[0];
	size_t digits = strspn(s, "0123456789");
	uint64_t n = 0;

	if (!streq(s, "default")) {
		const char *unit =
			s + digits +
			(s[digits] == '.' ? 1 + strspn(s + digits + 1, "0123456789") : 0);

		if (!digits || (*unit && (!strchr("bBkKmMgGtTpPeE", *unit) || unit[1])))
			return bad(r, s, "amount of data");
		if (digits < 10 && (!*unit || tolower((unsigned char)*unit) == 'b') &&
		    parse_u64(arena_strndup(r->arena, s, digits), &n) && n && n < 16)
			return bad(r, s, "amount of data large enough");
	}
	if (l->n > 1 && !streq(l->word[1], "none") && !is_time(l->word[1]))
		return bad(r, l->word[1], "time");
	return NULL;
}

const char *sshdvalues_octal(const struct sshdrules *r, const struct sshdline *l)
{
	char *end;
	long n = strtol(l->word[0], &end, 8);

	return end != l->word[0] && n >= 0 && n <= 0777 ? NULL : bad(r, l->word[0], "mask");
}

/* --- ports and addresses --- */

/* Names of services are looked up elsewhere. */
static bool is_port(const char *s)
{
	uint64_t n;

	if (!isdigit((unsigned char)*s))
		return *s && *s != '-' && *s != '+';
	return parse_u64(s, &n) && n > 0 && n <= 65535;
}

const char *sshdvalues_port(const struct sshdrules *r, const struct sshdline *l)
{
	return is_port(l->word[0]) ? NULL : bad(r, l->word[0], "port");
}

/* Digits and dots only: what is no address is no name either. */
static bool is_bad_v4(const char *host)
{
	struct in_addr in;

	return *host && host[strspn(host, "0123456789.")] == '\0' && strchr(host, '.') &&
	       inet_pton(AF_INET, host, &in) != 1;
}

const char *sshdvalues_listen(const struct sshdrules *r, const struct sshdline *l)
{
	const char *host = l->word[0], *colon, *port = NULL;

	if (l->n == 2 || (l->n == 3 && !streq(l->word[1], "rdomain")))
		return bad(r, l->word[1], "part of an address");
	if (*host == '[') {
		colon = strchr(host, ']');
		if (!colon || (colon[1] && colon[1] != ':'))
			return bad(r, host, "address");
		port = colon[1] ? colon + 2 : NULL;
	} else {
		colon = strchr(host, ':');
		/* A bare IPv6 address has two of them. */
		if (colon && !strchr(colon + 1, ':')) {
			port = colon + 1;
			host = arena_strndup(r->arena, host, (size_t)(colon - host));
		}
	}
	if (port && !is_port(port))
		return bad(r, port, "port");
	return is_bad_v4(host) ? bad(r, host, "address") : NULL;
}

struct address {
	unsigned char byte[16];
	size_t bits;
};

static bool read_address(const char *s, struct address *a)
{
	a->bits = inet_pton(AF_INET, s, a->byte) == 1	 ? 32
		  : inet_pton(AF_INET6, s, a->byte) == 1 ? 128
							 : 0;
	return a->bits;
}

/*
 * An address with a prefix length that does not fit, or with bits set behind it. What is no address
 * at all is taken for a pattern.
 */
static bool is_bad_network(struct arena *a, const char *s)
{
	const char *slash;
	struct address ad;
	uint64_t len;

	s += *s == '!';
	slash = strchr(s, '/');
	if (!slash || !parse_u64(slash + 1, &len) || len > 128 ||
	    !read_address(arena_strndup(a, s, (size_t)(slash - s)), &ad))
		return false;
	if (len > ad.bits)
		return true;
	for (size_t bit = len; bit < ad.bits; bit++) {
		if (ad.byte[bit / 8] & (0x80u >> bit % 8))
			return true;
	}
	return false;
}

static const char *bad_network_of(struct arena *a, const char *list)
{
	for (const char *p = list; *p; p += *p == ',') {
		size_t n = strcspn(p, ",");
		const char *word = arena_strndup(a, p, n);

		if (is_bad_network(a, word))
			return word;
		p += n;
	}
	return NULL;
}

/* USER or USER@HOSTS. */
const char *sshdvalues_patterns(const struct sshdrules *r, const struct sshdline *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const char *at = strchr(l->word[i], '@');
		const char *net = at ? bad_network_of(r->arena, at + 1) : NULL;

		if (!*l->word[i])
			return "an empty name";
		if (net)
			return bad(r, net, "network");
	}
	return NULL;
}

/* --- lists of algorithms --- */

/* Some names have no text of their own in the program. */
static bool is_unknown_algorithm(const struct sshdrules *r, const char *name)
{
	return !strpbrk(name, "*?!") && !startswith(name, "gss-") && is_strange(r, name);
}

static const char *check_prefix(const struct sshdrules *r, const char *list)
{
	static const struct {
		char c;
		unsigned since;
	} prefixes[] = { { '+', LIST_PLUS }, { '-', LIST_MINUS }, { '^', LIST_CARET } };

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		if (*list == prefixes[i].c && r->sshd->version &&
		    r->sshd->version < prefixes[i].since)
			return arena_printf(
				r->arena,
				"a list that begins with '%c' is not known to this version", *list);
	}
	return NULL;
}

const char *sshdvalues_algorithms(const struct sshdrules *r, const struct sshdline *l)
{
	const char *p = l->word[0], *fault = check_prefix(r, p);

	if (fault || *p == '-')
		return fault;
	p += strchr("+^", *p) && *p;
	if (!*p)
		return "an empty list";
	for (; *p; p += *p == ',') {
		size_t n = strcspn(p, ",");
		const char *name = arena_strndup(r->arena, p, n);

		if (!n)
			return "an empty name in the list";
		if (is_unknown_algorithm(r, name))
			return arena_printf(r->arena, "'%.200s' is not known to this sshd", name);
		p += n;
	}
	return NULL;
}

const char *sshdvalues_qos(const struct sshdrules *r, const struct sshdline *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const char *s = l->word[i];
		char *end;
		long n = strtol(s, &end, 0);

		if (*end || end == s ? is_strange(r, s) : n < 0 || n > 255)
			return bad(r, s, "class of service");
	}
	return NULL;
}

/* publickey,password: names with commas between, a sub-method behind ':'. */
const char *sshdvalues_methods(const struct sshdrules *r, const struct sshdline *l)
{
	static const char *const known[] = { "any",
					     "publickey",
					     "password",
					     "keyboard-interactive",
					     "hostbased",
					     "gssapi-with-mic",
					     "gssapi-keyex",
					     "none",
					     "external-keyx",
					     "kerberos",
					     NULL };

	for (size_t i = 0; i < l->n; i++) {
		if (streq(l->word[i], "any") && l->n > 1)
			return "'any' must stand alone";
		for (const char *p = l->word[i]; *p; p += *p == ',') {
			size_t n = strcspn(p, ",");
			const char *name = arena_strndup(r->arena, p, strcspn(p, ",:"));

			if (r->sshd->tells && !in_list(name, known))
				return bad(r, name, "way to authenticate");
			p += n;
		}
	}
	return NULL;
}

/* --- the rest --- */

const char *sshdvalues_accept_env(const struct sshdrules *r, const struct sshdline *l)
{
	for (size_t i = 0; i < l->n; i++) {
		if (!*l->word[i] || strchr(l->word[i], '='))
			return bad(r, l->word[i], "name of a variable");
	}
	return NULL;
}

const char *sshdvalues_set_env(const struct sshdrules *r, const struct sshdline *l)
{
	for (size_t i = 0; i < l->n; i++) {
		if (!strchr(l->word[i], '='))
			return bad(r, l->word[i], "NAME=VALUE");
	}
	return NULL;
}

const char *sshdvalues_command(const struct sshdrules *r, const struct sshdline *l)
{
	if (*l->rest == '/' || strcasecmp(l->rest, "none") == 0)
		return NULL;
	return bad(r, l->rest, "absolute path");
}

/* --- Match --- */

/* A word of a Match line, which may have '=' between as well as blanks; NULL: no more. */
static const char *match_word(const struct sshdrules *r, const char **s)
{
	const char *word;
	size_t n;

	*s += strspn(*s, " \t=");
	if (**s == '#' || !**s)
		return NULL;
	if (**s == '"') {
		n = strcspn(*s + 1, "\"");
		word = arena_strndup(r->arena, *s + 1, n);
		*s += n + 1 + ((*s)[n + 1] == '"');
		return word;
	}
	n = strcspn(*s, " \t=");
	word = arena_strndup(r->arena, *s, n);
	*s += n;
	return word;
}

static const char *match_value(const struct sshdrules *r, const char *criterion, const char *value)
{
	const char *net;

	if (strcasecmp(criterion, "localport") == 0)
		return is_port(value) ? NULL : bad(r, value, "port");
	if (strcasecmp(criterion, "address") && strcasecmp(criterion, "localaddress"))
		return NULL;
	net = bad_network_of(r->arena, value);
	return net ? bad(r, net, "network") : NULL;
}

static bool is_criterion(const struct sshdrules *r, const char *word)
{
	static const char *const known[] = { "user",	     "group",	  "host",    "address",
					     "localaddress", "localport", "rdomain", NULL };
	static const char *const later[] = { "version", "sessiontype", "command", "tagged", NULL };

	/* These are words of any sshd: its version tells. */
	if (is_in(word, later))
		return r->sshd->version == 0 || r->sshd->version >= 1000;
	return is_in(word, known);
}

const char *sshdvalues_match(const struct sshdrules *r, const struct sshdline *l)
{
	const char *s = l->rest, *word, *value, *fault;
	size_t n = 0;

	while ((word = match_word(r, &s))) {
		n++;
		if (strcasecmp(word, "all") == 0 || strcasecmp(word, "invalid-user") == 0) {
			if (strcasecmp(word, "all") == 0 && (n > 1 || match_word(r, &s)))
				return "'all' must stand alone";
			continue;
		}
		if (!is_criterion(r, word))
			return bad(r, word, "criterion of Match");
		value = match_word(r, &s);
		if (!value)
			return arena_printf(r->arena, "nothing behind '%s'", word);
		fault = match_value(r, word, value);
		if (fault)
			return fault;
	}
	return n ? NULL : "no criterion";
}
