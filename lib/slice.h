/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A part of somebody else's bytes, not ended by NUL: what a parser of long lines takes apart
 * without copying. Valid as long as the bytes it lies in.
 *
 *	slice_take_*()	take something off the front and say true, or leave the slice and say false
 */
#ifndef BOOTMEND_SLICE_H
#define BOOTMEND_SLICE_H

#include "lib/util.h"

struct slice {
	const char *s;
	size_t n;
};

static inline struct slice slice_of(const char *s)
{
	return (struct slice){ s, strlen(s) };
}

static inline struct slice slice_skip(struct slice a, size_t n)
{
	return (struct slice){ a.s + n, a.n - n };
}

/* From a to (not including) the place end inside it. */
static inline struct slice slice_until(struct slice a, const char *end)
{
	return (struct slice){ a.s, (size_t)(end - a.s) };
}

static inline struct slice slice_from(struct slice a, const char *begin)
{
	return slice_skip(a, (size_t)(begin - a.s));
}

static inline bool slice_is(struct slice a, const char *word)
{
	return a.n == strlen(word) && memcmp(a.s, word, a.n) == 0;
}

static inline bool slice_starts(struct slice a, const char *word)
{
	size_t n = strlen(word);

	return a.n >= n && memcmp(a.s, word, n) == 0;
}

/* Where word first stands in it, or NULL. */
static inline const char *slice_find(struct slice a, const char *word)
{
	return a.n ? memmem(a.s, a.n, word, strlen(word)) : NULL;
}

/* Where word last stands in it, or NULL. */
const char *slice_find_last(struct slice a, const char *word);
/* Behind the first word in it; false and untouched when there is none. */
bool slice_past(struct slice *a, const char *word);

bool slice_take(struct slice *a, const char *word);
bool slice_take_char(struct slice *a, char c);
/* Decimal digits, at least one; false on overflow. */
bool slice_take_u64(struct slice *a, uint64_t *out);
/* The same with an optional minus sign. */
bool slice_take_i64(struct slice *a, int64_t *out);
/* What stands before the next blank or the end; not empty. The blank stays. */
bool slice_take_word(struct slice *a, struct slice *word);
void slice_skip_blanks(struct slice *a);
struct slice slice_trimmed(struct slice a);

/* Into a buffer of that size, cut when longer, always ended by NUL. */
void slice_copy(struct slice a, char *buf, size_t size);
#define SLICE_COPY(a, array) slice_copy((a), (array), sizeof(array))

#endif
