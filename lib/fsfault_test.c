/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <endian.h>
#include <ext2fs/ext2fs.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/fsfault.h"

#define START 4096u
#define BLOCK 1024u
#define GROUP (8u * BLOCK)
#define BLOCKS 20000u
#define SIZE ((uint64_t)BLOCKS * BLOCK)

struct state {
	struct arena *a;
	int fd;
};

static int setup(void **state)
{
	struct state *s = xcalloc(1, sizeof(*s));

	s->a = arena_new();
	s->fd = memfd_create("fs", MFD_CLOEXEC);
	*state = s;
	return ftruncate(s->fd, START + SIZE);
}

static int teardown(void **state)
{
	struct state *s = *state;

	close(s->fd);
	arena_free(s->a);
	free(s);
	return 0;
}

static void put(struct state *s, uint64_t at, const void *buf, size_t n)
{
	assert_int_equal(pwrite(s->fd, buf, n, (off_t)(START + at)), n);
}

static struct partition probe_size(struct state *s, const char *type, uint64_t size)
{
	struct partition p = { .type = type, .size = size };

	fsfault_probe(s->fd, START, size, s->a, &p);
	/* Whatever is wrong has words. */
	assert_int_equal(p.fault == FS_FINE, p.fault_why == NULL);
	return p;
}

static struct partition probe(struct state *s, const char *type)
{
	return probe_size(s, type, SIZE);
}

/* --- ext --- */

static struct ext2_super_block super(unsigned group)
{
	struct ext2_super_block sb = { 0 };

	sb.s_magic = htole16(EXT2_SUPER_MAGIC);
	sb.s_state = htole16(EXT2_VALID_FS);
	sb.s_rev_level = htole32(1);
	sb.s_blocks_count = htole32(BLOCKS);
	sb.s_blocks_per_group = htole32(GROUP);
	sb.s_block_group_nr = htole16((uint16_t)group);
	sb.s_feature_ro_compat = htole32(EXT4_FEATURE_RO_COMPAT_METADATA_CSUM);
	return sb;
}

static void put_super(struct state *s, struct ext2_super_block *sb, uint64_t at)
{
	sb->s_checksum = htole32(ext2fs_crc32c_le(~0u, (unsigned char *)sb,
						  offsetof(struct ext2_super_block, s_checksum)));
	put(s, at, sb, sizeof(*sb));
}

static void test_ext(void **state)
{
	struct ext2_super_block sb = super(0);
	struct partition p;

	put_super(*state, &sb, 1024);
	assert_int_equal(probe(*state, "ext4").fault, FS_FINE);
	sb.s_state = htole16(EXT2_ERROR_FS);
	put_super(*state, &sb, 1024);
	assert_string_equal(probe(*state, "ext4").fault_why, "its superblock records errors");
	sb.s_error_count = htole32(3);
	sb.s_first_error_time = htole32(1767312000);
	memcpy(sb.s_last_error_func, "ext4_lookup", 12);
	put_super(*state, &sb, 1024);
	p = probe(*state, "ext4");
	assert_int_equal(p.fault, FS_EXT_ERRORS);
	assert_string_equal(p.fault_why, "its superblock records errors: 3 since 2026-01-02, the "
					 "last in ext4_lookup");
	/* What a hostile disk would have printed. */
	memset(sb.s_last_error_func, '\x1b', sizeof(sb.s_last_error_func));
	put_super(*state, &sb, 1024);
	assert_null(strchr(probe(*state, "ext4").fault_why, '\x1b'));
	memset(sb.s_last_error_func, 'a', sizeof(sb.s_last_error_func));
	put_super(*state, &sb, 1024);
	assert_int_equal(probe(*state, "ext4").fault, FS_EXT_ERRORS);
}

static void test_ext_backup(void **state)
{
	struct ext2_super_block sb = super(0), spare = super(1);
	struct partition p;

	put_super(*state, &sb, 1024);
	put(*state, 1024 + 100, "x", 1);
	assert_int_equal(probe(*state, "ext4").fault, FS_EXT_ERRORS);
	put_super(*state, &spare, (uint64_t)(GROUP + 1) * BLOCK);
	p = probe(*state, "ext4");
	assert_int_equal(p.fault, FS_EXT_SUPERBLOCK);
	assert_true(p.spare == GROUP + 1 && p.spare_block == BLOCK);
	/* Nothing is recognised any more. */
	put(*state, 1024, &(struct ext2_super_block){ 0 }, sizeof(sb));
	assert_int_equal(probe(*state, NULL).fault, FS_EXT_SUPERBLOCK);
	/* A partition that is for something else may hold an old one. */
	p = (struct partition){ .size = SIZE, .role = ROLE_BIOS_BOOT };
	fsfault_probe(((struct state *)*state)->fd, START, SIZE, NULL, &p);
	assert_int_equal(p.fault, FS_FINE);
}

