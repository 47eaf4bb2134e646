/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is a disk in use by this machine? Asked before anything is read for long, and before writing. */
#include <errno.h>
#include <sys/stat.h>

#include "lib/disk_internal.h"
#include "lib/loop.h"
#include "lib/mounts.h"
#include "lib/sysfs.h"

struct use {
	enum disk_use use;
	struct trouble why; /* of the strongest */
};

static void found(struct use *u, enum disk_use use, const char *fmt, ...) PRINTF(3, 4);

static void found(struct use *u, enum disk_use use, const char *fmt, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list ap;

	if (use <= u->use)
		return;
	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	u->use = use;
	u->why = (struct trouble){ 0 };
	trouble_set(&u->why, "%s", text);
}

static bool is_in(const struct sysfs_set *set, const char *source)
{
	struct stat st;

	return source[0] == '/' && stat(source, &st) == 0 && S_ISBLK(st.st_mode) &&
	       sysfs_set_has(set, st.st_rdev);
}

static void look_at_mounts(struct arena *a, const struct sysfs_set *set, struct use *u)
{
	struct mount_entry *m = NULL;
	size_t n = 0;

	mounts_list(a, &m, &n);
	for (size_t i = 0; i < n; i++) {
		/* btrfs shows a number of its own; its source is the device. */
		if (!sysfs_set_has(set, m[i].dev) && !is_in(set, m[i].source))
			continue;
		if (streq(m[i].target, "/"))
			found(u, USE_ROOT, "this machine's own root is on it");
		else if (m[i].fs_writes)
			found(u, USE_WRITES, "'%s' is mounted read-write at '%s'", m[i].source,
			      m[i].target);
		else
			found(u, USE_MOUNTED, "'%s' is mounted at '%s'", m[i].source, m[i].target);
	}
}

static void look_at_swaps(struct arena *a, const struct sysfs_set *set, struct use *u)
{
	const char **s = NULL;
	size_t n = 0;

	mounts_swaps(a, &s, &n);
	for (size_t i = 0; i < n; i++) {
		if (is_in(set, s[i]))
			found(u, USE_SWAP, "'%s' is in use as swap", s[i]);
	}
}

struct loop_search {
	const struct disk *disk;     /* an image, or */
	const struct sysfs_set *set; /* devices */
	struct use *u;
};

static int look_at_loop(void *arg, const struct loop_device *l)
{
	struct loop_search *s = arg;
	bool ours = s->disk ? l->dev == s->disk->dev && l->ino == s->disk->ino
			    : l->rdev && sysfs_set_has(s->set, l->rdev);

	if (ours && l->writes)
		found(s->u, USE_WRITES, "it is attached read-write to /dev/loop%d", l->number);
	else if (ours)
		found(s->u, USE_READS, "it is attached to /dev/loop%d", l->number);
	return 0;
}

static enum disk_use told(const struct use *u, struct trouble *why)
{
	if (u->use != USE_NONE)
		trouble_set(why, "%s", u->why.text);
	return u->use;
}

enum disk_use disk_use_of(dev_t rdev, struct trouble *why)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct sysfs_set set = { 0 };
	struct use u = { 0 };

	sysfs_users(a, rdev, &set);
	look_at_mounts(a, &set, &u);
	look_at_swaps(a, &set, &u);
	if (sysfs_is_held(a, rdev))
		found(&u, USE_HOLDER, "device mapper or md has it open");
	loop_list(look_at_loop, &(struct loop_search){ .set = &set, .u = &u });
	return told(&u, why);
}

enum disk_use disk_use(const struct disk *d, struct trouble *why)
{
	struct use u = { 0 };

	if (d->block)
		return disk_use_of(d->rdev, why);
	loop_list(look_at_loop, &(struct loop_search){ .disk = d, .u = &u });
	return told(&u, why);
}

int disk_is_free(const struct disk *d, enum access access, struct trouble *t)
{
	struct trouble why = { 0 };

	if (d->ours || disk_use(d, &why) < (access == LOOK ? USE_WRITES : USE_MOUNTED))
		return 0;
	trouble_set(t, "'%s' is in use: %s", d->path, why.text);
	return -EBUSY;
}
