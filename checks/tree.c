/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/checks.h"
#include "checks/tree_parts.h"
#include "lib/unseen.h"

const struct problem tree_missing = {
	.id = "tree.missing",
	.severity = STOPS_BOOT,
	.stage = AT_INIT,
	.safety = FIX_SAFE,
	.title = "a directory or link that everything else relies on is missing",
	.why = "Where /usr is merged, /bin, /sbin, /lib and /lib64 are links into it and every program names "
	       "its loader and shell through them; without the link nothing starts, not even PID 1. "
	       "/dev, /proc, /sys and /run are mounted by the initramfs and PID 1, which cannot make them "
	       "while the root is read-only. systemd refuses a root that has no os-release.",
	.console =
		"run-init: can't execute '/sbin/init': No such file or directory\n"
		"Target filesystem doesn't have requested /sbin/init.\n"
		"Failed to switch root: Specified switch root path '/sysroot' does not seem to be an OS tree. "
		"os-release file is missing.\n"
		"Failed to mount tmpfs at /run: No such file or directory\n"
		"Kernel panic - not syncing: No working init found.",
	.by_hand =
		"ln -s usr/bin /mnt/bin; ln -s usr/lib64 /mnt/lib64; ln -s /run /mnt/var/run; "
		"mkdir /mnt/proc /mnt/sys /mnt/dev /mnt/run; mkdir -m 1777 /mnt/tmp; "
		"lost content: reinstall the packages, or copy it from a machine of the same release",
	.fix = "makes the link or the empty directory again, written as the distribution writes it; content "
	       "that is lost is only named",
};

static const struct problem *const problems[] = { &tree_missing, NULL };

bool tree_is_absent(const struct tree *w, const char *path)
{
	struct stat st;

	return root_is_absent(root_lstat(w->s->root, path, &st));
}

bool tree_is_link(const struct tree *w, const char *path)
{
	struct stat st;

	return root_lstat(w->s->root, path, &st) == 0 && S_ISLNK(st.st_mode);
}

const char *tree_after_repair(struct tree *w, const char *path)
{
	for (size_t i = 0; i < w->n; i++) {
		if (path_is_below(path, w->made[i].link))
			return scan_printf(w->s, "%s%s", w->made[i].target,
					   path + strlen(w->made[i].link));
	}
	return path;
}

void tree_will_be(struct tree *w, const char *link, const char *target)
{
	if (w->n < TREE_MADE_MAX)
		w->made[w->n++] = (struct tree_made){ link, target };
}

bool tree_any_exists(struct tree *w, const char *const *paths)
{
	for (; *paths; paths++) {
		if (root_exists(w->s->root, *paths))
			return true;
	}
	return false;
}

size_t tree_count_entries(struct tree *w, const char *dir)
{
	const char *const *name = scan_dir(w->s, dir);
	size_t n = 0;

	while (name[n])
		n++;
	return n;
}

struct finding *tree_find(struct tree *w, const char *path, enum severity severity,
			  const char *detail)
{
	struct finding *f = scan_find(w->s, &tree_missing, path, "%s", detail);

	finding_severity(f, severity);
	finding_absence(f);
	return f;
}

/* --- is this a tree to judge at all --- */

/* Systems that keep their programs elsewhere, or make the tree anew at each boot. */
static const char *const other_layouts[] = { "/nix/store",	"/gnu/store",	  "/ostree",
					     "/sysroot/ostree", "/system/bin/sh", NULL };

static const char *const usual[] = { "/etc", "/var", "/root",  "/home", "/boot",
				     "/opt", "/mnt", "/media", "/srv",	"/tmp" };

static bool is_usual_tree(struct tree *w)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(usual); i++)
		n += root_is_dir(w->s->root, usual[i]);
	return n >= 3 && !tree_any_exists(w, other_layouts);
}

/* A partition of that role is there and was not mounted: what it holds is not missing. */
static bool is_elsewhere(const struct tree *w, enum role role)
{
	const struct devices *d = w->s->facts->devices;

	for (size_t i = 0; i < d->n; i++) {
		if (d->p[i].role == role && !d->p[i].mounted && d->p[i].error)
			return true;
	}
	return false;
}

bool tree_usr_is_seen(const struct tree *w)
{
	return !unseen(w->unseen, "/usr") && !is_elsewhere(w, ROLE_USR);
}

bool tree_var_is_seen(const struct tree *w)
{
	return !unseen(w->unseen, "/var") && !is_elsewhere(w, ROLE_VAR);
}

/* --- content that is lost --- */

static const struct {
	const char *path;
	size_t least; /* entries no installed system is below */
	bool split;   /* only where /usr is not merged */
} content[] = {
	{ "/usr", 3, false }, { "/usr/bin", 8, false }, { "/usr/lib", 3, false },
	{ "/etc", 8, false }, { "/bin", 5, true },	{ "/sbin", 5, true },
	{ "/lib", 3, true },
};

/* A package database says that a whole system was installed here. */
static bool was_installed(struct tree *w)
{
	static const char *const lists[] = { "/var/lib/dpkg/info/base-files.list",
					     "/var/lib/dpkg/info/bash.list",
					     "/var/lib/dpkg/info/coreutils.list", NULL };
	enum pkg_kind pkg = w->s->facts->pkg;

	return pkg == PKG_RPM || pkg == PKG_PACMAN || tree_any_exists(w, lists);
}

static const char *content_words(struct tree *w, const char *path, size_t n)
{
	if (tree_is_absent(w, path))
		return "the directory is gone with all that was in it";
	return scan_printf(w->s, "its content is lost; entries left: %zu", n);
}

static void check_content(struct tree *w)
{
	if (!was_installed(w))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(content); i++) {
		const char *path = content[i].path;
		size_t n;
		struct finding *f;

		if (content[i].split && (w->merged || tree_is_link(w, path)))
			continue;
		if (path_is_below(path, "/usr") && !tree_usr_is_seen(w))
			continue;
		n = tree_count_entries(w, path);
		if (n >= content[i].least)
			continue;
		f = tree_find(w, path, STOPS_BOOT, content_words(w, path, n));
		finding_safety(f, FIX_NONE);
	}
}

static void run(struct scan *s)
{
	struct tree w = { .s = s, .unseen = unseen_find(s) };

	if (!is_usual_tree(&w))
		return;
	tree_check_links(&w);
	tree_check_loaders(&w);
	/* An application container has no use for the rest. */
	if (s->facts->init == INIT_UNKNOWN && !s->facts->boots_itself)
		return;
	tree_check_mount_points(&w);
	tree_check_var(&w);
	tree_check_os_release(&w);
	check_content(&w);
}

const struct check tree_check = {
	.name = "tree",
	.summary = "directories and links that everything else relies on",
	.problems = problems,
	.run = run,
};
