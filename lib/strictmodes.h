/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What sshd's StrictModes would refuse: every part of the way from a file of keys up to the user's
 * home directory (to / when the file is not below it) must belong to root or the user and must not
 * be writable by group or others.
 *
 *	n = strictmodes_walk(root, arena, file, home, uid, fault, ARRAY_SIZE(fault));
 *
 * Source: OpenSSH misc.c, safe_path(): it goes by the real paths, links followed.
 */
#ifndef BOOTMEND_STRICTMODES_H
#define BOOTMEND_STRICTMODES_H

#include "lib/arena.h"
#include "lib/root.h"
#include "lib/userdb.h"

struct strictmodes_fault {
	const char *path; /* links followed */
	struct stat st;
	bool open;  /* writable by group or others */
	bool owner; /* belongs to a third party */
};

/* The parts it would refuse, the file first; how many, at most max. 0 also when there is no file.
 */
size_t strictmodes_walk(const struct root *r, struct arena *a, const char *file, const char *home,
			uid_t uid, struct strictmodes_fault *out, size_t max);
/*
 * The group that may write has no member but the user: Debian's sshd, and those that come from it,
 * let that pass.
 */
bool strictmodes_is_private(const struct userdb *users, const struct userdb *groups,
			    const struct userdb_entry *user, const struct strictmodes_fault *f);

#endif
