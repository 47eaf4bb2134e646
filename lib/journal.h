/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The backup of a run, written and fsynced before the first change, and what undo reads. A
 * directory a person can use without this program:
 *
 *	DIR/<run>/manifest.json	 every change: path, both nodes' metadata, where their bytes are
 *	DIR/<run>/N.before N.after  the bytes
 *	DIR/<run>/plan.diff	 the diff
 *
 * DIR is <root>/var/lib/bootmend, or what --journal says (on the helper).
 *
 *	journal_open(), then per pass journal_add(plan) and apply, then journal_close()
 *	journal_runs(), journal_undo()		to take a run back
 */
#ifndef BOOTMEND_JOURNAL_H
#define BOOTMEND_JOURNAL_H

#include "lib/plan.h"

#define JOURNAL_DIR "/var/lib/bootmend" /* in the root */

struct journal;

/* Where journals are: inside the root (dir NULL) or in a directory of the helper. */
struct journal_place {
	const struct root *root;
	const char *dir;
	const char *identity; /* what tells this root from others (its UUID); NULL unknown. In a
			       * shared DIR only runs of the same identity are seen. */
	const char *target;   /* as a person named it; NULL unknown. In a shared DIR undo takes back
			       * a run on another target only when asked for it by its id. */
	const char *with;     /* the run that the same command made elsewhere; NULL: none */
	struct disk *const *disks; /* the TARGETs, for undo of bytes below file systems */
	size_t n_disks;
};

/* A new run. -ENOSPC and -EROFS come with a line that says to pass --journal. */
int journal_open(const struct journal_place *at, const char *target, struct journal **out,
		 struct trouble *t);
const char *journal_run(const struct journal *j);  /* the run's id */
const char *journal_path(const struct journal *j); /* where a person finds it */
/* Bytes that journal_add() will need. */
uint64_t journal_needs(const struct plan *p);
/* Records every change of the plan; all is on the disk when it returns 0. May be called again. */
int journal_add(struct journal *j, const struct plan *p, struct trouble *t);
/* These bytes are kept with the run under name. */
int journal_keep_bytes(struct journal *j, const char *name, const struct bytes *b,
		       struct trouble *t);
/* A file of the helper (an e2fsck undo file) is kept with the run under name. */
int journal_keep(struct journal *j, const char *file, const char *name, struct trouble *t);
/*
 * What is overwritten below the file systems (lib/rawlog.h): a new, empty log in the run's
 * directory, named in the manifest before the first write. *fd is the caller's.
 */
struct journal_raw {
	const char *what;   /* the program that writes: "e2fsck -f -p" */
	const char *device; /* for a person: "partition 1 (ext4, 640 MiB)" */
	unsigned disk;	    /* which TARGET, from 0; where in it, in bytes: */
	uint64_t start, size;
	const char *file; /* the log's name; set by journal_raw_begin() */
};
int journal_raw_begin(struct journal *j, struct arena *a, struct journal_raw *r, int *fd,
		      struct trouble *t);
/* It was taken back at once, or wrote nothing: forgets it. */
void journal_raw_cancel(struct journal *j, const struct journal_raw *r);
void journal_close(struct journal *j); /* NULL is fine */

/* Closes a run that changed nothing and removes it: no empty backup stays behind. */
void journal_discard(struct journal *j);

struct journal_run {
	const char *id;	    /* sorts by time, also among the runs of several places */
	const char *target; /* what was repaired */
	const char *when;   /* RFC 3339, UTC */
	const char *with;   /* see struct journal_place */
	size_t changes;
	bool undone;
	const char *const *kept;       /* names of the files kept with it, NULL-terminated */
	const struct journal_raw *raw; /* what it wrote below the file systems, in order */
	size_t n_raw;
};
int journal_runs(const struct journal_place *at, struct arena *a, struct journal_run **out,
		 size_t *n, struct trouble *t); /* oldest first */

enum undo_result { UNDO_RESTORED, UNDO_ALREADY, UNDO_REFUSED, UNDO_FAILED };
struct undo_item {
	const char *path;
	enum undo_result result;
	const char *why; /* for REFUSED and FAILED */
};
/*
 * In reverse order, per path: now == before: nothing; now == after, or on the way there when the
 * run was killed: restore; else refuse. run NULL: the latest that is not undone, else the latest;
 * *which says which it was. -ENOENT: no such run.
 */
int journal_undo(const struct journal_place *at, const char *run, struct arena *a,
		 const char **which, struct undo_item **out, size_t *n, struct trouble *t);

/* The log of what a run wrote below the file systems, for reading. -errno. */
int journal_raw_open(const struct journal_place *at, const char *run, const char *file);
/* The run was taken back: the next undo chooses another. */
int journal_set_undone(const struct journal_place *at, const char *run);

#endif
