/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is all of an x86 kernel as it was built? The build of Linux 2.6.25 to 6.14 ends an image with a
 * CRC-32 of it; what signing it writes into its headers and behind it is left out here, so that
 * signed and unsigned images agree.
 *
 *	kernel_sum(root, path)		reads the whole file (10 MB or so)
 *	scan_kernel_fault(scan, k)	why a kernel whose headers are sound cannot boot all the
 *					same, in the arena; NULL: nothing is known
 *	scan_kernel_doubt(scan, k)	why it may be that it cannot; NULL where it has a fault
 *
 * Some builder may leave the sum out or change an image afterwards: a wrong one alone is no fault
 * to a scan, only beside another kernel of the same system and the same upstream version whose sum
 * is right; beside one of another version it is a doubt. Linux 6.15 has zeros in its place, and so
 * has an older series that took its change. Each file is read once in a scan.
 *
 * Sources: Linux Documentation/arch/x86/boot.rst ("The image checksum", offsets of the header),
 * arch/x86/boot/tools/build.c, arch/x86/boot/header.S, arch/x86/boot/compressed/vmlinux.lds.S (what
 * 6.15 keeps free); Microsoft's PE format (CheckSum, certificate table). That it holds for signed
 * images was seen on Debian's.
 */
#ifndef BOOTMEND_KERNEL_SUM_H
#define BOOTMEND_KERNEL_SUM_H

#include "lib/check.h"

enum kernel_sum {
	KERNEL_SUM_NONE, /* another format or age, or it cannot be read */
	KERNEL_SUM_GOOD,
	KERNEL_SUM_WRONG,
};

enum kernel_sum kernel_sum(const struct root *r, const char *path);
const char *scan_kernel_fault(struct scan *s, const struct kernel *k);
const char *scan_kernel_doubt(struct scan *s, const struct kernel *k);

#endif
