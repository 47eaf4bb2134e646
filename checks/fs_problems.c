/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the problems of the file systems are, in words. */
#include "checks/fs_parts.h"

const struct problem fs_journal = {
	.id = "fs.journal",
	.severity = NOTE,
	.stage = AT_MOUNT,
	.safety = FIX_SAFE,
	.title = "a file system's journal was not replayed: it was not unmounted cleanly",
	.why = "The kernel replays the journal at the next mount, so this alone stops nothing. But until then "
	       "the last changes before the crash cannot be seen: a file that seems to be missing may be in "
	       "the journal.",
	.console = "EXT4-fs (vda1): INFO: recovery required on readonly filesystem\n"
		   "EXT4-fs (vda1): recovery complete\n"
		   "XFS (vda1): Starting recovery (logdev: internal)",
	.by_hand =
		"e2fsck -p /dev/vdb1                       # ext2, ext3, ext4\n"
		"mount /dev/vdb1 /mnt && umount /mnt       # xfs, btrfs: mounting replays the log",
	.fix = "Before anything else is repaired, e2fsck -p replays the journal of an ext file system, with an "
	       "undo file kept beside the backup; xfs and btrfs replay their log when they are mounted. "
	       "Then everything is looked at again.",
};

#define KEPT                                                                                            \
	"What the program overwrites is kept first, the result is looked at again, and when it is not " \
	"whole everything is put back. 'bootmend undo' puts back every byte as long as nothing else "   \
	"wrote to the file system; once files on it were repaired or the system was booted, its old "   \
	"blocks no longer fit and undo says so."

const struct problem fs_errors = {
	.id = "fs.errors",
	.severity = STOPS_BOOT,
	.stage = AT_MOUNT,
	.safety = FIX_SAFE,
	.title = "an ext file system is damaged, or its superblock records errors",
	.why = "The boot's file system check repairs what is safe to repair and stops at the rest: the console "
	       "then asks for root's password and waits. Where no check runs, the kernel meets the damage "
	       "later and makes the root read-only, and services fail one after the other.",
	.console =
		"/dev/vda1: UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY.\n"
		"EXT4-fs error (device vda1): ext4_lookup:1785: inode #131: comm systemd: iget: checksum invalid\n"
		"You are in emergency mode.",
	.by_hand = "e2fsck -f -p /dev/vdb1                    # what is safe to repair\n"
		   "e2fsck -f -y -z /root/vdb1.e2undo /dev/vdb1   # the rest; e2undo takes it back",
	.fix = "e2fsck -f -p on the unmounted file system. When that cannot repair it, it is put back as it was; "
	       "--fix=fs.errors (or all) then lets e2fsck -f -y decide. " KEPT,
};

const struct problem fs_superblock = {
	.id = "fs.superblock",
	.severity = STOPS_BOOT,
	.stage = AT_MOUNT,
	.safety = FIX_ASK,
	.title = "the superblock of an ext file system is unreadable, but a backup of it is good",
	.why = "Nothing recognises the file system without its first superblock: no UUID, so the root is not "
	       "found and the boot ends in the initramfs. Copies of it lie all over the file system. Stale "
	       "ones may be left from an earlier use of the partition, so a person has to say yes.",
	.console = "ALERT!  UUID=... does not exist.  Dropping to a shell!\n"
		   "VFS: Cannot open root device \"vda1\" or unknown-block(254,1)",
	.by_hand =
		"dumpe2fs -o superblock=32768 -o blocksize=4096 /dev/vdb1 | head   # is it the right one?\n"
		"e2fsck -f -b 32768 -B 4096 -z /root/vdb1.e2undo /dev/vdb1",
	.fix = "e2fsck -f -y -b BACKUP on the unmounted file system. " KEPT,
};

const struct problem fs_xfs_log = {
	.id = "fs.xfs-log",
	.severity = STOPS_BOOT,
	.stage = AT_MOUNT,
	.safety = FIX_ASK,
	.title = "the log of an xfs file system holds changes and cannot be read",
	.why = "The kernel replays the log when it mounts the file system and refuses to mount it when it "
	       "cannot. Throwing the log away loses the last changes before the crash and may leave "
	       "structures half changed, which xfs_repair then puts right.",
	.console = "XFS (vda2): log mount/recovery failed: error -117\n"
		   "XFS (vda2): log mount failed",
	.by_hand =
		"mount /dev/vdb2 /mnt && umount /mnt       # try this first: it may replay after all\n"
		"xfs_repair -L /dev/vdb2                   # throws the log away",
	.fix = "xfs_repair -L on the unmounted file system. " KEPT,
};

