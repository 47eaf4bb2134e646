/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The repair of one unmounted file system by the program of this machine that knows it: e2fsck,
 * xfs_repair, btrfs. What it overwrites is kept (lib/guard.h). It is looked at again afterwards,
 * and when it is not whole then, everything is put back as it was.
 */
#ifndef BOOTMEND_FSREPAIR_H
#define BOOTMEND_FSREPAIR_H

#include "lib/below.h"
#include "lib/journal.h"

/* What may be done to it. */
enum fsrepair_class {
	FSREPAIR_SAFE, /* only what the program calls safe: e2fsck -p */
	FSREPAIR_ASK,  /* its answer to every question is yes: e2fsck -y */
};

/*
 * p is one of b->devices; fault is what a scan found. *step tells what was done, one line.
 * -EUCLEAN: it could not be repaired and is as it was, t says why; -ENOENT: the program is not
 * installed; -ENOSYS: this kernel cannot keep what is overwritten, so nothing was done.
 */
int fsrepair_run(const struct below *b, struct partition *p, enum fs_fault fault,
		 enum fsrepair_class allowed, struct journal *j, const char **step,
		 struct trouble *t);
/* What that would run, for a dry run: "e2fsck -f -p"; NULL: nothing repairs that. */
const char *fsrepair_command(const struct partition *p, enum fsrepair_class allowed,
			     struct arena *a);

#endif
