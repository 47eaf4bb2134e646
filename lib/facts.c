/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <dirent.h>

#include "lib/facts_parts.h"
#include "lib/memory.h"

#define NAMES_MAX 512u
#define FSTAB_MAX (1u << 20)

static const char *const init_names[] = {
	[INIT_UNKNOWN] = "unknown", [INIT_SYSTEMD] = "systemd", [INIT_UPSTART] = "upstart",
	[INIT_SYSV] = "sysvinit",   [INIT_OPENRC] = "openrc",	[INIT_BUSYBOX] = "busybox",
};

const char *init_name(enum init_kind i)
{
	return (size_t)i < ARRAY_SIZE(init_names) ? init_names[i] : "unknown";
}

/* --- looking --- */

const char *facts_first(const struct root *r, const char *const paths[])
{
	for (size_t i = 0; paths[i]; i++) {
		if (root_exists(r, paths[i]))
			return paths[i];
	}
	return NULL;
}

bool facts_any(const struct root *r, const char *const paths[])
{
	return facts_first(r, paths) != NULL;
}

struct names {
	struct arena *arena;
	const char **name;
	size_t n, cap;
};

static int add_name(void *arg, const struct root_entry *e)
{
	struct names *l = arg;

	if (l->n == NAMES_MAX)
		return 1;
	ARENA_GROW(l->arena, l->name, l->n, l->cap);
	l->name[l->n++] = arena_strdup(l->arena, e->name);
	return 0;
}

const char *const *facts_names(const struct root *r, struct arena *a, const char *dir)
{
	struct names l = { .arena = a };

	root_list(r, dir, add_name, &l);
	ARENA_GROW(a, l.name, l.n, l.cap);
	l.name[l.n] = NULL;
	return l.name;
}

/* The node itself is there, whatever it is or points to. */
static bool node_there(const struct root *r, const char *path)
{
	struct stat st;

	return root_lstat(r, path, &st) == 0;
}

static bool is_link(const struct root *r, const char *path)
{
	struct stat st;

	return root_lstat(r, path, &st) == 0 && S_ISLNK(st.st_mode);
}

static bool any_name_with(const struct root *r, struct arena *a, const char *dir,
			  const char *prefix, const char *suffix)
{
	const char *const *name = facts_names(r, a, dir);

	for (; *name; name++) {
		if (startswith(*name, prefix) && endswith(*name, suffix))
			return true;
	}
	return false;
}

/* --- PID 1 --- */

static bool has_systemd(const struct root *r)
{
	return node_there(r, "/lib/systemd/systemd") || node_there(r, "/usr/lib/systemd/systemd");
}

static bool has_upstart(const struct root *r, struct arena *a)
{
	return (node_there(r, "/sbin/initctl") || node_there(r, "/usr/sbin/initctl")) &&
	       any_name_with(r, a, "/etc/init", "", ".conf");
}

static bool has_openrc(const struct root *r)
{
	return node_there(r, "/sbin/openrc") || node_there(r, "/usr/sbin/openrc") ||
	       node_there(r, "/usr/bin/openrc") || node_there(r, "/sbin/openrc-run") ||
	       node_there(r, "/usr/bin/openrc-run");
}

static bool has_sysv(const struct root *r)
{
	return node_there(r, "/etc/inittab");
}

/* What a link called /sbin/init says, by the words in where it leads. */
static enum init_kind init_by_link(const struct root *r)
{
	_cleanup_free_ char *to = NULL;

	if (!is_link(r, "/sbin/init") || root_resolve(r, "/sbin/init", &to) < 0)
		return INIT_UNKNOWN;
	if (strstr(to, "systemd"))
		return INIT_SYSTEMD;
	if (strstr(to, "openrc"))
		return INIT_OPENRC;
	if (strstr(to, "upstart"))
		return INIT_UPSTART;
	if (strstr(to, "busybox"))
		return has_openrc(r) ? INIT_OPENRC : INIT_BUSYBOX;
	return INIT_UNKNOWN;
}

/*
 * A plain /sbin/init is upstart's or SysV's even where systemd is installed beside it; without one
 * the most particular evidence counts.
 */
static enum init_kind find_init(const struct root *r, struct arena *a)
{
	enum init_kind by_link = init_by_link(r);
	bool plain = root_is_file(r, "/sbin/init") && !is_link(r, "/sbin/init");

	if (by_link != INIT_UNKNOWN)
		return by_link;
	if (has_systemd(r) && !(plain && (has_upstart(r, a) || has_sysv(r))))
		return INIT_SYSTEMD;
	if (has_upstart(r, a))
		return INIT_UPSTART;
	if (has_openrc(r))
		return INIT_OPENRC;
	if (has_sysv(r))
		return root_exists(r, "/bin/busybox") && !node_there(r, "/etc/init.d/functions") &&
				       !node_there(r, "/etc/rc.d/rc") &&
				       !node_there(r, "/etc/init.d/rc")
			       ? INIT_BUSYBOX
			       : INIT_SYSV;
	return INIT_UNKNOWN;
}

/* --- packages, C library, /usr --- */

static const struct {
	const char *path;
	enum pkg_kind kind;
} databases[] = {
	{ "/var/lib/dpkg/status", PKG_DPKG },
	{ "/var/lib/rpm/Packages", PKG_RPM },
	{ "/var/lib/rpm/rpmdb.sqlite", PKG_RPM },
	{ "/var/lib/rpm/Packages.db", PKG_RPM },
	{ "/usr/lib/sysimage/rpm/rpmdb.sqlite", PKG_RPM },
	{ "/usr/lib/sysimage/rpm/Packages.db", PKG_RPM },
	{ "/usr/lib/sysimage/rpm/Packages", PKG_RPM },
	{ "/lib/apk/db/installed", PKG_APK },
	{ "/usr/lib/apk/db/installed", PKG_APK },
};

