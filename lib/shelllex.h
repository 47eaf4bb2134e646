/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Enough of the shell's grammar to say what a profile script does at its top level: commands, their
 * words as written, blocks and quotes. Nothing is executed and nothing is expanded.
 *
 *	shelllex_parse(arena, text, SHELLLEX_BASH, &script);
 *	if (script.state == SHELLLEX_BROKEN) … script.line, script.what
 *
 * What this does not understand for sure makes the state SHELLLEX_UNKNOWN, never BROKEN.
 *
 * Source: POSIX.1-2017 Shell Command Language 2.3, 2.9, 2.10; bash(1) for [[, ((, arrays,
 * function, select, process substitution and the other redirections.
 */
#ifndef BOOTMEND_SHELLLEX_H
#define BOOTMEND_SHELLLEX_H

#include "lib/arena.h"
#include "lib/text.h"

enum shelllex_dialect { SHELLLEX_POSIX, SHELLLEX_BASH };
enum shelllex_state { SHELLLEX_OK, SHELLLEX_BROKEN, SHELLLEX_UNKNOWN };

enum shelllex_kind {
	SHELLLEX_SIMPLE,   /* word: assignments, command, arguments */
	SHELLLEX_AND,	   /* cond && body */
	SHELLLEX_OR,	   /* cond || body */
	SHELLLEX_NOT,	   /* ! body */
	SHELLLEX_PIPE,	   /* body: a list of two or more commands, each in a process of its own */
	SHELLLEX_IF,	   /* cond, body, other (what else or elif does) */
	SHELLLEX_WHILE,	   /* cond, body; until too */
	SHELLLEX_FOR,	   /* word[0] the name, the others its items; body. select too */
	SHELLLEX_CASE,	   /* word[0]; body: a list of SHELLLEX_ITEM */
	SHELLLEX_ITEM,	   /* word: patterns; body */
	SHELLLEX_GROUP,	   /* { body } */
	SHELLLEX_SUBSHELL, /* ( body ) */
	SHELLLEX_FUNCTION, /* word[0] the name; body */
	SHELLLEX_TEST,	   /* [[ … ]]: word as written, brackets left out */
	SHELLLEX_ARITH,	   /* (( … )) */
};

struct shelllex_word {
	const char *s; /* as written, quotes and all */
	size_t line;
};

struct shelllex_node {
	enum shelllex_kind kind;
	size_t line, last; /* of the text, from 1 */
	struct shelllex_word *word;
	size_t words;
	size_t assigns;	 /* of a simple command: leading NAME=VALUE words */
	bool redirects;	 /* has redirections */
	bool background; /* ended by & */
	bool in_words;	 /* a for loop that has "in" */
	struct shelllex_node *cond, *body, *other;
	struct shelllex_node *next; /* in its list */
};

struct shelllex_script {
	enum shelllex_state state;
	size_t line; /* of BROKEN: where what is wrong begins; of UNKNOWN: where it was given up */
	const char *what;	    /* one line; NULL for OK */
	struct shelllex_node *body; /* what could be read before that */
	bool open_heredoc; /* a here-document runs to the end of the file: shells only warn */
};

void shelllex_parse(struct arena *a, const struct text *t, enum shelllex_dialect d,
		    struct shelllex_script *out);

#endif
