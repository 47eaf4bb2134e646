/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line of sshd_config taken apart as sshd does it: the keyword ends at a blank or '=', words
 * may stand in quotes, '#' at the start of a word ends the line.
 *
 *	if (sshdline_parse(arena, text_line(t, n), &l))
 *		… l.keyword, l.word[0 .. l.n-1] …
 *
 * Source: OpenSSH servconf.c (process_server_config_line_depth), misc.c (strdelim, argv_split).
 */
#ifndef BOOTMEND_SSHDLINE_H
#define BOOTMEND_SSHDLINE_H

#include "lib/arena.h"

#define SSHDLINE_WORDS 64u

enum sshdline_fault {
	SSHDLINE_SOUND,
	SSHDLINE_NO_ARGUMENT, /* nothing behind the keyword */
	SSHDLINE_QUOTES,      /* one is left open */
};

struct sshdline {
	const char *keyword; /* in small letters */
	const char *rest;    /* behind it, blanks and CR at the end taken away */
	const char *word[SSHDLINE_WORDS];
	size_t n;
	bool comment; /* words were ended by a comment; before 8.7 those were words too */
	bool more;    /* has more words than are kept */
	enum sshdline_fault fault;
};

/* false: a blank line or a comment, or what sshd takes for one. */
bool sshdline_parse(struct arena *a, const char *line, struct sshdline *out);

#endif
