/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The problems of disk.c, which disk_problems.c describes. */
#ifndef BOOTMEND_CHECKS_DISK_PARTS_H
#define BOOTMEND_CHECKS_DISK_PARTS_H

#include "checks/checks.h"

extern const struct problem disk_several_roots, disk_unread, disk_hibernated, disk_duplicate_uuid,
	disk_gpt_backup;
extern const struct problem *const disk_problems[];

#endif
