/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Room on the file systems. The numbers stand in the choices, not in the finding's words: they are
 * others after every look.
 */
#include "checks/checks.h"
#include "lib/space.h"

#define FORGET_MAX 3000		/* files of one repair */
#define KEEP_MAX (256ull << 20) /* bytes that one repair moves to the backup */

static const struct problem full = {
	.id = "space.full",
	.severity = STOPS_BOOT,
	.stage = AT_RUNTIME,
	.safety = FIX_ASK,
	.title = "a file system has no room left",
	.why = "Services that cannot write their files, logs or sockets fail to start, logins fail, and a "
	       "kernel or initramfs update ends half-way. An ext file system keeps a part for root: what "
	       "runs as root may still write when everybody else cannot.",
	.console = "systemd[1]: Failed to start Journal Service.\n"
		   "No space left on device",
	.by_hand = "df -h; df -i; du -xh / | sort -h | tail -n 30\n"
		   "apt-get clean; dnf clean all; journalctl --vacuum-size=50M\n"
		   "rm /var/log/*.gz",
	.fix = "Removes package caches, which can be fetched again, and moves rotated logs (all but the newest of "
	       "each), archived journals and crash dumps to the backup of --journal DIR on this machine, up to "
	       "256 MiB of them. 'bootmend undo --journal DIR' brings back what was moved.",
};

static const struct problem inodes = {
	.id = "space.inodes",
	.severity = STOPS_BOOT,
	.stage = AT_RUNTIME,
	.safety = FIX_ASK,
	.title = "a file system has no inodes left: no new file can be made",
	.why = "An ext file system has a fixed number of files, set when it was made. When they are used up "
	       "every new file fails with 'No space left on device' although df shows room: sockets, pid "
	       "files, sessions and logs.",
	.console = "No space left on device",
	.by_hand =
		"df -i\n"
		"find / -xdev -printf '%h\\n' | sort | uniq -c | sort -n | tail   # where they are\n"
		"find /var/lib/php/sessions -mtime +2 -delete                    # for example",
	.fix = "As for space.full: package caches are removed, old logs and dumps are moved to --journal DIR. "
	       "The directories with the most files are named; what is in them is for a person to judge.",
};

static const struct problem *const problems[] = { &full, &inodes, NULL };

struct place {
	const char *path; /* of the mount point */
	const struct partition *part;
	struct space space;
};

/* The numbers are of the patient's own file system, not of one that this tree only lies on. */
static bool is_own(const struct partition *p, const struct space *s)
{
	return p->size && s->size <= p->size && s->size >= p->size / 2;
}

static bool is_judged(const struct partition *p)
{
	static const char *const types[] = { "ext2", "ext3", "ext4", "xfs", "btrfs", "vfat", NULL };

	return p->mounted && p->type && in_list(p->type, types);
}

static enum severity severity_of(const struct place *at, enum space_room room)
{
	bool boot = streq(at->path, "/") || streq(at->path, "/var") || streq(at->path, "/run");

	return boot && room == SPACE_NONE ? STOPS_BOOT : DEGRADES;
}

static const char *size(struct scan *s, uint64_t bytes)
{
	char buf[32];

	return scan_printf(s, "%s", format_size(bytes, buf, sizeof(buf)));
}

static const char *kind_name(enum space_kind k)
{
	static const char *const names[] = {
		[SPACE_FETCHED] = "packages that can be fetched again: removed",
		[SPACE_LOG] = "old rotated logs and archived journals: moved to --journal DIR",
		[SPACE_DUMP] = "crash dumps: moved to --journal DIR",
	};

	return names[k];
}

static void tell_top(struct scan *s, struct finding *f, const struct space_report *r)
{
	for (size_t i = 0; i < r->n_top; i++)
		finding_choice(f, "look at %s: %s in %llu files", r->top[i].path,
			       size(s, r->top[i].bytes), (unsigned long long)r->top[i].inodes);
	if (!r->all)
		finding_choice(f, "there is more than was looked at");
}

/* What goes is limited, as all that is moved is held in memory for a moment. */
static size_t propose(struct finding *f, const struct space_report *r, uint64_t *freed,
		      size_t *count)
{
	uint64_t kept = 0;
	size_t n = 0;

	for (size_t i = 0; i < r->n_spare && n < FORGET_MAX; i++) {
		const struct space_spare *sp = &r->spare[i];

		if (sp->kind == SPACE_FETCHED) {
			propose_forget(f, sp->path);
		} else {
			if (kept + sp->bytes > KEEP_MAX)
				continue;
			kept += sp->bytes;
			propose_absent(f, sp->path);
			finding_keeps_here(f);
		}
		freed[sp->kind] += sp->bytes;
		count[sp->kind]++;
		n++;
	}
	return n;
}

static void report(struct scan *s, const struct problem *p, const struct place *at,
		   enum space_room room)
{
	enum space_order order = p == &full ? SPACE_BY_BYTES : SPACE_BY_INODES;
	uint64_t freed[SPACE_DUMP + 1] = { 0 };
	size_t count[SPACE_DUMP + 1] = { 0 };
	struct space_report r;
	struct finding *f;

	space_look(s->root, at->path, order, s->arena, &r);
	f = scan_find(s, p, at->path, "%s has %s left%s", partition_describe(s->arena, at->part),
		      p == &full ? "no room" : "no free inode",
		      room == SPACE_NONE ? "" : " but a little for root");
	finding_severity(f, severity_of(at, room));
	finding_choice(f, "%s of %s free, %s of it for root alone; %llu of %llu inodes free",
		       size(s, at->space.free), size(s, at->space.size),
		       size(s, at->space.reserved), (unsigned long long)at->space.inodes_free,
		       (unsigned long long)at->space.inodes);
	if (!propose(f, &r, freed, count))
		finding_safety(f, FIX_NONE);
	for (size_t k = 0; k < ARRAY_SIZE(freed); k++) {
		if (count[k])
			finding_choice(f, "--fix=%s frees %s: %zu %s", p->id, size(s, freed[k]),
				       count[k], kind_name((enum space_kind)k));
	}
	tell_top(s, f, &r);
}

static struct space_fs fs_of(const struct scan *s, const struct partition *p)
{
	struct space_fs fs = { .type = p->type };
	unsigned char super[SPACE_XFS_SUPER];

	if (streq(p->type, "xfs") && scan_part_read(s, p, 0, super, sizeof(super)) == 0)
		fs.features = space_xfs_features(super);
	return fs;
}

static void judge(struct scan *s, const struct partition *p)
{
	struct place at = { .path = p->mounted, .part = p };
	struct space_fs fs = fs_of(s, p);

	if (space_measure(s->root, at.path, &fs, &at.space) < 0 || !is_own(p, &at.space))
		return;
	if (at.space.blocks != SPACE_ENOUGH)
		report(s, &full, &at, at.space.blocks);
	if (at.space.inode_room != SPACE_ENOUGH)
		report(s, &inodes, &at, at.space.inode_room);
}

static void run(struct scan *s)
{
	const struct devices *d = s->facts->devices;

	for (size_t i = 0; i < d->n; i++) {
		if (is_judged(&d->p[i]))
			judge(s, &d->p[i]);
	}
}

const struct check space_check = {
	.name = "space",
	.summary = "room and inodes on the file systems",
	.problems = problems,
	.run = run,
};
