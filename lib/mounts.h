/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mounting where nobody else sees it: a private mount namespace with a tmpfs for the mount points,
 * so that everything is gone with the process, however it ends.
 *
 *	mounts_enter() once a view; mounts_mount(), mounts_bind(); mounts_leave() takes all back
 *
 * Only types of a short list, always given by name; always nosuid,nodev,noexec; what the kernel
 * made of it is read back. Source of the options: mount(8), ext4(5), xfs(5), btrfs(5), kernel
 * Documentation/filesystems.
 */
#ifndef BOOTMEND_MOUNTS_H
#define BOOTMEND_MOUNTS_H

#include "lib/disk.h"

struct mounts {
	char *base;  /* the tmpfs */
	char **path; /* what was mounted, in order */
	size_t n, cap;
};

/* -EPERM: not allowed to. */
int mounts_enter(struct mounts *m, struct trouble *t);
/* Mounts of this process's namespace are not seen by any other from now on; also in a chroot. */
int mounts_make_private(void);
/* The type may be mounted at all. */
bool mounts_knows(const char *type);
/*
 * source at base/name, which is made. extra: options added ("subvolid=5") or NULL. *at is the path,
 * owned by m. -ENODEV: the kernel has no driver for the type. why gets one line for each failure.
 */
int mounts_mount(struct mounts *m, const char *source, const char *name, const char *type,
		 enum access access, const char *extra, const char **at, struct trouble *why);
/* The directory behind fd from also stands where fd to is (both O_PATH), with the flags of its
 * mount. */
int mounts_bind(struct mounts *m, int from, int to);
/* syncfs of every writable mount; 0 or the first error. */
int mounts_sync(const struct mounts *m);
/* Unmounts all, last first; 0 or the first error. The tmpfs goes too. */
int mounts_leave(struct mounts *m);

/* Mounts of a process's /proc/PID/mountinfo, for who asks what is in use. */
struct mount_entry {
	dev_t dev;
	const char *root, *target, *type, *source;
	bool writes;	/* the mount and the file system below are both read-write */
	bool fs_writes; /* the file system below is */
};
int mounts_list(struct arena *a, struct mount_entry **out, size_t *n);
/* Devices in /proc/swaps, as the kernel names them. */
int mounts_swaps(struct arena *a, const char ***out, size_t *n);

#endif
