/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/checks.h"
#include "lib/kernels.h"
#include "lib/unseen.h"

static const struct problem tree_missing = {
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

#define MADE_MAX 32u

/* A directory link that is proposed: what is below it is judged where it will lead. */
struct made {
	const char *link;   /* "/lib64" */
	const char *target; /* "/usr/lib64" */
};

struct world {
	struct scan *s;
	const char *const *unseen;
	bool merged; /* /bin, /sbin and /lib are links into /usr, or were */
	struct made made[MADE_MAX];
	size_t n;
};

static bool is_absent(const struct world *w, const char *path)
{
	struct stat st;

	return root_is_absent(root_lstat(w->s->root, path, &st));
}

static bool is_link(const struct world *w, const char *path)
{
	struct stat st;

	return root_lstat(w->s->root, path, &st) == 0 && S_ISLNK(st.st_mode);
}

/* Where path will be once the links proposed so far are there. */
static const char *after_repair(struct world *w, const char *path)
{
	for (size_t i = 0; i < w->n; i++) {
		if (path_is_below(path, w->made[i].link))
			return scan_printf(w->s, "%s%s", w->made[i].target,
					   path + strlen(w->made[i].link));
	}
	return path;
}

static void will_be(struct world *w, const char *link, const char *target)
{
	if (w->n < MADE_MAX)
		w->made[w->n++] = (struct made){ link, target };
}

static bool any_exists(struct world *w, const char *const *paths)
{
	for (; *paths; paths++) {
		if (root_exists(w->s->root, *paths))
			return true;
	}
	return false;
}

/* The same of links that lead nowhere. */
static bool any_is_there(struct world *w, const char *const *paths)
{
	while (*paths && is_absent(w, *paths))
		paths++;
	return *paths;
}

static size_t count_entries(struct world *w, const char *dir)
{
	const char *const *name = scan_dir(w->s, dir);
	size_t n = 0;

	while (name[n])
		n++;
	return n;
}

static struct finding *missing(struct world *w, const char *path, enum severity severity,
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

static bool is_usual_tree(struct world *w)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(usual); i++)
		n += root_is_dir(w->s->root, usual[i]);
	return n >= 3 && !any_exists(w, other_layouts);
}

/* A partition of that role is there and was not mounted: what it holds is not missing. */
static bool is_elsewhere(const struct world *w, enum role role)
{
	const struct devices *d = w->s->facts->devices;

	for (size_t i = 0; i < d->n; i++) {
		if (d->p[i].role == role && !d->p[i].mounted && d->p[i].error)
			return true;
	}
	return false;
}

static bool usr_is_seen(const struct world *w)
{
	return !unseen(w->unseen, "/usr") && !is_elsewhere(w, ROLE_USR);
}

static bool var_is_seen(const struct world *w)
{
	return !unseen(w->unseen, "/var") && !is_elsewhere(w, ROLE_VAR);
}

/* --- links into /usr --- */

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

static bool leads_into_usr(const struct world *w, const char *path)
{
	_cleanup_free_ char *to = NULL;

	if (!is_link(w, path) || root_readlink(w->s->root, path, &to) < 0)
		return false;
	return startswith(to[0] == '/' ? to + 1 : to, "usr/");
}

static bool was_merged(struct world *w)
{
	for (size_t i = 0; i < 3; i++) {
		if (leads_into_usr(w, usr_links[i].path))
			return true;
	}
	for (size_t i = 0; i < 3; i++) {
		if (!is_absent(w, usr_links[i].path))
			return false;
	}
	return any_exists(w, merged_bin);
}

/* A loader link says /lib32: only then does anybody need it. */
static bool needs_lib32(const struct world *w)
{
	_cleanup_free_ char *to = NULL;

	return root_readlink(w->s->root, "/usr/lib/ld-linux.so.2", &to) == 0 &&
	       startswith(to, "/lib32/");
}

static bool link_is_needed(struct world *w, const struct usr_link *u)
{
	if (streq(u->path, "/lib32"))
		return needs_lib32(w);
	if (streq(u->path, "/lib64"))
		return any_is_there(w, u->evidence);
	return w->merged || any_exists(w, u->evidence);
}

