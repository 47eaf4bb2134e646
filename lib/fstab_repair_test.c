/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "lib/fstab_repair.h"
#include "lib/fstab_words.h"

static struct arena *a;
static struct devices d;

static int setup(void **state UNUSED)
{
	static const char list[] = "UUID=1111-2222 ext4 /\nUUID=6191-B88B vfat esp\n"
				   "UUID=aaaabbbb-1 LABEL=data xfs -\nUUID=5555-5 swap\n";
	size_t bad;

	a = arena_new();
	return devices_parse(a, text_new(a, "", list, sizeof(list) - 1), &d, &bad);
}

static int teardown(void **state UNUSED)
{
	arena_free(a);
	return 0;
}

static const char *repair_bytes(const char *s, size_t len)
{
	const struct text *t = text_new(a, "", s, len);

	return t->lines ? fstab_repair(a, &t->line[0], &d) : NULL;
}

static const char *trouble(const char *s)
{
	struct fstab tab;

	fstab_parse(a, text_new(a, "", s, strlen(s)), &tab);
	return tab.n ? fstab_trouble(a, &tab.e[0], &d) : NULL;
}

static void repairs_one_slip(void **state UNUSED)
{
	static const struct {
		const char *line, *becomes;
	} t[] = {
		{ "\xEF\xBB\xBFUUID=1111-2222 / ext4 ro 0 1", "UUID=1111-2222 / ext4 ro 0 1" },
		{ "UUID=6191-B88B\xC2\xA0/efi vfat ro 0 1", "UUID=6191-B88B /efi vfat ro 0 1" },
		{ "LABEL=data /data xfs nofail\r", "LABEL=data /data xfs nofail" },
		{ "LABEL=data /data xfs defaults, nofail 0 0",
		  "LABEL=data /data xfs defaults,nofail 0 0" },
		{ "LABEL=data /data xfs noatime ,nofail 0 0 # a, b",
		  "LABEL=data /data xfs noatime,nofail 0 0 # a, b" },
		{ "LABEL= data /data xfs defaults 0 0", "LABEL=data /data xfs defaults 0 0" },
		{ "LABEL = data /data xfs defaults 0 0", "LABEL=data /data xfs defaults 0 0" },
		{ "LABEL=data /data xfs noatime nofail 0 0",
		  "LABEL=data /data xfs noatime,nofail 0 0" },
		{ "LABEL=data\t/data\txfs\tdefaults\tO\tO",
		  "LABEL=data\t/data\txfs\tdefaults\t0\t0" },
		{ "LABEL=data /data xfs defaults # c", "LABEL=data /data xfs defaults 0 0 # c" },
		{ "LABEL=data /data xfs # c", "LABEL=data /data xfs defaults 0 0 # c" },
		{ "LABEL=data /data", "LABEL=data /data xfs defaults 0 0" },
		{ "/dev/mapper/x /data", "/dev/mapper/x /data auto defaults 0 0" },
		{ "UUID=6191-B88B/boot/efi vfat umask=077 0 1",
		  "UUID=6191-B88B /boot/efi vfat umask=077 0 1" },
		{ "LABEL=data /dataxfs defaults 0 0", "LABEL=data /data xfs defaults 0 0" },
		{ "LABEL=data /data xfsdefaults 0 0", "LABEL=data /data xfs defaults 0 0" },
		{ "LABEL=data /data defaults 0 0", "LABEL=data /data xfs defaults 0 0" },
		{ "LABEL=data /data xfs 0 0", "LABEL=data /data xfs defaults 0 0" },
		{ "uuid=6191-b88b /efi vfat ro 0 0", "UUID=6191-b88b /efi vfat ro 0 0" },
		{ "LABLE=data /data xfs ro 0 0", "LABEL=data /data xfs ro 0 0" },
		{ "aaaabbbb-1 /data xfs ro 0 0", "UUID=aaaabbbb-1 /data xfs ro 0 0" },
		{ "UUID=5555-5 none swpa sw 0 0", "UUID=5555-5 none swap sw 0 0" },
		{ "LABEL=data data xfs ro 0 0", "LABEL=data /data xfs ro 0 0" },
		{ "UUID=dead /proc auto 0", "UUID=dead /proc auto defaults 0" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		const char *done = repair_bytes(t[i].line, strlen(t[i].line));

		assert_non_null(trouble(t[i].line));
		assert_non_null(done);
		assert_string_equal(done, t[i].becomes);
		assert_null(trouble(done));
	}
}

static void leaves_what_is_unclear(void **state UNUSED)
{
	static const char *const lines[] = {
		"this is not a line of it at all",
		"<<<<<<< HEAD",
		"thedisk /data xfs ro 0 0",
		"UUID=dead-beef/data xfs ro 0 0", /* which UUID would that be */
		"uuid=dead-beef /data xfs ro 0 0",
		"x",
		"LABEL=data none xfs ro 0 0",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		assert_non_null(trouble(lines[i]));
		assert_null(repair_bytes(lines[i], strlen(lines[i])));
	}
}

static void says_nothing_of_sound_lines(void **state UNUSED)
{
	static const char *const lines[] = {
		"LABEL=data /data xfs",
		"LABEL=data /data xfs defaults",
		"UUID=dead-beef /data xfs ro 0 0",
		"//host/share$ /mnt cifs credentials=/x 0 0",
		"host:/x /mnt nfs ,nofail 0 0",
		"bucket /mnt fuse.s3fs allow_other 0 0",
		"tank/home /home zfs defaults 0 0",
		"tank /tank zfs defaults 0 0",
		"none /tmp tmpfs defaults 0 0",
		"UUID=5555-5 none swap sw 0 0",
		"UUID=5555-5 swap swap sw 0 0",
		"UUID=5555-5 - swap sw 0 0",
		"ubi0:data /data ubifs defaults 0 0",
		"/dev/sr0 /cdrom udf,iso9660 user,noauto 0 0",
		"/dev/fd0 none auto noauto 0 0",
		"ID=x /data xfs ro 0 0",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		assert_null(trouble(lines[i]));
}

static void stands_hostile_lines(void **state UNUSED)
{
	static const char nuls[] = "\0\0a\0 /b\0";
	char big[5000], spaces[4000];

	memset(big, 'a', sizeof(big));
	memset(spaces, ' ', sizeof(spaces));
	spaces[10] = ',';
	spaces[3990] = '=';
	assert_null(repair_bytes(big, sizeof(big)));
	repair_bytes(big, 4000);
	repair_bytes(spaces, sizeof(spaces));
	repair_bytes(nuls, sizeof(nuls) - 1);
	for (size_t i = 0; i + 2 < 4000; i += 3)
		memcpy(big + i, "a, ", 3);
	repair_bytes(big, 3999);
	for (unsigned c = 0; c < 256; c++) {
		char line[] = "UUID=1111-2222 /x ext4 defaults 0 0";

		for (size_t i = 0; i < sizeof(line) - 1; i++) {
			char was = line[i];

			line[i] = (char)c;
			if (c != '\n')
				repair_bytes(line, sizeof(line) - 1);
			line[i] = was;
		}
	}
}

/* --- words --- */

static void types_fit(void **state UNUSED)
{
	static const struct {
		const char *type, *on_disk;
		enum fstab_fit fit;
	} t[] = {
		{ "ext4", "ext4", FIT_YES },	   { "ext4", "ext3", FIT_YES },
		{ "ext4", "ext2", FIT_YES },	   { "ext3", "ext4", FIT_NO },
		{ "ext2", "ext4", FIT_NO },	   { "ext2", "ext3", FIT_YES },
		{ "ext3", "ext2", FIT_NO },	   { "xfs", "ext4", FIT_NO },
		{ "auto", "xfs", FIT_UNKNOWN },	   { "vfat", "vfat", FIT_YES },
		{ "msdos", "vfat", FIT_YES },	   { "ntfs-3g", "ntfs", FIT_YES },
		{ "ntfs3", "ntfs", FIT_YES },	   { "fuseblk", "ntfs", FIT_YES },
		{ "fuseblk", "exfat", FIT_YES },   { "udf,iso9660", "iso9660", FIT_YES },
		{ "ext4,xfs", "btrfs", FIT_NO },   { "ext4,auto", "btrfs", FIT_UNKNOWN },
		{ "swap", "swsuspend", FIT_YES },  { "swap", "ext4", FIT_NO },
		{ "ext4", "crypto_LUKS", FIT_NO }, { "zfs", "zfs_member", FIT_UNKNOWN },
		{ "ext4", "newfs", FIT_UNKNOWN },  { "etx4", "ext4", FIT_UNKNOWN },
		{ "", "ext4", FIT_UNKNOWN },	   { ",", "ext4", FIT_UNKNOWN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(t); i++)
		assert_int_equal(fstab_words_fit(t[i].type, t[i].on_disk), t[i].fit);
}

static void slips_are_told_from_words(void **state UNUSED)
{
	static const char *const fine[] = { "defaults",
					    "noatime",
					    "usrquota",
					    "uquota",
					    "gquota",
					    "users",
					    "user",
					    "sync",
					    "acl",
					    "x-foo",
					    "errors=remount-ro",
					    "inode64",
					    "nofial=1",
					    "frobnicate",
					    "" };

	assert_string_equal(fstab_words_slip("defualts"), "defaults");
	assert_string_equal(fstab_words_slip("default"), "defaults");
	assert_string_equal(fstab_words_slip("nofial"), "nofail");
	assert_string_equal(fstab_words_slip("noatme"), "noatime");
	for (size_t i = 0; i < ARRAY_SIZE(fine); i++)
		assert_null(fstab_words_slip(fine[i]));
	assert_true(fstab_words_is_foreign("xfs", "errors=remount-ro"));
	assert_true(fstab_words_is_foreign("ext4", "inode64"));
	assert_false(fstab_words_is_foreign("vfat", "errors=remount-ro"));
	assert_false(fstab_words_is_foreign("ext4", "errors=remount-ro"));
	assert_false(fstab_words_is_foreign("fancyfs", "inode64"));
	assert_false(fstab_words_is_foreign("xfs", ""));
	assert_false(fstab_words_is_foreign("xfs", "="));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(repairs_one_slip),
		cmocka_unit_test(leaves_what_is_unclear),
		cmocka_unit_test(says_nothing_of_sound_lines),
		cmocka_unit_test(stands_hostile_lines),
		cmocka_unit_test(types_fit),
		cmocka_unit_test(slips_are_told_from_words),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
