/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Repairs below the file systems, before anything is mounted: each its own entry in a run of its
 * own, whose backup lies on this machine (--journal, else BELOWFIX_DIR), as writing it to the
 * patient would change what was just repaired.
 */
#ifndef BOOTMEND_BELOWFIX_H
#define BOOTMEND_BELOWFIX_H

#include "cmd/scan_job.h"

#define BELOWFIX_DIR "/var/tmp/bootmend"

struct belowfix {
	const char *const *steps;  /* what was done, NULL-terminated; or NULL */
	const char *run, *journal; /* of the backup; NULL: nothing was changed */
	const char *trouble;	   /* why they could not be tried; NULL: they were */
	size_t failed;
	const struct finding *findings; /* with their outcomes */
};

/* Some finding of the list is repaired below and may be. */
bool belowfix_wanted(const struct plan_policy *policy, const struct finding *f);
/*
 * Does them all and sets each finding's outcome. targets as the session had them, which must be
 * closed. -errno and t: the disks could not be had.
 */
int belowfix_run(const struct scan_job *j, const char *const *targets, const char *identity,
		 struct finding *findings, struct belowfix *out, struct trouble *t);
/* Adds what was done to a report whose findings are now those of a later look. */
void belowfix_report(const struct scan_job *j, const struct belowfix *b, const struct finding *now,
		     struct report *r);
/* What it would do, a line each, NULL-terminated; NULL: nothing. */
const char *const *belowfix_plan(const struct scan_job *j, const struct finding *findings);

/* Where such backups are: dir from --journal or NULL. */
struct journal_place belowfix_place(struct arena *a, const char *dir, const char *target,
				    const char *identity);

#endif
