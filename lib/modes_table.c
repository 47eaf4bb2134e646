/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/modes_table.h"

#define B STOPS_BOOT
#define L BLOCKS_LOGIN
#define D DEGRADES

/* clang-format off */

/* Only root runs it. */
#define PROGRAM(path, lost) \
	{ path, MODES_EXEC, lost, D, 0100, 0002, 0022, MODES_FOLLOW | MODES_ANY_X, NULL, NULL }
/* Everybody runs it; without x for others only login suffers. */
#define COMMAND(path, lost) \
	{ path, MODES_EXEC, lost, D, 0111, 0002, 0022, MODES_FOLLOW, NULL, NULL }
#define LOADER(path) \
	{ path, MODES_EXEC, B, D, 0555, 0002, 0022, MODES_FOLLOW, NULL, NULL }
#define LIBRARY(path, lost) \
	{ path, MODES_FILE, lost, D, 0444, 0002, 0022, MODES_FOLLOW, NULL, NULL }
#define SETUID(name, lost, flags, groups, unless) \
	{ name, MODES_SETUID, lost, D, 04100, 0002, 0022, flags, groups, unless }
#define SPECIAL(name, groups) \
	{ name, MODES_SETUID, D, D, 0100, 0002, 0022, MODES_ANY_SPECIAL | MODES_OPTIONAL, groups, NULL }
/* Only the bus may run it, by its group: 4754 or 4750. */
#define BUS_HELPER(path) \
	{ path, MODES_SETUID, D, D, 04100, 0002, 0023, MODES_OPTIONAL, "messagebus dbus", NULL }
/* A directory others must get through; others cannot write in it. */
#define TREE(path) \
	{ path, MODES_TREE, L, D, 0111, 0002, 0022, MODES_DIRECTORY, NULL, NULL }
/* One that only root needs to get through. */
#define OWN(path) \
	{ path, MODES_FILE, D, D, 0000, 0002, 0022, MODES_DIRECTORY, NULL, NULL }
#define OPTIONAL(path) \
	{ path, MODES_FILE, D, D, 0000, 0002, 0022, MODES_DIRECTORY | MODES_OPTIONAL, NULL, NULL }
/* A file everybody reads, and one that need not be readable. */
#define SHARED(path, lost) \
	{ path, MODES_FILE, lost, D, 0444, 0002, 0133, 0, NULL, NULL }
#define SYSTEM(path) \
	{ path, MODES_FILE, D, D, 0000, 0002, 0133, 0, NULL, NULL }
#define SECRET(path) \
	{ path, MODES_ACCOUNT, D, D, 0000, 0037, 0137, 0, "shadow", NULL }

