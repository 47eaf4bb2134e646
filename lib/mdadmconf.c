/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <strings.h>

#include "lib/mdadmconf.h"

#define LINES_MAX 2000u
#define WORDS_MAX 500u
#define UUID_DIGITS 32u

static const struct {
	const char *word;
	enum mdadmconf_kind kind;
} keywords[] = {
	{ "device", MDADM_DEVICE },
	{ "array", MDADM_ARRAY },
	{ "auto", MDADM_AUTO },
};

static bool is_keyword(const char *s, size_t len, enum mdadmconf_kind *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++) {
		if (len < 3 || len > strlen(keywords[i].word) ||
		    strncasecmp(s, keywords[i].word, len) != 0)
			continue;
		*out = keywords[i].kind;
		return true;
	}
	return false;
}

const char *mdadmconf_uuid(struct arena *a, const char *s)
{
	char digits[UUID_DIGITS + 1] = { 0 };
	size_t n = 0;

	for (; *s; s++) {
		if (strchr(":.- ", *s))
			continue;
		if (!isxdigit((unsigned char)*s) || n == UUID_DIGITS)
			return NULL;
		digits[n++] = (char)tolower((unsigned char)*s);
	}
	return n == UUID_DIGITS ? arena_strdup(a, digits) : NULL;
}

/* --- words --- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Quotes may stand anywhere in a word; a comment begins where a word does. */
static const char *next_word(struct arena *a, const char **s)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	char quote = 0;

	while (is_blank(**s))
		++*s;
	if (!**s || **s == '#')
		return NULL;
	for (; **s && (quote || !is_blank(**s)); ++*s) {
		if (quote ? **s == quote : **s == '"' || **s == '\'')
			quote = (char)(quote ? 0 : **s);
		else
			bytes_addc(&b, **s);
	}
	return arena_strndup(a, b.len ? b.data : "", b.len);
}

static void add_words(struct arena *a, struct mdadmconf_line *l, size_t *cap, const char *s)
{
	const char *word;

	while (l->n < WORDS_MAX && (word = next_word(a, &s))) {
		ARENA_GROW(a, l->word, l->n, *cap);
		l->word[l->n++] = word;
	}
}

static const char *value(const char *word, const char *name)
{
	size_t n = strlen(name);

	return strncasecmp(word, name, n) == 0 ? word + n : NULL;
}

static void read_array(struct arena *a, struct mdadmconf_line *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const char *uuid = value(l->word[i], "uuid=");

		if (uuid)
			l->uuid = mdadmconf_uuid(a, uuid);
		else if (!strchr(l->word[i], '=') && !l->device)
			l->device = l->word[i];
	}
}

/* --- lines --- */

static bool continues(const char *s)
{
	return is_blank(*s);
}

/* n is the first line; returns the one behind the last. */
static size_t read_line(struct arena *a, const struct text *t, size_t n, struct mdadmconf *out)
{
	struct mdadmconf_line l = { .first = n, .last = n };
	const char *s = text_line(t, n);
	size_t len = strcspn(s, " \t\r"), cap = 0;
	bool known = is_keyword(s, len, &l.kind);

	if (known)
		add_words(a, &l, &cap, s + len);
	for (n++; n <= t->lines && continues(text_line(t, n)); n++) {
		if (!known)
			continue;
		add_words(a, &l, &cap, text_line(t, n));
		l.last = n;
	}
	if (!known)
		return n;
	if (l.kind == MDADM_ARRAY)
		read_array(a, &l);
	ARENA_GROW(a, out->line, out->n, out->cap);
	out->line[out->n++] = l;
	return n;
}

void mdadmconf_parse(struct arena *a, const struct text *t, struct mdadmconf *out)
{
	*out = (struct mdadmconf){ 0 };
	for (size_t n = 1; n <= t->lines && out->n < LINES_MAX;)
		n = read_line(a, t, n, out);
}
