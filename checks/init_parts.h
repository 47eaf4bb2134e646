/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the init check share; for checks/init*.c only. */
#ifndef BOOTMEND_CHECKS_INIT_PARTS_H
#define BOOTMEND_CHECKS_INIT_PARTS_H

#include "lib/check.h"

/* init_target.c: what PID 1 is told to bring up. */
extern const struct problem init_default_target;
void init_check_target(struct scan *s);

/* init_programs.c: what inittab and upstart's jobs start. */
extern const struct problem init_program;
void init_check_programs(struct scan *s);

#endif
