/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The problems of log.c and log_oom.c, which log_problems.c describes. */
#ifndef BOOTMEND_CHECKS_LOG_PARTS_H
#define BOOTMEND_CHECKS_LOG_PARTS_H

#include "checks/checks.h"
#include "lib/oomfiles.h"

extern const struct problem log_last_boot, log_panic, log_emergency, log_kernel, log_fs_error,
	log_disk_error, log_conntrack_full, log_limits, log_oom, log_oom_repeated, log_unread;
extern const struct problem *const log_problems[];

/* What the OOM killer did; newest: microseconds since 1970 of the last line of all, or 0. */
void log_oom_run(struct scan *s, const struct oom_files *files, int64_t newest);

#endif
