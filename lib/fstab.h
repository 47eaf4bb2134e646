/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The patient's fstab: lines as libmount parses them, with the numbers of the lines they stand on,
 * and what systemd-fstab-generator(8) would make of each.
 *
 *	fstab_parse(arena, text, &tab)		every line that is no comment and not blank
 *	fstab_critical_for(&tab.e[i], how)	what the boot does when that mount fails
 *	fstab_replace_field(), fstab_tolerate()	the line with one column changed, spacing kept
 *
 * The two readers disagree (a line of two columns, a CR behind the fourth): ->bad is libmount's
 * view, ->critical and ->pulled_by are made from what getmntent(3) hands to systemd.
 *
 * Source of the rules: systemd src/fstab-generator/fstab-generator.c; fstab(5), getmntent(3);
 * rc.sysinit of RHEL 6 (fsck -A, then mount -a); mountall(8) of Ubuntu 12.04.
 */
#ifndef BOOTMEND_FSTAB_H
#define BOOTMEND_FSTAB_H

#include "lib/arena.h"
#include "lib/text.h"

enum critical {
	CRIT_IGNORED,  /* the generator makes nothing of it: API mounts, bad target, noauto */
	CRIT_OPTIONAL, /* local-fs.target.wants, remote-fs.target.*, any swap: no emergency mode */
	CRIT_REQUIRED, /* local-fs.target.requires: if it fails the boot ends in emergency mode */
};

struct fstab_entry {
	size_t line; /* from 1 */
	/* unescaped, without a CR at the end; "" for a missing field, never NULL */
	const char *spec, *target, *type, *options;
	const char *where; /* the target as systemd simplifies it; "" when it is no path */
	int freq, passno;
	size_t fields;	     /* columns; a comment behind the third one is none */
	const char *trouble; /* what is wrong with a bad line, in a few words; NULL when not bad */
	bool bad;	     /* libmount cannot parse it, or a byte in it that no reader can want */
	bool seen;	     /* getmntent(3) returns it */
	bool cr;	     /* ends in CR */
	bool cr_hurts;	     /* the CR changes what systemd makes of the line */
	bool swap, bind, network, nofail, noauto, automount;
	bool duplicate; /* an earlier line has this target */
	enum critical critical;
	const char *pulled_by; /* "local-fs.target.requires …": the unit directories; "" none */
};

struct fstab {
	struct fstab_entry *e; /* in file order; comments and blank lines are left out */
	size_t n;
	bool cut; /* there are more than FSTAB_ENTRIES_MAX */
};

/* Lines beyond are not looked at: libmount reads each by itself. */
#define FSTAB_ENTRIES_MAX 2000u

void fstab_parse(struct arena *a, const struct text *t, struct fstab *out);
/* option is one of a comma list; *value (may be NULL) points behind '=' or to "" */
bool fstab_option(const char *options, const char *option, const char **value);

/* Who mounts what fstab names, and so what a failing line does to the boot. */
enum fstab_mounter {
	FSTAB_SYSTEMD,
	FSTAB_MOUNTALL,	  /* Ubuntu's upstart jobs: waits for every line that is not nobootwait */
	FSTAB_FSCK_MOUNT, /* rc scripts: a failing fsck ends in a shell, a failing mount does not */
	FSTAB_LENIENT,	  /* OpenRC, busybox: neither stops the boot */
};
enum critical fstab_critical_for(const struct fstab_entry *e, enum fstab_mounter how);
/* The line already says that its device may be missing, in all the words fstab_tolerate() knows. */
bool fstab_is_tolerant(const struct fstab_entry *e, enum fstab_mounter how);

/* The target as systemd would simplify it: one leading slash, none doubled, no "." and ".." parts.
 */
const char *fstab_simplify(struct arena *a, const char *target);
/* One of the mounts that systemd makes itself and takes from no fstab. */
bool fstab_is_api_mount(const char *target);

/* --- edits of one raw line (without newline; a CR at its end stays) --- */

enum fstab_field {
	FSTAB_SPEC = 1,
	FSTAB_TARGET,
	FSTAB_TYPE,
	FSTAB_OPTIONS,
	FSTAB_FREQ,
	FSTAB_PASSNO
};

/*
 * Column `field` becomes value (blanks in it are escaped); all other bytes stay. Columns missing
 * before it get "auto", "defaults" and 0, in front of a comment that follows.
 */
const char *fstab_replace_field(struct arena *a, const char *raw, enum fstab_field field,
				const char *value);
/* The options as they stand in the line, escapes and all; "defaults" when there is no such column.
 */
const char *fstab_raw_options(struct arena *a, const char *raw);
/* The comma list with the words of more added that it does not have. */
const char *fstab_add_options(struct arena *a, const char *options, const char *more);
/* The comma list without this word, "defaults" when nothing is left. */
const char *fstab_drop_option(struct arena *a, const char *options, const char *word);
/* The line with what lets the boot go on without its device. */
const char *fstab_tolerate(struct arena *a, const char *raw, const struct fstab_entry *e,
			   enum fstab_mounter how);

#endif
