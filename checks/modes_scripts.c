/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Start scripts of SysV init and OpenRC, which are skipped when they lack the x bit. */
#include "checks/modes_parts.h"

static const char *const link_dirs[] = {
	"/etc/rcS.d",	       "/etc/rc1.d",
	"/etc/rc2.d",	       "/etc/rc3.d",
	"/etc/rc5.d",	       "/etc/rc.d/rc3.d",
	"/etc/rc.d/rc5.d",     "/etc/runlevels/sysinit",
	"/etc/runlevels/boot", "/etc/runlevels/default",
};

/* Without these nobody gets in. */
static const char *const vital[] = { "network",	    "networking",   "sshd",	      "ssh",
				     "mountall.sh", "checkroot.sh", "mountkernfs.sh", "localmount",
				     "root",	    "udev",	    "messagebus",     "dbus",
				     NULL };

struct script {
	const char *path;
	mode_t mode;
};

struct scripts {
	struct script *script;
	size_t n, cap, bad;
};

static bool is_script(const struct scan *s, const char *path)
{
	char magic[2];
	size_t got = 0;

	return root_pread(s->root, path, 0, magic, sizeof(magic), &got) == 0 && got == 2 &&
	       memcmp(magic, "#!", 2) == 0;
}

static void take_script(struct modes_look *l, struct scripts *sc, const char *link)
{
	_cleanup_free_ char *path = NULL;
	struct stat st;

	if (root_resolve(l->s->root, link, &path) < 0 || root_lstat(l->s->root, path, &st) < 0 ||
	    !S_ISREG(st.st_mode))
		return;
	for (size_t i = 0; i < sc->n; i++) {
		if (streq(sc->script[i].path, path))
			return;
	}
	if (sc->n == MODES_FILES_MAX || !is_script(l->s, path))
		return;
	ARENA_GROW(l->s->arena, sc->script, sc->n, sc->cap);
	sc->script[sc->n++] =
		(struct script){ arena_strdup(l->s->arena, path), st.st_mode & 07777 };
	sc->bad += !(st.st_mode & 0111);
}

static void list_scripts(struct modes_look *l, struct scripts *sc)
{
	for (size_t d = 0; d < ARRAY_SIZE(link_dirs); d++) {
		const char *const *name = scan_dir(l->s, link_dirs[d]);
		bool openrc = startswith(link_dirs[d], "/etc/runlevels");

		for (size_t i = 0; name[i] && i < MODES_FILES_MAX; i++) {
			if (openrc || name[i][0] == 'S')
				take_script(l, sc,
					    scan_printf(l->s, "%s/%s", link_dirs[d], name[i]));
		}
	}
}

static void report_scripts(struct modes_look *l, const struct scripts *sc)
{
	struct finding *f = scan_find(l->s, &modes_exec, "/etc/init.d",
				      "%zu of %zu start scripts cannot be executed and are skipped",
				      sc->bad, sc->n);

	if (sc->bad < sc->n)
		finding_severity(f, BLOCKS_LOGIN);
	for (size_t i = 0; i < sc->n; i++) {
		if (!(sc->script[i].mode & 0111))
			propose_mode(f, sc->script[i].path, sc->script[i].mode | 0111);
	}
}

static void report_script(struct modes_look *l, const struct script *script)
{
	struct finding *f = scan_find(l->s, &modes_exec, script->path,
				      "the start script cannot be executed and is skipped");

	finding_severity(f, BLOCKS_LOGIN);
	propose_mode(f, script->path, script->mode | 0111);
}

/* One script without x may be somebody's way to switch it off; most of them are an accident. */
void modes_check_scripts(struct modes_look *l)
{
	struct scripts sc = { 0 };

	if (l->s->facts->init == INIT_SYSTEMD || l->s->facts->init == INIT_UNKNOWN)
		return;
	list_scripts(l, &sc);
	if (sc.bad >= 3 && sc.bad * 2 >= sc.n) {
		report_scripts(l, &sc);
		return;
	}
	for (size_t i = 0; i < sc.n; i++) {
		if (!(sc.script[i].mode & 0111) &&
		    in_list(strrchr(sc.script[i].path, '/') + 1, vital))
			report_script(l, &sc.script[i]);
	}
}
