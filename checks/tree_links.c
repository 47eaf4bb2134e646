/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links into /usr where it is merged: without them not even the shell has its name. */
#include "checks/tree_parts.h"

/* The same of links that lead nowhere. */
static bool any_is_there(struct tree *w, const char *const *paths)
{
	while (*paths && tree_is_absent(w, *paths))
		paths++;
	return *paths;
}

/* What only stands below /usr where /usr is merged. */
static const char *const merged_bin[] = { "/usr/bin/sh", "/usr/bin/bash", "/usr/bin/mount", NULL };

static const char *const merged_sbin[] = { "/usr/sbin/init",	 "/usr/sbin/agetty",
					   "/usr/sbin/ldconfig", "/usr/sbin/fsck",
					   "/usr/bin/init",	 NULL };

static const char *const merged_lib[] = { "/usr/lib/modules",
					  "/usr/lib/x86_64-linux-gnu/libc.so.6",
					  "/usr/lib/aarch64-linux-gnu/libc.so.6",
					  "/usr/lib/libc.so.6",
					  "/usr/lib/ld-linux-aarch64.so.1",
					  NULL };

/* Without these nobody looks into /lib64. */
static const char *const needs_lib64[] = { "/usr/lib64/ld-linux-x86-64.so.2",
					   "/usr/lib64/libc.so.6", "/usr/lib64/ld64.so.1",
					   "/usr/lib64/ld64.so.2", NULL };

static const char *const none[] = { NULL };

static const struct usr_link {
	const char *path;
	const char *target; /* from / */
	const char *other;  /* when the target is not there; or NULL */
	const char *const *evidence;
} usr_links[] = {
	{ "/bin", "usr/bin", NULL, merged_bin }, { "/sbin", "usr/sbin", "usr/bin", merged_sbin },
	{ "/lib", "usr/lib", NULL, merged_lib }, { "/lib64", "usr/lib64", NULL, needs_lib64 },
	{ "/lib32", "usr/lib32", NULL, none },
};

static bool leads_into_usr(const struct tree *w, const char *path)
{
	_cleanup_free_ char *to = NULL;

	if (!tree_is_link(w, path) || root_readlink(w->s->root, path, &to) < 0)
		return false;
	return startswith(to[0] == '/' ? to + 1 : to, "usr/");
}

static bool was_merged(struct tree *w)
{
	for (size_t i = 0; i < 3; i++) {
		if (leads_into_usr(w, usr_links[i].path))
			return true;
	}
	for (size_t i = 0; i < 3; i++) {
		if (!tree_is_absent(w, usr_links[i].path))
			return false;
	}
	return tree_any_exists(w, merged_bin);
}

/* A loader link says /lib32: only then does anybody need it. */
static bool needs_lib32(const struct tree *w)
{
	_cleanup_free_ char *to = NULL;

	return root_readlink(w->s->root, "/usr/lib/ld-linux.so.2", &to) == 0 &&
	       startswith(to, "/lib32/");
}

static bool link_is_needed(struct tree *w, const struct usr_link *u)
{
	if (streq(u->path, "/lib32"))
		return needs_lib32(w);
	if (streq(u->path, "/lib64"))
		return any_is_there(w, u->evidence);
	return w->merged || tree_any_exists(w, u->evidence);
}

static const char *target_of(struct tree *w, const struct usr_link *u)
{
	if (root_is_dir(w->s->root, scan_printf(w->s, "/%s", u->target)))
		return u->target;
	if (u->other && root_is_dir(w->s->root, scan_printf(w->s, "/%s", u->other)))
		return u->other;
	return NULL;
}

/* One link: there, or somewhere to lead to. */
static void check_usr_link(struct tree *w, const struct usr_link *u)
{
	bool dangling = tree_is_link(w, u->path) && !root_exists(w->s->root, u->path);
	const char *target = target_of(w, u);
	struct finding *f;

	if (!target || (!dangling && !tree_is_absent(w, u->path)) || !link_is_needed(w, u))
		return;
	f = tree_find(w, u->path, STOPS_BOOT,
		      scan_printf(w->s,
				  dangling ? "the link leads nowhere; '/%s' is there"
					   : "the link is gone; '/%s' is there",
				  target));
	propose_link(f, u->path, target);
	tree_will_be(w, u->path, scan_printf(w->s, "/%s", target));
}

void tree_check_links(struct tree *w)
{
	w->merged = was_merged(w);
	if (!tree_usr_is_seen(w))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(usr_links); i++)
		check_usr_link(w, &usr_links[i]);
}
