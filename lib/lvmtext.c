/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "lib/lvmtext.h"

#define DEPTH_MAX 8
#define ENTRIES_MAX 200000u
#define VALUES_MAX 100000u

struct reading {
	struct arena *a;
	const char *s, *end;
	size_t entries, values;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* What may stand in a name or a number; the disk's other bytes end it. */
static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("_-+./@", c));
}

static void skip_blanks(struct reading *r)
{
	while (r->s < r->end) {
		if (*r->s == '#')
			while (r->s < r->end && *r->s != '\n')
				r->s++;
		else if (is_blank(*r->s))
			r->s++;
		else
			return;
	}
}

/* The next byte that is no blank; 0 at the end (LVM writes one there, too). */
static char peek(struct reading *r)
{
	skip_blanks(r);
	return (char)(r->s < r->end ? *r->s : '\0');
}

static bool take(struct reading *r, char c)
{
	if (peek(r) != c || r->s == r->end)
		return false;
	r->s++;
	return true;
}

/* After the opening quote. A backslash stands before a quote or another one. */
static const char *quoted(struct reading *r)
{
	const char *from = r->s;
	char *word, *to;

	while (r->s < r->end && *r->s != '"' && *r->s) {
		if (*r->s == '\\' && r->end - r->s > 1)
			r->s++;
		r->s++;
	}
	if (r->s >= r->end || *r->s != '"')
		return NULL;
	word = to = arena_alloc(r->a, (size_t)(r->s - from) + 1);
	for (; from < r->s; from++) {
		if (*from == '\\')
			from++;
		*to++ = *from;
	}
	r->s++;
	return word;
}

static const char *plain(struct reading *r)
{
	const char *from = r->s;

	while (r->s < r->end && is_plain(*r->s))
		r->s++;
	return r->s == from ? NULL : arena_strndup(r->a, from, (size_t)(r->s - from));
}

static const char *word(struct reading *r)
{
	return take(r, '"') ? quoted(r) : plain(r);
}

static int read_values(struct reading *r, struct lvmtext *t)
{
	bool list = take(r, '[');
	size_t cap = 0;

	do {
		const char *w;

		ARENA_GROW(r->a, t->value, t->n, cap);
		if (list && take(r, ']'))
			return 0;
		w = word(r);
		if (!w)
			return -EINVAL;
		if (++r->values > VALUES_MAX)
			return -E2BIG;
		t->value[t->n++] = w;
	} while (list && take(r, ','));
	ARENA_GROW(r->a, t->value, t->n, cap);
	return !list || take(r, ']') ? 0 : -EINVAL;
}

/* The entries up to the closing brace, or to the end of the text. */
static int read_entries(struct reading *r, struct lvmtext *section, unsigned depth)
{
	const struct lvmtext **last = &section->child;
	int e = 0;

	while (e == 0 && peek(r) && peek(r) != '}') {
		struct lvmtext *t = arena_new_struct(r->a, struct lvmtext);

		if (++r->entries > ENTRIES_MAX || depth > DEPTH_MAX)
			return -E2BIG;
		t->name = word(r);
		*last = t;
		last = &t->next;
		if (!t->name)
			return -EINVAL;
		if (take(r, '=')) {
			e = read_values(r, t);
		} else if (take(r, '{')) {
			e = read_entries(r, t, depth + 1);
			if (e == 0 && !take(r, '}'))
				return -EINVAL;
		} else {
			return -EINVAL;
		}
	}
	return e;
}

int lvmtext_parse(struct arena *a, const char *s, size_t len, const struct lvmtext **out)
{
	struct reading r = { .a = a, .s = s, .end = s + len };
	struct lvmtext *top = arena_new_struct(a, struct lvmtext);
	int e = read_entries(&r, top, 0);

	if (e < 0)
		return e;
	if (peek(&r) == '}')
		return -EINVAL;
	*out = top;
	return 0;
}

const struct lvmtext *lvmtext_find(const struct lvmtext *t, const char *name)
{
	for (t = t ? t->child : NULL; t; t = t->next) {
		if (streq(t->name, name))
			return t;
	}
	return NULL;
}

const struct lvmtext *lvmtext_section(const struct lvmtext *t, const char *name)
{
	t = lvmtext_find(t, name);
	return t && !t->value ? t : NULL;
}

const char *lvmtext_word(const struct lvmtext *t, const char *name)
{
	t = lvmtext_find(t, name);
	return t && t->n == 1 ? t->value[0] : NULL;
}

bool lvmtext_number(const struct lvmtext *t, const char *name, uint64_t *out)
{
	const char *w = lvmtext_word(t, name);

	return w && parse_u64(w, out);
}

bool lvmtext_has(const struct lvmtext *t, const char *name, const char *word)
{
	t = lvmtext_find(t, name);
	for (size_t i = 0; t && i < t->n; i++) {
		if (streq(t->value[i], word))
			return true;
	}
	return false;
}
