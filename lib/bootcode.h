/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The boot code in the first sector of a disk or partition: whose it is, and for GRUB 2 where it
 * goes on.
 *
 *	bootcode_look(sector, &b)
 *	bootcode_compare(sector, img)	against the boot.img it was made from
 *	bootcode_resembles(sector, img)	it was made from that, and something overwrote a part
 *
 * Sources: grub-core/boot/i386/pc/boot.S and include/grub/i386/pc/boot.h (offsets), util/setup.c
 * (what installation patches), GRUB 0.97 stage1/stage1.h, syslinux mbr/, libparted/labels/dos.c,
 * LILO's first.S; first bytes as seen on disks.
 */
#ifndef BOOTMEND_BOOTCODE_H
#define BOOTMEND_BOOTCODE_H

#include "lib/util.h"

#define BOOTCODE_SECTOR 512u
#define BOOTCODE_LEN 440u /* code; then come disk signature, partition table and 55 AA */

enum bootcode_kind {
	BOOTCODE_NONE,	      /* nothing, or nothing a BIOS would start */
	BOOTCODE_GRUB2,	      /* GRUB 1.97 and newer */
	BOOTCODE_GRUB_LEGACY, /* GRUB 0.9x */
	BOOTCODE_ACTIVE,      /* starts the active partition's boot sector: DOS, syslinux, parted */
	BOOTCODE_OTHER,	      /* something else: LILO, a boot manager, a file system's own */
};

struct bootcode {
	enum bootcode_kind kind;
	bool signature; /* 55 AA at the end */
	/* GRUB 2 */
	uint64_t core;	 /* sector the core image begins in */
	unsigned drive;	 /* BIOS drive it is read from; 0xff: the one it was started from */
	bool since_2_00; /* laid out as by GRUB 2.00 and newer */
};

/* sector and img: BOOTCODE_SECTOR bytes. */
void bootcode_look(const unsigned char *sector, struct bootcode *out);
/*
 * How many bytes of the code differ from boot.img's, but for those that installation patches; the
 * first of them in *first.
 */
size_t bootcode_compare(const unsigned char *sector, const unsigned char *img, size_t *first);

/*
 * Most of what img has for code stands in the sector, where no signature of GRUB is left: damaged
 * code, not that of another loader. img: boot.img of GRUB 2, or stage1 of GRUB legacy.
 */
bool bootcode_resembles(const unsigned char *sector, const unsigned char *img);
/* The sector as that of GRUB 2, whatever its signature says. */
void bootcode_take_as_grub2(const unsigned char *sector, struct bootcode *out);

#endif
