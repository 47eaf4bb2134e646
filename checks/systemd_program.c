/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What vital units start, drop-ins included. An empty or damaged program is told by other checks.
 */
#include "checks/systemd_parts.h"
#include "lib/unseen.h"

struct vital {
	const char *unit;
	enum severity severity;
	bool if_wanted; /* only when it is started with the system */
};

static const struct vital vitals[] = {
	{ "systemd-udevd.service", STOPS_BOOT, false },
	{ "systemd-journald.service", DEGRADES, false },
	{ "systemd-remount-fs.service", DEGRADES, false },
	{ "systemd-tmpfiles-setup.service", DEGRADES, false },
	{ "systemd-logind.service", DEGRADES, false },
	{ "systemd-user-sessions.service", BLOCKS_LOGIN, false },
	{ "dbus.service", DEGRADES, false },
	{ "getty@tty1.service", BLOCKS_LOGIN, false },
	{ "serial-getty@ttyS0.service", BLOCKS_LOGIN, false },
	{ "ssh.service", BLOCKS_LOGIN, true },
	{ "sshd.service", BLOCKS_LOGIN, true },
};

static bool is_exec_start(const struct unitfile_setting *v)
{
	return streq(v->section, "Service") && streq(v->key, "ExecStart");
}

/* The file is a drop-in somebody wrote, or a unit that hides the package's. */
static bool is_of_admin(const struct unitfile *u, const struct text *t)
{
	return startswith(t->path, "/etc/") && !streq(t->path, u->file);
}

/* A continued line, taken out of use, would leave its rest behind. */
static bool is_continued(const struct unitfile_settings *set, const struct text *t)
{
	for (size_t i = 0; i < set->n; i++) {
		if (set->v[i].text == t && is_exec_start(&set->v[i]) &&
		    endswith(text_line(t, set->v[i].line), "\\"))
			return true;
	}
	return false;
}

/* Each ExecStart= of that file goes out of use. */
static void propose(struct finding *f, const struct unitfile *u,
		    const struct unitfile_settings *set, const struct text *t)
{
	for (size_t i = 0; is_of_admin(u, t) && !is_continued(set, t) && i < set->n; i++) {
		if (set->v[i].text == t && is_exec_start(&set->v[i]))
			propose_comment(f, t, set->v[i].line);
	}
	if (!finding_has_fix(f))
		finding_safety(f, FIX_NONE);
}

/* Where a whole directory of programs is gone, that is told elsewhere. */
static bool is_gone(struct scan *s, const char *program)
{
	static const char *const dirs[] = { "/bin/",	 "/sbin/",     "/lib/",
					    "/usr/bin/", "/usr/sbin/", "/usr/lib/" };
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		if (startswith(program, dirs[i]) && !root_is_dir(s->root, dirs[i]))
			return false;
	}
	return root_is_absent(root_stat(s->root, program, &st)) && !unseen(unseen_find(s), program);
}

static void check_commands(struct scan *s, const struct vital *v, const struct unitfile *u,
			   const struct unitfile_settings *set)
{
	const struct unitfile_setting *last = NULL, *reset = NULL;
	const char *program = NULL;
	struct finding *f;

	for (size_t i = 0; i < set->n; i++) {
		if (!is_exec_start(&set->v[i]))
			continue;
		last = *set->v[i].value ? &set->v[i] : NULL;
		reset = *set->v[i].value ? NULL : &set->v[i];
	}
	if (last)
		program = unitfile_program(s->arena, last->value);
	if (last && program && is_gone(s, program)) {
		f = scan_find(s, &systemd_program, NULL, "'%s' starts '%s', which is not there",
			      v->unit, program);
		finding_at(f, last->text, last->line);
		finding_absence(f);
		propose(f, u, set, last->text);
	} else if (reset && is_of_admin(u, reset->text)) {
		f = scan_find(s, &systemd_program, NULL, "it takes the command of '%s' away",
			      v->unit);
		finding_at(f, reset->text, reset->line);
		propose(f, u, set, reset->text);
	} else {
		return;
	}
	finding_severity(f, v->severity);
}

void systemd_check_programs(struct scan *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(vitals); i++) {
		const struct vital *v = &vitals[i];
		struct unitfile_settings set;
		struct unitfile u;

		unitfile_find(s, v->unit, &u);
		/* Aliases are judged under their own name. */
		if (u.state != UNITFILE_GOOD || (v->if_wanted && !streq(u.id, v->unit)) ||
		    (v->if_wanted && !unitfile_is_wanted(s, v->unit)))
			continue;
		unitfile_read(s, &u, &set);
		check_commands(s, v, &u, &set);
	}
}
