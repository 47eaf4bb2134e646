/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Simple commands, pipelines and lists; what opens a block is in shelllex_block.c. */
#include <ctype.h>

#include "lib/shelllex_parts.h"

#define NODES_MAX 200000
#define SIZE_MAX_READ (1u << 20) /* no profile is that long */

struct shelllex_node *shelllex_block(struct shelllex *l)
{
	struct shelllex_node *list = shelllex_list(l);

	if (!list && !l->failed && l->tok != T_END)
		shelllex_broken(l, l->tok_line, "a block without a command ends here");
	return list;
}

static const char *const closers[] = {
	"then", "elif", "else", "fi", "do", "done", "esac", "}", NULL
};

struct shelllex_node *shelllex_node_new(struct shelllex *l, enum shelllex_kind kind)
{
	struct shelllex_node *n = arena_new_struct(l->arena, struct shelllex_node);

	if (++l->nodes > NODES_MAX)
		shelllex_unknown(l, "more commands than such a file has");
	n->kind = kind;
	n->line = n->last = l->tok_line;
	return n;
}

void shelllex_add_word(struct shelllex *l, struct shelllex_words *ws)
{
	ARENA_GROW(l->arena, ws->w, ws->n, ws->cap);
	ws->w[ws->n++] = (struct shelllex_word){ l->word, l->tok_line };
}

void shelllex_set_words(struct shelllex_node *n, const struct shelllex_words *ws)
{
	n->word = ws->w;
	n->words = ws->n;
}

void shelllex_expect(struct shelllex *l, const char *word, size_t line, const char *what)
{
	if (l->failed)
		return;
	if (shelllex_is(l, word)) {
		shelllex_next(l);
		return;
	}
	if (l->tok == T_END)
		shelllex_broken(l, line, what);
	else
		shelllex_broken(l, l->tok_line, "a word or operator that does not belong here");
}

/* At T_REDIRECT: takes the operator and its word. */
static void parse_redirect(struct shelllex *l)
{
	const char *op = l->word;

	shelllex_next(l);
	if (l->tok != T_WORD) {
		if (!l->failed)
			shelllex_broken(l, l->tok_line, "a redirection without a file");
		return;
	}
	if (streq(op, "<<") || streq(op, "<<-"))
		shelllex_expect_heredoc(l, op, l->word);
	shelllex_next(l);
}

static void parse_redirects(struct shelllex *l, struct shelllex_node *n)
{
	while (l->tok == T_REDIRECT && !l->failed) {
		n->redirects = true;
		parse_redirect(l);
	}
}

static bool is_assignment(const char *s)
{
	size_t n = 0;

	while (isalnum((unsigned char)s[n]) || s[n] == '_')
		n++;
	if (n == 0 || isdigit((unsigned char)*s))
		return false;
	if (s[n] == '[') {
		const char *close = strchr(s + n, ']');

		n = close ? (size_t)(close + 1 - s) : n;
	}
	if (s[n] == '+')
		n++;
	return s[n] == '=';
}

struct shelllex_node *shelllex_function(struct shelllex *l, struct shelllex_node *n)
{
	n->kind = SHELLLEX_FUNCTION;
	shelllex_skip_newlines(l);
	if (!l->failed && l->tok == T_END)
		shelllex_broken(l, n->line, "a function without a body");
	else
		n->body = shelllex_command(l);
	n->last = l->last_line;
	return n;
}

static struct shelllex_node *parse_simple(struct shelllex *l)
{
	struct shelllex_node *n = shelllex_node_new(l, SHELLLEX_SIMPLE);
	struct shelllex_words ws = { 0 };

	while (!l->failed && (l->tok == T_WORD || l->tok == T_REDIRECT)) {
		if (l->tok == T_REDIRECT) {
			n->redirects = true;
			parse_redirect(l);
			continue;
		}
		if (n->assigns == ws.n && is_assignment(l->word))
			n->assigns++;
		shelllex_add_word(l, &ws);
		n->last = l->line;
		shelllex_next(l);
	}
	shelllex_set_words(n, &ws);
	if (l->tok != T_OPEN || l->failed)
		return n;
	if (ws.n != 1 || n->assigns || n->redirects) {
		shelllex_broken(l, l->tok_line, "'(' does not belong here");
		return n;
	}
	shelllex_next(l);
	if (l->tok != T_CLOSE) {
		shelllex_broken(l, n->line, "'(' does not belong here");
		return n;
	}
	shelllex_next(l);
	return shelllex_function(l, n);
}

