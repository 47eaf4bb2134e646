/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /etc/ld.so.cache of a glibc system: which file ldconfig found for which library name. What the
 * loader finds outside of its own directories it finds by this file alone: ld.so.conf is only read
 * by ldconfig.
 *
 *	e = ldcache_read(root, arena, order, &cache);	-ENOENT: none; -EBADMSG: the loader ignores
 *it for (i = ldcache_first(&cache, "libmount.so.1"); ldcache_is(&cache, i, …); i++)
 *
 * Entries of every architecture are in it; the reader looks at the files to tell them apart.
 * Bounded: ENTRIES_MAX, 16 MiB. Texts live in the arena.
 *
 * Source: glibc sysdeps/generic/dl-cache.h (struct cache_file, cache_file_new), elf/dl-cache.c.
 */
#ifndef BOOTMEND_LDCACHE_H
#define BOOTMEND_LDCACHE_H

#include "lib/arena.h"
#include "lib/root.h"

#define LDCACHE_PATH "/etc/ld.so.cache"

struct ldcache_entry {
	const char *name, *path; /* "libm.so.6", "/lib/x86_64-linux-gnu/libm.so.6" */
	bool special;		 /* for some processors only (hwcaps) */
};

struct ldcache {
	struct ldcache_entry *e; /* by name; of one name, those for every processor first */
	size_t n;
};

/* order: EI_DATA of the patient's programs. */
int ldcache_read(const struct root *r, struct arena *a, unsigned char order, struct ldcache *out);
int ldcache_parse(struct arena *a, const void *data, size_t len, unsigned char order,
		  struct ldcache *out);
/* The first entry of that name; n when there is none. */
size_t ldcache_first(const struct ldcache *c, const char *name);
static inline bool ldcache_is(const struct ldcache *c, size_t i, const char *name)
{
	return i < c->n && streq(c->e[i].name, name);
}

#endif
