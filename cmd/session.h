/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TARGETs opened: the root behind one handle, the devices, the facts. A disk is seen through
 * lib/disk.h, a directory as it is.
 *
 *	session_open()   then scan, plan, change through ->root; then session_close()
 *
 * A session for LOOK ends the program after ten minutes of processor time: see lib/cputime.h. Who
 * changes a directory in one calls cputime_stop(&s->limit) first.
 */
#ifndef BOOTMEND_SESSION_H
#define BOOTMEND_SESSION_H

#include "lib/cputime.h"
#include "lib/disk.h"
#include "lib/facts.h"
#include "lib/journal.h"
#include "lib/layers.h"

struct session_options {
	const char *const *targets; /* NULL-terminated; not empty unless serial is given */
	const char *serial;	    /* --serial */
	const char *devices_file;   /* --devices */
	int root_part;		    /* -1: find it */
	bool force;
	bool logs;    /* a directory need hold no more than a saved /var/log */
	bool examine; /* ask the checking programs of the file systems before mounting */
	struct wishes wishes;
	struct layers_options layers;
};

struct session {
	struct arena *arena;
	const char *const *targets; /* as opened: auto and --serial replaced by the device */
	struct devices devices;
	struct facts facts;
	const struct root *root;
	struct disk **disks; /* the TARGETs, and what was opened in them */
	size_t n_disks, n_targets;
	struct layers *layers;
	struct view *view;
	struct root *directory; /* for a directory target */
	const char *const *steps;
	const char *below_run; /* what the same command repaired below the file systems; or NULL */
	struct cputime limit;
};

/*
 * 0, or -errno with the reason in t: -ENOTUNIQ several systems, see session_candidates(). The
 * session must be closed in any case.
 */
int session_open(const struct session_options *o, enum access access, struct session *s,
		 struct trouble *t);
const struct candidate *session_candidates(const struct session *s, size_t *n);
int session_close(struct session *s, struct trouble *t);

/* Where the journal of this root is: dir from --journal or NULL. */
struct journal_place session_journal(const struct session *s, const char *dir);

#endif
