/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Source of the consoles: systemd's local-fs.target and fsck units, mountall(8) of Ubuntu 12.04,
 * rc.sysinit of RHEL 6, mount(8).
 */
#include "checks/fstab_parts.h"

#define EMERGENCY                                              \
	"[DEPEND] Dependency failed for Local File Systems.\n" \
	"You are in emergency mode.\n"                         \
	"Give root password for maintenance"

const struct problem fstab_missing = {
	.id = "fstab.missing",
	.severity = DEGRADES,
	.stage = AT_MOUNT,
	.safety = FIX_SAFE,
	.title = "there is no /etc/fstab",
	.why = "Without it the root stays mounted the way the kernel was told to, which is "
	       "read-only on most systems, and /boot, the EFI system partition and swap are not "
	       "there at all.",
	.by_hand = "echo 'UUID=<uuid of the root> / <type> defaults 0 1' > /mnt/etc/fstab",
	.fix = "writes a file with the root and, where only one partition can be meant, /boot, the "
	       "EFI system partition and swap",
};

const struct problem fstab_empty = {
	.id = "fstab.empty",
	.severity = DEGRADES,
	.stage = AT_MOUNT,
	.safety = FIX_SAFE,
	.title = "/etc/fstab names nothing to mount",
	.why = "The file is empty or holds only comments, so the root stays mounted the way the "
	       "kernel was told to, mostly read-only, and nothing else is mounted.",
	.by_hand = "echo 'UUID=<uuid of the root> / <type> defaults 0 1' >> /mnt/etc/fstab",
	.fix = "adds lines for the root and, where only one partition can be meant, /boot, the EFI "
	       "system partition and swap; comments stay",
};

const struct problem fstab_no_root = {
	.id = "fstab.no-root",
	.severity = DEGRADES,
	.stage = AT_MOUNT,
	.safety = FIX_SAFE,
	.title = "/etc/fstab has no line for the root file system",
	.why = "The step that makes the root writable looks its options up in this file. Without a "
	       "line the root stays read-only wherever the kernel was started with 'ro', and "
	       "services that write fail. Ubuntu's mountall stops in a maintenance shell.",
	.console = "General error mounting filesystems.\n"
		   "A maintenance shell will now be started.",
	.by_hand = "add to /mnt/etc/fstab: UUID=<uuid of the root> / <type> defaults 0 1",
	.fix = "adds the line of the root before the first entry",
};

const struct problem fstab_bad_line = {
	.id = "fstab.bad-line",
	.severity = DEGRADES,
	.stage = AT_MOUNT,
	.safety = FIX_SAFE,
	.title = "a line of /etc/fstab is not what it was meant to be",
	.why = "mount and systemd read the file with different parsers. What one of them refuses is "
	       "left unmounted; what one takes literally, such as a byte order mark or a carriage "
	       "return, becomes a part of a device name or an option.",
	.console = "mount: /etc/fstab: parse error at line 3 -- ignored",
	.by_hand = "edit the line in /mnt/etc/fstab; findmnt --verify --tab-file /mnt/etc/fstab "
		   "tells which lines do not parse",
	.fix = "repairs the one slip when that alone makes the line sound; else the line becomes a "
	       "comment",
};

const struct problem fstab_unknown_device = {
	.id = "fstab.unknown-device",
	.severity = STOPS_BOOT,
	.stage = AT_MOUNT,
	.safety = FIX_SAFE,
	.title = "a line of /etc/fstab names a device that is not there",
	.why = "systemd waits 90 seconds for the device and then ends the boot in emergency mode, "
	       "unless the line says nofail or noauto. Ubuntu's mountall waits for a key on the "
	       "console. On SysV systems a pass number in the last column makes fsck fail, which "
	       "ends in a maintenance shell. For swap, and for the root under systemd, the boot "
	       "goes on after the delay.",
	.console = "[ TIME ] Timed out waiting for device /dev/disk/by-uuid/dead.\n"
		   "[DEPEND] Dependency failed for /data.\n" EMERGENCY,
	.by_hand = "blkid; then put the right UUID in the line, or add nofail to its options in "
		   "/mnt/etc/fstab",
	.fix = "puts the UUID of the partition that must be meant (the root, /boot, the EFI system "
	       "partition, the only swap area); any other line gets nofail and a short waiting "
	       "time, so that the boot goes on without the device",
};

