/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A FAT12, FAT16 or FAT32 file system read without mounting: an EFI system partition on a machine
 * whose kernel has no vfat, or looked at without privileges.
 *
 *	fat_open(&reader, &fat)			reader gives the bytes of the partition
 *	fat_list(fat, "/EFI", each, arg)	names as they are stored, long ones where there are
 *	fat_read(fat, "/EFI/BOOT/BOOTX64.EFI", max, &bytes)
 *	fat_close(fat)
 *
 * Names are compared without the case of ASCII letters, as firmware does. Every chain of clusters
 * is as long as the file says at most, and never longer than there are clusters; loops end there.
 * -EUCLEAN: what is stored contradicts itself. -ENOENT and -ENOTDIR: not there.
 *
 * Source: Microsoft Extensible Firmware Initiative FAT32 File System Specification 1.03.
 */
#ifndef BOOTMEND_FAT_H
#define BOOTMEND_FAT_H

#include "lib/reader.h"
#include "lib/util.h"

struct fat;

struct fat_entry {
	const char *name; /* UTF-8; valid during the call */
	bool dir;
	uint32_t size;
};

/* -EINVAL: no FAT file system. */
int fat_open(const struct reader *r, struct fat **out);
void fat_close(struct fat *f); /* NULL is fine */
/* The callback ends it by anything but 0, which is then the answer. At most 65536 entries. */
int fat_list(struct fat *f, const char *dir, int (*each)(void *arg, const struct fat_entry *e),
	     void *arg);
/* The first max bytes of a file. *size is the length of the whole file. */
int fat_read(struct fat *f, const char *path, size_t max, struct bytes *out, uint64_t *size);

#endif