const struct modes_rule modes_rule[] = {
	/* what everything is below */
	TREE("/"),
	TREE("/usr"), TREE("/usr/bin"), TREE("/usr/lib"), TREE("/usr/lib32"), TREE("/usr/lib64"),
	TREE("/usr/libexec"), TREE("/usr/share"), TREE("/usr/lib/x86_64-linux-gnu"),
	TREE("/usr/lib/aarch64-linux-gnu"), TREE("/usr/lib/i386-linux-gnu"),
	TREE("/bin"), TREE("/lib"), TREE("/lib64"), TREE("/lib/x86_64-linux-gnu"),
	TREE("/lib/i386-linux-gnu"), TREE("/etc"), TREE("/var"), TREE("/var/lib"),
	{ "/var/log", MODES_TREE, D, D, 0000, 0002, 0002, MODES_DIRECTORY, "syslog", NULL },
	{ "/home", MODES_TREE, D, D, 0000, 0002, 0022, MODES_DIRECTORY, NULL, NULL },
	{ "/root", MODES_TREE, L, L, 0000, 0022, 0022, MODES_DIRECTORY, NULL, NULL },
	OWN("/usr/sbin"), OWN("/sbin"), OWN("/usr/lib/systemd"), OWN("/lib/systemd"),
	OWN("/usr/lib/systemd/system"), OWN("/lib/systemd/system"), OWN("/var/cache"),
	OWN("/var/spool"), OWN("/etc/pam.d"), OWN("/etc/security"), OWN("/etc/profile.d"),
	OWN("/etc/systemd"), OWN("/etc/systemd/system"), OWN("/etc/dbus-1"), OWN("/etc/ld.so.conf.d"),
	OWN("/boot"), OWN("/boot/grub"), OWN("/boot/grub2"), OWN("/boot/loader/entries"),
	OWN("/etc/default"), OWN("/etc/sysconfig"), OWN("/etc/init"), OWN("/etc/init.d"),
	OWN("/etc/rc.d"), OWN("/etc/rc.d/init.d"), OWN("/etc/udev"), OWN("/etc/udev/rules.d"),
	OWN("/etc/modprobe.d"), OWN("/etc/modules-load.d"), OWN("/etc/sysctl.d"),
	OWN("/etc/grub.d"), OWN("/etc/selinux"), OWN("/etc/NetworkManager"), OWN("/etc/network"),
	OWN("/etc/cron.d"), OWN("/etc/cron.hourly"), OWN("/etc/cron.daily"),
	OWN("/etc/cron.weekly"), OWN("/etc/cron.monthly"), OWN("/etc/logrotate.d"),
	OWN("/etc/apt"), OWN("/etc/yum.repos.d"), OWN("/etc/yum"), OWN("/etc/dnf"),
	OWN("/usr/lib/modules"), OWN("/lib/modules"), OWN("/usr/lib/udev"), OWN("/lib/udev"),
	OWN("/var/lib/dpkg"), OWN("/var/lib/rpm"), OWN("/var/lib/systemd"),
	OWN("/var/backups"), OWN("/etc/ssl"), OWN("/etc/pki"),
	OPTIONAL("/opt"), OPTIONAL("/srv"), OPTIONAL("/mnt"), OPTIONAL("/media"),

	/* the loader and libraries of every program */
	LOADER("/lib64/ld-linux-x86-64.so.2"), LOADER("/lib/ld-linux.so.2"),
	LOADER("/lib/ld-linux-aarch64.so.1"), LOADER("/lib/ld-musl-x86_64.so.1"),
	LOADER("/lib/ld-musl-aarch64.so.1"),
	LIBRARY("/lib64/libc.so.6", L), LIBRARY("/lib/x86_64-linux-gnu/libc.so.6", L),
	LIBRARY("/lib/aarch64-linux-gnu/libc.so.6", L), LIBRARY("/lib/libc.so.6", L),
	LIBRARY("/lib64/libtinfo.so.6", L), LIBRARY("/lib64/libtinfo.so.5", L),
	LIBRARY("/lib/x86_64-linux-gnu/libtinfo.so.6", L),
	LIBRARY("/lib/x86_64-linux-gnu/libtinfo.so.5", L),

	/* shells and what start scripts call */
	COMMAND("sh", B), COMMAND("bash", L), COMMAND("dash", B), COMMAND("ash", B),
	COMMAND("busybox", B), COMMAND("env", D), COMMAND("ls", D), COMMAND("cat", D),
	COMMAND("cp", D), COMMAND("mv", D), COMMAND("rm", D), COMMAND("ln", D),
	COMMAND("mkdir", D), COMMAND("chmod", D), COMMAND("chown", D), COMMAND("touch", D),
	COMMAND("grep", D), COMMAND("sed", D), COMMAND("awk", D), COMMAND("id", D),
	COMMAND("uname", D), COMMAND("hostname", D), COMMAND("stty", D), COMMAND("sleep", D),

	/* PID 1 starts these; /sbin/init itself is the init check's */
	PROGRAM("mount", B), PROGRAM("umount", D), PROGRAM("fsck", B), PROGRAM("e2fsck", B),
	PROGRAM("fsck.ext4", B), PROGRAM("fsck.xfs", B), PROGRAM("swapon", D),
	PROGRAM("kmod", D), PROGRAM("modprobe", D), PROGRAM("udevd", B), PROGRAM("udevadm", B),
	PROGRAM("mountall", B), PROGRAM("initctl", L), PROGRAM("openrc", B),
	PROGRAM("openrc-run", B), PROGRAM("start-stop-daemon", L), PROGRAM("sulogin", D),
	PROGRAM("systemctl", L), PROGRAM("systemd-tmpfiles", L), PROGRAM("systemd-sysusers", D),
	PROGRAM("/usr/lib/systemd/systemd-executor", B), PROGRAM("/usr/lib/systemd/systemd-udevd", B),
	PROGRAM("/lib/systemd/systemd-udevd", B), PROGRAM("/usr/lib/systemd/systemd-remount-fs", B),
	PROGRAM("/lib/systemd/systemd-remount-fs", B), PROGRAM("/usr/lib/systemd/systemd-fsck", B),
	PROGRAM("/lib/systemd/systemd-fsck", B), PROGRAM("/usr/lib/systemd/systemd-journald", D),
	PROGRAM("/lib/systemd/systemd-journald", D), PROGRAM("/usr/lib/systemd/systemd-logind", L),
	PROGRAM("/lib/systemd/systemd-logind", L), PROGRAM("/usr/lib/systemd/systemd-networkd", L),
	PROGRAM("/lib/systemd/systemd-networkd", L), PROGRAM("/usr/lib/systemd/systemd-resolved", D),
	PROGRAM("/usr/lib/systemd/systemd-user-sessions", L),
	PROGRAM("/lib/systemd/systemd-user-sessions", L),
	PROGRAM("/usr/lib/systemd/systemd-user-runtime-dir", L),
	PROGRAM("/usr/lib/systemd/systemd-modules-load", D),
	PROGRAM("/lib/systemd/systemd-modules-load", D), PROGRAM("/usr/lib/systemd/systemd-sysctl", D),
	PROGRAM("/lib/systemd/systemd-sysctl", D), PROGRAM("/usr/lib/systemd/systemd-shutdown", D),
	PROGRAM("/lib/systemd/systemd-shutdown", D),
	PROGRAM("/usr/lib/systemd/system-generators/systemd-fstab-generator", B),
	PROGRAM("/lib/systemd/system-generators/systemd-fstab-generator", B),
	PROGRAM("/usr/lib/systemd/system-generators/systemd-getty-generator", D),
	PROGRAM("/lib/systemd/system-generators/systemd-getty-generator", D),
	PROGRAM("/lib/udev/udevd", B), PROGRAM("/etc/rc.d/rc.sysinit", B), PROGRAM("/etc/rc.d/rc", B),
	PROGRAM("/etc/init.d/rc", B), PROGRAM("/etc/init.d/rcS", B),

	/* network and login */
	PROGRAM("agetty", L), PROGRAM("getty", L), PROGRAM("mingetty", L), PROGRAM("login", L),
	PROGRAM("sshd", L), PROGRAM("/usr/lib/openssh/sshd-session", L),
	PROGRAM("/usr/libexec/openssh/sshd-session", L), PROGRAM("/usr/lib/ssh/sshd-session", L),
	PROGRAM("/usr/lib/openssh/sshd-auth", L), PROGRAM("/usr/libexec/openssh/sshd-auth", L),
	PROGRAM("/usr/lib/openssh/sftp-server", D), PROGRAM("/usr/libexec/openssh/sftp-server", D),
	PROGRAM("dbus-daemon", L), PROGRAM("dbus-broker", L), PROGRAM("dbus-broker-launch", L),
	PROGRAM("NetworkManager", L), PROGRAM("ifup", L), PROGRAM("dhclient", L),
	PROGRAM("dhcpcd", L), PROGRAM("wickedd", L), PROGRAM("ip", L),
	PROGRAM("crond", D), PROGRAM("cron", D), PROGRAM("rsyslogd", D), PROGRAM("auditd", D),
	PROGRAM("ldconfig", D), PROGRAM("runuser", D), PROGRAM("cloud-init", D),

	/* programs that run as somebody else */
	SETUID("su", L, 0, NULL, NULL), SETUID("sudo", L, 0, NULL, NULL),
	SETUID("passwd", D, 0, NULL, "/usr/libexec/pwupdd"),
	SETUID("mount", D, MODES_OPTIONAL, NULL, NULL), SETUID("umount", D, MODES_OPTIONAL, NULL, NULL),
	SETUID("newgrp", D, MODES_OPTIONAL, NULL, NULL), SETUID("gpasswd", D, MODES_OPTIONAL, NULL, NULL),
	SETUID("chfn", D, MODES_OPTIONAL, NULL, "/usr/libexec/pwupdd"),
	SETUID("chsh", D, MODES_OPTIONAL, NULL, "/usr/libexec/pwupdd"),
	SETUID("pkexec", D, MODES_OPTIONAL, NULL, NULL),
	SETUID("fusermount", D, MODES_OPTIONAL, NULL, NULL),
	SETUID("fusermount3", D, MODES_OPTIONAL, NULL, NULL),
	SETUID("/usr/lib/polkit-1/polkit-agent-helper-1", D, MODES_OPTIONAL, NULL,
	       "/usr/lib/systemd/system/polkit-agent-helper.socket"),
	SETUID("/usr/lib/policykit-1/polkit-agent-helper-1", D, MODES_OPTIONAL, NULL, NULL),
	BUS_HELPER("/usr/lib/dbus-1.0/dbus-daemon-launch-helper"),
	BUS_HELPER("/usr/libexec/dbus-1/dbus-daemon-launch-helper"),
	BUS_HELPER("/usr/libexec/dbus-daemon-launch-helper"),
	BUS_HELPER("/usr/lib/dbus-1/dbus-daemon-launch-helper"),
	BUS_HELPER("/lib64/dbus-1/dbus-daemon-launch-helper"),
	BUS_HELPER("/lib/dbus-1.0/dbus-daemon-launch-helper"),
	SPECIAL("unix_chkpwd", "shadow"), SPECIAL("chage", "shadow"), SPECIAL("expiry", "shadow"),
	SPECIAL("crontab", "crontab"),

	/* accounts */
	{ "/etc/passwd", MODES_ACCOUNT, L, D, 0444, 0002, 0133, 0, NULL, NULL },
	{ "/etc/group", MODES_ACCOUNT, L, D, 0444, 0002, 0133, 0, NULL, NULL },
	{ "/etc/passwd-", MODES_ACCOUNT, D, D, 0000, 0002, 0133, 0, NULL, NULL },
	{ "/etc/group-", MODES_ACCOUNT, D, D, 0000, 0002, 0133, 0, NULL, NULL },
	SECRET("/etc/shadow"), SECRET("/etc/gshadow"), SECRET("/etc/shadow-"),
	SECRET("/etc/gshadow-"), SECRET("/etc/security/opasswd"),

	/* sudo(8) stops with an error rather than trust these */
	{ "/etc/sudoers", MODES_SUDO, L, L, 0400, 0002, 0337, 0, NULL, NULL },
	{ "/etc/sudo.conf", MODES_SUDO, L, L, 0000, 0022, 0133, 0, NULL, NULL },
	{ "/etc/sudoers.d", MODES_SUDO, L, L, 0000, 0002, 0027, MODES_DIRECTORY, NULL, NULL },
	{ "/usr/lib/sudo/sudoers.so", MODES_SUDO, L, L, 0000, 0022, 0022, MODES_FOLLOW, NULL, NULL },
	{ "/usr/libexec/sudo/sudoers.so", MODES_SUDO, L, L, 0000, 0022, 0022, MODES_FOLLOW, NULL, NULL },

	/* sshd(8) does not start, or does not trust the key */
	{ "/var/empty/sshd", MODES_SSH, L, L, 0000, 0022, 0022, MODES_DIRECTORY, NULL, NULL },
	{ "/usr/share/empty.sshd", MODES_SSH, L, L, 0000, 0022, 0022, MODES_DIRECTORY, NULL, NULL },
	{ "/var/lib/empty", MODES_SSH, L, L, 0000, 0022, 0022, MODES_DIRECTORY, NULL, NULL },
	{ "/etc/ssh", MODES_SSH, D, D, 0000, 0002, 0022, MODES_DIRECTORY, NULL, NULL },
	{ "/etc/ssh/sshd_config", MODES_SSH, D, D, 0000, 0002, 0133, 0, NULL, NULL },
	{ "/etc/ssh/ssh_config", MODES_SSH, D, D, 0444, 0002, 0133, 0, NULL, NULL },

	/* directories for everybody */
	{ "/tmp", MODES_TMP, D, D, 01777, 0000, 0000, MODES_DIRECTORY | MODES_FOLLOW, NULL, NULL },
	{ "/var/tmp", MODES_TMP, D, D, 01777, 0000, 0000, MODES_DIRECTORY | MODES_FOLLOW, NULL, NULL },

	/* what programs of every user read, and what only root does */
	SHARED("/etc/nsswitch.conf", D), SHARED("/etc/ld.so.cache", D), SYSTEM("/etc/ld.so.conf"),
	SHARED("/etc/profile", L), SHARED("/etc/bash.bashrc", D), SHARED("/etc/bashrc", D),
	SHARED("/etc/hosts", D), SHARED("/etc/host.conf", D), SHARED("/etc/resolv.conf", D),
	SYSTEM("/etc/hostname"), SHARED("/etc/shells", D), SHARED("/etc/services", D),
	SHARED("/etc/protocols", D), SHARED("/etc/machine-id", D), SHARED("/usr/lib/os-release", D),
	SYSTEM("/etc/os-release"), SYSTEM("/etc/fstab"), SYSTEM("/etc/inittab"), SYSTEM("/etc/crontab"),
	SYSTEM("/etc/anacrontab"), SYSTEM("/etc/environment"), SYSTEM("/etc/login.defs"),
	SYSTEM("/etc/securetty"), SYSTEM("/etc/sysctl.conf"), SYSTEM("/etc/selinux/config"),
	SYSTEM("/etc/default/grub"), SYSTEM("/etc/ld.so.preload"), SYSTEM("/etc/logrotate.conf"),
	SYSTEM("/etc/hosts.allow"), SYSTEM("/etc/hosts.deny"), SYSTEM("/etc/crypttab"),
	SYSTEM("/etc/pam.d/login"), SYSTEM("/etc/pam.d/sshd"), SYSTEM("/etc/pam.d/su"),
	SYSTEM("/etc/pam.d/sudo"), SYSTEM("/etc/pam.d/passwd"), SYSTEM("/etc/pam.d/other"),
	SYSTEM("/etc/pam.d/system-auth"), SYSTEM("/etc/pam.d/system-auth-ac"),
	SYSTEM("/etc/pam.d/password-auth"), SYSTEM("/etc/pam.d/password-auth-ac"),
	SYSTEM("/etc/pam.d/common-auth"), SYSTEM("/etc/pam.d/common-account"),
	SYSTEM("/etc/pam.d/common-password"), SYSTEM("/etc/pam.d/common-session"),
	SYSTEM("/etc/security/limits.conf"), SYSTEM("/etc/security/access.conf"),
	SYSTEM("/etc/systemd/system.conf"), SYSTEM("/etc/systemd/logind.conf"),
	SYSTEM("/etc/systemd/journald.conf"), SYSTEM("/etc/network/interfaces"),
	SYSTEM("/etc/sysconfig/network"), SYSTEM("/etc/yum.conf"), SYSTEM("/etc/apt/sources.list"),
	SYSTEM("/boot/grub/grub.cfg"), SYSTEM("/boot/grub/grub.conf"), SYSTEM("/boot/grub/menu.lst"),
	SYSTEM("/boot/grub2/grub.cfg"), SYSTEM("/boot/grub/grubenv"), SYSTEM("/boot/grub2/grubenv"),
	{ "/usr/lib/systemd/systemd", MODES_FILE, D, D, 0000, 0002, 0022, 0, NULL, NULL },
	{ "/lib/systemd/systemd", MODES_FILE, D, D, 0000, 0002, 0022, 0, NULL, NULL },
	{ "/etc/ssl/private", MODES_FILE, D, D, 0000, 0002, 0067, MODES_DIRECTORY, "ssl-cert", NULL },
	{ "/var/log/wtmp", MODES_FILE, D, D, 0000, 0002, 0113, 0, "utmp", NULL },
	{ "/var/log/lastlog", MODES_FILE, D, D, 0000, 0002, 0113, 0, "utmp", NULL },
	{ "/var/log/btmp", MODES_FILE, D, D, 0000, 0002, 0117, 0, "utmp", NULL },
	{ "/var/mail", MODES_FILE, D, D, 0000, 0002, 0002,
	  MODES_DIRECTORY | MODES_STICKY_OK, "mail", NULL },
	{ "/var/spool/mail", MODES_FILE, D, D, 0000, 0002, 0002,
	  MODES_DIRECTORY | MODES_STICKY_OK, "mail", NULL },
	{ "/var/spool/cron", MODES_FILE, D, D, 0000, 0002, 0022, MODES_DIRECTORY, NULL, NULL },
	{ "/var/spool/cron/crontabs", MODES_FILE, D, D, 0000, 0002, 0047,
	  MODES_DIRECTORY | MODES_STICKY_OK, "crontab", NULL },
};

