/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Users that the programs of a distribution run as: which of them are gone from passwd although
 * their program is installed, and the line that brings each back.
 *
 * A user counts as gone only when something of the patient still remembers it (shadow, group,
 * gshadow or a backup of passwd) and systemd-sysusers(8) will not make it at the next boot.
 *
 * Sources: sysusers.d(5), systemd-sysusers.service and its ConditionNeedsUpdate=/etc;
 * dbus-daemon(1) <user>; the uidgid list of Red Hat's setup package for the fixed numbers.
 */
#ifndef BOOTMEND_SYSUSER_H
#define BOOTMEND_SYSUSER_H

#include "lib/check.h"
#include "lib/userdb.h"

struct sysuser {
	const char *name;
	const char *program; /* as found in the tree */
	const char *effect;  /* "dbus-daemon does not start: …" */
	enum severity severity;
	uint32_t uid, gid;
	const char *line;	/* of passwd */
	const char *group_line; /* of group, when its group is gone too; else NULL */
};

/* What is known of the patient's accounts; any of them may be NULL. */
struct sysuser_view {
	const struct userdb *passwd, *group; /* where the user is looked for */
	const struct userdb *backup;	     /* of passwd: its lines are taken as they are */
	bool rebuilding; /* passwd was lost: what the installed programs need, remembered or not */
	const struct userdb *traces[3]; /* shadow, gshadow, … : names remembered elsewhere */
};

/* Those that are gone, in the arena of the scan. */
size_t sysuser_missing(struct scan *s, const struct sysuser_view *v, struct sysuser **out);

/* systemd-sysusers runs at the next boot and a line of sysusers.d names this user. */
bool sysuser_made_at_boot(struct scan *s, const char *name);

#endif
