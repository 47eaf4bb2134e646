/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A whole options column: the words in it that the file system will refuse, and the column without.
 * What each word is worth is in lib/fstab_words.h.
 */
#ifndef BOOTMEND_FSTAB_OPTIONS_H
#define BOOTMEND_FSTAB_OPTIONS_H

#include "lib/arena.h"

struct fstab_odd {
	const char *told;    /* what is wrong with them, in one line */
	const char *becomes; /* the whole column, put right */
	size_t n;	     /* 0: nothing odd */
};

/* Slips of the pen, and options that this type does not know. */
struct fstab_odd fstab_options_odd(struct arena *a, const char *options, const char *type);
/* The column without the options that this type does not know. */
const char *fstab_options_without_foreign(struct arena *a, const char *options, const char *type);

#endif
