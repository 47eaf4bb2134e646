/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first of several words in much memory, in one pass that looks at a fraction of the bytes
 * (Wu and Manber's way of Boyer and Moore's).
 *
 *	syslogscan_prepare(&s, words)	then syslogscan_find() as often as wanted
 */
#ifndef BOOTMEND_SYSLOGSCAN_H
#define BOOTMEND_SYSLOGSCAN_H

#include "lib/util.h"

struct syslogscan_word {
	const char *word; /* at least SYSLOGSCAN_MIN bytes; NULL ends a list */
	size_t back;	  /* so many bytes before its line are wanted as well, if not read yet */
};

#define SYSLOGSCAN_MIN 4u
#define SYSLOGSCAN_SHIFTS (1u << 15)

struct syslogscan {
	const struct syslogscan_word *words;
	size_t shortest, longest;
	unsigned char shift[SYSLOGSCAN_SHIFTS]; /* by a hash of three bytes */
};

void syslogscan_prepare(struct syslogscan *s, const struct syslogscan_word *words);
/* Where the first begins, and which it is; NULL: none lies whole in [p, p + n). */
const char *syslogscan_find(const struct syslogscan *s, const char *p, size_t n,
			    const struct syslogscan_word **which);

#endif
