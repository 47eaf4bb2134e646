/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where bytes of a disk or partition come from, for parsers that look below the file systems and
 * are tested without a disk.
 */
#ifndef BOOTMEND_READER_H
#define BOOTMEND_READER_H

#include <stddef.h>
#include <stdint.h>

struct reader {
	/* All len bytes at offset, or -errno. */
	int (*read)(void *arg, uint64_t offset, void *buf, size_t len);
	void *arg;
	uint64_t size; /* bytes there are */
};

static inline int reader_read(const struct reader *r, uint64_t offset, void *buf, size_t len)
{
	return r->read(r->arg, offset, buf, len);
}

#endif