/* A backup that is none: of another group, size or file system, or damaged itself. */
static void test_ext_bad_backup(void **state)
{
	const uint64_t at = (uint64_t)(GROUP + 1) * BLOCK;
	struct ext2_super_block sb;

	for (int i = 0; i < 6; i++) {
		sb = super(i == 0 ? 3 : 1);
		if (i == 1)
			sb.s_blocks_count = htole32(BLOCKS + 1);
		if (i == 2)
			sb.s_blocks_count = htole32(GROUP);
		if (i == 3)
			sb.s_log_block_size = htole32(2);
		if (i == 4)
			sb.s_blocks_per_group = htole32(1);
		put_super(*state, &sb, at);
		if (i == 5)
			put(*state, at + 0x68, "x", 1);
		assert_int_equal(probe(*state, NULL).fault, FS_FINE);
	}
}

/* What is left of a file system that another one was made over. */
static void test_ext_stale_backup(void **state)
{
	const uint64_t first = (uint64_t)(GROUP + 1) * BLOCK, small = (uint64_t)8 * 2048 * 2048;
	struct ext2_super_block sb = super(0), old = super(1), new = super(1);
	struct partition p;

	memset(sb.s_uuid, 0xaa, 16);
	memset(old.s_uuid, 0x11, 16);
	memset(new.s_uuid, 0x22, 16);
	strcpy((char *)new.s_volume_name, "data");
	old.s_mkfs_time = htole32(1000);
	new.s_mkfs_time = htole32(2000);
	/* The first superblock still tells whose backups count. */
	put_super(*state, &sb, 1024);
	put(*state, 1024 + 100, "x", 1);
	put_super(*state, &old, first);
	p = probe(*state, "ext4");
	assert_int_equal(p.fault, FS_EXT_ERRORS);
	assert_null(p.spare_uuid);
	/* Of two the newer one, wherever it lies. */
	new.s_log_block_size = htole32(1);
	new.s_blocks_per_group = htole32(8 * 2048);
	new.s_blocks_count = htole32(BLOCKS);
	assert_int_equal(ftruncate(((struct state *)*state)->fd, START + 2 * SIZE), 0);
	put_super(*state, &new, small);
	put(*state, 1024, &(struct ext2_super_block){ 0 }, sizeof(sb));
	p = probe_size(*state, NULL, 2 * SIZE);
	assert_int_equal(p.fault, FS_EXT_SUPERBLOCK);
	assert_true(p.spare_block == 2048);
	assert_string_equal(p.spare_uuid, "22222222-2222-2222-2222-222222222222");
	assert_string_equal(p.spare_label, "data");
	old.s_mkfs_time = htole32(3000);
	strcpy((char *)old.s_volume_name, "\x1b[2J");
	put_super(*state, &old, first);
	p = probe_size(*state, NULL, 2 * SIZE);
	assert_true(p.spare_block == BLOCK);
	assert_string_equal(p.spare_uuid, "11111111-1111-1111-1111-111111111111");
	assert_null(p.spare_label);
	strcpy((char *)old.s_volume_name, "caf\xc3\xa9");
	put_super(*state, &old, first);
	p = probe_size(*state, NULL, 2 * SIZE);
	assert_string_equal(p.spare_label, "caf\xc3\xa9");
}

static void test_ext_cut(void **state)
{
	struct ext2_super_block sb = super(0);

	put_super(*state, &sb, 1024);
	assert_int_equal(probe_size(*state, "ext4", SIZE - BLOCK).fault, FS_CUT);
	assert_int_equal(probe_size(*state, "ext4", 1500).fault, FS_FINE);
	assert_int_equal(probe_size(*state, "ext4", 0).fault, FS_FINE);
	sb.s_feature_incompat = htole32(EXT4_FEATURE_INCOMPAT_64BIT);
	sb.s_blocks_count_hi = 0xffffffff;
	sb.s_log_block_size = htole32(6);
	put_super(*state, &sb, 1024);
	assert_int_equal(probe(*state, "ext4").fault, FS_CUT);
	sb.s_log_block_size = htole32(7); /* no such block */
	put_super(*state, &sb, 1024);
	assert_int_equal(probe(*state, "ext4").fault, FS_FINE);
}

