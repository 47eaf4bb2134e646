/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/testtree.h"

#include "lib/platform.h"
#include "lib/scan.h"
#include "lib/testpack.h"

#define V "6.1.0-50-amd64"

struct patient {
	struct testtree *t;
	struct devices devices;
	struct facts facts;
	struct scan scan;
	struct kernel k;
};

/* An initramfs with these modules, separated by blanks. */
static void put_initrd(struct patient *p, const char *modules)
{
	_cleanup_free_ char *list = xstrdup(modules);
	_cleanup_bytes_ struct bytes b = { 0 };
	char *save = NULL;

	testpack_entry(&b, "init", 0100755, "x", 1);
	for (char *m = strtok_r(list, " ", &save); m; m = strtok_r(NULL, " ", &save)) {
		_cleanup_free_ char *name = xasprintf("lib/modules/" V "/kernel/%s.ko", m);

		testpack_entry(&b, name, 0100644, "x", 1);
	}
	testpack_trailer(&b);
	testtree_put(p->t, "/boot/initrd.img-" V, b.data, b.len);
}

static void prepare(struct patient *p, struct testtree *t, const char *modules)
{
	*p = (struct patient){ .t = t };
	p->facts.devices = &p->devices;
	p->k = (struct kernel){ .version = V,
				.image = "/boot/vmlinuz-" V,
				.initrd = "/boot/initrd.img-" V,
				.modules = "/lib/modules/" V,
				.config = "/boot/config-" V,
				.initrd_state = IMAGE_OK,
				.image_state = IMAGE_OK,
				.modules_dep = true };
	p->facts.kernels = (struct kernels){ .k = &p->k, .n = 1 };
	put_initrd(p, modules);
	scan_init(&p->scan, t->root, &p->facts, t->arena);
}

static void places(void **state)
{
	struct testtree *t = *state;
	struct patient p;
	struct drivers d;

	testtree_text(t, "/lib/modules/" V "/modules.builtin",
		      "kernel/fs/ext4/ext4.ko\nkernel/lib/crc16.ko\n");
	testtree_text(t, "/lib/modules/" V "/modules.dep",
		      "kernel/a/virtio-blk.ko.xz: kernel/a/virtio.ko.xz\n"
		      "kernel/a/virtio.ko.xz:\nkernel/a/nvme.ko: kernel/a/nvme-core.ko "
		      "kernel/lib/crc16.ko\nkernel/a/loop1.ko: kernel/a/loop2.ko\n"
		      "kernel/a/loop2.ko: kernel/a/loop1.ko\nno colon\n:\n: :\n");
	testtree_text(t, "/boot/config-" V, "CONFIG_BLK_DEV_SD=y\nCONFIG_XFS_FS=m\n");
	prepare(&p, t, "virtio_blk nvme nvme-core loop1 loop2");
	drivers_gather(&p.scan, &p.k, &d);
	assert_int_equal(driver_place(&d, "ext4"), DRIVER_BUILT_IN);
	assert_int_equal(driver_place(&d, "sd_mod"), DRIVER_BUILT_IN);
	assert_int_equal(driver_place(&d, "nvme"), DRIVER_IN_INITRAMFS);
	assert_int_equal(driver_place(&d, "loop1"), DRIVER_IN_INITRAMFS);
	/* Its virtio is not in the initramfs. */
	assert_int_equal(driver_place(&d, "virtio_blk"), DRIVER_ON_ROOT);
	assert_int_equal(driver_place(&d, "xfs"), DRIVER_NOWHERE);
	assert_string_equal(driver_of_type(&d, "ext3"), "ext4");
	assert_null(driver_of_type(&d, "zfs_member"));
	d.without = (const char *const[]){ "nvme", NULL };
	assert_int_equal(driver_place(&d, "nvme"), DRIVER_NOWHERE);
}

