/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * This machine's block devices as /sys shows them: which partitions a disk has, what sits on it,
 * what it sits on. Questions only; an unreadable /sys answers "none".
 *
 * Source: kernel Documentation/ABI/testing/sysfs-block, sysfs-class-bdi; man sysfs(5).
 */
#ifndef BOOTMEND_SYSFS_H
#define BOOTMEND_SYSFS_H

#include <sys/types.h>

#include "lib/arena.h"

/* The kernel's name ("vdb1") of a device number, or NULL. */
const char *sysfs_name(struct arena *a, dev_t dev);
/* "/dev/vdb1": as devtmpfs names it. */
const char *sysfs_node(struct arena *a, dev_t dev);
/* First line of a file below the device's directory, trailing white space cut; NULL: none. */
char *sysfs_attr(struct arena *a, dev_t dev, const char *file);
/* A number in such a file. */
bool sysfs_number(struct arena *a, dev_t dev, const char *file, uint64_t *out);
/* The disk a partition is on; dev itself when it is no partition. */
dev_t sysfs_disk_of(struct arena *a, dev_t dev);
/* The partition's number; 0: not a partition. */
unsigned sysfs_partition_number(struct arena *a, dev_t dev);
/* The node of the partition of disk that starts at byte start; NULL: the kernel made none. */
const char *sysfs_partition_node(struct arena *a, dev_t disk, unsigned number, uint64_t start);

struct sysfs_set {
	dev_t *dev;
	size_t n, cap;
};
bool sysfs_set_has(const struct sysfs_set *s, dev_t dev);
/* dev, its partitions, and all that sits on any of them (device mapper, md), to any depth. */
void sysfs_users(struct arena *a, dev_t dev, struct sysfs_set *out);
/* The disks below dev: itself, or the disk of its partition, or those below a mapped device. */
void sysfs_below(struct arena *a, dev_t dev, struct sysfs_set *out);
/* Every disk (no partitions) that has a size: no loop, ram, zram, optical or floppy drive. */
void sysfs_disks(struct arena *a, struct sysfs_set *out);
/* What sits directly on dev itself. */
void sysfs_holders(struct arena *a, dev_t dev, struct sysfs_set *out);
/*
 * The node of the device-mapper device with that UUID that lies on disk (directly or on others) and
 * can be read now; NULL: there is none.
 */
const char *sysfs_mapped(struct arena *a, const char *uuid, dev_t disk);
/* dev has something in holders/, or one of its partitions has. */
bool sysfs_is_held(struct arena *a, dev_t dev);
/* Serial number: the driver's, else SCSI VPD page 80, else NULL. */
const char *sysfs_serial(struct arena *a, dev_t dev);

#endif
