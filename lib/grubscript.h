/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GRUB's shell-like language as a tree of statements, before anything is run: what lib/grubcfg.c
 * walks over.
 *
 *	grubscript_parse(arena, text, &script)	never fails; ->broken and ->cut tell what it met
 *
 * Words keep their parts, so that variables can be filled in later. A stray brace or an open quote,
 * if or block is closed at the end of the file, as far as that goes, and marked.
 *
 * Sources: GRUB manual, "Shell-like scripting"; grub-core/script/yylex.l and parser.y.
 */
#ifndef BOOTMEND_GRUBSCRIPT_H
#define BOOTMEND_GRUBSCRIPT_H

#include "lib/text.h"

struct grubpart {
	bool variable; /* s is the name of a variable, else literal bytes */
	bool quoted;   /* stood in quotes: not split into words */
	const char *s;
	struct grubpart *next;
};

struct grubword {
	struct grubpart *part; /* NULL: an empty word */
	bool quoted;	       /* some quote or backslash in it: no keyword */
	bool odd;	       /* bytes GRUB's own lexer would not take here */
};

enum grubstmt_kind { STMT_COMMAND, STMT_IF, STMT_LOOP, STMT_FUNCTION };

struct grubstmt {
	enum grubstmt_kind kind;
	size_t line, last_line; /* last_line: of the closing word, or the end of the file */
	struct grubword *word;	/* of a command or a loop's head; the name of a function */
	size_t words;
	struct grubstmt *cond;	 /* of if and while; an if without one is the else branch */
	struct grubstmt *body;	 /* block of menuentry, branch of if, body of loop and function */
	struct grubstmt *orelse; /* the next elif or else, an STMT_IF too */
	bool block;		 /* a command with a { block } */
	const char
		*section; /* grub-mkconfig's "### BEGIN /etc/grub.d/NAME ###" around it; or NULL */
	struct grubstmt *next;
};

struct grubscript {
	struct grubstmt *first;
	size_t statements;  /* commands of all depths */
	bool cut;	    /* a bound was hit */
	bool broken;	    /* something open or closed too often */
	bool open;	    /* what is broken is open to the end of the file */
	size_t broken_line; /* where what was left open begins, or the stray word; 0: none */
};

void grubscript_parse(struct arena *a, const struct text *t, struct grubscript *out);

/* The word as one literal, or NULL when it holds variables. "" for an empty one. */
const char *grubword_literal(struct arena *a, const struct grubword *w);

#endif
