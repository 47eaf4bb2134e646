/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes what lib/initramfs.h reads, for tests and fixtures only: archives and each compression.
 *
 *	testpack_entry(&cpio, "init", 0100755, data, n); testpack_trailer(&cpio);
 *	testpack("zstd", &cpio, &out);		"none" copies; out is added to
 */
#ifndef BOOTMEND_TESTPACK_H
#define BOOTMEND_TESTPACK_H

#include <bzlib.h>
#include <errno.h>
#include <lz4.h>
#include <lzma.h>
#include <lzo/lzo1x.h>
#include <zlib.h>
#include <zstd.h>

#include "lib/util.h"

#define TESTPACK_LZ4_BLOCK (8u << 20)
#define TESTPACK_LZO_BLOCK (256u << 10)

static inline void testpack_zeros(struct bytes *b, size_t n)
{
	static const char zero[4096];

	for (; n > sizeof(zero); n -= sizeof(zero))
		bytes_add(b, zero, sizeof(zero));
	bytes_add(b, zero, n);
}

/* One entry; padding counts from the front of b. */
static inline void testpack_entry(struct bytes *b, const char *name, unsigned mode,
				  const void *data, size_t size)
{
	bytes_addf(b, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x",
		   (unsigned)b->len + 1, mode, 0u, 0u, 1u, 0x65000000u, size, 8u, 1u, 0u, 0u,
		   strlen(name) + 1, 0u);
	bytes_add(b, name, strlen(name) + 1);
	testpack_zeros(b, (4 - b->len % 4) % 4);
	if (size)
		bytes_add(b, data, size);
	testpack_zeros(b, (4 - b->len % 4) % 4);
}

static inline void testpack_trailer(struct bytes *b)
{
	testpack_entry(b, "TRAILER!!!", 0, NULL, 0);
	testpack_zeros(b, (512 - b->len % 512) % 512);
}

static inline void testpack_word(struct bytes *b, uint32_t v)
{
	const char le[4] = { (char)(v & 0xff), (char)(v >> 8 & 0xff), (char)(v >> 16 & 0xff),
			     (char)(v >> 24) };

	bytes_add(b, le, sizeof(le));
}

static inline void testpack_be(struct bytes *b, uint32_t v)
{
	testpack_word(b, __builtin_bswap32(v));
}

static inline bool testpack_gzip(const struct bytes *in, unsigned char *to, size_t *n)
{
	z_stream z = { .next_in = (unsigned char *)in->data,
		       .avail_in = (unsigned)in->len,
		       .next_out = to,
		       .avail_out = (unsigned)*n };
	bool ok = deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, 0) == Z_OK &&
		  deflate(&z, Z_FINISH) == Z_STREAM_END;

	*n = z.total_out;
	deflateEnd(&z);
	return ok;
}

static inline bool testpack_xz(const struct bytes *in, unsigned char *to, size_t *n)
{
	size_t at = 0;

	if (lzma_easy_buffer_encode(6, LZMA_CHECK_CRC32, NULL, (const uint8_t *)in->data, in->len,
				    to, &at, *n) != LZMA_OK)
		return false;
	*n = at;
	return true;
}

static inline bool testpack_lzma(const struct bytes *in, unsigned char *to, size_t *n)
{
	lzma_stream z = LZMA_STREAM_INIT;
	lzma_options_lzma o;
	bool ok;

	lzma_lzma_preset(&o, 6);
	z.next_in = (const uint8_t *)in->data;
	z.avail_in = in->len;
	z.next_out = to;
	z.avail_out = *n;
	ok = lzma_alone_encoder(&z, &o) == LZMA_OK && lzma_code(&z, LZMA_FINISH) == LZMA_STREAM_END;
	*n = z.total_out;
	lzma_end(&z);
	return ok;
}

static inline bool testpack_bzip2(const struct bytes *in, unsigned char *to, size_t *n)
{
	unsigned len = (unsigned)*n;

	if (BZ2_bzBuffToBuffCompress((char *)to, &len, in->data, (unsigned)in->len, 9, 0, 0) !=
	    BZ_OK)
		return false;
	*n = len;
	return true;
}