/* --- xfs --- */

static void test_xfs(void **state)
{
	unsigned char sb[16] = "XFSB";

	sb[6] = 0x10; /* blocks of 4096 */
	sb[14] = 0x10;
	put(*state, 0, sb, sizeof(sb));
	assert_int_equal(probe(*state, "xfs").fault, FS_FINE);
	sb[13] = 1;
	put(*state, 0, sb, sizeof(sb));
	assert_int_equal(probe(*state, "xfs").fault, FS_CUT);
	memset(sb + 8, 0xff, 8);
	put(*state, 0, sb, sizeof(sb));
	assert_int_equal(probe(*state, "xfs").fault, FS_CUT);
	memset(sb + 4, 0, 4);
	put(*state, 0, sb, sizeof(sb));
	assert_int_equal(probe(*state, "xfs").fault, FS_FINE);
	assert_int_equal(probe_size(*state, "xfs", 10).fault, FS_FINE);
}

/* --- btrfs --- */

static void put_btrfs(struct state *s, uint64_t at, unsigned char kind)
{
	unsigned char sb[4096] = { 0 };
	uint64_t bytenr = htole64(at);
	uint32_t sum;

	memcpy(sb + 0x30, &bytenr, 8);
	memcpy(sb + 0x40, "_BHRfS_M", 8);
	sb[0xc4] = kind;
	sum = htole32(~ext2fs_crc32c_le(~0u, sb + 32, sizeof(sb) - 32));
	if (!kind)
		memcpy(sb, &sum, 4);
	put(s, at, sb, sizeof(sb));
}

static void test_btrfs(void **state)
{
	struct state *s = *state;
	const uint64_t size = (65ull << 20);

	assert_int_equal(ftruncate(s->fd, (off_t)(START + size)), 0);
	assert_int_equal(probe_size(s, "btrfs", size).fault, FS_BTRFS_DAMAGED);
	put_btrfs(s, 64ull << 20, 0);
	assert_int_equal(probe_size(s, "btrfs", size).fault, FS_BTRFS_SUPERBLOCK);
	assert_int_equal(probe_size(s, NULL, size).fault, FS_BTRFS_SUPERBLOCK);
	put_btrfs(s, 65536, 0);
	assert_int_equal(probe_size(s, "btrfs", size).fault, FS_FINE);
	put(s, 65536 + 1000, "x", 1);
	assert_int_equal(probe_size(s, "btrfs", size).fault, FS_BTRFS_SUPERBLOCK);
	/* A sum that is not reckoned here. */
	put_btrfs(s, 65536, 2);
	assert_int_equal(probe_size(s, "btrfs", size).fault, FS_FINE);
	put(s, 64ull << 20, "x", 1);
	put(s, 65536 + 0x30, "\0\0\0", 3);
	assert_int_equal(probe_size(s, "btrfs", size).fault, FS_BTRFS_DAMAGED);
}

/* --- swap, and what is none of them --- */

static void test_others(void **state)
{
	put(*state, 4096 - 20, "SWAPSPACE2S1SUSPEND\0", 20);
	assert_int_equal(probe(*state, "swsuspend").fault, FS_HIBERNATED);
	assert_int_equal(probe(*state, "swap").fault, FS_FINE);
	assert_int_equal(probe(*state, "ext").fault, FS_FINE);
	assert_int_equal(probe(*state, "ext44").fault, FS_FINE);
	assert_int_equal(probe(*state, "").fault, FS_FINE);
	assert_int_equal(probe_size(*state, "swsuspend", 100).fault, FS_FINE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_ext, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ext_backup, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ext_bad_backup, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ext_stale_backup, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ext_cut, setup, teardown),
		cmocka_unit_test_setup_teardown(test_xfs, setup, teardown),
		cmocka_unit_test_setup_teardown(test_btrfs, setup, teardown),
		cmocka_unit_test_setup_teardown(test_others, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
