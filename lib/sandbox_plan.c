/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the sandbox has to show: the patient's mounts, and the parts of its disks. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/mounts.h"
#include "lib/sandbox_parts.h"

#define ROOM_MIN (96ull << 20)
#define ROOM_MAX (8ull << 30)
#define HEAD_MAX (64ull << 20) /* in front of the first partition, or a BIOS boot partition */
#define MIB (1ull << 20)

/* --- mounts --- */

/* Types that hold files of the patient; proc and the like below a directory TARGET do not. */
static bool is_files(const char *type)
{
	static const char *const types[] = { "ext4",	"ext3",	 "ext2", "xfs",	  "btrfs",
					     "vfat",	"f2fs",	 "jfs",	 "erofs", "squashfs",
					     "overlay", "tmpfs", NULL };

	return in_list(type, types);
}

/* The sandbox has its own there. */
static bool is_made_anew(const char *at)
{
	static const char *const dirs[] = { "/dev", "/proc", "/sys", "/run", "/tmp" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		const char *rest = after(at, dirs[i]);

		if (rest && (!*rest || *rest == '/'))
			return true;
	}
	return false;
}

/* The path of the root as /proc/self/mountinfo would write it. */
static int root_path(const struct root *r, char *buf, size_t n)
{
	_cleanup_close_ int fd = -1;
	const char *name;
	char link[64];
	ssize_t len;
	int e = root_parent(r, "/x", &fd, &name);

	if (e < 0)
		return e;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, buf, n - 1);
	if (len <= 0)
		return -errno;
	buf[len] = '\0';
	return 0;
}

/* What of target is below base: "" for base itself, "/boot"; NULL: it is elsewhere. */
static const char *below(const char *target, const char *base)
{
	const char *rest = streq(base, "/") ? target : after(target, base);

	if (!rest || (*rest && *rest != '/'))
		return NULL;
	return streq(rest, "/") ? "" : rest;
}

const char *sandbox_part_name(struct arena *a, const struct partition *p)
{
	return arena_printf(a, SANDBOX_PART, p->disk, p->number);
}

static const char *source_of(const struct sandbox_plan *p, const char *at)
{
	const struct devices *d = p->job->devices;

	for (size_t i = 0; d && i < d->n; i++) {
		if (d->p[i].mounted && streq(d->p[i].mounted, at))
			return sandbox_part_name(p->arena, &d->p[i]);
	}
	return "patient";
}

/* GRUB's programs want the path from the top of a btrfs, so the top has to be the lower layer. */
static const struct mount_entry *top_of(const struct mount_entry *e, const struct mount_entry *all,
					size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (streq(all[i].type, "btrfs") && streq(all[i].root, "/") &&
		    streq(all[i].source, e->source))
			return &all[i];
	}
	return NULL;
}

static void add_mount(struct sandbox_plan *p, const struct mount_entry *e, const char *at,
		      const struct mount_entry *all, size_t n)
{
	const struct mount_entry *top =
		streq(e->type, "btrfs") && !streq(e->root, "/") ? top_of(e, all, n) : NULL;
	struct sandbox_mount *m = &p->mount[p->mounts];

	*m = (struct sandbox_mount){
		.path = top ? top->target : e->target,
		.at = *at ? at : "/",
		.part = top ? e->root : "",
		.fat = streq(e->type, "vfat"),
	};
	m->source = source_of(p, m->at);
	p->mounts++;
}

/* A later mount on the same place hides the earlier one. */
static void drop_hidden(struct sandbox_plan *p, const char *at)
{
	for (size_t i = 0; i < p->mounts; i++) {
		if (!streq(p->mount[i].at, *at ? at : "/"))
			continue;
		p->mounts--;
		memmove(&p->mount[i], &p->mount[i + 1], (p->mounts - i) * sizeof(p->mount[0]));
		return;
	}
}