static const char *target_of(struct world *w, const struct usr_link *u)
{
	if (root_is_dir(w->s->root, scan_printf(w->s, "/%s", u->target)))
		return u->target;
	if (u->other && root_is_dir(w->s->root, scan_printf(w->s, "/%s", u->other)))
		return u->other;
	return NULL;
}

/* One link: there, or somewhere to lead to. */
static void check_usr_link(struct world *w, const struct usr_link *u)
{
	bool dangling = is_link(w, u->path) && !root_exists(w->s->root, u->path);
	const char *target = target_of(w, u);
	struct finding *f;

	if (!target || (!dangling && !is_absent(w, u->path)) || !link_is_needed(w, u))
		return;
	f = missing(w, u->path, STOPS_BOOT,
		    scan_printf(w->s,
				dangling ? "the link leads nowhere; '/%s' is there"
					 : "the link is gone; '/%s' is there",
				target));
	propose_link(f, u->path, target);
	will_be(w, u->path, scan_printf(w->s, "/%s", target));
}

static void check_usr_links(struct world *w)
{
	w->merged = was_merged(w);
	if (!usr_is_seen(w))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(usr_links); i++)
		check_usr_link(w, &usr_links[i]);
}

/* --- the program loader --- */

enum { EM_386_ = 3, EM_X86_64_ = 62, EM_AARCH64_ = 183 };

static const struct loader {
	const char *path;    /* what programs name */
	unsigned machine;    /* of ELF */
	const char *dirs[4]; /* where the file itself may be */
} loaders[] = {
	{ "/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", EM_X86_64_, { NULL } },
	{ "/lib64/ld-linux-x86-64.so.2",
	  EM_X86_64_,
	  { "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", NULL } },
	{ "/lib/aarch64-linux-gnu/ld-linux-aarch64.so.1", EM_AARCH64_, { NULL } },
	{ "/lib/ld-linux-aarch64.so.1",
	  EM_AARCH64_,
	  { "/lib/aarch64-linux-gnu", "/lib64", "/usr/lib64", NULL } },
	{ "/lib/i386-linux-gnu/ld-linux.so.2", EM_386_, { NULL } },
	{ "/lib/ld-linux.so.2", EM_386_, { "/lib/i386-linux-gnu", "/lib32", "/usr/lib32", NULL } },
};

static bool is_elf_of(const struct world *w, const char *path, unsigned machine)
{
	unsigned char h[20];
	size_t got = 0;

	if (!root_is_file(w->s->root, path) ||
	    root_pread(w->s->root, path, 0, h, sizeof(h), &got) < 0 || got != sizeof(h))
		return false;
	return memcmp(h, "\177ELF", 4) == 0 && h[5] == 1 && (h[18] | h[19] << 8) == (int)machine;
}

static const char *split_path(struct world *w, const char *path, const char **name)
{
	const char *slash = strrchr(path, '/');

	*name = slash + 1;
	return slash == path ? "/" : arena_strndup(w->s->arena, path, (size_t)(slash - path));
}

/* "2.31.so" of a libc.so.6 that leads to libc-2.31.so; NULL: it does not say. */
static const char *libc_version(struct world *w, const char *dir)
{
	_cleanup_free_ char *libc = NULL;
	const char *base;

	if (root_resolve(w->s->root, scan_printf(w->s, "%s/libc.so.6", dir), &libc) < 0)
		return NULL;
	base = strrchr(libc, '/');
	base = base ? after(base, "/libc-") : NULL;
	return base ? arena_strdup(w->s->arena, base) : NULL;
}

/* glibc before 2.34: ld-2.31.so, of the same version as the libc in use; else the only one. */
static const char *versioned_in(struct world *w, const char *dir, unsigned machine)
{
	const char *const *name = scan_dir(w->s, dir);
	const char *version = libc_version(w, dir), *found = NULL;

	for (; *name; name++) {
		const char *path = scan_printf(w->s, "%s/%s", dir, *name);
		const char *own = after(*name, "ld-");

		if (!own || own[0] != '2' || !endswith(own, ".so") || !is_elf_of(w, path, machine))
			continue;
		if (version && streq(version, own))
			return path;
		if (found)
			return NULL;
		found = path;
	}
	return version ? NULL : found;
}