/* clang-format on */

const size_t modes_rules = ARRAY_SIZE(modes_rule);

static bool is_open(const struct modes_rule *r, mode_t mode)
{
	if ((r->flags & MODES_STICKY_OK) && (mode & 01000))
		return false;
	return mode & r->never;
}

static unsigned lost(const struct modes_rule *r, mode_t mode)
{
	unsigned faults = 0;

	if ((r->must & 0111) && !(mode & 0111))
		faults |= MODES_LOST_X;
	else if (!(r->flags & MODES_ANY_X) && (r->must & 0777 & ~mode))
		faults |= MODES_LOST_SOME;
	if (r->must & 07000 & ~mode)
		faults |= MODES_LOST_SPECIAL;
	if ((r->flags & MODES_ANY_SPECIAL) && !(mode & 06000))
		faults |= MODES_LOST_SPECIAL;
	return faults;
}

unsigned modes_faults(const struct modes_rule *r, mode_t mode)
{
	return lost(r, mode) | (is_open(r, mode) ? MODES_OPEN : 0u);
}

static enum severity worse(enum severity a, enum severity b)
{
	return a < b ? a : b;
}

enum severity modes_severity(const struct modes_rule *r, unsigned faults)
{
	enum severity s = NOTE;

	if (faults & (MODES_LOST_X | MODES_LOST_SPECIAL))
		s = worse(s, r->lost);
	/* Root gets by; the first to notice are the users. */
	if (faults & MODES_LOST_SOME)
		s = worse(s, r->lost == STOPS_BOOT ? BLOCKS_LOGIN : r->lost);
	if (faults & MODES_OPEN)
		s = worse(s, r->open);
	return s;
}

