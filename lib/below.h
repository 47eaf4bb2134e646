/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TARGETs for work below their file systems: nothing is mounted, nobody else has them, and every
 * byte that is overwritten goes into the raw log of a run first.
 *
 *	below_open()	  claims the disks; -EBUSY and the reason when they are in use
 *	below_find()	  the partition that a scan found, in the devices of this view of them
 *	below_attach()	  a device for a program, a descriptor for us; below_detach()
 *	below_close()	  syncs and lets go
 */
#ifndef BOOTMEND_BELOW_H
#define BOOTMEND_BELOW_H

#include "lib/layers.h"
#include "lib/volume.h"

struct below {
	struct disk **disks;
	size_t n, n_targets;
	struct layers *layers;
	struct devices devices;
	struct arena *a;
};

/* targets: NULL-terminated. Must be closed in any case. */
int below_open(const char *const *targets, const struct layers_options *o, struct arena *a,
	       struct below *out, struct trouble *t);
/* The one that lies where like lies; NULL: the disk has changed. */
struct partition *below_find(const struct below *b, unsigned disk, uint64_t start, uint64_t size);
int below_close(struct below *b, struct trouble *t);

struct attached {
	struct volume volume;
	const char *path; /* of the device */
	int fd;		  /* O_RDWR */
};
/* p is one of b->devices. */
int below_attach(const struct below *b, struct partition *p, struct attached *out,
		 struct trouble *t);
/* 0, or -EBUSY when somebody holds on to it. Syncs. */
int below_detach(struct attached *at);
/* The disk itself, from its first byte: a descriptor that writes. -errno. */
int below_whole(const struct below *b, unsigned disk);

#endif
