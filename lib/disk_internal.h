/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an opened TARGET is, for the files that look at disks (disk, partitions, volume, view,
 * target). Nothing else includes this.
 */
#ifndef BOOTMEND_DISK_INTERNAL_H
#define BOOTMEND_DISK_INTERNAL_H

#include <sys/types.h>

#include "lib/disk.h"

struct disk {
	char *path;
	int fd;	       /* O_RDONLY */
	bool block;    /* a block device; else a regular file */
	uint64_t size; /* bytes, without the footer of a fixed VHD */
	dev_t rdev;    /* of a block device */
	dev_t dev;     /* of an image: where the file is */
	ino_t ino;
};

/* How a disk is used by this machine, the strongest first. */
enum disk_use {
	USE_NONE,
	USE_READS,   /* attached to a read-only loop device */
	USE_HOLDER,  /* device mapper or md sits on it */
	USE_MOUNTED, /* mounted read-only */
	USE_WRITES,  /* mounted read-write, or attached to a writable loop device */
	USE_SWAP,
	USE_ROOT, /* this machine's own root is on it */
};

/* why, one line, is set for every answer but USE_NONE. */
enum disk_use disk_use(const struct disk *d, struct trouble *why);
/* The same for a block device by number. */
enum disk_use disk_use_of(dev_t rdev, struct trouble *why);

#endif
