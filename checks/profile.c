/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files a login shell of root reads before its first prompt.
 */
#include "checks/checks.h"
#include "lib/backups.h"
#include "lib/check.h"
#include "lib/lineends.h"
#include "lib/paths.h"
#include "lib/shelllogin.h"
#include "lib/userdb.h"

static const struct problem profile_recursion = {
	.id = "profile.recursion",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "shell start-up files source each other without end",
	.why = "The login shell reads the files in a circle, with no condition that would ever stop it, "
	       "until it runs out of stack or of room for its environment and dies. The password was "
	       "right, and yet the session ends before the first prompt.",
	.console = "-bash: /usr/bin/id: Argument list too long\n"
		   "Segmentation fault\n"
		   "Connection to 192.0.2.1 closed.",
	.by_hand = "comment the line out that closes the circle, for instance\n"
		   "sed -i 's|^\\. /etc/profile|# &|' /mnt/root/.bashrc",
	.fix = "comments out the line that closes the circle",
};

static const struct problem profile_ends = {
	.id = "profile.ends",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_ASK,
	.title = "a shell start-up file ends the login",
	.why = "The files are read by the login shell itself: an 'exit' in one of them ends the session, "
	       "and 'exec' puts another program in the shell's place, whose end is the session's end.",
	.console = "Last login: Mon Jan  1 00:00:00 on tty1\n"
		   "login:",
	.by_hand = "comment the line out in the file it stands in, below /mnt/etc or /mnt/root",
	.fix = "comments the line out",
};

static const struct problem profile_syntax = {
	.id = "profile.syntax",
	.severity = DEGRADES,
	.stage = AT_LOGIN,
	.safety = FIX_ASK,
	.title = "a shell start-up file cannot be read to its end",
	.why = "A quote or block is left open, a keyword stands where none belongs, or the lines end in "
	       "CR. The shell reads the file up to there and drops the rest with a complaint: the login "
	       "works, but PATH and what else the file sets are missing.",
	.console = "-bash: /etc/profile: line 40: unexpected EOF while looking for matching `\"'\n"
		   "-bash: ls: command not found",
	.by_hand = "bash -n /mnt/etc/profile\n"
		   "vi /mnt/etc/profile",
	.fix = "takes CRs off the line ends, or puts back a backup or the distribution's own version of "
	       "the file",
};

static const struct problem *const problems[] = { &profile_recursion, &profile_ends,
						  &profile_syntax, NULL };

struct view {
	struct scan *s;
	struct shelllogin_shell sh;
	enum shelllex_dialect dialect;
	struct shelllogin login;
};

/* --- root's shell --- */

static void find_root(struct scan *s, const char **shell, const char **home)
{
	const struct text *t = scan_text(s, "/etc/passwd");
	const struct userdb_entry *e;
	struct userdb db;

	*shell = root_is_program(s->root, "/bin/bash") ? "/bin/bash" : "/bin/sh";
	*home = "/root";
	if (!t)
		return;
	userdb_parse(s->arena, t, USERDB_PASSWD, s->facts->musl ? USERDB_MUSL : USERDB_GLIBC, &db);
	e = userdb_find(&db, "root");
	if (!e || e->dead)
		return;
	if (*e->field[PW_SHELL] == '/' && root_is_program(s->root, e->field[PW_SHELL]))
		*shell = e->field[PW_SHELL];
	if (*e->field[PW_DIR] == '/')
		*home = e->field[PW_DIR];
}

/* False for a shell that reads other files (zsh, fish, csh) or that is none. */
static bool know_shell(struct view *v)
{
	static const char *const plain[] = { "sh", "dash", "ash", "busybox", NULL };
	_cleanup_free_ char *real = NULL;
	const char *name, *program;

	find_root(v->s, &v->sh.shell, &v->sh.home);
	name = paths_base(v->sh.shell);
	if (root_resolve(v->s->root, v->sh.shell, &real) < 0)
		return false;
	program = paths_base(real);
	v->sh.bash = startswith(program, "bash");
	v->sh.as_sh = v->sh.bash && streq(name, "sh");
	v->dialect = v->sh.bash ? SHELLLEX_BASH : SHELLLEX_POSIX;
	return v->sh.bash || in_list(program, plain) || startswith(program, "busybox");
}

/* --- findings --- */

static void disable(const struct view *v, struct finding *f, const struct shelllogin_event *e)
{
	const char *with = shelllogin_disable(v->s->arena, e->file, e->node, v->dialect);

	if (with)
		propose_line(f, e->file->text, e->node->line, "%s", with);
	else
		finding_safety(f, FIX_NONE);
}

static void say_loop(const struct view *v, const struct shelllogin_event *e)
{
	struct finding *f =
		scan_find(v->s, &profile_recursion, NULL,
			  "sources '%s', which is being read already, without end", e->target);

	finding_at(f, e->file->text, e->node->line);
	disable(v, f, e);
}

static void say_exit(const struct view *v, const struct shelllogin_event *e)
{
	struct finding *f = scan_find(v->s, &profile_ends, NULL, "the login shell exits here");

	finding_at(f, e->file->text, e->node->line);
	disable(v, f, e);
}

/* Programs that are over at once, whoever logs in. */
static bool is_over_at_once(const char *program)
{
	static const char *const quick[] = { "true", "false", ":",    "echo",	 "printf", "sleep",
					     "date", "test",  "exit", "nologin", NULL };

	return in_list(paths_base(program), quick);
}

