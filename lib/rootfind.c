/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>

#include "lib/rootfind.h"

#define SMALL_FILE (64u << 10)
#define WHAT_MAX 120
#define ENTRIES_MAX 20000

/* --- small questions --- */

struct scan_names {
	bool (*wanted)(const struct root_entry *e);
	size_t hits, seen;
};

static int count_name(void *arg, const struct root_entry *e)
{
	struct scan_names *s = arg;

	s->hits += s->wanted(e);
	return ++s->seen > ENTRIES_MAX ? -EFBIG : 0;
}

static size_t count(const struct root *r, const char *dir,
		    bool (*wanted)(const struct root_entry *e))
{
	struct scan_names s = { .wanted = wanted };

	root_list(r, dir, count_name, &s);
	return s.hits;
}

static bool any_dir(const struct root_entry *e)
{
	return e->type == DT_DIR;
}

static bool any_entry(const struct root_entry *e)
{
	return !streq(e->name, "lost+found");
}

static bool is_loader(const struct root_entry *e)
{
	return startswith(e->name, "ld-linux") || startswith(e->name, "ld-musl") ||
	       startswith(e->name, "ld64.so") || startswith(e->name, "ld.so.1");
}

static bool is_kernel(const struct root_entry *e)
{
	return startswith(e->name, "vmlinuz") || startswith(e->name, "vmlinux") ||
	       startswith(e->name, "initrd") || startswith(e->name, "initramfs") ||
	       startswith(e->name, "System.map-") || startswith(e->name, "config-");
}

static bool has_loader(const struct root *r)
{
	static const char *const dirs[] = { "/lib64",
					    "/lib",
					    "/usr/lib64",
					    "/usr/lib",
					    "/lib/x86_64-linux-gnu",
					    "/lib/aarch64-linux-gnu" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		if (count(r, dirs[i], is_loader))
			return true;
	}
	return false;
}

static bool has_modules(const struct root *r)
{
	return count(r, "/lib/modules", any_dir) || count(r, "/usr/lib/modules", any_dir);
}

/* --- evidence --- */

static const struct evidence {
	const char *name;
	int points;
	const char *paths[5]; /* any of them, links not followed at the end: a dangling one speaks
				 too */
	bool (*look)(const struct root *r);
} pieces[] = {
	{ "os-release", 3, { "/etc/os-release", "/usr/lib/os-release" }, NULL },
	{ "release file",
	  2,
	  { "/etc/debian_version", "/etc/redhat-release", "/etc/system-release",
	    "/etc/alpine-release", "/etc/SuSE-release" },
	  NULL },
	{ "passwd", 3, { "/etc/passwd", "/etc/shadow" }, NULL },
	{ "fstab", 2, { "/etc/fstab" }, NULL },
	{ "dpkg", 3, { "/var/lib/dpkg/status", "/var/lib/dpkg/info" }, NULL },
	{ "rpm",
	  3,
	  { "/var/lib/rpm/Packages", "/var/lib/rpm/rpmdb.sqlite", "/var/lib/rpm/Packages.db",
	    "/usr/lib/sysimage/rpm" },
	  NULL },
	{ "apk", 3, { "/lib/apk/db/installed", "/usr/lib/apk/db/installed" }, NULL },
	{ "pacman", 3, { "/var/lib/pacman/local" }, NULL },
	{ "modules", 2, { NULL }, has_modules },
	{ "init",
	  2,
	  { "/sbin/init", "/usr/sbin/init", "/lib/systemd/systemd", "/usr/lib/systemd/systemd",
	    "/etc/inittab" },
	  NULL },
	{ "loader", 2, { NULL }, has_loader },
	{ "shell", 1, { "/bin/sh", "/usr/bin/sh", "/bin/bash", "/usr/bin/bash" }, NULL },
	{ "etc", 1, { "/etc" }, NULL },
	{ "usr", 1, { "/usr/bin", "/usr/lib" }, NULL },
	{ "var", 1, { "/var/lib", "/var/log" }, NULL },
};

static bool any_path(const struct root *r, const char *const paths[5])
{
	struct stat st;

	for (size_t i = 0; i < 5 && paths[i]; i++) {
		if (root_lstat(r, paths[i], &st) == 0)
			return true;
	}
	return false;
}

static int gather(const struct root *r, struct arena *a, const char **evidence)
{
	_cleanup_bytes_ struct bytes list = { 0 };
	int score = 0;

	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		const struct evidence *e = &pieces[i];

		if (e->look ? !e->look(r) : !any_path(r, e->paths))
			continue;
		score += e->points;
		bytes_addf(&list, "%s%s", list.len ? ", " : "", e->name);
	}
	*evidence = arena_strdup(a, list.data ? list.data : "");
	return score;
}

/* --- its name --- */

/* One line of text without control characters; NULL when nothing is left. */
static const char *tidy(struct arena *a, const char *s, size_t n)
{
	char *out = arena_strndup(a, s, n < WHAT_MAX ? n : WHAT_MAX), *to = out;

	for (const char *p = out; *p; p++) {
		if ((unsigned char)*p >= 0x20 && *p != 0x7f)
			*to++ = *p;
	}
	while (to > out && to[-1] == ' ')
		to--;
	*to = '\0';
	return *out ? out : NULL;
}

