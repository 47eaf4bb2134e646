/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the disk check share; for checks/disk*.c only. */
#ifndef BOOTMEND_CHECKS_DISK_PARTS_H
#define BOOTMEND_CHECKS_DISK_PARTS_H

#include "checks/checks.h"

extern const struct problem disk_several_roots, disk_unread, disk_hibernated, disk_duplicate_uuid,
	disk_gpt_backup;
extern const struct problem *const disk_problems[];

/* disk_twins.c */
void disk_judge_twins(struct scan *s);
void disk_judge_helper(struct scan *s);

#endif
