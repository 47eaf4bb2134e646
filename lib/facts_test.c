/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/testtree.h"

#include "lib/facts.h"

static struct facts gather(struct testtree *t, const char *devices)
{
	struct devices *d = arena_new_struct(t->arena, struct devices);
	struct facts f = { .devices = d };
	size_t bad = 0;

	if (devices)
		assert_int_equal(devices_parse(t->arena,
					       text_new(t->arena, "d", devices, strlen(devices)), d,
					       &bad),
				 0);
	facts_gather(t->root, t->arena, &f);
	return f;
}

static void an_empty_tree(void **state)
{
	struct facts f = gather(*state, NULL);

	assert_string_equal(f.os.id, "");
	assert_string_equal(f.os.pretty, "");
	assert_int_equal(f.init, INIT_UNKNOWN);
	assert_int_equal(f.pkg, PKG_NONE);
	assert_int_equal(f.firmware, FIRMWARE_UNKNOWN);
	assert_false(f.boots_itself || f.usr_merged || f.musl || f.separate_boot);
	assert_false(f.loader.has_grub2 || f.loader.has_legacy);
	assert_null(f.root_part);
	assert_null(facts_root_arg(((struct testtree *)*state)->arena, &f));
}

static void os_releases(void **state)
{
	struct testtree *t = *state;
	struct os_release os;

	testtree_text(t, "/etc/debian_version", "12.5\n");
	os = gather(t, NULL).os;
	assert_string_equal(os.id, "debian");
	assert_int_equal(os.major, 12);
	testtree_text(t, "/etc/redhat-release", "CentOS release 6.10 (Final)\n");
	os = gather(t, NULL).os;
	assert_string_equal(os.id, "centos");
	assert_string_equal(os.version_id, "6.10");
	assert_int_equal(os.major, 6);
	assert_true(os_is_like(&os, "rhel"));
	assert_true(os_is_like(&os, "suse fedora"));
	assert_false(os_is_like(&os, "suse fedor"));
	testtree_text(t, "/etc/lsb-release",
		      "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=12.04\n"
		      "DISTRIB_DESCRIPTION=\"Ubuntu 12.04.5 LTS\"\n");
	os = gather(t, NULL).os;
	assert_string_equal(os.id, "ubuntu");
	assert_int_equal(os.major, 12);
	assert_string_equal(os.pretty, "Ubuntu 12.04.5 LTS");
	testtree_text(t, "/usr/lib/os-release",
		      "PRETTY_NAME='It \"is\" 8'\r\n ID=\"alinux\"\r\nID_LIKE=\"rhel fedora\"\r\n"
		      "VERSION_ID=3\nXID=no");
	testtree_link(t, "/etc/os-release", "../usr/lib/nothing");
	os = gather(t, NULL).os;
	assert_string_equal(os.id, "alinux");
	assert_string_equal(os.pretty, "It \"is\" 8");
	assert_true(os_is_like(&os, "rhel"));
}

static void a_debian(void **state)
{
	struct testtree *t = *state;
	struct facts f;

	testtree_link(t, "/bin", "usr/bin");
	testtree_link(t, "/sbin", "usr/sbin");
	testtree_link(t, "/usr/sbin/init", "../lib/systemd/systemd");
	testtree_text(t, "/etc/inittab", "");
	testtree_text(t, "/var/lib/dpkg/status", "Package: x\n");
	testtree_text(t, "/boot/grub/i386-pc/normal.mod", "x");
	testtree_text(t, "/boot/grub/grub.cfg", "if x; then\n menuentry 'a' {\n}\nfi\n");
	testtree_text(t, "/boot/grub/menu.lst", "title x\n"); /* left by a cloud image */
	testtree_text(t, "/var/log/dmesg", "Memory: 2017584K/2096632K available\n");
	f = gather(t, "PTTYPE=dos\nUUID=11-22 ext4 /\nUUID=3 ext4 /boot\n");
	assert_int_equal(f.init, INIT_SYSTEMD); /* the link tells, though it dangles */
	assert_int_equal(f.pkg, PKG_DPKG);
	assert_int_equal(f.firmware, FIRMWARE_BIOS);
	assert_true(f.usr_merged && f.boots_itself && f.separate_boot);
	assert_true(f.loader.has_grub2);
	assert_false(f.loader.has_legacy || f.loader.uses_bls);
	assert_string_equal(f.loader.grub2_dir, "/boot/grub");
	assert_string_equal(f.loader.grub2_cfg, "/boot/grub/grub.cfg");
	assert_string_equal(f.loader.grubenv, "/boot/grub/grubenv");
	assert_string_equal(f.loader.legacy_cfg, "/boot/grub/menu.lst");
	assert_string_equal(f.memory_from, "/var/log/dmesg:1");
	assert_string_equal(facts_root_arg(t->arena, &f), "root=UUID=11-22");
}

