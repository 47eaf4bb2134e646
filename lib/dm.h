/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's device mapper, asked directly: pieces of devices joined to one, under a name that no
 * other program gives. Needs no tools and no udev.
 *
 *	dm_is_there(), dm_create(), dm_remove_when_closed() once it is open, dm_remove()
 *
 * Source: linux/dm-ioctl.h, kernel Documentation/admin-guide/device-mapper/{linear,striped}.rst.
 */
#ifndef BOOTMEND_DM_H
#define BOOTMEND_DM_H

#include <sys/types.h>

#include "lib/util.h"

/* One target of a table. */
struct dm_piece {
	uint64_t start, len; /* sectors of 512 bytes */
	const char *type;    /* "linear", "striped" */
	const char *words;   /* its parameters */
};

enum dm_mode { DM_READ, DM_WRITE };

bool dm_is_there(void);
/* -ENODEV: this kernel has no device mapper; -EPERM; -EBUSY: the name is taken. */
int dm_create(const char *name, const struct dm_piece *p, size_t n, enum dm_mode mode, dev_t *out);
/* 0 also when there is none of that name; -EBUSY while somebody has it open. Its node goes, too. */
int dm_remove(const char *name);
/* It goes by itself when the last one who has it open lets go, be it killed. Needs Linux 3.13. */
int dm_remove_when_closed(const char *name);

#endif