mode_t modes_repaired(const struct modes_rule *r, mode_t mode, unsigned faults)
{
	mode_t now = mode & 07777;

	if (faults & (MODES_OPEN | MODES_LOST_SPECIAL))
		now &= ~(mode_t)r->clear;
	if (faults & (MODES_LOST_X | MODES_LOST_SOME))
		now |= r->must & 0777;
	/* What everybody must get through or run, everybody could read as well. */
	if ((faults & (MODES_LOST_X | MODES_LOST_SOME)) && (r->must & 0111) == 0111)
		now |= 0444;
	/* A program nobody could execute was readable once; x goes where r is. */
	if ((faults & MODES_LOST_X) && (r->kind == MODES_EXEC || r->kind == MODES_SETUID))
		now |= (now & 0444) >> 2;
	if (faults & MODES_LOST_SPECIAL)
		now |= r->must & 07000;
	if ((faults & MODES_LOST_SPECIAL) && (r->flags & MODES_ANY_SPECIAL))
		now |= 04000;
	return now;
}

/* Name of a program row: "mount" for "mount", the whole path for a path. */
static bool names(const struct modes_rule *r, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (r->path[0] == '/')
		return streq(r->path, path);
	return streq(r->path, slash ? slash + 1 : path);
}

enum severity modes_program_severity(const char *path)
{
	enum severity s = DEGRADES;

	for (size_t i = 0; i < modes_rules; i++) {
		const struct modes_rule *r = &modes_rule[i];

		if ((r->kind == MODES_EXEC || r->kind == MODES_SETUID) && names(r, path))
			s = worse(s, r->lost);
	}
	return s;
}