const struct problem fs_xfs_errors = {
	.id = "fs.xfs-errors",
	.severity = STOPS_BOOT,
	.stage = AT_MOUNT,
	.safety = FIX_ASK,
	.title = "an xfs file system is damaged",
	.why = "The kernel refuses to mount it, or shuts it down when it comes across the damage: every "
	       "program that uses it then gets input/output errors.",
	.console = "XFS (vda2): Metadata CRC error detected at xfs_agi_read_verify\n"
		   "XFS (vda2): Corruption of in-memory data detected.  Shutting down filesystem",
	.by_hand = "xfs_repair -n /dev/vdb2                   # what it would do\n"
		   "xfs_repair /dev/vdb2",
	.fix = "xfs_repair on the unmounted file system. " KEPT,
};

const struct problem fs_btrfs_errors = {
	.id = "fs.btrfs-errors",
	.severity = STOPS_BOOT,
	.stage = AT_MOUNT,
	.safety = FIX_ASK,
	.title = "a btrfs file system is damaged, or its first superblock is",
	.why = "Without a good first superblock the kernel does not mount it. Damaged trees make it read-only "
	       "or unreadable; 'btrfs check --repair' may make that worse, so it is never run here.",
	.console = "BTRFS error (device vda3): superblock checksum mismatch\n"
		   "BTRFS error (device vda3): open_ctree failed",
	.by_hand =
		"btrfs rescue super-recover /dev/vdb3      # from a good copy\n"
		"btrfs check --readonly /dev/vdb3\n"
		"btrfs restore /dev/vdb3 /srv/rescued      # what can be read, before any repair",
	.fix = "A damaged first superblock is written again from a good copy (btrfs rescue super-recover). "
	       "Other damage is only told. " KEPT,
};

const struct problem fs_cut = {
	.id = "fs.cut",
	.severity = STOPS_BOOT,
	.stage = AT_MOUNT,
	.safety = FIX_NONE,
	.title = "a file system is larger than the partition or image that holds it",
	.why = "The end of it is missing: the image was cut short, or the partition was made smaller than the "
	       "file system. The kernel refuses to mount it, and a repair would throw away every file that "
	       "reaches into the missing part, so none is tried.",
	.console =
		"EXT4-fs (vda1): bad geometry: block count 163840 exceeds size of device (76800 blocks)",
	.by_hand = "ls -l disk.img; sfdisk -l disk.img        # copy the image again, whole\n"
		   "parted /dev/vdb resizepart 1 100%         # or give the partition its old size",
};

const struct problem fs_unexamined = {
	.id = "fs.unexamined",
	.severity = NOTE,
	.stage = AT_MOUNT,
	.safety = FIX_NONE,
	.title = "a file system was not examined for damage",
	.why = "What is wrong below the files is found by the checking program of this machine (e2fsck, "
	       "xfs_repair, btrfs), which only looks. Where it is missing, damage that is not in the "
	       "superblock is not found, and nothing of it is repaired.",
	.by_hand = "apt-get install e2fsprogs xfsprogs btrfs-progs      # on this machine\n"
		   "dnf install e2fsprogs xfsprogs btrfs-progs",
};

const struct problem fs_loader_cannot_read = {
	.id = "fs.loader-cannot-read",
	.severity = STOPS_BOOT,
	.stage = AT_LOADER,
	.safety = FIX_NONE,
	.title = "the file system with /boot has a feature that the installed GRUB does not read",
	.why = "GRUB has its own, read-only driver of each file system, and refuses one with an "
	       "incompatible feature that it does not know. A newer mkfs or tune2fs, or a disk made on a "
	       "newer system, sets such features; the kernel reads them and the boot never gets that far. "
	       "What is told here is what the installed GRUB's own code says, not its version.",
	.console = "error: unknown filesystem.\n"
		   "Entering rescue mode...\n"
		   "grub rescue>",
	.by_hand =
		"tune2fs -O ^metadata_csum_seed /dev/vdb1  # a feature that can be taken away again\n"
		"grub-install /dev/vda                     # in the repaired system, with a newer GRUB\n"
		"cp -a /mnt/boot elsewhere; mkfs with fewer features; cp -a back   # the others",
};

const struct problem *const fs_problems[] = {
	&fs_journal,	&fs_unexamined,	  &fs_errors, &fs_superblock,	      &fs_xfs_log,
	&fs_xfs_errors, &fs_btrfs_errors, &fs_cut,    &fs_loader_cannot_read, NULL,
};
