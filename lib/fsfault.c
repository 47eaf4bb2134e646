/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The superblocks. What the programs say is in fsfault_examine.c. */
#include <endian.h>
#include <ext2fs/ext2fs.h>
#include <time.h>
#include <unistd.h>

#include "lib/fsfault.h"
#include "lib/hibernate.h"

struct where {
	int fd;
	uint64_t start, size;
	struct arena *a;
	struct partition *p;
};

static bool read_at(const struct where *w, uint64_t at, void *buf, size_t n)
{
	if (at > w->size || n > w->size - at)
		return false;
	return pread(w->fd, buf, n, (off_t)(w->start + at)) == (ssize_t)n;
}

static void set(struct where *w, enum fs_fault fault, const char *why)
{
	w->p->fault = fault;
	w->p->fault_why = why;
}

/* What a copy of a superblock says that the file system is called. */
static const char *uuid_of(const struct where *w, const unsigned char u[16])
{
	_cleanup_bytes_ struct bytes b = { 0 };
	unsigned any = 0;

	for (size_t i = 0; i < 16; i++) {
		bytes_addf(&b, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", u[i]);
		any |= u[i];
	}
	return any ? arena_strdup(w->a, b.data) : NULL;
}

static const char *label_of(const struct where *w, const char *label, size_t max)
{
	size_t n = strnlen(label, max);

	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)label[i] < ' ' || label[i] == 0x7f)
			return NULL;
	}
	return n ? arena_strndup(w->a, label, n) : NULL;
}

/* --- ext2, ext3, ext4 --- */

#define EXT_SUPER 1024

static bool ext_is_super(const struct ext2_super_block *sb)
{
	return le16toh(sb->s_magic) == EXT2_SUPER_MAGIC && le32toh(sb->s_log_block_size) <= 6;
}

static bool ext_sum_is_good(const struct ext2_super_block *sb)
{
	if (!(le32toh(sb->s_feature_ro_compat) & EXT4_FEATURE_RO_COMPAT_METADATA_CSUM))
		return true;
	return ext2fs_crc32c_le(~0u, (const unsigned char *)sb,
				offsetof(struct ext2_super_block, s_checksum)) ==
	       le32toh(sb->s_checksum);
}

static uint64_t ext_bytes(const struct ext2_super_block *sb)
{
	uint64_t blocks = le32toh(sb->s_blocks_count);

	if (le32toh(sb->s_feature_incompat) & EXT4_FEATURE_INCOMPAT_64BIT)
		blocks |= (uint64_t)le32toh(sb->s_blocks_count_hi) << 32;
	return blocks > UINT64_MAX >> 16
		       ? UINT64_MAX
		       : blocks * EXT2_MIN_BLOCK_SIZE << le32toh(sb->s_log_block_size);
}

/* "3 errors since 2026-01-02, the last in ext4_lookup" */
static const char *ext_recorded(const struct where *w, const struct ext2_super_block *sb)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	unsigned n = le32toh(sb->s_error_count);
	time_t first = (time_t)le32toh(sb->s_first_error_time);
	char func[sizeof(sb->s_last_error_func) + 1] = "", day[32] = "";
	struct tm tm;

	memcpy(func, sb->s_last_error_func, sizeof(sb->s_last_error_func));
	if (strspn(func, "abcdefghijklmnopqrstuvwxyz_0123456789") != strlen(func))
		func[0] = '\0';
	bytes_adds(&b, "its superblock records errors");
	if (n == 0)
		return arena_strdup(w->a, b.data);
	bytes_addf(&b, ": %u", n);
	if (first && gmtime_r(&first, &tm) && strftime(day, sizeof(day), "%Y-%m-%d", &tm))
		bytes_addf(&b, " since %s", day);
	if (func[0])
		bytes_addf(&b, ", the last in %s", func);
	return arena_strdup(w->a, b.data);
}

static bool ext_is_cut(struct where *w, const struct ext2_super_block *sb)
{
	uint64_t bytes = ext_bytes(sb);
	char has[32], there[32];

	if (bytes <= w->size)
		return false;
	set(w, FS_CUT,
	    arena_printf(w->a, "the file system has %s, of which %s are there: it was cut short",
			 format_size(bytes, has, sizeof(has)),
			 format_size(w->size, there, sizeof(there))));
	return true;
}

