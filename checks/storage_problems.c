/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the problems of the layers below the file systems are, in words. */
#include "checks/storage_parts.h"

#define REBUILD                                                                                         \
	"The initramfs has a copy of the file: what hides the root from the boot is repaired for good " \
	"only when that is made anew."

const struct problem crypttab_device = {
	.id = "crypttab.device",
	.severity = STOPS_BOOT,
	.stage = AT_MOUNT,
	.safety = FIX_ASK,
	.title = "a line of /etc/crypttab names a device or a key file that is not there",
	.why = "systemd waits 90 seconds for the device, or asks for a passphrase where the key is gone. "
	       "What is mounted from the encrypted volume without nofail then ends the boot in "
	       "emergency mode; systems without systemd pass over the line and fail at the mount. "
	       "For the root the initramfs waits and gives up.",
	.console = "[ TIME ] Timed out waiting for device /dev/disk/by-uuid/dead.\n"
		   "[DEPEND] Dependency failed for Cryptography Setup for data.\n"
		   "[DEPEND] Dependency failed for Local Encrypted Volumes.\n"
		   "cryptsetup: ERROR: vda3_crypt: Source mismatch",
	.by_hand =
		"blkid -t TYPE=crypto_LUKS   # the UUID that the line should name\n"
		"add nofail to its last column in /mnt/etc/crypttab, and to the line of /mnt/etc/fstab "
		"that mounts it\n"
		"update-initramfs -u             # or dracut -f, in the repaired system",
	.fix = "names the only LUKS partition that no line names; else adds nofail to the line and to what "
	       "/etc/fstab mounts from it, so that the boot goes on without it. " REBUILD,
};

const struct problem mdadm_array = {
	.id = "mdadm.array",
	.severity = STOPS_BOOT,
	.stage = AT_INITRAMFS,
	.safety = FIX_ASK,
	.title = "mdadm.conf keeps an array of this disk from being put together",
	.why = "Arrays that no line names come up by themselves, but not one that is to be ignored, that "
	       "lies on devices mdadm may not look at, or whose name belongs to the UUID of another: the "
	       "root, or what fstab mounts from it, is then not there.",
	.console = "mdadm: /dev/vda2 has wrong uuid.\n"
		   "mdadm: /dev/vda2 not permitted by mdadm.conf.\n"
		   "ALERT!  /dev/md0 does not exist.  Dropping to a shell!",
	.by_hand = "mdadm --examine --scan /dev/vdb2 /dev/vdc2   # the lines as they should be\n"
		   "edit /mnt/etc/mdadm/mdadm.conf (/mnt/etc/mdadm.conf)\n"
		   "update-initramfs -u             # or dracut -f, in the repaired system",
	.fix = "makes a line that hides the array a comment, adds 'DEVICE partitions', or writes the UUID "
	       "of the array that is here. " REBUILD,
};

const struct problem lvm_filter = {
	.id = "lvm.filter",
	.severity = STOPS_BOOT,
	.stage = AT_INITRAMFS,
	.safety = FIX_ASK,
	.title = "LVM is told not to look at a physical volume of this disk",
	.why = "A filter in lvm.conf, or a devices file that lists other disks, hides the volume group: most "
	       "often after the disk got another driver and so another name, or was copied. Its logical "
	       "volumes are then not there, and the boot waits for the root or ends in emergency mode.",
	.console = "dracut-initqueue: Warning: /dev/mapper/vg-root does not exist\n"
		   "[ TIME ] Timed out waiting for device /dev/mapper/vg-home.",
	.by_hand = "pvs -a --config 'devices { filter=[\"a|.*|\"] use_devicesfile=0 }'\n"
		   "edit /mnt/etc/lvm/lvm.conf; rm /mnt/etc/lvm/devices/system.devices\n"
		   "update-initramfs -u             # or dracut -f, in the repaired system",
	.fix = "makes the filter a comment, so that every device is looked at; adds the physical volume to "
	       "the devices file; has the disk's own programs make an initramfs anew whose copy of lvm.conf hides "
	       "the root, on a copy of the disk and shut off from this machine",
};
