/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the superblock of a member of a software RAID says of the array: only its level, which
 * libblkid does not tell and which decides what module puts the array together.
 *
 *	mdsuper_read(fd, start, size, &level)	0, or -ENODATA: no superblock of a known kind
 *	mdsuper_module(level)			"raid1"; NULL: a level that needs none, or unknown
 *
 * start, size: bytes of the member in fd. At most three sectors are read.
 * Source: Linux include/uapi/linux/raid/md_p.h (mdp_superblock_1, mdp_super_t), md(4).
 */
#ifndef BOOTMEND_MDSUPER_H
#define BOOTMEND_MDSUPER_H

#include "lib/util.h"

int mdsuper_read(int fd, uint64_t start, uint64_t size, int *level);
const char *mdsuper_module(int level);

#endif
