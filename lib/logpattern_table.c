/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words are the programs' own, each with the file they are in: GRUB's are of 2.02 to 2.12,
 * the kernel's of 2.6.32 to 6.18, dracut's of 004 to 059, systemd's of 208 to 257. Those of the
 * firmware, and what they came from, are told by the clouds' documents on disks that do not boot.
 */
#include "lib/logpattern.h"

#define LOADER(id, mark, also, meaning, explains, source) \
	{ id, LOGPATTERN_LOADER, LOGPATTERN_FIRMWARE, mark, also, meaning, explains, source },
#define ROW(class, id, mark, also, meaning, explains, source) \
	{ id, LOGPATTERN_##class, LOGPATTERN_ANYONE, mark, also, meaning, explains, source },
#define KERNEL(class, id, mark, also, meaning, explains, source) \
	{ id, LOGPATTERN_##class, LOGPATTERN_KERNEL, mark, also, meaning, explains, source },

#define NO_ROOT                                                                               \
	"grub.root-unknown grub.root-devname grub.cmdline initramfs.driver modprobe.blocked " \
	"lvm.filter mdadm.array crypttab.device"

/* clang-format off */
const struct logpattern logpattern_table[] = {
	/* Firmware */
	LOADER("no-os-loaded", "The boot loader did not load an operating system", NULL,
	       "the firmware found a disk, and nothing on it to boot",
	       "loader.esp loader.firmware", "Hyper-V generation 2 firmware")
	LOADER("no-os", "No operating system was loaded", NULL,
	       "the firmware found nothing to boot", "loader.esp loader.firmware loader.mbr",
	       "Hyper-V generation 2 firmware")
	LOADER("pxe", "Start PXE over IPv", NULL,
	       "the firmware went past the disk and tried the network",
	       "loader.esp loader.firmware", "edk2 UefiPxeBcDxe")
	LOADER("no-bootable-device", "No bootable device", NULL,
	       "the firmware found nothing to boot", "loader.mbr loader.esp", "SeaBIOS boot.c")
	LOADER("secure-boot", "Security Violation", NULL,
	       "Secure Boot refused the loader or the kernel", "loader.esp kernel.damaged",
	       "shim shim.c")
	LOADER("secure-boot-signature", "bad shim signature", NULL,
	       "Secure Boot refused the kernel", "kernel.damaged", "GRUB loader/i386/linux.c")
	LOADER("secure-boot-revoked", "Binary is blacklisted", NULL,
	       "Secure Boot refused a loader or kernel that was revoked", "loader.esp kernel.damaged",
	       "shim shim.c")
	/* GRUB; since 2.04 Fedora's names the file and line of its source behind "error: " */
	LOADER("grub-kernel-missing", "' not found", "vmlinuz", "GRUB does not find the kernel",
	       "grub.kernel-missing bls.kernel-missing kernel.none", "GRUB fs/fshelp.c")
	LOADER("grub-initramfs-missing", "' not found", "initramfs-",
	       "GRUB does not find the initramfs", "grub.initrd-missing bls.initrd-missing",
	       "GRUB fs/fshelp.c")
	LOADER("grub-initrd-missing", "' not found", "initrd", "GRUB does not find the initramfs",
	       "grub.initrd-missing bls.initrd-missing", "GRUB fs/fshelp.c")
	LOADER("grub-module-missing", "normal.mod", "not found", "GRUB's modules are gone",
	       "loader.modules", "GRUB kern/main.c")
	LOADER("grub-file-missing", "' not found", "file ", "GRUB does not find a file",
	       "loader.modules grub.kernel-missing", "GRUB fs/fshelp.c")
	LOADER("grub-unknown-fs", "unknown filesystem", "error: ",
	       "GRUB cannot read the file system with /boot",
	       "fs.superblock fs.loader-cannot-read fs.xfs-log", "GRUB kern/fs.c")
	LOADER("grub-no-partition", "no such partition", "error: ",
	       "a partition that GRUB was installed for is gone or has another number",
	       "loader.core disk.gpt-backup", "GRUB kern/partition.c")
	LOADER("grub-no-device", "no such device", "error: ",
	       "GRUB looks for a file system whose UUID no disk has", "grub.search-unknown",
	       "GRUB commands/search.c")
	LOADER("grub-no-disk", "' not found", "disk ", "GRUB looks for a disk that is not there",
	       "grub.device-map loader.core", "GRUB kern/disk.c")
	LOADER("grub-symbol", "' not found", "symbol ",
	       "GRUB's core and its modules are of different versions", "loader.skew",
	       "GRUB kern/dl.c")
	LOADER("grub-no-kernel-loaded", "you need to load the kernel first", NULL,
	       "GRUB could not load the kernel",
	       "grub.kernel-missing kernel.damaged kernel.empty bls.kernel-missing",
	       "GRUB loader/i386/linux.c")
	LOADER("grub-memory", "out of memory", "error: ",
	       "the initramfs does not fit into the memory GRUB has", "kernel.initrd",
	       "GRUB kern/mm.c")
	LOADER("grub-magic", "invalid magic number", "error: ", "the kernel's file is damaged",
	       "kernel.damaged kernel.empty", "GRUB loader/i386/linux.c")
	LOADER("grub-eof", "premature end of file", "error: ",
	       "a file that GRUB loads is cut", "kernel.damaged kernel.initrd kernel.empty",
	       "GRUB loader/linux.c")
	LOADER("grub-rescue", "Entering rescue mode", NULL, "GRUB's core finds none of its modules",
	       "loader.modules loader.core", "GRUB kern/main.c")
	LOADER("grub-rescue-prompt", "grub rescue>", NULL, "GRUB's core finds none of its modules",
	       "loader.modules loader.core", "GRUB kern/rescue_reader.c")
	LOADER("grub-prompt", "Minimal BASH-like line editing", NULL,
	       "GRUB has no menu to show", "grub.config-missing grub.config-empty grub.syntax",
	       "GRUB normal/main.c")
	LOADER("grub-legacy-prompt", "grubdom>", NULL, "GRUB legacy has no menu to show",
	       "grub.config-missing grub.config-empty", "pv-grub of Xen")
	LOADER("grub-legacy-file", "Error 15: File not found", NULL,
	       "GRUB legacy does not find the kernel or the initramfs",
	       "grub.kernel-missing grub.initrd-missing", "GRUB 0.97 stage2/common.c")
	LOADER("grub-legacy-partition", "Error 22: No such partition", NULL,
	       "GRUB legacy looks for a partition that is not there", "grub.root-unknown loader.core",
	       "GRUB 0.97 stage2/common.c")
	LOADER("grub-legacy-mount", "Error 17: Cannot mount selected partition", NULL,
	       "GRUB legacy cannot read the file system with /boot",
	       "fs.superblock fs.loader-cannot-read", "GRUB 0.97 stage2/common.c")
	/* The kernel unpacks itself and the initramfs */
	KERNEL(LOADER, "kernel-xz", "XZ-compressed data is corrupt", NULL,
	       "the kernel or the initramfs is damaged", "kernel.damaged kernel.initrd",
	       "Linux lib/decompress_unxz.c")
	KERNEL(LOADER, "kernel-decoding", "Decoding failed", NULL,
	       "the kernel or the initramfs is damaged", "kernel.damaged kernel.initrd",
	       "Linux lib/decompress_unlz4.c")
	KERNEL(LOADER, "system-halted", "-- System halted", NULL,
	       "the kernel could not unpack itself", "kernel.damaged",
	       "Linux arch/x86/boot/compressed/error.c")
	KERNEL(INITRAMFS, "initramfs-unpack", "nitramfs unpacking failed", NULL,
	       "the initramfs is damaged or too large", "kernel.initrd initramfs.version",
	       "Linux init/initramfs.c")
	/* Panics, the telling ones first */
	KERNEL(PANIC, "panic-no-root", "VFS: Unable to mount root fs", NULL,
	       "the kernel found no root file system: no initramfs, or root= is wrong",
	       "grub.initrd-line grub.initrd-missing kernel.initrd bls.initrd-missing " NO_ROOT,
	       "Linux init/do_mounts.c")
	KERNEL(INITRAMFS, "no-root-device", "VFS: Cannot open root device", NULL,
	       "root= names a device the kernel does not know", NO_ROOT, "Linux init/do_mounts.c")
	KERNEL(PANIC, "panic-no-init", "No working init found", NULL,
	       "there is no init, or it cannot be executed",
	       "init.missing elf.loader elf.library elf.damaged modes.exec modes.root",
	       "Linux init/main.c")
	KERNEL(PANIC, "panic-deadlocked", "ystem is deadlocked on memory", NULL,
	       "there is no memory left to boot with", "sysctl.hugepages sysctl.min-free",
	       "Linux mm/oom_kill.c")
	KERNEL(PANIC, "panic-on-oom", "panic_on_oom is enabled", NULL,
	       "memory ran out, and the kernel is told to panic then", "sysctl.panic-on-oom",
	       "Linux mm/oom_kill.c")
	KERNEL(PANIC, "panic-init-died", "Attempted to kill init", NULL,
	       "PID 1 died: a library is gone, a file has wrong modes, or a policy is missing",
	       "elf.library elf.loader elf.damaged init.missing modes.exec modes.mass "
	       "selinux.policy zero.file", "Linux kernel/exit.c")
	KERNEL(PANIC, "panic-hung-task", "hung_task: blocked tasks", NULL,
	       "a task hung, and the kernel is told to panic then", "", "Linux kernel/hung_task.c")
	KERNEL(PANIC, "panic", "Kernel panic - not syncing", NULL, "the kernel panicked", "",
	       "Linux kernel/panic.c")
	/* The initramfs */
	ROW(INITRAMFS, "dracut-no-device", "arning: /dev/", "does not exist",
	    "dracut waited in vain for a device: root=, rd.lvm.lv= or a driver",
	    NO_ROOT, "dracut modules.d/99base/dracut-lib.sh")
	ROW(INITRAMFS, "dracut-timeout", "dracut-initqueue timeout", NULL,
	    "dracut waited in vain for the root file system", NO_ROOT,
	    "dracut modules.d/99base/init.sh, dracut-initqueue.sh")
	ROW(INITRAMFS, "dracut-could-not-boot", "Could not boot.", NULL,
	    "dracut did not find the root file system", NO_ROOT,
	    "dracut modules.d/98dracut-systemd/dracut-initqueue.sh")
	ROW(INITRAMFS, "dracut-emergency", "Entering emergency mode", NULL,
	    "dracut gave up and started a shell", NO_ROOT,
	    "dracut modules.d/98dracut-systemd/dracut-emergency.sh")
	ROW(INITRAMFS, "initramfs-no-root", "Gave up waiting for root", NULL,
	    "the initramfs waited in vain for the root file system", NO_ROOT,
	    "initramfs-tools scripts/local")
	ROW(INITRAMFS, "initramfs-shell", "Dropping to a shell!", NULL,
	    "the initramfs waited in vain for a device", NO_ROOT, "initramfs-tools scripts/local")
	ROW(INITRAMFS, "xen-no-root", "Unable to determine major/minor number of root device", NULL,
	    "root= names a device that is not there", NO_ROOT, "mkinitcpio init_functions")
	ROW(INITRAMFS, "old-userland", "kernel too old", NULL,
	    "the C library wants a newer kernel than this one", "", "glibc sysdeps/unix/sysv/linux")
	ROW(INITRAMFS, "no-modules-dep", "Could not load /lib/modules", NULL,
	    "the modules of this kernel are not there", "kernel.modules initramfs.version",
	    "module-init-tools modprobe.c")
	ROW(INITRAMFS, "luks-passphrase", "Please enter passphrase for disk", NULL,
	    "it waits for the passphrase of an encrypted disk", "crypttab.device",
	    "systemd src/cryptsetup/cryptsetup.c")
	/* Init */
	ROW(INIT, "switch-root", "ailed to switch root", NULL,
	    "the root file system that was mounted holds no system",
	    "init.missing tree.missing grub.root-unknown", "systemd src/systemctl/systemctl.c")
	ROW(INIT, "run-init", "run-init: ", "/sbin/init", "/sbin/init cannot be executed",
	    "init.missing elf.loader modes.exec", "klibc usr/kinit/run-init")
	ROW(INIT, "no-requested-init", "doesn't have requested", NULL,
	    "the root file system has no init", "init.missing tree.missing",
	    "initramfs-tools init")
	ROW(INIT, "library-missing", "error while loading shared libraries", NULL,
	    "a program lacks a library", "elf.library elf.loader elf.damaged zero.file",
	    "glibc elf/dl-error-skeleton.c")
	ROW(INIT, "selinux-policy", "ailed to load SELinux policy", NULL,
	    "the SELinux policy cannot be loaded", "selinux.policy selinux.type selinux.value",
	    "systemd src/core/selinux-setup.c")
	ROW(INIT, "selinux-halt", "nable to load SELinux Policy", NULL,
	    "the SELinux policy cannot be loaded", "selinux.policy selinux.type selinux.value",
	    "libselinux src/load_policy.c, sysvinit")
	ROW(INIT, "freezing", "Freezing execution", NULL, "systemd cannot go on",
	    "selinux.policy tree.missing init.default-target systemd.masked",
	    "systemd src/core/main.c")
	ROW(INIT, "ordering-cycle", "Found ordering cycle on", NULL,
	    "units wait for one another; systemd drops one of them", "",
	    "systemd src/core/transaction.c")
	/* Emergency mode */
	ROW(EMERGENCY, "root-locked", "the root account is locked", NULL,
	    "the emergency shell lets nobody in", "shadow.root-password passwd.root-shell",
	    "util-linux login-utils/sulogin.c")
	ROW(EMERGENCY, "emergency", "elcome to emergency mode", NULL,
	    "the boot stopped in emergency mode", "fstab.unknown-device fs.errors fstab.option",
	    "systemd units/emergency.service.in")
	ROW(EMERGENCY, "emergency-new", "You are in emergency mode", NULL,
	    "the boot stopped in emergency mode", "fstab.unknown-device fs.errors fstab.option",
	    "systemd src/shared/sulogin-shell.c")
	ROW(EMERGENCY, "emergency-rescue", "You are in rescue mode", NULL,
	    "the system was in rescue mode", "init.default-target grub.cmdline",
	    "systemd src/sulogin-shell")
	ROW(EMERGENCY, "emergency-target", "eached target", "mergency", "the boot stopped in "
	    "emergency mode", "fstab.unknown-device fs.errors fstab.option",
	    "systemd units/emergency.target")
	ROW(EMERGENCY, "maintenance", "Give root password for maintenance", NULL,
	    "the boot stopped and wants root's password", "fstab.unknown-device fs.errors",
	    "util-linux login-utils/sulogin.c")
	/* Mounting */
	ROW(MOUNT, "device-timeout", "Timed out waiting for device", NULL,
	    "a device that is waited for did not come", "fstab.unknown-device crypttab.device",
	    "systemd src/core/job.c")
	ROW(MOUNT, "fsck-no-device", "No such file or directory while trying to open", NULL,
	    "fsck was to check a device that is not there", "fstab.unknown-device fstab.fsck",
	    "e2fsprogs e2fsck/unix.c")
	KERNEL(MOUNT, "blocked-module", "but still no fs?", NULL,
	    "the driver of a file system is kept from loading", "modprobe.blocked",
	    "Linux fs/filesystems.c")
	ROW(MOUNT, "unknown-fs-type", "unknown filesystem type", NULL,
	    "there is no driver for a file system", "fstab.type-unknown fstab.wrong-type "
	    "modprobe.blocked", "util-linux libmount/src/context_mount.c")
	ROW(MOUNT, "efi-not-mounted", "ailed to mount /boot/efi", NULL,
	    "the EFI system partition was not mounted", "modprobe.blocked fstab.unknown-device",
	    "systemd src/core/mount.c")
	ROW(MOUNT, "mount-option", "nrecognized mount option", NULL,
	    "a file system does not know an option of fstab", "fstab.option",
	    "Linux fs/ext4/super.c")
	KERNEL(MOUNT, "mount-parameter", "Unknown parameter '", NULL,
	    "a file system does not know an option of fstab", "fstab.option",
	    "Linux fs/fs_context.c")
	ROW(MOUNT, "mount-point", "mount point does not exist", NULL,
	    "a directory to mount on is not there", "fstab.mount-point",
	    "util-linux libmount/src/context_mount.c")
	ROW(MOUNT, "mount-option-wrong", "incorrect mount option was specified", NULL,
	    "a mount was refused for its options", "fstab.option", "nfs-utils utils/mount/error.c")
	ROW(MOUNT, "mountall", "General error mounting filesystems", NULL,
	    "not all of fstab could be mounted", "fstab.unknown-device fstab.option",
	    "mountall debian/mountall-shell.conf")
	ROW(MOUNT, "local-fs", "Dependency failed for Local File Systems", NULL,
	    "not all of fstab could be mounted", "fstab.unknown-device fs.errors fstab.option",
	    "systemd src/core/job.c")
	ROW(MOUNT, "local-fs-unit", "Dependency failed for local-fs.target", NULL,
	    "not all of fstab could be mounted", "fstab.unknown-device fs.errors fstab.option",
	    "systemd src/core/job.c")
	ROW(MOUNT, "failed-mount", "ailed to mount /", NULL, "a file system was not mounted",
	    "fstab.unknown-device fstab.wrong-type fstab.option fs.errors",
	    "systemd src/core/mount.c")
	/* File systems */
	ROW(FS, "fsck-manually", "UNEXPECTED INCONSISTENCY", NULL,
	    "a file system is damaged; fsck wants a person", "fs.errors fs.superblock",
	    "e2fsprogs e2fsck/util.c")
	ROW(FS, "fsck-died", "fsck died with exit status", NULL, "a file system could not be checked",
	    "fs.errors fstab.fsck fstab.unknown-device", "sysvinit checkfs.sh")
	ROW(FS, "fsck-status", "fsck exited with status code", NULL,
	    "a file system has errors or could not be checked", "fs.errors",
	    "initramfs-tools scripts/functions")
	ROW(FS, "fsck-failed", "fsck failed with ", NULL, "a file system could not be checked",
	    "fs.errors", "systemd src/fsck/fsck.c")
	ROW(FS, "fs-forced-check", "check forced", NULL,
	    "a file system is checked as its time had come", "", "e2fsprogs e2fsck/unix.c")
	ROW(FS, "ext-superblock", "Bad magic number in super-block", NULL,
	    "there is no ext file system where one is expected", "fs.superblock fstab.wrong-type",
	    "e2fsprogs lib/ext2fs/ext2_err.et.in")
	ROW(FS, "vfat-dirty", "Dirty bit is set", NULL,
	    "a FAT file system was not unmounted cleanly", "", "dosfstools src/boot.c")
	KERNEL(FS, "ext-not-found", "VFS: Can't find ext", NULL,
	    "there is no ext file system where one is expected", "fs.superblock fstab.wrong-type",
	    "Linux fs/ext4/super.c")
	KERNEL(FS, "ext4-error", "EXT4-fs error", NULL, "a file system is damaged", "fs.errors",
	    "Linux fs/ext4/super.c")
	KERNEL(FS, "ext3-error", "EXT3-fs error", NULL, "a file system is damaged", "fs.errors",
	    "Linux fs/ext3/super.c")
	KERNEL(FS, "ext2-error", "EXT2-fs error", NULL, "a file system is damaged", "fs.errors",
	    "Linux fs/ext2/super.c")
	KERNEL(FS, "ext-read-only", "emounting filesystem read-only", NULL,
	    "a file system was made read-only for its errors", "fs.errors",
	    "Linux fs/ext4/super.c")
	KERNEL(FS, "journal-aborted", "Aborting journal on device", NULL,
	    "a file system's journal failed: it is read-only from then on", "fs.errors fs.journal",
	    "Linux fs/jbd2/journal.c")
	KERNEL(FS, "ext-recovery", "recovery required on readonly", NULL,
	    "a file system was not unmounted cleanly", "fs.journal", "Linux fs/ext4/super.c")
	KERNEL(FS, "xfs-crc", "Metadata CRC error detected", NULL, "an XFS is damaged",
	    "fs.xfs-errors", "Linux fs/xfs/xfs_error.c")
	KERNEL(FS, "xfs-corruption", "Metadata corruption detected", NULL, "an XFS is damaged",
	    "fs.xfs-errors", "Linux fs/xfs/xfs_error.c")
	KERNEL(FS, "xfs-memory", "Corruption of in-memory data", NULL,
	    "an XFS is damaged and was shut down", "fs.xfs-errors", "Linux fs/xfs/xfs_fsops.c")
	KERNEL(FS, "xfs-repair", "nmount and run xfs_repair", NULL, "an XFS is damaged",
	    "fs.xfs-errors fs.xfs-log", "Linux fs/xfs/xfs_error.c")
	KERNEL(FS, "xfs-log", "log mount/recovery failed", "XFS", "an XFS's log is damaged",
	    "fs.xfs-log fs.xfs-errors", "Linux fs/xfs/xfs_log.c")
	KERNEL(FS, "btrfs-critical", "BTRFS critical", NULL, "a Btrfs is damaged",
	    "fs.btrfs-errors", "Linux fs/btrfs/messages.h")
	KERNEL(FS, "btrfs-error", "BTRFS error", NULL, "a Btrfs has errors", "fs.btrfs-errors",
	    "Linux fs/btrfs/messages.h")
	KERNEL(FS, "btrfs-old-error", "BTRFS: error", NULL, "a Btrfs has errors",
	    "fs.btrfs-errors", "Linux fs/btrfs/messages.h")
	/* Disks */
	KERNEL(DISK, "medium-error", "critical medium error", NULL, "a disk cannot read a place",
	    "", "Linux block/blk-core.c")
	KERNEL(DISK, "io-error", "I/O error, dev ", NULL, "a disk does not read or write", "",
	    "Linux block/blk-core.c")
	KERNEL(DISK, "buffer-io-error", "Buffer I/O error on dev", NULL,
	    "a disk does not read or write", "", "Linux fs/buffer.c")
	KERNEL(DISK, "nvme-timeout", "timeout, ", "nvme", "an NVMe disk does not answer", "",
	    "Linux drivers/nvme/host/pci.c")
	KERNEL(DISK, "ata-failed", "failed command: ", NULL, "an ATA disk refused a command", "",
	    "Linux drivers/ata/libata-eh.c")
	KERNEL(DISK, "md-failed", "Disk failure on ", NULL, "a disk of an md array failed",
	    "mdadm.array", "Linux drivers/md/raid1.c")
	KERNEL(DISK, "beyond-end", "attempt to access beyond end of device", NULL,
	    "a file system is larger than its partition", "fs.cut", "Linux block/blk-core.c")
	/* Faults of the kernel and the machine */
	KERNEL(BUG, "bug-at", "kernel BUG at ", NULL, "the kernel met a state that must not be", "",
	    "Linux lib/bug.c")
	KERNEL(BUG, "null-pointer", "BUG: kernel NULL pointer dereference", NULL,
	    "a driver of the kernel failed", "", "Linux arch/x86/mm/fault.c")
	KERNEL(BUG, "bad-address", "BUG: unable to handle", NULL, "a driver of the kernel failed",
	    "", "Linux arch/x86/mm/fault.c")
	KERNEL(BUG, "protection-fault", "general protection fault", ": 0000 [#",
	    "a driver of the kernel failed", "", "Linux arch/x86/kernel/traps.c")
	KERNEL(BUG, "oops", "Internal error: Oops", NULL, "a driver of the kernel failed", "",
	    "Linux arch/arm64/kernel/traps.c")
	KERNEL(BUG, "bad-page", "BUG: Bad page state", NULL, "memory is damaged, or a driver failed",
	    "", "Linux mm/page_alloc.c")
	KERNEL(BUG, "machine-check", "[Hardware Error]:", NULL, "the machine reports a fault", "",
	    "Linux arch/x86/kernel/cpu/mce/core.c")
	KERNEL(LOCKUP, "soft-lockup", "soft lockup - CPU#", NULL,
	    "a processor was not given up: an overloaded host, or a driver that loops", "",
	    "Linux kernel/watchdog.c")
	KERNEL(LOCKUP, "hard-lockup", "hard LOCKUP", NULL, "a processor hung", "",
	    "Linux kernel/watchdog_perf.c")
	KERNEL(LOCKUP, "rcu-self-stall", "self-detected stall on CPU", NULL,
	    "a processor was not given up", "", "Linux kernel/rcu/tree_stall.h")
	KERNEL(LOCKUP, "rcu-stall", "detected stalls on CPU", NULL, "a processor was not given up",
	    "", "Linux kernel/rcu/tree_stall.h")
	KERNEL(HUNG, "hung-task", "blocked for more than", "seconds",
	    "a process waits for a disk, a lock or the network", "", "Linux kernel/hung_task.c")
	/* Memory */
	KERNEL(MEMORY, "oom-cgroup", "Memory cgroup out of memory", NULL,
	    "a service or container used up its memory limit", "", "Linux mm/oom_kill.c")
	KERNEL(MEMORY, "oom", "Out of memory: Kill", NULL, "memory ran out, a process was killed",
	    "sysctl.hugepages sysctl.overcommit sysctl.min-free", "Linux mm/oom_kill.c")
	KERNEL(MEMORY, "allocation-failure", "page allocation failure", NULL,
	    "the kernel found no memory of that size", "sysctl.min-free", "Linux mm/page_alloc.c")
	ROW(MEMORY, "udev-failed", "ailed to start udev Kernel Device Manager", NULL,
	    "udev did not start: often there is no memory left for it",
	    "sysctl.hugepages sysctl.min-free elf.library modes.exec",
	    "systemd src/core/job.c, systemd-udevd.service")
	/* What ran out */
	KERNEL(LIMIT, "conntrack-full", "conntrack: table full", NULL,
	    "the table of connections is full: new ones are dropped", "",
	    "Linux net/netfilter/nf_conntrack_core.c")
	KERNEL(LIMIT, "conntrack-full-namespace", "nf_conntrack:", "table full",
	    "the table of connections is full: new ones are dropped", "",
	    "Linux net/netfilter/nf_conntrack_core.c")
	KERNEL(LIMIT, "listen-overflow", "ossible SYN flooding on port", NULL,
	    "a server does not take its connections fast enough, or is flooded", "sysctl.net",
	    "Linux net/ipv4/tcp_input.c")
	KERNEL(LIMIT, "listen-drop", "drop open request from", NULL,
	       "a server's queue of connections is full", "sysctl.net", "Linux net/ipv4/tcp_ipv4.c")
	KERNEL(LIMIT, "neighbour-full", "table overflow!", NULL, "the table of neighbours is full",
	    "", "Linux net/core/neighbour.c")
	KERNEL(LIMIT, "tcp-memory", "out of memory -- consider tuning tcp_mem", NULL,
	    "connections have used up their memory", "sysctl.net", "Linux net/ipv4/tcp.c")
	KERNEL(LIMIT, "orphans", "too many orphaned sockets", NULL,
	    "too many connections are being closed", "sysctl.net", "Linux net/ipv4/tcp.c")
	KERNEL(LIMIT, "time-wait", "time wait bucket table overflow", NULL,
	    "too many connections are in TIME-WAIT", "sysctl.net", "Linux net/ipv4/tcp_minisocks.c")
	KERNEL(LIMIT, "file-max", "file-max limit", "reached",
	    "the whole system is out of file handles", "sysctl.fd-limits", "Linux fs/file_table.c")
	ROW(LIMIT, "open-files", "Too many open files", NULL,
	    "a service is out of file handles", "sysctl.fd-limits systemd.limits",
	    "glibc sysdeps/gnu/errlist.h, EMFILE and ENFILE")
	ROW(LIMIT, "fork-failed", "fork: Resource temporarily unavailable", NULL,
	    "a user or service has too many processes", "systemd.limits", "GNU bash jobs.c, EAGAIN")
	KERNEL(LIMIT, "pids-full", "fork rejected by pids controller", NULL,
	    "a service has too many processes", "systemd.limits", "Linux kernel/cgroup/pids.c")
	ROW(SPACE, "no-space", "No space left on device", NULL, "a file system is full",
	    "space.full space.inodes", "glibc sysdeps/gnu/errlist.h, ENOSPC")
	ROW(SPACE, "no-temporary", "No usable temporary directory found", NULL,
	    "nothing can be written to /tmp", "space.full space.inodes modes.tmp",
	    "CPython Lib/tempfile.py")
	ROW(SPACE, "audit-halt", "audit daemon is halting", NULL,
	    "auditd is told to halt the machine when its disk is full", "space.full",
	    "audit src/auditd-event.c")
	/* Login and network */
	ROW(LOGIN, "sshd-privsep", "must be owned by root and not group or world-writable", NULL,
	    "sshd refuses its empty directory", "sshd.privsep modes.mass", "OpenSSH sshd.c")
	ROW(LOGIN, "sshd-no-privsep", "Missing privilege separation directory", NULL,
	    "sshd's empty directory is not there", "sshd.privsep", "OpenSSH sshd.c")
	ROW(LOGIN, "sshd-config", "Bad configuration option", NULL,
	    "sshd does not know a keyword of its configuration", "sshd.config",
	    "OpenSSH readconf.c, servconf.c")
	ROW(LOGIN, "sshd-keys", "no hostkeys available", NULL, "sshd has no host key",
	    "sshd.host-keys", "OpenSSH sshd.c")
	ROW(LOGIN, "sshd-key-modes", "UNPROTECTED PRIVATE KEY FILE", NULL,
	    "sshd refuses a host key that others can read", "sshd.host-keys modes.ssh",
	    "OpenSSH authfile.c")
	ROW(LOGIN, "authorized-keys-modes", "bad ownership or modes for", NULL,
	    "sshd refuses authorized_keys", "modes.ssh modes.root", "OpenSSH misc.c")
	ROW(LOGIN, "sshd-failed", "ailed to start OpenBSD Secure Shell server", NULL,
	    "sshd did not start", "sshd.config sshd.privsep sshd.host-keys",
	    "systemd src/core/job.c, Debian's ssh.service")
	ROW(LOGIN, "sshd-failed-rh", "ailed to start OpenSSH server daemon", NULL,
	    "sshd did not start", "sshd.config sshd.privsep sshd.host-keys",
	    "systemd src/core/job.c, Fedora's sshd.service")
	ROW(LOGIN, "pam-module", "PAM unable to dlopen", NULL, "a module of PAM is not there",
	    "pam.module", "Linux-PAM libpam/pam_handlers.c")
	ROW(LOGIN, "nologin", "System is booting up.", NULL,
	    "logins were refused as the boot had not ended", "login.blocked",
	    "systemd tmpfiles.d/systemd-nologin.conf")
	ROW(NET, "mac-changed", "has different MAC address than expected", NULL,
	    "the network's configuration is of another network card", "net.hwaddr "
	    "net.persistent-names", "initscripts ifup-eth")
	ROW(NET, "no-interface", "does not seem to be present, delaying initialization", NULL,
	    "the network's configuration is of a card that is not there",
	    "net.persistent-names net.hwaddr net.config", "initscripts ifup-eth")
	ROW(NET, "network-failed", "ailed to start LSB: Bring up/down networking", NULL,
	    "the network did not come up", "net.config net.hwaddr net.tools",
	    "systemd src/core/job.c, initscripts")
	ROW(NET, "no-rename", "Cannot rename mac=", NULL,
	    "a network card has no driver, or not the address it is configured with",
	    "modprobe.blocked net.hwaddr net.persistent-names", "cloud-init cloudinit/net")
	ROW(NET, "guest-agent", "ailed to start Google Compute Engine Guest Agent", NULL,
	    "the cloud's agent did not start: no keys and no accounts from it", "elf.library",
	    "systemd src/core/job.c, google-guest-agent.service")
	{ 0 },
};
/* clang-format on */
