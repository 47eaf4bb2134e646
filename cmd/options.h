/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options through popt, with what every command wants of it: a full --help, and an unknown option
 * answered with the nearest one.
 */
#ifndef BOOTMEND_OPTIONS_H
#define BOOTMEND_OPTIONS_H

#include <popt.h>

#include "lib/arena.h"

struct arguments {
	const char **words; /* what is no option, NULL-terminated; in the arena */
	size_t n;
};

/* 0, or the status to end with at once (STATUS_USAGE, or STATUS_OK after --help). */
#define OPTIONS_GO (-1)
int options_parse(int argc, const char **argv, const struct poptOption *table, const char *usage,
		  struct arena *a, struct arguments *out);

/* "a,b,c" as a NULL-terminated list in the arena; NULL for NULL. */
const char *const *options_list(struct arena *a, const char *s);

#endif
