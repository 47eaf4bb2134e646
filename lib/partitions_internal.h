/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files that make the list of partitions share. Nothing else includes this. */
#ifndef BOOTMEND_PARTITIONS_INTERNAL_H
#define BOOTMEND_PARTITIONS_INTERNAL_H

#include "lib/disk_internal.h"

#define PARTITIONS_MAX 512

struct probing {
	struct disk *const *disks;
	size_t n_disks;
	const struct disk *disk; /* at hand */
	unsigned index;		 /* of it */
	int last_layer;		 /* the number of the last partition that lies in another one */
	struct arena *a;
	struct devices *out;
	size_t cap, wishes_cap;
	struct layer_wish *wish;
	struct volume_names *group;
	size_t groups_cap;
};

/* What it holds, and its role; start and size are set. */
void partitions_fill(struct probing *s, struct partition *p);
void partitions_add(struct probing *s, const struct partition *p);

/* partitions_lvm.c: the logical volumes of the physical ones found so far. */
void partitions_add_lvm(struct probing *s);

#endif
