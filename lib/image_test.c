/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
#include <cmocka.h>

#include "lib/image.h"

#define IMAGE "/tmp/bootmend image's test"

static void put(size_t at, const char *magic, size_t n, size_t size)
{
	FILE *f = fopen(IMAGE, "w");

	assert_non_null(f);
	assert_int_equal(ftruncate(fileno(f), (off_t)size), 0);
	assert_int_equal(fseek(f, (long)at, SEEK_SET), 0);
	assert_int_equal(fwrite(magic, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static void names_the_command_for_each_format(void **state UNUSED)
{
	static const struct {
		size_t at;
		const char *magic;
		size_t n;
		const char *command;
	} all[] = {
		{ 0, "QFI\xfb\0\0\0\3", 8, "qemu-img convert -f qcow2 -O raw '" },
		{ 0, "KDMV", 4, "-f vmdk" },
		{ 0, "# Disk DescriptorFile\nversion=1\n", 32, "-f vmdk" },
		{ 64, "\x7f\x10\xda\xbe", 4, "qemu-nbd -c /dev/nbd0 -f vdi" },
		{ 0, "vhdxfile", 8, "-f vhdx" },
		{ 0, "conectix", 8, "-f vpc" },
		{ 0, "\x1f\x8b\x08", 3, "gzip -dc" },
		{ 0, "\xfd\x37zXZ\0", 6, "xz -dc" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct trouble t = { 0 };
		struct disk *d = NULL;

		put(all[i].at, all[i].magic, all[i].n, 1 << 16);
		assert_int_equal(disk_open(IMAGE, &d, &t), -EMEDIUMTYPE);
		assert_null(d);
		assert_non_null(strstr(t.text, all[i].command));
		/* The path as a word for the shell. */
		assert_non_null(strstr(t.text, "'/tmp/bootmend image'\\''s test'"));
	}
}

static void takes_what_is_raw(void **state UNUSED)
{
	struct trouble t = { 0 };
	struct disk *d = NULL;

	put(1, "QFI\xfb", 4, 1 << 16);
	assert_int_equal(disk_open(IMAGE, &d, &t), 0);
	assert_true(disk_size(d) == 1 << 16);
	assert_false(disk_is_block(d));
	disk_close(d);
}

static void leaves_out_the_footer_of_a_fixed_vhd(void **state UNUSED)
{
	struct trouble t = { 0 };
	struct disk *d = NULL;

	put((1 << 16) - 512, "conectix", 8, 1 << 16);
	assert_int_equal(disk_open(IMAGE, &d, &t), 0);
	assert_true(disk_size(d) == (1 << 16) - 512);
	disk_close(d);
}

static void refuses_what_is_no_disk(void **state UNUSED)
{
	struct trouble t = { 0 };
	struct disk *d = NULL;

	put(0, "", 0, 0);
	assert_int_equal(disk_open(IMAGE, &d, &t), -ENODATA);
	assert_int_equal(disk_open("/dev/null", &d, &t), -ENOTBLK);
	assert_int_equal(disk_open("/tmp", &d, &t), -ENOTBLK);
	assert_int_equal(disk_open("/nowhere/at/all", &d, &t), -ENOENT);
}

static void finds_nothing_in_noise(void **state UNUSED)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct trouble t = { 0 };
	struct devices devices = { .n = 77 };
	struct disk *d = NULL;

	put(5000, "noise", 5, 1 << 20);
	assert_int_equal(disk_open(IMAGE, &d, &t), 0);
	assert_int_equal(disk_partitions(&d, 1, a, &devices, &t), -ENODATA);
	assert_int_equal(devices.n, 77);
	disk_close(d);
}

static int teardown(void **state UNUSED)
{
	return unlink(IMAGE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_the_command_for_each_format),
		cmocka_unit_test(takes_what_is_raw),
		cmocka_unit_test(leaves_out_the_footer_of_a_fixed_vhd),
		cmocka_unit_test(refuses_what_is_no_disk),
		cmocka_unit_test(finds_nothing_in_noise),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
