/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/testtree.h"

#include "lib/kernel_image.h"
#include "lib/kernels.h"

#define SETUP 2 /* sectors behind the boot sector */

/* A bzImage of size bytes whose header promises promised bytes. */
static void put_bzimage(struct testtree *t, const char *path, const char *version, size_t promised,
			size_t size)
{
	unsigned char *b = xcalloc(1, size < 0x800 ? 0x800 : size);
	uint32_t sys = (uint32_t)((promised - (SETUP + 1) * 512) / 16);

	memcpy(b, "MZ", 2);
	b[0x1f1] = SETUP;
	memcpy(b + 0x1f4, &sys, 4);
	memcpy(b + 0x1fe, "\x55\xaa", 2);
	memcpy(b + 0x202, "HdrS", 4);
	memcpy(b + 0x206, "\x0f\x02", 2);
	memcpy(b + 0x20e, "\x00\x02", 2);
	strcpy((char *)b + 0x400, version);
	strcat((char *)b + 0x400, " (someone@somewhere) #1 SMP");
	testtree_put(t, path, b, size);
	free(b);
}

static void put_kernel(struct testtree *t, const char *version)
{
	_cleanup_free_ char *image = xasprintf("/boot/vmlinuz-%s", version);
	_cleanup_free_ char *initrd = xasprintf("/boot/initrd.img-%s", version);
	_cleanup_free_ char *dep = xasprintf("/lib/modules/%s/modules.dep", version);

	put_bzimage(t, image, version, 0x2000, 0x2000);
	testtree_put(t, initrd, "\x1f\x8b\x08\x00", 4);
	testtree_text(t, dep, "kernel/a.ko:\n");
}

static struct kernels gather(struct testtree *t)
{
	struct kernels ks;

	kernels_gather(t->root, t->arena, &ks);
	return ks;
}

static void a_debian(void **state)
{
	struct testtree *t = *state;
	struct kernels ks;

	put_kernel(t, "6.1.0-9-amd64");
	put_kernel(t, "6.1.0-50-amd64");
	testtree_text(t, "/boot/config-6.1.0-50-amd64", "CONFIG_EXT4_FS=m\n");
	testtree_link(t, "/vmlinuz", "boot/vmlinuz-6.1.0-50-amd64");
	testtree_link(t, "/boot/vmlinuz", "vmlinuz-6.1.0-50-amd64");
	testtree_link(t, "/boot/vmlinuz-default", "vmlinuz-6.1.0-50-amd64");
	testtree_text(t, "/boot/vmlinuz-6.1.0-9-amd64.dpkg-bak", "x");
	testtree_text(t, "/boot/initrd.img-6.1.0-9-amd64.old-dkms", "x");
	testtree_text(t, "/boot/vmlinuz-6.1.0-8-amd64.old", "x");
	testtree_text(t, "/boot/kernel-settings", "x");
	testtree_dir(t, "/boot/vmlinuz-6.2.0");
	ks = gather(t);
	assert_int_equal(ks.n, 2);
	assert_string_equal(ks.k[0].version, "6.1.0-50-amd64");
	assert_string_equal(ks.k[0].inner_version, "6.1.0-50-amd64");
	assert_string_equal(ks.k[0].initrd, "/boot/initrd.img-6.1.0-50-amd64");
	assert_string_equal(ks.k[0].config, "/boot/config-6.1.0-50-amd64");
	assert_null(ks.k[0].system_map);
	assert_string_equal(ks.k[1].modules, "/lib/modules/6.1.0-9-amd64");
	assert_true(kernel_is_complete(&ks.k[0]));
	assert_ptr_equal(kernels_newest_complete(&ks), &ks.k[0]);
	assert_ptr_equal(kernels_by_path(&ks, "/boot/initrd.img-6.1.0-9-amd64"), &ks.k[1]);
	assert_ptr_equal(kernels_by_path(&ks, "/boot/vmlinuz-6.1.0-9-amd64.efi.signed"), &ks.k[1]);
	assert_null(kernels_by_path(&ks, "/boot/vmlinuz-6.1.0-9-amd64x"));
	assert_ptr_equal(kernels_by_version(&ks, "6.1.0-9-amd64"), &ks.k[1]);
	assert_null(kernels_by_version(&ks, "6.1"));
}

