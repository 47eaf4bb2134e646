/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stacked: the very volume, array or LUKS; and when nothing may be said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/stacked.h"

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

static struct devices parse(struct arena *a, const char *s)
{
	struct devices d = { 0 };
	size_t bad = 0;

	assert_int_equal(devices_parse(a, text_new(a, "devices", s, strlen(s)), &d, &bad), 0);
	return d;
}

#define LVM "NUMBER=2 LVM2_member opened GROUP=system\nVOLUME=system/root ext4 /\n"
#define LUKS "NUMBER=3 UUID=1b2c3d4e-0000-4000-8000-00000000abcd crypto_LUKS"
#define MD \
	"NUMBER=4 UUID=aaaaaaaa-1111-2222-3333-444444444444 linux_raid_member opened RAID=raid1\n"

static void test_volumes(void **state)
{
	struct devices d = parse(*state, LVM);

	assert_int_equal(stacked_volume(&d, "system/root"), SPEC_FOUND);
	assert_int_equal(stacked_volume(&d, "system/swap"), SPEC_ABSENT);
	assert_int_equal(stacked_volume(&d, "old/root"), SPEC_ABSENT);
	assert_int_equal(stacked_group(&d, "system"), SPEC_FOUND);
	assert_int_equal(stacked_group(&d, "syste"), SPEC_ABSENT);
	d = parse(*state, "UUID=1111 ext4 /\n");
	assert_int_equal(stacked_volume(&d, "system/root"), SPEC_ABSENT);
	assert_int_equal(stacked_group(&d, "system"), SPEC_UNKNOWN);
	d = parse(*state, LVM);
	assert_int_equal(stacked_volume(&d, "system"), SPEC_UNKNOWN);
	assert_int_equal(stacked_volume(&d, "system/"), SPEC_UNKNOWN);
	assert_int_equal(stacked_volume(&d, "/system/root"), SPEC_UNKNOWN);
	assert_int_equal(stacked_volume(&d, ""), SPEC_UNKNOWN);
}

static void test_hidden(void **state)
{
	static const char *const more[] = {
		LVM "incomplete\n",
		LVM "unknown\n",
		LVM LUKS "\n",
		LVM "NUMBER=7 LVM2_member\n",
		LVM "NUMBER=7 linux_raid_member UUID=00\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(more); i++) {
		struct devices d = parse(*state, more[i]);

		assert_int_equal(stacked_volume(&d, "old/root"), SPEC_UNKNOWN);
		assert_int_equal(stacked_group(&d, "old"), SPEC_UNKNOWN);
		/* Of a group that was read all is known. */
		assert_int_equal(stacked_volume(&d, "system/swap"), SPEC_ABSENT);
	}
}

static void test_luks(void **state)
{
	struct devices d = parse(*state, LUKS "\n");

	assert_int_equal(stacked_luks(&d, "luks-1b2c3d4e-0000-4000-8000-00000000abcd"), SPEC_FOUND);
	assert_int_equal(stacked_luks(&d, "1B2C3D4E-0000"), SPEC_FOUND);
	assert_int_equal(stacked_luks(&d, "1b2c3d4e000040008000"), SPEC_FOUND);
	assert_int_equal(stacked_luks(&d, "2b2c3d4e"), SPEC_ABSENT);
	assert_int_equal(stacked_luks(&d, "luks-"), SPEC_UNKNOWN);
	assert_int_equal(stacked_luks(&d, "my-name"), SPEC_UNKNOWN);
	d = parse(*state, LUKS "\n"
			       "NUMBER=5 LVM2_member\n");
	assert_int_equal(stacked_luks(&d, "2b2c3d4e"), SPEC_UNKNOWN);
}

