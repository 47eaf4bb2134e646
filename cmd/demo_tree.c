/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/demo_tree.h"
#include "lib/io.h"

#define IMAGE_SIZE (32u << 20)
#define PARTITION_START 2048u /* sectors */
/* What its kernels need no initramfs for. */
#define BUILT_IN                                                        \
	"kernel/fs/ext4/ext4.ko\nkernel/drivers/virtio/virtio_pci.ko\n" \
	"kernel/drivers/block/virtio_blk.ko\nkernel/drivers/nvme/host/nvme.ko\n"
#define KERNEL "6.1.0-21-amd64"
#define OLD_KERNEL "6.1.0-18-amd64"

enum kind { DIRECTORY, TEXT, LINK, PROGRAM, BZIMAGE, INITRD };

struct item {
	enum kind kind;
	const char *path;
	mode_t mode;
	const char *data; /* text, or the link's target, or the kernel's version */
};

#define ROOT_UUID "UUID=" DEMO_UUID
/* 1: the root had this UUID before somebody copied the disk */
#define LOST_UUID "UUID=0a1b2c3d-0000-4000-8000-00000000dead"
#define ENTRY(version)                                                                      \
	"menuentry 'Debian GNU/Linux, with Linux " version "' --id 'linux-" version "' {\n" \
	"\tinsmod part_msdos\n"                                                             \
	"\tinsmod ext2\n"                                                                   \
	"\tsearch --no-floppy --fs-uuid --set=root " DEMO_UUID "\n"                         \
	"\tlinux\t/boot/vmlinuz-" version " root=" LOST_UUID " ro console=ttyS0\n"          \
	"\tinitrd\t/boot/initrd.img-" version "\n"                                          \
	"}\n"

