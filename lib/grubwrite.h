/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A boot menu written anew, from the kernels that are there, for a system whose grub.cfg, grub.conf
 * or menu.lst is lost. Good enough to boot; the patient's own tools make the full one afterwards.
 *
 *	grubwrite_make(&at, kind, &w)	0, or -errno with w.why saying what is not known
 *
 * Sources: GRUB manual (Simple configuration; Commands), GRUB 0.97 manual, Boot Loader
 * Specification; which modules a disk needs: grub-core/Makefile.core.def.
 */
#ifndef BOOTMEND_GRUBWRITE_H
#define BOOTMEND_GRUBWRITE_H

#include "lib/bootmenu.h"

enum grubwrite_kind {
	GRUBWRITE_GRUB2,  /* a menuentry for each complete kernel */
	GRUBWRITE_BLS,	  /* grub.cfg that leaves the menu to /boot/loader/entries */
	GRUBWRITE_LEGACY, /* grub.conf or menu.lst */
};

struct grubwrite {
	const char *data; /* the file */
	size_t len;
	size_t kernels;	  /* how many it offers; 0 for BLS */
	const char *args; /* the old command line, without root= */
	const char *from; /* where it was found; NULL: nowhere, only ro is used */
	const char *why;  /* what kept it from being written */
};

int grubwrite_make(const struct bootmenu_at *at, enum grubwrite_kind kind, struct grubwrite *out);

/*
 * The command line the patient was booted with before, as far as the disk still knows: from
 * /etc/default/grub, grubenv's kernelopts, the newest BLS entry, or the kernel's own line in a log.
 * Without root=, BOOT_IMAGE= and the words of a rescue. *from names the source; NULL and "" when
 * none.
 */
const char *grubwrite_old_args(const struct bootmenu_at *at, const char **from);

#endif