/* Neither list nor config: nothing can be said. */
static void unknown(void **state)
{
	struct testtree *t = *state;
	struct patient p;
	struct drivers d;

	prepare(&p, t, "nvme");
	drivers_gather(&p.scan, &p.k, &d);
	assert_int_equal(driver_place(&d, "nvme"), DRIVER_IN_INITRAMFS);
	assert_int_equal(driver_place(&d, "ext4"), DRIVER_UNKNOWN);
	assert_true(driver_is_ready(&d, "ext4"));
	assert_true(platform_ready(&d, "virtio"));
	assert_false(platform_seen(&d, "virtio"));
}

static void by_words(void **state)
{
	static const struct {
		const char *path, *text, *first;
	} cases[] = {
		{ "/var/lib/cloud/instance/datasource", "DataSourceAzure: DataSourceAzure\n",
		  "hyperv" },
		{ "/var/lib/cloud/instance/datasource", "DataSourceNoCloud: x\n", NULL },
		{ "/var/log/dmesg", "DMI: QEMU Standard PC\nDMI: Amazon EC2 m5.large/, BIOS 1.0\n",
		  "nvme" },
		{ "/var/log/messages", "x kernel: DMI: Dell Inc. PowerEdge\n", NULL },
		{ "/var/log/syslog", "DMI: Alibaba Cloud Alibaba Cloud ECS, BIOS", "virtio" },
		{ "/var/log/kern.log", "DMI: ", NULL },
		/* Of what such a machine may have, what its last boot had. */
		{ "/var/log/kern.log",
		  "Linux version 6\nDMI: QEMU x\nEXT4-fs (sda1): mounted\n"
		  "Linux version 6\nDMI: QEMU x\nXFS (nvme0n1p1): Mounting V5\n"
		  "EXT4-fs (vda1): mounted\n",
		  "nvme" },
		{ "/var/log/kern.log", "Linux version 6\nDMI: QEMU x\nEXT4-fs (vda1): mounted",
		  "virtio" },
		{ "/var/log/kern.log", "DMI: Xen HVM domU, x\nEXT4-fs (vda1): mounted", "xen" },
		{ "/var/log/kern.log", "Linux version\nDMI: Amazon EC2\nEXT4-fs (vda", "nvme" },
		{ "/var/log/kern.log", "Linux version \nDMI: QEMU\nXFS (", "virtio" },
		{ "/var/log/journal/1a2b/system.journal",
		  "LPKSHHRH\1\2MESSAGE=DMI: Alibaba Cloud Alibaba Cloud ECS, BIOS\1\2", "virtio" },
		{ "/var/log/journal/1a2b/system.journal", "LPKSHHRHMESSAGE=DMI: Dell Inc.", NULL },
		{ "/var/log/journal/1a2b/system.journal", "MESSAGE=DMI: ", NULL },
	};
	struct testtree *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct platform_wanted w;
		struct patient p;

		prepare(&p, t, "nvme");
		testtree_text(t, cases[i].path, cases[i].text);
		platform_wanted(&p.scan, &p.k, &w);
		assert_int_equal(w.need, cases[i].first ? NEED_ANY : NEED_NOTHING);
		if (cases[i].first) {
			assert_string_equal(w.name[0], cases[i].first);
			assert_string_equal(w.from, cases[i].path);
		}
		testtree_unlink(t, cases[i].path);
	}
}

#define OWN "/var/log/journal/4f8a1c9be07d43b5a2d6f3981e5c70b4/system.journal"
#define OTHER "/var/log/journal/00000000000000000000000000000001/system.journal"
#define XEN "\1\2MESSAGE=DMI: Xen HVM domU, BIOS 4.2"
#define EC2 "\3MESSAGE=DMI: Amazon EC2 c5.large/, BIOS 1.0"

static struct platform_wanted ask(struct testtree *t, struct patient *p)
{
	struct platform_wanted w;

	prepare(p, t, "nvme");
	platform_wanted(&p->scan, &p->k, &w);
	return w;
}

static bool is_unsure(struct patient *p, const struct platform_wanted *w)
{
	struct drivers d;

	drivers_gather(&p->scan, &p->k, &d);
	return platform_unsure(&d, w);
}

