/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of the file systems as their superblocks tell it. Replaying is done before mounting, by
 * lib/view.c. */
#include "checks/checks.h"

static const struct problem journal = {
	.id = "fs.journal",
	.severity = NOTE,
	.stage = AT_MOUNT,
	.safety = FIX_SAFE,
	.title = "a file system's journal was not replayed: it was not unmounted cleanly",
	.why = "The kernel replays the journal at the next mount, so this alone stops nothing. But until then "
	       "the last changes before the crash cannot be seen: a file that seems to be missing may be in "
	       "the journal.",
	.console = "EXT4-fs (vda1): INFO: recovery required on readonly filesystem\n"
		   "EXT4-fs (vda1): recovery complete\n"
		   "XFS (vda1): Starting recovery (logdev: internal)",
	.by_hand =
		"e2fsck -p /dev/vdb1                       # ext2, ext3, ext4\n"
		"mount /dev/vdb1 /mnt && umount /mnt       # xfs, btrfs: mounting replays the log",
	.fix = "Before anything else is repaired, e2fsck -p replays the journal of an ext file system, with an "
	       "undo file kept beside the backup; xfs and btrfs replay their log when they are mounted. "
	       "Then everything is looked at again.",
};

static const struct problem *const problems[] = { &journal, NULL };

static void run(struct scan *s)
{
	const struct devices *d = s->facts->devices;

	for (size_t i = 0; i < d->n; i++) {
		if (d->p[i].dirty && d->p[i].mounted)
			scan_find(s, &journal, NULL, "%s was not unmounted cleanly",
				  partition_describe(s->arena, &d->p[i]));
	}
}

const struct check fs_check = {
	.name = "fs",
	.summary = "the state of the file systems",
	.problems = problems,
	.run = run,
};
