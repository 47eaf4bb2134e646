/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of root_ext2 share; for lib/root_ext2*.c only. */
#ifndef BOOTMEND_ROOT_EXT2_PARTS_H
#define BOOTMEND_ROOT_EXT2_PARTS_H

#include <ext2fs/ext2fs.h>

#include "lib/root_backend.h"

/* A directory or file in one of the file systems. */
struct ext2_pos {
	unsigned fs;
	ext2_ino_t ino;
};

struct ext2_hung {
	ext2_filsys fs;
	struct ext2_pos over; /* the directory it covers; of the first: nothing */
};

struct ext2_root {
	struct ext2_hung *h; /* h[0] is the root */
	size_t n, cap;
};

struct ext2_node {
	struct ext2_pos at;
	struct ext2_inode_large inode;
};

/* What path leads to, with the answers of openat2(2) with RESOLVE_IN_ROOT. */
int root_ext2_walk(const struct ext2_root *r, const char *path, enum follow follow,
		   struct ext2_node *out);
/* Bytes of any file, or of a link's target where it is kept like one. */
int root_ext2_read_file(const struct ext2_root *r, struct ext2_node *n, uint64_t off, size_t max,
			struct bytes *out);
int root_ext2_read_link(const struct ext2_root *r, struct ext2_node *n, char **out);

/* The file system, ready for one more call: each call has a budget of bytes to read. */
ext2_filsys root_ext2_fs(const struct ext2_root *r, struct ext2_pos p);
/* 0 or -errno for what the library says. */
int root_ext2_errno(errcode_t e);

#endif
