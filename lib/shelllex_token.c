/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operators, words and here-documents, one token after the other. */
#include "lib/shelllex_parts.h"

#define DEPTH_MAX 64

/* --- failing: the first reason stays --- */

static void fail(struct shelllex *l, enum shelllex_state state, size_t line, const char *what)
{
	if (l->failed)
		return;
	l->failed = true;
	l->state = state;
	l->bad_line = line;
	l->what = what;
	l->s = l->end;
}

void shelllex_broken(struct shelllex *l, size_t line, const char *what)
{
	fail(l, l->unsure ? SHELLLEX_UNKNOWN : SHELLLEX_BROKEN, line, what);
}

void shelllex_unknown(struct shelllex *l, const char *what)
{
	fail(l, SHELLLEX_UNKNOWN, l->line, what);
}

bool shelllex_enter(struct shelllex *l)
{
	if (++l->depth > DEPTH_MAX)
		shelllex_unknown(l, "nested too deep");
	return !l->failed;
}

void shelllex_leave(struct shelllex *l)
{
	l->depth--;
}

static bool looking_at(const struct shelllex *l, const char *s)
{
	size_t n = strlen(s);

	return (size_t)(l->end - l->s) >= n && memcmp(l->s, s, n) == 0;
}

/* --- here-documents --- */

/* A delimiter as it is compared: quotes taken off. */
static char *unquote(struct shelllex *l, const char *word)
{
	char *out = arena_strdup(l->arena, word), *to = out;

	for (; *word; word++) {
		if (*word == '\\' && word[1])
			*to++ = *++word;
		else if (*word != '\'' && *word != '"')
			*to++ = *word;
	}
	*to = '\0';
	return out;
}

void shelllex_expect_heredoc(struct shelllex *l, const char *op, const char *word)
{
	if (l->heredocs == SHELLLEX_HEREDOCS_MAX) {
		shelllex_unknown(l, "many here-documents");
		return;
	}
	l->heredoc[l->heredocs++] = (struct shelllex_heredoc){ unquote(l, word), streq(op, "<<-") };
}

/* The line that l->s stands at the start of ends the document. */
static bool is_delimiter(const struct shelllex *l, const struct shelllex_heredoc *h,
			 const char *end)
{
	const char *s = l->s;

	while (h->strip_tabs && s < end && *s == '\t')
		s++;
	return (size_t)(end - s) == strlen(h->end) && memcmp(s, h->end, (size_t)(end - s)) == 0;
}

static void read_heredoc(struct shelllex *l, const struct shelllex_heredoc *h)
{
	while (!at_end(l)) {
		const char *end = memchr(l->s, '\n', (size_t)(l->end - l->s));
		bool last;

		if (!end)
			end = l->end;
		last = is_delimiter(l, h, end);
		skip(l, (size_t)(end - l->s) + 1);
		if (last)
			return;
	}
	l->open_heredoc = true;
}

static void read_heredocs(struct shelllex *l)
{
	unsigned n = l->heredocs;

	l->heredocs = 0;
	for (unsigned i = 0; i < n; i++)
		read_heredoc(l, &l->heredoc[i]);
}

/* --- tokens --- */

static const struct {
	const char *s;
	enum shelllex_token tok;
	bool bash;
} operators[] = {
	/* longest first */
	{ ";;&", T_DSEMI, true },     { "<<<", T_REDIRECT, true }, { "&>>", T_REDIRECT, true },
	{ "<<-", T_REDIRECT, false }, { ";;", T_DSEMI, false },	   { ";&", T_DSEMI, true },
	{ "&&", T_AND, false },	      { "||", T_OR, false },	   { "|&", T_PIPE, true },
	{ "<<", T_REDIRECT, false },  { ">>", T_REDIRECT, false }, { "<&", T_REDIRECT, false },
	{ ">&", T_REDIRECT, false },  { "<>", T_REDIRECT, false }, { ">|", T_REDIRECT, false },
	{ "&>", T_REDIRECT, true },   { "<", T_REDIRECT, false },  { ">", T_REDIRECT, false },
	{ ";", T_SEMI, false },	      { "&", T_AMP, false },	   { "|", T_PIPE, false },
	{ "(", T_OPEN, false },	      { ")", T_CLOSE, false },
};

static void skip_blanks(struct shelllex *l)
{
	while (!at_end(l)) {
		if (*l->s == ' ' || *l->s == '\t')
			step(l);
		else if (*l->s == '\\' && peek(l, 1) == '\n')
			skip(l, 2);
		else if (*l->s == '#')
			while (!at_end(l) && *l->s != '\n')
				step(l);
		else
			return;
	}
}

static bool scan_operator(struct shelllex *l)
{
	if (shelllex_opens_process(l))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
		if (!looking_at(l, operators[i].s) ||
		    (operators[i].bash && l->dialect != SHELLLEX_BASH))
			continue;
		l->tok = operators[i].tok;
		l->word = operators[i].s;
		skip(l, strlen(operators[i].s));
		return true;
	}
	return false;
}

static bool all_digits(const char *s)
{
	return *s && s[strspn(s, "0123456789")] == '\0';
}

/* "2" of 2>file, "{fd}" of {fd}>file */
static bool is_descriptor(const struct shelllex *l, const char *word)
{
	size_t n = strlen(word);

	if (at_end(l) || (*l->s != '<' && *l->s != '>'))
		return false;
	return all_digits(word) ||
	       (l->dialect == SHELLLEX_BASH && n > 2 && word[0] == '{' && word[n - 1] == '}');
}

void shelllex_next(struct shelllex *l)
{
	l->last_line = l->line;
	skip_blanks(l);
	l->tok_line = l->line;
	if (at_end(l) || l->failed) {
		l->tok = T_END;
		return;
	}
	if (*l->s == '\n') {
		step(l);
		read_heredocs(l);
		l->tok = T_NEWLINE;
		return;
	}
	if (scan_operator(l))
		return;
	l->word = shelllex_scan_word(l);
	l->tok = l->failed ? T_END : T_WORD;
	if (l->tok == T_WORD && is_descriptor(l, l->word) && !scan_operator(l))
		return;
}

bool shelllex_is(const struct shelllex *l, const char *s)
{
	return l->tok == T_WORD && streq(l->word, s);
}

void shelllex_skip_newlines(struct shelllex *l)
{
	while (l->tok == T_NEWLINE)
		shelllex_next(l);
}
