/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What PID 1 brings up by itself: default.target of systemd, the initdefault of /etc/inittab, the
 * DEFAULT_RUNLEVEL of upstart.
 *
 * Silent on: systemd's inittab, which nobody reads; BusyBox, whose inittab has no levels; targets
 * of one's own that are there.
 *
 * Sources: systemd.special(7), bootup(7); systemd src/core/main.c (what follows when default.target
 * cannot be loaded); inittab(5); upstart's rc-sysinit job of Ubuntu, rcS job of RHEL 6.
 */
#include "checks/init_parts.h"
#include "lib/paths.h"
#include "lib/unitfile.h"

const struct problem init_default_target = {
	.id = "init.default-target",
	.severity = STOPS_BOOT,
	.stage = AT_INIT,
	.safety = FIX_SAFE,
	.title = "the system is told to start into nothing, into maintenance, or to go off again",
	.why = "PID 1 brings up what default.target (systemd), the initdefault line of /etc/inittab (SysV) or "
	       "DEFAULT_RUNLEVEL (upstart) names. When that is poweroff or reboot the machine goes off or turns "
	       "in circles; rescue and emergency end at a maintenance prompt; a link that leads nowhere ends in "
	       "rescue mode as well.",
	.console = "systemd[1]: Failed to load default target: Unit default.target not found.\n"
		   "systemd[1]: Trying to load rescue target...\n"
		   "systemd[1]: Reached target Power-Off.\n"
		   "INIT: Entering runlevel: 0",
	.by_hand =
		"ln -sf /lib/systemd/system/multi-user.target /mnt/etc/systemd/system/default.target\n"
		"sed -i 's/^id:.:initdefault:/id:3:initdefault:/' /mnt/etc/inittab (Debian: 2)\n"
		"sed -i 's/DEFAULT_RUNLEVEL=./DEFAULT_RUNLEVEL=2/' /mnt/etc/init/rc-sysinit.conf",
	.fix = "links default.target to multi-user.target, or to graphical.target where a display manager is "
	       "set up; sets the runlevel the distribution starts into",
};

/* --- systemd --- */

/* Where the boot ends, by the name of the target. */
static const struct {
	const char *target, *effect;
} ends[] = {
	{ "poweroff.target", "the machine goes off as soon as it is up" },
	{ "halt.target", "the machine halts as soon as it is up" },
	{ "reboot.target", "the machine starts again and again" },
	{ "kexec.target", "the machine starts again and again" },
	{ "ctrl-alt-del.target", "the machine starts again and again" },
	{ "runlevel0.target", "the machine goes off as soon as it is up" },
	{ "runlevel6.target", "the machine starts again and again" },
	{ "shutdown.target", "everything is stopped as soon as it is up" },
	{ "exit.target", "everything is stopped as soon as it is up" },
	{ "final.target", "everything is stopped as soon as it is up" },
	{ "umount.target", "everything is unmounted as soon as it is up" },
	{ "suspend.target", "the machine sleeps as soon as it is up" },
	{ "hibernate.target", "the machine sleeps as soon as it is up" },
	{ "sleep.target", "the machine sleeps as soon as it is up" },
	{ "rescue.target", "the boot ends at a prompt for maintenance, without network" },
	{ "runlevel1.target", "the boot ends at a prompt for maintenance, without network" },
	{ "emergency.target", "the boot ends at a prompt for maintenance, nothing mounted" },
	{ "sysinit.target", "nothing that people log in by is started" },
	{ "basic.target", "nothing that people log in by is started" },
	{ "local-fs.target", "nothing that people log in by is started" },
};

static const char *effect_of(const char *target)
{
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		if (streq(ends[i].target, target))
			return ends[i].effect;
	}
	return NULL;
}

/* The file of a target that packages brought. */
static const char *shipped_target(struct scan *s, const char *name)
{
	static const char *const dirs[] = { "/usr/lib/systemd/system", "/lib/systemd/system" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		const char *path = scan_printf(s, "%s/%s", dirs[i], name);

		if (root_is_file(s->root, path))
			return path;
	}
	return NULL;
}

static const char *wanted_target(struct scan *s)
{
	struct unitfile dm;
	const char *path = NULL;

	unitfile_find(s, "display-manager.service", &dm);
	if (dm.state == UNITFILE_GOOD)
		path = shipped_target(s, "graphical.target");
	return path ? path : shipped_target(s, "multi-user.target");
}

/* The loader's files say which unit to start: default.target is not asked. */
static bool is_told_on_command_line(struct scan *s)
{
	const struct loader_facts *l = &s->facts->loader;
	const char *const paths[] = { l->grub2_cfg, l->legacy_cfg, "/etc/default/grub" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		const struct text *t = paths[i] ? scan_text(s, paths[i]) : NULL;

		if (t && strstr(t->data, " systemd.unit="))
			return true;
	}
	return false;
}

