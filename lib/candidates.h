/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The installed systems among the opened volumes: one for a plain file system, and of a btrfs the
 * subvolume that boots, found by the command line, the fstab, the default and the usual names. The
 * same system seen again in a snapshot counts once.
 */
#ifndef BOOTMEND_CANDIDATES_H
#define BOOTMEND_CANDIDATES_H

#include "lib/rootfind.h"
#include "lib/volume.h"

struct system {
	const struct volume *volume;
	const char *subvol; /* path below the top level; NULL: what the plain mount shows */
	struct rootfind found;
	int rank; /* of several subvolumes: how surely this is the one that boots */
};

struct systems {
	struct system *s;
	size_t n, cap;
};

/*
 * Looks into every volume; parts get their role by content. What a command line in one of them says
 * of the root's subvolume counts for all.
 */
void candidates_find(struct mounts *m, struct volume *v, size_t n, const struct devices *d,
		     struct arena *a, struct systems *out);

#endif
