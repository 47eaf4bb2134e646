/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of a BLS entry that stand elsewhere: RHEL 8 and its kin keep "options $kernelopts", and
 * the words themselves in GRUB's environment block, with a copy in grub.cfg for when it is lost.
 *
 *	loader_opts_read(&l, &o)		which of the two counts, and where it stands
 *	loader_opts_args(scan, &l, entry)	the command line as the kernel gets it
 *	loader_opts_replace(f, scan, &l, &o, word, with)
 *
 * Sources: blscfg.c and 10_linux.in of RHEL's and Fedora's GRUB.
 */
#ifndef BOOTMEND_LOADER_OPTS_H
#define BOOTMEND_LOADER_OPTS_H

#include "lib/loader_default.h"

struct loader_opts {
	const char *value;	 /* of kernelopts; NULL: nothing sets it */
	const struct text *text; /* that it is from, and the line; NULL with value NULL */
	size_t line;
	bool in_env; /* the environment block, else grub.cfg */
};

void loader_opts_read(const struct loader *l, struct loader_opts *out);
/*
 * Its options with $kernelopts and $tuned_params filled in, where nothing sets them with nothing;
 * what default_kernelopts says for an entry without options. NULL: there is no command line at all.
 */
const char *loader_opts_args(struct scan *s, const struct loader *l, const struct bls_entry *e);
/* The words of kernelopts become value; false: nothing was proposed. */
bool loader_opts_propose(struct finding *f, struct scan *s, const struct loader *l,
			 const struct loader_opts *o, const char *value);
/* The same with these words taken out. */
bool loader_opts_without(struct finding *f, struct scan *s, const struct loader *l,
			 const struct loader_opts *o, const char *const *words, size_t n);

#endif