/* What is wrong is marked with a number. */
static const struct item items[] = {
	{ DIRECTORY, "dev", 0755, NULL },
	{ DIRECTORY, "etc/pam.d", 0755, NULL },
	{ DIRECTORY, "etc/ssh", 0755, NULL },
	{ DIRECTORY, "proc", 0755, NULL },
	{ DIRECTORY, "root", 0700, NULL },
	{ DIRECTORY, "run", 0755, NULL },
	{ DIRECTORY, "sys", 0755, NULL },
	{ DIRECTORY, "tmp", 01777, NULL },
	{ DIRECTORY, "mnt", 0755, NULL },
	{ DIRECTORY, "home", 0755, NULL },
	{ DIRECTORY, "usr/bin", 0755, NULL },
	{ DIRECTORY, "usr/sbin", 0755, NULL },
	{ DIRECTORY, "usr/lib/systemd/system", 0755, NULL },
	{ DIRECTORY, "usr/lib/x86_64-linux-gnu/security", 0755, NULL },
	{ DIRECTORY, "usr/lib64", 0755, NULL },
	{ DIRECTORY, "usr/share", 0755, NULL },
	{ DIRECTORY, "usr/lib/modules/" KERNEL, 0755, NULL },
	{ DIRECTORY, "usr/lib/modules/" OLD_KERNEL, 0755, NULL },
	{ DIRECTORY, "var/lib/dpkg/info", 0755, NULL },
	{ DIRECTORY, "var/log", 0755, NULL },
	{ DIRECTORY, "var/cache", 0755, NULL },
	{ DIRECTORY, "var/spool", 0755, NULL },
	{ DIRECTORY, "var/tmp", 01777, NULL },
	{ LINK, "bin", 0, "usr/bin" },
	{ LINK, "sbin", 0, "usr/sbin" },
	{ LINK, "lib", 0, "usr/lib" },
	{ LINK, "lib64", 0, "usr/lib64" },
	{ LINK, "var/run", 0, "/run" },
	{ LINK, "var/lock", 0, "/run/lock" },
	{ LINK, "etc/os-release", 0, "../usr/lib/os-release" },
	/* 2: /usr/sbin/init, the link to systemd, is gone */
	{ PROGRAM, "usr/lib/systemd/systemd", 0755, NULL },
	{ PROGRAM, "usr/lib/systemd/systemd-udevd", 0755, NULL },
	{ PROGRAM, "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", 0755, NULL },
	{ LINK, "usr/lib64/ld-linux-x86-64.so.2", 0, "/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" },
	{ PROGRAM, "usr/lib/x86_64-linux-gnu/libc.so.6", 0755, NULL },
	{ PROGRAM, "usr/lib/x86_64-linux-gnu/security/pam_unix.so", 0644, NULL },
	{ PROGRAM, "usr/lib/x86_64-linux-gnu/security/pam_deny.so", 0644, NULL },
	{ PROGRAM, "usr/lib/x86_64-linux-gnu/security/pam_permit.so", 0644, NULL },
	{ PROGRAM, "usr/bin/bash", 0755, NULL },
	{ PROGRAM, "usr/bin/login", 0755, NULL },
	{ PROGRAM, "usr/bin/mount", 04755, NULL },
	{ PROGRAM, "usr/bin/passwd", 04755, NULL },
	{ PROGRAM, "usr/bin/su", 04755, NULL },
	{ PROGRAM, "usr/bin/umount", 04755, NULL },
	{ PROGRAM, "usr/bin/dash", 0755, NULL },
	{ LINK, "usr/bin/sh", 0, "dash" },
	{ PROGRAM, "usr/sbin/agetty", 0755, NULL },
	{ TEXT, "usr/lib/os-release", 0644,
	  "PRETTY_NAME=\"Demo GNU/Linux 12\"\nID=demo\nID_LIKE=debian\nVERSION_ID=\"12\"\n" },
	{ TEXT, "etc/debian_version", 0644, "12.5\n" },
	{ TEXT, "etc/hostname", 0644, "demo\n" },
	{ TEXT, "etc/hosts", 0644, "127.0.0.1\tlocalhost\n" },
	{ TEXT, "etc/machine-id", 0444, "0123456789abcdef0123456789abcdef\n" },
	{ TEXT, "etc/nsswitch.conf", 0644, "passwd: files\ngroup: files\nshadow: files\n" },
	{ TEXT, "etc/login.defs", 0644, "UMASK\t\t022\nENCRYPT_METHOD SHA512\n" },
	{ TEXT, "etc/profile", 0644, "PATH=/usr/local/bin:/usr/bin:/bin\nexport PATH\n" },
	/* 3: the data disk with this UUID is not there */
	{ TEXT, "etc/fstab", 0644,
	  "# <file system> <mount point> <type> <options> <dump> <pass>\n" ROOT_UUID
	  " / ext4 errors=remount-ro 0 1\n"
	  "UUID=77777777-7777-4777-8777-777777777777 /data xfs defaults 0 2\n" },
	/* 4: root's shell does not exist */
	{ TEXT, "etc/passwd", 0644,
	  "root:x:0:0:root:/root:/usr/bin/zsh\n"
	  "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n" },
	{ TEXT, "etc/group", 0644, "root:x:0:\ndaemon:x:1:\nadm:x:4:\ntty:x:5:\nshadow:x:42:\n" },
	/* 5: everybody may read the password hashes */
	{ TEXT, "etc/shadow", 0644,
	  "root:$6$demo$IlNRwYAJWz9sVv5Q6iUlJ6TGKBOgkcPDvB3Q5Y1kVbPH3F0N6QjZf1nLxq8Q2e8hWm0hL5cXo0xgT1ZpDqXhu1:19700:0:99999:7:::\n"
	  "daemon:*:19700:0:99999:7:::\n" },
	{ TEXT, "etc/gshadow", 0640, "root:*::\ndaemon:*::\nadm:*::\ntty:*::\nshadow:*::\n" },
	{ TEXT, "etc/pam.d/common-auth", 0644,
	  "auth\t[success=1 default=ignore]\tpam_unix.so nullok\n"
	  "auth\trequisite\t\t\tpam_deny.so\nauth\trequired\t\t\tpam_permit.so\n" },
	{ TEXT, "etc/pam.d/common-account", 0644, "account required pam_unix.so\n" },
	{ TEXT, "etc/pam.d/common-session", 0644, "session required pam_unix.so\n" },
	{ TEXT, "etc/pam.d/common-password", 0644, "password required pam_unix.so\n" },
	{ TEXT, "etc/pam.d/login", 0644,
	  "@include common-auth\n@include common-account\n@include common-session\n"
	  "@include common-password\n" },
	{ TEXT, "etc/pam.d/su", 0644,
	  "@include common-auth\n@include common-account\n@include common-session\n" },
	{ TEXT, "etc/pam.d/other", 0644,
	  "@include common-auth\n@include common-account\n@include common-password\n"
	  "@include common-session\n" },
	/* 6: vm.nr_hugepages takes 32 GiB of a machine whose log says it has 2 */
	{ TEXT, "etc/sysctl.d/90-app.conf", 0644, "vm.swappiness = 10\nvm.nr_hugepages = 16384\n" },
	{ TEXT, "var/log/kern.log", 0640,
	  "Apr  2 10:00:00 demo kernel: [    0.000000] Linux version " KERNEL "\n"
	  "Apr  2 10:00:00 demo kernel: [    0.041000] Memory: 1995496K/2096632K available "
	  "(14342K kernel code, 2342K rwdata, 9100K rodata)\n" },
	{ TEXT, "etc/default/grub", 0644,
	  "GRUB_DEFAULT=0\nGRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX=\"console=ttyS0\"\n" },
	{ TEXT, "boot/grub/grub.cfg", 0600,
	  "set default=\"0\"\nset timeout=5\n" ENTRY(KERNEL) ENTRY(OLD_KERNEL) },
	{ BZIMAGE, "boot/vmlinuz-" KERNEL, 0644, KERNEL },
	{ INITRD, "boot/initrd.img-" KERNEL, 0644, NULL },
	{ BZIMAGE, "boot/vmlinuz-" OLD_KERNEL, 0644, OLD_KERNEL },
	{ INITRD, "boot/initrd.img-" OLD_KERNEL, 0644, NULL },
	{ TEXT, "usr/lib/modules/" KERNEL "/modules.dep", 0644, "kernel/fs/fat/vfat.ko:\n" },
	{ TEXT, "usr/lib/modules/" OLD_KERNEL "/modules.dep", 0644, "kernel/fs/fat/vfat.ko:\n" },
	{ TEXT, "usr/lib/modules/" KERNEL "/modules.builtin", 0644, BUILT_IN },
	{ TEXT, "usr/lib/modules/" OLD_KERNEL "/modules.builtin", 0644, BUILT_IN },
	{ TEXT, "var/lib/dpkg/status", 0644, "" },
};

