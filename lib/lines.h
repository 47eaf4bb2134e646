/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A list of texts that grows, in an arena: { 0 } is empty, with s NULL; after that s ends in NULL.
 * The texts themselves are not copied.
 */
#ifndef BOOTMEND_LINES_H
#define BOOTMEND_LINES_H

#include "lib/arena.h"

struct lines {
	const char **s; /* NULL-terminated */
	size_t n, cap;
};

void lines_add(struct arena *a, struct lines *l, const char *s);

#endif
