/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GRUB 2's core image for BIOS as it lies on a disk: between the boot sector and the first
 * partition, in a BIOS boot partition, or wherever the boot sector says.
 *
 *	grubcore_read(&disk, sector, arena, &core)	follows its own block list
 *	grubcore_compare(&core, file, len, &diff)	against core.img it was installed from
 *	grubcore_unpack(&core, arena, &b)		kernel and modules, see lib/grubimage.h
 *
 * The first sector loads the others by a list of blocks at its end. Behind that stand the
 * decompressor, the compressed kernel with its modules, and Reed-Solomon codes that mend damage
 * at each start.
 *
 * Sources: grub-core/boot/i386/pc/{diskboot,startup_raw}.S, include/grub/offsets.h,
 * util/setup.c (what installation patches), util/mkimage.c, grub-core/lib/reed_solomon.c.
 */
#ifndef BOOTMEND_GRUBCORE_H
#define BOOTMEND_GRUBCORE_H

#include "lib/arena.h"
#include "lib/reader.h"

#define GRUBCORE_MAX (1u << 20) /* it must fit below 640 KiB of memory */

struct grubcore {
	const unsigned char *data;
	size_t len;		/* whole sectors, redundancy included */
	size_t exact;		/* without redundancy; 0: not known */
	size_t list;		/* where the block list begins in the first sector */
	uint32_t packed, plain; /* length of kernel and modules, compressed and not */
	uint32_t redundancy;	/* bytes; 0: none */
	uint32_t no_redundancy; /* bytes behind the first sector that it does not protect */
};

/*
 * -ENOENT: no core image begins there. -EUCLEAN: one does, but its block list makes no sense.
 * -ERANGE: it leads behind the end of the disk.
 */
int grubcore_read(const struct reader *disk, uint64_t sector, struct arena *a,
		  struct grubcore *out);

struct grubcore_diff {
	bool other;    /* not installed from this file: nothing else is set */
	size_t bytes;  /* that differ, but for what installation patches */
	size_t first;  /* the first of them */
	bool mendable; /* few enough for the redundancy, in what it protects */
};

void grubcore_compare(const struct grubcore *c, const void *file, size_t len,
		      struct grubcore_diff *out);

/* -EUCLEAN: it does not decompress to what it says. */
int grubcore_unpack(const struct grubcore *c, struct arena *a, struct bytes *out);

#endif
