/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which package the patient's own database says a file belongs to; dpkg's lists only. All of them
 * are read, so ask once for all names, and only when something is missing.
 *
 *	struct elfowner o[] = { { .name = "libmount.so.1" } };
 *	known = elfowner_find(root, arena, o, 1);	o[0].package is "libmount1", or NULL
 *
 * Bounded: LISTS_MAX lists, 128 MiB in all. False: there is no database, or not all of it was seen,
 * so that a NULL says nothing.
 *
 * Source: dpkg(1), dpkg-query(1); deb-* lists are one absolute path a line.
 */
#ifndef BOOTMEND_ELFOWNER_H
#define BOOTMEND_ELFOWNER_H

#include "lib/arena.h"
#include "lib/root.h"

struct elfowner {
	const char *name;    /* a file's name, in whatever directory; or an absolute path */
	const char *package; /* NULL: none has it */
};

bool elfowner_find(const struct root *r, struct arena *a, struct elfowner *list, size_t n);

#endif
