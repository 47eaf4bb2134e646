/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the partitions say before any file is read. disk.several-roots is told by the commands, as
 * no root can be looked at then; it stands here so that it is listed and explained like any other.
 */
#include "checks/disk_parts.h"
#include "lib/disk.h"
#include "lib/fstab.h"
#include "lib/gpt.h"
#include "lib/hibernate.h"

#define SWAP_FILES_MAX 16u /* of fstab */

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

/* --- an image in a swap file --- */

static bool sleeps(struct scan *s, const char *path)
{
	_cleanup_free_ char *head = xmalloc(HIBERNATE_BYTES);
	char signature[HIBERNATE_SIG];
	size_t got = 0;
	uint64_t at;

	return root_is_file(s->root, path) &&
	       root_pread(s->root, path, 0, head, HIBERNATE_BYTES, &got) == 0 &&
	       hibernate_find(head, got, &at, signature);
}

static void judge_swap_file(struct scan *s, const char *path)
{
	struct finding *f;

	if (!sleeps(s, path))
		return;
	f = scan_find(s, &disk_hibernated, path,
		      "this swap file holds the memory of a hibernated system");
	/* Where its first page lies on the disk only its file system knows. */
	finding_safety(f, FIX_NONE);
}

/* Those of fstab, and what installers call theirs, where fstab does not name it. */
static void judge_swap_files(struct scan *s)
{
	static const char *const usual[] = { "/swapfile", "/swap.img", "/swap/swapfile",
					     "/var/swap", NULL };
	const struct text *t = s->root ? scan_text(s, "/etc/fstab") : NULL;
	struct fstab tab = { 0 };
	size_t looked = 0;

	if (!s->root)
		return;
	if (t)
		fstab_parse(s->arena, t, &tab);
	for (size_t i = 0; i < tab.n && looked < SWAP_FILES_MAX; i++) {
		const struct fstab_entry *e = &tab.e[i];

		if (e->bad || !e->swap || e->spec[0] != '/' || startswith(e->spec, "/dev/") ||
		    in_list(e->spec, usual))
			continue;
		judge_swap_file(s, e->spec);
		looked++;
	}
	for (size_t i = 0; usual[i]; i++)
		judge_swap_file(s, usual[i]);
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
	judge_swap_files(s);
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
