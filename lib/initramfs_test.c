/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/testtree.h"

#include <time.h>

#include "lib/cpio.h"
#include "lib/initramfs.h"
#include "lib/testpack.h"
#include "lib/unpack.h"

#define IMAGE "/boot/initrd.img"
#define V "6.1.0-50-amd64"

static const char *const all[] = { "gzip", "xz", "zstd", "lz4", "bzip2", "lzma", "lzo", "none" };

static struct initramfs look(struct testtree *t)
{
	struct initramfs_budget b = INITRAMFS_BUDGET;
	struct initramfs i;

	initramfs_read(t->root, t->arena, IMAGE, &b, &i);
	return i;
}

static struct initramfs look_at(struct testtree *t, const struct bytes *b)
{
	testtree_put(t, IMAGE, b->data, b->len);
	return look(t);
}

/* Bytes that no compression makes much smaller. */
static void noise(struct bytes *b, size_t n)
{
	uint64_t x = 0x9e3779b97f4a7c15;

	while (n--) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		bytes_addc(b, (char)(x & 0xff));
	}
}

static void add_main(struct bytes *b)
{
	_cleanup_bytes_ struct bytes blob = { 0 };

	noise(&blob, 700000);
	testpack_entry(b, ".", 040755, NULL, 0);
	testpack_entry(b, "init", 0100755, "#!/bin/sh\n", 10);
	testpack_entry(b, "conf/initramfs.conf", 0100644, "MODULES=most\n", 13);
	testpack_entry(b, "usr/lib/modules/" V "/kernel/drivers/block/virtio_blk.ko", 0100644,
		       blob.data, blob.len);
	testpack_entry(b, "./usr/lib/modules/" V "/kernel/drivers/virtio/virtio-pci.ko.xz", 0100644,
		       "x", 1);
	testpack_entry(b, "/usr/sbin/dmsetup", 0100755, "x", 1);
	testpack_entry(b, "usr/sbin/lvm", 0120777, "x", 1);
	/* Further names of BusyBox have no content of their own. */
	for (unsigned i = 0; i < 300; i++)
		testpack_entry(b, "usr/bin/cal", 0100755, NULL, 0);
	testpack_entry(b, "etc/modprobe.d/a.conf", 0100644, "blacklist floppy\n", 17);
	testpack_trailer(b);
}

static void add_microcode(struct bytes *b)
{
	testpack_entry(b, "kernel", 040755, NULL, 0);
	testpack_entry(b, "kernel/x86/microcode/GenuineIntel.bin", 0100644, "0707010707010707", 16);
	testpack_trailer(b);
}

static void each_compression(void **state)
{
	struct testtree *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		_cleanup_bytes_ struct bytes cpio = { 0 }, image = { 0 };
		struct initramfs m;

		add_main(&cpio);
		add_microcode(&image);
		assert_int_equal(testpack(all[i], &cpio, &image), 0);
		m = look_at(t, &image);
		assert_int_equal(m.state, IMAGE_OK);
		assert_string_equal(m.compression, all[i]);
		assert_true(m.whole && m.microcode && m.has_init && !m.hidden);
		assert_int_equal(m.maker, MAKER_INITRAMFS_TOOLS);
		assert_int_equal(m.tools, TOOL_LVM | TOOL_DMSETUP);
		assert_int_equal(m.versions, 1);
		assert_string_equal(m.version[0], V);
		assert_int_equal(m.modules, 2);
		assert_true(initramfs_has_module(&m, "virtio-blk", V));
		assert_true(initramfs_has_module(&m, "virtio_pci", NULL));
		assert_false(initramfs_has_module(&m, "virtio_pci", "6.1"));
		assert_false(initramfs_has_module(&m, "virtio", V));
		assert_true(initramfs_is_of(&m, V));
		assert_false(initramfs_is_of(&m, "6.1"));
		assert_int_equal(m.files, 1);
		assert_string_equal(m.file[0].data, "blacklist floppy\n");
	}
}

