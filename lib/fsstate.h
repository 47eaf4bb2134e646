/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a file system says about itself without being mounted: is there a journal or log to replay,
 * has the kernel recorded errors.
 *
 * Source: ext2fs/ext2_fs.h (superblock), kernel fs/ext4 (orphan list and file); xfs_format.h and
 * xfs_log_format.h, fs/xfs/xfs_log_recover.c (an unmount record before the head means clean);
 * btrfs on-disk format (log_root of the superblock).
 */
#ifndef BOOTMEND_FSSTATE_H
#define BOOTMEND_FSSTATE_H

#include "lib/util.h"

struct fsstate {
	bool dirty;	 /* a journal, log or orphan list waits */
	bool has_errors; /* ext: the error flag */
	bool unknown;	 /* could not be read or made no sense: the two above say nothing */
};

/* type as libblkid names it; fd, start and size say where the file system is. */
void fsstate_read(int fd, uint64_t start, uint64_t size, const char *type, struct fsstate *out);

#endif