/* The backup to repair from. */
struct backup {
	struct ext2_super_block sb;
	uint64_t number;
	uint32_t block;
};

/* known: what is left of the first superblock, whose UUID is the file system's; or NULL. */
static void ext_backup_at(const struct where *w, uint64_t group, uint32_t block,
			  const struct ext2_super_block *known, struct backup *best)
{
	uint64_t number = group * 8 * block + (block == 1024);
	struct ext2_super_block sb;

	if (!read_at(w, number * block, &sb, sizeof(sb)) || !ext_is_super(&sb) ||
	    !ext_sum_is_good(&sb))
		return;
	if ((uint32_t)EXT2_MIN_BLOCK_SIZE << le32toh(sb.s_log_block_size) != block ||
	    le16toh(sb.s_block_group_nr) != group || le32toh(sb.s_blocks_per_group) != 8 * block ||
	    ext_bytes(&sb) > w->size || ext_bytes(&sb) < number * block)
		return;
	if (known && memcmp(known->s_uuid, sb.s_uuid, sizeof(sb.s_uuid)) != 0)
		return;
	/* Of one that was made over another, those of the other may be left. */
	if (!best->block || le32toh(sb.s_mkfs_time) > le32toh(best->sb.s_mkfs_time))
		*best = (struct backup){ sb, number, block };
}

/* Where mke2fs puts them for the usual block sizes: groups 1, and the powers of 3, 5 and 7. */
static bool ext_backup(const struct where *w, const struct ext2_super_block *known,
		       struct backup *best)
{
	static const uint32_t blocks[] = { 4096, 1024, 2048, 65536 };
	static const uint64_t groups[] = { 1, 3, 5, 7, 9, 25, 27, 49, 81, 125 };

	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(groups); k++)
			ext_backup_at(w, groups[k], blocks[i], known, best);
	}
	return best->block != 0;
}

static void ext_no_super(struct where *w, const struct ext2_super_block *known, const char *what)
{
	struct backup b = { .block = 0 };

	if (!ext_backup(w, known, &b))
		return;
	w->p->spare = b.number;
	w->p->spare_block = b.block;
	w->p->spare_uuid = uuid_of(w, b.sb.s_uuid);
	w->p->spare_label =
		label_of(w, (const char *)b.sb.s_volume_name, sizeof(b.sb.s_volume_name));
	set(w, FS_EXT_SUPERBLOCK,
	    arena_printf(w->a, "%s, but its backup in block %llu is good", what,
			 (unsigned long long)w->p->spare));
}

static void probe_ext(struct where *w)
{
	struct ext2_super_block sb;

	if (!read_at(w, EXT_SUPER, &sb, sizeof(sb)) || !ext_is_super(&sb)) {
		ext_no_super(w, NULL, "its superblock makes no sense");
		return;
	}
	if (!ext_sum_is_good(&sb)) {
		ext_no_super(w, &sb, "the checksum of its superblock is wrong");
		if (w->p->fault == FS_FINE)
			set(w, FS_EXT_ERRORS, "the checksum of its superblock is wrong");
		return;
	}
	if (ext_is_cut(w, &sb))
		return;
	if (le16toh(sb.s_state) & EXT2_ERROR_FS)
		set(w, FS_EXT_ERRORS, ext_recorded(w, &sb));
}

/* --- xfs --- */

static void probe_xfs(struct where *w)
{
	unsigned char sb[16];
	uint64_t blocks = 0, block = 0;
	char has[32], there[32];

	if (!read_at(w, 0, sb, sizeof(sb)) || memcmp(sb, "XFSB", 4) != 0)
		return;
	for (size_t i = 4; i < 8; i++)
		block = block << 8 | sb[i];
	for (size_t i = 8; i < 16; i++)
		blocks = blocks << 8 | sb[i];
	if (block < 512 || block > 65536 || blocks <= w->size / block)
		return;
	blocks = blocks > UINT64_MAX / block ? UINT64_MAX : blocks * block;
	set(w, FS_CUT,
	    arena_printf(w->a, "the file system has %s, of which %s are there: it was cut short",
			 format_size(blocks, has, sizeof(has)),
			 format_size(w->size, there, sizeof(there))));
}

