/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What /etc/inittab and the jobs of upstart start: programs that are gone, and jobs of importance
 * that an override keeps from starting.
 *
 * Silent on: lines of runlevels that are not booted into; jobs and lines nobody needs to log in;
 * commands that a shell takes apart.
 *
 * Sources: inittab(5) of sysvinit; busybox init/init.c; init(5) of upstart (exec, manual,
 * .override).
 */
#include <ctype.h>

#include "checks/init_parts.h"
#include "lib/unseen.h"

const struct problem init_program = {
	.id = "init.program",
	.severity = STOPS_BOOT,
	.stage = AT_INIT,
	.safety = FIX_ASK,
	.title = "init is told to start what is not there, or not to start what the boot needs",
	.why = "init starts the system by the lines of /etc/inittab (SysV, BusyBox) or the jobs in /etc/init "
	       "(upstart). Without the script of the sysinit line, or the job that mounts the file systems or "
	       "goes to the runlevel, nothing comes up; without its getty a console has no prompt, and init "
	       "says that it respawns too fast.",
	.console = "INIT: cannot execute \"/etc/init.d/rcS\"\n"
		   "INIT: Id \"1\" respawning too fast: disabled for 5 minutes\n"
		   "init: mountall main process (312) terminated with status 127",
	.by_hand =
		"reinstall the package of the program (sysvinit, initscripts, util-linux, openrc, upstart); "
		"take the word manual out of /mnt/etc/init/JOB.override",
	.fix = "takes an override that says manual away; lost programs are only named",
};

#define LINES_MAX 1000u
#define FINDINGS_MAX 20u /* of one inittab */

/* --- is it there --- */

/* The first word, when it is a program and not the shell's to make out. */
static const char *program_of(struct scan *s, const char *command)
{
	size_t len;

	command += strspn(command, " \t+@-");
	len = strcspn(command, " \t\r");
	if (*command != '/' || strcspn(command, "$`;|&<>\"'*?(){}") < len)
		return NULL;
	return scan_printf(s, "%.*s", (int)len, command);
}

/* Where a whole directory of programs is gone, that is told elsewhere. */
static bool is_gone(struct scan *s, const char *program)
{
	const char *slash = strrchr(program, '/');
	const char *dir = scan_printf(s, "%.*s", (int)(slash - program), program);
	struct stat st;

	if (*dir && !root_is_dir(s->root, dir))
		return false;
	return root_is_absent(root_stat(s->root, program, &st)) && !unseen(unseen_find(s), program);
}

/* --- inittab --- */

/* Parts of the line, which end where the next one begins. */
struct row {
	const char *levels, *action, *command;
};

static bool split(const char *line, struct row *r)
{
	const char *part[4] = { line + strspn(line, " \t") };

	if (*part[0] == '#')
		return false;
	for (size_t i = 1; i < ARRAY_SIZE(part); i++) {
		const char *colon = strchr(part[i - 1], ':');

		if (!colon)
			return false;
		part[i] = colon + 1;
	}
	*r = (struct row){ part[1], part[2], part[3] };
	return true;
}

static bool is_action(const struct row *r, const char *action)
{
	const char *rest = after(r->action, action);

	return rest && *rest == ':';
}

static bool has_level(const struct row *r, char level)
{
	return *r->levels == ':' || memchr(r->levels, level, strcspn(r->levels, ":"));
}

/* The level that is booted into; 0: there are none (BusyBox), or it is not said. */
static char level_of(const struct text *t)
{
	struct row r;

	for (size_t n = 1; n <= t->lines && n <= LINES_MAX; n++) {
		if (split(text_line(t, n), &r) && is_action(&r, "initdefault"))
			return *r.levels == ':' ? 0 : *r.levels;
	}
	return 0;
}

enum part { NO_PART, STARTS_SYSTEM, STARTS_LEVEL, STARTS_PROMPT };

