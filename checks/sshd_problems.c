/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/sshd_parts.h"

const struct problem sshd_config = {
	.id = "sshd.config",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "sshd refuses its configuration, and does not start",
	.why = "One keyword that this version does not know, or one value that is not of its kind, and sshd "
	       "ends with a message instead of starting: nobody gets in over the network. What is only "
	       "deprecated is passed over.",
	.console = "/etc/ssh/sshd_config: line 12: Bad configuration option: PermitRootLogn\n"
		   "/etc/ssh/sshd_config line 3: unsupported option \"true\".\n"
		   "Failed to start ssh.service - OpenBSD Secure Shell server.",
	.by_hand =
		"chroot /mnt sshd -t names the line; put # before it. A lost file: Debian keeps a copy in "
		"/usr/share/openssh/sshd_config",
	.fix = "puts # before the line; before all lines of a block whose Match line is refused, and before an "
	       "Include that takes in what is no file of sshd's (a key, moduli, a README) or leads back to "
	       "itself, when asked; a lost file, or when asked one with more than 20 refused lines, comes "
	       "back from its backup or from the package's copy",
};

const struct problem sshd_host_keys = {
	.id = "sshd.host-keys",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_ASK,
	.title = "sshd has no host key it could use",
	.why = "Without a single host key sshd does not start. Some distributions make missing ones at boot "
	       "(RHEL's sshd-keygen units, cloud-init on the first boot of an instance); Debian only when the "
	       "package is installed. Damaged ones nobody makes anew.",
	.console = "sshd: no hostkeys available -- exiting.\n"
		   "Unable to load host key: /etc/ssh/ssh_host_rsa_key",
	.by_hand =
		"rm the damaged ones, then chroot /mnt ssh-keygen -A. Clients will see a changed host key",
	.fix = "runs the system's own ssh-keygen -A, which makes the keys that are missing; clients will see "
	       "new host keys",
};

const struct problem sshd_privsep = {
	.id = "sshd.privsep",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "the directory sshd locks itself into is not there",
	.why = "Before it lets anybody in, sshd changes into an empty directory whose path was compiled in: "
	       "/run/sshd, /var/empty/sshd, /usr/share/empty.sshd. When it is missing, sshd does not start.",
	.console = "Missing privilege separation directory: /var/empty/sshd\n"
		   "Missing privilege separation directory: /run/sshd",
	.by_hand =
		"mkdir -m 711 /mnt/var/empty/sshd; for /run/sshd: RuntimeDirectory=sshd in the unit, or "
		"'d /run/sshd 0755 root root' in /mnt/etc/tmpfiles.d/sshd.conf",
	.fix = "makes the directory, or the line of tmpfiles.d that makes it at each boot",
};

const struct problem sshd_policy = {
	.id = "sshd.policy",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_ASK,
	.title = "sshd's settings let nobody in",
	.why = "Each setting is fine for sshd, and it starts; but together they leave nobody over: lists of "
	       "users or groups that name no one who is there, every way to authenticate switched off, no "
	       "session allowed, or a time limit of a few seconds.",
	.console = "sshd: User root from 192.0.2.7 not allowed because not listed in AllowUsers\n"
		   "Permission denied ().",
	.by_hand = "correct the names after AllowUsers, AllowGroups, DenyUsers, DenyGroups in "
		   "/mnt/etc/ssh/sshd_config; chroot /mnt sshd -T shows what holds",
	.fix = "puts # before the lines, so that the defaults hold",
};

const struct problem sshd_disabled = {
	.id = "sshd.disabled",
	.severity = NOTE,
	.stage = AT_LOGIN,
	.safety = FIX_ASK,
	.title = "sshd is installed and has keys, but nothing starts it",
	.why = "Its unit is not linked into any target (its script into no runlevel): the system comes up "
	       "without a way in over the network. Or a file such as Debian's sshd_not_to_be_run, which its "
	       "unit and script look for, keeps it from being started.",
	.console = "ssh: connect to host 192.0.2.7 port 22: Connection refused",
	.by_hand = "systemctl --root=/mnt enable ssh (or sshd); rm /mnt/etc/ssh/sshd_not_to_be_run",
	.fix = "links the unit into multi-user.target, or takes the file away",
};

const struct problem *const sshd_problems[] = { &sshd_config, &sshd_host_keys, &sshd_privsep,
						&sshd_policy, &sshd_disabled,  NULL };
