/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <elf.h>
#include <errno.h>

#include "lib/ldcache.h"

#define BYTES_MAX (16u << 20)
#define ENTRIES_MAX 65536u
#define STRING_MAX 4096u
#define OLD_MAGIC "ld.so-1.7.0"
#define NEW_MAGIC "glibc-ld.so.cache1.1"
#define OLD_HEAD 16u /* magic, padding, count */
#define OLD_ENTRY 12u
#define NEW_HEAD 48u
#define NEW_ENTRY 24u

struct image {
	struct arena *a;
	const unsigned char *data;
	size_t len;
	unsigned char order;
};

static uint64_t number(const struct image *m, size_t at, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | m->data[at + (m->order == ELFDATA2MSB ? i : n - 1 - i)];
	return v;
}

static bool starts(const struct image *m, size_t at, const char *magic)
{
	return at <= m->len && m->len - at >= strlen(magic) &&
	       memcmp(m->data + at, magic, strlen(magic)) == 0;
}

/* NULL: no string that ends lies there. */
static const char *string(const struct image *m, size_t base, uint64_t offset)
{
	size_t left = offset < m->len - base ? m->len - base - (size_t)offset : 0;

	if (!left || !memchr(m->data + base + offset, '\0', left < STRING_MAX ? left : STRING_MAX))
		return NULL;
	return (const char *)m->data + base + offset;
}

/* What differs between the two formats. */
struct layout {
	size_t first, entry, base; /* of the table; of one; where strings are counted from */
	uint64_t n;
};

static bool find_layout(const struct image *m, struct layout *l)
{
	size_t at = 0;

	if (starts(m, 0, OLD_MAGIC) && m->len >= OLD_HEAD) {
		l->n = number(m, 12, 4);
		l->first = OLD_HEAD;
		l->entry = OLD_ENTRY;
		if (l->n > (m->len - OLD_HEAD) / OLD_ENTRY)
			return false;
		l->base = OLD_HEAD + (size_t)l->n * OLD_ENTRY;
		/* The new format may follow; it is the one that is read then. */
		at = (l->base + 7) & ~(size_t)7;
		if (!starts(m, at, NEW_MAGIC))
			return true;
	}
	if (!starts(m, at, NEW_MAGIC) || m->len - at < NEW_HEAD)
		return false;
	*l = (struct layout){ at + NEW_HEAD, NEW_ENTRY, at, number(m, at + 20, 4) };
	return l->n <= (m->len - l->first) / NEW_ENTRY;
}

static int compare(const void *x, const void *y)
{
	const struct ldcache_entry *a = x, *b = y;
	int by = strcmp(a->name, b->name);

	if (by == 0)
		by = (int)a->special - (int)b->special;
	return by ? by : strcmp(a->path, b->path);
}

/* Some for certain processors have a mark, others only a directory of their own. */
static bool is_special(const struct image *m, const struct layout *l, size_t at, const char *path)
{
	if (strstr(path, "/glibc-hwcaps/"))
		return true;
	return l->entry == NEW_ENTRY && number(m, at + 16, 8) != 0;
}

int ldcache_parse(struct arena *a, const void *data, size_t len, unsigned char order,
		  struct ldcache *out)
{
	struct image m = { a, data, len, order };
	struct ldcache c = { 0 };
	struct layout l = { 0 };

	if (!find_layout(&m, &l))
		return -EBADMSG;
	if (l.n > ENTRIES_MAX)
		l.n = ENTRIES_MAX;
	c.e = arena_alloc(a, ((size_t)l.n + 1) * sizeof(*c.e));
	for (size_t i = 0; i < l.n; i++) {
		size_t at = l.first + i * l.entry;
		const char *name = string(&m, l.base, number(&m, at + 4, 4));
		const char *path = string(&m, l.base, number(&m, at + 8, 4));

		if (!name || !path || path[0] != '/')
			continue;
		c.e[c.n++] = (struct ldcache_entry){ name, path, is_special(&m, &l, at, path) };
	}
	if (c.n)
		qsort(c.e, c.n, sizeof(*c.e), compare);
	*out = c;
	return 0;
}

int ldcache_read(const struct root *r, struct arena *a, unsigned char order, struct ldcache *out)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	int e = root_read(r, LDCACHE_PATH, BYTES_MAX, &b);

	if (e < 0)
		return e;
	return ldcache_parse(a, arena_memdup(a, b.data, b.len), b.len, order, out);
}

size_t ldcache_first(const struct ldcache *c, const char *name)
{
	size_t low = 0, high = c->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(c->e[mid].name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return ldcache_is(c, low, name) ? low : c->n;
}
