/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of shelllex share; for lib/shelllex*.c only. Words and tokens are read as the
 * grammar asks for them, since only it knows whether "in" is a word or ends something; and a word
 * may hold a whole list of commands, so all of it runs on one state.
 */
#ifndef BOOTMEND_SHELLLEX_PARTS_H
#define BOOTMEND_SHELLLEX_PARTS_H

#include "lib/shelllex.h"

#define SHELLLEX_HEREDOCS_MAX 64

enum shelllex_token {
	T_WORD,
	T_NEWLINE,
	T_SEMI,	 /* ; */
	T_DSEMI, /* ;; ;& ;;& */
	T_AMP,
	T_AND,
	T_OR,
	T_PIPE, /* | |& */
	T_OPEN, /* ( */
	T_CLOSE,
	T_REDIRECT, /* its operator; the word that follows belongs to it */
	T_END,
};

struct shelllex_heredoc {
	char *end; /* delimiter, unquoted */
	bool strip_tabs;
};

struct shelllex {
	struct arena *arena;
	enum shelllex_dialect dialect;
	const char *s, *end;
	size_t line;
	/* the current token */
	enum shelllex_token tok;
	const char *word; /* of T_WORD; the operator of T_REDIRECT */
	size_t tok_line;
	size_t last_line; /* of the token before */
	/* here-documents announced on this line */
	struct shelllex_heredoc heredoc[SHELLLEX_HEREDOCS_MAX];
	unsigned heredocs;
	bool open_heredoc;
	unsigned depth, nodes, tries;
	/* outcome */
	bool failed, unsure;
	enum shelllex_state state;
	size_t bad_line;
	const char *what;
};

/* The words of a node are few, but may be thousands in a hostile file. */
struct shelllex_words {
	struct shelllex_word *w;
	size_t n, cap;
};

/* --- characters --- */

static inline bool at_end(const struct shelllex *l)
{
	return l->s >= l->end;
}

static inline char peek(const struct shelllex *l, size_t n)
{
	return (size_t)(l->end - l->s) > n ? l->s[n] : '\0';
}

static inline void step(struct shelllex *l)
{
	if (at_end(l))
		return;
	if (*l->s == '\n')
		l->line++;
	l->s++;
}

static inline void skip(struct shelllex *l, size_t n)
{
	while (n--)
		step(l);
}

/* --- failing: the first reason stays (shelllex_token.c) --- */

void shelllex_broken(struct shelllex *l, size_t line, const char *what);
void shelllex_unknown(struct shelllex *l, const char *what);
/* Around everything that may hold itself; false when that is too deep. */
bool shelllex_enter(struct shelllex *l);
void shelllex_leave(struct shelllex *l);

/* --- tokens (shelllex_token.c) --- */

void shelllex_next(struct shelllex *l);
bool shelllex_is(const struct shelllex *l, const char *word);
void shelllex_skip_newlines(struct shelllex *l);
void shelllex_expect_heredoc(struct shelllex *l, const char *op, const char *word);

/* --- words (shelllex_word.c) --- */

const char *shelllex_scan_word(struct shelllex *l);
/* Up to the closer of a "((", l->s behind it; false and nothing moved when it is none. */
bool shelllex_scan_arith(struct shelllex *l);
bool shelllex_opens_process(const struct shelllex *l);

/* --- commands (shelllex.c) --- */

struct shelllex_node *shelllex_node_new(struct shelllex *l, enum shelllex_kind kind);
void shelllex_add_word(struct shelllex *l, struct shelllex_words *ws);
void shelllex_set_words(struct shelllex_node *n, const struct shelllex_words *ws);
/* Takes the word; what is said of line when the text ends instead. */
void shelllex_expect(struct shelllex *l, const char *word, size_t line, const char *what);
struct shelllex_node *shelllex_command(struct shelllex *l);
/* Commands up to a word that closes the block around them, ")", ";;" or the end. */
struct shelllex_node *shelllex_list(struct shelllex *l);
/* A list where the grammar wants at least one command. */
struct shelllex_node *shelllex_block(struct shelllex *l);
/* The part behind NAME ( ). */
struct shelllex_node *shelllex_function(struct shelllex *l, struct shelllex_node *n);

/* --- blocks (shelllex_block.c) --- */

/* NULL, and nothing taken, when the current token opens none. */
struct shelllex_node *shelllex_compound(struct shelllex *l);

#endif
