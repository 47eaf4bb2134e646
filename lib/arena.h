/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One arena holds everything a scan finds: texts, findings, edits, strings. Nothing in it is freed
 * by itself; arena_free() frees all. Allocation cannot fail: it ends the program (see util.h) when
 * there is no memory, or when a disk makes it take more than any healthy one does.
 */
#ifndef BOOTMEND_ARENA_H
#define BOOTMEND_ARENA_H

#include "lib/util.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a); /* NULL is fine */
void cleanup_arena(struct arena **a);
#define _cleanup_arena_ _cleanup_(cleanup_arena)

void *arena_alloc(struct arena *a, size_t n); /* zeroed, aligned for any type */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_memdup(struct arena *a, const void *p, size_t n); /* NUL added behind */
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap) PRINTF(2, 0);

#define arena_new_struct(a, type) ((type *)arena_alloc((a), sizeof(type)))

/* As GROW, for an array that lives in the arena (the old copy stays until arena_free). */
#define ARENA_GROW(a, arr, n, cap)                                            \
	do {                                                                  \
		if ((n) == (cap)) {                                           \
			size_t cap_ = (cap) ? (size_t)(cap)*2 : 8;            \
			void *new_ = arena_alloc((a), cap_ * sizeof(*(arr))); \
			if (n)                                                \
				memcpy(new_, (arr), (n) * sizeof(*(arr)));    \
			(arr) = new_;                                         \
			(cap) = cap_;                                         \
		}                                                             \
	} while (0)

#endif