/* The last one of this machine's journal counts, and others' only where it says nothing. */
static void by_journals(void **state)
{
	struct testtree *t = *state;
	struct platform_wanted w;
	struct patient p;

	testtree_text(t, "/boot/config-" V, "CONFIG_XEN_BLKDEV_FRONTEND=m\n");
	testtree_text(t, "/lib/modules/" V "/modules.builtin", "kernel/x.ko\n");
	testtree_text(t, "/etc/machine-id", "4f8a1c9be07d43b5a2d6f3981e5c70b4\n");
	testtree_text(t, OTHER, XEN);
	testtree_text(t, OWN, XEN EC2);
	w = ask(t, &p);
	assert_string_equal(w.from, OWN);
	assert_string_equal(w.name[0], "nvme");
	assert_string_equal(w.before, "xen,scsi");
	assert_false(is_unsure(&p, &w));
	/* Back from where these drivers are enough: it may run there again. */
	testtree_text(t, OWN, XEN EC2 XEN);
	w = ask(t, &p);
	assert_string_equal(w.name[0], "xen");
	assert_true(is_unsure(&p, &w));
	testtree_text(t, OWN, "nothing");
	w = ask(t, &p);
	assert_string_equal(w.from, OTHER);
	assert_true(is_unsure(&p, &w));
	/* Read once in a scan. */
	testtree_unlink(t, OTHER);
	platform_wanted(&p.scan, &p.k, &w);
	assert_string_equal(w.name[0], "xen");
	w = ask(t, &p);
	assert_int_equal(w.need, NEED_NOTHING);
	assert_false(is_unsure(&p, &w));
}

/* A large file, and words across the border of what is read at once. */
static void long_journal(void **state)
{
	struct testtree *t = *state;
	struct platform_wanted w;
	size_t n = 3u << 20;
	_cleanup_free_ char *data = xcalloc(1, n);
	struct patient p;

	testtree_text(t, "/etc/machine-id", "4f8a1c9be07d43b5a2d6f3981e5c70b4\n");
	memcpy(data + 4096, XEN, strlen(XEN));
	memcpy(data + (2u << 20) - 9, EC2, strlen(EC2));
	testtree_put(t, OWN, data, n);
	w = ask(t, &p);
	assert_string_equal(w.name[0], "nvme");
	assert_string_equal(w.before, "xen,scsi");
	testtree_put(t, OWN, data, (2u << 20) + 4);
	w = ask(t, &p);
	assert_string_equal(w.name[0], "xen");
	memcpy(data + n - 16, "MESSAGE=DMI: KVM", 16);
	testtree_put(t, OWN, data, n);
	w = ask(t, &p);
	assert_string_equal(w.name[0], "virtio");
}

static void named(void **state)
{
	struct testtree *t = *state;
	struct platform_wanted w;
	struct patient p;
	struct drivers d;

	testtree_text(t, "/boot/config-" V, "CONFIG_VIRTIO_BLK=m\nCONFIG_VIRTIO_PCI=m\n");
	testtree_text(t, "/lib/modules/" V "/modules.builtin", "kernel/x.ko\n");
	prepare(&p, t, "nvme virtio_blk");
	p.facts.wishes.platform = "nvme,virtio";
	platform_wanted(&p.scan, &p.k, &w);
	assert_int_equal(w.need, NEED_ALL);
	assert_int_equal(w.n, 2);
	drivers_gather(&p.scan, &p.k, &d);
	assert_true(platform_ready(&d, "nvme"));
	assert_false(platform_ready(&d, "virtio"));
	assert_false(platform_satisfied(&d, &w));
	assert_string_equal(platform_lacks(&d, "virtio"), "virtio_pci");
	assert_string_equal(platform_list(&d), "nvme");
	w.need = NEED_ANY;
	assert_true(platform_satisfied(&d, &w));
	d.without = (const char *const[]){ "nvme", NULL };
	assert_false(platform_satisfied(&d, &w));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, testtree_setup, testtree_teardown)
		T(places), T(unknown), T(by_words), T(by_journals), T(long_journal), T(named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
