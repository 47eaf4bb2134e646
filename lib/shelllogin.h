/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a shell does between the password and its first prompt: the start-up files are walked as the
 * shell would read them, without running anything. Only what surely happens is told: a condition
 * that cannot be decided from the disk makes all that hangs on it unsure.
 *
 *	struct shelllogin_shell sh = { .bash = true, .shell = "/bin/bash", .home = "/root" };
 *	shelllogin_run(scan, &sh, &login);
 *
 * Source: bash(1) INVOCATION, dash(1) and BusyBox ash: /etc/profile, then of bash the first of
 * ~/.bash_profile, ~/.bash_login, ~/.profile, of the others ~/.profile.
 */
#ifndef BOOTMEND_SHELLLOGIN_H
#define BOOTMEND_SHELLLOGIN_H

#include "lib/check.h"
#include "lib/shelllex.h"

struct shelllogin_shell {
	bool bash;	   /* else a plain POSIX shell: dash, ash */
	bool as_sh;	   /* bash called sh: reads ~/.profile only */
	const char *shell; /* as /etc/passwd names it */
	const char *home;  /* root's */
};

struct shelllogin_file {
	const struct text *text; /* its path is the one it was first asked for by */
	const char *real;	 /* links resolved */
	struct shelllex_script script;
	/* The command that first sourced it; NULL for a start-up file. */
	const struct text *from;
	size_t from_line;
};

enum shelllogin_kind {
	SHELLLOGIN_LOOP, /* sources what is being read already, without end */
	SHELLLOGIN_EXIT, /* exit or logout: the login ends here */
	SHELLLOGIN_EXEC, /* exec: another program takes the shell's place */
};

struct shelllogin_event {
	enum shelllogin_kind kind;
	const struct shelllogin_file *file;
	const struct shelllex_node *node; /* the command */
	const char *target; /* the file, or the program when it is known; NULL: not known */
};

struct shelllogin {
	struct shelllogin_file **file; /* in the order first read */
	size_t files, files_cap;
	struct shelllogin_event *event;
	size_t events, events_cap;
	bool gave_up; /* too much to walk: what was told so far holds */
};

void shelllogin_run(struct scan *s, const struct shelllogin_shell *sh, struct shelllogin *out);

/*
 * The text of line node->line after the command there is taken out of use, such that the file can
 * still be read; NULL when the line holds more than that, or the command spans several.
 */
const char *shelllogin_disable(struct arena *a, const struct shelllogin_file *f,
			       const struct shelllex_node *node, enum shelllex_dialect d);

#endif
