/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A TARGET that is a block device or a raw image: opening it, its partitions, and seeing them
 * without touching a byte.
 *
 *	disk_open()        read-only; refuses other image formats (-EMEDIUMTYPE) and says how
 *	disk_partitions()  libblkid on the device or file itself
 *	view_open()        private mount namespace, the root and what its fstab names mounted
 *	view_root()        the handle checks read through
 *	view_close()       everything unmounted and detached (also happens by itself if we die)
 */
#ifndef BOOTMEND_DISK_H
#define BOOTMEND_DISK_H

#include "lib/arena.h"
#include "lib/devices.h"
#include "lib/root.h"
#include "lib/trouble.h"

struct disk;

int disk_open(const char *path, struct disk **out, struct trouble *t);
void disk_close(struct disk *d); /* NULL is fine */
bool disk_is_block(const struct disk *d);
uint64_t disk_size(const struct disk *d);
struct gpt;
/* Its GUID partition table (lib/gpt.h); -ENODATA: it has none. */
int disk_gpt(const struct disk *d, struct gpt *out);
/* All len bytes at offset, without changing any; -ERANGE: they are not all there. */
int disk_read(const struct disk *d, uint64_t offset, void *buf, size_t len);

/* All partitions of these disks (in the order given), roles guessed from types, nothing mounted. */
int disk_partitions(struct disk *const *disks, size_t n, struct arena *a, struct devices *out,
		    struct trouble *t);

enum access { LOOK, CHANGE };

/*
 * Not mounted read-write, not the helper's root, not swap in use; for CHANGE not mounted at all: a
 * live system's own disk lies below an overlay and looks like this. -EBUSY and the reason
 * otherwise.
 */
int disk_is_free(const struct disk *d, enum access access, struct trouble *t);

/* A root that may be chosen. */
struct candidate {
	const struct partition *part;
	const char *subvol;   /* btrfs: path of the subvolume; NULL: the default one */
	int score;	      /* evidence found; see lib/rootfind.h */
	const char *what;     /* "Debian GNU/Linux 12 (bookworm)" or what was recognised */
	const char *evidence; /* "os-release, passwd, dpkg, modules, init": what spoke for it */
};

struct view;

struct view_options {
	enum access access;
	int root_part; /* --root-part N; -1: find it */
	bool force;
	bool examine; /* CHANGE: what the checking program finds damaged is not mounted */
};

/*
 * Finds the root and mounts it with all its fstab names on these disks. devices gets roles,
 * ->mounted, ->error and ->dirty filled in. -ENODEV: no root found; -ENOTUNIQ: several, see
 * view_candidates(); -EPERM: cannot mount and cannot read without mounting either; -EBUSY: in use.
 * *out is set in all these cases and must be closed. CHANGE first replays or checks the file
 * systems it needs (e2fsck -p with an undo file). LOOK reads ext file systems itself where it may
 * not mount.
 */
int view_open(struct disk *const *disks, size_t n, struct devices *devices,
	      const struct view_options *o, struct arena *a, struct view **out, struct trouble *t);
const struct root *view_root(const struct view *v);
const struct candidate *view_candidates(const struct view *v, size_t *n);
/* A journal or log below the root was not replayed: the view may be stale. */
bool view_is_stale(const struct view *v);
/* One line a step that was done to the file systems before mounting (CHANGE), NULL-terminated. */
const char *const *view_steps(const struct view *v);
/* Undo files of e2fsck to keep with the journal: paths on the helper, NULL-terminated. */
const char *const *view_undo_files(const struct view *v);
/* They are kept elsewhere now: removes them. Without this call they stay where they are. */
void view_undo_kept(struct view *v);
/* sync, unmount, detach; 0 or the first error (a fix is only done when this says 0). */
int view_close(struct view *v, struct trouble *t);

#endif
