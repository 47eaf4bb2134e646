/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/testtree.h"

#include "lib/initramfs_add.h"
#include "lib/scan.h"
#include "lib/testmodule.h"
#include "lib/testpack.h"

#define V "6.1.0-50-amd64"
#define MODULES "/lib/modules/" V
#define IMAGE "/boot/initrd.img-" V
#define INDEX "\xb0\x07\xf4\x57\0\2\0\1\0\0\0\x0c\0"

struct patient {
	struct testtree *t;
	struct devices devices;
	struct facts facts;
	struct scan scan;
	struct kernel k;
	struct drivers d;
};

static const char alias[] =
	"alias virtio:d00000002v* virtio_blk\n"
	"alias pci:v00001AF4d* virtio_pci\n"
	"alias qbus:* qdisk\nalias fs-ext4 ext4\nalias crypto-crc32c crc32c_generic\n"
	"alias crypto-crc32c crc32c_intel\nalias crypto-other other";

static void put_module(struct testtree *t, const char *path, const char *how)
{
	static const char info[] = "license=GPL\0vermagic=" V " SMP";
	_cleanup_bytes_ struct bytes b = { 0 }, packed = { 0 };
	_cleanup_free_ char *full = xasprintf(MODULES "/%s", path);

	testmodule(&b, info, sizeof(info));
	assert_int_equal(testpack(how, &b, &packed), 0);
	testtree_put(t, full, packed.data, packed.len);
}

static void put_lists(struct testtree *t, const char *dep)
{
	testtree_text(t, MODULES "/modules.dep", dep);
	testtree_put(t, MODULES "/modules.dep.bin", INDEX, sizeof(INDEX) - 1);
	testtree_text(t, MODULES "/modules.alias", alias);
	testtree_put(t, MODULES "/modules.alias.bin", INDEX, sizeof(INDEX) - 1);
	testtree_text(t, MODULES "/modules.softdep",
		      "# soft\nsoftdep ext4 pre: crypto-crc32c none\n"
		      "softdep virtio-pci pre: nothing post: mb\n");
	testtree_text(t, MODULES "/modules.builtin", "kernel/lib/crc16.ko\n");
}

/* Modules (paths below the version's directory) and whatever else, separated by blanks. */
static void pack_image(const char *files, struct bytes *b)
{
	_cleanup_free_ char *list = xstrdup(files);
	char *save = NULL;

	testpack_entry(b, "init", 0100755, "x", 1);
	testpack_entry(b, "usr/lib/modules/" V, 040755, NULL, 0);
	for (char *s = strtok_r(list, " ", &save); s; s = strtok_r(NULL, " ", &save)) {
		_cleanup_free_ char *name = startswith(s, "kernel/")
						    ? xasprintf("usr/lib/modules/" V "/%s", s)
						    : xstrdup(s);

		testpack_entry(b, name, 0100644, "x", 1);
	}
	testpack_trailer(b);
}

static void put_image(struct testtree *t, const char *how, const char *files)
{
	_cleanup_bytes_ struct bytes b = { 0 }, image = { 0 };

	pack_image(files, &b);
	assert_int_equal(testpack(how, &b, &image), 0);
	testtree_put(t, IMAGE, image.data, image.len);
}

static void look(struct patient *p, struct testtree *t)
{
	*p = (struct patient){ .t = t };
	p->facts.devices = &p->devices;
	p->k = (struct kernel){ .version = V,
				.image = "/boot/vmlinuz-" V,
				.initrd = IMAGE,
				.modules = MODULES,
				.initrd_state = IMAGE_OK,
				.image_state = IMAGE_OK,
				.modules_dep = true };
	p->facts.kernels = (struct kernels){ .k = &p->k, .n = 1 };
	scan_init(&p->scan, t->root, &p->facts, t->arena);
	drivers_gather(&p->scan, &p->k, &p->d);
}

static const char dep[] = "kernel/virtio_blk.ko: kernel/virtio.ko kernel/virtio_ring.ko\n"
			  "kernel/virtio-pci.ko: kernel/virtio.ko kernel/virtio_ring.ko\n"
			  "kernel/virtio.ko: kernel/virtio_ring.ko\nkernel/virtio_ring.ko:\n"
			  "kernel/fs/ext4.ko: kernel/lib/crc16.ko kernel/fs/mbcache.ko\n"
			  "kernel/fs/mbcache.ko:\nkernel/crc32c_generic.ko:\nkernel/mb.ko:\n";

