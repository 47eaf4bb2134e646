/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/checks.h"
#include "checks/init_parts.h"
#include "lib/unseen.h"

static const struct problem init_missing = {
	.id = "init.missing",
	.severity = STOPS_BOOT,
	.stage = AT_INIT,
	.safety = FIX_SAFE,
	.title = "there is no init to start: missing, leading nowhere, empty or not executable",
	.why = "The kernel and the initramfs start /sbin/init, and try /etc/init, /bin/init and /bin/sh when they "
	       "cannot. Where none of them runs, the kernel panics; where only the shell does, no service starts.",
	.console =
		"run-init: can't execute '/sbin/init': Permission denied\n"
		"Target filesystem doesn't have requested /sbin/init.\n"
		"Kernel panic - not syncing: No working init found.  Try passing init= option to kernel.\n"
		"Kernel panic - not syncing: Attempted to kill init!",
	.by_hand =
		"ln -sf /lib/systemd/systemd /mnt/sbin/init (the file must be there); chmod 755 "
		"/mnt/lib/systemd/systemd; otherwise reinstall systemd-sysv, systemd, upstart or sysvinit",
	.fix = "makes the link to systemd or busybox again, or sets the x bits; a file whose content is gone is "
	       "only named",
};

static const struct problem init_shell = {
	.id = "init.shell",
	.severity = STOPS_BOOT,
	.stage = AT_INIT,
	.safety = FIX_SAFE,
	.title = "/bin/sh is missing or leads nowhere",
	.why = "Start scripts, package scripts and system(3) all run /bin/sh. Upstart and SysV init get nowhere "
	       "without it; systemd starts, but services that use a shell fail and so does maintenance.",
	.console = "/bin/sh: No such file or directory\n"
		   "init: rcS process terminated with status 127",
	.by_hand =
		"ln -s dash /mnt/bin/sh (Debian), ln -s bash /mnt/bin/sh (RHEL), ln -s /bin/busybox /mnt/bin/sh "
		"(Alpine)",
	.fix = "makes the link again, to the shell this family uses",
};

static const struct problem *const problems[] = { &init_missing, &init_shell, &init_default_target,
						  &init_program, NULL };

/* What a path that should be a program is. */
enum state { ABSENT, DANGLING, EMPTY, NO_X, ODD, GOOD };

struct program {
	const char *path;
	const char *real; /* links followed; also where nothing is there */
	struct stat st;
	enum state state;
};

static enum state judge(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return ODD;
	if (st->st_size == 0)
		return EMPTY;
	return st->st_mode & 0111 ? GOOD : NO_X;
}

static struct program look_at(struct scan *s, const char *path)
{
	struct program p = { .path = path, .real = path, .state = ABSENT };
	_cleanup_free_ char *real = NULL;
	struct stat st;

	if (root_lstat(s->root, path, &st) < 0)
		return p;
	p.state = DANGLING;
	if (root_resolve(s->root, path, &real) < 0)
		return p;
	p.real = arena_strdup(s->arena, real);
	if (root_stat(s->root, path, &p.st) == 0)
		p.state = judge(&p.st);
	return p;
}

static bool is_good(struct scan *s, const char *path)
{
	return look_at(s, path).state == GOOD;
}

/* Somebody boots with another init on purpose. */
static bool names_init(struct scan *s, const char *path)
{
	const struct text *t = path ? scan_text(s, path) : NULL;
	const char *p = t ? t->data : "";

	while ((p = strstr(p, "init=/"))) {
		if (p > t->data && strchr(" \t\"'", p[-1]))
			return true;
		p++;
	}
	return false;
}

static bool has_other_init(struct scan *s)
{
	const struct loader_facts *l = &s->facts->loader;

	return names_init(s, l->grub2_cfg) || names_init(s, l->legacy_cfg) ||
	       names_init(s, "/etc/default/grub");
}

/* --- what the link was --- */

/* reboot, halt and the like stand beside init and are written the same way. */
static bool siblings_are_relative(struct scan *s)
{
	static const char *const siblings[] = { "/sbin/reboot", "/sbin/poweroff", "/sbin/halt",
						"/sbin/telinit", "/sbin/shutdown" };

	for (size_t i = 0; i < ARRAY_SIZE(siblings); i++) {
		_cleanup_free_ char *to = NULL;

		if (root_readlink(s->root, siblings[i], &to) == 0)
			return to[0] != '/';
	}
	return s->facts->pkg != PKG_DPKG;
}

/* NULL: systemd is not there, or not whole. */
static const char *systemd_target(struct scan *s)
{
	bool relative = siblings_are_relative(s);

	if (is_good(s, "/lib/systemd/systemd"))
		return relative ? "../lib/systemd/systemd" : "/lib/systemd/systemd";
	if (is_good(s, "/usr/lib/systemd/systemd"))
		return relative ? "../usr/lib/systemd/systemd" : "/usr/lib/systemd/systemd";
	return NULL;
}

