/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/loader_parts.h"

#define REINSTALLED                                                                                  \
	"installs GRUB anew with grub-install of the disk itself: a program of the disk is run, on " \
	"a copy of it and shut off from this machine; only the boot code, the core image and "       \
	"GRUB's directory in /boot are taken over"

#define REINSTALL                                                                          \
	"mount /dev/vdb1 /mnt; for d in dev proc sys; do mount --bind /$d /mnt/$d; done\n" \
	"chroot /mnt grub-install /dev/vdb   (grub2-install on Red Hat systems and SUSE)"

const struct problem loader_mbr = {
	.id = "loader.mbr",
	.severity = STOPS_BOOT,
	.stage = AT_FIRMWARE,
	.safety = FIX_ASK,
	.title = "the BIOS finds no boot code in the disk's first sector, or a damaged one",
	.why = "A BIOS loads the first sector of the disk and jumps into it. When GRUB's code there was "
	       "overwritten, by a new partition table or by zeros, nothing of GRUB or of the kernel is "
	       "ever reached; when some of its bytes are wrong, it stops or hangs.",
	.console = "No bootable device.\n"
		   "Boot failed: not a bootable disk\n"
		   "Booting from Hard Disk...\n"
		   "GRUB Hard Disk Error",
	.by_hand = REINSTALL,
	.fix = REINSTALLED,
};

const struct problem loader_core = {
	.id = "loader.core",
	.severity = STOPS_BOOT,
	.stage = AT_LOADER,
	.safety = FIX_ASK,
	.title = "GRUB's core image is gone, damaged, or looks for a partition that is not there",
	.why = "GRUB's first sector loads its core image from the space in front of the first partition or "
	       "from the BIOS boot partition. The image finds the file system with /boot by a number or "
	       "UUID that was written into it at installation. When its bytes were overwritten, or that "
	       "partition was renumbered, formatted anew or deleted, no menu comes.",
	.console = "GRUB loading.\n"
		   "error: no such device: <uuid>.\n"
		   "error: no such partition.\n"
		   "Entering rescue mode...\n"
		   "grub rescue>",
	.by_hand = REINSTALL,
	.fix = REINSTALLED,
};

const struct problem loader_skew = {
	.id = "loader.skew",
	.severity = STOPS_BOOT,
	.stage = AT_LOADER,
	.safety = FIX_ASK,
	.title = "GRUB's image and its modules in /boot are of different versions",
	.why = "An update put new modules into /boot but wrote the new image to another disk, or to none: "
	       "what firmware starts is the old one. A module then asks it for a function that it does "
	       "not have, and GRUB stops before it can show its menu.",
	.console = "error: symbol `grub_calloc' not found.\n"
		   "Entering rescue mode...\n"
		   "grub rescue>",
	.by_hand = REINSTALL
	"\n"
	"chroot /mnt dpkg-reconfigure grub-pc   (Debian: choose the right disk for the next update)",
	.fix = REINSTALLED,
};

const struct problem loader_modules = {
	.id = "loader.modules",
	.severity = STOPS_BOOT,
	.stage = AT_LOADER,
	.safety = FIX_ASK,
	.title = "modules that GRUB needs for its menu are missing or damaged",
	.why = "What firmware starts of GRUB is small: the menu, the commands in it and the loading of Linux "
	       "are modules in a directory of /boot. Without normal.mod, or one of those it needs in "
	       "turn, GRUB stops at a rescue prompt.",
	.console = "error: file `/boot/grub/i386-pc/normal.mod' not found.\n"
		   "Entering rescue mode...\n"
		   "grub rescue>",
	.by_hand =
		"mount /dev/vdb1 /mnt\n"
		"cp /mnt/usr/lib/grub/i386-pc/*.mod /mnt/usr/lib/grub/i386-pc/*.lst /mnt/boot/grub/i386-pc/\n"
		"cp /mnt/usr/share/grub/x86_64-redhat/stage2 /mnt/boot/grub/   (GRUB legacy)",
	.fix = "copies the missing modules from the patient's own GRUB package in /usr/lib/grub, when the "
	       "installed image can use them; stages of GRUB legacy from its package in the same way, but for "
	       "a stage2 that the boot sector finds by its place on the disk",
};

const struct problem loader_esp = {
	.id = "loader.esp",
	.severity = STOPS_BOOT,
	.stage = AT_FIRMWARE,
	.safety = FIX_ASK,
	.title =
		"the EFI system partition is missing, cannot be read, or holds no loader that starts",
	.why = "UEFI starts a program from a FAT partition of its own: the one that the machine's memory "
	       "names, or \\EFI\\BOOT\\BOOTX64.EFI (BOOTAA64.EFI on ARM). That memory does not travel with "
	       "a disk, so on another machine only the second is tried. Each of them needs what it goes "
	       "on with: shim its GRUB, GRUB its configuration.",
	.console =
		"BdsDxe: failed to load Boot0001 \"UEFI Misc Device\" from PciRoot(0x0)/Pci(0x3,0x0): Not Found\n"
		"The boot loader did not load an operating system.\n"
		"Start PXE over IPv4",
	.by_hand =
		"mount /dev/vdb2 /mnt && mount /dev/vdb1 /mnt/boot/efi\n"
		"mkdir -p /mnt/boot/efi/EFI/BOOT\n"
		"cp /mnt/boot/efi/EFI/debian/shimx64.efi /mnt/boot/efi/EFI/BOOT/BOOTX64.EFI\n"
		"cp /mnt/boot/efi/EFI/debian/grubx64.efi /mnt/boot/efi/EFI/BOOT/\n"
		"chroot /mnt grub-install --removable --no-nvram   (when nothing is left to copy)",
	.fix = "copies the patient's own loader to \\EFI\\BOOT, where every firmware looks: from the vendor's "
	       "directory of the ESP, else from the packages in /usr/lib with a grub.cfg that leads to the "
	       "menu in /boot; when there is nothing to copy, runs grub-install of the disk itself on a copy "
	       "of it, shut off from this machine. Only where the ESP is mounted in the view",
};

const struct problem loader_firmware = {
	.id = "loader.firmware",
	.severity = STOPS_BOOT,
	.stage = AT_FIRMWARE,
	.safety = FIX_NONE,
	.title = "the disk is not laid out for the firmware it shall start under",
	.why = "A BIOS starts boot code from the first sector; UEFI starts a program from an EFI system "
	       "partition. A disk that was installed for one of them has nothing for the other: it boots "
	       "on a machine of its own kind only.",
	.console = "No bootable device.\n"
		   "The boot loader did not load an operating system.",
	.by_hand =
		"run it on a machine of the other generation, or give it what the firmware needs: for UEFI "
		"an EFI system partition (sgdisk -n 0:0:+100M -t 0:ef00; mkfs.vfat) with "
		"grub-install --target=x86_64-efi --removable; for BIOS on GPT a BIOS boot partition "
		"(sgdisk -n 0:0:+1M -t 0:ef02) with grub-install --target=i386-pc",
};