/* Cut anywhere it is told, with the place, and never called anything else. */
static void cut_anywhere(void **state)
{
	static const unsigned parts[] = { 3, 10, 50, 90, 99 };
	struct testtree *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(all) * ARRAY_SIZE(parts); i++) {
		_cleanup_bytes_ struct bytes cpio = { 0 }, image = { 0 };
		unsigned part = parts[i % ARRAY_SIZE(parts)];
		struct initramfs m;

		add_main(&cpio);
		cpio.len -= 512; /* the padding behind it is no part of an uncompressed one */
		testpack(all[i / ARRAY_SIZE(parts)], &cpio, &image);
		image.len = image.len * part / 100;
		m = look_at(t, &image);
		assert_int_equal(m.state, IMAGE_DAMAGED);
		assert_non_null(strstr(m.why, "is cut short: "));
		assert_int_equal(m.damage_at, image.len);
		assert_false(m.whole);
	}
}

/* A flipped byte in the middle: formats with checksums tell, and none makes it crash. */
static void flipped(void **state)
{
	static const char *const sums[] = { "gzip", "xz", "zstd", "bzip2", "lzo" };
	struct testtree *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		_cleanup_bytes_ struct bytes cpio = { 0 }, image = { 0 };
		struct initramfs m;

		add_main(&cpio);
		testpack(all[i], &cpio, &image);
		image.data[image.len / 2] ^= 0x55;
		m = look_at(t, &image);
		for (size_t k = 0; k < ARRAY_SIZE(sums); k++) {
			if (streq(all[i], sums[k]))
				assert_int_equal(m.state, IMAGE_DAMAGED);
		}
	}
}

static void zeroed_tail(void **state)
{
	struct testtree *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(all) - 1; i++) {
		_cleanup_bytes_ struct bytes cpio = { 0 }, image = { 0 };
		struct initramfs m;

		add_main(&cpio);
		testpack(all[i], &cpio, &image);
		memset(image.data + image.len / 2, 0, image.len - image.len / 2);
		m = look_at(t, &image);
		assert_int_equal(m.state, IMAGE_DAMAGED);
	}
}

/* Behind the compressed member more may stand: bootmend's own, 3cpio's, systemd-boot's. */
static void appended(void **state)
{
	struct testtree *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		_cleanup_bytes_ struct bytes cpio = { 0 }, image = { 0 }, more = { 0 };
		struct initramfs m;

		add_main(&cpio);
		testpack(all[i], &cpio, &image);
		testpack_zeros(&image, 4 + (4 - image.len % 4) % 4);
		testpack_entry(&more, "lib/modules/" V "/extra/nvme.ko.zst", 0100644, "x", 1);
		testpack_trailer(&more);
		bytes_add(&image, more.data, more.len);
		m = look_at(t, &image);
		assert_int_equal(m.state, IMAGE_OK);
		assert_true(initramfs_has_module(&m, "nvme", V));
		assert_int_equal(m.versions, 1);
		image.len -= 300;
		m = look_at(t, &image);
		assert_int_equal(m.state, IMAGE_DAMAGED);
		assert_int_equal(m.damage_at, image.len);
	}
}

/* What the kernel only grumbles about. */
static void junk_behind(void **state)
{
	struct testtree *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		_cleanup_bytes_ struct bytes cpio = { 0 }, image = { 0 };
		struct initramfs m;

		add_main(&cpio);
		testpack(all[i], &cpio, &image);
		bytes_adds(&image, "signed by somebody");
		m = look_at(t, &image);
		assert_int_equal(m.state, IMAGE_OK);
		assert_int_equal(m.modules, 2);
	}
}

static void only_microcode(void **state)
{
	struct testtree *t = *state;
	_cleanup_bytes_ struct bytes image = { 0 };
	struct initramfs m;

	add_microcode(&image);
	m = look_at(t, &image);
	assert_int_equal(m.state, IMAGE_DAMAGED);
	assert_non_null(strstr(m.why, "nothing follows"));
	bytes_adds(&image, "hello");
	m = look_at(t, &image);
	assert_int_equal(m.state, IMAGE_DAMAGED);
	assert_non_null(strstr(m.why, "neither an archive nor compressed data"));
}

