/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mdadm.conf: its logical lines (one that begins with a blank continues the one above) as far as
 * they decide which arrays are put together, with the lines they stand on.
 *
 *	mdadmconf_parse(arena, text, &c)
 *
 * Keywords may be cut to three letters, and their case does not matter. Source: mdadm.conf(5),
 * mdadm config.c.
 */
#ifndef BOOTMEND_MDADMCONF_H
#define BOOTMEND_MDADMCONF_H

#include "lib/text.h"

enum mdadmconf_kind { MDADM_DEVICE, MDADM_ARRAY, MDADM_AUTO };

struct mdadmconf_line {
	enum mdadmconf_kind kind;
	size_t first, last; /* lines of the text */
	const char **word;  /* behind the keyword, quotes taken away */
	size_t n;
	/* of an ARRAY */
	const char *device; /* "/dev/md0", "md0", "<ignore>"; NULL: none */
	const char *uuid; /* 32 hexadecimal digits in lower case; NULL: none, or none that is one */
};

struct mdadmconf {
	struct mdadmconf_line *line;
	size_t n, cap;
};

void mdadmconf_parse(struct arena *a, const struct text *t, struct mdadmconf *out);
/* The digits of a UUID however it is written, in lower case; NULL: not 32 of them. */
const char *mdadmconf_uuid(struct arena *a, const char *s);

#endif
