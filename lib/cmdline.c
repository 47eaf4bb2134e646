/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/cmdline.h"

struct span {
	const char *s;
	size_t len;
};

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The next word as the kernel splits it, from *pos on. */
static bool next_word(const char *line, size_t *pos, struct span *out)
{
	bool quoted = false;
	size_t i = *pos;

	while (is_space(line[i]))
		i++;
	out->s = line + i;
	for (; line[i] && (quoted || !is_space(line[i])); i++) {
		if (line[i] == '"')
			quoted = !quoted;
	}
	out->len = (size_t)(line + i - out->s);
	*pos = i;
	return out->len > 0;
}

static char *unquoted(struct arena *a, const char *s, size_t len)
{
	char *out = arena_alloc(a, len + 1);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (s[i] != '"')
			out[n++] = s[i];
	}
	return out;
}

/* Same bytes, quotes aside. */
static bool word_is(const struct span *w, const char *s)
{
	size_t n = 0, len = strlen(s);

	for (size_t i = 0; i < w->len; i++) {
		if (w->s[i] == '"')
			continue;
		if (n >= len || s[n] != w->s[i])
			return false;
		n++;
	}
	return n == len;
}

/* The part of the word behind NAME=, the word possibly quoted as a whole; NULL: another name. */
static const char *behind_name(const struct span *w, const char *name, size_t *len)
{
	const char *s = w->s, *end = w->s + w->len;
	size_t n = strlen(name);

	s += *s == '"';
	if ((size_t)(end - s) <= n || strncmp(s, name, n) != 0 || s[n] != '=')
		return NULL;
	*len = (size_t)(end - s) - n - 1;
	return s + n + 1;
}

const char *cmdline_next(struct arena *a, const char *line, const char *name, size_t *pos)
{
	struct span w;

	while (next_word(line, pos, &w)) {
		size_t len;
		const char *value;

		if (word_is(&w, "--"))
			return NULL;
		value = behind_name(&w, name, &len);
		if (value)
			return unquoted(a, value, len);
	}
	return NULL;
}

const char *cmdline_get(struct arena *a, const char *line, const char *name)
{
	const char *value, *last = NULL;
	size_t pos = 0;

	while ((value = cmdline_next(a, line, name, &pos)))
		last = value;
	return last;
}

bool cmdline_has(const char *line, const char *word)
{
	struct span w;
	size_t pos = 0;

	while (next_word(line, &pos, &w)) {
		if (word_is(&w, word))
			return true;
		if (word_is(&w, "--"))
			return false;
	}
	return false;
}

static bool is_named(const struct span *w, const char *const names[])
{
	size_t len;

	for (size_t i = 0; names[i]; i++) {
		if (word_is(w, names[i]) || behind_name(w, names[i], &len))
			return true;
	}
	return false;
}

const char *cmdline_without(struct arena *a, const char *line, const char *const names[])
{
	_cleanup_bytes_ struct bytes out = { 0 };
	struct span w;
	size_t pos = 0;

	while (next_word(line, &pos, &w)) {
		if (is_named(&w, names))
			continue;
		if (out.len)
			bytes_addc(&out, ' ');
		bytes_add(&out, w.s, w.len);
	}
	return arena_strndup(a, out.data ? out.data : "", out.len);
}

bool cmdline_is_plain(const char *word)
{
	for (const char *s = word; *s; s++) {
		if ((unsigned char)*s <= ' ' || strchr("\"'\\$`;{}|&<>()#*?[]~", *s))
			return false;
	}
	return *word != '\0';
}

/* --- one word of a configuration line --- */

static size_t quoted_end(const char *line, size_t i)
{
	char q = line[i++];

	while (line[i] && line[i] != q) {
		if (q == '"' && line[i] == '\\' && line[i + 1])
			i++;
		i++;
	}
	return line[i] ? i + 1 : i;
}

static size_t raw_end(const char *line, size_t i)
{
	while (line[i] && !is_space(line[i])) {
		if (line[i] == '\'' || line[i] == '"')
			i = quoted_end(line, i);
		else
			i += line[i] == '\\' && line[i + 1] ? 2 : 1;
	}
	return i;
}

