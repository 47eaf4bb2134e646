/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A root read through libext2fs, without mounting: for users who may not mount, and where the
 * kernel should not or cannot. Further file systems are hung below with root_ext2_hang(), so "/"
 * and "/boot" of one image are seen as the broken system sees them. Read-only by construction: the
 * channel has no way to write. A journal that waits is not replayed.
 *
 *	root_open_ext2(fd, start, size, &r)	then root_ext2_hang(r, "/boot", fd, start, size)
 *	root_close(r)
 *
 * Bad checksums and structures give -EUCLEAN, failing reads -EIO: unreadable, not absent.
 * Source: libext2fs (ext2fs/ext2fs.h, ext2_io.h); path_resolution(7) for the walk.
 */
#ifndef BOOTMEND_ROOT_EXT2_H
#define BOOTMEND_ROOT_EXT2_H

#include "lib/root.h"

/* fd is duplicated. -EINVAL: no ext file system; -EOPNOTSUPP: features this library lacks. */
int root_open_ext2(int fd, uint64_t start, uint64_t size, struct root **out);
/* at is an existing directory of r (links followed); -EINVAL when r is no such root. */
int root_ext2_hang(struct root *r, const char *at, int fd, uint64_t start, uint64_t size);

#endif