static int write_file(const char *path, const void *data, size_t len)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		return -1;
	return io_write_all(fd, data, len);
}

static void put_u16(unsigned char *p, unsigned v)
{
	p[0] = (unsigned char)v;
	p[1] = (unsigned char)(v >> 8);
}

static void put_u32(unsigned char *p, uint32_t v)
{
	put_u16(p, v & 0xffff);
	put_u16(p + 2, v >> 16);
}

/* The header of an x86-64 shared object and nothing behind it: enough to be told from a text. */
static int write_program(const char *path)
{
	unsigned char elf[64] = { 0x7f, 'E', 'L', 'F', 2, 1, 1 };

	put_u16(elf + 16, 3);  /* e_type: ET_DYN */
	put_u16(elf + 18, 62); /* e_machine: EM_X86_64 */
	put_u32(elf + 20, 1);  /* e_version */
	put_u16(elf + 52, 64); /* e_ehsize */
	return write_file(path, elf, sizeof(elf));
}

/* A bzImage whose header is right and whose length is what the header says (boot.rst of the
 * kernel). */
static int write_bzimage(const char *path, const char *version)
{
	enum { SETUP_SECTS = 1, BODY = 4096 };
	unsigned char image[(SETUP_SECTS + 1) * 512 + BODY] = { 0 };

	image[0x1f1] = SETUP_SECTS;
	put_u32(image + 0x1f4, BODY / 16);
	put_u16(image + 0x1fe, 0xaa55);
	memcpy(image + 0x202, "HdrS", 4);
	put_u16(image + 0x206, 0x020f);
	put_u16(image + 0x20e, 0x100);
	strcpy((char *)image + 0x300, version);
	return write_file(path, image, sizeof(image));
}

/* An empty newc archive: its trailer alone (buffer-format.rst of the kernel). */
static int write_initrd(const char *path)
{
	char cpio[512] = { 0 };

	snprintf(cpio, sizeof(cpio), "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s",
		 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 11, 0, "TRAILER!!!");
	return write_file(path, cpio, sizeof(cpio));
}

static int make_item(const char *path, const struct item *i)
{
	switch (i->kind) {
	case DIRECTORY:
		return mkdir(path, i->mode) < 0 && errno != EEXIST ? -1 : 0;
	case LINK:
		return symlink(i->data, path);
	case TEXT:
		return write_file(path, i->data, strlen(i->data));
	case PROGRAM:
		return write_program(path);
	case BZIMAGE:
		return write_bzimage(path, i->data);
	case INITRD:
		return write_initrd(path);
	}
	return -1;
}

int demo_tree_make(const char *dir)
{
	if (mkdir(dir, 0755) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(items); i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", dir, items[i].path);

		if (io_make_parents(path, 0755) < 0 || make_item(path, &items[i]) < 0)
			return -1;
		if (items[i].kind != LINK && chmod(path, items[i].mode) < 0)
			return -1;
	}
	return 0;
}

int demo_disk_make(const char *image)
{
	unsigned char mbr[512] = { 0xfa, 0xf4, 0xeb, 0xfc }; /* code that halts: a loader's place */

	put_u32(mbr + 0x1b8, 0xb0074e4d);
	mbr[0x1be] = 0x80;     /* active */
	mbr[0x1be + 4] = 0x83; /* Linux */
	put_u32(mbr + 0x1be + 8, PARTITION_START);
	put_u32(mbr + 0x1be + 12, IMAGE_SIZE / 512 - PARTITION_START);
	put_u16(mbr + 0x1fe, 0xaa55);
	if (write_file(image, mbr, sizeof(mbr)) < 0)
		return -1;
	return truncate(image, IMAGE_SIZE);
}
