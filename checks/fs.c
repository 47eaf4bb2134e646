/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of the file systems below their files, as lib/fsfault.h and lib/fsstate.h found it.
 * Journals are replayed before mounting, by lib/view.c; the rest is repaired by lib/fsrepair.h.
 * Runs also where no root was found: a damaged file system may be why.
 */
#include "checks/fs_parts.h"

static const struct {
	enum fs_fault fault;
	const struct problem *problem;
	enum below_kind fix;
} faults[] = {
	{ FS_EXT_ERRORS, &fs_errors, BELOW_FS },
	{ FS_EXT_SUPERBLOCK, &fs_superblock, BELOW_FS },
	{ FS_XFS_LOG, &fs_xfs_log, BELOW_FS },
	{ FS_XFS_DAMAGED, &fs_xfs_errors, BELOW_FS },
	{ FS_BTRFS_SUPERBLOCK, &fs_btrfs_errors, BELOW_FS },
	{ FS_BTRFS_DAMAGED, &fs_btrfs_errors, BELOW_NOTHING },
	{ FS_CUT, &fs_cut, BELOW_NOTHING },
};

/* A data partition that no line of fstab names does not keep anything from booting. */
static bool boot_needs(struct scan *s, const struct partition *p)
{
	const struct text *t = s->root ? scan_text(s, "/etc/fstab") : NULL;

	if (p->mounted || p->role != ROLE_DATA || !t)
		return true;
	for (size_t i = 1; i <= t->lines; i++) {
		const char *line = text_line(t, i);

		if ((p->uuid && strstr(line, p->uuid)) || (p->label && strstr(line, p->label)))
			return true;
	}
	return !p->uuid;
}

static void judge(struct scan *s, const struct partition *p)
{
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		struct finding *f;

		if (p->fault != faults[i].fault)
			continue;
		f = scan_find(s, faults[i].problem, NULL, "%s: %s", partition_describe(s->arena, p),
			      p->fault_why);
		if (!boot_needs(s, p))
			finding_severity(f, DEGRADES);
		/* A mounted directory has no unmounted file system. */
		if (faults[i].fix == BELOW_NOTHING || s->facts->n_disks == 0)
			finding_safety(f, FIX_NONE);
		else
			propose_below(f, faults[i].fix, p);
	}
}

/* What --devices or a mounted directory tells is only the flag. */
static void judge_flag(struct scan *s, const struct partition *p)
{
	struct finding *f;

	if (!p->has_errors || p->fault != FS_FINE)
		return;
	f = scan_find(s, &fs_errors, NULL, "%s: its superblock records errors",
		      partition_describe(s->arena, p));
	finding_safety(f, FIX_NONE);
}

static void run(struct scan *s)
{
	const struct devices *d = s->facts->devices;

	for (size_t i = 0; i < d->n; i++) {
		if (d->p[i].dirty && d->p[i].mounted)
			scan_find(s, &fs_journal, NULL, "%s was not unmounted cleanly",
				  partition_describe(s->arena, &d->p[i]));
		judge(s, &d->p[i]);
		judge_flag(s, &d->p[i]);
	}
	fs_judge_loader(s);
}

const struct check fs_check = {
	.name = "fs",
	.summary = "the state of the file systems",
	.problems = fs_problems,
	.run = run,
};
/* Silence would pass for health. */
static void judge_unexamined(struct scan *s, const struct partition *p)
{
	if (p->unexamined)
		scan_find(s, &fs_unexamined, NULL, "%s: %s", partition_describe(s->arena, p),
			  p->unexamined);
}

		judge_unexamined(s, &d->p[i]);
