/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What view.c, view_below.c and view_prepare.c share. Nothing else includes this. */
#ifndef BOOTMEND_VIEW_INTERNAL_H
#define BOOTMEND_VIEW_INTERNAL_H

#include "lib/candidates.h"
#include "lib/lines.h"
#include "lib/volume.h"

struct view {
	struct view_options o;
	struct disk *const *disks;
	size_t n_disks;
	struct devices *d;
	struct arena *a;
	enum access access; /* of what is mounted now: LOOK while a CHANGE gets its bearings */
	struct mounts m;
	bool can_mount;
	struct volume *v; /* one for each partition of d */
	struct systems systems;
	struct candidate *c;
	size_t n_c;
	struct root *root;
	bool unmounted; /* the root is read through libext2fs */
	struct lines steps, undo;
	char *scratch; /* directory of the undo files */
};

struct mounts *view_mounts(struct view *v); /* NULL: mounting is not allowed */
/* Its volume, opened now when it was not; NULL: it cannot be, see ->error. */
struct volume *view_volume(struct view *v, const struct partition *p);
struct partition *view_partition(struct view *v, const struct partition *p);

/* view_below.c: mounts what the root's fstab names, then what content tells. */
void view_below(struct view *v);

/* view_crypt.c: names of opened LUKS volumes, from the root's crypttab. */
void view_crypt_names(struct view *v);

/* view_prepare.c: makes a partition fit to be mounted read-write. */
int view_prepare(struct view *v, struct partition *p, struct trouble *t);

#endif
