/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a word ends: quotes, expansions, substitutions, arrays. */
#include <ctype.h>

#include "lib/shelllex_parts.h"

#define TRIES_MAX 500

static bool is_meta(char c)
{
	return c && strchr(" \t\n|&;()<>", c);
}

static void scan_dollar(struct shelllex *l, bool in_quotes);

static void scan_single(struct shelllex *l)
{
	size_t line = l->line;

	for (step(l); !at_end(l) && *l->s != '\''; step(l))
		;
	if (at_end(l))
		shelllex_broken(l, line, "a single quote opened here is not closed");
	step(l);
}

/* $'…' of bash, where \' does not end it. */
static void scan_ansi(struct shelllex *l)
{
	size_t line = l->line;

	for (skip(l, 2); !at_end(l) && *l->s != '\''; step(l)) {
		if (*l->s == '\\')
			step(l);
	}
	if (at_end(l))
		shelllex_broken(l, line, "a single quote opened here is not closed");
	step(l);
}

static void scan_backquote(struct shelllex *l)
{
	size_t line = l->line;

	for (step(l); !at_end(l) && *l->s != '`'; step(l)) {
		if (*l->s == '\\')
			step(l);
	}
	if (at_end(l))
		shelllex_broken(l, line, "a backquote opened here is not closed");
	step(l);
}

static void scan_double(struct shelllex *l)
{
	size_t line = l->line;

	step(l);
	while (!at_end(l) && *l->s != '"') {
		if (*l->s == '\\')
			skip(l, 2);
		else if (*l->s == '`')
			scan_backquote(l);
		else if (*l->s == '$')
			scan_dollar(l, true);
		else
			step(l);
	}
	if (at_end(l))
		shelllex_broken(l, line, "a double quote opened here is not closed");
	step(l);
}

/* ${…}: whether a quote within quotes is one depends on the operator and the shell. */
static void scan_parameter(struct shelllex *l, bool in_quotes)
{
	size_t line = l->line;

	if (!shelllex_enter(l))
		return;
	skip(l, 2);
	while (!at_end(l) && *l->s != '}') {
		if (*l->s == '\\')
			skip(l, 2);
		else if (*l->s == '\'' && in_quotes)
			shelllex_unknown(l, "a quote within ${} within quotes");
		else if (*l->s == '\'')
			scan_single(l);
		else if (*l->s == '"')
			scan_double(l);
		else if (*l->s == '`')
			scan_backquote(l);
		else if (*l->s == '$')
			scan_dollar(l, in_quotes);
		else
			step(l);
	}
	if (at_end(l))
		shelllex_broken(l, line, "'${' opened here is not closed");
	step(l);
	shelllex_leave(l);
}

bool shelllex_scan_arith(struct shelllex *l)
{
	struct shelllex before = *l;
	unsigned open = 2, tries = ++l->tries;

	if (tries > TRIES_MAX) {
		shelllex_unknown(l, "too many parentheses");
		return true;
	}
	for (skip(l, 2); !at_end(l) && open;) {
		if (*l->s == '(')
			open++;
		else if (*l->s == ')' && open == 2 && peek(l, 1) != ')')
			break;
		else if (*l->s == ')')
			open--;
		if (*l->s == '\\')
			step(l);
		if (*l->s == '"')
			scan_double(l);
		else if (*l->s == '$' && peek(l, 1) != '(')
			scan_dollar(l, true);
		else if (*l->s == '$' && peek(l, 1) == '(')
			scan_dollar(l, false);
		else
			step(l);
	}
	if (open == 0 && !l->failed)
		return true;
	tries = l->tries;
	*l = before;
	l->tries = tries;
	return false;
}

/* The commands between ( and ); l->s stands behind the opening parenthesis. */
static void scan_commands(struct shelllex *l, size_t line, const char *what)
{
	enum shelllex_token tok = l->tok;
	const char *word = l->word;
	size_t tok_line = l->tok_line, last_line = l->last_line;

	if (!shelllex_enter(l))
		return;
	shelllex_next(l);
	shelllex_list(l);
	if (!l->failed && l->tok == T_END)
		shelllex_broken(l, line, what);
	else if (!l->failed && l->tok != T_CLOSE)
		shelllex_broken(l, l->tok_line, "a word that closes no block stands here");
	shelllex_leave(l);
	l->tok = tok;
	l->word = word;
	l->tok_line = tok_line;
	l->last_line = last_line;
}

