/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The problems of fs.c, which fs_problems.c describes. */
#ifndef BOOTMEND_CHECKS_FS_PARTS_H
#define BOOTMEND_CHECKS_FS_PARTS_H

#include "checks/checks.h"

extern const struct problem fs_journal, fs_errors, fs_superblock, fs_xfs_log, fs_xfs_errors,
	fs_btrfs_errors, fs_cut;
extern const struct problem *const fs_problems[];

#endif
