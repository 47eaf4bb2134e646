/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files and directories of the helper itself, never the patient's: what root.h and node.h do for
 * the foreign root is not done here.
 */
#ifndef BOOTMEND_IO_H
#define BOOTMEND_IO_H

#include <sys/types.h>

#include "lib/util.h"

/* 0 or -errno; all of it is written or an error is said. */
int io_write_all(int fd, const void *data, size_t len);
/* All len bytes at offset; -EIO: they are not all there. */
int io_read_at(int fd, uint64_t offset, void *buf, size_t len);
/*
 * A descriptor of path, the node of a driver (character device major:minor). Where nobody made the
 * node, as in a rescue system without udev, its number is opened, which makes the kernel load the
 * driver. -ENODEV: this kernel has none.
 */
int io_open_driver(const char *path, unsigned major, unsigned minor);
/* The directories above path, in the order they are needed; those that are there stay. */
int io_make_parents(const char *path, mode_t mode);
/* dir and all below; links are removed, not followed. What cannot be removed stays. */
void io_remove_tree(const char *dir);

#endif