static const char *first_line(const struct root *r, struct arena *a, const char *path)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	if (root_read(r, path, SMALL_FILE, &b) < 0)
		return NULL;
	return tidy(a, b.data, strcspn(b.data, "\n"));
}

/* The value of a line KEY=value or KEY="value" of os-release. */
static const char *release_value(struct arena *a, const char *text, const char *key)
{
	size_t n = strlen(key);

	for (const char *p = text; p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (strncmp(p, key, n) != 0 || p[n] != '=')
			continue;
		p += n + 1;
		if (*p == '"' || *p == '\'')
			return tidy(a, p + 1, strcspn(p + 1, (char[]){ *p, '\n', '\0' }));
		return tidy(a, p, strcspn(p, "\n"));
	}
	return NULL;
}

static const char *os_release_name(const struct root *r, struct arena *a)
{
	static const char *const paths[] = { "/etc/os-release", "/usr/lib/os-release" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		_cleanup_bytes_ struct bytes b = { 0 };
		const char *name;

		if (root_read(r, paths[i], SMALL_FILE, &b) < 0)
			continue;
		name = release_value(a, b.data, "PRETTY_NAME");
		if (!name)
			name = release_value(a, b.data, "NAME");
		if (name)
			return name;
	}
	return NULL;
}

static const char *system_name(const struct root *r, struct arena *a)
{
	static const char *const lines[] = { "/etc/redhat-release", "/etc/system-release",
					     "/etc/SuSE-release" };
	const char *name = os_release_name(r, a);

	for (size_t i = 0; !name && i < ARRAY_SIZE(lines); i++)
		name = first_line(r, a, lines[i]);
	if (name)
		return name;
	name = first_line(r, a, "/etc/debian_version");
	if (name)
		return arena_printf(a, "Debian %s", name);
	name = first_line(r, a, "/etc/alpine-release");
	return name ? arena_printf(a, "Alpine Linux %s", name) : NULL;
}

/* --- not a root: what then --- */

static bool has_dirs(const struct root *r, const char *const names[])
{
	for (; *names; names++) {
		if (!root_is_dir(r, *names))
			return false;
	}
	return true;
}

static bool is_usr(const struct root *r)
{
	static const char *const dirs[] = { "/bin", "/lib", "/share", NULL };

	return has_dirs(r, dirs) && !root_is_dir(r, "/etc/init.d") && !root_is_dir(r, "/usr/bin") &&
	       !root_exists(r, "/etc/passwd");
}

static bool is_var(const struct root *r)
{
	static const char *const dirs[] = { "/lib", "/log", "/cache", NULL };

	return has_dirs(r, dirs) && !root_is_dir(r, "/usr") && !root_is_dir(r, "/etc");
}

static bool is_boot(const struct root *r)
{
	if (root_is_dir(r, "/usr") || root_is_dir(r, "/etc"))
		return false;
	return count(r, "/", is_kernel) || root_is_dir(r, "/grub2") || root_is_dir(r, "/grub") ||
	       root_is_dir(r, "/loader/entries");
}

static bool is_esp(const struct root *r)
{
	return root_is_dir(r, "/EFI") || root_is_dir(r, "/efi/boot");
}

static bool is_user_dir(const struct root_entry *e)
{
	return e->type == DT_DIR && e->name[0] != '.' && !streq(e->name, "lost+found");
}

/* Every directory is somebody's home: it has the files a shell leaves there. */
static int look_home(void *arg, const struct root_entry *e)
{
	static const char *const files[] = { ".bashrc", ".profile", ".bash_profile",
					     ".bash_history", ".ssh" };
	const struct root *r = arg;

	if (!is_user_dir(e))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_cleanup_free_ char *path = xasprintf("/%s/%s", e->name, files[i]);

		if (root_exists(r, path))
			return 1;
	}
	return 0;
}

static bool is_home(const struct root *r)
{
	return root_list(r, "/", look_home, (void *)r) == 1;
}

static const struct {
	enum role role;
	bool (*is)(const struct root *r);
} contents[] = {
	{ ROLE_ESP, is_esp },	{ ROLE_USR, is_usr },	{ ROLE_VAR, is_var },
	{ ROLE_BOOT, is_boot }, { ROLE_HOME, is_home },
};

static enum role role_by_content(const struct root *r)
{
	for (size_t i = 0; i < ARRAY_SIZE(contents); i++) {
		if (contents[i].is(r))
			return contents[i].role;
	}
	return ROLE_DATA;
}

void rootfind_look(const struct root *r, struct arena *a, struct rootfind *out)
{
	const char *id;

	*out = (struct rootfind){ .evidence = "", .id = "", .role = ROLE_DATA };
	/* A separate /usr has loader, modules, init and a shell, but no root's own directories. */
	if (!is_usr(r) && !is_esp(r))
		out->score = gather(r, a, &out->evidence);
	if (out->score < ROOTFIND_ENOUGH) {
		out->role = role_by_content(r);
		return;
	}
	out->role = ROLE_ROOT;
	out->what = system_name(r, a);
	id = first_line(r, a, "/etc/machine-id");
	if (id && !streq(id, "uninitialized"))
		out->id = id;
}

bool rootfind_is_bare(const struct root *r, const char *dir)
{
	_cleanup_free_ char *efi = xasprintf("%s/efi", dir);
	size_t n = count(r, dir, any_entry);

	if (n == 1 && root_is_dir(r, efi))
		return count(r, efi, any_entry) == 0;
	return n == 0;
}