static void a_red_hat_by_efi(void **state)
{
	struct testtree *t = *state;
	const char *gpt = "PTTYPE=gpt\nUUID=1 xfs / PARTTYPE=0fc63daf-8483-4772-8e79-3d69d8477de4\n"
			  "UUID=2 vfat /boot/efi\n";
	struct facts f;

	testtree_text(t, "/boot/efi/EFI/centos/grub.cfg", "blscfg\n");
	testtree_text(t, "/boot/efi/EFI/centos/grubenv", "x");
	testtree_text(t, "/boot/efi/EFI/BOOT/BOOTX64.EFI", "x");
	testtree_dir(t, "/boot/grub2/fonts");
	testtree_text(t, "/usr/sbin/grub2-mkconfig", "x");
	testtree_text(t, "/etc/default/grub", "x");
	f = gather(t, gpt);
	assert_int_equal(f.firmware, FIRMWARE_EFI);
	assert_string_equal(f.loader.grub2_dir, "/boot/grub2");
	assert_string_equal(f.loader.grub2_cfg, "/boot/efi/EFI/centos/grub.cfg");
	assert_string_equal(f.loader.grubenv, "/boot/efi/EFI/centos/grubenv");
	assert_true(f.loader.uses_bls && f.boots_itself);
	assert_false(f.separate_boot);
	/* A wrapper only leads on. */
	testtree_text(t, "/boot/efi/EFI/centos/grub.cfg",
		      "search --fs-uuid --set=dev 1\nconfigfile $prefix/grub.cfg\n");
	assert_string_equal(gather(t, gpt).loader.grub2_cfg, "/boot/grub2/grub.cfg");
	assert_false(gather(t, gpt).loader.uses_bls);
	/* Lost, but the package's link still says where it was. */
	testtree_unlink(t, "/boot/efi/EFI/centos/grub.cfg");
	testtree_link(t, "/etc/grub2-efi.cfg", "../boot/efi/EFI/centos/grub.cfg");
	assert_string_equal(gather(t, gpt).loader.grub2_cfg, "/boot/efi/EFI/centos/grub.cfg");
	testtree_text(t, "/boot/grub2/i386-pc/normal.mod", "x");
	assert_string_equal(gather(t, gpt).loader.grub2_cfg, "/boot/grub2/grub.cfg");
	assert_int_equal(gather(t, "PTTYPE=gpt\nUUID=1 /\nUUID=2 vfat esp\nbios-boot").firmware,
			 FIRMWARE_BOTH);
}