static const struct {
	const char *path;
	enum pkg_kind kind;
} pkg_tools[] = {
	{ "/var/lib/pacman/local", PKG_PACMAN },
	{ "/usr/bin/dpkg", PKG_DPKG },
	{ "/var/lib/dpkg/info", PKG_DPKG },
	{ "/usr/bin/rpm", PKG_RPM },
	{ "/bin/rpm", PKG_RPM },
	{ "/sbin/apk", PKG_APK },
	{ "/usr/bin/pacman", PKG_PACMAN },
};

/* The package of / itself, or the largest database: the other family's tool may be there too. */
static enum pkg_kind find_pkg(const struct root *r)
{
	enum pkg_kind kind = PKG_NONE;
	off_t largest = 0;

	if (root_exists(r, "/var/lib/dpkg/info/base-files.list"))
		return PKG_DPKG;
	for (size_t i = 0; i < ARRAY_SIZE(databases); i++) {
		struct stat st;

		if (root_stat(r, databases[i].path, &st) < 0 || st.st_size <= largest)
			continue;
		largest = st.st_size;
		kind = databases[i].kind;
	}
	for (size_t i = 0; i < ARRAY_SIZE(pkg_tools) && kind == PKG_NONE; i++) {
		if (root_exists(r, pkg_tools[i].path))
			kind = pkg_tools[i].kind;
	}
	return kind;
}

static const char *const lib_dirs[] = { "/lib", "/lib64", "/usr/lib", "/usr/lib64" };

static bool lib_has(const struct root *r, struct arena *a, const char *prefix)
{
	for (size_t i = 0; i < ARRAY_SIZE(lib_dirs); i++) {
		if (any_name_with(r, a, lib_dirs[i], prefix, ""))
			return true;
	}
	return false;
}

/* Debian has musl as a package beside glibc: glibc's loader settles it. */
static bool is_musl(const struct root *r, struct arena *a)
{
	return lib_has(r, a, "ld-musl-") && !lib_has(r, a, "ld-linux") &&
	       !lib_has(r, a, "libc.so.6");
}

static const char *const merged_dirs[] = { "/bin", "/sbin", "/lib", "/lib64" };
/* On a split system these are in /bin alone. */
static const char *const merged_programs[] = { "/usr/bin/mount", "/usr/bin/ls", "/usr/bin/cat",
					       "/usr/bin/sh", NULL };

static bool is_usr_merged(const struct root *r, struct arena *a)
{
	for (size_t i = 0; i < ARRAY_SIZE(merged_dirs); i++) {
		_cleanup_free_ char *to = NULL;

		if (root_readlink(r, merged_dirs[i], &to) == 0 && strstr(to, "usr/"))
			return true;
	}
	if (root_is_dir(r, "/bin") && *facts_names(r, a, "/bin"))
		return false;
	return facts_any(r, merged_programs);
}

/* --- partitions --- */

static bool fstab_line_is_boot(const char *line)
{
	line += strspn(line, " \t");
	if (*line == '#')
		return false;
	line += strcspn(line, " \t\n");
	line += strspn(line, " \t");
	return startswith(line, "/boot") && strchr(" \t", line[5]) && line[5] != '\0';
}

static bool fstab_has_boot(const struct root *r)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	if (root_read(r, "/etc/fstab", FSTAB_MAX, &b) < 0)
		return false;
	for (const char *p = b.data; p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (fstab_line_is_boot(p))
			return true;
	}
	return false;
}

static bool is_boot_separate(const struct root *r, const struct facts *f)
{
	const struct partition *p = devices_holding(f->devices, "/boot");
	struct stat top, boot;

	if (p && p->mounted && !streq(p->mounted, "/"))
		return true;
	for (size_t i = 0; i < f->devices->n; i++) {
		if (f->devices->p[i].role == ROLE_BOOT)
			return true;
	}
	if (root_stat(r, "/", &top) == 0 && root_stat(r, "/boot", &boot) == 0 &&
	    top.st_dev != boot.st_dev)
		return true;
	return !f->devices->known && fstab_has_boot(r);
}

static const struct partition *find_root_part(const struct devices *d)
{
	const struct partition *p = devices_holding(d, "/");

	return p ? p : devices_by_role(d, ROLE_ROOT);
}

static bool has_kernel(const struct kernels *ks)
{
	for (size_t i = 0; i < ks->n; i++) {
		if (ks->k[i].image)
			return true;
	}
	return false;
}

void facts_gather(const struct root *r, struct arena *a, struct facts *f)
{
	facts_os(r, a, &f->os);
	f->init = find_init(r, a);
	f->pkg = find_pkg(r);
	facts_loader(r, a, f);
	f->firmware = facts_firmware(r, a, f);
	kernels_gather(r, a, &f->kernels);
	f->musl = is_musl(r, a);
	f->usr_merged = is_usr_merged(r, a);
	f->boots_itself = has_kernel(&f->kernels) || facts_has_loader(r, a, f);
	f->separate_boot = is_boot_separate(r, f);
	f->root_part = find_root_part(f->devices);
	f->memory = f->wishes.memory;
	f->memory_from = f->memory ? "--memory" : NULL;
	if (!f->memory)
		f->memory = memory_from_logs(r, a, &f->memory_from);
}

const char *facts_root_arg(struct arena *a, const struct facts *f)
{
	const char *spec = f->root_part ? partition_spec(a, f->root_part) : NULL;

	/* A node is the helper's name for it. */
	return spec && *spec != '/' ? arena_printf(a, "root=%s", spec) : NULL;
}
