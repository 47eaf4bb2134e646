/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that nobody may change, root included: chattr +i and +a. Hardening guides set them, and
 * then wonder why no password can be changed and no repair is written.
 *
 * Source: chattr(1), ioctl_iflags(2).
 */
#include <linux/fs.h>

#include "checks/checks.h"

static const struct problem immutable = {
	.id = "attrs.immutable",
	.severity = NOTE,
	.stage = AT_RUNTIME,
	.safety = FIX_NONE,
	.title = "a file that the boot or a login writes has chattr +i or +a",
	.why = "Such a file cannot be written, replaced or removed, by root neither: passwd, systemd-sysusers, "
	       "grub and package updates fail on it, and so does a repair of it.",
	.console = "passwd: Authentication token manipulation error\n"
		   "cannot open /etc/shadow: Operation not permitted",
	.by_hand = "chattr -i -a /mnt/etc/shadow",
	.fix = NULL,
};

static const struct problem *const problems[] = { &immutable, NULL };

static const char *const paths[] = {
	"/etc",
	"/etc/passwd",
	"/etc/shadow",
	"/etc/group",
	"/etc/gshadow",
	"/etc/fstab",
	"/etc/default/grub",
	"/boot",
	"/boot/grub/grub.cfg",
	"/boot/grub2/grub.cfg",
	"/boot/grub2/grubenv",
	"/boot/grub/grubenv",
	"/etc/ssh/sshd_config",
	"/etc/pam.d",
	"/etc/machine-id",
	"/etc/ld.so.preload",
	"/etc/ld.so.cache",
	"/etc/rc.local",
	"/var/log/lastlog",
	"/var/log/wtmp",
	"/root",
	"/tmp",
	"/var",
	"/run",
};

static void run(struct scan *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		unsigned flags;

		if (root_getflags(s->root, paths[i], &flags) < 0 ||
		    !(flags & (FS_IMMUTABLE_FL | FS_APPEND_FL)))
			continue;
		scan_find(s, &immutable, paths[i],
			  flags & FS_IMMUTABLE_FL
				  ? "it is immutable (chattr +i): nothing can change it"
				  : "it can only be appended to (chattr +a)");
	}
}

const struct check attrs_check = {
	.name = "attrs",
	.summary = "chattr +i and +a on files that are written at boot, login or repair",
	.problems = problems,
	.run = run,
};
