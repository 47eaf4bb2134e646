/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The open files that pam_limits hands out at a login: what is above the kernel's fs.nr_open
 * cannot be set, and then the session fails.
 *
 *	limitsconf_read(scan, &l)
 *
 * Source: limits.conf(5), pam_limits(8).
 */
#ifndef BOOTMEND_LIMITSCONF_H
#define BOOTMEND_LIMITSCONF_H

#include "lib/check.h"

#define LIMITSCONF_FILES_MAX 256u
#define LIMITSCONF_LINE_MAX 1024u /* bytes; no rule is as long */

struct limitsconf {
	uint64_t nofile; /* the highest hard limit given as a number; 0: none is */
	const char *who; /* to whom, as written; NULL: to nobody */
};

void limitsconf_read(struct scan *s, struct limitsconf *out);

#endif
