/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <lzma.h>

#include "lib/grubcore.h"
#include "lib/le.h"

#define SECTOR 512u
#define LIST_END 0x200u /* the block list grows downward from the end of the first sector */
#define BLOCK 12u	/* u64 sector, u16 sectors, u16 segment */
#define BLOCKS_MAX 32u
#define SEGMENT_MIN 0x800u /* where it is loaded to; 0x820 in all versions seen */
#define SEGMENT_MAX 0xa000u
/* From the start of the image. */
#define AT_PACKED 0x208
#define AT_PLAIN 0x20c
#define AT_REDUNDANCY 0x210
#define AT_NO_REDUNDANCY 0x214
#define HEADER_END 0x230 /* of what any version patches */
#define PLAIN_MAX (8u << 20)

/* --- reading --- */

struct block {
	uint64_t start;
	uint32_t sectors, segment;
};

static struct block block_at(const unsigned char *p)
{
	return (struct block){ le64_at(p), le16_at(p + 8), le16_at(p + 10) };
}

static bool is_sane(const struct block *b)
{
	return b->start && b->segment >= SEGMENT_MIN && b->segment < SEGMENT_MAX;
}

/* The blocks behind the first sector; 0 or an error, *end is where the list begins. */
static int read_list(const unsigned char *first, struct block *out, size_t *n, size_t *begin)
{
	size_t total = 1;

	*n = 0;
	for (size_t at = LIST_END - BLOCK; *n < BLOCKS_MAX; at -= BLOCK) {
		struct block b = block_at(first + at);

		*begin = at;
		if (b.sectors == 0)
			return *n ? 0 : -ENOENT;
		total += b.sectors;
		if (!is_sane(&b) || total > GRUBCORE_MAX / SECTOR)
			return *n ? -EUCLEAN : -ENOENT;
		out[(*n)++] = b;
	}
	return -EUCLEAN;
}

static int read_blocks(const struct reader *disk, const struct block *list, size_t n,
		       unsigned char *to)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = (size_t)list[i].sectors * SECTOR;
		int e;

		if (list[i].start > disk->size / SECTOR)
			return -ERANGE;
		e = reader_read(disk, list[i].start * SECTOR, to, len);
		if (e < 0)
			return e;
		to += len;
	}
	return 0;
}

static void read_header(struct grubcore *c)
{
	if (c->len < HEADER_END)
		return;
	c->packed = le32_at(c->data + AT_PACKED);
	c->plain = le32_at(c->data + AT_PLAIN);
	c->redundancy = le32_at(c->data + AT_REDUNDANCY);
	c->no_redundancy = le32_at(c->data + AT_NO_REDUNDANCY);
	if (c->redundancy && c->redundancy < c->len - SECTOR)
		c->exact = c->len - c->redundancy;
}

int grubcore_read(const struct reader *disk, uint64_t sector, struct arena *a, struct grubcore *out)
{
	struct block list[BLOCKS_MAX];
	unsigned char first[SECTOR], *data;
	size_t n, begin, len = SECTOR;
	int e;

	if (!sector || sector > disk->size / SECTOR)
		return -ERANGE;
	e = reader_read(disk, sector * SECTOR, first, sizeof(first));
	if (e < 0)
		return e;
	if (first[0] != 0x52) /* push %dx: all versions begin so */
		return -ENOENT;
	e = read_list(first, list, &n, &begin);
	if (e < 0)
		return e;
	for (size_t i = 0; i < n; i++)
		len += (size_t)list[i].sectors * SECTOR;
	data = arena_alloc(a, len);
	memcpy(data, first, SECTOR);
	e = read_blocks(disk, list, n, data + SECTOR);
	if (e < 0)
		return e;
	*out = (struct grubcore){ .data = data, .len = len, .list = begin };
	read_header(out);
	return 0;
}

/* --- comparing --- */

