/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The foreign root behind one handle. Every path is taken as the broken system would take it and
 * cannot leave the root: absolute links, "..", link chains and magic links of the patient stay
 * inside.
 *
 *	root_open_dir() or root_open_ext2()    then any of the reading calls, then root_close()
 *
 * Paths are absolute as the patient writes them ("/etc/fstab"); a missing leading slash is allowed.
 * int functions return 0 or -errno; out-parameters are untouched on failure. "Absent" (-ENOENT,
 * -ENOTDIR) and "unreadable" (all else) are different answers: see root_is_absent().
 */
#ifndef BOOTMEND_ROOT_H
#define BOOTMEND_ROOT_H

#include <sys/stat.h>
#include <sys/statvfs.h>

#include "lib/util.h"

struct root;

#define ROOT_TEXT_MAX (8u << 20) /* bytes a configuration file may have before it is refused */

/* A mounted directory. Uses openat2(2), or a by-name walk with the same answers where it is denied.
 */
int root_open_dir(const char *dir, struct root **out);
/* The same, from a directory fd; the fd is taken over. */
int root_open_fd(int fd, struct root **out);
void root_close(struct root *r); /* NULL is fine */
void cleanup_root(struct root **r);
#define _cleanup_root_ _cleanup_(cleanup_root)

bool root_is_absent(int err);		     /* err is -ENOENT or -ENOTDIR */
bool root_is_writable(const struct root *r); /* the back end can write at all (not: has room) */

int root_lstat(const struct root *r, const char *path,
	       struct stat *st);					/* last link not followed */
int root_stat(const struct root *r, const char *path, struct stat *st); /* last link followed */
bool root_exists(const struct root *r, const char *path);		/* root_stat says 0 */
bool root_is_file(const struct root *r, const char *path); /* a regular file, links followed */
bool root_is_dir(const struct root *r, const char *path);
/* A regular file with some x bit, links followed. */
bool root_is_program(const struct root *r, const char *path);

/* Whole regular file; -EFBIG over max, -EINVAL when not a regular file. Free with bytes_free(). */
int root_read(const struct root *r, const char *path, size_t max, struct bytes *out);
/* Up to len bytes from offset; *got may be short at the end of the file. */
int root_pread(const struct root *r, const char *path, uint64_t offset, void *buf, size_t len,
	       size_t *got);
int root_readlink(const struct root *r, const char *path, char **target); /* free() it */

struct root_entry {
	const char *name;
	unsigned char type; /* DT_REG, DT_LNK, DT_DIR, …; DT_UNKNOWN is never given */
};
/*
 * Entries in byte order of their names, without . and ..; at most 1,000,000. The callback ends it
 * by anything but 0.
 */
int root_list(const struct root *r, const char *dir,
	      int (*each)(void *arg, const struct root_entry *e), void *arg);

/* In-root path with every link followed, also when the last part does not exist. free() it. */
int root_resolve(const struct root *r, const char *path, char **out);

int root_statvfs(const struct root *r, const char *path, struct statvfs *out);

/* Extended attribute of the node itself (links not followed). -ENODATA when it has none. */
int root_getxattr(const struct root *r, const char *path, const char *name, struct bytes *out);
/*
 * Inode flags of a file or directory, links followed (ioctl_iflags(2): FS_IMMUTABLE_FL, …); -ENOTTY
 * or -EOPNOTSUPP where the file system has none, -EINVAL for other nodes.
 */
int root_getflags(const struct root *r, const char *path, unsigned *out);
/* Names, each ended by NUL, one after the other. */
int root_listxattr(const struct root *r, const char *path, struct bytes *out);

/*
 * For node.c, journal.c and depmod.c only: an O_PATH directory fd of the parent of path (links in
 * the parent followed, confined) and the last part's name (points into path). -EROFS when not a
 * mounted directory.
 */
int root_parent(const struct root *r, const char *path, int *dirfd, const char **name);

#endif
