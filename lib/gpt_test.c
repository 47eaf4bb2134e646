/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "lib/gpt.h"

#define SIZE (1u << 20)
#define ENTRIES 128u
#define ENTRY 128u

static void put(unsigned char *p, uint64_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

static void put_at(int fd, uint64_t at, const void *buf, size_t n)
{
	assert_int_equal(pwrite(fd, buf, n, (off_t)at), n);
}

struct copy {
	uint64_t self, other, entries_at;
	uint32_t len, entries, entry_size;
	bool bad_sum;
};

static void write_copy(int fd, unsigned sector, const struct copy *c)
{
	static const unsigned char entries[ENTRIES * ENTRY] = { 1, 2, 3 };
	unsigned char h[4096] = { 0 };

	put_at(fd, c->entries_at * sector, entries, sizeof(entries));
	memcpy(h, "EFI PART", 8);
	put(h + 12, c->len, 4);
	put(h + 24, c->self, 8);
	put(h + 32, c->other, 8);
	put(h + 72, c->entries_at, 8);
	put(h + 80, c->entries, 4);
	put(h + 84, c->entry_size, 4);
	put(h + 88, crc32(0, entries, sizeof(entries)), 4);
	put(h + 16, crc32(0, h, c->len <= sector ? c->len : 92) + c->bad_sum, 4);
	put_at(fd, c->self * sector, h, sector);
}

/* A whole table of a disk with that many bytes; the file may be larger. */
static int make(unsigned sector, uint64_t size)
{
	static const unsigned char mbr[2] = { 0x55, 0xaa }, type = 0xee;
	uint64_t last = size / sector - 1;
	int fd = memfd_create("gpt", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, SIZE), 0);
	put_at(fd, 510, mbr, 2);
	put_at(fd, 450, &type, 1);
	write_copy(fd, sector, &(struct copy){ 1, last, 2, 92, ENTRIES, ENTRY, false });
	write_copy(fd, sector,
		   &(struct copy){ last, 1, last - 16384 / sector, 92, ENTRIES, ENTRY, false });
	return fd;
}

static void expect(int fd, uint64_t size, bool primary, bool backup, bool at_end)
{
	struct gpt g;

	assert_int_equal(gpt_look(fd, size, &g), 0);
	assert_int_equal(g.primary, primary);
	assert_int_equal(g.backup, backup);
	assert_int_equal(g.at_end, at_end);
}

static void test_whole(void **state)
{
	static const unsigned sectors[] = { 512, 4096 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sectors); i++) {
		_cleanup_close_ int fd = make(sectors[i], SIZE);
		struct gpt g;

		expect(fd, SIZE, true, true, true);
		assert_int_equal(gpt_look(fd, SIZE, &g), 0);
		assert_int_equal(g.sector, sectors[i]);
	}
}

static void test_one_copy(void **state)
{
	static const unsigned char zeros[512] = { 0 };

	(void)state;
	{
		_cleanup_close_ int fd = make(512, SIZE);

		put_at(fd, 512, zeros, 512);
		expect(fd, SIZE, false, true, true);
		put_at(fd, SIZE - 512, zeros, 512);
		assert_int_equal(gpt_look(fd, SIZE, &(struct gpt){ 0 }), -ENODATA);
	}
	{
		_cleanup_close_ int fd = make(512, SIZE);

		/* Of the entries of the first copy one byte. */
		put_at(fd, 2 * 512 + 200, "x", 1);
		expect(fd, SIZE, false, true, true);
	}
	{
		_cleanup_close_ int fd = make(512, SIZE);

		put_at(fd, SIZE - 512, zeros, 512);
		expect(fd, SIZE, true, false, false);
	}
}

static void test_grown(void **state)
{
	_cleanup_close_ int fd = make(512, SIZE / 2);

	(void)state;
	expect(fd, SIZE, true, true, false);
}

static void test_none(void **state)
{
	_cleanup_close_ int fd = make(512, SIZE);
	struct gpt g;

	(void)state;
	assert_int_equal(gpt_look(fd, 4096, &g), -ENODATA);
	assert_int_equal(gpt_look(fd, 0, &g), -ENODATA);
	assert_int_equal(gpt_look(-1, SIZE, &g), -ENODATA);
	/* Another machine may have made an MBR of it since. */
	put_at(fd, 450, "\x83", 1);
	assert_int_equal(gpt_look(fd, SIZE, &g), -ENODATA);
	/* A disk said to be larger than it is. */
	put_at(fd, 450, "\xee", 1);
	expect(fd, 2ull * SIZE, true, true, false);
}

static void test_hostile(void **state)
{
	const uint64_t last = SIZE / 512 - 1;
	const struct copy bad[] = {
		{ 1, last, 2, 91, ENTRIES, ENTRY, false },
		{ 1, last, 2, 513, ENTRIES, ENTRY, false },
		{ 1, last, 2, ~0u, ENTRIES, ENTRY, false },
		{ 1, last, 2, 92, ENTRIES, ENTRY, true },
		{ 1, last, 2, 92, ENTRIES, 64, false },
		{ 1, last, 2, 92, 0, ENTRY, false },
		{ 1, last, 2, 92, ~0u, ~0u, false },
		{ 1, last, 2, 92, ~0u, ENTRY, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		_cleanup_close_ int fd = make(512, SIZE);

		write_copy(fd, 512, &bad[i]);
		expect(fd, SIZE, false, true, true);
	}
}

/* Numbers that lead far behind the disk, with sums that are right. */
static void test_far(void **state)
{
	_cleanup_close_ int fd = make(512, SIZE);
	unsigned char h[512];

	(void)state;
	assert_int_equal(pread(fd, h, 512, 512), 512);
	put(h + 32, UINT64_MAX, 8);
	put(h + 16, 0, 4);
	put(h + 16, crc32(0, h, 92), 4);
	put_at(fd, 512, h, 512);
	put_at(fd, SIZE - 512, "x", 1);
	expect(fd, SIZE, true, false, false);
	put(h + 72, UINT64_MAX / 512 + 3, 8);
	put(h + 16, 0, 4);
	put(h + 16, crc32(0, h, 92), 4);
	put_at(fd, 512, h, 512);
	assert_int_equal(gpt_look(fd, SIZE, &(struct gpt){ 0 }), -ENODATA);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),	cmocka_unit_test(test_one_copy),
		cmocka_unit_test(test_grown),	cmocka_unit_test(test_none),
		cmocka_unit_test(test_hostile), cmocka_unit_test(test_far),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