static bool same_image(const struct grubcore *c, const unsigned char *file, size_t len)
{
	if (len < HEADER_END || len > c->len)
		return false;
	if (c->exact ? len != c->exact : c->len - len >= SECTOR)
		return false;
	return le32_at(file + AT_PACKED) == c->packed && le32_at(file + AT_PLAIN) == c->plain;
}

/* GRUB before 2.00 keeps its partition in the header too, and the fields stand elsewhere. */
static bool is_patched(const struct grubcore *c, size_t i)
{
	if (i < LIST_END)
		return i >= c->list;
	if (c->no_redundancy && c->no_redundancy < c->len)
		return i >= AT_REDUNDANCY && i < AT_NO_REDUNDANCY;
	return i < HEADER_END;
}

/* One of the 512 codes is made of every 512th byte; it mends half as many as it has. */
static bool are_mendable(const struct grubcore *c, const size_t *wrong, size_t outside)
{
	size_t each = c->redundancy / SECTOR;

	for (size_t i = 0; i < SECTOR; i++) {
		if (wrong[i] > each / 4)
			return false;
	}
	return c->redundancy && !outside;
}

void grubcore_compare(const struct grubcore *c, const void *file, size_t len,
		      struct grubcore_diff *out)
{
	const unsigned char *want = file;
	size_t wrong[SECTOR] = { 0 }, outside = 0, from = SECTOR + (size_t)c->no_redundancy;

	*out = (struct grubcore_diff){ .other = !same_image(c, want, len) };
	for (size_t i = 0; !out->other && i < len; i++) {
		if (c->data[i] == want[i] || is_patched(c, i))
			continue;
		if (out->bytes++ == 0)
			out->first = i;
		outside += i < from;
		wrong[i % SECTOR]++;
	}
	out->mendable = out->bytes && are_mendable(c, wrong, outside);
}

/* --- unpacking --- */

/* GRUB writes a bare LZMA stream, always with these properties; a header makes it a .lzma file. */
static int unlzma(const unsigned char *in, size_t in_len, unsigned char *out, size_t out_len)
{
	unsigned char header[13] = { 0x5d, 0, 0, 1, 0 };
	lzma_stream s = LZMA_STREAM_INIT;
	lzma_ret r;

	for (int i = 0; i < 8; i++)
		header[5 + i] = (unsigned char)((uint64_t)out_len >> 8 * i);
	if (lzma_alone_decoder(&s, 64u << 20) != LZMA_OK)
		return -ENOMEM;
	s.next_in = header;
	s.avail_in = sizeof(header);
	s.next_out = out;
	s.avail_out = out_len;
	r = lzma_code(&s, LZMA_RUN);
	if (r == LZMA_OK) {
		s.next_in = in;
		s.avail_in = in_len;
		r = lzma_code(&s, LZMA_RUN);
	}
	/* Without an end mark the decoder may want to see one byte more. */
	in_len = s.avail_in;
	out_len = s.avail_out;
	lzma_end(&s);
	return (r == LZMA_STREAM_END || r == LZMA_OK) && in_len == 0 && out_len == 0 ? 0 : -EUCLEAN;
}

int grubcore_unpack(const struct grubcore *c, struct arena *a, struct bytes *out)
{
	size_t last = c->exact ? c->exact : c->len, first = c->exact ? last : last - SECTOR + 1;
	unsigned char *plain;

	if (!c->packed || !c->plain || c->plain > PLAIN_MAX || c->packed > last - SECTOR)
		return -EUCLEAN;
	plain = arena_alloc(a, c->plain + 1u);
	/* Where it begins follows from where it ends, known to a sector at least. Its first byte
	 * is always 0. */
	for (size_t end = last; end >= first; end--) {
		size_t at = end - c->packed;

		if (at < HEADER_END || c->data[at] != 0)
			continue;
		if (unlzma(c->data + at, c->packed, plain, c->plain) < 0)
			continue;
		*out = (struct bytes){ .data = (char *)plain, .len = c->plain };
		return 0;
	}
	return -EUCLEAN;
}
