/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the partitions say before any file is read. disk.several-roots is told by the commands, as
 * no root can be looked at then; it stands here so that it is listed and explained like any other.
 */
#include "checks/checks.h"

static const struct problem several_roots = {
	.id = "disk.several-roots",
	.severity = STOPS_BOOT,
	.stage = AT_FIRMWARE,
	.safety = FIX_NONE,
	.title = "more than one installed system is on the disk",
	.why = "Repairing the wrong one would help nobody and could do harm, so nothing is looked at until "
	       "the partition of the system that should boot is named.",
	.by_hand =
		"bootmend info /dev/vdb                  # lists the systems and their partitions\n"
		"bootmend scan --root-part N /dev/vdb     # N: the partition's number",
};

static const struct problem unread = {
	.id = "disk.partition-unread",
	.severity = NOTE,
	.stage = AT_MOUNT,
	.safety = FIX_NONE,
	.title = "a partition of the disk could not be looked at",
	.why = "What lies on it was not judged. It may be encrypted, part of a volume group or an array that "
	       "has to be put together first, of a type this machine's kernel has no driver for, or damaged.",
	.by_hand = "vgchange -ay VG; bootmend scan /dev/VG/LV                        # LVM\n"
		   "cryptsetup open --readonly /dev/vdb2 c; bootmend scan /dev/mapper/c   # LUKS\n"
		   "mdadm --assemble --readonly /dev/md9 /dev/vdb2; bootmend scan /dev/md9 # md",
};

static const struct problem *const problems[] = { &several_roots, &unread, NULL };

static void run(struct scan *s)
{
	const struct devices *d = s->facts->devices;

	for (size_t i = 0; i < d->n; i++) {
		if (d->p[i].error)
			scan_find(s, &unread, NULL, "%s: %s",
				  partition_describe(s->arena, &d->p[i]), d->p[i].error);
	}
}

const struct check disk_check = {
	.name = "disk",
	.summary = "partitions and the systems on them",
	.problems = problems,
	.run = run,
};
