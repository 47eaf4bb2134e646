/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Running checks over one root. For the commands; checks themselves only see check.h.
 *
 *	scan_init()   then scan_run() once, then read scan->findings (a list in boot order)
 */
#ifndef BOOTMEND_SCAN_H
#define BOOTMEND_SCAN_H

#include "lib/check.h"

/* Names of checks and ids of problems, each NULL-terminated or NULL. */
struct selection {
	const char *const *only; /* NULL: all */
	const char *const *skip;
};

void scan_init(struct scan *s, const struct root *root, const struct facts *facts, struct arena *a);
/* Findings of ids that are not selected are dropped; the rest are put in the order of the stages.
 */
void scan_run(struct scan *s, const struct check *const *checks, const struct selection *sel);
/* For who looks through a scan without running it: what stands outside of the arena is let go. */
void scan_end(struct scan *s);

/* A file that is there and cannot be read, whichever check asked for it. */
extern const struct problem engine_unreadable;

/* Sorts a list by stage; within a stage the order stays. */
void findings_order(struct finding **list);
/* Same problem of the same file with the same words. Lines may have moved. */
bool finding_same(const struct finding *a, const struct finding *b);

#endif