static const char *init_target(struct scan *s)
{
	switch (s->facts->init) {
	case INIT_SYSTEMD:
		return systemd_target(s);
	case INIT_OPENRC:
	case INIT_BUSYBOX:
		return is_good(s, "/bin/busybox") && s->facts->pkg == PKG_APK ? "/bin/busybox"
									      : NULL;
	default:
		/* Its own init is a file of a package, but the other one would boot too. */
		return systemd_target(s);
	}
}

/* --- saying --- */

static const char *const state_words[] = {
	[ABSENT] = "it is gone",       [DANGLING] = "the link leads nowhere",
	[EMPTY] = "the file is empty", [NO_X] = "the file is not executable",
	[ODD] = "it is not a file",
};

static const char *leads(struct scan *s, const char *target)
{
	return target ? scan_printf(s, "; a link to '%s' would do", target) : "";
}

static void propose_runnable(struct finding *f, const struct program *p)
{
	propose_mode(f, p->real, (p->st.st_mode & 07777) | 0755);
}

static void report_init(struct scan *s, const struct program *p, enum severity severity)
{
	const char *target = p->state == NO_X ? NULL : init_target(s);
	const char *where = p->state == EMPTY || p->state == NO_X ? p->real : p->path;
	struct finding *f;

	f = scan_find(s, &init_missing, where, "%s%s", state_words[p->state], leads(s, target));
	finding_severity(f, severity);
	if (p->state == ABSENT || p->state == DANGLING)
		finding_absence(f);
	if (p->state == NO_X)
		propose_runnable(f, p);
	else if (target && p->state != ODD)
		propose_link(f, p->path, target);
	else
		finding_safety(f, FIX_NONE);
	/* What was a file of its own may be wanted back as one. */
	if (f->edits && (p->state == EMPTY || severity == NOTE ||
			 (target && s->facts->init != INIT_SYSTEMD && s->facts->pkg != PKG_APK)))
		finding_safety(f, FIX_ASK);
}

static enum severity init_severity(struct scan *s)
{
	if (has_other_init(s))
		return NOTE;
	return is_good(s, "/etc/init") || is_good(s, "/bin/init") ? DEGRADES : STOPS_BOOT;
}

static void check_init(struct scan *s)
{
	struct program p = look_at(s, "/sbin/init");

	if (p.state == GOOD)
		return;
	/* A tree that never boots by itself may have one, but needs none. */
	if (!s->facts->boots_itself && p.state == ABSENT)
		return;
	report_init(s, &p, s->facts->boots_itself ? init_severity(s) : NOTE);
}

/* --- /bin/sh --- */

static const char *shell_target(struct scan *s)
{
	if (s->facts->pkg == PKG_DPKG && is_good(s, "/bin/dash"))
		return "dash";
	if (is_good(s, "/bin/bash"))
		return "bash";
	if (is_good(s, "/bin/busybox"))
		return "/bin/busybox";
	return is_good(s, "/bin/dash") ? "dash" : NULL;
}

static void check_shell(struct scan *s)
{
	struct program p = look_at(s, "/bin/sh");
	const char *target;
	struct finding *f;

	/* An empty one is the zero check's, one without x that of modes. */
	if (p.state != ABSENT && p.state != DANGLING)
		return;
	target = shell_target(s);
	f = scan_find(s, &init_shell, "/bin/sh", "%s%s", state_words[p.state], leads(s, target));
	finding_absence(f);
	if (s->facts->init == INIT_SYSTEMD)
		finding_severity(f, BLOCKS_LOGIN);
	if (target)
		propose_link(f, "/bin/sh", target);
	else
		finding_safety(f, FIX_NONE);
}

/* Without these directories it is not the init that is missing: see the tree check. */
static bool has_dirs(struct scan *s)
{
	static const char *const dirs[] = { "/sbin", "/bin", "/lib", "/usr/bin" };
	const char *const *mount_points = unseen_find(s);

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		if (!root_is_dir(s->root, dirs[i]) || unseen(mount_points, dirs[i]))
			return false;
	}
	return true;
}

static void run(struct scan *s)
{
	if (!has_dirs(s))
		return;
	check_init(s);
	if (s->facts->init != INIT_UNKNOWN)
		check_shell(s);
	if (!s->facts->boots_itself)
		return;
	init_check_target(s);
	init_check_programs(s);
}

const struct check init_check = {
	.name = "init",
	.summary = "PID 1, the shell behind it, and what it is told to bring up",
	.problems = problems,
	.run = run,
};
