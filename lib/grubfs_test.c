/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/grubfs.h"

#define TEST_EAX 0xa9
#define DEBIAN12_EXT 0x163d6u
#define UPSTREAM206_EXT 0x103d6u

static size_t put_le(unsigned char *p, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (unsigned char)(v >> 8 * i);
	return 4;
}

static size_t put_be(unsigned char *p, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		p[3 - i] = (unsigned char)(v >> 8 * i);
	return 4;
}

static void test_forms(void **state)
{
	static const struct {
		size_t n;
		unsigned char code[6];
	} forms[] = {
		{ 1, { TEST_EAX } },
		{ 2, { 0xf7, 0xc2 } },		      /* edx */
		{ 2, { 0xf7, 0x03 } },		      /* [ebx] */
		{ 3, { 0xf7, 0x43, 0x60 } },	      /* [ebx+0x60] */
		{ 6, { 0xf7, 0x83, 0xdc, 0, 0, 0 } }, /* [ebx+0xdc] */
	};
	unsigned char b[32];
	uint32_t mask;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		memset(b, 0x90, sizeof(b));
		memcpy(b + 4, forms[i].code, forms[i].n);
		put_le(b + 4 + forms[i].n, ~DEBIAN12_EXT);
		assert_true(grubfs_reads(GRUBFS_EXT, b, sizeof(b), &mask));
		assert_int_equal(mask, DEBIAN12_EXT);
		put_be(b + 4 + forms[i].n, ~0x3fu);
		assert_true(grubfs_reads(GRUBFS_XFS, b, sizeof(b), &mask));
		assert_int_equal(mask, 0x3f);
		assert_false(grubfs_reads(GRUBFS_EXT, b, sizeof(b), &mask));
	}
}

static void test_no_test(void **state)
{
	unsigned char b[32] = { 0 };
	uint32_t mask = 7;

	(void)state;
	assert_false(grubfs_reads(GRUBFS_EXT, b, 0, &mask));
	assert_false(grubfs_reads(GRUBFS_EXT, b, sizeof(b), &mask));
	/* The constant without the instruction: what is behind it belongs to another. */
	put_le(b + 8, ~DEBIAN12_EXT);
	assert_false(grubfs_reads(GRUBFS_EXT, b, sizeof(b), &mask));
	b[6] = 0xf7;
	b[7] = 0xd0; /* NOT */
	assert_false(grubfs_reads(GRUBFS_EXT, b, sizeof(b), &mask));
	b[7] = TEST_EAX;
	assert_true(grubfs_reads(GRUBFS_EXT, b, 12, &mask));
	mask = 7;
	assert_false(grubfs_reads(GRUBFS_EXT, b, 11, &mask));
	/* Two that differ: which one counts is not known. */
	b[20] = TEST_EAX;
	put_le(b + 21, ~UPSTREAM206_EXT);
	assert_false(grubfs_reads(GRUBFS_EXT, b, sizeof(b), &mask));
	put_le(b + 21, ~DEBIAN12_EXT);
	assert_true(grubfs_reads(GRUBFS_EXT, b, sizeof(b), &mask));
	/* Bits that no GRUB ever took. */
	put_le(b + 8, ~(DEBIAN12_EXT | 0x8u));
	put_le(b + 21, ~(DEBIAN12_EXT | 0x100000u));
	assert_false(grubfs_reads(GRUBFS_EXT, b, sizeof(b), &mask));
}

static void test_super(void **state)
{
	unsigned char b[GRUBFS_SUPER] = { 0 };
	uint32_t f = 7;

	assert_false(grubfs_features(GRUBFS_EXT, b, &f));
	assert_false(grubfs_features(GRUBFS_XFS, b, &f));
	b[0x38] = 0x53;
	b[0x39] = 0xef;
	put_le(b + 0x60, 0x22c2);
	assert_false(grubfs_features(GRUBFS_EXT, b, &f));
	b[0x4c] = 1;
	assert_true(grubfs_features(GRUBFS_EXT, b, &f));
	assert_string_equal(grubfs_names(GRUBFS_EXT, *state, f & ~UPSTREAM206_EXT),
			    "metadata_csum_seed");
	memcpy(b, "XFSB", 4);
	put_be(b + 216, 0x2b);
	b[101] = 0xb4; /* version 4 */
	assert_false(grubfs_features(GRUBFS_XFS, b, &f));
	b[101] = 0xb5;
	assert_true(grubfs_features(GRUBFS_XFS, b, &f));
	assert_string_equal(grubfs_names(GRUBFS_XFS, *state, f & ~0x7u), "bigtime, nrext64");
	assert_string_equal(grubfs_names(GRUBFS_XFS, *state, 0), "");
	assert_string_equal(grubfs_names(GRUBFS_EXT, *state, 0x80020000u), "casefold, 0x80000000");
}

static void test_types(void **state)
{
	enum grubfs_type t;

	(void)state;
	assert_true(grubfs_type_of("ext3", &t) && t == GRUBFS_EXT);
	assert_true(grubfs_type_of("xfs", &t) && t == GRUBFS_XFS);
	assert_false(grubfs_type_of("btrfs", &t));
	assert_int_equal(grubfs_super_at(GRUBFS_EXT), 1024);
	assert_int_equal(grubfs_super_at(GRUBFS_XFS), 0);
}

static int setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_no_test),
		cmocka_unit_test(test_types),
		cmocka_unit_test_setup_teardown(test_super, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
