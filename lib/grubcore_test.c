/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Core images and EFI programs that grub-mkimage makes, put on a disk in memory, read back, and
 * then damaged in every way: a byte, the block list, the headers, at random.
 */
#include <errno.h>
#include <stdio.h>

#include "lib/bootcode.h"
#include "lib/grubcore.h"
#include "lib/grubimage.h"
#include "lib/peimage.h"
#include "lib/testtree.h"

#define MODULES "/usr/lib/grub"
#define DISK (1u << 20)
#define BENDS 3000

static const char early[] = "search.fs_uuid 5eed0000-0000-4000-8000-000000000001 root hd0,msdos1\n"
			    "set prefix=($root)'/boot/grub'\n";

struct made {
	struct testtree t;
	unsigned char *disk;
	struct bytes file;
	struct reader reader;
};

static int read_memory(void *arg, uint64_t offset, void *buf, size_t len)
{
	const struct made *m = arg;

	if (offset > DISK || len > DISK - offset)
		return -ERANGE;
	memcpy(buf, m->disk + offset, len);
	return 0;
}

static void read_file(const char *path, struct bytes *out)
{
	FILE *in = fopen(path, "re");
	char buf[4096];
	size_t n;

	assert_non_null(in);
	while ((n = fread(buf, 1, sizeof(buf), in)) > 0)
		bytes_add(out, buf, n);
	fclose(in);
}

static void make(struct made *m, const char *target, const char *options, const char *modules)
{
	_cleanup_free_ char *path = NULL, *line = NULL;

	*m = (struct made){ .reader = { .read = read_memory, .arg = m, .size = DISK } };
	testtree_open(&m->t);
	testtree_text(&m->t, "/early.cfg", early);
	line = xasprintf("cd %s && grub-mkimage -O %s -p /boot/grub %s -o out %s", m->t.dir, target,
			 options, modules);
	assert_int_equal(system(line), 0);
	path = xasprintf("%s/out", m->t.dir);
	read_file(path, &m->file);
	m->disk = xcalloc(1, DISK);
	memset(m->disk, 0xee, DISK); /* what was there before */
	if (m->file.len < DISK / 2)
		memcpy(m->disk + 512, m->file.data, m->file.len);
}

static void drop(struct made *m)
{
	free(m->disk);
	bytes_free(&m->file);
	testtree_close(&m->t);
}

static bool can_make(const char *target)
{
	_cleanup_free_ char *line = xasprintf(
		"command -v grub-mkimage >/dev/null && [ -e " MODULES "/%s/normal.mod ]", target);

	return system(line) == 0;
}

#define BIOS "biosdisk part_msdos part_gpt ext2 search_fs_uuid"

static void test_core(void **state UNUSED)
{
	struct made m;
	struct grubcore c;
	struct grubcore_diff d;
	struct grubimage img;
	struct bytes plain;
	const char *dir, *place;

	if (!can_make("i386-pc"))
		skip();
	make(&m, "i386-pc", "-c early.cfg", BIOS);
	assert_int_equal(grubcore_read(&m.reader, 1, m.t.arena, &c), 0);
	grubcore_compare(&c, m.file.data, m.file.len, &d);
	assert_false(d.other);
	assert_int_equal(d.bytes, 0);
	assert_int_equal(grubcore_unpack(&c, m.t.arena, &plain), 0);
	assert_int_equal(grubimage_core(m.t.arena, plain.data, plain.len, &img), 0);
	assert_true(grubimage_has(&img, "biosdisk"));
	assert_true(grubimage_has(&img, "ext2"));
	assert_false(grubimage_has(&img, "normal"));
	assert_false(grubimage_has(&img, "xfs"));
	assert_true(grubimage_provides(&img, "grub_calloc"));
	assert_true(grubimage_provides(&img, "grub_disk_dev_register"));
	assert_false(grubimage_provides(&img, "grub_no_such_thing"));
	assert_false(grubimage_provides(&img, "grub_callo"));
	assert_string_equal(img.prefix, "/boot/grub");
	place = grubimage_place(&img, m.t.arena, &dir);
	assert_string_equal(place, "UUID=5eed0000-0000-4000-8000-000000000001");
	assert_string_equal(dir, "/boot/grub");
	drop(&m);
}

static void test_prefix(void **state UNUSED)
{
	struct made m;
	struct grubcore c;
	struct grubimage img;
	struct bytes plain;
	const char *dir;

	if (!can_make("i386-pc"))
		skip();
	make(&m, "i386-pc", "-p '(,gpt2)/grub'", BIOS " normal linux");
	assert_int_equal(grubcore_read(&m.reader, 1, m.t.arena, &c), 0);
	assert_int_equal(grubcore_unpack(&c, m.t.arena, &plain), 0);
	assert_int_equal(grubimage_core(m.t.arena, plain.data, plain.len, &img), 0);
	assert_true(grubimage_has(&img, "normal"));
	assert_null(img.config);
	assert_string_equal(grubimage_place(&img, m.t.arena, &dir), "gpt2");
	assert_string_equal(dir, "/grub");
	drop(&m);
}

