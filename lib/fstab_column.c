/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The columns of a raw line and the comma list in one of them. */
#include "lib/fstab_parts.h"

/* --- comma lists --- */

size_t fstab_word_len(const char *s)
{
	size_t n = 0;

	while (s[n] && s[n] != ',')
		n += s[n] == '\\' && s[n + 1] ? 2 : 1;
	return n;
}

/* The word behind the one at s, or NULL. */
const char *fstab_next_word(const char *s)
{
	s += fstab_word_len(s);
	return *s ? s + 1 : NULL;
}

/* The word at s is this option, alone or with a value. */
const char *fstab_option_at(const char *s, const char *option)
{
	size_t n = strlen(option);

	if (n == 0 || strncmp(s, option, n) != 0 || n > fstab_word_len(s))
		return NULL;
	return s[n] == '=' || n == fstab_word_len(s) ? s + n : NULL;
}

bool fstab_option(const char *options, const char *option, const char **value)
{
	for (const char *s = options; s; s = fstab_next_word(s)) {
		const char *end = fstab_option_at(s, option);

		if (!end)
			continue;
		if (value)
			*value = *end == '=' ? end + 1 : "";
		return true;
	}
	return false;
}

/* Of an option and its opposite the last one counts. */
bool fstab_yes_no(const char *options, const char *yes, const char *no)
{
	bool is = false;

	for (const char *s = options; s; s = fstab_next_word(s)) {
		if (fstab_option_at(s, yes))
			is = true;
		else if (fstab_option_at(s, no))
			is = false;
	}
	return is;
}

bool fstab_has_whole_word(const char *options, const char *word, size_t len)
{
	for (const char *s = options; s; s = fstab_next_word(s)) {
		if (fstab_word_len(s) == len && strncmp(s, word, len) == 0)
			return true;
	}
	return false;
}

const char *fstab_add_options(struct arena *a, const char *options, const char *more)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	bytes_adds(&b, options);
	for (const char *s = more; s; s = fstab_next_word(s)) {
		size_t n = fstab_word_len(s);

		if (n == 0 || fstab_has_whole_word(options, s, n))
			continue;
		if (b.len && b.data[b.len - 1] != ',')
			bytes_addc(&b, ',');
		bytes_add(&b, s, n);
	}
	return arena_strndup(a, b.data, b.len);
}

const char *fstab_drop_option(struct arena *a, const char *options, const char *word)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	size_t len = strlen(word);

	for (const char *s = options; s; s = fstab_next_word(s)) {
		size_t n = fstab_word_len(s);

		if (n == len && strncmp(s, word, n) == 0)
			continue;
		if (b.len)
			bytes_addc(&b, ',');
		bytes_add(&b, s, n);
	}
	return b.len ? arena_strndup(a, b.data, b.len) : "defaults";
}

/* --- columns of a raw line --- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

size_t fstab_columns(const char *raw, struct fstab_column c[6], const char **end)
{
	size_t n = 0, len = strlen(raw);
	const char *s = raw, *stop = raw + len;

	if (stop > raw && stop[-1] == '\r')
		stop--;
	*end = s;
	for (;;) {
		while (s < stop && is_blank(*s))
			s++;
		if (s == stop || n == 6 || (n >= 3 && *s == '#'))
			return n;
		c[n].s = s;
		while (s < stop && !is_blank(*s))
			s++;
		c[n].len = (size_t)(s - c[n].s);
		n++;
		*end = s;
	}
}

static void add_escaped(struct bytes *b, const char *s)
{
	for (; *s; s++) {
		if (strchr(" \t\n\\", *s))
			bytes_addf(b, "\\%03o", (unsigned)(unsigned char)*s);
		else
			bytes_addc(b, *s);
	}
}

/* What stands in a column that nobody wrote. */
static const char *column_default(size_t field)
{
	static const char *const value[] = { "none", "none", "auto", "defaults", "0", "0" };

	return value[field - 1];
}

static void add_column(struct bytes *b, const char *value, enum fstab_field field)
{
	/* Options come as they stand in the file: their backslashes protect commas. */
	if (field == FSTAB_OPTIONS)
		bytes_adds(b, value);
	else
		add_escaped(b, value);
}

const char *fstab_replace_field(struct arena *a, const char *raw, enum fstab_field field,
				const char *value)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	struct fstab_column c[6];
	const char *end, *gap = strchr(raw, '\t') ? "\t" : " ";
	size_t n = fstab_columns(raw, c, &end), at = (size_t)field - 1;

	if (at < n) {
		bytes_add(&b, raw, (size_t)(c[at].s - raw));
		add_column(&b, value, field);
		bytes_adds(&b, c[at].s + c[at].len);
		return arena_strndup(a, b.data, b.len);
	}
	bytes_add(&b, raw, (size_t)(end - raw));
	for (size_t i = n; i < at; i++)
		bytes_addf(&b, "%s%s", i ? gap : "", column_default(i + 1));
	bytes_adds(&b, at ? gap : "");
	add_column(&b, value, field);
	/* libmount takes a comment only behind six columns. */
	for (size_t i = at + 1; i < 6 && strchr(end, '#'); i++)
		bytes_addf(&b, "%s%s", gap, column_default(i + 1));
	bytes_adds(&b, end);
	return arena_strndup(a, b.data, b.len);
}

const char *fstab_raw_options(struct arena *a, const char *raw)
{
	struct fstab_column c[6];
	const char *end;

	return fstab_columns(raw, c, &end) >= FSTAB_OPTIONS
		       ? arena_strndup(a, c[FSTAB_OPTIONS - 1].s, c[FSTAB_OPTIONS - 1].len)
		       : "defaults";
}