const struct problem fstab_wrong_root = {
	.id = "fstab.wrong-root",
	.severity = DEGRADES,
	.stage = AT_MOUNT,
	.safety = FIX_SAFE,
	.title = "the line for the root names another partition",
	.why = "The root that holds this file is not the one its own line names. Under systemd "
	       "making the root writable fails and it stays read-only; on SysV and upstart systems "
	       "fsck checks the wrong partition and the boot may end in a maintenance shell.",
	.console = "mount: /: mount point not mounted or bad option.\n"
		   "[FAILED] Failed to start Remount Root and Kernel File Systems.",
	.by_hand = "blkid; then put the UUID of the root in the line for / of /mnt/etc/fstab",
	.fix = "puts the UUID of the partition that holds this file in the line for /",
};

const struct problem fstab_wrong_type = {
	.id = "fstab.wrong-type",
	.severity = STOPS_BOOT,
	.stage = AT_MOUNT,
	.safety = FIX_SAFE,
	.title = "the type in /etc/fstab is not the type on the disk",
	.why = "The kernel refuses to mount a file system as what it is not. On a line without "
	       "nofail that ends the boot in emergency mode.",
	.console = "EXT4-fs (vda2): VFS: Can't find ext4 filesystem\n"
		   "mount: /data: wrong fs type, bad option, bad superblock on /dev/vda2\n"
		   "[FAILED] Failed to mount /data.\n" EMERGENCY,
	.by_hand = "blkid; then put the type it shows in the third column of /mnt/etc/fstab",
	.fix = "puts the type that is on the disk in the third column, and takes out options that "
	       "this type does not know",
};

const struct problem fstab_old_name = {
	.id = "fstab.old-name",
	.severity = DEGRADES,
	.stage = AT_MOUNT,
	.safety = FIX_SAFE,
	.title = "a line of /etc/fstab names a disk by its driver's name",
	.why = "The name of a disk depends on the driver and on the order of discovery: what is "
	       "/dev/sda on one machine is /dev/vda, /dev/xvda or /dev/nvme0n1 on the next. "
	       "/dev/hda is a name that no current kernel gives at all.",
	.console = "[ TIME ] Timed out waiting for device /dev/hda2.",
	.by_hand = "blkid; then put UUID=<uuid> in place of the name in /mnt/etc/fstab",
	.fix = "puts the UUID of the partition at that position in place of the name",
};

const struct problem fstab_duplicate_uuid_line = {
	.id = "fstab.duplicate-uuid-line",
	.severity = DEGRADES,
	.stage = AT_MOUNT,
	.safety = FIX_ASK,
	.title = "two lines of /etc/fstab mount one file system at two places",
	.why = "Most often the line was copied and its device forgotten: one of the two places "
	       "shows the wrong data, and writing to it lands in the other.",
	.by_hand = "decide which line is right and put a # in front of the other in /mnt/etc/fstab",
	.fix = "makes the later line a comment",
};

const struct problem fstab_duplicate_target = {
	.id = "fstab.duplicate-target",
	.severity = DEGRADES,
	.stage = AT_MOUNT,
	.safety = FIX_ASK,
	.title = "two lines of /etc/fstab mount at one place",
	.why = "systemd takes the first and ignores the second; mount -a mounts the second over the "
	       "first. What is seen there depends on who mounted.",
	.console =
		"systemd-fstab-generator: Failed to create unit file 'data.mount', as it already "
		"exists. Duplicate entry in '/etc/fstab'?",
	.by_hand = "decide which line is right and put a # in front of the other in /mnt/etc/fstab",
	.fix = "makes one of the lines a comment: the one whose device is not there, else the later",
};

const struct problem fstab_mount_point = {
	.id = "fstab.mount-point",
	.severity = DEGRADES,
	.stage = AT_MOUNT,
	.safety = FIX_SAFE,
	.title = "a mount point of /etc/fstab is missing or is no directory",
	.why = "systemd makes a missing directory itself; older systems do not, and mounting fails. "
	       "A file or a link to nowhere in that place stops both.",
	.console = "mount: mount point /data does not exist\n"
		   "An error occurred while mounting /data.\n"
		   "Press S to skip mounting or M for manual recovery",
	.by_hand = "mkdir /mnt/<mount point>",
	.fix = "makes the directory; where a file is in the way the line gets nofail and the file "
	       "stays",
};

