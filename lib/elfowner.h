/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which package the patient's own database says a file belongs to. The whole database may be read
 * for it, so ask once for all names, and only when something is missing.
 *
 *	struct elfowner o[] = { { .name = "libmount.so.1" } };
 *	known = elfowner_find(root, arena, o, 1);	o[0].package is "libmount1", or NULL
 *
 *	database	files
 *	dpkg		/var/lib/dpkg/info, a list for each package
 *	apk		lib/apk/db/installed, all packages in one file
 *	rpm		rpmdb.sqlite of /var/lib/rpm or /usr/lib/sysimage/rpm; those of Berkeley DB
 *and ndb are not read, and without libsqlite3 at build time none is
 *
 * Bounded: 20,000 lists, 128 MiB of them; a database of 256 MiB, read into memory and never opened
 * where it lies. False: there is no database that can be read, or not all of it was seen, so that a
 * NULL says nothing.
 *
 * Sources: dpkg(1), dpkg-query(1), deb-* lists are one absolute path a line; apk's installed
 * database, apk-package(5); rpm lib/backend/sqlite.c (tables Packages and Basenames), header format
 * of rpm docs/manual/hregions.md and format_header.md.
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
