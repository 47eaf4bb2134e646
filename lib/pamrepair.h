/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a lost or emptied file of /etc/pam.d can be had again: the link it was, a copy somewhere
 * on this root, what it was made from, or a plain file that asks pam_unix for the password.
 *
 * Source: authconfig(8), authselect(8) and pam-config(8) for the links and their copies,
 * pam-auth-update(8) for Debian's common-* files.
 */
#ifndef BOOTMEND_PAMREPAIR_H
#define BOOTMEND_PAMREPAIR_H

#include "lib/pamview.h"

enum pamrepair_kind {
	PAMREPAIR_NONE,
	PAMREPAIR_LINK,
	PAMREPAIR_COPY,
	PAMREPAIR_MADE,	   /* from the system's own templates, as its own tool would */
	PAMREPAIR_SIBLING, /* a file of another name that holds the same on most systems */
	PAMREPAIR_PLAIN,
};

struct pamrepair {
	enum pamrepair_kind kind;
	const char *value; /* the link's target, the path to copy, the file's text */
	const char *note;  /* what the repaired file will lack; NULL: nothing */
};

/* PAMREPAIR_MISSING: nothing stands at path, so a link may be put there. */
enum pamrepair_state { PAMREPAIR_MISSING, PAMREPAIR_EMPTY };
void pamrepair_find(const struct pamview *v, const char *path, enum pamrepair_state state,
		    struct pamrepair *out);
/* It needs no asking. */
bool pamrepair_is_safe(const struct pamrepair *r);
/* What then stands at path; NULL when that is not known. */
const struct text *pamrepair_text(const struct pamview *v, const char *path,
				  const struct pamrepair *r);

#endif
