/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line of fstab that some reader does not take as it was meant: what is wrong with it, and the
 * one small change that makes it a line again.
 *
 *	if (fstab_trouble(a, &e, devices))
 *		fixed = fstab_repair(a, &text->line[e.line - 1], devices);
 *
 * NULL: there is no single answer.
 *
 * A change is only offered when the result is sound and no other change of the kind is.
 */
#ifndef BOOTMEND_FSTAB_REPAIR_H
#define BOOTMEND_FSTAB_REPAIR_H

#include "lib/devices.h"
#include "lib/fstab.h"

/* What is wrong with the line as a line, in a few words; NULL: nothing. */
const char *fstab_trouble(struct arena *a, const struct fstab_entry *e, const struct devices *d);
const char *fstab_repair(struct arena *a, const struct line *l, const struct devices *d);

#endif
