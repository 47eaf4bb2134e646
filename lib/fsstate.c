/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <endian.h>
#include <ext2fs/ext2_fs.h>
#include <unistd.h>

#include "lib/be.h"
#include "lib/fsstate.h"

struct where {
	int fd;
	uint64_t start, size;
};

static bool read_at(const struct where *w, uint64_t at, void *buf, size_t n)
{
	if (at > w->size || n > w->size - at)
		return false;
	return pread(w->fd, buf, n, (off_t)(w->start + at)) == (ssize_t)n;
}

/* --- ext2, ext3, ext4 --- */

#define EXT_SUPER 1024

static bool ext_state(const struct where *w, struct fsstate *out)
{
	struct ext2_super_block sb;

	if (!read_at(w, EXT_SUPER, &sb, sizeof(sb)) || le16toh(sb.s_magic) != EXT2_SUPER_MAGIC)
		return false;
	out->has_errors = le16toh(sb.s_state) & EXT2_ERROR_FS;
	out->dirty = (le32toh(sb.s_feature_incompat) & EXT3_FEATURE_INCOMPAT_RECOVER) ||
		     le32toh(sb.s_last_orphan) != 0 ||
		     (le32toh(sb.s_feature_ro_compat) & EXT4_FEATURE_RO_COMPAT_ORPHAN_PRESENT);
	return true;
}

/* --- btrfs --- */

#define BTRFS_SUPER 65536
#define BTRFS_MAGIC_AT 0x40
#define BTRFS_LOG_ROOT_AT 0x60

static bool btrfs_state(const struct where *w, struct fsstate *out)
{
	unsigned char sb[0x100];
	uint64_t log_root;

	if (!read_at(w, BTRFS_SUPER, sb, sizeof(sb)) ||
	    memcmp(sb + BTRFS_MAGIC_AT, "_BHRfS_M", 8) != 0)
		return false;
	memcpy(&log_root, sb + BTRFS_LOG_ROOT_AT, sizeof(log_root));
	out->dirty = log_root != 0;
	return true;
}

/* --- xfs --- */

#define BB 512u /* the log's unit */
#define XLOG_MAGIC 0xFEEDBABEu
#define XLOG_CYCLE_BYTES (32u << 10) /* of record that one header block can describe */
#define XLOG_RECORD_MAX (256u << 10)
#define XLOG_UNMOUNT 0x20

struct xlog {
	const struct where *w;
	uint64_t at; /* bytes from the start of the file system */
	uint64_t blocks;
};

static bool xlog_find(const struct where *w, struct xlog *l)
{
	unsigned char sb[264];
	uint64_t start, block, ag;
	unsigned ag_bits;

	if (!read_at(w, 0, sb, sizeof(sb)) || memcmp(sb, "XFSB", 4) != 0)
		return false;
	block = be32_at(sb + 4);
	start = be64_at(sb + 48);
	ag_bits = sb[124];
	/* start 0: the log is on another device. */
	if (start == 0 || block < BB || block > 65536 || ag_bits > 32)
		return false;
	ag = start >> ag_bits;
	if (ag >= be32_at(sb + 88))
		return false;
	l->w = w;
	l->at = (ag * be32_at(sb + 84) + (start & ((1ull << ag_bits) - 1))) * block;
	l->blocks = (uint64_t)be32_at(sb + 96) * block / BB;
	return l->blocks > 1;
}

static bool xlog_read(const struct xlog *l, uint64_t block, unsigned char *buf)
{
	return block < l->blocks && read_at(l->w, l->at + block * BB, buf, BB);
}

/* Every block starts with the number of the lap it was written in; a header has its magic there. */
static bool xlog_cycle(const struct xlog *l, uint64_t block, uint32_t *out)
{
	unsigned char b[BB];

	if (!xlog_read(l, block, b))
		return false;
	*out = be32_at(b) == XLOG_MAGIC ? be32_at(b + 4) : be32_at(b);
	return true;
}

/* The first block of the older lap: where the next record would go. */
static bool xlog_head(const struct xlog *l, uint64_t *out)
{
	uint64_t low = 0, high = l->blocks - 1;
	uint32_t first, last, c;

	if (!xlog_cycle(l, low, &first) || !xlog_cycle(l, high, &last))
		return false;
	if (first == last) {
		*out = l->blocks;
		return true;
	}
	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;

		if (!xlog_cycle(l, middle, &c))
			return false;
		if (c == first)
			low = middle;
		else
			high = middle;
	}
	*out = high;
	return true;
}

/* Header blocks of a record. */
static uint64_t header_blocks(const unsigned char *h)
{
	uint32_t size = be32_at(h + 320);

	if (!(be32_at(h + 8) & 2) || size <= XLOG_CYCLE_BYTES || size > XLOG_RECORD_MAX)
		return 1;
	return (size + XLOG_CYCLE_BYTES - 1) / XLOG_CYCLE_BYTES;
}

/* The record that ends at head is the one an orderly unmount leaves. */
static bool ends_in_unmount(const struct xlog *l, uint64_t head)
{
	unsigned char h[BB], op[BB];

	for (uint64_t back = 1; back <= 2 * XLOG_RECORD_MAX / BB && back <= l->blocks; back++) {
		uint64_t at = (head + l->blocks - back) % l->blocks, data;

		if (!xlog_read(l, at, h))
			return false;
		if (be32_at(h) != XLOG_MAGIC)
			continue;
		data = header_blocks(h);
		if (data + (be32_at(h + 12) + BB - 1) / BB != back || be32_at(h + 40) != 1)
			return false;
		return xlog_read(l, (at + data) % l->blocks, op) && (op[9] & XLOG_UNMOUNT);
	}
	return false;
}

static bool xfs_state(const struct where *w, struct fsstate *out)
{
	struct xlog l;
	uint64_t head;

	if (!xlog_find(w, &l) || !xlog_head(&l, &head))
		return false;
	out->dirty = !ends_in_unmount(&l, head);
	return true;
}

static const struct {
	const char *type;
	bool (*state)(const struct where *w, struct fsstate *out);
} readers[] = {
	{ "ext2", ext_state }, { "ext3", ext_state },	 { "ext4", ext_state },
	{ "xfs", xfs_state },  { "btrfs", btrfs_state },
};

void fsstate_read(int fd, uint64_t start, uint64_t size, const char *type, struct fsstate *out)
{
	struct where w = { .fd = fd, .start = start, .size = size };

	*out = (struct fsstate){ .unknown = true };
	for (size_t i = 0; type && i < ARRAY_SIZE(readers); i++) {
		if (streq(type, readers[i].type))
			out->unknown = !readers[i].state(&w, out);
	}
}
