/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text LVM keeps its metadata in: sections in braces, `name = value` lines, lists in brackets.
 * The text is the disk's: every count in it is bounded, and what is not understood is an error.
 *
 *	lvmtext_parse(), then lvmtext_find() and the readers below on what it found
 *
 * Source of the format: lvm.conf(5) (the same grammar), lvm2 lib/config and lib/format_text.
 */
#ifndef BOOTMEND_LVMTEXT_H
#define BOOTMEND_LVMTEXT_H

#include "lib/arena.h"

/* A section, or a value: its first, and its further ones where it is a list. */
struct lvmtext {
	const char *name;
	const struct lvmtext *child; /* of a section, in the order written */
	const struct lvmtext *next;
	const char **value; /* as text, without quotes; NULL-terminated; NULL: a section */
	size_t n;
};

/* The top level as a section without a name. -EINVAL: not such a text; -E2BIG: too much of it. */
int lvmtext_parse(struct arena *a, const char *s, size_t len, const struct lvmtext **out);
/* The entry of that name right below; NULL: none. */
const struct lvmtext *lvmtext_find(const struct lvmtext *t, const char *name);
const struct lvmtext *lvmtext_section(const struct lvmtext *t, const char *name);
/* The one value of an entry; NULL, or false: there is none such. */
const char *lvmtext_word(const struct lvmtext *t, const char *name);
bool lvmtext_number(const struct lvmtext *t, const char *name, uint64_t *out);
/* The list of that name has that word. */
bool lvmtext_has(const struct lvmtext *t, const char *name, const char *word);

#endif
