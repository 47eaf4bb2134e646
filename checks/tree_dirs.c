/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Directories that something is mounted on or that services write in, /var, and os-release. */
#include "checks/tree_parts.h"
#include "lib/unseen.h"

/* --- empty directories --- */

static bool uses_run(const struct tree *w)
{
	return w->s->facts->init == INIT_SYSTEMD || !tree_is_absent(w, "/run") ||
	       tree_is_link(w, "/var/run");
}

static void make_dir(struct tree *w, const char *path, mode_t mode, enum severity severity)
{
	struct finding *f;

	if (!tree_is_absent(w, path))
		return;
	f = tree_find(w, path, severity, "the directory is gone");
	propose_dir(f, path, mode);
}

void tree_check_mount_points(struct tree *w)
{
	enum init_kind init = w->s->facts->init;

	make_dir(w, "/dev", 0755, STOPS_BOOT);
	make_dir(w, "/proc", 0555, STOPS_BOOT);
	make_dir(w, "/sys", 0555, STOPS_BOOT);
	if (init == INIT_BUSYBOX)
		return;
	if (uses_run(w))
		make_dir(w, "/run", 0755, init == INIT_SYSTEMD ? STOPS_BOOT : BLOCKS_LOGIN);
	make_dir(w, "/tmp", 01777, DEGRADES);
}

/* --- /var --- */

static const char *const var_dirs[] = { "/var/cache", "/var/log", "/var/spool" };

static const struct var_link {
	const char *path;
	const char *target; /* from / */
} var_links[] = {
	{ "/var/run", "run" },
	{ "/var/lock", "run/lock" },
};

/* As this family writes them; RHEL 6 and older have directories there. */
static void check_var_link(struct tree *w, const struct var_link *v)
{
	enum severity severity = w->s->facts->init == INIT_SYSTEMD ? DEGRADES : BLOCKS_LOGIN;
	bool absolute = w->s->facts->pkg == PKG_DPKG;
	struct finding *f;

	if (!tree_is_absent(w, v->path))
		return;
	if (!uses_run(w)) {
		make_dir(w, v->path, 0755, severity);
		return;
	}
	f = tree_find(w, v->path, severity,
		      scan_printf(w->s, "the link is gone; it led to '/%s'", v->target));
	propose_link(f, v->path, scan_printf(w->s, absolute ? "/%s" : "../%s", v->target));
}

/* What held state, and the repair's own journal: an empty one is no repair. */
static void report_lost(struct tree *w, const char *path)
{
	struct finding *f =
		tree_find(w, path, STOPS_BOOT, "the directory is gone with all that was in it");

	if (w->s->facts->init == INIT_SYSTEMD)
		finding_severity(f, DEGRADES);
	finding_safety(f, FIX_NONE);
}

void tree_check_var(struct tree *w)
{
	if (!tree_var_is_seen(w) || w->s->facts->init == INIT_BUSYBOX)
		return;
	if (tree_is_absent(w, "/var")) {
		report_lost(w, "/var");
		return;
	}
	/* A system that keeps no state has it filled at boot. */
	if (tree_count_entries(w, "/var") == 0)
		return;
	if (tree_is_absent(w, "/var/lib") && !unseen(w->unseen, "/var/lib"))
		report_lost(w, "/var/lib");
	for (size_t i = 0; i < ARRAY_SIZE(var_dirs); i++) {
		if (!unseen(w->unseen, var_dirs[i]))
			make_dir(w, var_dirs[i], 0755, DEGRADES);
	}
	make_dir(w, "/var/tmp", 01777, DEGRADES);
	for (size_t i = 0; i < ARRAY_SIZE(var_links); i++)
		check_var_link(w, &var_links[i]);
}

/* --- os-release --- */

/* Before os-release, and where the initramfs is not systemd's, nobody asks for it. */
static enum severity os_release_severity(const struct tree *w)
{
	const struct root *r = w->s->root;

	if (root_exists(r, "/etc/initramfs-tools") || root_exists(r, "/usr/share/initramfs-tools"))
		return DEGRADES;
	return STOPS_BOOT;
}

static const char *made_up_release(struct tree *w)
{
	static const char *const files[] = { "/etc/system-release", "/etc/redhat-release",
					     "/etc/SuSE-release" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		const struct text *t = scan_text(w->s, files[i]);
		const char *line = t ? text_line(t, 1) : "";

		if (*line && !line[strcspn(line, "\"\\$`\r")])
			return scan_printf(w->s, "NAME=\"%s\"\nID=linux\nPRETTY_NAME=\"%s\"\n",
					   line, line);
	}
	return "NAME=Linux\nID=linux\nPRETTY_NAME=Linux\n";
}

void tree_check_os_release(struct tree *w)
{
	struct finding *f;
	const char *text;

	if (w->s->facts->init != INIT_SYSTEMD || root_exists(w->s->root, "/etc/os-release"))
		return;
	if (root_is_file(w->s->root, "/usr/lib/os-release")) {
		f = tree_find(w, "/etc/os-release", DEGRADES,
			      "the link is gone; '/usr/lib/os-release' is there");
		propose_link(f, "/etc/os-release", "../usr/lib/os-release");
		return;
	}
	if (!tree_usr_is_seen(w) || !root_is_dir(w->s->root, "/usr/lib"))
		return;
	f = tree_find(w, "/usr/lib/os-release", os_release_severity(w),
		      "neither it nor '/etc/os-release' is there");
	finding_safety(f, FIX_ASK);
	text = made_up_release(w);
	propose_text(f, "/usr/lib/os-release", text, strlen(text), 0644);
	if (tree_is_absent(w, "/etc/os-release"))
		propose_link(f, "/etc/os-release", "../usr/lib/os-release");
}
