/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel module's file (.ko, .ko.gz, .ko.xz, .ko.zst): read, unpacked, and judged as far as an
 * object file can be without the kernel it belongs to.
 *
 *	why = kmodfile_read(root, "/lib/modules/6.1/kernel/fs/xfs.ko.xz", "6.1", &k);	NULL: sound
 *	kmodfile_free(&k);	always
 *
 * Memory is bounded: a larger file, or one that unpacks to more, is refused.
 *
 * Sources: elf(5); Linux include/linux/vermagic.h; kmod libkmod/libkmod-file.c.
 */
#ifndef BOOTMEND_KMODFILE_H
#define BOOTMEND_KMODFILE_H

#include "lib/root.h"

#define KMODFILE_MAX (64u << 20) /* bytes of the file, and of what it unpacks to */

struct kmodfile {
	struct bytes raw;   /* as it stands on the root */
	struct bytes plain; /* unpacked; empty: raw is not compressed */
};

/* Why it cannot be loaded by the kernel of this version: "is damaged"; NULL: nothing is known. */
const char *kmodfile_read(const struct root *r, const char *path, const char *version,
			  struct kmodfile *out);
/* What the kernel gets to see of it. */
const struct bytes *kmodfile_object(const struct kmodfile *k);
void kmodfile_free(struct kmodfile *k);
#define _cleanup_kmodfile_ _cleanup_(kmodfile_free)

/* An object file whose sections are all in it. */
bool kmodfile_is_whole(const struct bytes *object);
/* The version it was built for is another one; false too where it does not say. */
bool kmodfile_is_foreign(const struct bytes *object, const char *version);

#endif
