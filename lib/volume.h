/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One partition's file system made visible: mounted (through a read-only loop device for LOOK), or
 * an ext one read without mounting. Only view.c and what it is made of use this.
 *
 *	volume_open(), volume_root() to look into it, volume_directory() to bind it, volume_close()
 */
#ifndef BOOTMEND_VOLUME_H
#define BOOTMEND_VOLUME_H

#include "lib/disk_internal.h"
#include "lib/loop.h"
#include "lib/mounts.h"

struct volume {
	struct partition *part;
	const struct disk *disk;
	struct loop loop;
	const char *top;   /* where it is mounted (btrfs: its top level); NULL: not mounted */
	const char *plain; /* btrfs: its default subvolume; else as top */
	struct root *root; /* what is at plain, or the ext file system read without mounting */
	enum access access;
	const char *refused; /* why it is read without mounting; NULL: it is mounted */
	bool opened;
};

/* The file system is of a type that can be looked into. */
bool volume_is_possible(const struct partition *p);
/*
 * m is NULL when mounting is not allowed. On failure part->error says why. -EPERM: only root could;
 * -EOPNOTSUPP: a type this program does not look into. index makes the mount point's name.
 */
int volume_open(struct mounts *m, const struct disk *d, struct partition *p, size_t index,
		enum access access, struct arena *a, struct volume *out);
/* The path to mount or check: the kernel's own node when writing, else a loop device (v->loop). */
int volume_source(struct volume *v, enum access access, const char **out);
/* Lets go of all but the mounts, which mounts_leave() takes away first. */
void volume_close(struct volume *v);

/*
 * A descriptor (O_PATH) of what mount options of that line would show: the default subvolume, or
 * the one named by subvol= or subvolid=. -ENOENT when there is none of that name.
 */
int volume_directory(struct mounts *m, const struct volume *v, const char *options);
/* The directory of a btrfs subvolume below the top level, links not followed. */
int volume_subvolume(const struct volume *v, const char *path);
/* A descriptor to read its bytes from, and where it starts in there. */
int volume_bytes(const struct disk *d, const struct partition *p, uint64_t *start);
/* An ext file system read without mounting. */
int volume_read_ext2(const struct disk *d, const struct partition *p, struct root **out);

#endif
