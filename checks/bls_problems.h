/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What checks/bls.c can report. */
#ifndef BOOTMEND_CHECKS_BLS_PROBLEMS_H
#define BOOTMEND_CHECKS_BLS_PROBLEMS_H

#include "lib/problem.h"

static const struct problem no_entries = {
	.id = "bls.none",
	.severity = STOPS_BOOT,
	.stage = AT_LOADER,
	.safety = FIX_SAFE,
	.title = "no boot entry leads to a kernel that is there",
	.why = "grub.cfg takes its menu from /boot/loader/entries alone, and no entry there loads one of the "
	       "kernels in /boot. The menu is empty, or whatever is chosen fails.",
	.console = "Minimal BASH-like line editing is supported.\n"
		   "grub>",
	.by_hand =
		"chroot /mnt kernel-install add VERSION /lib/modules/VERSION/vmlinuz\n"
		"or write /mnt/boot/loader/entries/MACHINE-ID-VERSION.conf with title, version, linux, initrd "
		"and options lines",
	.fix = "writes an entry for each complete kernel, with the root by its UUID and the command line "
	       "that the disk still knows",
};

static const struct problem bad_entry = {
	.id = "bls.entry",
	.severity = STOPS_BOOT,
	.stage = AT_LOADER,
	.safety = FIX_SAFE,
	.title = "a boot entry lacks what it needs",
	.why = "GRUB reads an entry up to the first line that is not a key with a value, so what stands behind "
	       "an empty line is lost. Without its linux line an entry is left out of the menu; without "
	       "options or initrd the kernel does not find its root.",
	.console = "VFS: Cannot open root device \"(null)\" or unknown-block(0,0)\n"
		   "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)",
	.by_hand =
		"vi /mnt/boot/loader/entries/ENTRY.conf: no empty lines; title, version, linux, initrd and "
		"options, each with a value",
	.fix = "turns the lines that end the entry too early into comments, and adds the missing line where "
	       "the kernel, its initramfs and the root are known",
};

static const struct problem no_kernelopts = {
	.id = "bls.kernelopts",
	.severity = STOPS_BOOT,
	.stage = AT_LOADER,
	.safety = FIX_SAFE,
	.title = "boot entries use $kernelopts and nothing sets it",
	.why = "The entries of RHEL 8 and its kin keep the command line in the variable kernelopts of GRUB's "
	       "environment block, with a copy in grub.cfg. When both are lost the kernel starts without "
	       "root= and cannot mount its root.",
	.console = "dracut: FATAL: No or empty root= argument\n"
		   "dracut: Refusing to continue",
	.by_hand = "grub-editenv /mnt/boot/grub2/grubenv set kernelopts='root=UUID=… ro …'",
	.fix = "sets kernelopts in the environment block: the root by its UUID and the command line that the "
	       "disk still knows",
};

static const struct problem kernel_missing = {
	.id = "bls.kernel-missing",
	.severity = STOPS_BOOT,
	.stage = AT_LOADER,
	.safety = FIX_SAFE,
	.title = "a boot entry loads a kernel that is not there",
	.why = "The file that the entry's linux line names does not exist on the file system that holds /boot. "
	       "An entry left behind by a removed kernel, or a kernel file deleted by hand, does this.",
	.console =
		"error: ../../grub-core/fs/fshelp.c:257:file `/vmlinuz-5.14.0-503.el9.x86_64' not found.\n"
		"error: you need to load the kernel first.",
	.by_hand =
		"grub-editenv /mnt/boot/grub2/grubenv set saved_entry=ENTRY   (the name of a good entry)\n"
		"mv /mnt/boot/loader/entries/ENTRY.conf /mnt/root/            (the bad one)",
	.fix = "makes the newest complete kernel the default; with --fix=bls.kernel-missing the linux line of "
	       "an entry that is not the default becomes a comment, which takes it out of the menu",
};

static const struct problem initrd_missing = {
	.id = "bls.initrd-missing",
	.severity = STOPS_BOOT,
	.stage = AT_LOADER,
	.safety = FIX_SAFE,
	.title = "a boot entry loads an initramfs that is not there",
	.why = "GRUB says that the file is not found and, after a key is pressed or some seconds, starts the "
	       "kernel without it; that kernel cannot mount its root.",
	.console =
		"error: ../../grub-core/fs/fshelp.c:257:file `/initramfs-5.14.0-503.el9.x86_64.img' not found.\n"
		"Press any key to continue...\n"
		"Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)",
	.by_hand =
		"chroot /mnt dracut -f /boot/initramfs-VERSION.img VERSION\n"
		"or grub-editenv /mnt/boot/grub2/grubenv set saved_entry=ENTRY   (the name of a good entry)",
	.fix = "makes the newest complete kernel the default; with --fix=bls.initrd-missing the linux line of "
	       "an entry that is not the default becomes a comment, which takes it out of the menu, and the "
	       "default's initramfs is built anew where no other kernel can boot: by dracut of the disk itself, "
	       "run on a copy of it and shut off from this machine",
};

static const struct problem root_unknown = {
	.id = "bls.root-unknown",
	.severity = STOPS_BOOT,
	.stage = AT_LOADER,
	.safety = FIX_SAFE,
	.title = "a boot entry names a root that this disk does not carry",
	.why = "root= on the kernel's command line names no partition of this disk, or one that holds no root. "
	       "The initramfs waits for it and gives up. A restored or re-created file system has a new UUID, "
	       "while the entries keep the old one.",
	.console =
		"dracut-initqueue[345]: Warning: dracut-initqueue timeout - starting timeout scripts\n"
		"Warning: /dev/disk/by-uuid/… does not exist\n"
		"Entering emergency mode. Exit the shell to continue.",
	.by_hand =
		"blkid /dev/vdb*, then put root=UUID=… into the options line of "
		"/mnt/boot/loader/entries/ENTRY.conf, or into kernelopts of /mnt/boot/grub2/grubenv",
	.fix = "replaces root= with the UUID of the partition that holds this root",
};

static const struct problem *const problems[] = {
	&no_entries,   &bad_entry, &no_kernelopts, &kernel_missing, &initrd_missing,
	&root_unknown, NULL
};

#endif
