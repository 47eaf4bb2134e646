/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/modes_parts.h"

const struct problem modes_root = {
	.id = "modes.root",
	.severity = BLOCKS_LOGIN,
	.stage = AT_INIT,
	.safety = FIX_SAFE,
	.title = "a directory everything is below has the wrong mode or owner",
	.why = "Where others cannot search / or /usr, every service and user that is not root fails "
	       "to start its program, D-Bus among them. Where all may write in it, or it belongs to "
	       "somebody else, systemd-tmpfiles, logrotate and sshd refuse to trust what is below, "
	       "and any user can replace system files.",
	.console = "Failed at step EXEC spawning /usr/bin/dbus-daemon: Permission denied\n"
		   "Detected unsafe path transition / -> /var during canonicalization of /var/log.",
	.by_hand =
		"chown root:root /mnt && chmod 755 /mnt (the same for /mnt/etc, /mnt/usr, /mnt/var; "
		"700 for /mnt/root)",
	.fix = "gives the directory to root, takes write permission from others and lets them search it",
};

const struct problem modes_exec = {
	.id = "modes.exec",
	.severity = STOPS_BOOT,
	.stage = AT_INIT,
	.safety = FIX_SAFE,
	.title = "a program the boot or the login needs cannot be executed",
	.why = "The kernel starts no program and no program loader without an x bit, not even for root. "
	       "A start script without it is skipped without a word.",
	.console = "Failed at step EXEC spawning /sbin/agetty: Permission denied\n"
		   "Kernel panic - not syncing: Attempted to kill init!",
	.by_hand = "chmod 755 /mnt/usr/bin/NAME",
	.fix = "adds the x bits that are missing and changes nothing else",
};

const struct problem modes_mass = {
	.id = "modes.mass",
	.severity = BLOCKS_LOGIN,
	.stage = AT_INIT,
	.safety = FIX_SAFE,
	.title = "chmod -R or chown -R went over the system",
	.why = "Modes or owners of many known files are wrong at once. After that sshd refuses its keys, "
	       "su and sudo are powerless and programs or libraries may not start at all.",
	.console = "Permissions 0777 for '/etc/ssh/ssh_host_rsa_key' are too open.\n"
		   "sudo: /usr/bin/sudo must be owned by uid 0 and have the setuid bit set",
	.by_hand =
		"chroot /mnt rpm --setugids -a && chroot /mnt rpm --setperms -a (RPM systems); elsewhere "
		"compare with a healthy machine of the same release, or reinstall the packages",
	.fix = "sets modes and owners of the files in the built-in table; everything else is left and "
	       "counted by modes.rest",
};

const struct problem modes_setuid = {
	.id = "modes.setuid",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "a program that must run as root has lost its setuid bit or owner",
	.why = "su, sudo and passwd work by their setuid bit. Where root has no password, as on most "
	       "cloud images, sudo is the only way to become root. chown takes these bits away "
	       "silently, so they also go with chown -R.",
	.console = "sudo: /usr/bin/sudo must be owned by uid 0 and have the setuid bit set\n"
		   "su: cannot set groups: Operation not permitted",
	.by_hand = "chown root:root /mnt/usr/bin/su && chmod 4755 /mnt/usr/bin/su",
	.fix = "gives the program to root and sets the bit; nothing is changed where hardening removed only "
	       "optional ones",
};

const struct problem modes_shadow = {
	.id = "modes.shadow",
	.severity = DEGRADES,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "an account file has the wrong mode or owner",
	.why = "When everybody can read /etc/shadow the hashes of all passwords are given away. When not "
	       "everybody can read /etc/passwd and /etc/group, programs that are not root know no names: "
	       "D-Bus does not start and users have no name.",
	.console = "I have no name!@host\n"
		   "Failed to resolve user 'messagebus'",
	.by_hand = "chmod 640 /mnt/etc/shadow && chown root:shadow /mnt/etc/shadow (Debian), "
		   "chmod 000 /mnt/etc/shadow (RHEL), chmod 644 /mnt/etc/passwd /mnt/etc/group",
	.fix = "takes away the bits that are too many, adds the read bits that are missing, and gives "
	       "the file to root",
};

