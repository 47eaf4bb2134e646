/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From findings to changes: each proposed edit of the allowed class becomes a pair, the node before
 * and the node after.
 *
 *	plan_make()      reads the nodes before, works out the nodes after, marks clashes
 *	plan_diff()      the pairs as one unified diff that patch -p1 accepts
 *	journal_write()  (journal.h) both nodes of every change, fsynced
 *	plan_apply()     stores the nodes after, in order
 */
#ifndef BOOTMEND_PLAN_H
#define BOOTMEND_PLAN_H

#include "lib/check.h"
#include "lib/node.h"
#include "lib/trouble.h"

struct change {
	char *path;    /* in-root, links resolved; of bytes of a disk: what a person calls them */
	unsigned disk; /* 0: a path; N: bytes of TARGET number N, counted from 1, */
	uint64_t
		offset; /* from here on; both nodes are files then and only their content matters */
	struct node before, after;
	bool done;
};

struct plan {
	struct change *c; /* in the order they are applied */
	size_t n, cap;
	/* Findings whose commands are to be run when all of that is done; see lib/command.h. */
	struct finding **command;
	size_t commands, commands_cap;
	/* For changes of bytes; NULL where there are none. */
	struct disk *const *disks;
	size_t n_disks;
};

/* Which findings may be fixed. */
struct plan_policy {
	enum safety least;	/* FIX_SAFE: safe ones; FIX_ASK: all; FIX_NONE: none by class */
	const char *const *ids; /* and these, NULL-terminated; or NULL */
};

bool plan_allows(const struct plan_policy *p, const struct finding *f);
/* Something of the list is done where the file systems are mounted read-write. */
bool plan_needs_writing(const struct plan_policy *p, const struct finding *list);

/* Findings that cannot be planned get ->outcome CLASHES or FAILED with the reason. */
int plan_make(const struct root *r, struct finding *findings, const struct plan_policy *policy,
	      struct plan *out);
void plan_free(struct plan *p);
#define _cleanup_plan_ _cleanup_(plan_free)
void plan_diff(const struct plan *p, struct bytes *out);
#define FINDING_DIFFS (64u << 20)
/*
 * The diff of one finding alone, for --verbose: what its edits would do by themselves. Many
 * findings about one large file would read it as many times: each call takes the bytes it looks at
 * from *budget (FINDING_DIFFS at first), and there is no diff any more when they are used up.
 */
void finding_diff(const struct root *r, const struct finding *f, uint64_t *budget,
		  struct bytes *out);
/*
 * Stores the nodes after. Stops at the first that cannot be, which t names; those before it are
 * done and marked so. *unlabelled tells that an SELinux label could not be kept.
 */
int plan_apply(const struct root *r, struct plan *p, bool *unlabelled, struct trouble *t);
/* Adds a change; both nodes are taken over. */
struct change *plan_add(struct plan *p, const char *path, struct node *before, struct node *after);
/* A node that is new, or takes the place of another, gets the SELinux label it most likely had. */
void plan_label(const struct root *r, const char *path, const struct node *before,
		struct node *after);
/* A plan of one change, /.autorelabel: the system labels itself anew at its next boot. */
int plan_relabel(const struct root *r, struct plan *out);
/* Bytes the change needs on the patient's file system, temp file included. */
uint64_t plan_change_needs(const struct change *c);

#endif