static void a_centos_6(void **state)
{
	struct testtree *t = *state;
	struct facts f;

	testtree_text(t, "/boot/grub/grub.conf", "");
	testtree_link(t, "/boot/grub/menu.lst", "./grub.conf");
	testtree_text(t, "/boot/grub/stage2", "x");
	testtree_text(t, "/sbin/initctl", "x");
	testtree_text(t, "/etc/init/rcS.conf", "x");
	testtree_text(t, "/etc/inittab", "id:3:initdefault:\n");
	testtree_text(t, "/etc/fstab", "#UUID=1 /boot ext4\n UUID=1\t/boot\text4 defaults\n");
	testtree_text(t, "/var/lib/rpm/Packages", "xxxxxxxxxxxxxxxx");
	testtree_text(t, "/var/lib/dpkg/status", "x");
	f = gather(t, NULL);
	assert_int_equal(f.init, INIT_UPSTART); /* /sbin/init itself is lost */
	assert_int_equal(f.pkg, PKG_RPM);
	assert_true(f.loader.has_legacy);
	assert_false(f.loader.has_grub2);
	assert_string_equal(f.loader.legacy_cfg, "/boot/grub/grub.conf");
	assert_int_equal(f.firmware, FIRMWARE_BIOS);
	assert_true(f.separate_boot && f.boots_itself);
	testtree_text(t, "/etc/fstab", "UUID=1 /bootx ext4\nUUID=1 /boot/efi vfat\nx /boot");
	assert_false(gather(t, NULL).separate_boot);
	testtree_text(t, "/var/lib/dpkg/info/base-files.list", "/.\n");
	assert_int_equal(gather(t, NULL).pkg, PKG_DPKG);
}

static void an_alpine(void **state)
{
	struct testtree *t = *state;
	struct facts f;

	testtree_link(t, "/sbin/init", "/bin/busybox");
	testtree_text(t, "/bin/busybox", "x");
	testtree_text(t, "/lib/ld-musl-x86_64.so.1", "x");
	testtree_text(t, "/lib/apk/db/installed", "x");
	f = gather(t, NULL);
	assert_int_equal(f.init, INIT_BUSYBOX);
	assert_int_equal(f.pkg, PKG_APK);
	assert_true(f.musl);
	assert_false(f.usr_merged || f.boots_itself);
	testtree_text(t, "/sbin/openrc", "x");
	assert_int_equal(gather(t, NULL).init, INIT_OPENRC);
	testtree_text(t, "/lib64/ld-linux-x86-64.so.2", "x");
	assert_false(gather(t, NULL).musl);
}

static void a_container_with_grub_packages(void **state)
{
	struct testtree *t = *state;
	struct facts f;

	testtree_text(t, "/usr/sbin/grub-mkconfig", "x");
	testtree_text(t, "/etc/default/grub", "x");
	testtree_dir(t, "/boot/grub");
	f = gather(t, NULL);
	assert_true(f.loader.has_grub2);
	assert_false(f.boots_itself);
	/* The same tree on a disk with a partition table has lost its /boot. */
	assert_true(gather(t, "PTTYPE=dos\nUUID=1 ext4 /\n").boots_itself);
	assert_false(gather(t, "NUMBER=0 UUID=1 ext4 /\n").boots_itself);
}

static void lost_links(void **state)
{
	struct testtree *t = *state;

	testtree_text(t, "/usr/bin/ls", "x");
	assert_true(gather(t, NULL).usr_merged); /* /bin is gone */
	testtree_dir(t, "/bin");
	assert_true(gather(t, NULL).usr_merged); /* an empty directory in its place */
	testtree_text(t, "/bin/ls", "x");
	assert_false(gather(t, NULL).usr_merged);
	testtree_text(t, "/usr/lib/systemd/systemd", "");
	assert_int_equal(gather(t, NULL).init, INIT_SYSTEMD);
	testtree_text(t, "/sbin/init", "x");
	testtree_text(t, "/etc/inittab", "x");
	testtree_text(t, "/etc/init.d/rc", "x");
	assert_int_equal(gather(t, NULL).init, INIT_SYSV);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_empty_tree, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(os_releases, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(a_debian, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(a_red_hat_by_efi, testtree_setup,
						testtree_teardown),
		cmocka_unit_test_setup_teardown(a_centos_6, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(an_alpine, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(a_container_with_grub_packages, testtree_setup,
						testtree_teardown),
		cmocka_unit_test_setup_teardown(lost_links, testtree_setup, testtree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