static void a_red_hat(void **state)
{
	struct testtree *t = *state;
	const char *rescue = "0-rescue-0123456789abcdef0123456789abcdef";
	struct kernels ks;

	put_bzimage(t, "/boot/vmlinuz-3.10.0-957.el7.x86_64", "3.10.0-957.el7.x86_64", 0x2000,
		    0x2000);
	testtree_put(t, "/boot/initramfs-3.10.0-957.el7.x86_64.img", "070701", 6);
	testtree_put(t, "/boot/initramfs-3.10.0-957.el7.x86_64kdump.img", "070701", 6);
	testtree_text(t, "/boot/.vmlinuz-3.10.0-957.el7.x86_64.hmac", "x");
	put_bzimage(t, "/boot/vmlinuz-3.10.0-957.el7.x86_64.debug", "3.10.0-957.el7.x86_64.debug",
		    0x2000, 0x2000);
	put_bzimage(t, "/boot/vmlinuz-0-rescue-0123456789abcdef0123456789abcdef",
		    "3.10.0-957.el7.x86_64", 0x2000, 0x2000);
	testtree_put(t, "/boot/initramfs-0-rescue-0123456789abcdef0123456789abcdef.img", "070701",
		     6);
	testtree_dir(t, "/usr/lib/modules/3.10.0-957.el7.x86_64");
	testtree_text(t, "/usr/lib/modules/3.10.0-957.el7.x86_64/modules.dep", "x");
	testtree_dir(t, "/usr/lib/modules/3.10.0-862.el7.x86_64");
	testtree_link(t, "/lib", "usr/lib");
	ks = gather(t);
	assert_int_equal(ks.n, 4);
	assert_string_equal(ks.k[0].version, "3.10.0-957.el7.x86_64");
	assert_string_equal(ks.k[0].initrd, "/boot/initramfs-3.10.0-957.el7.x86_64.img");
	assert_string_equal(ks.k[1].version, "3.10.0-862.el7.x86_64");
	assert_null(ks.k[1].image);
	assert_string_equal(ks.k[2].version, "3.10.0-957.el7.x86_64.debug");
	assert_true(ks.k[2].needs_initrd);
	assert_false(kernel_is_complete(&ks.k[2]));
	assert_string_equal(ks.k[3].version, rescue);
	assert_true(ks.k[3].rescue);
	assert_true(kernel_is_complete(&ks.k[3]));
	assert_ptr_equal(kernels_newest_complete(&ks), &ks.k[0]);
	assert_ptr_equal(kernels_by_version(&ks, "3.10.0-957.el7.x86_64"), &ks.k[0]);
}

static void names_without_numbers(void **state)
{
	struct testtree *t = *state;
	struct kernels ks;

	put_bzimage(t, "/boot/vmlinuz-lts", "6.6.8-0-lts", 0x2000, 0x2000);
	testtree_put(t, "/boot/initramfs-lts", "\x1f\x8b", 2);
	testtree_text(t, "/lib/modules/6.6.8-0-lts/modules.dep", "x");
	put_bzimage(t, "/boot/vmlinuz-linux", "6.7.1-arch1-1", 0x2000, 0x2000);
	testtree_put(t, "/boot/initramfs-linux.img", "\x28\xb5\x2f\xfd", 4);
	testtree_put(t, "/boot/initramfs-linux-fallback.img", "x", 1);
	testtree_text(t, "/lib/modules/6.7.1-arch1-1/modules.dep", "x");
	testtree_text(t, "/lib/modules/6.7.1-arch1-1/vmlinuz", "not what a loader loads");
	ks = gather(t);
	assert_int_equal(ks.n, 2);
	assert_string_equal(ks.k[0].image, "/boot/vmlinuz-linux");
	assert_string_equal(ks.k[0].modules, "/lib/modules/6.7.1-arch1-1");
	assert_string_equal(ks.k[0].initrd, "/boot/initramfs-linux.img");
	assert_string_equal(ks.k[1].initrd, "/boot/initramfs-lts");
	assert_true(kernel_is_complete(&ks.k[1]));
	assert_ptr_equal(kernels_by_version(&ks, "6.6.8-0-lts"), &ks.k[1]);
}