/* Another shell, or a terminal multiplexer, is what people put there on purpose. */
static bool is_a_shell(const char *program)
{
	static const char *const shells[] = { "bash", "sh",   "dash", "ash",	"zsh",	 "fish",
					      "ksh",  "mksh", "tcsh", "csh",	"tmux",	 "screen",
					      "su",   "sudo", "sg",   "newgrp", "byobu", NULL };

	return in_list(paths_base(program), shells);
}

static void say_exec(const struct view *v, const struct shelllogin_event *e)
{
	struct finding *f;

	/* A program that is not there is no end: an interactive shell goes on. */
	if (!e->target || is_a_shell(e->target) ||
	    (*e->target == '/' && !root_exists(v->s->root, e->target)))
		return;
	f = scan_find(v->s, &profile_ends, NULL, "'%s' takes the place of the login shell",
		      e->target);
	finding_at(f, e->file->text, e->node->line);
	if (is_over_at_once(e->target)) {
		disable(v, f, e);
		return;
	}
	finding_severity(f, NOTE);
	finding_safety(f, FIX_NONE);
}

/* --- files --- */

static size_t count_cr(const struct text *t, size_t *first)
{
	size_t n = 0;

	for (size_t i = 1; i <= t->lines; i++) {
		const char *s = text_line(t, i);
		size_t len = strlen(s);

		if (!len || s[len - 1] != '\r' || s[strspn(s, " \t")] == '#')
			continue;
		if (!n++)
			*first = i;
	}
	return n;
}

struct readable {
	struct arena *arena;
	enum shelllex_dialect dialect;
};

static bool is_readable(const struct text *t, const void *arg)
{
	const struct readable *r = arg;
	struct shelllex_script script;
	size_t first;

	shelllex_parse(r->arena, t, r->dialect, &script);
	return script.state == SHELLLEX_OK && script.body && count_cr(t, &first) == 0;
}

/* What the distribution put there when the system was installed. */
static const char *shipped_copy(const struct view *v, const char *path)
{
	static const char *const shipped[][2] = {
		{ "/etc/profile", "/usr/share/base-files/profile" },
		{ "~/.profile", "/usr/share/base-files/dot.profile" },
		{ "~/.bashrc", "/usr/share/base-files/dot.bashrc" },
		{ "~/.profile", "/etc/skel/.profile" },
		{ "~/.bashrc", "/etc/skel/.bashrc" },
		{ "~/.bash_profile", "/etc/skel/.bash_profile" },
		{ "/etc/profile", "/usr/etc/profile" },
		{ "/etc/bash.bashrc", "/usr/etc/bash.bashrc" },
	};
	struct readable want = { v->s->arena, v->dialect };

	for (size_t i = 0; i < ARRAY_SIZE(shipped); i++) {
		const char *name = shipped[i][0];
		const struct text *t;

		if (*name == '~')
			name = scan_printf(v->s, "%s%s", v->sh.home, name + 1);
		if (!streq(name, path) || !root_is_file(v->s->root, shipped[i][1]))
			continue;
		t = scan_text(v->s, shipped[i][1]);
		if (t && is_readable(t, &want))
			return shipped[i][1];
	}
	return NULL;
}

static void put_back(const struct view *v, struct finding *f, const struct text *t)
{
	struct readable want = { v->s->arena, v->dialect };
	struct backup b = { 0 };
	const char *copy = NULL;

	if (backups_find(v->s->root, v->s->arena, t->path, is_readable, &want, &b))
		copy = b.path;
	else
		copy = shipped_copy(v, t->path);
	if (!copy) {
		finding_safety(f, FIX_NONE);
		return;
	}
	finding_choice(f, "put '%s' in its place", copy);
	finding_choice(f, "close what is open by hand");
	propose_copy(f, t->path, copy, t->st.st_mode & 07777, t->st.st_uid, t->st.st_gid);
}

/* Only what belongs to the settings of this system: not what packages keep in /usr. */
static bool is_ours(const struct view *v, const struct shelllogin_file *file)
{
	return startswith(file->text->path, "/etc/") || startswith(file->text->path, v->sh.home);
}

static void check_file(const struct view *v, const struct shelllogin_file *file)
{
	const struct shelllex_script *script = &file->script;
	const struct text *t = file->text;
	size_t first = 0, crs = count_cr(t, &first);
	struct finding *f;

	if (!is_ours(v, file))
		return;
	if (crs) {
		f = scan_find(v->s, &profile_syntax, NULL, "%zu line%s in CR", crs,
			      crs > 1 ? "s end" : " ends");
		finding_at(f, t, first);
		lineends_strip_cr(f, t);
	} else if (script->state == SHELLLEX_BROKEN) {
		f = scan_find(v->s, &profile_syntax, NULL, "%s", script->what);
		finding_at(f, t, script->line);
		put_back(v, f, t);
	}
}

static void run(struct scan *s)
{
	static void (*const sayings[])(const struct view *v, const struct shelllogin_event *e) = {
		[SHELLLOGIN_LOOP] = say_loop,
		[SHELLLOGIN_EXIT] = say_exit,
		[SHELLLOGIN_EXEC] = say_exec,
	};
	struct view v = { .s = s };

	if (!know_shell(&v))
		return;
	shelllogin_run(s, &v.sh, &v.login);
	for (size_t i = 0; i < v.login.events; i++)
		sayings[v.login.event[i].kind](&v, &v.login.event[i]);
	for (size_t i = 0; i < v.login.files; i++)
		check_file(&v, v.login.file[i]);
}

const struct check profile_check = {
	.name = "profile",
	.summary = "the files root's login shell reads before its first prompt",
	.problems = problems,
	.run = run,
};
