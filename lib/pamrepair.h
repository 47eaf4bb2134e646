/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a lost or emptied file of /etc/pam.d can be had again: the link it was, a copy somewhere
 * on this root, or a plain file that asks pam_unix for the password.
 *
 * Source: authconfig(8) and authselect(8) for the links and their copies, pam-auth-update(8) for
 * the shape of Debian's common-* files.
 */
#ifndef BOOTMEND_PAMREPAIR_H
#define BOOTMEND_PAMREPAIR_H

#include "lib/pamview.h"

enum pamrepair_kind {
	PAMREPAIR_NONE,
	PAMREPAIR_LINK,
	PAMREPAIR_COPY,
	PAMREPAIR_SIBLING, /* a file of another name that holds the same on most systems */
	PAMREPAIR_PLAIN,
};

struct pamrepair {
	enum pamrepair_kind kind;
	const char *value; /* the link's target, the path to copy, the plain file's text */
};

/* PAMREPAIR_MISSING: nothing stands at path, so a link may be put there. */
enum pamrepair_state { PAMREPAIR_MISSING, PAMREPAIR_EMPTY };
void pamrepair_find(const struct pamview *v, const char *path, enum pamrepair_state state,
		    struct pamrepair *out);

#endif
