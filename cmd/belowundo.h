/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Taking back a run that wrote below the file systems (cmd/belowfix.h). */
#ifndef BOOTMEND_BELOWUNDO_H
#define BOOTMEND_BELOWUNDO_H

#include "cmd/session.h"

struct belowundo {
	struct journal_place place;
	const struct journal_run *run;
	/* Of those in the same place that changed files after it the latest not undone; or NULL. */
	const struct journal_run *later;
};

/*
 * The run to take back, when it is one of this kind: by its id, else the latest on this target that
 * is not undone (else the latest). dir: --journal or NULL. False: there is none.
 */
bool belowundo_find(struct arena *a, const char *dir, const char *id, const char *target,
		    struct belowundo *out);
/*
 * It only gave copies of file systems names of their own, and nobody has written to them since: it
 * may be taken back before the run of the same command that changed files. Must be, when their
 * fstab names the copy, as taking that run back would mount it.
 */
bool belowundo_is_apart(const struct belowundo *u, const char *const *targets,
			const struct layers_options *o, struct arena *a);
/* All such runs that a list would show, oldest first. */
void belowundo_list(struct arena *a, const char *target, const struct journal_run **out, size_t *n);

/* One item a partition; nothing is mounted meanwhile. */
int belowundo_run(const struct belowundo *u, const char *const *targets,
		  const struct layers_options *o, struct arena *a, struct undo_item **out,
		  size_t *n, struct trouble *t);

#endif
