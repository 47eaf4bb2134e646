/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What lies in LUKS, in a software RAID, or in a logical volume of several pieces: opened with the
 * kernel of this machine (and its cryptsetup and mdadm), as disks of their own behind the TARGETs.
 * For LOOK all is read-only, on read-only loop devices. Names are our own ("bootmend-…"), so
 *nothing of this machine is touched; what this machine has opened already is used as it is.
 *
 *	layers_open()	 the partitions of the TARGETs and of all that could be opened
 *	layers_disks()	 the TARGETs and what was opened, by partition.disk
 *	layers_close()	 takes all down again; a child does if this process is killed (lib/keeper.h)
 *
 * Logical volumes of one piece need none of this: lib/partitions_lvm.c.
 * Source: cryptsetup(8), mdadm(8); complete arrays first, those that lack a member last.
 */
#ifndef BOOTMEND_LAYERS_H
#define BOOTMEND_LAYERS_H

#include "lib/disk.h"

struct layers_options {
	const char *key_file; /* of LUKS; NULL: none */
	/*
	 * Asks a person for the passphrase of what; NULL: there is nobody to ask. It returns false
	 * when none was given. The bytes stay its own.
	 */
	bool (*ask)(void *arg, const char *what, const struct bytes **out);
	void *arg;
};

struct layers;

/*
 * As disk_partitions(), with its answers. What cannot be opened stays a partition whose error says
 * why. *out is set in all cases and must be closed.
 */
int layers_open(struct disk *const *targets, size_t n, enum access access,
		const struct layers_options *o, struct arena *a, struct devices *devices,
		struct layers **out, struct trouble *t);
struct disk **layers_disks(const struct layers *l, size_t *n);
/* 0, or -EBUSY when somebody else holds on to one. NULL is fine. The TARGETs stay open. */
int layers_close(struct layers *l);

#endif
