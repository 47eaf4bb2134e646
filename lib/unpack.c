/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <bzlib.h>
#include <errno.h>
#include <limits.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "lib/unpack_parts.h"

#define ZSTD_WINDOW_LOG_MAX 27 /* 128 MiB, the most that the kernel takes */

struct unpack {
	const struct unpack_format *format;
	void *self;
};

static unsigned clamp(size_t n)
{
	return n > UINT_MAX ? UINT_MAX : (unsigned)n;
}

/* --- gzip --- */

static void *gzip_begin(void)
{
	z_stream *z = xcalloc(1, sizeof(*z));

	if (inflateInit2(z, 15 + 16) == Z_OK)
		return z;
	free(z);
	return NULL;
}

static enum unpack_result gzip_step(void *self, struct unpack_io *io)
{
	z_stream *z = self;
	unsigned in = clamp(io->in_len), out = clamp(io->out_len);
	int r;

	z->next_in = (unsigned char *)io->in;
	z->avail_in = in;
	z->next_out = io->out;
	z->avail_out = out;
	r = inflate(z, Z_NO_FLUSH);
	io->in += in - z->avail_in;
	io->in_len -= in - z->avail_in;
	io->out += out - z->avail_out;
	io->out_len -= out - z->avail_out;
	if (r == Z_STREAM_END)
		return UNPACK_END;
	return r == Z_OK || r == Z_BUF_ERROR ? UNPACK_MORE
	       : r == Z_MEM_ERROR	     ? UNPACK_LIMIT
					     : UNPACK_BAD;
}

static void gzip_end(void *self)
{
	inflateEnd(self);
	free(self);
}

/* --- bzip2 --- */

static void *bzip2_begin(void)
{
	bz_stream *z = xcalloc(1, sizeof(*z));

	if (BZ2_bzDecompressInit(z, 0, 0) == BZ_OK)
		return z;
	free(z);
	return NULL;
}

static enum unpack_result bzip2_step(void *self, struct unpack_io *io)
{
	bz_stream *z = self;
	unsigned in = clamp(io->in_len), out = clamp(io->out_len);
	int r;

	z->next_in = (char *)io->in;
	z->avail_in = in;
	z->next_out = (char *)io->out;
	z->avail_out = out;
	r = BZ2_bzDecompress(z);
	io->in += in - z->avail_in;
	io->in_len -= in - z->avail_in;
	io->out += out - z->avail_out;
	io->out_len -= out - z->avail_out;
	if (r == BZ_STREAM_END)
		return UNPACK_END;
	return r == BZ_OK ? UNPACK_MORE : r == BZ_MEM_ERROR ? UNPACK_LIMIT : UNPACK_BAD;
}

static void bzip2_end(void *self)
{
	BZ2_bzDecompressEnd(self);
	free(self);
}

/* --- xz and lzma --- */

static void *lzma_begin(lzma_ret (*init)(lzma_stream *z))
{
	lzma_stream *z = xmalloc(sizeof(*z));

	*z = (lzma_stream)LZMA_STREAM_INIT;
	if (init(z) == LZMA_OK)
		return z;
	free(z);
	return NULL;
}

static lzma_ret xz_init(lzma_stream *z)
{
	return lzma_stream_decoder(z, UNPACK_MEMORY_MAX, 0);
}

static lzma_ret alone_init(lzma_stream *z)
{
	return lzma_alone_decoder(z, UNPACK_MEMORY_MAX);
}

static void *xz_begin(void)
{
	return lzma_begin(xz_init);
}

static void *alone_begin(void)
{
	return lzma_begin(alone_init);
}

static enum unpack_result lzma_step(void *self, struct unpack_io *io)
{
	lzma_stream *z = self;
	lzma_ret r;

	z->next_in = io->in;
	z->avail_in = io->in_len;
	z->next_out = io->out;
	z->avail_out = io->out_len;
	r = lzma_code(z, LZMA_RUN);
	io->in = z->next_in;
	io->in_len = z->avail_in;
	io->out = z->next_out;
	io->out_len = z->avail_out;
	if (r == LZMA_STREAM_END)
		return UNPACK_END;
	if (r == LZMA_OK || r == LZMA_BUF_ERROR)
		return UNPACK_MORE;
	return r == LZMA_MEM_ERROR || r == LZMA_MEMLIMIT_ERROR ? UNPACK_LIMIT : UNPACK_BAD;
}

static void lzma_finish(void *self)
{
	lzma_end(self);
	free(self);
}

/* --- zstd --- */

static void *zstd_begin(void)
{
	ZSTD_DCtx *z = ZSTD_createDCtx();

	if (z)
		ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG_MAX);
	return z;
}

