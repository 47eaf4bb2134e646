/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GRUB legacy's grub.conf or menu.lst: titles and what they load, with line numbers.
 *
 *	grublegacy_parse(arena, text, &menu)	never fails
 *
 * Lines of the Debian automagic block ("# kopt=…", "# groot=…") are comments and stay out of it.
 *
 * Sources: GRUB 0.97 manual (Commands), stage2/builtins.c; Ubuntu's pv-grub menu.lst (uuid).
 */
#ifndef BOOTMEND_GRUBLEGACY_H
#define BOOTMEND_GRUBLEGACY_H

#include "lib/devices.h"
#include "lib/text.h"

#define GRUBLEGACY_NONE ((size_t)-1)

struct grublegacy_file {
	const char *word;   /* as written: "/boot/vmlinuz-2.6.32", "(hd0,0)/boot/initrd" */
	const char *device; /* "(hd0,0)" in front of the path, without brackets; NULL: none */
	const char *path;
	size_t line;
};

struct grublegacy_entry {
	const char *title;
	size_t line, last_line; /* title … the last line before the next title that is no comment */
	const char *root;	/* "hd0,0" of root or rootnoverify; NULL: none */
	size_t root_line;
	const char *uuid; /* of Ubuntu's uuid command; NULL: none */
	size_t uuid_line;
	struct grublegacy_file kernel; /* ->path NULL: none. Xen: the first module */
	const char *args;	       /* kernel command line; "" for none */
	struct grublegacy_file *initrd;
	size_t initrds;
	bool chain; /* chainloader, configfile: another system's loader */
};

struct grublegacy {
	const struct text *text;
	struct grublegacy_entry *entry;
	size_t entries;
	bool default_saved;   /* default=saved */
	bool default_bad;     /* neither a number nor "saved" */
	uint64_t def;	      /* 0 when there is no line */
	size_t def_line;      /* 0: none */
	const char *def_text; /* as written; NULL: none */
	const char *root;     /* root before the first title; NULL: none */
	bool more;	      /* a configfile before the first title: another file is the menu */
	bool cut;	      /* a bound was hit */
	size_t commands;      /* lines that are not blank or comments */
};

void grublegacy_parse(struct arena *a, const struct text *t, struct grublegacy *out);

/* "hd0,0": partitions counted from 0; "hd0": the whole disk. As grubcfg_device(). */
enum spec_match grublegacy_device(const struct devices *d, const char *name,
				  const struct partition **out);

#endif
