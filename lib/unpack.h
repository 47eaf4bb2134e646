/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Streaming decompression of one compressed member, as the kernel's decompressors take an
 * initramfs:
 *
 *	f = unpack_detect(head, n);		NULL: none that is known
 *	unpack_open(f, &u);
 *	while ((r = unpack_step(u, &io)) == UNPACK_MORE) …	more input, or more room
 *	unpack_close(u);
 *
 * A step never takes a byte behind the end of its member, so that what follows can be read on.
 * That is why libarchive is not used: it takes an xz or zstd member with an archive behind it for
 * damaged, does not see an archive appended to the others, cannot say where it failed, and runs
 * lzop(1) for LZO.
 *
 * Memory is bounded (UNPACK_MEMORY_MAX); an archive that asks for more is UNPACK_LIMIT, not bad.
 *
 * Sources: Linux lib/decompress.c, lib/decompress_unlz4.c, lib/decompress_unlzo.c.
 */
#ifndef BOOTMEND_UNPACK_H
#define BOOTMEND_UNPACK_H

#include "lib/util.h"

#define UNPACK_MEMORY_MAX (192u << 20)
#define UNPACK_HEAD 16u /* bytes that unpack_detect() looks at */

struct unpack_format;
struct unpack;

enum unpack_result {
	UNPACK_MORE,
	UNPACK_END,
	UNPACK_BAD,   /* no such data: damaged */
	UNPACK_LIMIT, /* it may be sound, but takes more memory than is given */
};

/* Both ends move on by what was taken and given. */
struct unpack_io {
	const unsigned char *in;
	size_t in_len;
	unsigned char *out;
	size_t out_len;
};

const struct unpack_format *unpack_detect(const unsigned char *head, size_t n);
const char *unpack_name(const struct unpack_format *f);	  /* "zstd" */
const char *unpack_config(const struct unpack_format *f); /* "CONFIG_RD_ZSTD" */
/* What a byte of output costs, a byte of gzip's being 1: for budgets. */
unsigned unpack_cost(const struct unpack_format *f);
/* Its end can be told from a cut at an unlucky place. */
bool unpack_has_end(const struct unpack_format *f);

int unpack_open(const struct unpack_format *f, struct unpack **out); /* -ENOMEM */
enum unpack_result unpack_step(struct unpack *u, struct unpack_io *io);
void unpack_close(struct unpack *u); /* NULL is fine */

#endif
