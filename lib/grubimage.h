/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a GRUB 2 image carries: its kernel, modules built in, the embedded configuration and the
 * prefix. The same for a core image of BIOS, once unpacked, and an EFI program.
 *
 *	grubimage_core(arena, plain, len, &img)		from grubcore_unpack()
 *	grubimage_efi(arena, file, len, &img)		a whole grubx64.efi
 *
 * Sources: include/grub/kernel.h (module info and object types), util/mkimage.c; the PE format.
 */
#ifndef BOOTMEND_GRUBIMAGE_H
#define BOOTMEND_GRUBIMAGE_H

#include "lib/grubmodule.h"

struct grubimage {
	struct grubmodule *module; /* those with a name */
	size_t n;
	const char *prefix; /* "/boot/grub", "(,msdos1)/boot/grub"; NULL: none */
	const char *config; /* run before the menu is looked for; NULL: none */
	bool memdisk;	    /* a file system of its own: what else it carries is not known */
	const unsigned char *kernel; /* everything in front of the modules */
	size_t kernel_len;
};

/* -ENOENT: not GRUB, or no modules where they should be. Keeps pointers into data. */
int grubimage_core(struct arena *a, const void *data, size_t len, struct grubimage *out);
int grubimage_efi(struct arena *a, const void *data, size_t len, struct grubimage *out);

bool grubimage_has(const struct grubimage *i, const char *module);
/* The kernel or a module built in has this symbol for others. */
bool grubimage_provides(const struct grubimage *i, const char *symbol);

/*
 * The partition the prefix or the embedded configuration names: "UUID=…" or "LABEL=…" of a search,
 * or "msdos1", "gpt2" of a prefix without a disk: the disk GRUB was started from. NULL: none, or
 * none that can be judged. *dir is the directory of the modules and the menu there.
 */
const char *grubimage_place(const struct grubimage *i, struct arena *a, const char **dir);

#endif
