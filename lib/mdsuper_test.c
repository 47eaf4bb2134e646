/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mdsuper: each place a superblock may stand, and members that hold none. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "lib/mdsuper.h"

#define SIZE (1u << 20)

static void put(unsigned char *p, uint32_t n)
{
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(n >> (8 * i));
}

/* A member of SIZE bytes behind 512 others, with a superblock at offset at. */
static int member(uint64_t at, uint32_t major, int level)
{
	static unsigned char b[SIZE + 512];
	FILE *f = tmpfile();

	assert_non_null(f);
	memset(b, 0, sizeof(b));
	put(b + 512 + at, 0xa92b4efc);
	put(b + 512 + at + 4, major);
	put(b + 512 + at + (major == 1 ? 72 : 28), (uint32_t)level);
	assert_int_equal(fwrite(b, 1, sizeof(b), f), sizeof(b));
	assert_int_equal(fflush(f), 0);
	return fileno(f);
}

static void expect(uint64_t at, uint32_t major, int level)
{
	int got = 99;

	assert_int_equal(mdsuper_read(member(at, major, level), 512, SIZE, &got), 0);
	assert_int_equal(got, level);
}

static void test_places(void **state UNUSED)
{
	expect(4096, 1, 10);
	expect(0, 1, 1);
	expect(SIZE - 8192, 1, 5);
	expect(SIZE - 65536, 0, 1);
	expect(SIZE - 65536, 0, -1);
}

static void test_none(void **state UNUSED)
{
	int level = 99, fd = member(4096, 7, 1);

	assert_int_equal(mdsuper_read(fd, 512, SIZE, &level), -ENODATA);
	fd = member(2048, 1, 1);
	assert_int_equal(mdsuper_read(fd, 512, SIZE, &level), -ENODATA);
	fd = member(4096, 1, 1);
	assert_int_equal(mdsuper_read(fd, 512, 100, &level), -ENODATA);
	assert_int_equal(mdsuper_read(fd, UINT64_MAX, SIZE, &level), -ENODATA);
	assert_int_equal(mdsuper_read(fd, 512, UINT64_MAX, &level), -ENODATA);
	assert_int_equal(mdsuper_read(-1, 0, SIZE, &level), -ENODATA);
	assert_int_equal(level, 99);
}

static void test_modules(void **state UNUSED)
{
	assert_string_equal(mdsuper_module(1), "raid1");
	assert_string_equal(mdsuper_module(6), "raid456");
	assert_string_equal(mdsuper_module(10), "raid10");
	assert_null(mdsuper_module(77));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_modules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
