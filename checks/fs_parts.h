/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the fs check share; for checks/fs*.c only. */
#ifndef BOOTMEND_CHECKS_FS_PARTS_H
#define BOOTMEND_CHECKS_FS_PARTS_H

#include "checks/checks.h"

extern const struct problem fs_journal, fs_unexamined, fs_errors, fs_superblock, fs_xfs_log,
	fs_xfs_errors, fs_btrfs_errors, fs_cut, fs_loader_cannot_read;
extern const struct problem *const fs_problems[];

/* GRUB against the file systems that hold its menu and the kernels. */
void fs_judge_loader(struct scan *s); /* fs_loader.c */

#endif