struct shelllex_node *shelllex_command(struct shelllex *l)
{
	struct shelllex_node *n = NULL;

	if (shelllex_enter(l)) {
		n = shelllex_compound(l);
		if (n)
			parse_redirects(l, n);
		else if (l->tok == T_WORD || l->tok == T_REDIRECT)
			n = parse_simple(l);
		else
			shelllex_broken(l, l->tok_line, "a command is missing here");
	}
	shelllex_leave(l);
	return n ? n : shelllex_node_new(l, SHELLLEX_SIMPLE);
}

static struct shelllex_node *parse_pipeline(struct shelllex *l)
{
	struct shelllex_node *first = shelllex_command(l), *pipe, **tail;

	if (l->tok != T_PIPE || l->failed)
		return first;
	pipe = shelllex_node_new(l, SHELLLEX_PIPE);
	pipe->line = first->line;
	pipe->body = first;
	tail = &first->next;
	while (l->tok == T_PIPE && !l->failed) {
		shelllex_next(l);
		shelllex_skip_newlines(l);
		*tail = shelllex_command(l);
		tail = &(*tail)->next;
	}
	pipe->last = l->last_line;
	return pipe;
}

static struct shelllex_node *parse_and_or(struct shelllex *l)
{
	struct shelllex_node *left = parse_pipeline(l);

	while ((l->tok == T_AND || l->tok == T_OR) && !l->failed) {
		struct shelllex_node *n =
			shelllex_node_new(l, l->tok == T_AND ? SHELLLEX_AND : SHELLLEX_OR);

		shelllex_next(l);
		shelllex_skip_newlines(l);
		n->line = left->line;
		n->cond = left;
		n->body = parse_pipeline(l);
		n->last = n->body->last;
		left = n;
	}
	return left;
}

static bool ends_list(const struct shelllex *l)
{
	if (l->failed || l->tok == T_END || l->tok == T_CLOSE || l->tok == T_DSEMI)
		return true;
	return l->tok == T_WORD && in_list(l->word, closers);
}

struct shelllex_node *shelllex_list(struct shelllex *l)
{
	struct shelllex_node *list = NULL, **tail = &list;

	for (shelllex_skip_newlines(l); !ends_list(l); shelllex_skip_newlines(l)) {
		struct shelllex_node *n = parse_and_or(l);

		/* A shell runs nothing of a command that it cannot read to its end. */
		if (l->failed)
			break;
		*tail = n;
		tail = &n->next;
		n->background = l->tok == T_AMP;
		if (l->tok == T_SEMI || l->tok == T_AMP)
			shelllex_next(l);
		else if (l->tok != T_NEWLINE && !ends_list(l))
			shelllex_broken(l, l->tok_line,
					"a word or operator that does not belong here");
	}
	return list;
}

static const char *stray(struct shelllex *l)
{
	if (l->tok == T_WORD)
		return arena_printf(l->arena, "'%s' closes no block", l->word);
	return l->tok == T_CLOSE ? "')' closes no block" : "';;' outside of 'case'";
}

void shelllex_parse(struct arena *a, const struct text *t, enum shelllex_dialect d,
		    struct shelllex_script *out)
{
	struct shelllex l = {
		.arena = a, .dialect = d, .s = t->data, .end = t->data + t->len, .line = 1
	};

	*out = (struct shelllex_script){ 0 };
	if (t->len > SIZE_MAX_READ || memchr(t->data, '\0', t->len)) {
		*out = (struct shelllex_script){ .state = SHELLLEX_UNKNOWN,
						 .line = 1,
						 .what = "not a text of sane size" };
		return;
	}
	shelllex_next(&l);
	out->body = shelllex_list(&l);
	if (!l.failed && l.tok != T_END)
		shelllex_broken(&l, l.tok_line, stray(&l));
	out->state = l.failed ? l.state : SHELLLEX_OK;
	out->line = l.bad_line;
	out->what = l.what;
	out->open_heredoc = l.open_heredoc;
}
