/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/disk_internal.h"
#include "lib/mounts.h"
#include "lib/sysfs.h"
#include "lib/target.h"

#define DISKS_MAX 64

/* --- the disks of this machine --- */

/* What is installed on a free disk; NULL: nothing found. */
static const char *system_on(struct disk *d, struct arena *a)
{
	struct view_options o = { .access = LOOK, .root_part = -1 };
	struct trouble t = { 0 };
	struct devices devices;
	struct view *v = NULL;
	const char *what = NULL;
	size_t n = 0;

	if (disk_partitions(&d, 1, a, &devices, &t) < 0)
		return NULL;
	view_open(&d, 1, &devices, &o, a, &v, &t);
	if (v && view_candidates(v, &n) && n > 0)
		what = view_candidates(v, &n)[0].what;
	view_close(v, &t);
	return what;
}

static void look_at_disk(struct arena *a, dev_t dev, struct target_disk *out)
{
	struct trouble t = { 0 };
	struct disk *d = NULL;

	if (disk_use_of(dev, &t) != USE_NONE)
		out->busy = arena_strdup(a, t.text);
	else if (disk_open(out->node, &d, &t) < 0)
		out->busy = arena_strdup(a, t.text);
	if (!d)
		return;
	out->what = system_on(d, a);
	disk_close(d);
}

static const char *model_of(struct arena *a, dev_t dev)
{
	const char *s = sysfs_attr(a, dev, "device/model");

	return s && *s ? s : NULL;
}

enum depth { NAMES_ONLY, LOOK_INSIDE };

static void list_disks(struct arena *a, enum depth depth, struct target_disk **out, size_t *n)
{
	struct sysfs_set set = { 0 };
	struct target_disk *d;
	size_t used = 0;

	sysfs_disks(a, &set);
	d = arena_alloc(a, (set.n + 1) * sizeof(*d));
	for (size_t i = 0; i < set.n && used < DISKS_MAX; i++) {
		uint64_t sectors = 0;

		d[used].node = sysfs_node(a, set.dev[i]);
		if (!d[used].node)
			continue;
		sysfs_number(a, set.dev[i], "size", &sectors);
		d[used].size = sectors * 512;
		d[used].serial = sysfs_serial(a, set.dev[i]);
		d[used].model = model_of(a, set.dev[i]);
		if (depth == LOOK_INSIDE)
			look_at_disk(a, set.dev[i], &d[used]);
		used++;
	}
	*out = d;
	*n = used;
}

void target_disks(struct arena *a, struct target_disk **out, size_t *n)
{
	list_disks(a, LOOK_INSIDE, out, n);
}

/* One line a disk is too much for one line of trouble: only what is needed to choose. */
static void describe(const struct target_disk *d, struct bytes *b)
{
	char size[32];

	bytes_addf(b, "%s%s (%s%s%s): %s", b->len ? "; " : "", d->node,
		   format_size(d->size, size, sizeof(size)), d->serial ? ", serial " : "",
		   d->serial ? d->serial : "",
		   d->busy   ? d->busy
		   : d->what ? d->what
			     : "no Linux system found");
}

int target_auto(struct arena *a, const char **node, struct trouble *t)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	struct target_disk *d;
	const char *found = NULL;
	size_t n, hits = 0;

	target_disks(a, &d, &n);
	for (size_t i = 0; i < n; i++) {
		describe(&d[i], &b);
		if (d[i].busy || !d[i].what)
			continue;
		found = d[i].node;
		hits++;
	}
	if (hits == 1) {
		*node = found;
		return 0;
	}
	trouble_set(t, "%s: %s",
		    hits ? "several disks hold a Linux system, give one as TARGET"
			 : "no attached disk is free and holds a Linux system",
		    b.data ? b.data : "this machine shows no disks");
	return hits ? -ENOTUNIQ : -ENODEV;
}

int target_by_serial(struct arena *a, const char *serial, const char **node, struct trouble *t)
{
	_cleanup_bytes_ struct bytes known = { 0 };
	struct target_disk *d;
	const char *found = NULL;
	size_t n, hits = 0;

	list_disks(a, NAMES_ONLY, &d, &n);
	for (size_t i = 0; i < n; i++) {
		if (!d[i].serial)
			continue;
		bytes_addf(&known, "%s%s (%s)", known.len ? ", " : "", d[i].serial, d[i].node);
		if (!streq(d[i].serial, serial))
			continue;
		found = d[i].node;
		hits++;
	}
	if (hits == 1) {
		*node = found;
		return 0;
	}
	trouble_set(t, "%s disk has the serial number '%s'; seen here: %s",
		    hits ? "more than one" : "no", serial, known.data ? known.data : "none");
	return hits ? -ENOTUNIQ : -ENODEV;
}

/* --- a directory --- */

