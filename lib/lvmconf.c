/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <regex.h>

#include "lib/lvmconf.h"

#define DEPTH_MAX 8u
#define VALUES_MAX 4000u
#define WORDS_MAX 500u
#define NAME_MAX_LEN 200u
#define PATTERN_MAX 200u

struct reading {
	struct arena *a;
	const struct text *t;
	const char *s, *end;
	size_t line;			/* of s, from 1 */
	const char *section[DEPTH_MAX]; /* names so far: "devices/" */
	size_t depth;
	size_t words;
};

/* --- characters --- */

static void step(struct reading *r)
{
	r->line += *r->s == '\n';
	r->s++;
}

static void skip_comment(struct reading *r)
{
	while (r->s < r->end && *r->s != '\n')
		r->s++;
}

static void skip_blanks(struct reading *r)
{
	while (r->s < r->end && strchr(" \t\r\n#", *r->s) && *r->s) {
		if (*r->s == '#')
			skip_comment(r);
		else
			step(r);
	}
}

static bool at(const struct reading *r, char c)
{
	return r->s < r->end && *r->s == c;
}

static bool take(struct reading *r, char c)
{
	skip_blanks(r);
	if (!at(r, c))
		return false;
	step(r);
	return true;
}

/* What may stand in a name, or in a value without quotes. */
static bool is_plain(char c)
{
	return c && !strchr(" \t\r\n#={}[],\"'", c);
}

static const char *plain(struct reading *r)
{
	const char *from = r->s;

	while (r->s < r->end && is_plain(*r->s))
		r->s++;
	if (r->s == from || (size_t)(r->s - from) > NAME_MAX_LEN)
		return NULL;
	return arena_strndup(r->a, from, (size_t)(r->s - from));
}

/* A backslash takes its meaning from the next one in double quotes only. */
static const char *quoted(struct reading *r)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	char quote = *r->s++;

	while (r->s < r->end && *r->s != quote) {
		if (quote == '"' && *r->s == '\\' && r->s + 1 < r->end &&
		    (r->s[1] == '"' || r->s[1] == '\\'))
			r->s++;
		if (!*r->s)
			return NULL;
		bytes_addc(&b, *r->s);
		step(r);
	}
	if (r->s == r->end)
		return NULL;
	r->s++;
	return arena_strndup(r->a, b.len ? b.data : "", b.len);
}

/* --- values --- */

static bool add_word(struct reading *r, struct lvmconf_value *v, size_t *cap)
{
	const char *word;

	skip_blanks(r);
	if (r->s == r->end || r->words++ >= WORDS_MAX * 8u || v->n >= WORDS_MAX)
		return false;
	word = *r->s == '"' || *r->s == '\'' ? quoted(r) : plain(r);
	if (!word)
		return false;
	ARENA_GROW(r->a, v->word, v->n, *cap);
	v->word[v->n++] = word;
	return true;
}

static bool read_list(struct reading *r, struct lvmconf_value *v)
{
	size_t cap = 0;

	while (!take(r, ']')) {
		if (!add_word(r, v, &cap))
			return false;
		if (!take(r, ','))
			return take(r, ']');
	}
	return true;
}

static bool read_value(struct reading *r, struct lvmconf_value *v)
{
	size_t cap = 0;

	return take(r, '[') ? read_list(r, v) : add_word(r, v, &cap);
}

/* Blanks and a comment only, up to the newline. */
static bool line_ends(const struct reading *r)
{
	const char *s = r->s;

	while (s < r->end && (*s == ' ' || *s == '\t' || *s == '\r'))
		s++;
	return s == r->end || *s == '\n' || *s == '#';
}

static bool line_begins(const struct reading *r, const char *s)
{
	while (s > r->t->data && (s[-1] == ' ' || s[-1] == '\t'))
		s--;
	return s == r->t->data || s[-1] == '\n';
}

/* --- sections --- */

static const char *prefix(const struct reading *r)
{
	return r->depth ? r->section[r->depth - 1] : "";
}

static bool open_section(struct reading *r, const char *name)
{
	if (r->depth == DEPTH_MAX)
		return false;
	r->section[r->depth] = arena_printf(r->a, "%s%s/", prefix(r), name);
	r->depth++;
	return true;
}

