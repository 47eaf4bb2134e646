/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The repair of one opened root: scan, plan, journal, apply, and again until nothing more is
 * proposed. What it could not do is told by each finding's outcome.
 */
#ifndef BOOTMEND_REPAIR_H
#define BOOTMEND_REPAIR_H

#include "cmd/session.h"
#include "lib/scan.h"

/* Findings whose removed files would have to lie on the patient are left, and say so. */
void repair_hold_back(struct finding *list, const struct plan_policy *policy,
		      const char *journal_dir);

struct repair {
	struct finding *findings; /* fixed and left, in the order of the stages */
	struct journal *journal;  /* NULL: nothing had to be changed */
	size_t changes;
};

/*
 * before: findings of a scan that came first (of a read-only view), or NULL; those that are gone
 * when the last scan is done count as fixed, but what only an unreplayed journal hid is dropped.
 */
int repair_run(struct session *s, const struct selection *sel, const struct plan_policy *policy,
	       const char *journal_dir, struct finding *before, struct repair *out,
	       struct trouble *t);

#endif