struct place {
	struct arena *a;
	const char *dir; /* absolute, links followed */
	struct mount_entry *m;
	size_t n;
};

/* The device number of what is mounted: btrfs shows one of its own, its source is the device. */
static dev_t device_of(const struct mount_entry *m)
{
	struct stat st;

	if (m->source[0] == '/' && stat(m->source, &st) == 0 && S_ISBLK(st.st_mode))
		return st.st_rdev;
	return m->dev;
}

/* The mount that dir is the top of: the last one made there. */
static const struct mount_entry *mount_at(const struct place *at)
{
	for (size_t i = at->n; i-- > 0;) {
		if (streq(at->m[i].target, at->dir))
			return &at->m[i];
	}
	return NULL;
}

/* A loop device over a part of an image shows nothing of the rest of its disk. */
static bool is_part_of_image(struct arena *a, dev_t dev)
{
	uint64_t offset = 0, limit = 0;

	sysfs_number(a, dev, "loop/offset", &offset);
	sysfs_number(a, dev, "loop/sizelimit", &limit);
	return offset || limit;
}

static bool disks_below(struct arena *a, const struct mount_entry *m, bool own,
			struct sysfs_set *out)
{
	dev_t dev = device_of(m);

	if (!sysfs_name(a, dev) || is_part_of_image(a, dev))
		return false;
	sysfs_below(a, dev, out);
	if (own)
		sysfs_disks(a, out);
	return out->n > 0 && out->n <= DISKS_MAX;
}

/* "/boot" of "/mnt/boot" below "/mnt"; NULL: not below. */
static const char *inside(const struct place *at, const char *target)
{
	size_t n = streq(at->dir, "/") ? 0 : strlen(at->dir);

	if (strncmp(target, at->dir, n) != 0 || (target[n] != '/' && target[n] != '\0'))
		return NULL;
	return target[n] ? target + n : "/";
}

static dev_t number_of(const struct partition *p)
{
	struct stat st;

	return p->node && stat(p->node, &st) == 0 && S_ISBLK(st.st_mode) ? st.st_rdev : 0;
}

/* What is mounted now is in use, so its journal is never empty: that says nothing. */
static void mark_mounted(const struct place *at, struct partition *p)
{
	dev_t dev = number_of(p);

	for (size_t i = 0; dev && i < at->n; i++) {
		const char *path;

		if (device_of(&at->m[i]) != dev)
			continue;
		p->dirty = false;
		path = inside(at, at->m[i].target);
		if (path && (!p->mounted || strlen(path) < strlen(p->mounted)))
			p->mounted = arena_strdup(at->a, path);
	}
	if (p->mounted)
		p->role = streq(p->mounted, "/") ? ROLE_ROOT : role_of_mount(p->mounted);
}

/* The first is the one that matters; of the others one without a medium may be left out. */
static int open_disks(struct arena *a, const struct sysfs_set *set, struct disk **disks,
		      struct devices *out)
{
	struct trouble t = { 0 };
	bool all = true;
	size_t n = 0;
	int e = 0;

	for (size_t i = 0; i < set->n; i++) {
		const char *node = sysfs_node(a, set->dev[i]);

		e = node ? disk_open(node, &disks[n], &t) : -ENODEV;
		if (e < 0 && i == 0)
			return e;
		n += e == 0;
		all &= e == 0;
	}
	e = disk_partitions(disks, n, a, out, &t);
	out->complete &= all;
	out->partial |= !all;
	while (n > 0)
		disk_close(disks[--n]);
	return e;
}

static bool is_listed(const struct devices *d, dev_t dev)
{
	for (size_t i = 0; i < d->n; i++) {
		if (number_of(&d->p[i]) == dev)
			return true;
	}
	return false;
}

void target_directory(const char *dir, struct arena *a, struct devices *out)
{
	_cleanup_free_ char *real = realpath(dir, NULL);
	struct place at = { .a = a, .dir = real };
	const struct mount_entry *m;
	struct disk *disks[DISKS_MAX];
	struct sysfs_set set = { 0 };
	bool own, seen;

	*out = (struct devices){ 0 };
	if (!real || mounts_list(a, &at.m, &at.n) < 0)
		return;
	m = mount_at(&at);
	own = streq(real, "/");
	/* A directory of a file system, shown by a bind mount, is no file system of its own. */
	if (!m || (!streq(m->root, "/") && !streq(m->type, "btrfs")) ||
	    !disks_below(a, m, own, &set) || open_disks(a, &set, disks, out) < 0)
		return;
	out->own_names = own;
	/* Something lies between: mapped devices carry UUIDs that no partition shows. */
	seen = sysfs_set_has(&set, sysfs_disk_of(a, device_of(m))) || is_listed(out, device_of(m));
	out->complete &= seen;
	out->partial |= !seen;
	for (size_t i = 0; i < out->n; i++)
		mark_mounted(&at, &out->p[i]);
}
