/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of initramfs share; for lib/initramfs*.c only. */
#ifndef BOOTMEND_INITRAMFS_PARTS_H
#define BOOTMEND_INITRAMFS_PARTS_H

#include "lib/cpio.h"
#include "lib/kernel_image.h"
#include "lib/initramfs.h"

/* The file, taken from its front. */
struct initramfs_source {
	const struct root *root;
	const char *path;
	struct initramfs_budget *budget;
	uint64_t size, at; /* of the next byte */
	unsigned char *buf;
	size_t pos, have, window;
	int err;
};

void initramfs_source_open(struct initramfs_source *s, const struct root *r, const char *path,
			   uint64_t size, struct initramfs_budget *b);
void initramfs_source_close(struct initramfs_source *s);
/* At least want bytes (UNPACK_HEAD at most), less only at the end; *p stays until the next call. */
size_t initramfs_source_peek(struct initramfs_source *s, size_t want, const unsigned char **p);
void initramfs_source_take(struct initramfs_source *s, uint64_t n);

/* What the names inside tell; arg of the ops is one of these. */
struct initramfs_names {
	struct arena *arena;
	struct initramfs *out;
	char *path; /* of a file whose content is kept */
	struct bytes content;
	uint64_t kept;
};

extern const struct cpio_ops initramfs_names_ops;
/* Once all entries were seen. */
void initramfs_names_end(struct initramfs_names *n);

#endif