/* --- btrfs --- */

#define BTRFS_SIZE 4096u
#define BTRFS_FSID_AT 0x20
#define BTRFS_LABEL_AT 0x12b
#define BTRFS_MAGIC_AT 0x40
#define BTRFS_BYTENR_AT 0x30
#define BTRFS_CSUM_TYPE_AT 0xc4
#define BTRFS_CSUM_LEN 32

enum copy { COPY_ABSENT, COPY_BAD, COPY_GOOD };

/* Only CRC-32C, which all but a few use, is reckoned; the others count as good. */
static enum copy btrfs_copy(const struct where *w, uint64_t at)
{
	unsigned char sb[BTRFS_SIZE];
	uint64_t bytenr;
	uint32_t sum;

	if (!read_at(w, at, sb, sizeof(sb)) || memcmp(sb + BTRFS_MAGIC_AT, "_BHRfS_M", 8) != 0)
		return COPY_ABSENT;
	memcpy(&bytenr, sb + BTRFS_BYTENR_AT, sizeof(bytenr));
	memcpy(&sum, sb, sizeof(sum));
	if (le64toh(bytenr) != at)
		return COPY_BAD;
	if (sb[BTRFS_CSUM_TYPE_AT] || sb[BTRFS_CSUM_TYPE_AT + 1])
		return COPY_GOOD;
	return ~ext2fs_crc32c_le(~0u, sb + BTRFS_CSUM_LEN, sizeof(sb) - BTRFS_CSUM_LEN) ==
			       le32toh(sum)
		       ? COPY_GOOD
		       : COPY_BAD;
}

static void btrfs_names(const struct where *w, uint64_t copy)
{
	unsigned char fsid[16];
	char label[256];

	if (read_at(w, copy + BTRFS_FSID_AT, fsid, sizeof(fsid)))
		w->p->spare_uuid = uuid_of(w, fsid);
	if (read_at(w, copy + BTRFS_LABEL_AT, label, sizeof(label)))
		w->p->spare_label = label_of(w, label, sizeof(label));
}

static void probe_btrfs(struct where *w)
{
	static const uint64_t copies[] = { 64ull << 20, 256ull << 30 };
	bool spare = false;

	if (btrfs_copy(w, 65536) == COPY_GOOD)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(copies) && !spare; i++) {
		spare = btrfs_copy(w, copies[i]) == COPY_GOOD;
		if (spare)
			btrfs_names(w, copies[i]);
	}
	if (spare)
		set(w, FS_BTRFS_SUPERBLOCK, "its superblock is damaged, but a copy is good");
	else if (w->p->type)
		set(w, FS_BTRFS_DAMAGED, "its superblock and all copies of it are damaged");
}

/* --- swap --- */

static void probe_swap(struct where *w)
{
	char signature[HIBERNATE_SIG];
	uint64_t at;

	if (hibernate_look(w->fd, w->start, w->size, &at, signature))
		set(w, FS_HIBERNATED, "it holds the memory of a hibernated system");
}

/* --- all --- */

/* Nothing is known here: an ext or btrfs that lost its first superblock, unless it is for others.
 */
static bool may_have_lost_it(const struct partition *p)
{
	return !p->error && (p->role == ROLE_UNKNOWN || p->role == ROLE_BOOT);
}

void fsfault_probe(int fd, uint64_t start, uint64_t size, struct arena *a, struct partition *p)
{
	struct where w = { .fd = fd, .start = start, .size = size, .a = a, .p = p };

	if (!p->type && may_have_lost_it(p)) {
		ext_no_super(&w, NULL, "no file system is recognised");
		if (p->fault == FS_FINE)
			probe_btrfs(&w);
	} else if (p->type && startswith(p->type, "ext") && p->type[3] && !p->type[4]) {
		probe_ext(&w);
	} else if (p->type && streq(p->type, "xfs")) {
		probe_xfs(&w);
	} else if (p->type && streq(p->type, "btrfs")) {
		probe_btrfs(&w);
	} else if (p->type && streq(p->type, "swsuspend")) {
		probe_swap(&w);
	}
}
