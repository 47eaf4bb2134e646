/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One GRUB 2 module (normal.mod): a relocatable ELF file of 32 or 64 bits with its name and what it
 * needs in sections of their own.
 *
 * Sources: grub-core/kern/dl.c, grub-core/genmod.sh.in; elf(5).
 */
#ifndef BOOTMEND_GRUBMODULE_H
#define BOOTMEND_GRUBMODULE_H

#include "lib/arena.h"

struct grubmodule {
	const char *name;	     /* NULL: it does not say */
	const char *const *needs;    /* modules, NULL-terminated */
	const char *const *wants;    /* symbols it uses and does not have, NULL-terminated */
	const char *const *provides; /* symbols others may use, NULL-terminated */
};

/* Copies what it keeps. -EINVAL: no module, or not a whole one. */
int grubmodule_parse(struct arena *a, const void *data, size_t len, struct grubmodule *out);

#endif
