/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The backups a system makes of its own files: what passwd(5)'s tools, dpkg, rpm, ucf, editors and
 * people leave beside a file or in /var/backups.
 *
 *	if (backups_find(root, arena, "/etc/shadow", is_valid, arg, &b))
 *		propose_copy(f, "/etc/shadow", b.path, 0640, 0, gid);
 *
 * A copy somebody or something made of the file itself goes before one a package shipped (.rpmnew,
 * .dpkg-dist): the latter never held the settings of this machine. Among equals the newest wins.
 *
 * Sources: shadow lib/commonio.c (NAME-), Debian cron.daily/passwd (/var/backups/NAME.bak), dpkg(1)
 * (.dpkg-*), ucf(1) (.ucf-*), rpm's %config handling (.rpmsave, .rpmnew, .rpmorig), pacman(8).
 */
#ifndef BOOTMEND_BACKUPS_H
#define BOOTMEND_BACKUPS_H

#include "lib/arena.h"
#include "lib/root.h"
#include "lib/text.h"

struct backup {
	const char *path; /* "/var/backups/passwd.bak" */
	struct stat st;
	bool shipped; /* a package's version of the file, not a copy of what stood there */
};

/*
 * The best backup of path that valid() accepts as able to stand in for the file; false and *out
 * untouched when there is none. Links, and files larger than ROOT_TEXT_MAX, are no backups.
 */
bool backups_find(const struct root *r, struct arena *a, const char *path,
		  bool (*valid)(const struct text *t, const void *arg), const void *arg,
		  struct backup *out);
/* The same among files of at most max bytes. */
bool backups_find_small(const struct root *r, struct arena *a, const char *path, size_t max,
			bool (*valid)(const struct text *t, const void *arg), const void *arg,
			struct backup *out);

/* A predicate for files of any kind: something is in it, and it is not only NUL bytes or blanks. */
bool backups_has_content(const struct text *t, const void *unused);

#endif
