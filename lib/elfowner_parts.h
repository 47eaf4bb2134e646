/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of lib/elfowner share; for lib/elfowner*.c only. */
#ifndef BOOTMEND_ELFOWNER_PARTS_H
#define BOOTMEND_ELFOWNER_PARTS_H

#include "lib/elfowner.h"

#define ELFOWNER_BYTES (256u << 20) /* of a database that is one file */

/* The path is the one asked for, or of that name; /bin and /usr/bin are one. */
bool elfowner_fits(const char *path, const char *name);

/* True: the database is there and all of it was seen. */
bool elfowner_apk(const struct root *r, struct arena *a, struct elfowner *list, size_t n);
bool elfowner_rpm(const struct root *r, struct arena *a, struct elfowner *list, size_t n);

#define ELFOWNER_HEADER_FILES 1000000u /* of one package */

/*
 * A package's header as rpm keeps it: its name, and the path of file number index. False: it is no
 * sound header, or has no such file. Both live in the arena.
 */
bool elfowner_rpm_header(struct arena *a, const void *data, size_t len, uint32_t index,
			 const char **package, const char **path);

#endif
