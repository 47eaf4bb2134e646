/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdalign.h>
#include <stdio.h>

#include "lib/arena.h"

#define CHUNK (64u << 10)
#define TOTAL_MAX ((size_t)1 << 30) /* no healthy disk comes near it */

struct chunk {
	struct chunk *next;
	size_t used, size;
	alignas(max_align_t) unsigned char data[];
};

struct arena {
	struct chunk *chunks;
	size_t total;
};

struct arena *arena_new(void)
{
	return xcalloc(1, sizeof(struct arena));
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	while (a->chunks) {
		struct chunk *next = a->chunks->next;

		free(a->chunks);
		a->chunks = next;
	}
	free(a);
}

void cleanup_arena(struct arena **a)
{
	arena_free(*a);
}

void *arena_alloc(struct arena *a, size_t n)
{
	struct chunk *c = a->chunks;
	size_t need = (n + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	void *p;

	if (need < n || need > TOTAL_MAX)
		need = TOTAL_MAX + 1; /* which no chunk has */
	if (!c || c->size - c->used < need) {
		size_t size = need > CHUNK ? need : CHUNK;

		if (size > TOTAL_MAX - a->total)
			end_program("this disk asks for more memory than it is given (1 GiB)");
		a->total += size;
		c = xcalloc(1, sizeof(*c) + size);
		c->size = size;
		c->next = a->chunks;
		a->chunks = c;
	}
	p = c->data + c->used;
	c->used += need;
	return p;
}

char *arena_memdup(struct arena *a, const void *p, size_t n)
{
	char *copy = arena_alloc(a, n + 1);

	if (n)
		memcpy(copy, p, n);
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_memdup(a, s, strlen(s));
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	return arena_memdup(a, s, strnlen(s, n));
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	_cleanup_free_ char *s = xvasprintf(fmt, ap);

	return arena_strdup(a, s);
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return s;
}
