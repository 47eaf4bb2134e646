/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was overwritten below the file systems, sector by sector: every range with its bytes before
 * and after, on the disk of the helper before the write itself goes out. Taken back bit by bit as
 * long as nobody else wrote there since.
 *
 *	rawlog_open(fd)		 a new file, or one of an earlier run
 *	rawlog_add()		 before each write; rawlog_undo() takes all back
 *	rawlog_close()
 *
 * Offsets are bytes from the start of what is repaired (a partition or a disk). A last entry that
 * was not finished is no entry: its write never went out. int functions return 0 or -errno.
 */
#ifndef BOOTMEND_RAWLOG_H
#define BOOTMEND_RAWLOG_H

#include "lib/util.h"

#define RAWLOG_SECTOR 512u

struct rawlog;

/* fd of a file that is open for reading, and for writing when something will be added. */
int rawlog_open(int fd, struct rawlog **out);
void rawlog_close(struct rawlog *l); /* NULL is fine; the fd stays open */
/* How much it holds; 0: nothing was written. */
uint64_t rawlog_bytes(const struct rawlog *l);

/*
 * At `at` of device the bytes of data are going to be written: what stands there is kept first, and
 * is safe from a power cut when this returns 0. Whole sectors around it are kept.
 */
int rawlog_add(struct rawlog *l, int device, uint64_t at, const void *data, size_t n);
/* The same, and the write. */
int rawlog_write(struct rawlog *l, int device, uint64_t at, const void *data, size_t n);

enum rawlog_state {
	RAWLOG_AFTER,  /* every sector is as one of the writes left it */
	RAWLOG_BEFORE, /* every sector is as before */
	RAWLOG_OTHER,  /* somebody else wrote to one of them */
};
int rawlog_compare(struct rawlog *l, int device, enum rawlog_state *out);
/* Puts everything back and syncs. -ESTALE and nothing changed when rawlog_compare() says OTHER. */
int rawlog_undo(struct rawlog *l, int device);

#endif
