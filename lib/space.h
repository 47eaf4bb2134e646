/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Room on the patient's file systems: how full one is, what takes the most of it, and what could be
 * given up without loss. Reads names and sizes only, never crosses into another file system, and
 * stops after SPACE_ENTRIES entries.
 *
 *	space_measure()  as statvfs(3) tells, mounted or not
 *	space_look()	 only worth its time when that is little
 *
 * Sizes are bytes on the disk (blocks), not lengths. Source: hier(7), apt-get(8) clean, dnf(8),
 * zypper(8), pacman(8), logrotate(8) (names of rotated logs), systemd-journald(8) (archived
 * journals have an '@' in their names), systemd-coredump(8); Linux fs/xfs (xfs_default_resblks,
 * xfs_refcountbt_calc_reserves, xfs_finobt_calc_reserves).
 */
#ifndef BOOTMEND_SPACE_H
#define BOOTMEND_SPACE_H

#include "lib/arena.h"
#include "lib/root.h"

#define SPACE_ENTRIES 400000u
#define SPACE_DEPTH 40u

enum space_room {
	SPACE_ENOUGH,
	SPACE_LOW,  /* nothing left for users, or hardly anything */
	SPACE_NONE, /* nothing left for root either */
};

struct space {
	uint64_t size, free, reserved; /* bytes; free is root's, reserved the part only root gets */
	uint64_t inodes, inodes_free;  /* 0 and 0: the file system makes them as it needs them */
	enum space_room blocks, inode_room;
};

#define SPACE_XFS_REFLINK 0x4u /* of features: extents may be shared */

/* What the file system is; features is xfs's word of those that keep from writing, 0 for others. */
struct space_fs {
	const char *type;
	uint32_t features;
};
/* That word of a superblock, from its first SPACE_XFS_SUPER bytes; 0: none. */
#define SPACE_XFS_SUPER 512u
uint32_t space_xfs_features(const unsigned char *super);

/* -errno: not known. */
int space_measure(const struct root *r, const char *dir, const struct space_fs *fs,
		  struct space *out);

struct space_item {
	const char *path;
	uint64_t bytes, inodes;
};

enum space_kind {
	SPACE_FETCHED, /* a package cache: can be fetched again */
	SPACE_LOG,     /* a rotated log older than the newest one, an archived journal */
	SPACE_DUMP,    /* what a crash left */
};

/* A file that could go. */
struct space_spare {
	const char *path;
	uint64_t bytes;
	enum space_kind kind;
};

struct space_report {
	struct space_item
		*top; /* the largest first; a directory only when no part of it explains it */
	size_t n_top;
	struct space_spare *spare; /* by kind, then by path */
	size_t n_spare;
	bool all; /* false: there was more than could be looked at */
};

/* What the file system mounted at dir holds. by_inodes: the top are those with the most files. */
enum space_order { SPACE_BY_BYTES, SPACE_BY_INODES };
void space_look(const struct root *r, const char *dir, enum space_order order, struct arena *a,
		struct space_report *out);

#endif