static const char *const files[] = { "kernel/virtio_blk.ko",	 "kernel/virtio-pci.ko",
				     "kernel/virtio.ko",	 "kernel/virtio_ring.ko",
				     "kernel/fs/ext4.ko",	 "kernel/fs/mbcache.ko",
				     "kernel/crc32c_generic.ko", "kernel/mb.ko" };

static void put_root(struct testtree *t)
{
	put_lists(t, dep);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		put_module(t, files[i], "none");
}

/* What the longer image holds, as a scan sees it then. */
static void append(struct testtree *t, const struct initramfs_add *a)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	assert_int_equal(root_read(t->root, IMAGE, 64u << 20, &b), 0);
	assert_int_equal(b.len, a->size);
	bytes_add(&b, a->data, a->len);
	testtree_put(t, IMAGE, b.data, b.len);
}

static void repairs(void **state)
{
	static const char *const how[] = { "none", "gzip", "xz", "zstd", "lzma", "bzip2", "lzo" };
	struct testtree *t = *state;

	put_root(t);
	for (size_t i = 0; i < ARRAY_SIZE(how); i++) {
		struct initramfs_add a;
		struct patient p;

		put_image(t, how[i], "kernel/virtio_ring.ko usr/bin/udevadm etc/x");
		look(&p, t);
		initramfs_add_begin(&a, &p.d);
		initramfs_add_want(&a, "virtio_blk");
		initramfs_add_want(&a, "virtio_pci");
		initramfs_add_want(&a, "ext4");
		initramfs_add_want(&a, "crc16");
		assert_true(initramfs_add_make(&a));
		assert_null(a.why);
		assert_int_equal(a.unproven, i > 3);
		assert_int_equal(a.modules, 7);
		append(t, &a);
		look(&p, t);
		assert_int_equal(p.d.initramfs->state, IMAGE_OK);
		assert_true(p.d.initramfs->whole && p.d.initramfs->open_end);
		assert_string_equal(p.d.initramfs->compression, how[i]);
		assert_int_equal(driver_place(&p.d, "virtio_blk"), DRIVER_IN_INITRAMFS);
		assert_int_equal(driver_place(&p.d, "virtio_pci"), DRIVER_IN_INITRAMFS);
		assert_int_equal(driver_place(&p.d, "ext4"), DRIVER_IN_INITRAMFS);
		assert_int_equal(driver_place(&p.d, "crc32c_generic"), DRIVER_IN_INITRAMFS);
		assert_int_equal(driver_place(&p.d, "mb"), DRIVER_IN_INITRAMFS);
	}
}

/* The old frame's end is the four zeros; kernels did not always know. */
static void behind_lz4(void **state)
{
	struct testtree *t = *state;
	struct initramfs_add a;
	struct patient p;

	put_root(t);
	put_image(t, "lz4", "kernel/virtio_ring.ko sbin/udevadm");
	look(&p, t);
	initramfs_add_begin(&a, &p.d);
	initramfs_add_want(&a, "virtio_blk");
	assert_true(initramfs_add_make(&a));
	append(t, &a);
	look(&p, t);
	assert_int_equal(driver_place(&p.d, "virtio_blk"), DRIVER_IN_INITRAMFS);
	p.d.version = "5.4.0-100-generic";
	initramfs_add_begin(&a, &p.d);
	assert_non_null(a.why);
}

/*
 * Its maker unpacked the modules: the root's lists do not fit, and are made anew. Names that no
 * kernel of the machine under test has loaded, as modprobe would leave those out.
 */
