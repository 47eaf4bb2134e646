/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A format behind lib/unpack.h; for lib/unpack*.c only. */
#ifndef BOOTMEND_UNPACK_PARTS_H
#define BOOTMEND_UNPACK_PARTS_H

#include "lib/unpack.h"

struct unpack_format {
	const char *name, *config;
	const char *magic;
	size_t len;
	unsigned cost;
	bool endless;	      /* nothing in it says that it is whole */
	void *(*begin)(void); /* NULL: no memory */
	enum unpack_result (*step)(void *self, struct unpack_io *io);
	void (*end)(void *self);
};

extern const struct unpack_format unpack_lz4, unpack_lzo;

/* Moves up to want bytes of the input behind have; what is still missing of want. */
size_t unpack_collect(struct unpack_io *io, unsigned char *have, size_t *got, size_t want);
/* Moves what there is room for of block's [*at, len) to the output; true: all of it is out. */
bool unpack_emit(struct unpack_io *io, const unsigned char *block, size_t *at, size_t len);

#endif
