/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which parts of the tree this view does not show: directories the patient's fstab mounts something
 * on that is not mounted here. What stands there now is only an empty mount point, and neither its
 * mode nor what it lacks says anything about the running system.
 *
 *	u = unseen_find(scan);
 *	if (unseen(u, "/usr/bin/su"))
 *		return;
 */
#ifndef BOOTMEND_UNSEEN_H
#define BOOTMEND_UNSEEN_H

#include "lib/check.h"

/* NULL-terminated mount points, missing ones among them; lives in the scan's arena. */
const char *const *unseen_find(struct scan *s);
/* path is one of them or below one. */
bool unseen(const char *const *mount_points, const char *path);
/* path is below dir, or dir itself; both absolute, without "//", "." or ".." parts. */
bool path_is_below(const char *path, const char *dir);

#endif