static void other_kinds(void **state)
{
	struct testtree *t = *state;

	testtree_put(t, IMAGE, "hsqsxxxxxxxx", 12);
	assert_int_equal(look(t).state, IMAGE_UNJUDGED);
	testtree_put(t, IMAGE, "MZxxxxxxxxxx", 12);
	assert_int_equal(look(t).state, IMAGE_UNJUDGED);
	testtree_put(t, IMAGE, "", 0);
	assert_int_equal(look(t).state, IMAGE_EMPTY);
	testtree_unlink(t, IMAGE);
	assert_int_equal(look(t).state, IMAGE_ABSENT);
	testtree_link(t, IMAGE, "initrd.img");
	assert_int_equal(look(t).state, IMAGE_UNREADABLE);
}

static void makers(void **state)
{
	static const struct {
		const char *name;
		enum initramfs_maker maker;
		unsigned tools;
		bool hidden;
	} signs[] = {
		{ "usr/lib/dracut/hooks/cmdline", MAKER_DRACUT, 0, false },
		{ "squash-root.img", MAKER_UNKNOWN, 0, true },
		{ "squash/root.img", MAKER_UNKNOWN, 0, true },
		{ "buildconfig", MAKER_MKINITCPIO, 0, false },
		{ "buildconfig2", MAKER_UNKNOWN, 0, false },
		{ "bin/nash", MAKER_MKINITRD, 0, false },
		{ "usr/lib/systemd/systemd-cryptsetup", MAKER_UNKNOWN, TOOL_CRYPTSETUP, false },
		{ "sbin/mdadm", MAKER_UNKNOWN, TOOL_MDADM, false },
		{ "usr/share/doc/mdadm", MAKER_UNKNOWN, 0, false },
	};
	struct testtree *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		_cleanup_bytes_ struct bytes image = { 0 };
		struct initramfs m;

		testpack_entry(&image, signs[i].name, 0100644, NULL, 0);
		testpack_trailer(&image);
		m = look_at(t, &image);
		assert_int_equal(m.state, IMAGE_OK);
		assert_int_equal(m.maker, signs[i].maker);
		assert_int_equal(m.tools, signs[i].tools);
		assert_int_equal(m.hidden, signs[i].hidden);
	}
	assert_string_equal(initramfs_maker_name(MAKER_DRACUT), "dracut");
}

static void module_names(void **state)
{
	struct testtree *t = *state;

	assert_string_equal(module_name(t->arena, "snd-hda.ko.zst"), "snd_hda");
	assert_string_equal(module_name(t->arena, "a.ko"), "a");
	assert_null(module_name(t->arena, ".ko"));
	assert_null(module_name(t->arena, "a.ko.bak"));
	assert_null(module_name(t->arena, "a.so"));
}

/* Of a processor: a machine that has other things to do is not slow. */
static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Gibibytes of zeros out of a few kilobytes. */
static void bombs(void **state)
{
	struct testtree *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(all) - 1; i++) {
		_cleanup_bytes_ struct bytes cpio = { 0 }, image = { 0 };
		double began;
		struct initramfs m;

		testpack_entry(&cpio, "init", 0100755, NULL, 0);
		cpio.data[54] = 'f'; /* f0000000 bytes, nearly 4 GiB */
		testpack_zeros(&cpio, 96u << 20);
		assert_int_equal(testpack(all[i], &cpio, &image), 0);
		began = seconds();
		m = look_at(t, &image);
		assert_true(seconds() - began < 5);
		assert_int_equal(m.state, IMAGE_UNJUDGED);
		assert_false(m.whole);
		assert_true(m.unpacked < 70u << 20);
	}
}

/* 10 GiB of zeros behind an archive, in one of its files, and as a file of its own. */
static void sparse(void **state)
{
	struct testtree *t = *state;
	_cleanup_bytes_ struct bytes image = { 0 };
	double began = seconds();

	testpack_entry(&image, "init", 0100755, NULL, 0);
	testpack_trailer(&image);
	testtree_put(t, IMAGE, image.data, image.len);
	testtree_grow(t, IMAGE, (off_t)10 << 30);
	assert_int_equal(look(t).state, IMAGE_UNJUDGED);
	image.data[54] = 'f';
	testtree_put(t, IMAGE, image.data, image.len);
	testtree_grow(t, IMAGE, (off_t)3 << 30);
	assert_int_equal(look(t).state, IMAGE_DAMAGED);
	testtree_grow(t, IMAGE, (off_t)10 << 30);
	assert_int_equal(look(t).state, IMAGE_DAMAGED);
	testtree_put(t, IMAGE, "\0", 1);
	testtree_grow(t, IMAGE, (off_t)10 << 30);
	assert_int_equal(look(t).state, IMAGE_DAMAGED);
	assert_true(seconds() - began < 5);
}

