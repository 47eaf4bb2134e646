/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The old LZ4 frame, the only one the kernel knows: a magic number, then blocks of a length (32
 * bits, little endian) and so many bytes, each of which unpacks to 8 MiB at most. A length of 0
 * ends it, and so does the end of the file; a second magic number between blocks is passed over.
 */
#include <lz4.h>

#include "lib/unpack_parts.h"

#define BLOCK (8u << 20)
#define MAGIC 0x184c2102u

enum lz4_state { LZ4_LENGTH, LZ4_BLOCK, LZ4_OUT };

struct lz4 {
	enum lz4_state state;
	unsigned char word[4];
	size_t words, got, want; /* bytes of word and of in */
	size_t at, len;		 /* of out */
	unsigned char *in, *out;
};

static void *lz4_begin(void)
{
	struct lz4 *z = xcalloc(1, sizeof(*z));

	z->in = xmalloc(LZ4_COMPRESSBOUND(BLOCK));
	z->out = xmalloc(BLOCK);
	return z;
}

static enum unpack_result take_length(struct lz4 *z)
{
	uint32_t v = (uint32_t)z->word[0] | (uint32_t)z->word[1] << 8 | (uint32_t)z->word[2] << 16 |
		     (uint32_t)z->word[3] << 24;

	z->words = 0;
	if (v == 0)
		return UNPACK_END;
	if (v == MAGIC)
		return UNPACK_MORE;
	if (v > LZ4_COMPRESSBOUND(BLOCK))
		return UNPACK_BAD;
	z->want = v;
	z->got = 0;
	z->state = LZ4_BLOCK;
	return UNPACK_MORE;
}

static enum unpack_result take_block(struct lz4 *z)
{
	int n = LZ4_decompress_safe((const char *)z->in, (char *)z->out, (int)z->want, BLOCK);

	if (n < 0)
		return UNPACK_BAD;
	z->at = 0;
	z->len = (size_t)n;
	z->state = LZ4_OUT;
	return UNPACK_MORE;
}

static enum unpack_result lz4_step(void *self, struct unpack_io *io)
{
	struct lz4 *z = self;
	enum unpack_result r = UNPACK_MORE;

	while (r == UNPACK_MORE) {
		if (z->state == LZ4_LENGTH) {
			if (unpack_collect(io, z->word, &z->words, sizeof(z->word)))
				return UNPACK_MORE;
			r = take_length(z);
		} else if (z->state == LZ4_BLOCK) {
			if (unpack_collect(io, z->in, &z->got, z->want))
				return UNPACK_MORE;
			r = take_block(z);
		} else if (unpack_emit(io, z->out, &z->at, z->len)) {
			z->state = LZ4_LENGTH;
		} else {
			return UNPACK_MORE;
		}
	}
	return r;
}

static void lz4_end(void *self)
{
	struct lz4 *z = self;

	free(z->in);
	free(z->out);
	free(z);
}

const struct unpack_format unpack_lz4 = {
	.name = "lz4",
	.config = "CONFIG_RD_LZ4",
	.magic = "\x02\x21\x4c\x18",
	.len = 4,
	.cost = 1,
	.endless = true,
	.begin = lz4_begin,
	.step = lz4_step,
	.end = lz4_end,
};
