/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A change of bytes of a disk below its file systems (boot sector, embedding gap): what
 * node_read() and node_store() are for paths. Both nodes of such a change are files of which only
 * the content matters. For plan.c, command.c and journal_undo.c.
 *
 * 0 or -errno; -ENODEV: that TARGET is not among the disks.
 */
#ifndef BOOTMEND_BYTECHANGE_H
#define BOOTMEND_BYTECHANGE_H

#include "lib/disk.h"
#include "lib/plan.h"

#define BYTECHANGE_MAX (64u << 20)

int bytechange_read(struct disk *const *disks, size_t n_disks, const struct change *c, size_t len,
		    struct node *out);
/* Written and on the disk when it returns 0. Not one step: sector by sector it is the old or new.
 */
int bytechange_store(struct disk *const *disks, size_t n_disks, const struct change *c,
		     const struct node *n);
/* Each sector of now is as in a or as in b: what a killed bytechange_store() leaves. */
bool bytechange_is_between(const struct bytes *now, const struct bytes *a, const struct bytes *b);

#endif
