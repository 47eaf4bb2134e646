/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What boots when nobody touches a key, and how to make something else boot: for grub.cfg, for BLS
 * entries and for GRUB legacy alike.
 *
 *	loader_read(scan, &l)		the menu and what chooses from it
 *	loader_default(scan)		the entry that boots; NULL: cannot be told
 *	propose_default(f, scan, k)	a proposal that makes kernel k boot; false: none can be made
 *	propose_newest(f, scan)		the same for the newest kernel for which one can be made
 *
 * Two checks that call propose_default() for the same kernel propose identical edits.
 *
 * Sources: util/grub.d/00_header.in (default, saved_entry, next_entry); blscfg.c; GRUB 0.97.
 */
#ifndef BOOTMEND_LOADER_DEFAULT_H
#define BOOTMEND_LOADER_DEFAULT_H

#include "lib/bls.h"
#include "lib/grubcfg.h"
#include "lib/grubenv.h"
#include "lib/grublegacy.h"

enum loader_kind { LOADER_NONE, LOADER_GRUB2, LOADER_BLS, LOADER_LEGACY };

struct boot_choice;

struct loader {
	enum loader_kind kind;
	const struct text *cfg_text; /* grub.cfg or grub.conf; NULL: absent or unreadable */
	struct grubcfg cfg;
	struct grublegacy legacy;
	const struct text *env_text; /* grubenv; NULL: absent or unreadable */
	struct grubenv env;	     /* usable for writing too when env_text is NULL */
	bool env_loaded;	     /* GRUB can read the block */
	struct bls bls;
	/* What the entries boot, of all menus; loader_entry() fills it once. */
	const struct boot_choice **choice;
	size_t choices, choices_cap;
};

void loader_read(struct scan *s, struct loader *out);

/* What one entry boots, paths as the patient's root has them, links followed. */
struct boot_choice {
	const char *kernel; /* "/boot/vmlinuz-…"; NULL: not known */
	const char *initrd; /* the last one of several; NULL: none is named */
	const char *title;
	const char *args; /* kernel command line, as the kernel gets it; NULL: not known */
	const struct text *text;
	size_t line; /* of the kernel */
};

const struct boot_choice *loader_default(struct scan *s);
/* The same for a loader that was read already. bls: which BLS entry it is; NULL: none. */
const struct boot_choice *loader_choice(struct scan *s, const struct loader *l,
					const struct bls_entry **bls);
/* The kernel of facts that boots by default: of the default entry, else the newest image. */
const struct kernel *loader_default_kernel(struct scan *s);

/* The first entry of the menu that loads this kernel's image; NULL: none does. */
const struct boot_choice *loader_entry(struct scan *s, struct loader *l, const struct kernel *k);

bool propose_default(struct finding *f, struct scan *s, const struct kernel *k);
/* Complete kernels only, and those whose entry names what is there. */
bool propose_newest(struct finding *f, struct scan *s);
/* The environment block with one variable set; false: no block that could be written. */
bool propose_grubenv(struct finding *f, struct scan *s, const struct loader *l, const char *name,
		     const char *value);

#endif