static void scan_substitution(struct shelllex *l)
{
	size_t line = l->line;

	if (peek(l, 2) == '(') {
		step(l);
		if (shelllex_scan_arith(l))
			return;
		step(l);
	} else {
		skip(l, 2);
	}
	scan_commands(l, line, "'$(' opened here is not closed");
}

static void scan_dollar(struct shelllex *l, bool in_quotes)
{
	if (!shelllex_enter(l))
		return;
	switch (peek(l, 1)) {
	case '{':
		scan_parameter(l, in_quotes);
		break;
	case '(':
		scan_substitution(l);
		break;
	case '\'':
		if (in_quotes)
			step(l);
		else if (l->dialect == SHELLLEX_BASH)
			scan_ansi(l);
		else
			shelllex_unknown(l, "$' is not the same in every shell");
		break;
	case '$':
		skip(l, 2);
		break;
	default:
		step(l);
	}
	shelllex_leave(l);
}

/* NAME=( … ): words and newlines up to the parenthesis. */
static void scan_array(struct shelllex *l)
{
	size_t line = l->line;

	if (l->dialect != SHELLLEX_BASH)
		shelllex_unknown(l, "an array");
	step(l);
	while (!at_end(l) && *l->s != ')') {
		if (*l->s == '#' && isspace((unsigned char)l->s[-1])) {
			while (!at_end(l) && *l->s != '\n')
				step(l);
		} else if (*l->s == '\\') {
			skip(l, 2);
		} else if (*l->s == '\'') {
			scan_single(l);
		} else if (*l->s == '"') {
			scan_double(l);
		} else if (*l->s == '`') {
			scan_backquote(l);
		} else if (*l->s == '$') {
			scan_dollar(l, false);
		} else if (*l->s == '(') {
			shelllex_unknown(l, "a parenthesis within an array");
		} else {
			step(l);
		}
	}
	if (at_end(l))
		shelllex_broken(l, line, "'(' opened here is not closed");
	step(l);
}

/* +(a|b) and its kin are words only when extglob is set, which is known when the script runs. */
static void scan_extglob(struct shelllex *l)
{
	unsigned open = 0;

	l->unsure = true;
	do {
		open += *l->s == '(';
		open -= *l->s == ')';
		if (*l->s == '\\')
			step(l);
		if (*l->s == '\'')
			scan_single(l);
		else if (*l->s == '"')
			scan_double(l);
		else
			step(l);
	} while (!at_end(l) && open);
}

bool shelllex_opens_process(const struct shelllex *l)
{
	return l->dialect == SHELLLEX_BASH && (*l->s == '<' || *l->s == '>') && peek(l, 1) == '(';
}

static bool opens_extglob(const struct shelllex *l, const char *from)
{
	return l->dialect == SHELLLEX_BASH && *l->s == '(' && l->s > from &&
	       strchr("?*+@!", l->s[-1]);
}

/* One piece of a word; false when the word ends here. */
static bool scan_piece(struct shelllex *l, const char *from)
{
	size_t line = l->line;

	switch (*l->s) {
	case '\\':
		skip(l, 2);
		return true;
	case '\'':
		scan_single(l);
		return true;
	case '"':
		scan_double(l);
		return true;
	case '`':
		scan_backquote(l);
		return true;
	case '$':
		scan_dollar(l, false);
		return true;
	default:
		break;
	}
	if (shelllex_opens_process(l)) {
		skip(l, 2);
		scan_commands(l, line, "'(' opened here is not closed");
		return true;
	}
	if (opens_extglob(l, from)) {
		scan_extglob(l);
		return true;
	}
	if (*l->s == '(' && l->s > from && l->s[-1] == '=') {
		scan_array(l);
		return true;
	}
	if (is_meta(*l->s))
		return false;
	step(l);
	return true;
}

const char *shelllex_scan_word(struct shelllex *l)
{
	const char *from = l->s;

	while (!at_end(l) && !l->failed && scan_piece(l, from))
		;
	return arena_strndup(l->arena, from, l->failed ? 0 : (size_t)(l->s - from));
}
