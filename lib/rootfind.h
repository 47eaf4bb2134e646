/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is this file system a Linux root, and if not, what is it for? Scored by what is in it, so that
 * any one piece may be gone; never by size or position.
 *
 * Source: the table of measured damages in which recognition by single files fails (an empty fstab,
 * a lost /bin link, no os-release); file-hierarchy(7), os-release(5).
 */
#ifndef BOOTMEND_ROOTFIND_H
#define BOOTMEND_ROOTFIND_H

#include "lib/arena.h"
#include "lib/devices.h"
#include "lib/root.h"

#define ROOTFIND_ENOUGH 6 /* of about 20: two strong pieces or several weak ones */

struct rootfind {
	int score;	      /* >= ROOTFIND_ENOUGH: a root */
	const char *what;     /* "Debian GNU/Linux 12 (bookworm)"; NULL: not known */
	const char *evidence; /* "os-release, passwd, dpkg, …": what spoke for it; "" nothing */
	const char *id;	      /* tells installed systems apart: machine-id, or ""; never NULL */
	enum role role;	      /* ROLE_ROOT, or BOOT, ESP, USR, VAR, HOME by content, else DATA */
};

void rootfind_look(const struct root *r, struct arena *a, struct rootfind *out);
/* Nothing in the directory but what a mount point may hold (lost+found, an empty efi, a grub.d). */
bool rootfind_is_bare(const struct root *r, const char *dir);

#endif
