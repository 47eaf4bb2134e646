/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of the file systems below their files, as lib/fsfault.h and lib/fsstate.h found it.
 * Journals are replayed before mounting, by lib/view.c; the rest is repaired by lib/fsrepair.h.
 * Runs also where no root was found: a damaged file system may be why.
 */
#include "checks/fs_parts.h"
#include "lib/fsrepair.h"
#include "lib/fstab.h"

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

/* By the UUID or label it has or, without its first superblock, had; or by where it lies. */
static bool is_named_by(struct scan *s, const struct partition *p, const char *spec)
{
	struct devices only = *s->facts->devices;
	struct partition itself = *p;
	const struct partition *found;

	if (!itself.uuid)
		itself.uuid = p->spare_uuid;
	if (!itself.label)
		itself.label = p->spare_label;
	only.p = &itself;
	only.n = 1;
	return devices_find(&only, spec, &found) == SPEC_FOUND;
}

static bool fstab_names(struct scan *s, const struct partition *p)
{
	const struct text *t = scan_text(s, "/etc/fstab");
	struct fstab tab = { 0 };

	if (t)
		fstab_parse(s->arena, t, &tab);
	for (size_t i = 0; i < tab.n; i++) {
		if (is_named_by(s, p, tab.e[i].spec))
			return true;
	}
	return !t;
}

/*
 * A data partition that no line of fstab names does not keep anything from booting, nor does one
 * of no known content: only where the root itself was not found it may be that.
 */
static bool boot_needs(struct scan *s, const struct partition *p)
{
	if (!s->root || p->mounted || (p->type && (p->role != ROLE_DATA || !p->uuid)))
		return true;
	return fstab_names(s, p);
}

/* Something else may be there by now, which nothing knows and a repair would destroy. */
static void leave_stale(struct finding *f, const struct partition *p)
{
	finding_severity(f, NOTE);
	finding_safety(f, FIX_NONE);
	finding_choice(f,
		       "no line of fstab names it%s%s, so the backup may be left from an earlier "
		       "use of the partition",
		       p->spare_uuid ? ", UUID=" : "", p->spare_uuid ? p->spare_uuid : "");
	finding_choice(f, "if the file system is missed: '%s' on a copy of the partition",
		       fsrepair_command(p, FSREPAIR_ASK, f->scan->arena));
}

static void judge_fault(struct scan *s, const struct partition *p, size_t i)
{
	struct finding *f = scan_find(s, faults[i].problem, NULL, "%s: %s",
				      partition_describe(s->arena, p), p->fault_why);
	bool needed = boot_needs(s, p);

	if (!needed && !p->type) {
		leave_stale(f, p);
		return;
	}
	if (!needed)
		finding_severity(f, DEGRADES);
	/* A mounted directory has no unmounted file system. */
	if (faults[i].fix == BELOW_NOTHING || s->facts->n_disks == 0)
		finding_safety(f, FIX_NONE);
	else
		propose_below(f, faults[i].fix, p);
}

static void judge(struct scan *s, const struct partition *p)
{
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		if (p->fault == faults[i].fault)
			judge_fault(s, p, i);
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

/* Silence would pass for health. */
static void judge_unexamined(struct scan *s, const struct partition *p)
{
	if (p->unexamined)
		scan_find(s, &fs_unexamined, NULL, "%s: %s", partition_describe(s->arena, p),
			  p->unexamined);
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
		judge_unexamined(s, &d->p[i]);
	}
	fs_judge_loader(s);
}

const struct check fs_check = {
	.name = "fs",
	.summary = "the state of the file systems",
	.problems = fs_problems,
	.run = run,
};
