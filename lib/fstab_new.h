/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An fstab for a system that lost its own: whether it needs one, and the lines that go in.
 *
 * Source of the types that need none: the Discoverable Partitions Specification.
 */
#ifndef BOOTMEND_FSTAB_NEW_H
#define BOOTMEND_FSTAB_NEW_H

#include "lib/check.h"

/* It boots without one: a container, ostree, ZFS, a root systemd finds by its partition type. */
bool fstab_new_is_needless(struct scan *s);
/* A kernel command line says "rw": nothing has to make the root writable later. */
bool fstab_new_root_is_writable(struct scan *s);
/* The line for /, or NULL when the root is not known by a name that stays. */
const char *fstab_new_root_line(struct scan *s);
/* That line, and one for each place that only one partition can belong to. */
void fstab_new_lines(struct scan *s, struct bytes *b);

#endif
