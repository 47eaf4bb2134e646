/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was found in the logs, in words. */
#include "checks/log_parts.h"

const struct problem log_last_boot = {
	.id = "log.last-boot",
	.severity = NOTE,
	.stage = AT_RUNTIME,
	.safety = FIX_NONE,
	.title = "the last boot that left a log did not come up",
	.why = "How far it got and its last words tell which of the findings stops it. A boot that fails "
	       "before the disk can be written to leaves no log: then this one may be an older one.",
	.by_hand = "bootmend log /dev/vdb\n"
		   "journalctl -D /mnt/var/log/journal -b -1 -p warning",
};

const struct problem log_panic = {
	.id = "log.panic",
	.severity = NOTE,
	.stage = AT_RUNTIME,
	.safety = FIX_NONE,
	.title = "the kernel panicked",
	.why = "A panic ends everything at once. Its words tell whether init, the root file system, the memory "
	       "or a driver was the reason; few panics reach a log, most only the console, pstore or kdump.",
	.console = "Kernel panic - not syncing: Fatal exception",
	.by_hand = "bootmend log /dev/vdb          # the panic, and which finding explains it\n"
		   "less /mnt/var/crash/*/vmcore-dmesg.txt",
};

const struct problem log_emergency = {
	.id = "log.emergency",
	.severity = NOTE,
	.stage = AT_RUNTIME,
	.safety = FIX_NONE,
	.title = "the system was in emergency or rescue mode",
	.why = "systemd stopped the boot as a file system of fstab was not mounted or checked, or because it was "
	       "told to. Without a password for root nobody gets past that.",
	.console = "You are in emergency mode.",
	.by_hand = "bootmend log /dev/vdb\n"
		   "journalctl -D /mnt/var/log/journal -u local-fs.target",
};

const struct problem log_kernel = {
	.id = "log.kernel",
	.severity = NOTE,
	.stage = AT_RUNTIME,
	.safety = FIX_NONE,
	.title = "the kernel told of a fault of its own, a lockup or a hung task",
	.why = "A BUG or an oops is a fault of the kernel, a driver or the memory; after one nothing can be relied "
	       "on. Lockups are drivers that loop or a host without time to give; hung tasks wait for a disk.",
	.console = "watchdog: BUG: soft lockup - CPU#1 stuck for 22s!\n"
		   "INFO: task java:812 blocked for more than 120 seconds.",
	.by_hand = "bootmend log /dev/vdb\n"
		   "grep -E 'BUG|lockup|blocked for more' /mnt/var/log/kern.log",
};

const struct problem log_fs_error = {
	.id = "log.fs-error",
	.severity = NOTE,
	.stage = AT_RUNTIME,
	.safety = FIX_NONE,
	.title = "a file system told of errors",
	.why = "It may have been made read-only then, and everything that writes failed. What is still wrong on "
	       "the disk is found by the check 'fs'; an error that was repaired since stays in the log.",
	.console = "EXT4-fs error (device vda1): ext4_lookup: deleted inode referenced",
	.by_hand = "bootmend log /dev/vdb\n"
		   "e2fsck -fn /dev/vdb1; xfs_repair -n /dev/vdb1",
};

const struct problem log_disk_error = {
	.id = "log.disk-error",
	.severity = NOTE,
	.stage = AT_RUNTIME,
	.safety = FIX_NONE,
	.title = "a disk did not read or write",
	.why = "The disk, or what carries it, fails: files on it may be lost, and a repair on it can make it "
	       "worse. Take a copy or a snapshot first.",
	.console = "blk_update_request: I/O error, dev vda, sector 2048",
	.by_hand = "bootmend log /dev/vdb\n"
		   "dd if=/dev/vdb of=/dev/null bs=1M status=progress",
};

const struct problem log_conntrack_full = {
	.id = "log.conntrack-full",
	.severity = NOTE,
	.stage = AT_RUNTIME,
	.safety = FIX_NONE,
	.title = "the table of connections was full: new ones were dropped",
	.why = "With the table of nf_conntrack full the machine runs, but does not answer: ssh times out. Either "
	       "its size is too small for the load, or timeouts keep what is long closed.",
	.console = "nf_conntrack: table full, dropping packet",
	.by_hand =
		"sysctl net.netfilter.nf_conntrack_max net.netfilter.nf_conntrack_count\n"
		"echo net.netfilter.nf_conntrack_max=262144 >/mnt/etc/sysctl.d/90-conntrack.conf",
};

const struct problem log_limits = {
	.id = "log.limits",
	.severity = NOTE,
	.stage = AT_RUNTIME,
	.safety = FIX_NONE,
	.title = "file handles, processes or queues of connections ran out",
	.why = "Who needs one more then fails: logins cannot fork, services refuse connections. The limit may be "
	       "the system's, a unit's or a user's.",
	.console = "VFS: file-max limit 65536 reached\n"
		   "accept4: Too many open files\n"
		   "TCP: request_sock_TCP: Possible SYN flooding on port 443. Dropping request.",
	.by_hand = "bootmend log /dev/vdb\n"
		   "sysctl fs.file-max net.core.somaxconn; systemctl show -p LimitNOFILE UNIT",
};

const struct problem log_oom = {
	.id = "log.oom",
	.severity = NOTE,
	.stage = AT_RUNTIME,
	.safety = FIX_NONE,
	.title = "memory ran out, and processes were killed",
	.why = "The kernel ends a process when it finds no memory, in the whole system or below the limit of a "
	       "cgroup. What was killed is seldom what was at fault.",
	.console = "Out of memory: Killed process 812 (java) total-vm:4194304kB",
	.by_hand = "bootmend oom /dev/vdb          # who, when, why, and what to change",
};

const struct problem log_oom_repeated = {
	.id = "log.oom-repeated",
	.severity = DEGRADES,
	.stage = AT_RUNTIME,
	.safety = FIX_NONE,
	.title = "one service was killed again and again as memory ran out",
	.why = "Killed three times or more within a week: it comes back, grows, and is killed again. Its limit "
	       "is too low, it leaks, or the machine is too small; while memory is short, logins fail too.",
	.console = "Memory cgroup out of memory: Killed process 812 (java) total-vm:4194304kB",
	.by_hand = "bootmend oom /dev/vdb          # who grows, and which limit was hit\n"
		   "systemctl --root=/mnt edit UNIT   # [Service] MemoryMax=",
};

const struct problem log_unread = {
	.id = "log.unread",
	.severity = NOTE,
	.stage = AT_RUNTIME,
	.safety = FIX_NONE,
	.title = "only the end of the logs was read",
	.why = "A scan must be quick: it reads the last 24 MiB of the logs. Faults that were told before are not "
	       "among its notes.",
	.by_hand = "bootmend log /dev/vdb          # all of them\n"
		   "bootmend oom /dev/vdb",
};

const struct problem *const log_problems[] = {
	&log_last_boot, &log_panic,	   &log_emergency, &log_kernel,
	&log_fs_error,	&log_disk_error,   &log_limits,	   &log_conntrack_full,
	&log_oom,	&log_oom_repeated, &log_unread,	   NULL,
};
