/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The insides of initramfs images as far as a scan looks into them, each read once.
 *
 * A scan does not unpack every image of /boot: that is 0.2 s for each, more than all the rest of
 * it. It unpacks the one of the kernel that boots, since a boot takes it whole too, and before it
 * proposes to boot another kernel that one's. Of the others only the first bytes count
 * (lib/kernel_image.h). `bootmend info --kernels` reads them all.
 */
#ifndef BOOTMEND_INITRAMFS_SCAN_H
#define BOOTMEND_INITRAMFS_SCAN_H

#include "lib/check.h"
#include "lib/initramfs.h"

/* NULL: it has none, or by its first bytes already it is none. */
const struct initramfs *scan_initramfs(struct scan *s, const struct kernel *k);
/* Why its kernel cannot use it, as far as only its inside shows; NULL: nothing is known. */
const char *scan_initramfs_fault(struct scan *s, const struct kernel *k);
/* Nothing is known against booting it: complete, and its initramfs can be used and is its own. */
bool scan_kernel_is_sound(struct scan *s, const struct kernel *k);

#endif