static void unpacked_inside(void **state)
{
	struct testtree *t = *state;
	_cleanup_free_ char *list = NULL;
	struct initramfs_add a;
	struct patient p;
	char said[2048] = "";
	size_t zeros = 0;
	FILE *out;

	put_lists(t, "kernel/qdisk.ko.xz: kernel/qbus.ko.xz\nkernel/qbus.ko.xz:\n"
		     "kernel/far.ko.xz: kernel/qdisk.ko.xz kernel/qbus.ko.xz\n");
	put_module(t, "kernel/qdisk.ko.xz", "xz");
	put_module(t, "kernel/qbus.ko.xz", "xz");
	put_image(t, "none", "kernel/qbus.ko usr/bin/udevadm");
	look(&p, t);
	initramfs_add_begin(&a, &p.d);
	initramfs_add_want(&a, "qdisk");
	assert_true(initramfs_add_make(&a));
	assert_int_equal(a.modules, 1);
	append(t, &a);
	look(&p, t);
	assert_int_equal(driver_place(&p.d, "qdisk"), DRIVER_IN_INITRAMFS);
	assert_string_equal(initramfs_find_module(p.d.initramfs, "qdisk", V)->path,
			    "kernel/qdisk.ko");
	if (system("command -v modprobe >/dev/null 2>&1 && command -v cpio >/dev/null 2>&1"))
		return;
	while (a.data[zeros] == '\0')
		zeros++;
	testtree_put(t, "/tail", a.data + zeros, a.len - zeros);
	list = xasprintf("mkdir %s/in && cd %s/in && cpio -id --quiet <../tail && "
			 "touch usr/lib/modules/" V
			 "/kernel/qbus.ko && modprobe -d \"$PWD/usr\" -S " V
			 " --show-depends qdisk 2>&1",
			 t->dir, t->dir);
	out = popen(list, "r");
	assert_non_null(out);
	said[fread(said, 1, sizeof(said) - 1, out)] = '\0';
	pclose(out);
	assert_non_null(strstr(said, "kernel/qbus.ko \ninsmod "));
	assert_non_null(strstr(said, "kernel/qdisk.ko "));
}

/* As the root has them, where the image has some like that. */
static void packed_inside(void **state)
{
	struct testtree *t = *state;
	struct initramfs_add a;
	struct patient p;

	put_lists(t, "kernel/virtio_blk.ko.xz: kernel/virtio.ko.xz\nkernel/virtio.ko.xz:\n");
	put_module(t, "kernel/virtio_blk.ko.xz", "xz");
	put_image(t, "gzip", "kernel/virtio.ko.xz usr/bin/udevadm");
	look(&p, t);
	initramfs_add_begin(&a, &p.d);
	initramfs_add_want(&a, "virtio_blk");
	assert_true(initramfs_add_make(&a));
	append(t, &a);
	look(&p, t);
	assert_string_equal(initramfs_find_module(p.d.initramfs, "virtio_blk", V)->path,
			    "kernel/virtio_blk.ko.xz");
}

static void refuse(struct testtree *t, const char *module, const char *why)
{
	struct initramfs_add a;
	struct patient p;

	look(&p, t);
	initramfs_add_begin(&a, &p.d);
	initramfs_add_want(&a, module);
	assert_false(initramfs_add_make(&a));
	assert_null(a.data);
	if (!strstr(a.why, why))
		fail_msg("'%s', not '%s'", a.why, why);
}

static void images_that_take_nothing(void **state)
{
	static const struct {
		const char *files, *why;
	} cases[] = {
		{ "kernel/virtio.ko", "no udev" },
		{ "usr/bin/udevadm squash-root.img", "squash" },
		{ "usr/bin/udevadm kernel/own.ko", "'own'" },
		{ "usr/bin/udevadm kernel/virtio.ko kernel/virtio_ring.ko kernel/virtio_blk.ko",
		  "nothing is missing" },
	};
	_cleanup_bytes_ struct bytes b = { 0 };
	struct testtree *t = *state;

	put_root(t);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		put_image(t, "gzip", cases[i].files);
		refuse(t, "virtio_blk", cases[i].why);
	}
	pack_image("usr/bin/udevadm", &b);
	bytes_adds(&b, "junk");
	testtree_put(t, IMAGE, b.data, b.len);
	refuse(t, "virtio_blk", "nothing behind");
	b.len = 0;
	testpack_entry(&b, "init", 0100755, "x", 1);
	testpack_entry(&b, "sbin/udevadm", 0100755, "x", 1);
	testpack_entry(&b, "lib/modules/6.0/kernel/x.ko", 0100755, "x", 1);
	testpack_trailer(&b);
	testtree_put(t, IMAGE, b.data, b.len);
	refuse(t, "virtio_blk", "no directory");
}