static void other_layouts(void **state)
{
	struct testtree *t = *state;
	struct kernels ks;

	/* Tumbleweed: the name in /boot is a link to the one image. */
	put_bzimage(t, "/usr/lib/modules/6.7.1-1-default/vmlinuz", "6.7.1-1-default", 0x2000,
		    0x2000);
	testtree_link(t, "/boot/vmlinuz-6.7.1-1-default",
		      "../usr/lib/modules/6.7.1-1-default/vmlinuz");
	testtree_link(t, "/boot/vmlinuz-6.6.0-1-default",
		      "../usr/lib/modules/6.6.0-1-default/vmlinuz");
	testtree_text(t, "/boot/vmlinux-6.7.1-1-default.gz", "\x1f\x8b");
	/* kernel-install */
	put_bzimage(t, "/efi/0123456789abcdef0123456789abcdef/6.5.0/linux", "6.5.0", 0x2000,
		    0x2000);
	testtree_put(t, "/efi/0123456789abcdef0123456789abcdef/6.5.0/initrd", "", 0);
	ks = gather(t);
	assert_int_equal(ks.n, 3);
	assert_int_equal(ks.k[0].image_state, IMAGE_OK);
	assert_string_equal(ks.k[1].version, "6.6.0-1-default");
	assert_int_equal(ks.k[1].image_state, IMAGE_ABSENT);
	assert_string_equal(ks.k[2].version, "6.5.0");
	assert_int_equal(ks.k[2].initrd_state, IMAGE_EMPTY);
}

static void needs(void **state)
{
	struct testtree *t = *state;
	struct kernels ks;

	/* Everything built in, no initramfs anywhere: complete as it is. */
	put_bzimage(t, "/boot/vmlinuz-5.1", "5.1", 0x2000, 0x2000);
	testtree_text(t, "/lib/modules/5.1/modules.builtin", "kernel/fs/ext4/ext4.ko\n");
	testtree_text(t, "/lib/modules/5.1/modules.order", "");
	ks = gather(t);
	assert_false(ks.k[0].needs_initrd);
	assert_true(ks.k[0].modules_builtin_only);
	assert_true(kernel_is_complete(&ks.k[0]));
	/* A modular one with the tool that makes them. */
	testtree_text(t, "/lib/modules/5.1/kernel/a/b.ko.xz", "x");
	testtree_text(t, "/usr/bin/dracut", "x");
	ks = gather(t);
	assert_true(ks.k[0].needs_initrd);
	assert_false(ks.k[0].modules_builtin_only);
	assert_false(kernel_is_complete(&ks.k[0]));
	/* The same with what finds the root built in. */
	testtree_text(t, "/boot/config-5.1", "# config\nCONFIG_EXT4_FS=y\nCONFIG_VIRTIO_BLK=y\n");
	testtree_text(t, "/lib/modules/5.1/modules.dep", "kernel/a/b.ko.xz:\n");
	ks = gather(t);
	assert_false(ks.k[0].needs_initrd);
	assert_true(kernel_is_complete(&ks.k[0]));
}

static void emptied_modules_are_not_builtin(void **state)
{
	struct testtree *t = *state;
	struct kernels ks;

	put_bzimage(t, "/boot/vmlinuz-5.1", "5.1", 0x2000, 0x2000);
	testtree_dir(t, "/lib/modules/5.1");
	ks = gather(t);
	assert_false(ks.k[0].modules_builtin_only);
	testtree_text(t, "/lib/modules/5.1/modules.builtin", "x");
	testtree_text(t, "/lib/modules/5.1/modules.order", "kernel/a.ko\n");
	ks = gather(t);
	assert_false(ks.k[0].modules_builtin_only);
	assert_false(kernel_is_complete(&ks.k[0]));
}

