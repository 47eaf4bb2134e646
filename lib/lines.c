/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/lines.h"

void lines_add(struct arena *a, struct lines *l, const char *s)
{
	ARENA_GROW(a, l->s, l->n, l->cap);
	l->s[l->n++] = s;
	ARENA_GROW(a, l->s, l->n, l->cap);
	l->s[l->n] = NULL;
}
