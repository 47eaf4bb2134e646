/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/elfscan.h"
#include "lib/unseen.h"

/* Systems that find libraries by paths of their own, or make the tree anew at each boot. */
static const char *const other_layouts[] = { "/system/bin/linker64", "/system/bin/linker",
					     "/ostree/repo", "/sysroot/ostree", NULL };

/* A directory or link that programs find their libraries by is gone: all else follows from it. */
static bool is_tree_broken(const struct scan *s)
{
	for (const struct finding *f = s->findings; f; f = f->next) {
		if (streq(f->problem->id, "tree.missing") && f->severity == STOPS_BOOT && f->path &&
		    (startswith(f->path, "/lib") || startswith(f->path, "/usr") ||
		     startswith(f->path, "/bin") || startswith(f->path, "/sbin")))
			return true;
	}
	return false;
}

static bool can_judge(struct scan *s)
{
	static const char *const dirs[] = {
		"/usr", "/lib", "/usr/lib", "/lib64", "/usr/lib64", NULL
	};
	const char *const *mount_points = unseen_find(s);
	const struct devices *d = s->facts->devices;

	for (size_t i = 0; dirs[i]; i++) {
		if (unseen(mount_points, dirs[i]))
			return false;
	}
	for (size_t i = 0; other_layouts[i]; i++) {
		if (root_exists(s->root, other_layouts[i]) && !root_is_dir(s->root, "/usr/lib"))
			return false;
	}
	for (size_t i = 0; i < d->n; i++) {
		if (d->p[i].role == ROLE_USR && !d->p[i].mounted && d->p[i].error)
			return false;
	}
	return !is_tree_broken(s);
}

struct elfclosure *elfscan(struct scan *s)
{
	if (!s->elf && can_judge(s))
		s->elf = elfclosure_new(s->root, s->arena);
	return s->elf;
}
