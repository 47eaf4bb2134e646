/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands that hold others: if, case, loops, groups, functions, and [[. */
#include "lib/shelllex_parts.h"

static struct shelllex_node *parse_if(struct shelllex *l)
{
	struct shelllex_node *n = shelllex_node_new(l, SHELLLEX_IF);
	const char *what = "'if' opened here is not closed";

	shelllex_next(l);
	n->cond = shelllex_block(l);
	shelllex_expect(l, "then", n->line, what);
	n->body = shelllex_block(l);
	if (shelllex_is(l, "elif")) {
		/* Its fi is ours too. */
		n->other = parse_if(l);
		n->last = n->other->last;
		return n;
	}
	if (shelllex_is(l, "else")) {
		shelllex_next(l);
		n->other = shelllex_block(l);
	}
	shelllex_expect(l, "fi", n->line, what);
	n->last = l->last_line;
	return n;
}

static void parse_do(struct shelllex *l, struct shelllex_node *n)
{
	const char *what = "a loop opened here is not closed";

	shelllex_expect(l, "do", n->line, what);
	n->body = shelllex_block(l);
	shelllex_expect(l, "done", n->line, what);
	n->last = l->last_line;
}

static struct shelllex_node *parse_while(struct shelllex *l)
{
	struct shelllex_node *n = shelllex_node_new(l, SHELLLEX_WHILE);

	shelllex_next(l);
	n->cond = shelllex_block(l);
	parse_do(l, n);
	return n;
}

/* l->s stands behind the first parenthesis of "((" */
static bool take_arith(struct shelllex *l)
{
	if (l->dialect != SHELLLEX_BASH || l->tok != T_OPEN || peek(l, 0) != '(')
		return false;
	l->s--;
	if (!shelllex_scan_arith(l)) {
		l->s++;
		return false;
	}
	shelllex_next(l);
	return true;
}

static void parse_items(struct shelllex *l, struct shelllex_node *n, struct shelllex_words *ws)
{
	shelllex_skip_newlines(l);
	if (shelllex_is(l, "in")) {
		n->in_words = true;
		for (shelllex_next(l); l->tok == T_WORD && !l->failed; shelllex_next(l))
			shelllex_add_word(l, ws);
	}
	if (l->tok == T_SEMI)
		shelllex_next(l);
	shelllex_skip_newlines(l);
}

static struct shelllex_node *parse_for(struct shelllex *l)
{
	struct shelllex_node *n = shelllex_node_new(l, SHELLLEX_FOR);
	struct shelllex_words ws = { 0 };

	shelllex_next(l);
	if (l->tok == T_WORD) {
		shelllex_add_word(l, &ws);
		shelllex_next(l);
		parse_items(l, n, &ws);
	} else if (take_arith(l)) {
		if (l->tok == T_SEMI)
			shelllex_next(l);
		shelllex_skip_newlines(l);
	} else if (!l->failed) {
		shelllex_broken(l, n->line, "'for' without a name");
	}
	shelllex_set_words(n, &ws);
	if (shelllex_is(l, "{"))
		shelllex_unknown(l, "a loop in braces");
	parse_do(l, n);
	return n;
}

static void parse_patterns(struct shelllex *l, struct shelllex_node *item)
{
	struct shelllex_words ws = { 0 };

	if (l->tok == T_OPEN)
		shelllex_next(l);
	while (l->tok == T_WORD && !l->failed) {
		shelllex_add_word(l, &ws);
		shelllex_next(l);
		if (l->tok != T_PIPE)
			break;
		shelllex_next(l);
	}
	shelllex_set_words(item, &ws);
	if (l->failed)
		return;
	if (l->tok != T_CLOSE || ws.n == 0) {
		shelllex_broken(l, l->tok_line, "a pattern of 'case' without ')'");
		return;
	}
	shelllex_next(l);
}

static struct shelllex_node *parse_case(struct shelllex *l)
{
	struct shelllex_node *n = shelllex_node_new(l, SHELLLEX_CASE), **tail = &n->body;
	const char *what = "'case' opened here is not closed";
	struct shelllex_words ws = { 0 };

	shelllex_next(l);
	if (l->tok == T_WORD)
		shelllex_add_word(l, &ws);
	else if (!l->failed)
		shelllex_broken(l, n->line, "'case' without a word");
	shelllex_set_words(n, &ws);
	shelllex_next(l);
	shelllex_skip_newlines(l);
	shelllex_expect(l, "in", n->line, what);
	for (shelllex_skip_newlines(l); !l->failed && !shelllex_is(l, "esac");
	     shelllex_skip_newlines(l)) {
		struct shelllex_node *item = shelllex_node_new(l, SHELLLEX_ITEM);

		if (l->tok == T_END) {
			shelllex_broken(l, n->line, what);
			break;
		}
		parse_patterns(l, item);
		item->body = shelllex_list(l);
		item->last = l->last_line;
		*tail = item;
		tail = &item->next;
		if (l->tok == T_DSEMI)
			shelllex_next(l);
		else if (l->tok != T_END && !shelllex_is(l, "esac"))
			shelllex_broken(l, l->tok_line,
					"a word or operator that does not belong here");
	}
	shelllex_expect(l, "esac", n->line, what);
	n->last = l->last_line;
	return n;
}

static struct shelllex_node *parse_group(struct shelllex *l)
{
	struct shelllex_node *n = shelllex_node_new(l, SHELLLEX_GROUP);

	shelllex_next(l);
	n->body = shelllex_block(l);
	shelllex_expect(l, "}", n->line, "'{' opened here is not closed");
	n->last = l->last_line;
	return n;
}

static struct shelllex_node *parse_subshell(struct shelllex *l)
{
	struct shelllex_node *n = shelllex_node_new(l, SHELLLEX_SUBSHELL);

	if (take_arith(l)) {
		n->kind = SHELLLEX_ARITH;
		n->last = l->last_line;
		return n;
	}
	shelllex_next(l);
	n->body = shelllex_block(l);
	if (l->tok == T_END)
		shelllex_broken(l, n->line, "'(' opened here is not closed");
	else if (l->tok != T_CLOSE)
		shelllex_broken(l, l->tok_line, "a word that closes no block stands here");
	shelllex_next(l);
	n->last = l->last_line;
	return n;
}

/* Within [[ ]] operators are words of their own, and a regular expression may hold anything. */
static struct shelllex_node *parse_test(struct shelllex *l)
{
	struct shelllex_node *n = shelllex_node_new(l, SHELLLEX_TEST);
	struct shelllex_words ws = { 0 };

	for (shelllex_next(l); !l->failed && !shelllex_is(l, "]]"); shelllex_next(l)) {
		if (l->tok == T_END) {
			shelllex_broken(l, n->line, "'[[' opened here is not closed");
			break;
		}
		if (l->tok == T_NEWLINE)
			continue;
		if (shelllex_is(l, "=~"))
			l->unsure = true;
		shelllex_add_word(l, &ws);
	}
	shelllex_set_words(n, &ws);
	shelllex_next(l);
	n->last = l->last_line;
	return n;
}

/* function NAME [()] { … } */
static struct shelllex_node *parse_function_word(struct shelllex *l)
{
	struct shelllex_node *n = shelllex_node_new(l, SHELLLEX_FUNCTION);
	struct shelllex_words ws = { 0 };

	shelllex_next(l);
	if (l->tok != T_WORD) {
		shelllex_broken(l, n->line, "'function' without a name");
		return n;
	}
	shelllex_add_word(l, &ws);
	shelllex_set_words(n, &ws);
	shelllex_next(l);
	if (l->tok == T_OPEN) {
		shelllex_next(l);
		if (l->tok != T_CLOSE) {
			shelllex_unknown(l, "a subshell as a function");
			return n;
		}
		shelllex_next(l);
	}
	return shelllex_function(l, n);
}

static struct shelllex_node *parse_not(struct shelllex *l)
{
	struct shelllex_node *n = shelllex_node_new(l, SHELLLEX_NOT);

	shelllex_next(l);
	n->body = shelllex_command(l);
	n->last = l->last_line;
	return n;
}

static struct shelllex_node *parse_coproc(struct shelllex *l)
{
	shelllex_unknown(l, "a coprocess");
	return shelllex_node_new(l, SHELLLEX_SIMPLE);
}

/* "time" before a pipeline changes nothing that matters here. */
static struct shelllex_node *parse_time(struct shelllex *l)
{
	shelllex_next(l);
	if (shelllex_is(l, "-p"))
		shelllex_next(l);
	return shelllex_command(l);
}

static const struct {
	const char *word;
	struct shelllex_node *(*parse)(struct shelllex *l);
	bool bash;
} reserved[] = {
	{ "if", parse_if, false },	  { "case", parse_case, false },
	{ "for", parse_for, false },	  { "while", parse_while, false },
	{ "until", parse_while, false },  { "{", parse_group, false },
	{ "!", parse_not, false },	  { "[[", parse_test, true },
	{ "select", parse_for, true },	  { "function", parse_function_word, true },
	{ "coproc", parse_coproc, true }, { "time", parse_time, true },
};

struct shelllex_node *shelllex_compound(struct shelllex *l)
{
	if (l->tok == T_OPEN)
		return parse_subshell(l);
	for (size_t i = 0; l->tok == T_WORD && i < ARRAY_SIZE(reserved); i++) {
		if (streq(l->word, reserved[i].word) &&
		    (!reserved[i].bash || l->dialect == SHELLLEX_BASH))
			return reserved[i].parse(l);
	}
	return NULL;
}