static enum part part_of(const struct row *r, char level)
{
	static const struct {
		const char *action;
		enum part part;
		bool any_level;
	} actions[] = {
		{ "sysinit", STARTS_SYSTEM, true },  { "boot", STARTS_SYSTEM, true },
		{ "bootwait", STARTS_SYSTEM, true }, { "wait", STARTS_LEVEL, false },
		{ "respawn", STARTS_PROMPT, false }, { "askfirst", STARTS_PROMPT, false },
		{ "once", NO_PART, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		if (is_action(r, actions[i].action))
			return actions[i].any_level || !level || has_level(r, level)
				       ? actions[i].part
				       : NO_PART;
	}
	return NO_PART;
}

/* BusyBox's first field names a terminal, and its second is empty. */
static bool is_prompt(const struct row *r)
{
	return strstr(r->command, "getty") || strstr(r->command, "login");
}

/* Some line of the level has a program that is there. */
static bool has_prompt(struct scan *s, const struct text *t, char level)
{
	struct row r;

	for (size_t n = 1; n <= t->lines && n <= LINES_MAX; n++) {
		const char *program;

		if (!split(text_line(t, n), &r) || part_of(&r, level) != STARTS_PROMPT ||
		    !is_prompt(&r))
			continue;
		program = program_of(s, r.command);
		if (program && !is_gone(s, program))
			return true;
	}
	return false;
}

/* The program of the line that is not there; NULL: nothing is wrong. */
static const char *gone_program(struct scan *s, const struct row *r, enum part part)
{
	const char *program = program_of(s, r->command);

	if (!program || (part == STARTS_PROMPT && !is_prompt(r)))
		return NULL;
	return is_gone(s, program) ? program : NULL;
}

static struct finding *tell_row(struct scan *s, const struct text *t, size_t n, const char *program,
				enum part part)
{
	struct finding *f = scan_find(s, &init_program, NULL,
				      "init starts '%s', which is not there: %s", program,
				      part == STARTS_PROMPT ? "this console gets no prompt"
							    : "the system does not come up");
	finding_at(f, t, n);
	finding_absence(f);
	finding_safety(f, FIX_NONE);
	return f;
}

static void check_inittab(struct scan *s)
{
	const struct text *t = scan_text(s, "/etc/inittab");
	char level = t ? level_of(t) : 0;
	enum severity prompt = t && has_prompt(s, t, level) ? NOTE : BLOCKS_LOGIN;
	unsigned found = 0;

	for (size_t n = 1; t && n <= t->lines && n <= LINES_MAX && found < FINDINGS_MAX; n++) {
		struct row r;
		enum part part = split(text_line(t, n), &r) ? part_of(&r, level) : NO_PART;
		const char *program = part == NO_PART ? NULL : gone_program(s, &r, part);
		struct finding *f = program ? tell_row(s, t, n, program, part) : NULL;

		if (f && part == STARTS_PROMPT)
			finding_severity(f, prompt);
		found += f != NULL;
	}
}

/* --- upstart --- */

static const struct job {
	const char *name;
	enum severity severity;
	enum severity manual; /* of an override; ssh is turned off that way */
	const char *effect;
} jobs[] = {
	{ "mountall", STOPS_BOOT, STOPS_BOOT,
	  "nothing of fstab is mounted, and the boot waits for it" },
	{ "rcS", STOPS_BOOT, STOPS_BOOT, "the system is not started up" },
	{ "rc-sysinit", STOPS_BOOT, STOPS_BOOT, "no runlevel is gone to" },
	{ "rc", STOPS_BOOT, STOPS_BOOT, "no service of a runlevel is started" },
	{ "udev", STOPS_BOOT, STOPS_BOOT, "no device is announced" },
	{ "start-ttys", BLOCKS_LOGIN, BLOCKS_LOGIN, "no console gets a login prompt" },
	{ "tty", BLOCKS_LOGIN, BLOCKS_LOGIN, "no console gets a login prompt" },
	{ "tty1", NOTE, NOTE, "the first screen gets no login prompt" },
	{ "ssh", BLOCKS_LOGIN, NOTE, "nobody gets in over the network" },
	{ "dbus", DEGRADES, DEGRADES, "services that talk over the bus do not come up" },
};

/* A line that is this word, or begins with it and a blank. */
static const char *stanza(const char *line, const char *word)
{
	const char *rest = after(line + strspn(line, " \t"), word);

	return rest && (!*rest || strchr(" \t\r", *rest)) ? rest + strspn(rest, " \t\r") : NULL;
}

/* What keeps the job from starting; a "start on" behind it starts it again. 0: nothing. */
static size_t manual_line(const struct text *t)
{
	size_t at = 0;

	for (size_t n = 1; n <= t->lines && n <= LINES_MAX; n++) {
		const char *start = stanza(text_line(t, n), "start");

		if (start && stanza(start, "on"))
			at = 0;
		else if (!at && stanza(text_line(t, n), "manual"))
			at = n;
	}
	return at;
}

static void check_override(struct scan *s, const struct job *j, const char *path)
{
	const struct text *t = root_is_file(s->root, path) ? scan_text(s, path) : NULL;
	size_t n = t ? manual_line(t) : 0;
	struct finding *f;

	if (!n)
		return;
	f = scan_find(s, &init_program, NULL, "'%s' is not started by itself: %s", j->name,
		      j->effect);
	finding_at(f, t, n);
	finding_severity(f, j->manual);
	finding_choice(f, "it is started again");
	propose_comment(f, t, n);
}

static void check_exec(struct scan *s, const struct job *j, const struct text *t)
{
	for (size_t n = 1; n <= t->lines && n <= LINES_MAX; n++) {
		const char *command = stanza(text_line(t, n), "exec");
		const char *program = command ? program_of(s, command) : NULL;
		struct finding *f;

		/* What stands in a script is the shell's. */
		if (stanza(text_line(t, n), "script") || stanza(text_line(t, n), "pre-start"))
			return;
		if (!program || !is_gone(s, program))
			continue;
		f = scan_find(s, &init_program, NULL, "'%s' starts '%s', which is not there: %s",
			      j->name, program, j->effect);
		finding_at(f, t, n);
		finding_absence(f);
		finding_severity(f, j->severity);
		finding_safety(f, FIX_NONE);
		return;
	}
}

static void check_jobs(struct scan *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++) {
		const char *path = scan_printf(s, "/etc/init/%s.conf", jobs[i].name);
		const struct text *t = root_is_file(s->root, path) ? scan_text(s, path) : NULL;

		if (!t)
			continue;
		check_exec(s, &jobs[i], t);
		check_override(s, &jobs[i], scan_printf(s, "/etc/init/%s.override", jobs[i].name));
	}
}

/* Neither Ubuntu's job nor RHEL's that goes to a runlevel. */
static void check_start(struct scan *s)
{
	static const char *const starts[] = { "/etc/init/rc-sysinit.conf", "/etc/init/rcS.conf" };
	struct finding *f;

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		if (root_exists(s->root, starts[i]))
			return;
	}
	if (!root_exists(s->root, "/etc/init/rc.conf"))
		return;
	f = scan_find(s, &init_program, "/etc/init",
		      "no job goes to a runlevel: rc-sysinit.conf and rcS.conf are gone");
	finding_absence(f);
	finding_safety(f, FIX_NONE);
}

void init_check_programs(struct scan *s)
{
	switch (s->facts->init) {
	case INIT_SYSV:
	case INIT_OPENRC:
	case INIT_BUSYBOX:
		check_inittab(s);
		break;
	case INIT_UPSTART:
		check_jobs(s);
		check_start(s);
		break;
	default:
		break;
	}
}
