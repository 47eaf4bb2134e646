/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole disks made at test time from trees ("mke2fs -d"), looked at as the user who runs the test:
 * root mounts them, others read them without mounting. The answers must be the same, and every
 * byte of the disk as before.
 */
#include <errno.h>

#include "lib/disk.h"
#include "lib/testtree.h"

#define MIB (1u << 20)
#define PARTS 3
#define DISK_MIB 50
#define ROOT_UUID "11111111-1111-1111-1111-111111111111"
#define BOOT_UUID "22222222-2222-2222-2222-222222222222"
#define MORE_UUID "33333333-3333-3333-3333-333333333333"

/* Where the partitions of every test disk are, in MiB. */
static const struct {
	unsigned start, size;
} parts[PARTS] = { { 1, 16 }, { 17, 16 }, { 33, 16 } };

struct shown {
	struct arena *a;
	struct disk *disk;
	struct devices d;
	struct view *v;
	struct trouble t;
	int e;
};

static const char *image(struct testtree *t)
{
	return arena_printf(t->arena, "%s/disk.img", t->dir);
}

/* An empty disk with an MBR of three Linux partitions. */
static void make_disk(struct testtree *t)
{
	unsigned char mbr[512] = { [510] = 0x55, [511] = 0xaa };
	int fd = open(image(t), O_RDWR | O_CREAT | O_TRUNC, 0600);

	for (size_t i = 0; i < PARTS; i++) {
		unsigned char *e = mbr + 446 + 16 * i;
		uint32_t start = parts[i].start * 2048, size = parts[i].size * 2048;

		e[4] = 0x83;
		memcpy(e + 8, &start,
		       4); /* little-endian machines only, as all this is tested on */
		memcpy(e + 12, &size, 4);
	}
	memcpy(mbr + 440, "\x01\x02\x03\x04", 4);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, DISK_MIB * MIB), 0);
	assert_int_equal(pwrite(fd, mbr, sizeof(mbr), 0), (ssize_t)sizeof(mbr));
	close(fd);
}

/* Partition n (from 1) becomes an ext4 made of the tree below dir. */
static void fill(struct testtree *t, unsigned n, const char *uuid, const char *dir)
{
	_cleanup_free_ char *tree = xasprintf("%s%s", t->dir, dir);
	_cleanup_free_ char *offset = xasprintf("offset=%u", parts[n - 1].start * MIB);
	_cleanup_free_ char *size = xasprintf("%uM", parts[n - 1].size);
	const char *const argv[] = { "mke2fs", "-q", "-F", "-t",   "ext4",   "-U", uuid,
				     "-d",     tree, "-E", offset, image(t), size, NULL };

	assert_int_equal(testtree_run(argv), 0);
}

