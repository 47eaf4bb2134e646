/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Boot Loader Specification entries as GRUB's blscfg reads them: /boot/loader/entries/ID.conf.
 *
 *	bls_gather(scan, &bls)		all entries of the patient, in the order of the menu
 *	bls_parse(arena, text, id, &e)	one of them
 *
 * blscfg stops at the first line that is not "key value" (an empty one, or a key alone); what
 * comes behind is lost. Lines that begin with '#' are passed over. The first of a key counts but
 * for initrd, of which there may be several. Entries without linux are no menu entries.
 *
 * Sources: Boot Loader Specification; blscfg.c of Fedora's and RHEL's GRUB.
 */
#ifndef BOOTMEND_BLS_H
#define BOOTMEND_BLS_H

#include "lib/check.h"

struct bls_field {
	const char *value; /* NULL: none */
	size_t line;
};

struct bls_entry {
	const char *id; /* the file's name without .conf */
	const struct text *text;
	struct bls_field title, version, kernel, options;
	struct bls_field other; /* efi, uki: an entry that starts no Linux by itself */
	struct bls_field *initrd;
	size_t initrds, initrds_cap;
	size_t stop;	  /* the line reading stopped at; 0: the end of the file */
	const char *lost; /* the first known key behind it; NULL: nothing was lost */
};

struct bls {
	struct bls_entry *e; /* first in the menu first */
	size_t n, cap;
};

void bls_parse(struct arena *a, const struct text *t, const char *id, struct bls_entry *out);
void bls_gather(struct scan *s, struct bls *out);
/* Menu order: name, version and release of the file's name compared as rpm does, highest first. */
int bls_compare(const char *id_a, const char *id_b);

/*
 * A path of an entry as the patient's root has it: entries are relative to the file system that
 * holds /boot. Links followed, so that it can be compared with struct kernel's paths.
 */
const char *bls_path(struct scan *s, const char *path);
/* How the loader must be told of "/boot/…": the other way round; NULL when that cannot be known. */
const char *bls_unpath(struct scan *s, const char *path);

/* $name and ${name} replaced; value NULL: not set, which is nothing, as in GRUB. */
const char *bls_expand(struct arena *a, const char *s, const char *name, const char *value);
/* s uses $name or ${name}. */
bool bls_uses(const char *s, const char *name);

#endif
