/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/be.h"
#include "lib/grubfs.h"
#include "lib/le.h"

#define EXT_FILETYPE 0x2u
#define EXT_RECOVER 0x4u
#define EXT_EXTENTS 0x40u
#define EXT_FLEX_BG 0x200u
/* Bits no GRUB accepts or that nobody has given a meaning: another constant has them. */
#define EXT_NEVER 0xfffc1c29u

#define XFS_FTYPE 0x1u
#define XFS_META_UUID 0x4u
#define XFS_NEVER 0xffffe000u

struct feature {
	uint32_t bit;
	const char *name;
};

static const struct feature ext_features[] = {
	{ 0x1, "compression" },
	{ 0x2, "filetype" },
	{ 0x4, "needs_recovery" },
	{ 0x8, "journal_dev" },
	{ 0x10, "meta_bg" },
	{ 0x40, "extent" },
	{ 0x80, "64bit" },
	{ 0x100, "mmp" },
	{ 0x200, "flex_bg" },
	{ 0x400, "ea_inode" },
	{ 0x1000, "dirdata" },
	{ 0x2000, "metadata_csum_seed" },
	{ 0x4000, "large_dir" },
	{ 0x8000, "inline_data" },
	{ 0x10000, "encrypt" },
	{ 0x20000, "casefold" },
	{ 0, NULL },
};

static const struct feature xfs_features[] = {
	{ 0x1, "ftype" },
	{ 0x2, "sparse inodes" },
	{ 0x4, "metadata UUID" },
	{ 0x8, "bigtime" },
	{ 0x10, "needsrepair" },
	{ 0x20, "nrext64" },
	{ 0x40, "exchange" },
	{ 0x80, "parent" },
	{ 0x100, "metadir" },
	{ 0x200, "zoned" },
	{ 0, NULL },
};

bool grubfs_type_of(const char *type, enum grubfs_type *out)
{
	static const char *const ext[] = { "ext2", "ext3", "ext4", NULL };

	*out = in_list(type, ext) ? GRUBFS_EXT : GRUBFS_XFS;
	return *out == GRUBFS_EXT || streq(type, "xfs");
}

/* --- the code --- */

static bool is_ext_mask(uint32_t m)
{
	const uint32_t has = EXT_FILETYPE | EXT_RECOVER | EXT_EXTENTS | EXT_FLEX_BG;

	return (m & has) == has && (m & EXT_NEVER) == 0;
}

static bool is_xfs_mask(uint32_t m)
{
	const uint32_t has = XFS_FTYPE | XFS_META_UUID;

	return (m & has) == has && (m & XFS_NEVER) == 0;
}

/*
 * The instruction in front of its constant: A9 is TEST EAX; F7 /0 is TEST of a register, or of
 * memory with a displacement of 0, 1 or 4 bytes (two more forms with a SIB byte do not occur).
 */
static bool is_test(const unsigned char *code, size_t at)
{
	static const struct {
		size_t back;
		unsigned char mod;
	} forms[] = { { 2, 3 }, { 2, 0 }, { 3, 1 }, { 6, 2 } };

	if (at >= 1 && code[at - 1] == 0xa9)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		const unsigned char *p = code + at - forms[i].back;

		if (at >= forms[i].back && p[0] == 0xf7 && p[1] >> 6 == forms[i].mod &&
		    (p[1] >> 3 & 7) == 0)
			return true;
	}
	return false;
}

/* xfs is big-endian on the disk, and GRUB turns the constant round instead of the word. */
static bool mask_at(enum grubfs_type t, const unsigned char *p, uint32_t *mask)
{
	*mask = ~(t == GRUBFS_EXT ? le32_at(p) : be32_at(p));
	return t == GRUBFS_EXT ? is_ext_mask(*mask) : is_xfs_mask(*mask);
}

bool grubfs_reads(enum grubfs_type t, const void *code, size_t len, uint32_t *mask)
{
	uint32_t found = 0, m;

	for (size_t at = 1; at + 4 <= len; at++) {
		if (!mask_at(t, (const unsigned char *)code + at, &m) || !is_test(code, at))
			continue;
		if (found && found != m)
			return false;
		found = m;
	}
	if (!found)
		return false;
	*mask = found;
	return true;
}

/* --- the superblock --- */

uint64_t grubfs_super_at(enum grubfs_type t)
{
	return t == GRUBFS_EXT ? 1024 : 0;
}

static bool ext_word(const unsigned char *p, uint32_t *features)
{
	/* Revision 0 has no such words. */
	if (le16_at(p + 0x38) != 0xef53 || le32_at(p + 0x4c) == 0)
		return false;
	*features = le32_at(p + 0x60);
	return true;
}

static bool xfs_word(const unsigned char *p, uint32_t *features)
{
	if (memcmp(p, "XFSB", 4) != 0 || (p[101] & 0xf) != 5)
		return false;
	*features = be32_at(p + 216);
	return true;
}

bool grubfs_features(enum grubfs_type t, const void *super, uint32_t *features)
{
	return t == GRUBFS_EXT ? ext_word(super, features) : xfs_word(super, features);
}

const char *grubfs_names(enum grubfs_type t, struct arena *a, uint32_t features)
{
	const struct feature *f = t == GRUBFS_EXT ? ext_features : xfs_features;
	_cleanup_bytes_ struct bytes b = { 0 };

	for (; f->name; f++) {
		if (!(features & f->bit))
			continue;
		bytes_addf(&b, "%s%s", b.len ? ", " : "", f->name);
		features &= ~f->bit;
	}
	if (features)
		bytes_addf(&b, "%s0x%x", b.len ? ", " : "", features);
	return arena_strndup(a, b.len ? b.data : "", b.len);
}