/* The loader's file, other than at its own name; NULL: not found. */
static const char *find_loader(struct world *w, const struct loader *l)
{
	const char *name, *dir = split_path(w, l->path, &name), *found;

	found = versioned_in(w, after_repair(w, dir), l->machine);
	for (size_t i = 0; !found && l->dirs[i]; i++) {
		const char *d = after_repair(w, l->dirs[i]);
		const char *path = scan_printf(w->s, "%s/%s", d, name);

		if (is_elf_of(w, path, l->machine))
			found = scan_printf(w->s, "%s/%s", l->dirs[i], name);
		else
			found = versioned_in(w, d, l->machine);
	}
	return found;
}

/* The link at path leads to what an earlier proposal makes. */
static bool leads_to_made(struct world *w, const char *path)
{
	_cleanup_free_ char *to = NULL;

	if (!is_link(w, path) || root_resolve(w->s->root, path, &to) < 0)
		return false;
	if (root_exists(w->s->root, after_repair(w, to)))
		return true;
	for (size_t i = 0; i < w->n; i++) {
		if (streq(w->made[i].link, to))
			return true;
	}
	return false;
}

/* The directory the link stands in; made too where it is gone. */
static const char *loader_dir(struct world *w, struct finding *f, const char *dir)
{
	_cleanup_free_ char *real = NULL;
	const char *to;

	if (root_is_dir(w->s->root, dir))
		return dir;
	if (is_absent(w, dir) && w->merged && !startswith(dir, "/usr/")) {
		to = scan_printf(w->s, "/usr%s", dir);
		if (is_absent(w, to))
			propose_dir(f, to, 0755);
		propose_link(f, dir, to + 1);
		will_be(w, dir, to);
		return to;
	}
	to = root_resolve(w->s->root, dir, &real) == 0 ? arena_strdup(w->s->arena, real) : dir;
	propose_dir(f, to, 0755);
	return to;
}

static void check_loader(struct world *w, const struct loader *l)
{
	const char *name, *dir = split_path(w, l->path, &name);
	const char *path = after_repair(w, l->path), *file, *file_name, *file_dir, *at;
	_cleanup_free_ char *real = NULL;
	struct finding *f;

	if (root_exists(w->s->root, path) || leads_to_made(w, path))
		return;
	/* A directory of Debian's kind that is not there at all is another family's. */
	if (!l->dirs[0] && !root_is_dir(w->s->root, after_repair(w, dir)))
		return;
	file = find_loader(w, l);
	if (!file)
		return;
	file_dir = split_path(w, file, &file_name);
	f = missing(w, l->path, STOPS_BOOT,
		    scan_printf(w->s, "the program loader's link is gone; '%s' is there", file));
	at = loader_dir(w, f, after_repair(w, dir));
	path = scan_printf(w->s, "%s/%s", at, name);
	propose_link(f, path, streq(after_repair(w, file_dir), at) ? file_name : file);
	if (root_resolve(w->s->root, path, &real) == 0)
		will_be(w, arena_strdup(w->s->arena, real), file);
}

static void check_loaders(struct world *w)
{
	if (!usr_is_seen(w))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(loaders); i++)
		check_loader(w, &loaders[i]);
}

/* --- empty directories --- */

static bool uses_run(const struct world *w)
{
	return w->s->facts->init == INIT_SYSTEMD || !is_absent(w, "/run") || is_link(w, "/var/run");
}

static void make_dir(struct world *w, const char *path, mode_t mode, enum severity severity)
{
	struct finding *f;

	if (!is_absent(w, path))
		return;
	f = missing(w, path, severity, "the directory is gone");
	propose_dir(f, path, mode);
}

static void check_mount_points(struct world *w)
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
static void check_var_link(struct world *w, const struct var_link *v)
{
	enum severity severity = w->s->facts->init == INIT_SYSTEMD ? DEGRADES : BLOCKS_LOGIN;
	bool absolute = w->s->facts->pkg == PKG_DPKG;
	struct finding *f;

	if (!is_absent(w, v->path))
		return;
	if (!uses_run(w)) {
		make_dir(w, v->path, 0755, severity);
		return;
	}
	f = missing(w, v->path, severity,
		    scan_printf(w->s, "the link is gone; it led to '/%s'", v->target));
	propose_link(f, v->path, scan_printf(w->s, absolute ? "/%s" : "../%s", v->target));
}

