/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the partitions say before any file is read. disk.several-roots is told by the commands, as
 * no root can be looked at then; it stands here so that it is listed and explained like any other.
 */
#include <strings.h>

#include "checks/disk_parts.h"
#include "lib/disk.h"
#include "lib/gpt.h"
#include "lib/helper.h"

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

/* --- two that answer to one name --- */

/* Members of one array or pool share theirs; so do the halves of a btrfs. */
static bool has_name_of_its_own(const struct partition *p)
{
	return p->type && p->role != ROLE_MD && p->role != ROLE_LVM && !streq(p->type, "btrfs") &&
	       !streq(p->type, "zfs_member") && !streq(p->type, "bcache");
}

/* On the root's disk, or it is what boots itself: the other one is the copy. */
static bool is_original(const struct scan *s, const struct partition *p,
			const struct partition *other)
{
	const struct partition *root = s->facts->root_part;

	if (!root || other == root)
		return false;
	return p == root || (p->disk == root->disk && other->disk != root->disk);
}

/* The copy gets another UUID, where it is plain which one that is. */
static void propose_uuid(struct scan *s, struct finding *f, const struct partition *copy)
{
	static const char *const types[] = { "ext2", "ext3", "ext4", NULL };
	struct partition *p;

	if (!copy || !in_list(copy->type, types) || copy->fault != FS_FINE || copy->look_only ||
	    s->facts->n_disks == 0) {
		finding_safety(f, FIX_NONE);
		return;
	}
	p = arena_new_struct(s->arena, struct partition);
	*p = *copy;
	p->fault = FS_TWIN;
	p->fault_why = "it carries the UUID of another";
	finding_choice(f, "%s is the copy and gets another UUID",
		       partition_describe(s->arena, copy));
	propose_below(f, BELOW_FS, p);
}

/* Mirrored ESPs and swap areas: one does as well as the other. */
static bool is_either(const struct partition *a, const struct partition *b)
{
	return a->role == b->role && (a->role == ROLE_ESP || a->role == ROLE_SWAP);
}

static void judge_twins(struct scan *s, const struct partition *a, const struct partition *b)
{
	const struct partition *copy = is_original(s, a, b) ? b : is_original(s, b, a) ? a : NULL;
	struct finding *f =
		scan_find(s, &disk_duplicate_uuid, NULL, "UUID=%s: %s and %s", a->uuid,
			  partition_describe(s->arena, a), partition_describe(s->arena, b));

	propose_uuid(s, f, copy);
	/* A snapshot carries the UUID of its origin, and is called by its own name. */
	if (a->layer && b->layer) {
		finding_severity(f, NOTE);
		finding_safety(f, FIX_NONE);
	} else if (is_either(a, b)) {
		finding_severity(f, NOTE);
	}
}

static void judge_duplicates(struct scan *s)
{
	const struct devices *d = s->facts->devices;

	for (size_t i = 0; i < d->n; i++) {
		for (size_t k = 0; k < i; k++) {
			const struct partition *a = &d->p[k], *b = &d->p[i];

			if (has_name_of_its_own(a) && has_name_of_its_own(b) && a->uuid &&
			    b->uuid && strcasecmp(a->uuid, b->uuid) == 0)
				judge_twins(s, a, b);
		}
	}
}

/* Of this machine, most often made from the same image: nothing is wrong with the patient. */
static void judge_helper(struct scan *s)
{
	const struct devices *d = s->facts->devices;
	const struct helper_fs *own;
	size_t n = s->facts->n_disks
			   ? helper_filesystems(s->facts->disks, s->facts->n_disks, s->arena, &own)
			   : 0;

	for (size_t i = 0; i < d->n; i++) {
		for (size_t k = 0; k < n; k++) {
			struct finding *f;

			if (!d->p[i].uuid || strcasecmp(d->p[i].uuid, own[k].uuid) != 0)
				continue;
			f = scan_find(s, &disk_duplicate_uuid, NULL,
				      "UUID=%s: %s, and %s of this machine", own[k].uuid,
				      partition_describe(s->arena, &d->p[i]), own[k].node);
			finding_severity(f, NOTE);
			finding_safety(f, FIX_NONE);
			break;
		}
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
	judge_duplicates(s);
	judge_helper(s);
	for (size_t i = 0; i < s->facts->n_disks && i < s->facts->devices->disks; i++)
		judge_table(s, (unsigned)i, s->facts->disks[i]);
}

const struct check disk_check = {
	.name = "disk",
	.summary = "partitions and the systems on them",
	.problems = disk_problems,
	.run = run,
};