static const char *what_is_wrong(struct scan *s, const struct unitfile *u)
{
	const char *effect = effect_of(u->id);

	switch (u->state) {
	case UNITFILE_ABSENT:
		return "there is no default.target: the boot ends in rescue mode";
	case UNITFILE_DANGLING:
		return scan_printf(s,
				   "the link leads to '%s', which is no unit: the boot ends in "
				   "rescue mode",
				   paths_real_or_same(s->root, s->arena, u->path));
	case UNITFILE_MASKED:
		return "it is masked: the boot ends in rescue mode";
	case UNITFILE_GOOD:
		break;
	}
	return effect ? scan_printf(s, "it is '%s': %s", u->id, effect) : NULL;
}

static void check_systemd(struct scan *s)
{
	static const char path[] = "/etc/systemd/system/default.target";
	const char *wrong, *target = wanted_target(s);
	struct unitfile u;
	struct finding *f;

	unitfile_find(s, "default.target", &u);
	wrong = what_is_wrong(s, &u);
	/* Without its targets it is not systemd's own tree that is seen here. */
	if (!wrong || (!target && u.state == UNITFILE_ABSENT))
		return;
	f = scan_find(s, &init_default_target, path, "%s", wrong);
	if (u.state == UNITFILE_ABSENT || u.state == UNITFILE_DANGLING)
		finding_absence(f);
	if (is_told_on_command_line(s))
		finding_severity(f, NOTE);
	if (target)
		propose_link(f, path, target);
	else
		finding_safety(f, FIX_NONE);
}

/* --- levels of SysV init and upstart --- */

static const char *level_effect(char level)
{
	switch (level) {
	case '0':
		return "the machine goes off as soon as it is up";
	case '6':
		return "the machine starts again and again";
	case '1':
	case 's':
	case 'S':
		return "the boot ends in single-user mode, without network";
	default:
		return NULL;
	}
}

static char usual_level(const struct scan *s)
{
	return s->facts->pkg == PKG_DPKG ? '2' : '3';
}

static void report_level(struct scan *s, const struct text *t, size_t n, size_t at)
{
	const char *line = text_line(t, n);
	const char *effect = level_effect(line[at]);
	struct finding *f;

	if (!effect)
		return;
	f = scan_find(s, &init_default_target, NULL, "runlevel %c: %s", line[at], effect);
	finding_at(f, t, n);
	propose_line(f, t, n, "%.*s%c%s", (int)at, line, usual_level(s), line + at + 1);
}

/* "id:3:initdefault:"; the first one counts. */
static bool is_initdefault(const char *line, size_t *level)
{
	const char *first = strchr(line, ':'), *second = first ? strchr(first + 1, ':') : NULL;

	if (!second || *line == '#' || !startswith(second, ":initdefault"))
		return false;
	*level = (size_t)(first + 1 - line);
	return true;
}

static void report_no_level(struct scan *s, const struct text *t)
{
	struct finding *f = scan_find(s, &init_default_target, t->path,
				      "no initdefault line: init asks for a runlevel and waits");

	propose_insert(f, t, t->lines + 1, "id:%c:initdefault:", usual_level(s));
}

static void check_inittab(struct scan *s)
{
	const struct text *t = scan_text(s, "/etc/inittab");
	bool entries = false;
	size_t level;

	for (size_t n = 1; t && n <= t->lines; n++) {
		const char *line = text_line(t, n) + strspn(text_line(t, n), " \t");

		entries |= *line && *line != '#';
		if (!is_initdefault(line, &level))
			continue;
		level += (size_t)(line - text_line(t, n));
		/* Of several the highest is taken. */
		if (text_line(t, n)[level + 1] == ':')
			report_level(s, t, n, level);
		return;
	}
	/* systemd leaves one with comments only; upstart takes a level of its own. */
	if (entries && s->facts->init == INIT_SYSV)
		report_no_level(s, t);
}

static void check_upstart_job(struct scan *s, const char *path)
{
	static const char key[] = "env DEFAULT_RUNLEVEL=";
	const struct text *t = root_is_file(s->root, path) ? scan_text(s, path) : NULL;

	for (size_t n = 1; t && n <= t->lines; n++) {
		const char *line = text_line(t, n), *at = line + strspn(line, " \t");

		if (!startswith(at, key))
			continue;
		at += strlen(key);
		at += *at == '"';
		report_level(s, t, n, (size_t)(at - line));
	}
}

static bool is_busybox(struct scan *s)
{
	const char *real = paths_real(s->root, s->arena, "/sbin/init");

	return real && endswith(real, "/busybox");
}

void init_check_target(struct scan *s)
{
	switch (s->facts->init) {
	case INIT_SYSTEMD:
		check_systemd(s);
		break;
	case INIT_UPSTART:
		check_upstart_job(s, "/etc/init/rc-sysinit.conf");
		check_upstart_job(s, "/etc/init/rc-sysinit.override");
		check_inittab(s);
		break;
	case INIT_SYSV:
	case INIT_OPENRC:
		if (!is_busybox(s))
			check_inittab(s);
		break;
	default:
		break;
	}
}
