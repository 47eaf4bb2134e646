/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which incompatible features of a file system an installed GRUB reads, as its own code says: it
 * tests the superblock's word against one constant, and distributions change that constant without
 * another version number.
 *
 *	if (grubfs_reads(GRUBFS_EXT, module, len, &mask))
 *		bad = features & ~mask;
 *
 * x86 code only, 32 and 64 bits; of a module, an unpacked core image or an EFI program. Features
 * that do not keep a reader out (orphan_file, inobtcount, …) are in other words of the superblock,
 * which GRUB does not look at.
 *
 * Sources: grub-core/fs/ext2.c and xfs.c (what is tested); Linux fs/ext4/ext4.h and
 * fs/xfs/libxfs/xfs_format.h (the bits); the instruction set's TEST with an immediate operand.
 */
#ifndef BOOTMEND_GRUBFS_H
#define BOOTMEND_GRUBFS_H

#include "lib/arena.h"

enum grubfs_type { GRUBFS_EXT, GRUBFS_XFS };

/* libblkid's TYPE; false: another one. */
bool grubfs_type_of(const char *type, enum grubfs_type *out);
/* False: no such test in the code, or several that differ. */
bool grubfs_reads(enum grubfs_type t, const void *code, size_t len, uint32_t *mask);

#define GRUBFS_SUPER 1024u
/* Where the superblock is in its partition, GRUBFS_SUPER bytes long. */
uint64_t grubfs_super_at(enum grubfs_type t);
/* The word GRUB tests. False: no superblock, or of a version that has none. */
bool grubfs_features(enum grubfs_type t, const void *super, uint32_t *features);
/* "metadata_csum_seed, casefold": for people. */
const char *grubfs_names(enum grubfs_type t, struct arena *a, uint32_t features);

#endif