static inline bool testpack_zstd(const struct bytes *in, unsigned char *to, size_t *n)
{
	ZSTD_CCtx *z = ZSTD_createCCtx();

	ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1);
	*n = ZSTD_compress2(z, to, *n, in->data, in->len);
	ZSTD_freeCCtx(z);
	return !ZSTD_isError(*n);
}

static inline bool testpack_lz4(const struct bytes *in, struct bytes *out)
{
	_cleanup_free_ char *to = xmalloc(LZ4_COMPRESSBOUND(TESTPACK_LZ4_BLOCK));

	testpack_word(out, 0x184c2102);
	for (size_t at = 0; at < in->len; at += TESTPACK_LZ4_BLOCK) {
		size_t left = in->len - at;
		int n = LZ4_compress_default(
			in->data + at, to,
			(int)(left < TESTPACK_LZ4_BLOCK ? left : TESTPACK_LZ4_BLOCK),
			LZ4_COMPRESSBOUND(TESTPACK_LZ4_BLOCK));

		if (n <= 0)
			return false;
		testpack_word(out, (uint32_t)n);
		bytes_add(out, to, (size_t)n);
	}
	return true;
}

/* As lzop -1 writes it; the header's own checksum is not looked at. */
static inline bool testpack_lzo(const struct bytes *in, struct bytes *out)
{
	static const char head[] = "\x89LZO\0\r\n\x1a\n\x10\x40\x20\xa0\x09\x40\x01\x05"
				   "\x03\0\0\x01\0\0\x81\xa4\0\0\0\0\0\0\0\0\x04main";
	_cleanup_free_ unsigned char *to =
		xmalloc(TESTPACK_LZO_BLOCK + TESTPACK_LZO_BLOCK / 16 + 67);
	_cleanup_free_ void *work = xmalloc(LZO1X_1_MEM_COMPRESS);

	bytes_add(out, head, sizeof(head) - 1);
	testpack_be(out, 0);
	for (size_t at = 0; at < in->len; at += TESTPACK_LZO_BLOCK) {
		size_t left = in->len - at;
		size_t n = left < TESTPACK_LZO_BLOCK ? left : TESTPACK_LZO_BLOCK;
		const unsigned char *from = (const unsigned char *)in->data + at;
		lzo_uint made = 0;

		lzo1x_1_compress(from, n, to, &made, work);
		testpack_be(out, (uint32_t)n);
		testpack_be(out, (uint32_t)(made < n ? made : n));
		testpack_be(out, lzo_adler32(1, from, n));
		bytes_add(out, made < n ? to : from, made < n ? made : n);
	}
	testpack_be(out, 0);
	return true;
}

static const struct {
	const char *name;
	bool (*pack)(const struct bytes *in, unsigned char *to, size_t *n);
	bool (*add)(const struct bytes *in, struct bytes *out);
} testpack_formats[] = {
	{ "gzip", testpack_gzip, NULL }, { "xz", testpack_xz, NULL },
	{ "zstd", testpack_zstd, NULL }, { "bzip2", testpack_bzip2, NULL },
	{ "lzma", testpack_lzma, NULL }, { "lz4", NULL, testpack_lz4 },
	{ "lzo", NULL, testpack_lzo },
};

/* -EINVAL: no such compression, or it failed. */
static inline int testpack(const char *how, const struct bytes *in, struct bytes *out)
{
	_cleanup_free_ unsigned char *to = NULL;
	size_t n = in->len + in->len / 50 + 65536;

	if (streq(how, "none")) {
		bytes_add(out, in->data, in->len);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(testpack_formats); i++) {
		if (!streq(how, testpack_formats[i].name))
			continue;
		if (testpack_formats[i].add)
			return testpack_formats[i].add(in, out) ? 0 : -EINVAL;
		to = xmalloc(n);
		if (!testpack_formats[i].pack(in, to, &n))
			return -EINVAL;
		bytes_add(out, to, n);
		return 0;
	}
	return -EINVAL;
}

#endif