static void roots_that_give_nothing(void **state)
{
	struct testtree *t = *state;

	put_root(t);
	put_image(t, "gzip", "usr/bin/udevadm");
	refuse(t, "xfs", "no xfs");
	refuse(t, "mb", "modules.alias does not name 'mb'");
	testtree_text(t, MODULES "/kernel/virtio_ring.ko", "");
	refuse(t, "virtio_blk", "virtio_ring.ko' is damaged");
	testtree_unlink(t, MODULES "/kernel/virtio_ring.ko");
	refuse(t, "virtio_blk", "virtio_ring.ko' is missing");
	testtree_link(t, MODULES "/kernel/virtio_ring.ko", "../../../../../../../../bin/sh");
	refuse(t, "virtio_blk", "virtio_ring.ko' is missing");
	testtree_text(t, MODULES "/modules.dep.bin", "\xb0\x07");
	refuse(t, "ext4", "modules.dep.bin' is damaged");
	testtree_unlink(t, MODULES "/modules.alias.bin");
	put_lists(t, "kernel/virtio_blk.ko: kernel/virtio.ko kernel/gone.ko\nkernel/virtio.ko:\n");
	refuse(t, "virtio_blk", "'gone.ko', which 'virtio_blk' needs");
	put_lists(t, "../../../etc/virtio_blk.ko:\n");
	testtree_text(t, "/etc/virtio_blk.ko", "x");
	refuse(t, "virtio_blk", "the path '../../../etc/virtio_blk.ko'");
	put_lists(t, "/lib/modules/" V "/kernel/virtio_blk.ko:\n");
	refuse(t, "virtio_blk", "the path '/lib");
}

/* Each needs the next, the last the first; and one needs a hundred thousand. */
static void cycles_and_crowds(void **state)
{
	struct testtree *t = *state;
	_cleanup_bytes_ struct bytes b = { 0 };
	struct initramfs_add a;
	struct patient p;

	put_image(t, "gzip", "usr/bin/udevadm");
	for (size_t i = 0; i < 40; i++) {
		_cleanup_free_ char *name =
			xasprintf("kernel/%s%zu.ko", i ? "m" : "ext", i ? i : 4);

		bytes_addf(&b, "%s: kernel/m%zu.ko kernel/ext4.ko\n", name, (i + 1) % 40);
		put_module(t, name, "none");
	}
	bytes_adds(&b, "kernel/m0.ko:\n");
	put_module(t, "kernel/m0.ko", "none");
	put_lists(t, b.data);
	look(&p, t);
	initramfs_add_begin(&a, &p.d);
	initramfs_add_want(&a, "ext4");
	assert_true(initramfs_add_make(&a));
	assert_int_equal(a.modules, 41);

	b.len = 0;
	bytes_adds(&b, "kernel/ext4.ko:");
	for (size_t i = 0; i < 100000; i++)
		bytes_addf(&b, " kernel/m%zu.ko", i);
	for (size_t i = 0; i < 29000; i++)
		bytes_addf(&b, "\nkernel/m%zu.ko:", i);
	bytes_adds(&b, "\n");
	put_lists(t, b.data);
	refuse(t, "ext4", "more than 128 modules");
}

static void large_modules(void **state)
{
	struct testtree *t = *state;

	put_root(t);
	put_image(t, "gzip", "usr/bin/udevadm");
	testtree_grow(t, MODULES "/kernel/virtio_ring.ko", 60 << 20);
	testtree_grow(t, MODULES "/kernel/virtio.ko", 60 << 20);
	testtree_grow(t, MODULES "/kernel/virtio_blk.ko", 60 << 20);
	refuse(t, "virtio_blk", "128 MiB longer");
	testtree_grow(t, MODULES "/kernel/virtio_blk.ko", 1ll << 40);
	refuse(t, "virtio_blk", "cannot be read");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(repairs, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(behind_lz4, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(unpacked_inside, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(packed_inside, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(images_that_take_nothing, testtree_setup,
						testtree_teardown),
		cmocka_unit_test_setup_teardown(roots_that_give_nothing, testtree_setup,
						testtree_teardown),
		cmocka_unit_test_setup_teardown(cycles_and_crowds, testtree_setup,
						testtree_teardown),
		cmocka_unit_test_setup_teardown(large_modules, testtree_setup, testtree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