static void test_arrays(void **state)
{
	struct devices d = parse(*state, MD);

	assert_int_equal(stacked_array(&d, "aaaaaaaa:11112222:33334444:44444444"), SPEC_FOUND);
	assert_int_equal(stacked_array(&d, "AAAAAAAA-1111-2222-3333-444444444444"), SPEC_FOUND);
	assert_int_equal(stacked_array(&d, "bbbbbbbb:11112222:33334444:44444444"), SPEC_ABSENT);
	assert_int_equal(stacked_array(&d, "aaaaaaaa"), SPEC_UNKNOWN);
	assert_string_equal(d.p[0].raid, "raid1");
	d = parse(*state, MD LUKS);
	assert_int_equal(stacked_array(&d, "bbbbbbbb:11112222:33334444:44444444"), SPEC_UNKNOWN);
}

static void test_paths(void **state)
{
	static const struct {
		const char *path;
		enum spec_match match;
	} cases[] = {
		{ "/dev/mapper/system-root", SPEC_FOUND },
		{ "/dev/system/root", SPEC_FOUND },
		{ "/dev/mapper/system-swap", SPEC_ABSENT },
		{ "/dev/system/swap", SPEC_ABSENT },
		{ "/dev/mapper/old-swap", SPEC_ABSENT },
		{ "/dev/mapper/my--old-swap--1", SPEC_ABSENT },
		{ "/dev/mapper/swap", SPEC_UNKNOWN },
		{ "/dev/mapper/my--swap", SPEC_UNKNOWN },
		{ "/dev/mapper/a-b-c", SPEC_UNKNOWN },
		{ "/dev/mapper/-a", SPEC_UNKNOWN },
		{ "/dev/mapper/a-", SPEC_UNKNOWN },
		{ "/dev/mapper/vda3_crypt-x", SPEC_UNKNOWN },
		{ "/dev/mapper/luks-1b2c", SPEC_UNKNOWN },
		{ "/dev/disk/by-id", SPEC_UNKNOWN },
		{ "/dev/md/root", SPEC_UNKNOWN },
		{ "/dev/vda1", SPEC_UNKNOWN },
		{ "UUID=1111", SPEC_UNKNOWN },
		{ "", SPEC_UNKNOWN },
	};
	struct devices d = parse(*state, LVM);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(stacked_path(&d, cases[i].path), cases[i].match);
}

static void test_words(void **state)
{
	struct devices d = parse(*state, LVM);
	const char *what = NULL;

	assert_int_equal(stacked_word(&d, "ro", "rd.lvm.lv=system/old", &what), SPEC_ABSENT);
	assert_string_equal(what, "logical volume");
	assert_int_equal(stacked_word(&d, "ro", "rd_LVM_VG=system", &what), SPEC_FOUND);
	assert_string_equal(what, "volume group");
	assert_int_equal(stacked_word(&d, "ro rd.lvm=0", "rd.lvm.lv=system/old", &what),
			 SPEC_UNKNOWN);
	assert_int_equal(stacked_word(&d, "ro rd.luks=0", "rd.luks.uuid=1b2c3d4e", &what),
			 SPEC_UNKNOWN);
	assert_int_equal(stacked_word(&d, "ro", "rd.lvm=1", &what), SPEC_UNKNOWN);
	assert_int_equal(stacked_word(&d, "ro", "quiet", &what), SPEC_UNKNOWN);
}

static void test_nodes(void **state)
{
	struct devices d = parse(*state, "NUMBER=3 DISK=1 ext4 /\n");
	const char *const *names = stacked_nodes(*state, &d, &d.p[0]);

	assert_string_equal(names[1], "/dev/vdb3");
	assert_string_equal(names[3], "/dev/nvme1n1p3");
	assert_null(names[4]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_volumes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hidden, setup, teardown),
		cmocka_unit_test_setup_teardown(test_luks, setup, teardown),
		cmocka_unit_test_setup_teardown(test_arrays, setup, teardown),
		cmocka_unit_test_setup_teardown(test_paths, setup, teardown),
		cmocka_unit_test_setup_teardown(test_words, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nodes, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