static char *plain(struct arena *a, const char *s, size_t len)
{
	char *out = arena_alloc(a, len + 1), q = 0;
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (!q && (s[i] == '\'' || s[i] == '"'))
			q = s[i];
		else if (q && s[i] == q)
			q = 0;
		else if (q != '\'' && s[i] == '\\' && i + 1 < len)
			out[n++] = s[++i];
		else
			out[n++] = s[i];
	}
	return out;
}

/* s with old replaced where it stands in one piece; false: it does not. */
static bool replace_piece(struct bytes *out, const char *s, size_t len, const char *old,
			  const char *replacement)
{
	const char *at = *old ? memmem(s, len, old, strlen(old)) : NULL;

	if (!at)
		return false;
	bytes_add(out, s, (size_t)(at - s));
	bytes_adds(out, replacement);
	at += strlen(old);
	bytes_add(out, at, (size_t)(s + len - at));
	return true;
}

/* Quotes stay when they stand around the whole, or around the value of the same NAME=. */
static void add_replaced(struct bytes *out, const char *s, size_t len, const char *old,
			 const char *replacement)
{
	size_t name = strcspn(old, "=") + 1;

	if (replace_piece(out, s, len, old, replacement))
		return;
	if (name <= strlen(old) && strncmp(old, replacement, name) == 0 &&
	    replace_piece(out, s, len, old + name, replacement + name))
		return;
	bytes_adds(out, replacement);
}

/* A word was taken out: of the blanks on both sides one side's go, with nothing in front the
 * other's.
 */
static void close_gap(struct bytes *out, const char *line, size_t *next)
{
	size_t n = out->len;

	while (n && is_space(out->data[n - 1]))
		n--;
	if (n && n < out->len)
		out->len = n;
	else
		while (is_space(line[*next]))
			++*next;
}

/*
 * A quoted string with several words in it, as in GRUB_CMDLINE_LINUX="quiet root=/dev/hda1": its
 * inner words are looked at one by one.
 */
static bool add_inner(struct arena *a, struct bytes *out, const char *s, size_t len,
		      const char *word, const char *replacement)
{
	char *copy = arena_strndup(a, s, len);
	bool found = false;
	size_t i = 0, n = strlen(word);

	while (copy[i]) {
		size_t start = i;

		i += strcspn(copy + i, " \t\"'");
		if (i - start == n && strncmp(copy + start, word, n) == 0) {
			bytes_adds(out, replacement);
			found = true;
			if (!*replacement)
				close_gap(out, copy, &i);
		} else {
			bytes_add(out, copy + start, i - start);
		}
		if (copy[i])
			bytes_addc(out, copy[i++]);
	}
	return found;
}

static bool add_word(struct arena *a, struct bytes *out, const char *s, size_t len,
		     const char *word, const char *replacement)
{
	size_t mark = out->len;

	if (streq(plain(a, s, len), word)) {
		add_replaced(out, s, len, word, replacement);
		return true;
	}
	if (memchr(s, '"', len) || memchr(s, '\'', len)) {
		if (add_inner(a, out, s, len, word, replacement))
			return true;
		out->len = mark;
	}
	bytes_add(out, s, len);
	return false;
}

const char *cmdline_replace(struct arena *a, const char *line, const char *word,
			    const char *replacement)
{
	_cleanup_bytes_ struct bytes out = { 0 };
	bool found = false;

	for (size_t i = 0; line[i];) {
		size_t start = i;

		while (is_space(line[i]))
			i++;
		bytes_add(&out, line + start, i - start);
		start = i;
		i = raw_end(line, i);
		if (i > start && !*replacement && streq(plain(a, line + start, i - start), word)) {
			close_gap(&out, line, &i);
			found = true;
		} else if (i > start) {
			found |= add_word(a, &out, line + start, i - start, word, replacement);
		}
	}
	return found ? arena_strndup(a, out.len ? out.data : "", out.len) : NULL;
}
