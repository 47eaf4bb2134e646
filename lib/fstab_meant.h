/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which partition of the patient a line of fstab must mean by the place it mounts at, and who
 * depends on that place.
 */
#ifndef BOOTMEND_FSTAB_MEANT_H
#define BOOTMEND_FSTAB_MEANT_H

#include "lib/devices.h"
#include "lib/facts.h"
#include "lib/fstab.h"

/* Who mounts what fstab names in this system. */
enum fstab_mounter fstab_meant_mounter(const struct root *r, const struct facts *f);
/*
 * The only partition with the role of the line's target (/boot by its content, swap by its
 * signature, the ESP by its type, …), of a type that fits and named by no other line; or NULL.
 */
const struct partition *fstab_meant(const struct devices *d, const struct fstab *tab,
				    const struct fstab_entry *e);
/* x stops the boot when the mount of e does: it is below it, or a bind mount of something below. */
bool fstab_meant_depends(const struct fstab_entry *x, const struct fstab_entry *e);

#endif
