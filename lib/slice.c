/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/slice.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

const char *slice_find_last(struct slice a, const char *word)
{
	const char *found = NULL;

	for (const char *p = slice_find(a, word); p; p = slice_find(a, word)) {
		found = p;
		a = slice_from(a, p + 1);
	}
	return found;
}

bool slice_past(struct slice *a, const char *word)
{
	const char *p = slice_find(*a, word);

	if (!p)
		return false;
	*a = slice_from(*a, p + strlen(word));
	return true;
}

bool slice_take(struct slice *a, const char *word)
{
	if (!slice_starts(*a, word))
		return false;
	*a = slice_skip(*a, strlen(word));
	return true;
}

bool slice_take_char(struct slice *a, char c)
{
	if (!a->n || a->s[0] != c)
		return false;
	*a = slice_skip(*a, 1);
	return true;
}

bool slice_take_u64(struct slice *a, uint64_t *out)
{
	uint64_t v = 0;
	size_t i = 0;

	for (; i < a->n && is_digit(a->s[i]); i++) {
		if (__builtin_mul_overflow(v, 10u, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(a->s[i] - '0'), &v))
			return false;
	}
	if (!i)
		return false;
	*a = slice_skip(*a, i);
	*out = v;
	return true;
}

bool slice_take_i64(struct slice *a, int64_t *out)
{
	struct slice rest = *a;
	bool minus = slice_take_char(&rest, '-');
	uint64_t v;

	if (!slice_take_u64(&rest, &v) || v > INT64_MAX)
		return false;
	*a = rest;
	*out = minus ? -(int64_t)v : (int64_t)v;
	return true;
}

bool slice_take_word(struct slice *a, struct slice *word)
{
	size_t i = 0;

	while (i < a->n && !is_blank(a->s[i]))
		i++;
	if (!i)
		return false;
	*word = (struct slice){ a->s, i };
	*a = slice_skip(*a, i);
	return true;
}

void slice_skip_blanks(struct slice *a)
{
	size_t i = 0;

	while (i < a->n && is_blank(a->s[i]))
		i++;
	*a = slice_skip(*a, i);
}

struct slice slice_trimmed(struct slice a)
{
	slice_skip_blanks(&a);
	while (a.n && is_blank(a.s[a.n - 1]))
		a.n--;
	return a;
}

void slice_copy(struct slice a, char *buf, size_t size)
{
	size_t n = a.n < size ? a.n : size - 1;

	if (n)
		memcpy(buf, a.s, n);
	buf[n] = '\0';
}
