/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether what a path shows now is what the running system will find there, and what is found.
 *
 * Source: mkswap(8); systemd's fstab-generator follows links in mount points since version 234.
 */
#ifndef BOOTMEND_FSTAB_PLACE_H
#define BOOTMEND_FSTAB_PLACE_H

#include "lib/check.h"
#include "lib/fstab.h"

/* In a place that is only filled while the system runs (/run, /dev, /tmp, …). */
bool fstab_place_is_live(const char *path);
/* A line other than e mounts something above the path that is not mounted here. */
bool fstab_place_is_covered(const struct devices *d, const struct fstab *tab,
			    const struct fstab_entry *e, const char *path);
/* A swap area, or one that holds a hibernated system. */
bool fstab_place_has_swap(const struct root *r, const char *path);
/* This system's systemd resolves a mount point that is a link, and makes what is missing behind it.
 */
bool fstab_place_systemd_follows_links(struct scan *s);

#endif
