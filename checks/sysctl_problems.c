/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/sysctl_parts.h"

const struct problem sysctl_hugepages = {
	.id = "sysctl.hugepages",
	.severity = STOPS_BOOT,
	.stage = AT_RUNTIME,
	.safety = FIX_SAFE,
	.title = "huge pages leave too little memory",
	.why = "Huge pages are taken out of the memory at boot and cannot be swapped or used by anything "
	       "else. After a move to a smaller machine what is left does not suffice: udev, systemd and "
	       "sshd are killed or the kernel panics.",
	.console = "Out of memory: Killed process 1 (systemd)\n"
		   "Kernel panic - not syncing: System is deadlocked on memory\n"
		   "[FAILED] Failed to start udev Kernel Device Manager.",
	.by_hand =
		"grep -rn nr_hugepages /mnt/etc/sysctl.conf /mnt/etc/sysctl.d /mnt/usr/lib/sysctl.d\n"
		"sed -i 's/^vm.nr_hugepages/# &/' /mnt/etc/sysctl.conf",
	.fix = "comments the lines that set it; the kernel's default is none",
};

const struct problem sysctl_min_free = {
	.id = "sysctl.min-free",
	.severity = STOPS_BOOT,
	.stage = AT_RUNTIME,
	.safety = FIX_SAFE,
	.title = "vm.min_free_kbytes keeps a large part of the memory free",
	.why = "The kernel keeps that much memory free for itself. When it is a quarter of the memory or "
	       "more it reclaims and kills without end although memory seems to be free.",
	.console = "Out of memory: Killed process 512 (systemd-udevd)\n"
		   "kswapd0 at 100 % CPU, no login prompt",
	.by_hand = "grep -rn min_free_kbytes /mnt/etc/sysctl.conf /mnt/etc/sysctl.d\n"
		   "sed -i 's/^vm.min_free_kbytes/# &/' /mnt/etc/sysctl.conf",
	.fix = "comments the lines that set it; the kernel then works it out from the memory",
};

const struct problem sysctl_overcommit = {
	.id = "sysctl.overcommit",
	.severity = DEGRADES,
	.stage = AT_RUNTIME,
	.safety = FIX_ASK,
	.title = "strict overcommit with little to commit",
	.why = "With vm.overcommit_memory=2 the kernel hands out no more than swap and a share of the "
	       "memory. When that share is small, programs cannot start although memory is free.",
	.console =
		"fork: Cannot allocate memory\n-bash: xrealloc: cannot allocate 18446744071562067968 bytes",
	.by_hand = "sed -i 's/^vm.overcommit_memory/# &/' /mnt/etc/sysctl.conf\n"
		   "or raise vm.overcommit_ratio to 80",
	.fix = "comments the lines that set vm.overcommit_memory=2",
};

const struct problem sysctl_panic_on_oom = {
	.id = "sysctl.panic-on-oom",
	.severity = DEGRADES,
	.stage = AT_RUNTIME,
	.safety = FIX_ASK,
	.title = "the kernel panics instead of ending a process when memory runs out",
	.why = "One program that takes too much memory takes the whole machine down, and at boot it may "
	       "do so each time. Cluster nodes are sometimes set up like that on purpose.",
	.console = "Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled",
	.by_hand = "sed -i 's/^vm.panic_on_oom/# &/' /mnt/etc/sysctl.conf",
	.fix = "comments the lines that set it",
};

const struct problem sysctl_fd_limits = {
	.id = "sysctl.fd-limits",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "the kernel's limits are below what a login needs",
	.why = "pam_limits sets the number of open files that limits.conf says; the kernel refuses a "
	       "number above fs.nr_open, even for root, and the session is refused (Debian's module only logs "
	       "it). A tiny fs.file-max or kernel.pid_max keeps sshd and shells from opening files or starting at all.",
	.console =
		"pam_limits(sshd:session): Could not set limit for 'nofile': Operation not permitted\n"
		"sshd: error: PAM: pam_open_session(): Permission denied\n"
		"fork: retry: Resource temporarily unavailable",
	.by_hand =
		"grep -rn -e nr_open -e file-max -e pid_max /mnt/etc/sysctl.conf /mnt/etc/sysctl.d\n"
		"grep -rn nofile /mnt/etc/security/limits.conf /mnt/etc/security/limits.d",
	.fix = "comments the lines that set the value; when limits.conf asks for more than the kernel's "
	       "default, fs.nr_open is raised to that instead",
};

const struct problem sysctl_net = {
	.id = "sysctl.net",
	.severity = DEGRADES,
	.stage = AT_NETWORK,
	.safety = FIX_ASK,
	.title = "a network setting drops or refuses connections",
	.why = "tcp_tw_recycle drops connections of clients that share an address (NAT, load balancers); "
	       "a tiny connection table, port range or queue refuses them as soon as there are a few.",
	.console = "nf_conntrack: nf_conntrack: table full, dropping packet\n"
		   "TCP: time wait bucket table overflow",
	.by_hand =
		"grep -rn -e tcp_tw_recycle -e conntrack_max -e ip_local_port_range -e somaxconn "
		"/mnt/etc/sysctl.conf /mnt/etc/sysctl.d",
	.fix = "comments the lines that set it: the kernel's default then counts",
};

const struct problem sysctl_bad_line = {
	.id = "sysctl.bad-line",
	.severity = NOTE,
	.stage = AT_RUNTIME,
	.safety = FIX_NONE,
	.title = "a line of the sysctl files is no setting",
	.why = "Neither sysctl nor systemd-sysctl can read the line: no '=', or a key with blanks or bytes "
	       "that no key has. It is passed over with a warning, so what it was to set is not set.",
	.console = "sysctl: /etc/sysctl.conf(3): invalid syntax, continuing...\n"
		   "systemd-sysctl: Line is not an assignment, ignoring: vm.swappiness 10",
	.by_hand = "write it as 'key = value', or put a '#' before it",
	.fix = NULL,
};

const struct problem sysctl_unread = {
	.id = "sysctl.unread",
	.severity = NOTE,
	.stage = AT_RUNTIME,
	.safety = FIX_NONE,
	.title = "settings of /etc/sysctl.conf do not count at boot",
	.why = "systemd-sysctl reads the sysctl.d directories only. Without a link there to "
	       "/etc/sysctl.conf its settings count when somebody runs sysctl -p, and are gone after the "
	       "next boot.",
	.console = NULL,
	.by_hand = "ln -s ../sysctl.conf /mnt/etc/sysctl.d/99-sysctl.conf",
	.fix = NULL,
};

const struct problem *const sysctl_problems[] = {
	&sysctl_net,	  &sysctl_fd_limits,  &sysctl_hugepages,
	&sysctl_min_free, &sysctl_overcommit, &sysctl_panic_on_oom,
	&sysctl_bad_line, &sysctl_unread,     NULL
};
