/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /etc/default/grub and /etc/default/grub.d: shell assignments that grub-mkconfig sources.
 *
 *	grubdefaults_read(root, arena, &d)	or, for one text after the other,
 *	grubdefaults_parse(arena, text, &d)
 *	grubdefaults_get(&d, "GRUB_DEFAULT")	the last assignment wins
 *
 * Nothing is executed: $(…) and `…` make a value unknown. $NAME of an earlier assignment is
 * filled in.
 *
 * Source: util/grub-mkconfig.in; POSIX shell command language 2.2, 2.3.
 */
#ifndef BOOTMEND_GRUBDEFAULTS_H
#define BOOTMEND_GRUBDEFAULTS_H

#include "lib/root.h"
#include "lib/text.h"

struct grubdefault {
	const char *name;
	const char *value; /* quotes taken away */
	bool unknown;	   /* holds what only a shell could tell */
	const struct text *text;
	size_t line, last_line; /* more than one for a value with newlines in it */
};

struct grubdefaults {
	struct grubdefault *d;
	size_t n, cap;
};

/* Appends what the text assigns. */
void grubdefaults_parse(struct arena *a, const struct text *t, struct grubdefaults *out);
/* /etc/default/grub, then /etc/default/grub.d (*.cfg); what cannot be read is left out. */
void grubdefaults_read(const struct root *r, struct arena *a, struct grubdefaults *out);
/* NULL: not assigned, or its value is unknown. */
const struct grubdefault *grubdefaults_get(const struct grubdefaults *d, const char *name);

#endif
