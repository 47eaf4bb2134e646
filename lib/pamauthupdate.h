/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debian's /etc/pam.d/common-* written anew. These files are not packaged: pam-auth-update makes
 * them from a template in /usr/share/pam and the profiles of /usr/share/pam-configs that are
 * enabled. All of that lies on the disk, so what was lost can be made again without running
 * anything of it.
 *
 *	if (pamauthupdate_make(scan, &mods, "common-auth", &made) == 0)
 *		propose_text_owned(f, "/etc/pam.d/common-auth", made.text, …);
 *
 * Enabled is what /var/lib/pam/TYPE lists, which the tool writes together with common-TYPE; where
 * that is lost too, what debconf remembers; without either, the profiles that are on by default. A
 * person's edits outside the tool are not known here. The results live in the scan's arena.
 *
 * Source: pam-auth-update(8), the specification of its profiles on Ubuntu's wiki
 * (PAMConfigFrameworkSpec), and what the tools of Debian 11 to 13 write (fixtures/pam-auth-update).
 */
#ifndef BOOTMEND_PAMAUTHUPDATE_H
#define BOOTMEND_PAMAUTHUPDATE_H

#include "lib/check.h"
#include "lib/pammodule.h"

enum pamauthupdate_source { PAMAUTHUPDATE_SAVED, PAMAUTHUPDATE_DEBCONF, PAMAUTHUPDATE_DEFAULTS };

struct pamauthupdate {
	const char *text;
	size_t len;
	enum pamauthupdate_source source;
	const char *left_out; /* "profile 'x', whose module …"; NULL: nothing is */
};

/*
 * name: "common-auth" and its kin. -ENOENT: this system has no template or no profile for it;
 * -EINVAL: the template lacks its marks, or a profile has a line nobody can read.
 */
int pamauthupdate_make(struct scan *s, const struct pammodules *mods, const char *name,
		       struct pamauthupdate *out);
/* When the tool last wrote that file, as far as /var/lib/pam tells; 0: not known. */
time_t pamauthupdate_when(struct scan *s, const char *name);

#endif
