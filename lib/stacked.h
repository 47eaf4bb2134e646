/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LVM, LUKS and md by the names that the command line has for them: is the very volume, the very
 * array there? SPEC_ABSENT only where all that could hold it was read: a volume group of which a
 * member is damaged, or an unopened LUKS, may hide anything, and then it is SPEC_UNKNOWN.
 *
 *	stacked_volume(d, "system/root")	rd.lvm.lv=
 *	stacked_group(d, "system")		rd.lvm.vg=
 *	stacked_luks(d, "luks-1b2c…")		rd.luks.uuid=
 *	stacked_array(d, "1b2c…")		rd.md.uuid=
 *	stacked_word(d, "rd.lvm.lv=…", &what)	all of these
 *	stacked_path(d, "/dev/mapper/system-root") and "/dev/system/root"
 *
 * Sources: dracut.cmdline(7); dracut's 90crypt/parse-crypt.sh, 90mdraid/parse-md.sh and
 * 90lvm/parse-lvm.sh; lvm(8) for names that device mapper has.
 */
#ifndef BOOTMEND_STACKED_H
#define BOOTMEND_STACKED_H

#include "lib/devices.h"

enum spec_match stacked_volume(const struct devices *d, const char *name);
enum spec_match stacked_group(const struct devices *d, const char *name);
/* A part of the UUID is enough, as for dracut; "luks-" in front is passed over. */
enum spec_match stacked_luks(const struct devices *d, const char *uuid);
/* Colons and hyphens, wherever they stand, are passed over. */
enum spec_match stacked_array(const struct devices *d, const char *uuid);
/*
 * A word that dracut reads before it looks for the root; dracut then waits for what it names.
 * SPEC_UNKNOWN for other words, and where the command line tells it to leave that layer alone.
 * *what, unless that: "logical volume".
 */
enum spec_match stacked_word(const struct devices *d, const char *args, const char *word,
			     const char **what);
/* Names that need not be of LVM (no hyphen in it, or one of an installer's for LUKS): unknown. */
enum spec_match stacked_path(const struct devices *d, const char *path);

/*
 * The kernel's names that it may have as a whole or part of a disk: sda2, vda2, xvda2, nvme0n1p2.
 * NULL-terminated, in the arena; of a running system just its own, or none.
 */
const char *const *stacked_nodes(struct arena *a, const struct devices *d,
				 const struct partition *p);

#endif