static struct image_verdict judge(struct testtree *t, enum image_machine m)
{
	struct image_verdict v;

	kernel_image_judge(t->root, t->arena, m, "/k", &v);
	return v;
}

static void image_states(void **state)
{
	struct testtree *t = *state;
	static const struct {
		const char *data;
		size_t len;
		enum image_state x86, other;
	} cases[] = {
		{ "", 0, IMAGE_EMPTY, IMAGE_EMPTY },
		{ "\0\0\0\0", 4, IMAGE_DAMAGED, IMAGE_DAMAGED },
		{ "#!/bin/sh\n", 10, IMAGE_DAMAGED, IMAGE_UNJUDGED },
		{ "\x1f\x8b\x08", 3, IMAGE_OK, IMAGE_OK },
		{ "\x7f"
		  "ELF\x02",
		  5, IMAGE_OK, IMAGE_OK },
		{ "MZ", 2, IMAGE_UNJUDGED, IMAGE_UNJUDGED },
		{ "MZ\0\0zimg\x40\0\0\0\x10\x10\0\0", 16, IMAGE_DAMAGED, IMAGE_DAMAGED },
		{ "MZ\0\0zimg\x08\0\0\0\x08\0\0\0", 16, IMAGE_OK, IMAGE_OK },
	};

	assert_int_equal(judge(t, MACHINE_X86).state, IMAGE_ABSENT);
	testtree_text(t, "/k", "MZ");
	assert_int_equal(judge(t, MACHINE_UNKNOWN).state, IMAGE_DAMAGED);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		testtree_put(t, "/k", cases[i].data, cases[i].len);
		if (cases[i].x86 != IMAGE_EMPTY)
			testtree_grow(t, "/k", 0x400);
		assert_int_equal(judge(t, MACHINE_X86).state, cases[i].x86);
		assert_int_equal(judge(t, MACHINE_UNKNOWN).state, cases[i].other);
		assert_int_equal(judge(t, MACHINE_X86).state == IMAGE_DAMAGED,
				 judge(t, MACHINE_X86).why != NULL);
	}
}

/* An arm64 Image or a unified kernel image with one section, told to end at `end`. */
static void put_pe(struct testtree *t, const char *magic, uint32_t end, size_t size)
{
	unsigned char b[0x400] = "MZ";
	const uint32_t at = 0x40, from = 0x200, bytes = end - 0x200;

	memcpy(b + 0x38, magic, strlen(magic));
	memcpy(b + 0x3c, &at, 4);
	memcpy(b + 0x40, "PE\0\0\x64\xaa\x01\0", 8);
	b[0x40 + 20] = 0xf0;
	memcpy(b + 0x58, "\x0b\x02", 2);
	b[0x58 + 68] = 10;
	memcpy(b + 0x58 + 0xf0 + 16, &bytes, 4);
	memcpy(b + 0x58 + 0xf0 + 20, &from, 4);
	testtree_put(t, "/k", b, sizeof(b));
	testtree_grow(t, "/k", (off_t)size);
}

static void cut_pe(void **state)
{
	struct testtree *t = *state;

	put_pe(t, "ARM\x64", 0x8000, 0x8000);
	assert_int_equal(judge(t, MACHINE_UNKNOWN).state, IMAGE_OK);
	put_pe(t, "ARM\x64", 0x8000, 0x7f00); /* the last section may be rounded up */
	assert_int_equal(judge(t, MACHINE_UNKNOWN).state, IMAGE_OK);
	put_pe(t, "ARM\x64", 0x8000, 0x4000);
	assert_int_equal(judge(t, MACHINE_UNKNOWN).state, IMAGE_DAMAGED);
	put_pe(t, "RSC\x05", 0x8000, 0x4000);
	assert_int_equal(judge(t, MACHINE_UNKNOWN).state, IMAGE_DAMAGED);
	put_pe(t, "", 0x8000, 0x8000);
	assert_int_equal(judge(t, MACHINE_X86).state, IMAGE_UNJUDGED);
	put_pe(t, "", 0x8000, 0x4000);
	assert_int_equal(judge(t, MACHINE_X86).state, IMAGE_DAMAGED);
}

