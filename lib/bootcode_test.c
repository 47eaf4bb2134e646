/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bootcode: code that was GRUB's and is damaged, and code that never was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/bootcode.h"

/* As boot.img: a jump, code of all sorts, the name, zeros. */
static void make_img(unsigned char *b)
{
	uint32_t x = 12345;

	memset(b, 0, BOOTCODE_SECTOR);
	for (size_t i = 0; i < 0x180; i++) {
		x = x * 1103515245u + 12345u;
		b[i] = (unsigned char)(x >> 16 | 1);
	}
	b[0] = 0xeb;
	b[1] = 0x63;
	memcpy(b + 0x180, "GRUB ", 5);
	b[510] = 0x55;
	b[511] = 0xaa;
}

/* As it stands on a disk: where it goes on is written into it. */
static void install(unsigned char *sector, const unsigned char *img)
{
	memcpy(sector, img, BOOTCODE_SECTOR);
	memset(sector + 3, 0, 0x57);
	memset(sector + 0x5c, 0, 8);
	sector[0x5c] = 1;
	sector[0x64] = 0xff;
	sector[0x66] = sector[0x67] = 0x90;
	memset(sector + 440, 0x77, 70);
}

static void test_damaged(void **state UNUSED)
{
	unsigned char img[BOOTCODE_SECTOR], sector[BOOTCODE_SECTOR];
	struct bootcode b;
	size_t first;

	make_img(img);
	install(sector, img);
	bootcode_look(sector, &b);
	assert_int_equal(b.kind, BOOTCODE_GRUB2);
	assert_int_equal(bootcode_compare(sector, img, &first), 0);
	sector[1] = 0;
	bootcode_look(sector, &b);
	assert_int_equal(b.kind, BOOTCODE_OTHER);
	assert_true(bootcode_resembles(sector, img));
	bootcode_take_as_grub2(sector, &b);
	assert_int_equal(b.kind, BOOTCODE_GRUB2);
	assert_int_equal(b.core, 1);
	assert_int_equal(b.drive, 0xff);
	assert_int_equal(bootcode_compare(sector, img, &first), 1);
	assert_int_equal(first, 1);
	memset(sector + 0x180, 0, 5);
	assert_true(bootcode_resembles(sector, img));
}

static void test_others(void **state UNUSED)
{
	unsigned char img[BOOTCODE_SECTOR], sector[BOOTCODE_SECTOR];

	make_img(img);
	memset(sector, 0, sizeof(sector));
	assert_false(bootcode_resembles(sector, img));
	memset(sector, 0x90, sizeof(sector));
	assert_false(bootcode_resembles(sector, img));
	/* Half of it overwritten: what it was cannot be said any more. */
	install(sector, img);
	memset(sector + 0x80, 0, 0x80);
	assert_false(bootcode_resembles(sector, img));
	/* A file of zeros, or of little code, resembles nothing. */
	memset(img, 0, sizeof(img));
	memset(sector, 0, sizeof(sector));
	assert_false(bootcode_resembles(sector, img));
	memset(img + 0x100, 1, 50);
	memset(sector + 0x100, 1, 50);
	assert_false(bootcode_resembles(sector, img));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
