/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <zlib.h>

#include "lib/kernel_sum.h"
#include "lib/testtree.h"

#define SETUP 4096u
#define END (SETUP + 3u * 4096u)
#define PE 0x80u

struct made {
	unsigned char b[END + 64];
	size_t len;
};

static void put32(unsigned char *p, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

static void make(struct made *m, const char *version)
{
	memset(m, 0, sizeof(*m));
	for (size_t i = SETUP; i < END; i++)
		m->b[i] = (unsigned char)(i * 31 + i / 256);
	m->b[0x1f1] = SETUP / 512 - 1;
	put32(m->b + 0x1f4, (END - SETUP) / 16);
	memcpy(m->b + 0x202, "HdrS\x0f\x02", 6);
	m->b[0x20f] = 4; /* 0x400, and 0x200 more */
	memcpy(m->b + 0x600, version, strlen(version));
	m->len = END;
}

/* As an image that EFI starts; none of these fields is set by the build. */
static void make_efi(struct made *m)
{
	memcpy(m->b, "MZ", 2);
	put32(m->b + 0x3c, PE);
	memcpy(m->b + PE, "PE\0\0", 4);
	memcpy(m->b + PE + 24, "\x0b\x02", 2);
}

static void add_sum(struct made *m)
{
	put32(m->b + END - 4, ~(uint32_t)crc32(0, m->b, END - 4));
}

static enum kernel_sum sum(struct testtree *t, const struct made *m)
{
	testtree_put(t, "/k", m->b, m->len);
	return kernel_sum(t->root, "/k");
}

static void right_and_wrong(void **state)
{
	struct testtree *t = *state;
	struct made m;

	make(&m, "6.1.0-50-amd64 (x@y) #1");
	add_sum(&m);
	assert_int_equal(sum(t, &m), KERNEL_SUM_GOOD);
	/* What stands behind it does not count. */
	m.len = sizeof(m.b);
	assert_int_equal(sum(t, &m), KERNEL_SUM_GOOD);
	m.b[END / 2] ^= 1;
	assert_int_equal(sum(t, &m), KERNEL_SUM_WRONG);
	m.b[END / 2] ^= 1;
	m.b[0x300] ^= 1;
	assert_int_equal(sum(t, &m), KERNEL_SUM_WRONG);
}

static void signed_image(void **state)
{
	struct testtree *t = *state;
	struct made m;

	make(&m, "5.10.0-1 (x@y)");
	make_efi(&m);
	add_sum(&m);
	assert_int_equal(sum(t, &m), KERNEL_SUM_GOOD);
	put32(m.b + PE + 24 + 64, 0xd8d44c);
	put32(m.b + PE + 24 + 112 + 32, END);
	put32(m.b + PE + 24 + 112 + 36, 64);
	assert_int_equal(sum(t, &m), KERNEL_SUM_GOOD);
	m.b[PE + 24 + 60] ^= 1;
	assert_int_equal(sum(t, &m), KERNEL_SUM_WRONG);
	/* A header that lies about where it is. */
	make(&m, "5.10.0-1 (x@y)");
	memcpy(m.b, "MZ", 2);
	put32(m.b + 0x3c, 0xfffffff0);
	add_sum(&m);
	assert_int_equal(sum(t, &m), KERNEL_SUM_GOOD);
}

static void without_sum(void **state)
{
	static const char *const versions[] = { "6.15.0-1", "6.16", "7.0.1", "10.1",
						"x",	    "6",    "6.",    "" };
	struct testtree *t = *state;
	struct made m;

	for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
		make(&m, versions[i]);
		assert_int_equal(sum(t, &m), KERNEL_SUM_NONE);
	}
	/* Zeros in its place, as of 6.15: of an older one that took this change. */
	make(&m, "5.14.0-620.el9");
	put32(m.b + END - 4, 0);
	assert_int_equal(sum(t, &m), KERNEL_SUM_NONE);
	m.b[END - 4] = 1;
	assert_int_equal(sum(t, &m), KERNEL_SUM_WRONG);
	make(&m, "6.14.0-1");
	put32(m.b + END - 4, 0x12345678);
	assert_int_equal(sum(t, &m), KERNEL_SUM_WRONG);
	m.b[0x206] = 7; /* protocol 2.07 */
	assert_int_equal(sum(t, &m), KERNEL_SUM_NONE);
	make(&m, "2.6.18-8");
	memcpy(m.b + 0x202, "none", 4);
	assert_int_equal(sum(t, &m), KERNEL_SUM_NONE);
	assert_int_equal(kernel_sum(t->root, "/nothing"), KERNEL_SUM_NONE);
	testtree_dir(t, "/d");
	assert_int_equal(kernel_sum(t->root, "/d"), KERNEL_SUM_NONE);
}

static void odd_sizes(void **state)
{
	struct testtree *t = *state;
	struct made m;

	make(&m, "6.1.0-50");
	add_sum(&m);
	m.len = END - 1;
	assert_int_equal(sum(t, &m), KERNEL_SUM_NONE);
	m.len = 4096;
	assert_int_equal(sum(t, &m), KERNEL_SUM_NONE);
	m.len = 600;
	assert_int_equal(sum(t, &m), KERNEL_SUM_NONE);
	m.len = 0;
	assert_int_equal(sum(t, &m), KERNEL_SUM_NONE);
	m.len = END;
	put32(m.b + 0x1f4, 0xffffffff);
	assert_int_equal(sum(t, &m), KERNEL_SUM_NONE);
	put32(m.b + 0x1f4, 0);
	assert_int_equal(sum(t, &m), KERNEL_SUM_NONE);
	m.b[0x20e] = m.b[0x20f] = 0xff;
	assert_int_equal(sum(t, &m), KERNEL_SUM_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(right_and_wrong, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(signed_image, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(without_sum, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(odd_sizes, testtree_setup, testtree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