const struct problem modes_sudo = {
	.id = "modes.sudo",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "sudo refuses its own files for their mode or owner",
	.why = "sudo stops rather than trust a policy or plugin that others may write or that does not belong to "
	       "root. Where root has no password, nobody can become root.",
	.console = "sudo: /etc/sudoers is world writable\n"
		   "sudo: no valid sudoers sources found, quitting\n"
		   "sudo: /usr/libexec/sudo/sudoers.so must be only be writable by owner",
	.by_hand = "chown root:root /mnt/etc/sudoers && chmod 440 /mnt/etc/sudoers",
	.fix = "gives the file to root and takes write permission from everybody else",
};

const struct problem modes_ssh = {
	.id = "modes.ssh",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "sshd refuses a key, a home directory or its own directory for its mode or owner",
	.why = "sshd does not load a host key that others can read, and without any it does not start; nor "
	       "does it start when its empty directory is writable. With StrictModes, which is the default, "
	       "a key in authorized_keys counts only when the file and every directory up to the home "
	       "belong to root or the user and nobody else can write there.",
	.console = "Permissions 0777 for '/etc/ssh/ssh_host_rsa_key' are too open.\n"
		   "sshd: no hostkeys available -- exiting.\n"
		   "/var/empty/sshd must be owned by root and not group or world-writable.\n"
		   "Authentication refused: bad ownership or modes for directory /root",
	.by_hand =
		"chmod 600 /mnt/etc/ssh/ssh_host_*_key; chmod 711 /mnt/var/empty/sshd; chmod 700 /mnt/root "
		"/mnt/root/.ssh; chmod 600 /mnt/root/.ssh/authorized_keys",
	.fix = "takes away the bits sshd objects to and gives the file back to its user",
};

const struct problem modes_tmp = {
	.id = "modes.tmp",
	.severity = DEGRADES,
	.stage = AT_RUNTIME,
	.safety = FIX_SAFE,
	.title = "/tmp or /var/tmp is not 1777",
	.why = "Programs of ordinary users cannot make their temporary files, so services and graphical "
	       "logins fail; without the sticky bit any user can delete the files of others.",
	.console =
		"mktemp: failed to create file via template '/tmp/tmp.XXXXXXXXXX': Permission denied",
	.by_hand = "chmod 1777 /mnt/tmp /mnt/var/tmp",
	.fix = "sets mode 1777",
};

const struct problem modes_file = {
	.id = "modes.file",
	.severity = DEGRADES,
	.stage = AT_RUNTIME,
	.safety = FIX_SAFE,
	.title =
		"a system file or directory can be changed by anybody, or not be read by everybody",
	.why = "cron, logrotate and others ignore files that anybody can write, and any user could make root "
	       "run anything. A libc or nsswitch.conf that only root can read stops the programs of all others.",
	.console =
		"error while loading shared libraries: libc.so.6: cannot open shared object file: "
		"Permission denied\n"
		"crond: (root) BAD FILE MODE (/etc/crontab)",
	.by_hand = "chown root:root /mnt/PATH && chmod go-w /mnt/PATH",
	.fix = "gives it to root, takes write permission from others, adds read permission where all need it",
};

const struct problem modes_rest = {
	.id = "modes.rest",
	.severity = DEGRADES,
	.stage = AT_RUNTIME,
	.safety = FIX_ASK,
	.title = "many more programs and libraries belong to a user or can be changed by anybody",
	.why = "What chmod -R or chown -R did to files outside the built-in table stays until the package manager sets them "
	       "right. The system may run so, but any user can replace a program that root will start.",
	.console = NULL,
	.by_hand =
		"chroot /mnt rpm --setugids -a; chroot /mnt rpm --setperms -a (RPM systems); find /mnt/usr /mnt/etc -xdev ! -type l -perm -0002 "
		"! -perm -1000 -exec chmod go-w {} + (elsewhere)",
	.fix = "gives programs, libraries and files directly in /etc to root and takes write permission "
	       "from group and others",
};

const struct problem *const modes_problems[] = {
	&modes_root, &modes_exec, &modes_mass, &modes_setuid, &modes_shadow, &modes_sudo,
	&modes_ssh,  &modes_tmp,  &modes_file, &modes_rest,   NULL,
};
