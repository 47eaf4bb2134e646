/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The patient's fstab: lines as libmount parses them, with the numbers of the lines they stand on,
 * and what systemd-fstab-generator(8) would make of each.
 *
 * Source of the rules: systemd src/fstab-generator/fstab-generator.c; fstab(5), getmntent(3).
 */
#ifndef BOOTMEND_FSTAB_H
#define BOOTMEND_FSTAB_H

#include "arena.h"
#include "text.h"

enum critical {
	CRIT_IGNORED,  /* the generator makes nothing of it: API mounts, bad target, noauto */
	CRIT_OPTIONAL, /* local-fs.target.wants, remote-fs.target.* or swap with nofail: no emergency mode */
	CRIT_REQUIRED, /* local-fs.target.requires: if it fails the boot ends in emergency mode */
};

struct fstab_entry {
	size_t line; /* from 1 */
	const char *spec, *target, *type, *options; /* unescaped; "" for a missing field, never NULL */
	int freq, passno;
	bool bad;	  /* libmount cannot parse it */
	bool cr;	  /* ends in CR */
	bool cr_hurts;	  /* the CR lands in a string that systemd uses (fewer than six fields) */
	bool swap, bind, network, nofail, noauto, duplicate; /* duplicate: an earlier line has this target */
	enum critical critical;
};

struct fstab {
	struct fstab_entry *e; /* in file order; comments and blank lines are left out */
	size_t n;
};

void fstab_parse(struct arena *a, const struct text *t, struct fstab *out);
/* option is one of a comma list; *value (may be NULL) points behind '=' or to "" */
bool fstab_option(const char *options, const char *option, const char **value);

#endif
