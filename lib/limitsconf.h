/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What pam_limits hands out at a login: the open files, of which the kernel gives no more than
 * fs.nr_open (the session fails then, but not on Debian), and the rules as they stand in its files.
 *
 *	limitsconf_read(scan, &l)
 *	limitsconf_rules(scan, &rules)
 *	limitsconf_module(scan, &m)	what the patient's own module does about it
 *
 * Source: limits.conf(5), pam_limits(8); Linux-PAM modules/pam_limits/pam_limits.c and Debian's
 * changes to it.
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

#define LIMITSCONF_RULES_MAX 4096u

struct limitsconf_rule {
	const char *who, *type, *item, *value; /* as written */
	const struct text *text;
	size_t line, value_at; /* where in the line the value begins, in bytes */
};

struct limitsconf_rules {
	struct limitsconf_rule *v; /* in the order they are read; of equal ones the last counts */
	size_t n, cap;
};

void limitsconf_rules(struct scan *s, struct limitsconf_rules *out);

struct limitsconf_module {
	bool knows_nr_open; /* it takes "unlimited" files for fs.nr_open */
	bool goes_on;	    /* it begins the session although the kernel refuses a limit */
};

/* Where it is not found, it is taken to be as others are. */
void limitsconf_module(const struct scan *s, struct limitsconf_module *out);

#endif