const struct problem fstab_network = {
	.id = "fstab.network",
	.severity = DEGRADES,
	.stage = AT_MOUNT,
	.safety = FIX_ASK,
	.title = "a file system of the network is mounted as if it were local",
	.why = "systemd knows nfs, cifs and their like, but takes this type for a local one: it is "
	       "mounted before the network is up, and when that fails the boot ends in emergency "
	       "mode.",
	.by_hand = "add _netdev to the options of the line in /mnt/etc/fstab",
	.fix = "adds _netdev to the options",
};

const struct problem fstab_type_unknown = {
	.id = "fstab.type-unknown",
	.severity = STOPS_BOOT,
	.stage = AT_MOUNT,
	.safety = FIX_SAFE,
	.title = "no kernel of this system can mount the type in /etc/fstab",
	.why = "Neither a module nor a built-in driver nor a mount helper of that name is there, so "
	       "mounting fails; on a line without nofail that ends the boot in emergency mode.",
	.console = "mount: /data: unknown filesystem type 'xfs'.\n"
		   "[FAILED] Failed to mount /data.\n" EMERGENCY,
	.by_hand = "correct the third column in /mnt/etc/fstab, or add nofail to the options until "
		   "the driver is installed",
	.fix = "adds nofail, so that the boot goes on without it",
};

const struct problem fstab_odd_option = {
	.id = "fstab.option",
	.severity = STOPS_BOOT,
	.stage = AT_MOUNT,
	.safety = FIX_ASK,
	.title = "a mount option in /etc/fstab is one the file system does not know",
	.why = "The kernel refuses to mount with an option it cannot parse. On a line without "
	       "nofail that ends the boot in emergency mode.",
	.console = "XFS (vda2): unknown mount option [errors].\n"
		   "mount: /data: wrong fs type, bad option, bad superblock on /dev/vda2\n"
		   "[FAILED] Failed to mount /data.\n" EMERGENCY,
	.by_hand = "correct the fourth column of the line in /mnt/etc/fstab",
	.fix = "writes a misspelt option as it was meant, and takes out one that belongs to another "
	       "file system",
};

const struct problem fstab_bind_source = {
	.id = "fstab.bind",
	.severity = STOPS_BOOT,
	.stage = AT_MOUNT,
	.safety = FIX_SAFE,
	.title = "what a bind mount of /etc/fstab shows is not there",
	.why = "A bind mount needs its source. systemd makes a missing one as an empty directory, "
	       "which hides the loss and does not help where a file or a dangling link is "
	       "concerned; older systems fail to mount, and Ubuntu's mountall stops for a key.",
	.console = "mount: special device /srv/data does not exist",
	.by_hand = "put the source back, or add nofail to the options of the line in "
		   "/mnt/etc/fstab",
	.fix = "adds nofail where the mount would fail, so that the boot goes on without it",
};

const struct problem fstab_swapfile = {
	.id = "fstab.swapfile",
	.severity = DEGRADES,
	.stage = AT_MOUNT,
	.safety = FIX_SAFE,
	.title = "the swap file of /etc/fstab is missing or no swap file",
	.why = "The system runs without that swap. The boot goes on, except under Ubuntu's mountall, "
	       "which waits for it.",
	.console = "swapon: cannot open /swapfile: No such file or directory",
	.by_hand = "fallocate -l 1G /mnt/swapfile; chmod 600 /mnt/swapfile; mkswap /mnt/swapfile; "
		   "or add nofail to the options of the line in /mnt/etc/fstab",
	.fix = "adds nofail",
};

const struct problem fstab_fsck = {
	.id = "fstab.fsck",
	.severity = NOTE,
	.stage = AT_MOUNT,
	.safety = FIX_ASK,
	.title = "a line of /etc/fstab asks for a check that no program here can do",
	.why = "The last column says that the file system is checked at boot, but fsck has no helper for "
	       "its type. systemd and 'fsck -A' pass over it, so that it is never checked. Ubuntu's "
	       "mountall and Debian's checkroot.sh take it for a failed check and end the boot in a "
	       "maintenance shell.",
	.console = "fsck: fsck.ext4: not found\n"
		   "fsck: error 2 while executing fsck.ext4 for /dev/vda1\n"
		   "mountall: General fsck error\n"
		   "A maintenance shell will now be started.",
	.by_hand =
		"install e2fsprogs, dosfstools or what has the program in the repaired system, or put 0 "
		"in the last column of the line in /mnt/etc/fstab",
	.fix = "puts 0 in the last column: the file system is not checked at boot until the program is "
	       "installed and the number put back",
};
