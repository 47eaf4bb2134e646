/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Settings of lvm.conf with the lines they stand on, so that one can be taken out; and its filters.
 * (What LVM keeps on the disk in the same grammar is lib/lvmtext.h's: nobody edits that.)
 *
 *	lvmconf_parse(arena, text, &c)			every setting, in file order
 *	v = lvmconf_find(&c, "devices/global_filter")	the last of that name: LVM takes that
 *	lvmconf_filter(v, "/dev/sda2")			what a filter says of a device
 *
 * The text is the disk's: every count is bounded, and reading ends where it is not understood.
 *
 * Source: lvm.conf(5); lvm2 libdm/libdm-config.c (grammar), lib/filters/filter-regex.c (patterns).
 */
#ifndef BOOTMEND_LVMCONF_H
#define BOOTMEND_LVMCONF_H

#include "lib/text.h"

struct lvmconf_value {
	const char *name;   /* "devices/filter": sections in front of it */
	size_t first, last; /* lines, from the name to the end of the value */
	bool alone;	    /* nothing else stands on these lines but blanks and comments */
	const char **word;  /* without quotes and escapes */
	size_t n;	    /* 1 for a plain value, 0 for an empty list */
};

struct lvmconf {
	struct lvmconf_value *v;
	size_t n, cap;
	size_t bad_line; /* where it is not understood; 0: read to its end */
};

void lvmconf_parse(struct arena *a, const struct text *t, struct lvmconf *out);
const struct lvmconf_value *lvmconf_find(const struct lvmconf *c, const char *name);

enum lvmconf_verdict {
	LVMCONF_ACCEPTED, /* also where no pattern matches */
	LVMCONF_REJECTED,
	LVMCONF_UNKNOWN, /* a pattern is none, or one that is not tried */
};
/* By this name alone; the first pattern that matches decides. */
enum lvmconf_verdict lvmconf_filter(const struct lvmconf_value *v, const char *device);
/* Some pattern is for names that a device has besides the kernel's: /dev/disk/by-id/…, mpath. */
bool lvmconf_filter_has_links(const struct lvmconf_value *v);

#endif
