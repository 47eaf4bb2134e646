/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/initramfs_parts.h"

const struct problem initramfs_version = {
	.id = "initramfs.version",
	.severity = STOPS_BOOT,
	.stage = AT_INITRAMFS,
	.safety = FIX_SAFE,
	.title = "the initramfs holds the modules of another kernel",
	.why = "A kernel loads only modules from the directory of its own version. With those of another one in "
	       "the initramfs it has no driver for the disk or the file system of the root. A copied or renamed "
	       "file, or a rebuild with the wrong version, leaves such a pair.",
	.console =
		"modprobe: FATAL: Module virtio_blk not found in directory /lib/modules/6.1.0-31-amd64\n"
		"ALERT!  UUID=... does not exist.  Dropping to a shell!",
	.by_hand =
		"chroot /mnt update-initramfs -c -k VERSION                        (Debian, Ubuntu)\n"
		"chroot /mnt dracut -f /boot/initramfs-VERSION.img VERSION         (RHEL and kin)\n"
		"or boot another kernel: grub-editenv /mnt/boot/grub/grubenv set saved_entry=ENTRY",
	.fix = "makes the newest kernel whose initramfs fits it the default entry; where there is none, --fix=ID "
	       "runs the disk's own program that makes one",
};

const struct problem initramfs_driver = {
	.id = "initramfs.driver",
	.severity = STOPS_BOOT,
	.stage = AT_INITRAMFS,
	.safety = FIX_SAFE,
	.title = "the kernel that boots has no driver for its disk or root file system at hand",
	.why = "Before the root is mounted a kernel has only the drivers that are built in and those of its "
	       "initramfs. A disk that moved to another platform (from VMware to KVM, from Xen to NVMe), or an "
	       "initramfs that was rebuilt for one machine only, leaves it without: the boot waits for the root "
	       "and ends in an emergency shell.",
	.console =
		"dracut-initqueue[260]: Warning: dracut-initqueue timeout - starting timeout scripts\n"
		"dracut-initqueue[260]: Warning: Could not boot.\n"
		"ALERT!  UUID=... does not exist.  Dropping to a shell!",
	.by_hand =
		"chroot /mnt dracut -f --add-drivers 'virtio_blk virtio_pci' /boot/initramfs-VERSION.img VERSION\n"
		"echo virtio_blk >> /mnt/etc/initramfs-tools/modules; chroot /mnt update-initramfs -u -k VERSION\n"
		"where it will run is said with --platform=virtio,nvme,xen,hyperv,scsi,ena",
	.fix = "puts the modules, what they depend on and the lists of modules from the root behind the initramfs; "
	       "where that cannot be, makes the newest kernel that has the drivers the default entry; --fix=ID may "
	       "run the disk's own program that makes one",
};

const struct problem initramfs_config = {
	.id = "initramfs.config",
	.severity = STOPS_BOOT,
	.stage = AT_INITRAMFS,
	.safety = FIX_ASK,
	.title = "the initramfs has an old copy of a file by which it finds its root",
	.why = "crypttab, mdadm.conf and lvm.conf are copied into the initramfs when it is made, and dracut may "
	       "add a command line of its own. Until the root is there only these copies count: one that names "
	       "an encrypted partition, an array or a volume that is gone, or that hides the one that is there, "
	       "leaves the boot without its root, though the file in /etc was put right since.",
	.console =
		"cryptsetup: Waiting for encrypted source device UUID=...\n"
		"dracut-initqueue[260]: Warning: dracut-initqueue timeout - starting timeout scripts\n"
		"ALERT!  /dev/mapper/vg-root does not exist.  Dropping to a shell!",
	.by_hand =
		"chroot /mnt update-initramfs -u -k VERSION                        (Debian, Ubuntu)\n"
		"chroot /mnt dracut -f /boot/initramfs-VERSION.img VERSION         (RHEL and kin)",
	.fix = "runs the disk's own program that makes another one, on a copy of it and shut off from this "
	       "machine",
};

const struct problem modprobe_blocked = {
	.id = "modprobe.blocked",
	.severity = STOPS_BOOT,
	.stage = AT_INITRAMFS,
	.safety = FIX_ASK,
	.title = "modprobe's configuration keeps a driver from loading that the boot needs",
	.why = "A line 'install MODULE /bin/true' makes modprobe run that program instead of loading the module, "
	       "and 'blacklist MODULE' keeps udev from loading it. For the driver of the disk, of the root, or of "
	       "a file system that fstab mounts the boot then ends in an emergency shell. Hardening guides that "
	       "disable vfat are the usual cause.",
	.console = "[FAILED] Failed to mount /boot/efi.\n"
		   "request_module fs-vfat succeeded, but still no fs?\n"
		   "mount: unknown filesystem type 'vfat'",
	.by_hand =
		"put a '#' in front of the line below /mnt/etc/modprobe.d; when the initramfs has a copy of "
		"it, rebuild the initramfs",
	.fix = "comments the line; where an initramfs has a copy of it, runs the disk's own program that makes "
	       "another one",
};
