/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the partitions say before any file is read. disk.several-roots is told by the commands, as
 * no root can be looked at then; it stands here so that it is listed and explained like any other.
 */
#include "checks/disk_parts.h"
#include "lib/disk.h"
#include "lib/gpt.h"

static void judge_unread(struct scan *s)
{
	const struct devices *d = s->facts->devices;

	for (size_t i = 0; i < d->n; i++) {
		if (d->p[i].error)
			scan_find(s, &disk_unread, NULL, "%s: %s",
				  partition_describe(s->arena, &d->p[i]), d->p[i].error);
	}
}

static void judge_hibernated(struct scan *s)
{
	const struct devices *d = s->facts->devices;

	for (size_t i = 0; i < d->n; i++) {
		struct finding *f;

		if (d->p[i].fault != FS_HIBERNATED)
			continue;
		f = scan_find(s, &disk_hibernated, NULL, "%s: %s",
			      partition_describe(s->arena, &d->p[i]), d->p[i].fault_why);
		propose_below(f, BELOW_FS, &d->p[i]);
	}
}

/* --- the partition table --- */

static const char *table_fault(const struct gpt *g)
{
	if (!g->primary)
		return "the first copy of the partition table is damaged, the second one is good";
	if (!g->backup)
		return "the second copy of the partition table, at the end of the disk, is missing or "
		       "damaged";
	return g->at_end ? NULL
			 : "the second copy of the partition table is not at the end of the disk, "
			   "which has grown";
}

static void judge_table(struct scan *s, unsigned n, const struct disk *disk)
{
	struct partition *whole;
	struct finding *f;
	const char *why;
	struct gpt g;

	if (disk_gpt(disk, &g) < 0)
		return;
	why = table_fault(&g);
	if (!why)
		return;
	whole = arena_new_struct(s->arena, struct partition);
	*whole = (struct partition){
		.disk = n, .size = disk_size(disk), .fault = FS_GPT, .fault_why = why
	};
	f = scan_find(s, &disk_gpt_backup, NULL, "%s%s",
		      s->facts->devices->disks > 1 ? scan_printf(s, "disk %u: ", n + 1) : "", why);
	finding_severity(f, !g.primary ? STOPS_BOOT : !g.backup ? DEGRADES : NOTE);
	propose_below(f, BELOW_FS, whole);
}

static void run(struct scan *s)
{
	judge_unread(s);
	judge_hibernated(s);
	disk_judge_twins(s);
	disk_judge_helper(s);
	for (size_t i = 0; i < s->facts->n_disks && i < s->facts->devices->disks; i++)
		judge_table(s, (unsigned)i, s->facts->disks[i]);
}

const struct check disk_check = {
	.name = "disk",
	.summary = "partitions and the systems on them",
	.problems = disk_problems,
	.run = run,
};
