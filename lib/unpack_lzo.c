/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lzop's file format with the LZO1X methods: a header, then blocks of an unpacked length, a packed
 * length (32 bits, big endian), checksums as the header's flags say, and the bytes. An unpacked
 * length of 0 ends it.
 */
#include <lzo/lzo1x.h>

#include "lib/be.h"
#include "lib/unpack_parts.h"

#define BLOCK (256u << 10) /* the kernel takes no more */
#define FIXED 34u	   /* of the header, the length of the name last */
#define HEADER_MAX (FIXED + 255u + 4u)
#define NEW_HEADER 0x0940u

enum { ADLER32_OUT = 0x1, ADLER32_IN = 0x2, CRC32_OUT = 0x100, CRC32_IN = 0x200, FILTER = 0x800 };

enum lzo_state { LZO_HEADER, LZO_LENGTHS, LZO_SUMS, LZO_BLOCK, LZO_DATA };

struct lzo {
	enum lzo_state state;
	unsigned char head[HEADER_MAX];
	size_t got, want;
	uint32_t flags, out_len, in_len;
	size_t at;
	unsigned char in[BLOCK], out[BLOCK];
};

static void await(struct lzo *z, enum lzo_state state, size_t want)
{
	z->state = state;
	z->got = 0;
	z->want = want;
}

static void *lzo_begin(void)
{
	struct lzo *z;

	if (lzo_init() != LZO_E_OK)
		return NULL;
	z = xcalloc(1, sizeof(*z));
	await(z, LZO_HEADER, FIXED);
	return z;
}

/* As lzop has written it for twenty years; the optional fields of it are left to others. */
static enum unpack_result take_header(struct lzo *z)
{
	if (z->want == FIXED) {
		uint32_t version = (uint32_t)z->head[9] << 8 | z->head[10];

		z->flags = be32_at(z->head + 17);
		if (version < NEW_HEADER || z->flags & FILTER)
			return UNPACK_LIMIT;
		if (memcmp(z->head, "\x89LZO\0\r\n\x1a\n", 9) != 0 || z->head[15] < 1 ||
		    z->head[15] > 3)
			return UNPACK_BAD;
		z->want += z->head[FIXED - 1] + 4u;
		return UNPACK_MORE;
	}
	await(z, LZO_LENGTHS, 4);
	return UNPACK_MORE;
}

static size_t sums(const struct lzo *z)
{
	size_t n = (z->flags & ADLER32_OUT ? 4u : 0u) + (z->flags & CRC32_OUT ? 4u : 0u);

	if (z->in_len < z->out_len)
		n += (z->flags & ADLER32_IN ? 4u : 0u) + (z->flags & CRC32_IN ? 4u : 0u);
	return n;
}

static enum unpack_result take_lengths(struct lzo *z)
{
	z->out_len = be32_at(z->head);
	if (z->out_len == 0)
		return UNPACK_END;
	if (z->want == 4) {
		z->want = 8;
		return UNPACK_MORE;
	}
	z->in_len = be32_at(z->head + 4);
	if (z->out_len > BLOCK || z->in_len == 0 || z->in_len > z->out_len)
		return UNPACK_BAD;
	await(z, LZO_SUMS, sums(z));
	return UNPACK_MORE;
}

static enum unpack_result take_block(struct lzo *z)
{
	lzo_uint n = z->out_len;

	if (z->in_len == z->out_len)
		memcpy(z->out, z->in, z->in_len);
	else if (lzo1x_decompress_safe(z->in, z->in_len, z->out, &n, NULL) != LZO_E_OK ||
		 n != z->out_len)
		return UNPACK_BAD;
	if (z->flags & ADLER32_OUT && lzo_adler32(1, z->out, z->out_len) != be32_at(z->head))
		return UNPACK_BAD;
	z->state = LZO_DATA;
	z->at = 0;
	return UNPACK_MORE;
}

static enum unpack_result take(struct lzo *z)
{
	switch (z->state) {
	case LZO_HEADER:
		return take_header(z);
	case LZO_LENGTHS:
		return take_lengths(z);
	case LZO_SUMS:
		await(z, LZO_BLOCK, z->in_len);
		return UNPACK_MORE;
	default:
		return take_block(z);
	}
}

static enum unpack_result lzo_step(void *self, struct unpack_io *io)
{
	struct lzo *z = self;
	enum unpack_result r = UNPACK_MORE;

	while (r == UNPACK_MORE) {
		unsigned char *to = z->state == LZO_BLOCK ? z->in : z->head;

		if (z->state != LZO_DATA) {
			if (unpack_collect(io, to, &z->got, z->want))
				return UNPACK_MORE;
			r = take(z);
		} else if (unpack_emit(io, z->out, &z->at, z->out_len)) {
			await(z, LZO_LENGTHS, 4);
		} else {
			return UNPACK_MORE;
		}
	}
	return r;
}

const struct unpack_format unpack_lzo = {
	.name = "lzo",
	.config = "CONFIG_RD_LZO",
	.magic = "\x89LZO\0\r\n\x1a\n",
	.len = 9,
	.cost = 1,
	.begin = lzo_begin,
	.step = lzo_step,
	.end = free,
};