static void many_entries(void **state)
{
	struct testtree *t = *state;
	_cleanup_bytes_ struct bytes cpio = { 0 }, image = { 0 };
	struct initramfs m;

	for (unsigned i = 0; i < CPIO_ENTRIES_MAX + 10; i++) {
		_cleanup_free_ char *name = xasprintf("lib/modules/%u/m%u.ko", i % 1000, i);

		testpack_entry(&cpio, name, 0100644, NULL, 0);
	}
	testpack_trailer(&cpio);
	testpack("zstd", &cpio, &image);
	m = look_at(t, &image);
	assert_int_equal(m.state, IMAGE_UNJUDGED);
	assert_true(m.modules <= 20000 && m.versions <= 64);
}

static void bad_headers(void **state)
{
	struct testtree *t = *state;
	_cleanup_bytes_ struct bytes good = { 0 };

	testpack_entry(&good, "init", 0100755, "x", 1);
	testpack_entry(&good, "lib/modules/1/a.ko", 0100644, "y", 1);
	testpack_trailer(&good);
	for (size_t at = 0; at < 400; at++) {
		_cleanup_bytes_ struct bytes image = { 0 };

		bytes_add(&image, good.data, good.len);
		image.data[at] = 'f';
		look_at(t, &image);
		image.data[at] = '\0';
		look_at(t, &image);
		image.data[at] = (char)0xff;
		look_at(t, &image);
	}
	memcpy(good.data, "070707", 6);
	assert_int_equal(look_at(t, &good).state, IMAGE_DAMAGED);
}

/* Names that are huge, empty, without their NUL, or "..". */
static void odd_names(void **state)
{
	struct testtree *t = *state;
	_cleanup_bytes_ struct bytes image = { 0 };
	_cleanup_free_ char *name = xcalloc(1, 70001);
	struct initramfs m;

	memset(name, 'a', 70000);
	testpack_entry(&image, name, 0100644, NULL, 0);
	memcpy(name, "lib/modules/1/", 14);
	memcpy(name + 4000, ".ko", 4);
	testpack_entry(&image, name, 0100644, NULL, 0);
	testpack_entry(&image, "", 0100644, "x", 1);
	testpack_entry(&image, "../../init", 0100644, "x", 1);
	testpack_entry(&image, "lib/modules//a.ko", 0100644, "x", 1);
	testpack_entry(&image, "lib/modules/b.ko", 0100644, "x", 1);
	testpack_entry(&image, "init", 0100755, "x", 1);
	image.data[image.len - 4 - 4] = 'X'; /* "inix" has no NUL now but padding */
	testpack_trailer(&image);
	m = look_at(t, &image);
	assert_int_equal(m.state, IMAGE_OK);
	assert_int_equal(m.versions, 0);
	assert_int_equal(m.modules, 1);
}

static void budgets(void **state)
{
	struct testtree *t = *state;
	_cleanup_bytes_ struct bytes cpio = { 0 }, image = { 0 };
	struct initramfs_budget b = { .work = 100000, .images = 2 };
	struct initramfs m;

	add_main(&cpio);
	testpack("gzip", &cpio, &image);
	testtree_put(t, IMAGE, image.data, image.len);
	initramfs_read(t->root, t->arena, IMAGE, &b, &m);
	assert_int_equal(m.state, IMAGE_UNJUDGED);
	assert_int_equal(b.work, 0);
	b.work = 1u << 30;
	initramfs_read(t->root, t->arena, IMAGE, &b, &m);
	assert_int_equal(m.state, IMAGE_OK);
	initramfs_read(t->root, t->arena, IMAGE, &b, &m);
	assert_int_equal(m.state, IMAGE_UNJUDGED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, testtree_setup, testtree_teardown)
		T(each_compression), T(cut_anywhere), T(flipped),	 T(zeroed_tail),
		T(appended),	     T(junk_behind),  T(only_microcode), T(other_kinds),
		T(makers),	     T(module_names), T(bombs),		 T(sparse),
		T(many_entries),     T(bad_headers),  T(odd_names),	 T(budgets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
