/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an opened TARGET is, for the files that look at disks (disk, partitions, volume, view,
 * target). Nothing else includes this.
 */
#ifndef BOOTMEND_DISK_INTERNAL_H
#define BOOTMEND_DISK_INTERNAL_H

#include <sys/types.h>

#include "lib/disk.h"

/* What a disk is that was opened in others; see lib/layers.h. */
struct layer {
	const char *what;	  /* "LUKS volume in partition 2" */
	const char *const *names; /* as in struct partition */
	const char *look_only;
	const char *lv;		     /* UUID of the logical volume that it is; NULL: none */
	const struct layer_part *in; /* the partitions that it lies in */
	size_t n;
};

struct layer_part {
	unsigned disk;
	uint64_t start;
};

/* A logical volume that device mapper is needed for, or has already. */
struct layer_wish {
	struct layer layer;
	const char *node; /* where this machine has it activated; NULL: nowhere */
	const struct lvm_group *group;
	const struct lvm_lv *lv;
	const size_t *part; /* member of the group to index of its partition */
};

struct disk {
	char *path;
	int fd;	       /* O_RDONLY */
	bool block;    /* a block device; else a regular file */
	uint64_t size; /* bytes, without the footer of a fixed VHD */
	dev_t rdev;    /* of a block device */
	dev_t dev;     /* of an image: where the file is */
	ino_t ino;
	const struct layer *layer; /* NULL: a TARGET */
	bool ours;		   /* found free, and now held by layers of our own */
};

bool layer_is_in(const struct layer *l, const struct partition *p);

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
