/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What repair.c and repair_command.c share. */
#ifndef BOOTMEND_REPAIR_PARTS_H
#define BOOTMEND_REPAIR_PARTS_H

#include "cmd/repair.h"

/* repair.c */
int repair_journal(struct session *s, const char *dir, struct repair *out, struct trouble *t);
int repair_carry_out(struct session *s, struct plan *p, const char *dir, struct repair *out,
		     bool *unlabelled, struct trouble *t);

/*
 * repair_command.c: programs of the patient, each run once in a repair, and when nothing else is
 * left to change: what they see is then repaired already.
 */
struct tried_one {
	struct bytes what; /* the commands, as command_describe() tells them */
	const char *id;	   /* of the problem */
	char *why;	   /* that it failed; NULL: it did not */
};

struct tried {
	struct tried_one *one;
	size_t n, cap;
};

void cleanup_tried(struct tried *t);
#define _cleanup_tried_ _cleanup_(cleanup_tried)

/* The plan has one that was not run yet. */
bool repair_has_command(const struct plan *p, const struct tried *tried);
/* Runs those. That one fails is no error: it is remembered for repair_tell_tried(). */
int repair_commands(struct session *s, const struct plan *p, struct tried *tried, const char *dir,
		    struct repair *out, bool *unlabelled, struct trouble *t);
/* Findings whose commands failed are FAILED, with the reason. */
void repair_tell_tried(const struct tried *tried, struct arena *a, struct finding *findings);

#endif