static void cut_bzimage(void **state)
{
	struct testtree *t = *state;
	struct image_verdict v;

	put_bzimage(t, "/k", "6.1", 0x3000, 0x2fff);
	v = judge(t, MACHINE_UNKNOWN);
	assert_int_equal(v.state, IMAGE_DAMAGED);
	assert_string_equal(v.why, "12287 bytes, but its header says 12288");
	put_bzimage(t, "/k", "6.1", 0x3000, 0x3000 + 1472);
	assert_int_equal(judge(t, MACHINE_UNKNOWN).state, IMAGE_OK);
	/* Cut within the header: the version cannot be read, the rest still judged. */
	put_bzimage(t, "/k", "6.1", 0x3000, 0x300);
	v = judge(t, MACHINE_X86);
	assert_int_equal(v.state, IMAGE_DAMAGED);
	assert_null(v.version);
	put_bzimage(t, "/k", "6.1", 0x3000, 0x100);
	assert_string_equal(judge(t, MACHINE_X86).why, "too short for a kernel");
	testtree_dir(t, "/d");
	kernel_image_judge(t->root, t->arena, MACHINE_X86, "/d", &v);
	assert_int_equal(v.state, IMAGE_DAMAGED);
}

static enum image_state initrd(struct testtree *t, const void *data, size_t len)
{
	struct image_verdict v;

	testtree_put(t, "/i", data, len);
	initrd_judge(t->root, t->arena, "/i", &v);
	return v.state;
}

static void initrd_states(void **state)
{
	struct testtree *t = *state;
	char padded[4096] = { 0 };
	char *zeros = xcalloc(1, 100000);

	memcpy(padded + 512,
	       "\xfd"
	       "7zXZ",
	       6);
	assert_int_equal(initrd(t, "", 0), IMAGE_EMPTY);
	assert_int_equal(initrd(t, "070701", 6), IMAGE_OK);
	assert_int_equal(initrd(t, "07070", 5), IMAGE_DAMAGED);
	assert_int_equal(initrd(t, padded, sizeof(padded)), IMAGE_OK);
	assert_int_equal(initrd(t, zeros, 100000), IMAGE_DAMAGED);
	assert_int_equal(initrd(t, "hello", 5), IMAGE_DAMAGED);
	free(zeros);
}

static void strange_trees(void **state)
{
	struct testtree *t = *state;
	_cleanup_free_ char *fifo = testtree_path(t, "/boot/vmlinuz-1");
	struct kernels ks;

	assert_int_equal(gather(t).n, 0);
	assert_int_equal(mkfifo(fifo, 0644), 0);
	testtree_link(t, "/boot/vmlinuz-2", "vmlinuz-2");
	testtree_text(t, "/boot/vmlinuz-", "x");
	testtree_text(t, "/boot/vmlinuz-..", "x");
	testtree_link(t, "/lib/modules/loop", "loop");
	testtree_text(t, "/lib/modules/file", "x");
	ks = gather(t);
	assert_int_equal(ks.n, 3);
	for (size_t i = 0; i < ks.n; i++) {
		assert_null(ks.k[i].modules);
		assert_false(kernel_is_complete(&ks.k[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_debian, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(a_red_hat, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(names_without_numbers, testtree_setup,
						testtree_teardown),
		cmocka_unit_test_setup_teardown(other_layouts, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(needs, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(emptied_modules_are_not_builtin, testtree_setup,
						testtree_teardown),
		cmocka_unit_test_setup_teardown(image_states, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(cut_pe, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(cut_bzimage, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(initrd_states, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(strange_trees, testtree_setup, testtree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
