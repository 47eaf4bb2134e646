/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/syslogscan.h"

/* Of the three bytes that end at p. */
static size_t hash(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return ((size_t)u[-2] << 10 ^ (size_t)u[-1] << 5 ^ u[0]) & (SYSLOGSCAN_SHIFTS - 1);
}

void syslogscan_prepare(struct syslogscan *s, const struct syslogscan_word *words)
{
	*s = (struct syslogscan){ .words = words, .shortest = 255 };
	for (const struct syslogscan_word *w = words; w->word; w++) {
		size_t n = strlen(w->word);

		s->shortest = n < s->shortest ? n : s->shortest;
		s->longest = n > s->longest ? n : s->longest;
	}
	memset(s->shift, (int)s->shortest - 2, sizeof(s->shift));
	for (const struct syslogscan_word *w = words; w->word; w++) {
		for (size_t i = 2; i < s->shortest; i++) {
			unsigned char *shift = &s->shift[hash(w->word + i)];
			size_t left = s->shortest - 1 - i;

			if (left < *shift)
				*shift = (unsigned char)left;
		}
	}
}

static const struct syslogscan_word *word_at(const struct syslogscan *s, const char *p, size_t n)
{
	for (const struct syslogscan_word *w = s->words; w->word; w++) {
		size_t len = strlen(w->word);

		if (len <= n && memcmp(p, w->word, len) == 0)
			return w;
	}
	return NULL;
}

const char *syslogscan_find(const struct syslogscan *s, const char *p, size_t n,
			    const struct syslogscan_word **which)
{
	const char *end = p + n, *at = p + s->shortest - 1;

	if (n < s->shortest)
		return NULL;
	while (at < end) {
		size_t shift = s->shift[hash(at)];
		const char *begin = at - (s->shortest - 1);
		const struct syslogscan_word *w;

		if (shift) {
			/* Not beyond what is there: that would be no pointer any more. */
			if (shift >= (size_t)(end - at))
				return NULL;
			at += shift;
			continue;
		}
		w = word_at(s, begin, (size_t)(end - begin));
		if (w) {
			*which = w;
			return begin;
		}
		at++;
	}
	return NULL;
}