static void test_efi(void **state UNUSED)
{
	struct made m;
	struct grubimage img;
	struct peimage pe;
	const char *dir;

	if (!can_make("x86_64-efi"))
		skip();
	make(&m, "x86_64-efi", "-c early.cfg", "part_gpt ext2 fat search_fs_uuid");
	assert_int_equal(grubimage_efi(m.t.arena, m.file.data, m.file.len, &img), 0);
	assert_true(grubimage_has(&img, "ext2"));
	assert_false(grubimage_has(&img, "normal"));
	assert_true(grubimage_provides(&img, "grub_calloc"));
	assert_string_equal(grubimage_place(&img, m.t.arena, &dir),
			    "UUID=5eed0000-0000-4000-8000-000000000001");
	peimage_look(m.file.data, 4096, m.file.len, &pe);
	assert_int_equal(pe.kind, PEIMAGE_OK);
	assert_string_equal(pe.machine, "x64");
	peimage_look(m.file.data, 4096, m.file.len / 2, &pe);
	assert_int_equal(pe.kind, PEIMAGE_CUT);
	m.file.data[0] = 0;
	peimage_look(m.file.data, 4096, m.file.len, &pe);
	assert_int_equal(pe.kind, PEIMAGE_NOT);
	memset(m.file.data, 0, m.file.len);
	peimage_look(m.file.data, 4096, m.file.len, &pe);
	assert_int_equal(pe.kind, PEIMAGE_EMPTY);
	assert_int_equal(grubimage_efi(m.t.arena, m.file.data, m.file.len, &img), -ENOENT);
	drop(&m);
}

static void expect_module(struct arena *a, const char *target, const char *name)
{
	_cleanup_free_ char *path = xasprintf(MODULES "/%s/%s.mod", target, name);
	_cleanup_bytes_ struct bytes b = { 0 };
	struct grubmodule m;

	read_file(path, &b);
	assert_int_equal(grubmodule_parse(a, b.data, b.len, &m), 0);
	assert_string_equal(m.name, name);
	assert_true(in_list("extcmd", m.needs));
	assert_true(in_list("grub_calloc", m.wants));
	assert_true(in_list("grub_normal_execute", m.provides));
	assert_int_equal(grubmodule_parse(a, b.data, b.len / 2, &m), -EINVAL);
	assert_int_equal(grubmodule_parse(a, b.data, 0, &m), -EINVAL);
}

static void test_module(void **state UNUSED)
{
	static const char *const targets[] = { "i386-pc", "x86_64-efi" };
	_cleanup_arena_ struct arena *a = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(targets); i++) {
		if (can_make(targets[i]))
			expect_module(a, targets[i], "normal");
	}
}

static int read_core(struct made *m, struct grubcore *c)
{
	return grubcore_read(&m->reader, 1, m->t.arena, c);
}

static void test_damage(void **state UNUSED)
{
	struct made m;
	struct grubcore c;
	struct grubcore_diff d;
	struct bytes plain;

	if (!can_make("i386-pc"))
		skip();
	make(&m, "i386-pc", "-c early.cfg", BIOS);
	m.disk[512 + 0x300] ^= 1;
	assert_int_equal(read_core(&m, &c), 0);
	grubcore_compare(&c, m.file.data, m.file.len, &d);
	assert_int_equal(d.bytes, 1);
	assert_int_equal(d.first, 0x300);
	assert_false(d.mendable); /* no redundancy in what grub-mkimage writes */
	m.disk[512 + 0x300] ^= 1;
	/* What installation patches is no damage. */
	m.disk[512 + 0x1fc] = 0x71;
	m.disk[512 + 0x1fd] = 0;
	assert_int_equal(read_core(&m, &c), 0);
	grubcore_compare(&c, m.file.data, m.file.len, &d);
	assert_true(d.other); /* longer by far, and without redundancy nothing tells why */
	m.disk[512 + 0x1fc] = m.file.data[0x1fc];
	memset(m.disk + 512 + 20000, 0, 512);
	assert_int_equal(read_core(&m, &c), 0);
	assert_int_equal(grubcore_unpack(&c, m.t.arena, &plain), -EUCLEAN);
	memset(m.disk + 512 + 0x1f4, 0xff, 12);
	assert_int_equal(read_core(&m, &c), -ENOENT);
	memset(m.disk, 0, DISK);
	assert_int_equal(read_core(&m, &c), -ENOENT);
	assert_int_equal(grubcore_read(&m.reader, DISK / 512, m.t.arena, &c), -ERANGE);
	assert_int_equal(grubcore_read(&m.reader, UINT64_MAX / 2, m.t.arena, &c), -ERANGE);
	assert_int_equal(grubcore_read(&m.reader, 0, m.t.arena, &c), -ERANGE);
	drop(&m);
}

