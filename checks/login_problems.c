/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/login_parts.h"

const struct problem login_blocked = {
	.id = "login.blocked",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "a setting refuses logins although name and password are right",
	.why = "/etc/nologin keeps everybody but root out, and systemd since 254 no longer takes it away at boot; "
	       "securetty keeps root off terminals it does not name; "
	       "access.conf and hosts.deny refuse by user and address; pam_limits ends the session when a limit "
	       "cannot be set, such as more open files than the kernel's fs.nr_open, or is 0.",
	.console =
		"Permission denied\n"
		"pam_limits(login:session): Could not set limit for 'nofile': Operation not permitted\n"
		"pam_access(login:account): access denied for user `root' from `tty1'\n"
		"refused connect from 192.0.2.7 (192.0.2.7)\n"
		"System is going down.",
	.by_hand =
		"rm /mnt/etc/nologin\n"
		"put # before the line of /mnt/etc/security/limits.conf, access.conf or /mnt/etc/hosts.deny",
	.fix = "removes /etc/nologin, brings a limit down to what the kernel gives or takes it out of use; lines "
	       "of hosts.deny, access.conf and securetty only when asked",
};

const struct problem logindefs_value = {
	.id = "logindefs.value",
	.severity = DEGRADES,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "a value of /etc/login.defs is not what login can use",
	.why = "login reads its terminal's keys, its umask and its time limit there. A value that is no number "
	       "is complained about at each login and passed over; a time limit of a second or two ends the "
	       "login before a password can be typed.",
	.console = "login: configuration error - cannot parse ERASECHAR value: 'DEL'\n"
		   "Login timed out after 1 seconds.",
	.by_hand =
		"write the value the distribution ships, e.g. ERASECHAR 0177, KILLCHAR 025, UMASK 022, "
		"LOGIN_TIMEOUT 60",
	.fix = "writes the default in place of the value",
};

const struct problem *const login_problems[] = { &login_blocked, &logindefs_value, NULL };