/* What held state, and the repair's own journal: an empty one is no repair. */
static void report_lost(struct world *w, const char *path)
{
	struct finding *f =
		missing(w, path, STOPS_BOOT, "the directory is gone with all that was in it");

	if (w->s->facts->init == INIT_SYSTEMD)
		finding_severity(f, DEGRADES);
	finding_safety(f, FIX_NONE);
}

static void check_var(struct world *w)
{
	if (!var_is_seen(w) || w->s->facts->init == INIT_BUSYBOX)
		return;
	if (is_absent(w, "/var")) {
		report_lost(w, "/var");
		return;
	}
	/* A system that keeps no state has it filled at boot. */
	if (count_entries(w, "/var") == 0)
		return;
	if (is_absent(w, "/var/lib") && !unseen(w->unseen, "/var/lib"))
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
static enum severity os_release_severity(const struct world *w)
{
	const struct root *r = w->s->root;

	if (root_exists(r, "/etc/initramfs-tools") || root_exists(r, "/usr/share/initramfs-tools"))
		return DEGRADES;
	return STOPS_BOOT;
}

static const char *made_up_release(struct world *w)
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

static void check_os_release(struct world *w)
{
	struct finding *f;
	const char *text;

	if (w->s->facts->init != INIT_SYSTEMD || root_exists(w->s->root, "/etc/os-release"))
		return;
	if (root_is_file(w->s->root, "/usr/lib/os-release")) {
		f = missing(w, "/etc/os-release", DEGRADES,
			    "the link is gone; '/usr/lib/os-release' is there");
		propose_link(f, "/etc/os-release", "../usr/lib/os-release");
		return;
	}
	if (!usr_is_seen(w) || !root_is_dir(w->s->root, "/usr/lib"))
		return;
	f = missing(w, "/usr/lib/os-release", os_release_severity(w),
		    "neither it nor '/etc/os-release' is there");
	finding_safety(f, FIX_ASK);
	text = made_up_release(w);
	propose_text(f, "/usr/lib/os-release", text, strlen(text), 0644);
	if (is_absent(w, "/etc/os-release"))
		propose_link(f, "/etc/os-release", "../usr/lib/os-release");
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
static bool was_installed(struct world *w)
{
	static const char *const lists[] = { "/var/lib/dpkg/info/base-files.list",
					     "/var/lib/dpkg/info/bash.list",
					     "/var/lib/dpkg/info/coreutils.list", NULL };
	enum pkg_kind pkg = w->s->facts->pkg;

	return pkg == PKG_RPM || pkg == PKG_PACMAN || any_exists(w, lists);
}

static const char *content_words(struct world *w, const char *path, size_t n)
{
	if (is_absent(w, path))
		return "the directory is gone with all that was in it";
	return scan_printf(w->s, "its content is lost; entries left: %zu", n);
}

static void check_content(struct world *w)
{
	if (!was_installed(w))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(content); i++) {
		const char *path = content[i].path;
		size_t n;
		struct finding *f;

		if (content[i].split && (w->merged || is_link(w, path)))
			continue;
		if (path_is_below(path, "/usr") && !usr_is_seen(w))
			continue;
		n = count_entries(w, path);
		if (n >= content[i].least)
			continue;
		f = missing(w, path, STOPS_BOOT, content_words(w, path, n));
		finding_safety(f, FIX_NONE);
	}
}

static void run(struct scan *s)
{
	struct world w = { .s = s, .unseen = unseen_find(s) };

	if (!is_usual_tree(&w))
		return;
	check_usr_links(&w);
	check_loaders(&w);
	/* An application container has no use for the rest. */
	if (s->facts->init == INIT_UNKNOWN && !s->facts->boots_itself)
		return;
	check_mount_points(&w);
	check_var(&w);
	check_os_release(&w);
	check_content(&w);
}

const struct check tree_check = {
	.name = "tree",
	.summary = "directories and links that everything else relies on",
	.problems = problems,
	.run = run,
};