static enum unpack_result zstd_step(void *self, struct unpack_io *io)
{
	ZSTD_inBuffer in = { .src = io->in, .size = io->in_len };
	ZSTD_outBuffer out = { .dst = io->out, .size = io->out_len };
	size_t r = ZSTD_decompressStream(self, &out, &in);
	ZSTD_ErrorCode e = ZSTD_getErrorCode(r);

	io->in += in.pos;
	io->in_len -= in.pos;
	io->out += out.pos;
	io->out_len -= out.pos;
	if (e == ZSTD_error_memory_allocation || e == ZSTD_error_frameParameter_windowTooLarge)
		return UNPACK_LIMIT;
	if (ZSTD_isError(r))
		return UNPACK_BAD;
	return r == 0 ? UNPACK_END : UNPACK_MORE;
}

static void zstd_end(void *self)
{
	ZSTD_freeDCtx(self);
}

/* --- all of them --- */

static const struct unpack_format gzip_format = {
	.name = "gzip",
	.config = "CONFIG_RD_GZIP",
	.magic = "\x1f\x8b",
	.len = 2,
	.cost = 1,
	.begin = gzip_begin,
	.step = gzip_step,
	.end = gzip_end,
};

static const struct unpack_format xz_format = {
	.name = "xz",
	.config = "CONFIG_RD_XZ",
	.magic = "\xfd"
		 "7zXZ\0",
	.len = 6,
	.cost = 4,
	.begin = xz_begin,
	.step = lzma_step,
	.end = lzma_finish,
};

static const struct unpack_format zstd_format = {
	.name = "zstd",
	.config = "CONFIG_RD_ZSTD",
	.magic = "\x28\xb5\x2f\xfd",
	.len = 4,
	.cost = 1,
	.begin = zstd_begin,
	.step = zstd_step,
	.end = zstd_end,
};

static const struct unpack_format bzip2_format = {
	.name = "bzip2",
	.config = "CONFIG_RD_BZIP2",
	.magic = "BZh",
	.len = 3,
	.cost = 8,
	.begin = bzip2_begin,
	.step = bzip2_step,
	.end = bzip2_end,
};

static const struct unpack_format alone_format = {
	.name = "lzma",
	.config = "CONFIG_RD_LZMA",
	.magic = "\x5d\0\0",
	.len = 3,
	.cost = 4,
	.begin = alone_begin,
	.step = lzma_step,
	.end = lzma_finish,
};

static const struct unpack_format *const formats[] = { &gzip_format, &xz_format,    &zstd_format,
						       &unpack_lz4,  &bzip2_format, &alone_format,
						       &unpack_lzo };

const struct unpack_format *unpack_detect(const unsigned char *head, size_t n)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		if (n >= formats[i]->len && memcmp(head, formats[i]->magic, formats[i]->len) == 0)
			return formats[i];
	}
	return NULL;
}

const char *unpack_name(const struct unpack_format *f)
{
	return f->name;
}

const char *unpack_config(const struct unpack_format *f)
{
	return f->config;
}

unsigned unpack_cost(const struct unpack_format *f)
{
	return f->cost;
}

bool unpack_has_end(const struct unpack_format *f)
{
	return !f->endless;
}

int unpack_open(const struct unpack_format *f, struct unpack **out)
{
	void *self = f->begin();

	if (!self)
		return -ENOMEM;
	*out = xcalloc(1, sizeof(**out));
	(*out)->format = f;
	(*out)->self = self;
	return 0;
}

/* A step that neither takes nor gives, with room for both, would go on for ever. */
enum unpack_result unpack_step(struct unpack *u, struct unpack_io *io)
{
	size_t in = io->in_len, out = io->out_len;
	enum unpack_result r = u->format->step(u->self, io);

	if (r == UNPACK_MORE && in && out && io->in_len == in && io->out_len == out)
		return UNPACK_BAD;
	return r;
}

void unpack_close(struct unpack *u)
{
	if (!u)
		return;
	u->format->end(u->self);
	free(u);
}

size_t unpack_collect(struct unpack_io *io, unsigned char *have, size_t *got, size_t want)
{
	size_t n = want > *got ? want - *got : 0;

	if (n > io->in_len)
		n = io->in_len;
	if (n)
		memcpy(have + *got, io->in, n);
	*got += n;
	io->in += n;
	io->in_len -= n;
	return want > *got ? want - *got : 0;
}

bool unpack_emit(struct unpack_io *io, const unsigned char *block, size_t *at, size_t len)
{
	size_t n = len - *at < io->out_len ? len - *at : io->out_len;

	if (n)
		memcpy(io->out, block + *at, n);
	*at += n;
	io->out += n;
	io->out_len -= n;
	return *at == len;
}
