/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * e2fsck(8) of this machine on an unmounted ext file system: replays the journal and repairs what
 * is safe to repair (-p), with an undo file for e2undo(8).
 */
#ifndef BOOTMEND_FSCK_H
#define BOOTMEND_FSCK_H

#include "lib/util.h"

#define FSCK_FIXED 1 /* bits of its exit status */
#define FSCK_REBOOT 2
#define FSCK_LEFT 4
#define FSCK_FAILED 8
#define FSCK_USAGE 16

/*
 * Its exit status, or -errno (-ENOENT: not installed here). undo: NULL for none. What it printed is
 * added to output, cut after a few thousand bytes.
 */
int fsck_ext(const char *device, const char *undo, struct bytes *output);

#endif
