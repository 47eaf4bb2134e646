/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the problems of the disk are, in words. */
#include "checks/disk_parts.h"

const struct problem disk_several_roots = {
	.id = "disk.several-roots",
	.severity = STOPS_BOOT,
	.stage = AT_FIRMWARE,
	.safety = FIX_NONE,
	.title = "more than one installed system is on the disk",
	.why = "Repairing the wrong one would help nobody and could do harm, so nothing is looked at until "
	       "the partition of the system that should boot is named.",
	.by_hand =
		"bootmend info /dev/vdb                  # lists the systems and their partitions\n"
		"bootmend scan --root-part N /dev/vdb     # N: the partition's number",
};

const struct problem disk_unread = {
	.id = "disk.partition-unread",
	.severity = NOTE,
	.stage = AT_MOUNT,
	.safety = FIX_NONE,
	.title = "a partition of the disk could not be looked at",
	.why = "What lies on it was not judged. It may be encrypted, part of a volume group or an array that "
	       "has to be put together first, of a type this machine's kernel has no driver for, or damaged.",
	.by_hand = "vgchange -ay VG; bootmend scan /dev/vdb                          # LVM\n"
		   "bootmend scan --key-file FILE /dev/vdb                          # LUKS\n"
		   "mdadm --assemble --readonly /dev/md9 /dev/vdb2; bootmend scan /dev/md9 # md",
};

const struct problem disk_hibernated = {
	.id = "disk.hibernated",
	.severity = DEGRADES,
	.stage = AT_INITRAMFS,
	.safety = FIX_ASK,
	.title = "a swap area or file holds the memory of a hibernated system",
	.why = "At its next boot the system resumes with the file systems as its memory knows them. Whatever was "
	       "written to them in between is overwritten, and the file system is corrupted. So nothing is "
	       "repaired while the image is there, unless --force says so.",
	.console = "PM: Image signature found, resuming",
	.by_hand = "# let it resume and shut it down; or give up what was in its memory:\n"
		   "mkswap -U UUID -L LABEL /dev/vdb2          # with the UUID and label it has\n"
		   "mkswap /mnt/swapfile                       # where it is in a file",
	.fix = "The swap area gets its own signature back, so that the next boot is an ordinary one: what was in "
	       "the memory of the hibernated system is lost. 'bootmend undo' brings the image back as long as "
	       "nothing used the swap area. For a swap file there is none.",
};

const struct problem disk_duplicate_uuid = {
	.id = "disk.duplicate-uuid",
	.severity = STOPS_BOOT,
	.stage = AT_MOUNT,
	.safety = FIX_ASK,
	.title = "two file systems have the same UUID, or a label that the boot goes by",
	.why = "fstab, root= and the loader name file systems by UUID or label. With two of one name it is chance "
	       "which one is meant: the boot may take the old copy, and an xfs refuses to be mounted beside its twin. "
	       "One of the patient and one of the machine this runs on are only told: the patient boots "
	       "without the other, but by hand an xfs or btrfs cannot be mounted beside its twin, and a machine "
	       "that starts with both may boot from the patient.",
	.console = "XFS (vdb1): Filesystem has duplicate UUID 5eed0000-... - can't mount",
	.by_hand =
		"tune2fs -U random /dev/vdb3              # the copy, ext2/3/4, unmounted and checked\n"
		"xfs_admin -U generate /dev/vdb3          # xfs\n"
		"btrfstune -u /dev/vdb3                   # btrfs\n"
		"grep -r OLD-UUID /mnt/etc/fstab /mnt/boot   # then what should name the copy",
	.fix = "The copy (the other one is the root, lies on the root's disk or was mounted later) gets a UUID of "
	       "its own by tune2fs, xfs_admin or btrfstune, or loses its label; lines of fstab that can only mean "
	       "the copy are rewritten to its new UUID, and the choices tell which. root= and the loader mean the "
	       "original, so nothing changes for them; a copy that is mounted at /boot is left. 'bootmend undo' "
	       "takes back the lines, and puts back every byte of the copy as long as nothing has mounted it.",
};

const struct problem disk_gpt_backup = {
	.id = "disk.gpt-backup",
	.severity = DEGRADES,
	.stage = AT_FIRMWARE,
	.safety = FIX_ASK,
	.title = "one of the two copies of the GPT partition table is damaged or out of place",
	.why = "The kernel uses the first copy only, so without it there are no partitions and no root. The second "
	       "one is the spare: when it is damaged, the next fault of the first loses the table. On a disk "
	       "that has grown it is no longer at the end, and the new room cannot be used.",
	.console = "GPT: Primary header thinks Alt. header is not at the end of the disk.\n"
		   "GPT: Use GNU Parted to correct GPT errors.",
	.by_hand =
		"sgdisk -v /dev/vdb                       # what it says of the table\n"
		"sgdisk -e /dev/vdb                       # both copies anew, the second at the end",
	.fix = "sgdisk -e writes both copies anew from the good one. 'bootmend undo' puts back every byte.",
};

const struct problem *const disk_problems[] = {
	&disk_several_roots,  &disk_unread,	&disk_hibernated,
	&disk_duplicate_uuid, &disk_gpt_backup, NULL,
};
