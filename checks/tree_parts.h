/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the tree check share; for checks/tree*.c only. */
#ifndef BOOTMEND_CHECKS_TREE_PARTS_H
#define BOOTMEND_CHECKS_TREE_PARTS_H

#include "lib/check.h"

#define TREE_MADE_MAX 32u

/* A directory link that is proposed: what is below it is judged where it will lead. */
struct tree_made {
	const char *link;   /* "/lib64" */
	const char *target; /* "/usr/lib64" */
};

struct tree {
	struct scan *s;
	const char *const *unseen;
	bool merged; /* /bin, /sbin and /lib are links into /usr, or were */
	struct tree_made made[TREE_MADE_MAX];
	size_t n;
};

/* Links are not followed by these two. */
bool tree_is_absent(const struct tree *w, const char *path);
bool tree_is_link(const struct tree *w, const char *path);
bool tree_any_exists(struct tree *w, const char *const *paths);
size_t tree_count_entries(struct tree *w, const char *dir);
/* What stands there is seen: it is no partition of its own that could not be mounted. */
bool tree_usr_is_seen(const struct tree *w);
bool tree_var_is_seen(const struct tree *w);

/* Where path will be once the links proposed so far are there. */
const char *tree_after_repair(struct tree *w, const char *path);
void tree_will_be(struct tree *w, const char *link, const char *target);

/* A finding of tree.missing. */
struct finding *tree_find(struct tree *w, const char *path, enum severity severity,
			  const char *detail);

/* In this order: what an earlier one proposes, a later one relies on. */
void tree_check_links(struct tree *w);	      /* tree_links.c; finds out w->merged */
void tree_check_loaders(struct tree *w);      /* tree_loader.c */
void tree_check_mount_points(struct tree *w); /* tree_dirs.c */
void tree_check_var(struct tree *w);	      /* tree_dirs.c */
void tree_check_os_release(struct tree *w);   /* tree_dirs.c */

#endif
