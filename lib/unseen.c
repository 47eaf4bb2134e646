/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/fstab.h"
#include "lib/unseen.h"

#define UNSEEN_MAX 256u
#define LISTED_MAX 512u	    /* directories looked into */
#define DIR_MAX (256 << 10) /* bytes; no mount point with nothing in it takes as many */

static bool is_mounted(const struct scan *s, const char *dir)
{
	const struct devices *d = s->facts->devices;
	struct stat top, st;

	for (size_t i = 0; i < d->n; i++) {
		if (d->p[i].mounted && streq(d->p[i].mounted, dir))
			return true;
	}
	return root_stat(s->root, "/", &top) == 0 && root_stat(s->root, dir, &st) == 0 &&
	       st.st_dev != top.st_dev;
}

static int count(void *arg, const struct root_entry *e)
{
	size_t *n = arg;

	if (!streq(e->name, "lost+found"))
		++*n;
	return *n > 0;
}

/* A tree that was copied into one place shows what was below its mount points. */
static bool is_empty(const struct scan *s, const char *dir)
{
	size_t n = 0;
	struct stat st;

	if (root_stat(s->root, dir, &st) == 0 && st.st_size > DIR_MAX)
		return false;
	root_list(s->root, dir, count, &n);
	return n == 0;
}

static const char *const *find(struct scan *s)
{
	const struct text *t = scan_text(s, "/etc/fstab");
	const char **list = NULL;
	size_t n = 0, cap = 0, listed = 0;
	struct fstab tab = { 0 };

	if (t)
		fstab_parse(s->arena, t, &tab);
	for (size_t i = 0; i < tab.n && n < UNSEEN_MAX; i++) {
		const char *dir = tab.e[i].where;

		if (tab.e[i].bad || tab.e[i].swap || dir[0] != '/' || streq(dir, "/"))
			continue;
		if (is_mounted(s, dir) || listed++ >= LISTED_MAX)
			continue;
		if (!is_empty(s, dir))
			continue;
		ARENA_GROW(s->arena, list, n, cap);
		list[n++] = dir;
	}
	ARENA_GROW(s->arena, list, n, cap);
	list[n] = NULL;
	return list;
}

const char *const *unseen_find(struct scan *s)
{
	if (!s->unseen)
		s->unseen = find(s);
	return s->unseen;
}

bool path_is_below(const char *path, const char *dir)
{
	const char *rest = after(path, dir);

	if (!rest)
		return false;
	return *rest == '\0' || *rest == '/' || endswith(dir, "/");
}

bool unseen(const char *const *mount_points, const char *path)
{
	for (size_t i = 0; mount_points[i]; i++) {
		if (path_is_below(path, mount_points[i]))
			return true;
	}
	return false;
}
