/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file systems of this machine itself: those on block devices that are not the patient's. Only
 * for telling that the patient and the helper carry the same UUID; nothing of the patient is ever
 * looked up in them.
 *
 *	n = helper_filesystems(disks, n_disks, arena, &fs)
 *
 * Devices are opened for reading, at most HELPER_MAX of them; loops, optical and floppy drives are
 * left out, and what cannot be opened is not told. Source: /sys/block, libblkid(3).
 */
#ifndef BOOTMEND_HELPER_H
#define BOOTMEND_HELPER_H

#include "lib/disk.h"

#define HELPER_MAX 256u

struct helper_fs {
	const char *node, *type, *uuid; /* "/dev/sda1" */
};

/* disks: the TARGETs, whose disks are the patient's whole. */
size_t helper_filesystems(struct disk *const *disks, size_t n, struct arena *a,
			  const struct helper_fs **out);

#endif