static void look_somehow(struct made *m)
{
	struct arena *a = arena_new();
	struct grubcore c;
	struct bytes plain;
	struct grubimage img;
	struct grubcore_diff d;
	const char *dir;

	if (grubcore_read(&m->reader, 1, a, &c) == 0) {
		grubcore_compare(&c, m->file.data, m->file.len, &d);
		if (grubcore_unpack(&c, a, &plain) == 0 &&
		    grubimage_core(a, plain.data, plain.len, &img) == 0)
			grubimage_place(&img, a, &dir);
	}
	arena_free(a);
}

static void test_random(void **state UNUSED)
{
	struct made m;
	unsigned seed = 3;

	if (!can_make("i386-pc"))
		skip();
	make(&m, "i386-pc", "-c early.cfg", BIOS);
	for (int i = 0; i < 300; i++) {
		size_t at = 512 + (i % 2 ? 0x1e0 + (seed >> 7) % 64 : (seed >> 7) % 28000);
		unsigned char old = m.disk[at];

		seed = seed * 1103515245u + 12345u;
		m.disk[at] = (unsigned char)(seed >> 16);
		look_somehow(&m);
		m.disk[at] = old;
	}
	drop(&m);
}

/* A module and an EFI program with bytes of their headers changed: any answer but a crash. */
static void bend_file(const char *path, bool efi)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	unsigned seed = 11;

	read_file(path, &b);
	for (int i = 0; i < BENDS; i++) {
		struct arena *a = arena_new();
		struct grubmodule m;
		struct grubimage img;
		struct peimage pe;
		size_t at;
		char old;

		seed = seed * 1103515245u + 12345u;
		at = (seed >> 5) % (i % 3 ? 600 : b.len);
		at = i % 4 == 1 ? b.len - 1 - at : at;
		old = b.data[at];
		b.data[at] = (char)(seed >> 17);
		if (!efi)
			grubmodule_parse(a, b.data, b.len, &m);
		if (efi && i % 50 == 0)
			grubimage_efi(a, b.data, b.len, &img);
		peimage_look(b.data, 4096 < b.len ? 4096 : b.len, b.len, &pe);
		b.data[at] = old;
		arena_free(a);
	}
}

static void test_bent_files(void **state UNUSED)
{
	struct made m;
	_cleanup_free_ char *path = NULL;

	if (!can_make("x86_64-efi"))
		skip();
	bend_file(MODULES "/x86_64-efi/extcmd.mod", false);
	make(&m, "x86_64-efi", "", "part_gpt fat");
	path = xasprintf("%s/out", m.t.dir);
	bend_file(path, true);
	drop(&m);
}

static void test_bootcode(void **state UNUSED)
{
	_cleanup_bytes_ struct bytes img = { 0 };
	unsigned char sector[512] = { 0 };
	struct bootcode b;
	size_t first = 0;

	bootcode_look(sector, &b);
	assert_int_equal(b.kind, BOOTCODE_NONE);
	sector[510] = 0x55;
	sector[511] = 0xaa;
	bootcode_look(sector, &b);
	assert_int_equal(b.kind, BOOTCODE_NONE);
	assert_true(b.signature);
	sector[0] = 0xfa;
	sector[1] = 0xeb;
	bootcode_look(sector, &b);
	assert_int_equal(b.kind, BOOTCODE_OTHER);
	if (!can_make("i386-pc"))
		skip();
	read_file(MODULES "/i386-pc/boot.img", &img);
	assert_int_equal(img.len, 512);
	memcpy(sector, img.data, 440);
	bootcode_look(sector, &b);
	assert_int_equal(b.kind, BOOTCODE_GRUB2);
	assert_int_equal(b.core, 1);
	assert_int_equal(b.drive, 0xff);
	assert_true(b.since_2_00);
	/* A BIOS boot partition, a hard disk, a parameter block. */
	sector[0x5d] = 8;
	sector[0x66] = sector[0x67] = 0x90;
	memset(sector + 3, 0x20, 40);
	bootcode_look(sector, &b);
	assert_int_equal(b.core, 2049);
	assert_int_equal(bootcode_compare(sector, (unsigned char *)img.data, &first), 0);
	sector[0x99] ^= 0x40;
	sector[0x100] ^= 1;
	assert_int_equal(bootcode_compare(sector, (unsigned char *)img.data, &first), 2);
	assert_int_equal(first, 0x99);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_core),	   cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_efi),	   cmocka_unit_test(test_module),
		cmocka_unit_test(test_damage),	   cmocka_unit_test(test_random),
		cmocka_unit_test(test_bent_files), cmocka_unit_test(test_bootcode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