static bool read_setting(struct reading *r, struct lvmconf *out)
{
	const char *from = r->s, *name;
	struct lvmconf_value v = { .first = r->line };
	bool begins = line_begins(r, from);

	name = at(r, '"') || at(r, '\'') ? quoted(r) : plain(r);
	if (!name)
		return false;
	if (take(r, '{'))
		return open_section(r, name);
	if (!take(r, '=') || out->n >= VALUES_MAX || !read_value(r, &v))
		return false;
	v.name = arena_printf(r->a, "%s%s", prefix(r), name);
	v.last = r->line;
	v.alone = begins && line_ends(r);
	ARENA_GROW(r->a, out->v, out->n, out->cap);
	out->v[out->n++] = v;
	return true;
}

void lvmconf_parse(struct arena *a, const struct text *t, struct lvmconf *out)
{
	struct reading r = { .a = a, .t = t, .s = t->data, .end = t->data + t->len, .line = 1 };

	*out = (struct lvmconf){ 0 };
	for (;;) {
		bool understood;

		skip_blanks(&r);
		if (r.s == r.end)
			break;
		if (at(&r, '}') && r.depth) {
			step(&r);
			r.depth--;
			continue;
		}
		understood = read_setting(&r, out);
		if (!understood) {
			out->bad_line = r.line;
			return;
		}
	}
	if (r.depth)
		out->bad_line = r.line;
}

const struct lvmconf_value *lvmconf_find(const struct lvmconf *c, const char *name)
{
	for (size_t i = c->n; i-- > 0;) {
		if (streq(c->v[i].name, name))
			return &c->v[i];
	}
	return NULL;
}

/* --- filters --- */

struct pattern {
	bool accepts;
	char *expression;
};

static char closing(char c)
{
	return c == '(' ? ')' : c == '[' ? ']' : c == '{' ? '}' : c;
}

static bool read_pattern(const char *s, struct pattern *out)
{
	const char *end;

	if (*s != 'a' && *s != 'r')
		return false;
	out->accepts = *s++ == 'a';
	end = *s ? strrchr(s + 1, closing(*s)) : NULL;
	if (!end || end[1] || strlen(s) > PATTERN_MAX)
		return false;
	out->expression = xstrndup(s + 1, (size_t)(end - s - 1));
	return true;
}

/* LVM knows no counts and no references; libc's take a hostile pattern very far. */
static bool is_tame(const char *expression)
{
	for (const char *s = expression; *s; s++) {
		if (*s == '{' || (*s == '\\' && s[1] >= '0' && s[1] <= '9'))
			return false;
		/* Each of them copies what it repeats, so those of groups in groups double it. */
		if (*s == '+' && s > expression && strchr(")+*?", s[-1]))
			return false;
	}
	return true;
}

enum match { MATCH_NO, MATCH_YES, MATCH_UNKNOWN };

static enum match matches(const char *expression, const char *device)
{
	enum match m = MATCH_UNKNOWN;
	regex_t re;

	if (!is_tame(expression) || regcomp(&re, expression, REG_EXTENDED | REG_NOSUB) != 0)
		return m;
	m = regexec(&re, device, 0, NULL, 0) == 0 ? MATCH_YES : MATCH_NO;
	regfree(&re);
	return m;
}

enum lvmconf_verdict lvmconf_filter(const struct lvmconf_value *v, const char *device)
{
	for (size_t i = 0; i < v->n; i++) {
		_cleanup_free_ char *expression = NULL;
		struct pattern p = { 0 };
		enum match m;

		if (!read_pattern(v->word[i], &p))
			return LVMCONF_UNKNOWN;
		expression = p.expression;
		m = matches(expression, device);
		if (m == MATCH_UNKNOWN)
			return LVMCONF_UNKNOWN;
		if (m == MATCH_YES)
			return p.accepts ? LVMCONF_ACCEPTED : LVMCONF_REJECTED;
	}
	return LVMCONF_ACCEPTED;
}

bool lvmconf_filter_has_links(const struct lvmconf_value *v)
{
	static const char *const marks[] = {
		"disk", "by-", "mapper", "mpath", "dm-", "/md", "emc"
	};

	for (size_t i = 0; i < v->n; i++) {
		for (size_t k = 0; k < ARRAY_SIZE(marks); k++) {
			if (v->word[i][0] == 'a' && strstr(v->word[i], marks[k]))
				return true;
		}
	}
	return false;
}