static void put_root(struct testtree *t, const char *at, const char *name, const char *fstab)
{
	static const char *const files[] = { "etc/passwd", "var/lib/dpkg/status", "usr/bin/bash",
					     "lib/modules/6.1/modules.dep" };
	static const char *const dirs[] = { "boot", "home", "data" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		testtree_text(t, arena_printf(t->arena, "%s/%s", at, files[i]), "");
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		testtree_dir(t, arena_printf(t->arena, "%s/%s", at, dirs[i]));
	testtree_text(t, arena_printf(t->arena, "%s/etc/fstab", at), fstab);
	testtree_text(t, arena_printf(t->arena, "%s/etc/os-release", at),
		      arena_printf(t->arena, "PRETTY_NAME=%s\n", name));
}

static void put_boot(struct testtree *t)
{
	testtree_text(t, "/b/vmlinuz-6.1", "kernel");
	testtree_text(t, "/b/grub/grub.cfg", "");
}

/* The usual disk: /boot on partition 1, the root on partition 2. */
static void make_boot_and_root(struct testtree *t)
{
	make_disk(t);
	fill(t, 1, BOOT_UUID, "/b");
	fill(t, 2, ROOT_UUID, "/r");
}

static uint64_t sum(const char *path)
{
	_cleanup_free_ unsigned char *buf = xmalloc(MIB);
	int fd = open(path, O_RDONLY);
	uint64_t h = 14695981039346656037ull;
	ssize_t n;

	assert_true(fd >= 0);
	while ((n = read(fd, buf, MIB)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			h = (h ^ buf[i]) * 1099511628211ull;
	}
	close(fd);
	return h;
}

static struct shown *show(struct testtree *t, int root_part)
{
	struct view_options o = { .access = LOOK, .root_part = root_part };
	struct shown *s = arena_new_struct(t->arena, struct shown);

	s->a = t->arena;
	assert_int_equal(disk_open(image(t), &s->disk, &s->t), 0);
	assert_int_equal(disk_partitions(&s->disk, 1, s->a, &s->d, &s->t), 0);
	s->e = view_open(&s->disk, 1, &s->d, &o, s->a, &s->v, &s->t);
	return s;
}

static void hide(struct shown *s)
{
	assert_int_equal(view_close(s->v, &s->t), 0);
	disk_close(s->disk);
}

static void shows_root_and_boot_and_changes_nothing(void **state UNUSED)
{
	struct testtree t;
	struct shown *s;
	uint64_t before;

	testtree_open(&t);
	put_root(&t, "/r", "One",
		 "UUID=" ROOT_UUID " / ext4 defaults 0 1\n"
		 "UUID=" BOOT_UUID " /boot ext4 defaults 0 2\n");
	put_boot(&t);
	make_boot_and_root(&t);
	before = sum(image(&t));
	s = show(&t, -1);
	assert_int_equal(s->e, 0);
	assert_true(root_is_file(view_root(s->v), "/boot/vmlinuz-6.1"));
	assert_true(root_is_file(view_root(s->v), "/etc/passwd"));
	assert_int_equal(s->d.p[0].role, ROLE_BOOT);
	assert_string_equal(s->d.p[0].mounted, "/boot");
	assert_int_equal(s->d.p[1].role, ROLE_ROOT);
	assert_string_equal(s->d.p[1].partuuid, "04030201-02");
	assert_null(s->d.p[2].type);
	assert_false(view_is_stale(s->v));
	hide(s);
	assert_true(sum(image(&t)) == before);
	testtree_close(&t);
}

static void finds_boot_by_content_when_its_line_is_dead(void **state UNUSED)
{
	struct testtree t;
	struct shown *s;

	testtree_open(&t);
	put_root(&t, "/r", "One",
		 "UUID=" ROOT_UUID " / ext4 defaults 0 1\n"
		 "UUID=dead /boot ext4 defaults 0 2\n");
	put_boot(&t);
	make_boot_and_root(&t);
	s = show(&t, -1);
	assert_int_equal(s->e, 0);
	assert_true(root_is_file(view_root(s->v), "/boot/vmlinuz-6.1"));
	hide(s);
	/* Of two that could be it, neither is taken. */
	fill(&t, 3, MORE_UUID, "/b");
	s = show(&t, -1);
	assert_int_equal(s->e, 0);
	assert_false(root_exists(view_root(s->v), "/boot/vmlinuz-6.1"));
	hide(s);
	testtree_close(&t);
}

static void leaves_a_boot_alone_that_has_its_own_files(void **state UNUSED)
{
	struct testtree t;
	struct shown *s;

	testtree_open(&t);
	put_root(&t, "/r", "One", "UUID=" ROOT_UUID " / ext4 defaults 0 1\n");
	testtree_text(&t, "/r/boot/vmlinuz-own", "");
	put_boot(&t);
	make_boot_and_root(&t);
	s = show(&t, -1);
	assert_true(root_exists(view_root(s->v), "/boot/vmlinuz-own"));
	assert_null(s->d.p[0].mounted);
	hide(s);
	testtree_close(&t);
}

static void several_systems_are_for_the_user_to_choose(void **state UNUSED)
{
	struct testtree t;
	struct shown *s;
	size_t n;

	testtree_open(&t);
	put_root(&t, "/r", "One", "UUID=" ROOT_UUID " / ext4 defaults 0 1\n");
	put_root(&t, "/s", "Two", "UUID=" MORE_UUID " / ext4 defaults 0 1\n");
	make_disk(&t);
	fill(&t, 1, ROOT_UUID, "/r");
	fill(&t, 3, MORE_UUID, "/s");
	s = show(&t, -1);
	assert_int_equal(s->e, -ENOTUNIQ);
	assert_string_equal(view_candidates(s->v, &n)[1].what, "Two");
	assert_int_equal(n, 2);
	assert_non_null(strstr(s->t.text, "--root-part"));
	hide(s);
	s = show(&t, 3);
	assert_int_equal(s->e, 0);
	assert_string_equal(s->d.p[2].mounted, "/");
	hide(s);
	s = show(&t, 2);
	assert_int_equal(s->e, -ENODEV);
	hide(s);
	testtree_close(&t);
}

static void a_copy_is_no_second_system(void **state UNUSED)
{
	struct testtree t;
	struct shown *s;

	testtree_open(&t);
	put_root(&t, "/r", "One", "UUID=" ROOT_UUID " / ext4 defaults 0 1\n");
	make_disk(&t);
	fill(&t, 1, MORE_UUID, "/r");
	fill(&t, 2, ROOT_UUID, "/r");
	s = show(&t, -1);
	assert_int_equal(s->e, 0);
	assert_string_equal(s->d.p[1].mounted, "/");
	hide(s);
	/* With one UUID for both nothing tells them apart. */
	fill(&t, 1, ROOT_UUID, "/r");
	s = show(&t, -1);
	assert_int_equal(s->e, -ENOTUNIQ);
	hide(s);
	testtree_close(&t);
}

static void links_of_the_patient_lead_nowhere_else(void **state UNUSED)
{
	struct testtree t;
	struct shown *s;

	testtree_open(&t);
	put_root(&t, "/r", "One",
		 "UUID=" ROOT_UUID " / ext4 defaults 0 1\n"
		 "UUID=" BOOT_UUID " /out ext4 defaults 0 2\n"
		 "UUID=" BOOT_UUID " /../../../tmp ext4 defaults 0 2\n"
		 "UUID=" BOOT_UUID " /loop/x ext4 defaults 0 2\n"
		 "UUID=" BOOT_UUID " /etc/passwd ext4 defaults 0 2\n");
	testtree_link(&t, "/r/out", "../../../../../../data");
	testtree_link(&t, "/r/loop", "loop");
	put_boot(&t);
	make_boot_and_root(&t);
	s = show(&t, -1);
	assert_int_equal(s->e, 0);
	assert_true(root_is_file(view_root(s->v), "/data/vmlinuz-6.1"));
	assert_true(root_is_file(view_root(s->v), "/etc/passwd"));
	assert_int_equal(access("/data/vmlinuz-6.1", F_OK), -1);
	assert_int_equal(access("/tmp/vmlinuz-6.1", F_OK), -1);
	hide(s);
	testtree_close(&t);
}

static void a_fifo_for_fstab_stops_nothing(void **state UNUSED)
{
	struct testtree t;
	struct shown *s;
	const char *fifo;

	testtree_open(&t);
	put_root(&t, "/r", "One", "");
	put_boot(&t);
	fifo = arena_printf(t.arena, "%s/r/etc/fstab", t.dir);
	assert_int_equal(unlink(fifo), 0);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	make_boot_and_root(&t);
	s = show(&t, -1);
	assert_int_equal(s->e, 0);
	assert_true(root_is_file(view_root(s->v), "/boot/vmlinuz-6.1"));
	hide(s);
	testtree_close(&t);
}

static void a_cut_disk_shows_what_is_left(void **state UNUSED)
{
	struct testtree t;
	struct shown *s;

	testtree_open(&t);
	put_root(&t, "/r", "One", "UUID=" ROOT_UUID " / ext4 defaults 0 1\n");
	make_disk(&t);
	fill(&t, 2, ROOT_UUID, "/r");
	assert_int_equal(truncate(image(&t), 30 * MIB), 0);
	s = show(&t, -1);
	assert_non_null(s->d.p[1].error);
	assert_non_null(strstr(s->d.p[1].error, "was cut"));
	hide(s);
	testtree_close(&t);
}

static bool knows_all(struct testtree *t)
{
	struct shown *s = show(t, -1);
	bool complete = s->d.complete;

	assert_int_equal(s->e, 0);
	assert_int_equal(s->d.n, 1);
	hide(s);
	return complete;
}

static void a_file_system_alone_may_be_one_of_several(void **state UNUSED)
{
	static const unsigned char code[] = { 0xeb, 0x63, 0x90 }, mark[] = { 0x55, 0xaa };
	const char *argv[] = { "mke2fs", "-q", "-F", "-t", "ext4", "-d", NULL, NULL, "16M", NULL };
	struct testtree t;
	int fd;

	testtree_open(&t);
	put_root(&t, "/r", "One", "UUID=" ROOT_UUID " / ext4 defaults 0 1\n");
	argv[6] = arena_printf(t.arena, "%s/r", t.dir);
	argv[7] = image(&t);
	assert_int_equal(testtree_run(argv), 0);
	assert_false(knows_all(&t));
	/* With boot code in front it is a disk that boots by itself. */
	fd = open(image(&t), O_WRONLY);
	assert_int_equal(pwrite(fd, code, sizeof(code), 0), sizeof(code));
	assert_int_equal(pwrite(fd, mark, sizeof(mark), 510), sizeof(mark));
	close(fd);
	assert_true(knows_all(&t));
	testtree_close(&t);
}

static void no_system_is_told_with_the_reasons(void **state UNUSED)
{
	struct testtree t;
	struct shown *s;

	testtree_open(&t);
	put_boot(&t);
	make_disk(&t);
	fill(&t, 1, BOOT_UUID, "/b");
	s = show(&t, -1);
	assert_int_equal(s->e, -ENODEV);
	assert_non_null(strstr(s->t.text, "no Linux system was found"));
	assert_int_equal(s->d.p[0].role, ROLE_BOOT);
	hide(s);
	testtree_close(&t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_root_and_boot_and_changes_nothing),
		cmocka_unit_test(finds_boot_by_content_when_its_line_is_dead),
		cmocka_unit_test(leaves_a_boot_alone_that_has_its_own_files),
		cmocka_unit_test(several_systems_are_for_the_user_to_choose),
		cmocka_unit_test(a_copy_is_no_second_system),
		cmocka_unit_test(links_of_the_patient_lead_nowhere_else),
		cmocka_unit_test(a_fifo_for_fstab_stops_nothing),
		cmocka_unit_test(a_cut_disk_shows_what_is_left),
		cmocka_unit_test(a_file_system_alone_may_be_one_of_several),
		cmocka_unit_test(no_system_is_told_with_the_reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
