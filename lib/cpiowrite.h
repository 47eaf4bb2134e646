/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes an archive of the "newc" kind that lib/cpio.h reads: root's files, of no time, the same
 * bytes for the same calls.
 *
 *	cpiowrite_begin(&w, &out, "usr/lib/modules/6.1");	behind what is in out already
 *	cpiowrite_file(&w, "kernel/fs/xfs.ko", 0644, data, len);
 *	cpiowrite_end(&w);
 *
 * Names are below the directory of the beginning, which whoever unpacks it must have; it and those
 * above get no entry: an entry for a directory takes the place of a link of that name. Directories
 * below get one before the first file in them.
 *
 * Offsets count from where out ended at cpiowrite_begin(); in a file that must be a multiple of 4.
 *
 * Sources: Linux Documentation/driver-api/early-userspace/buffer-format.rst, init/initramfs.c.
 */
#ifndef BOOTMEND_CPIOWRITE_H
#define BOOTMEND_CPIOWRITE_H

#include "lib/util.h"

struct cpiowrite {
	struct bytes *out;
	size_t start;
	uint32_t entries;
	char *base;
	char **dir; /* below base that have an entry */
	size_t dirs, cap;
};

void cpiowrite_begin(struct cpiowrite *w, struct bytes *out, const char *base);
/*
 * -EINVAL: the name is empty, absolute, or leads through ".."; -ENAMETOOLONG; -EFBIG: no archive of
 * this kind holds so large a file. Then nothing was added.
 */
int cpiowrite_file(struct cpiowrite *w, const char *name, unsigned mode, const void *data,
		   size_t len);
/* Ends the archive at a multiple of 512 bytes, and frees what w holds. */
void cpiowrite_end(struct cpiowrite *w);

/* "a/b.c": every part of it is a plain name. */
bool cpiowrite_name_is_plain(const char *name);

#endif
