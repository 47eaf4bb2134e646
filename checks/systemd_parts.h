/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the systemd check share; for checks/systemd*.c only. */
#ifndef BOOTMEND_CHECKS_SYSTEMD_PARTS_H
#define BOOTMEND_CHECKS_SYSTEMD_PARTS_H

#include "lib/check.h"
#include "lib/unitfile.h"

/* systemd_problems.c */
extern const struct problem systemd_masked, systemd_program, systemd_limits, systemd_ordering_cycle;
extern const struct problem *const systemd_problems[];

void systemd_check_programs(struct scan *s); /* systemd_program.c */
void systemd_check_limits(struct scan *s);   /* systemd_limits.c */
void systemd_check_cycles(struct scan *s);   /* systemd_cycle.c */

#endif