static int add_mounts(struct sandbox_plan *p, const char *base)
{
	struct mount_entry *all;
	size_t n;
	int e = mounts_list(p->arena, &all, &n);

	for (size_t i = 0; e == 0 && i < n && p->mounts < SANDBOX_MOUNTS; i++) {
		const char *at = below(all[i].target, base);
		struct stat st;

		if (!at || !is_files(all[i].type) || is_made_anew(at))
			continue;
		if (stat(all[i].target, &st) < 0 || !S_ISDIR(st.st_mode))
			continue; /* a file mounted on a file */
		drop_hidden(p, at);
		add_mount(p, &all[i], at, all, n);
	}
	return e;
}

/* A directory TARGET that nothing is mounted on. */
static int add_plain_root(struct sandbox_plan *p, const char *base)
{
	for (size_t i = 0; i < p->mounts; i++) {
		if (streq(p->mount[i].at, "/"))
			return 0;
	}
	if (p->mounts == SANDBOX_MOUNTS)
		return -E2BIG;
	memmove(&p->mount[1], &p->mount[0], p->mounts * sizeof(p->mount[0]));
	p->mounts++;
	p->mount[0] = (struct sandbox_mount){
		.path = arena_strdup(p->arena, base),
		.at = "/",
		.part = "",
		.source = source_of(p, "/"),
	};
	return 0;
}

/* --- room --- */

/* What is written inside is kept in memory; most of what is free now, so that we stay alive. */
static uint64_t room_for_writes(void)
{
	FILE *f = fopen("/proc/meminfo", "re");
	unsigned long long kib = 0;
	char line[128];
	uint64_t room;

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "MemAvailable: %llu", &kib) == 1)
			break;
	}
	if (f)
		fclose(f);
	room = kib * 1024 / 4 * 3;
	return room < ROOM_MIN ? ROOM_MIN : room > ROOM_MAX ? ROOM_MAX : room;
}

int sandbox_look(const struct sandbox_job *job, struct arena *a, struct sandbox_plan *out,
		 struct trouble *t)
{
	char base[PATH_MAX];
	int e;

	*out = (struct sandbox_plan){ .job = job, .arena = a, .room = job->room };
	if (!out->room)
		out->room = room_for_writes();
	e = root_path(job->root, base, sizeof(base));
	if (e == 0)
		e = add_mounts(out, base);
	if (e == 0)
		e = add_plain_root(out, base);
	if (e < 0)
		trouble_set(t, "cannot tell what is mounted in the patient: %s", strerror(-e));
	return e;
}

/* --- bytes between partitions --- */

static void add_range(struct arena *a, struct sandbox_range **r, size_t *n, size_t *cap,
		      uint64_t from, uint64_t to)
{
	if (to <= from)
		return;
	ARENA_GROW(a, *r, *n, *cap);
	(*r)[(*n)++] = (struct sandbox_range){ from, to - from };
}

static uint64_t first_start(const struct devices *d, unsigned disk, uint64_t size)
{
	uint64_t first = size;

	for (size_t i = 0; i < d->n; i++) {
		const struct partition *p = &d->p[i];

		if (p->disk == disk && p->number && p->start && p->start < first)
			first = p->start;
	}
	return first;
}

/*
 * The table, the gap behind it, the backup of a GPT, BIOS boot partitions, and the links of logical
 * partitions, each of which stands somewhere in front of its partition.
 */
size_t sandbox_disk_ranges(const struct devices *d, unsigned disk, uint64_t size, struct arena *a,
			   struct sandbox_range **out)
{
	uint64_t first = first_start(d, disk, size);
	size_t n = 0, cap = 0;

	*out = NULL;
	add_range(a, out, &n, &cap, 0, first < HEAD_MAX ? first : HEAD_MAX);
	add_range(a, out, &n, &cap, size > MIB ? size - MIB : 0, size);
	for (size_t i = 0; i < d->n; i++) {
		const struct partition *p = &d->p[i];

		if (p->disk != disk || !p->number)
			continue;
		if (p->role == ROLE_BIOS_BOOT && p->size <= HEAD_MAX)
			add_range(a, out, &n, &cap, p->start, p->start + p->size);
		else if (p->role == ROLE_EXTENDED)
			add_range(a, out, &n, &cap, p->start, p->start + 512);
		else if (p->number >= 5 && p->start > MIB && d->pttype && streq(d->pttype, "dos"))
			add_range(a, out, &n, &cap, p->start - MIB, p->start);
	}
	return n;
}
