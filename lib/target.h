/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a TARGET argument may mean besides a path: "auto", a serial number, or nothing at all, which
 * asks for the list. And for a directory that is mounted: the disk below it.
 *
 * Source: sysfs (queue, serial, VPD page 80), /proc/self/mountinfo through libmount.
 */
#ifndef BOOTMEND_TARGET_H
#define BOOTMEND_TARGET_H

#include "lib/arena.h"
#include "lib/devices.h"
#include "lib/trouble.h"

/* A disk of this machine. */
struct target_disk {
	const char *node;   /* "/dev/vdb" */
	const char *serial; /* NULL: it has none */
	const char *model;  /* NULL */
	uint64_t size;
	const char *busy; /* why it is no candidate: mounted, in use, not readable; NULL: free */
	const char *what; /* the Linux system on it (the first of several); NULL: none found */
};

/* All of them, in order; free ones are looked into (mounted read-only in a private namespace). */
void target_disks(struct arena *a, struct target_disk **out, size_t *n);

/*
 * "auto": the one disk that is free and holds a Linux system. -ENODEV: none, -ENOTUNIQ: several; t
 * has the list.
 */
int target_auto(struct arena *a, const char **node, struct trouble *t);
/* The disk with this serial number, blanks around it ignored. -ENODEV, -ENOTUNIQ. */
int target_by_serial(struct arena *a, const char *serial, const char **node, struct trouble *t);

/*
 * The partitions of the disk that is mounted at dir. ->known is false when dir is no mount point,
 * or its disk cannot be read; ->complete is false below LVM, LUKS, md. For "/" all disks count and
 * kernel names mean themselves (->own_names).
 */
void target_directory(const char *dir, struct arena *a, struct devices *out);

#endif
