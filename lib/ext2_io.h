/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A libext2fs I/O manager over a part of an open file: reads only, inside the bounds given, and
 * with a budget, so that block maps a hostile disk bends into a circle come to an end.
 *
 *	ext2_io_name() into a buffer, ext2fs_open2(name, …, ext2_io_manager(), &fs)
 *	ext2_io_budget(fs->io) before each operation
 */
#ifndef BOOTMEND_EXT2_IO_H
#define BOOTMEND_EXT2_IO_H

#include <ext2fs/ext2fs.h>

#include "lib/util.h"

#define EXT2_IO_NAME_MAX 64

io_manager ext2_io_manager(void);
/* What to give as the device's name. */
void ext2_io_name(char buf[EXT2_IO_NAME_MAX], int fd, uint64_t start, uint64_t size);
/* A new operation may read this much again. */
void ext2_io_budget(io_channel ch);

#endif
