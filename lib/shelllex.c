/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>

#include "lib/shelllex.h"

#define DEPTH_MAX 64
#define NODES_MAX 200000
#define HEREDOCS_MAX 64
#define TRIES_MAX 500
#define SIZE_MAX_READ (1u << 20) /* no profile is that long */

enum token {
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

struct heredoc {
	char *end; /* delimiter, unquoted */
	bool strip_tabs;
};

struct lexer {
	struct arena *arena;
	enum shelllex_dialect dialect;
	const char *s, *end;
	size_t line;
	/* the current token */
	enum token tok;
	const char *word; /* of T_WORD; the operator of T_REDIRECT */
	size_t tok_line;
	bool joined;	  /* no blank between this token and the one before */
	size_t last_line; /* of the token before */
	/* here-documents announced on this line */
	struct heredoc heredoc[HEREDOCS_MAX];
	unsigned heredocs;
	bool open_heredoc;
	unsigned depth, nodes, tries;
	/* outcome */
	bool failed, unsure;
	enum shelllex_state state;
	size_t bad_line;
	const char *what;
};

/* --- failing: the first reason stays --- */

static void fail(struct lexer *l, enum shelllex_state state, size_t line, const char *what)
{
	if (l->failed)
		return;
	l->failed = true;
	l->state = state;
	l->bad_line = line;
	l->what = what;
	l->s = l->end;
}

static void broken(struct lexer *l, size_t line, const char *what)
{
	fail(l, l->unsure ? SHELLLEX_UNKNOWN : SHELLLEX_BROKEN, line, what);
}

static void unknown(struct lexer *l, const char *what)
{
	fail(l, SHELLLEX_UNKNOWN, l->line, what);
}

static bool enter(struct lexer *l)
{
	if (++l->depth > DEPTH_MAX)
		unknown(l, "nested too deep");
	return !l->failed;
}

static void leave(struct lexer *l)
{
	l->depth--;
}

/* --- characters --- */

static char peek(const struct lexer *l, size_t n)
{
	return (size_t)(l->end - l->s) > n ? l->s[n] : '\0';
}

static bool at_end(const struct lexer *l)
{
	return l->s >= l->end;
}

static void step(struct lexer *l)
{
	if (at_end(l))
		return;
	if (*l->s == '\n')
		l->line++;
	l->s++;
}

static void skip(struct lexer *l, size_t n)
{
	while (n--)
		step(l);
}

static bool looking_at(const struct lexer *l, const char *s)
{
	size_t n = strlen(s);

	return (size_t)(l->end - l->s) >= n && memcmp(l->s, s, n) == 0;
}

static bool is_meta(char c)
{
	return c && strchr(" \t\n|&;()<>", c);
}

/* --- parts of words --- */

static struct shelllex_node *parse_list(struct lexer *l);
static void next_token(struct lexer *l);
static void scan_dollar(struct lexer *l, bool in_quotes);

static void scan_single(struct lexer *l)
{
	size_t line = l->line;

	for (step(l); !at_end(l) && *l->s != '\''; step(l))
		;
	if (at_end(l))
		broken(l, line, "a single quote opened here is not closed");
	step(l);
}

/* $'…' of bash, where \' does not end it. */
static void scan_ansi(struct lexer *l)
{
	size_t line = l->line;

	for (skip(l, 2); !at_end(l) && *l->s != '\''; step(l)) {
		if (*l->s == '\\')
			step(l);
	}
	if (at_end(l))
		broken(l, line, "a single quote opened here is not closed");
	step(l);
}

static void scan_backquote(struct lexer *l)
{
	size_t line = l->line;

	for (step(l); !at_end(l) && *l->s != '`'; step(l)) {
		if (*l->s == '\\')
			step(l);
	}
	if (at_end(l))
		broken(l, line, "a backquote opened here is not closed");
	step(l);
}

static void scan_double(struct lexer *l)
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
		broken(l, line, "a double quote opened here is not closed");
	step(l);
}

/* ${…}: whether a quote within quotes is one depends on the operator and the shell. */
static void scan_parameter(struct lexer *l, bool in_quotes)
{
	size_t line = l->line;

	if (!enter(l))
		return;
	skip(l, 2);
	while (!at_end(l) && *l->s != '}') {
		if (*l->s == '\\')
			skip(l, 2);
		else if (*l->s == '\'' && in_quotes)
			unknown(l, "a quote within ${} within quotes");
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
		broken(l, line, "'${' opened here is not closed");
	step(l);
	leave(l);
}

/* Up to the closer of a "((", l->s behind it; false and nothing moved when it is none. */
static bool scan_arith(struct lexer *l)
{
	struct lexer before = *l;
	unsigned open = 2, tries = ++l->tries;

	if (tries > TRIES_MAX) {
		unknown(l, "too many parentheses");
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
static void scan_commands(struct lexer *l, size_t line, const char *what)
{
	enum token tok = l->tok;
	const char *word = l->word;
	size_t tok_line = l->tok_line, last_line = l->last_line;

	if (!enter(l))
		return;
	next_token(l);
	parse_list(l);
	if (!l->failed && l->tok == T_END)
		broken(l, line, what);
	else if (!l->failed && l->tok != T_CLOSE)
		broken(l, l->tok_line, "a word that closes no block stands here");
	leave(l);
	l->tok = tok;
	l->word = word;
	l->tok_line = tok_line;
	l->last_line = last_line;
}

static void scan_substitution(struct lexer *l)
{
	size_t line = l->line;

	if (peek(l, 2) == '(') {
		step(l);
		if (scan_arith(l))
			return;
		step(l);
	} else {
		skip(l, 2);
	}
	scan_commands(l, line, "'$(' opened here is not closed");
}

static void scan_dollar(struct lexer *l, bool in_quotes)
{
	if (!enter(l))
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
			unknown(l, "$' is not the same in every shell");
		break;
	case '$':
		skip(l, 2);
		break;
	default:
		step(l);
	}
	leave(l);
}

/* NAME=( … ): words and newlines up to the parenthesis. */
static void scan_array(struct lexer *l)
{
	size_t line = l->line;

	if (l->dialect != SHELLLEX_BASH)
		unknown(l, "an array");
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
			unknown(l, "a parenthesis within an array");
		} else {
			step(l);
		}
	}
	if (at_end(l))
		broken(l, line, "'(' opened here is not closed");
	step(l);
}

/* +(a|b) and its kin are words only when extglob is set, which is known when the script runs. */
static void scan_extglob(struct lexer *l)
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

static bool is_process_substitution(const struct lexer *l)
{
	return l->dialect == SHELLLEX_BASH && (*l->s == '<' || *l->s == '>') && peek(l, 1) == '(';
}

static bool opens_extglob(const struct lexer *l, const char *from)
{
	return l->dialect == SHELLLEX_BASH && *l->s == '(' && l->s > from &&
	       strchr("?*+@!", l->s[-1]);
}

/* One piece of a word; false when the word ends here. */
static bool scan_piece(struct lexer *l, const char *from)
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
	if (is_process_substitution(l)) {
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

static const char *scan_word(struct lexer *l)
{
	const char *from = l->s;

	while (!at_end(l) && !l->failed && scan_piece(l, from))
		;
	return arena_strndup(l->arena, from, l->failed ? 0 : (size_t)(l->s - from));
}

/* --- here-documents --- */

/* A delimiter as it is compared: quotes taken off. */
static char *unquote(struct lexer *l, const char *word)
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

static void expect_heredoc(struct lexer *l, const char *operator, const char * word)
{
	if (l->heredocs == HEREDOCS_MAX) {
		unknown(l, "many here-documents");
		return;
	}
	l->heredoc[l->heredocs++] = (struct heredoc){ unquote(l, word), streq(operator, "<<-") };
}

/* The line that l->s stands at the start of ends the document. */
static bool is_delimiter(const struct lexer *l, const struct heredoc *h, const char *end)
{
	const char *s = l->s;

	while (h->strip_tabs && s < end && *s == '\t')
		s++;
	return (size_t)(end - s) == strlen(h->end) && memcmp(s, h->end, (size_t)(end - s)) == 0;
}

static void read_heredoc(struct lexer *l, const struct heredoc *h)
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

static void read_heredocs(struct lexer *l)
{
	unsigned n = l->heredocs;

	l->heredocs = 0;
	for (unsigned i = 0; i < n; i++)
		read_heredoc(l, &l->heredoc[i]);
}

/* --- tokens --- */

static const struct {
	const char *s;
	enum token tok;
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

static void skip_blanks(struct lexer *l)
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

static bool scan_operator(struct lexer *l)
{
	if (is_process_substitution(l))
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
static bool is_descriptor(const struct lexer *l, const char *word)
{
	size_t n = strlen(word);

	if (at_end(l) || (*l->s != '<' && *l->s != '>'))
		return false;
	return all_digits(word) ||
	       (l->dialect == SHELLLEX_BASH && n > 2 && word[0] == '{' && word[n - 1] == '}');
}

static void next_token(struct lexer *l)
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
	l->word = scan_word(l);
	l->tok = l->failed ? T_END : T_WORD;
	if (l->tok == T_WORD && is_descriptor(l, l->word) && !scan_operator(l))
		return;
}

static bool is_word(const struct lexer *l, const char *s)
{
	return l->tok == T_WORD && streq(l->word, s);
}

static void skip_newlines(struct lexer *l)
{
	while (l->tok == T_NEWLINE)
		next_token(l);
}

/* --- commands --- */

/* A list where the grammar wants at least one command. */
static struct shelllex_node *parse_block(struct lexer *l)
{
	struct shelllex_node *list = parse_list(l);

	if (!list && !l->failed && l->tok != T_END)
		broken(l, l->tok_line, "a block without a command ends here");
	return list;
}

static const char *const closers[] = {
	"then", "elif", "else", "fi", "do", "done", "esac", "}", NULL
};

static struct shelllex_node *new_node(struct lexer *l, enum shelllex_kind kind)
{
	struct shelllex_node *n = arena_new_struct(l->arena, struct shelllex_node);

	if (++l->nodes > NODES_MAX)
		unknown(l, "more commands than such a file has");
	n->kind = kind;
	n->line = n->last = l->tok_line;
	return n;
}

/* The words of a node are few, but may be thousands in a hostile file. */
struct words {
	struct shelllex_word *w;
	size_t n, cap;
};

static void add_word(struct lexer *l, struct words *ws)
{
	ARENA_GROW(l->arena, ws->w, ws->n, ws->cap);
	ws->w[ws->n++] = (struct shelllex_word){ l->word, l->tok_line };
}

static void set_words(struct shelllex_node *n, const struct words *ws)
{
	n->word = ws->w;
	n->words = ws->n;
}

static void expect(struct lexer *l, const char *word, size_t line, const char *what)
{
	if (l->failed)
		return;
	if (is_word(l, word)) {
		next_token(l);
		return;
	}
	if (l->tok == T_END)
		broken(l, line, what);
	else
		broken(l, l->tok_line, "a word or operator that does not belong here");
}

/* At T_REDIRECT: takes the operator and its word. */
static void parse_redirect(struct lexer *l)
{
	const char *operator= l->word;

	next_token(l);
	if (l->tok != T_WORD) {
		if (!l->failed)
			broken(l, l->tok_line, "a redirection without a file");
		return;
	}
	if (streq(operator, "<<") || streq(operator, "<<-"))
		expect_heredoc(l, operator, l->word);
	next_token(l);
}

static void parse_redirects(struct lexer *l, struct shelllex_node *n)
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

static struct shelllex_node *parse_command(struct lexer *l);

/* The part behind NAME ( ). */
static struct shelllex_node *parse_function(struct lexer *l, struct shelllex_node *n)
{
	n->kind = SHELLLEX_FUNCTION;
	skip_newlines(l);
	if (!l->failed && l->tok == T_END)
		broken(l, n->line, "a function without a body");
	else
		n->body = parse_command(l);
	n->last = l->last_line;
	return n;
}

static struct shelllex_node *parse_simple(struct lexer *l)
{
	struct shelllex_node *n = new_node(l, SHELLLEX_SIMPLE);
	struct words ws = { 0 };

	while (!l->failed && (l->tok == T_WORD || l->tok == T_REDIRECT)) {
		if (l->tok == T_REDIRECT) {
			n->redirects = true;
			parse_redirect(l);
			continue;
		}
		if (n->assigns == ws.n && is_assignment(l->word))
			n->assigns++;
		add_word(l, &ws);
		n->last = l->line;
		next_token(l);
	}
	set_words(n, &ws);
	if (l->tok != T_OPEN || l->failed)
		return n;
	if (ws.n != 1 || n->assigns || n->redirects) {
		broken(l, l->tok_line, "'(' does not belong here");
		return n;
	}
	next_token(l);
	if (l->tok != T_CLOSE) {
		broken(l, n->line, "'(' does not belong here");
		return n;
	}
	next_token(l);
	return parse_function(l, n);
}

static struct shelllex_node *parse_if(struct lexer *l)
{
	struct shelllex_node *n = new_node(l, SHELLLEX_IF);
	const char *what = "'if' opened here is not closed";

	next_token(l);
	n->cond = parse_block(l);
	expect(l, "then", n->line, what);
	n->body = parse_block(l);
	if (is_word(l, "elif")) {
		/* Its fi is ours too. */
		n->other = parse_if(l);
		n->last = n->other->last;
		return n;
	}
	if (is_word(l, "else")) {
		next_token(l);
		n->other = parse_block(l);
	}
	expect(l, "fi", n->line, what);
	n->last = l->last_line;
	return n;
}

static void parse_do(struct lexer *l, struct shelllex_node *n)
{
	const char *what = "a loop opened here is not closed";

	expect(l, "do", n->line, what);
	n->body = parse_block(l);
	expect(l, "done", n->line, what);
	n->last = l->last_line;
}

static struct shelllex_node *parse_while(struct lexer *l)
{
	struct shelllex_node *n = new_node(l, SHELLLEX_WHILE);

	next_token(l);
	n->cond = parse_block(l);
	parse_do(l, n);
	return n;
}

/* l->s stands behind the first parenthesis of "((" */
static bool take_arith(struct lexer *l)
{
	if (l->dialect != SHELLLEX_BASH || l->tok != T_OPEN || peek(l, 0) != '(')
		return false;
	l->s--;
	if (!scan_arith(l)) {
		l->s++;
		return false;
	}
	next_token(l);
	return true;
}

static void parse_items(struct lexer *l, struct shelllex_node *n, struct words *ws)
{
	skip_newlines(l);
	if (is_word(l, "in")) {
		n->in_words = true;
		for (next_token(l); l->tok == T_WORD && !l->failed; next_token(l))
			add_word(l, ws);
	}
	if (l->tok == T_SEMI)
		next_token(l);
	skip_newlines(l);
}

static struct shelllex_node *parse_for(struct lexer *l)
{
	struct shelllex_node *n = new_node(l, SHELLLEX_FOR);
	struct words ws = { 0 };

	next_token(l);
	if (l->tok == T_WORD) {
		add_word(l, &ws);
		next_token(l);
		parse_items(l, n, &ws);
	} else if (take_arith(l)) {
		if (l->tok == T_SEMI)
			next_token(l);
		skip_newlines(l);
	} else if (!l->failed) {
		broken(l, n->line, "'for' without a name");
	}
	set_words(n, &ws);
	if (is_word(l, "{"))
		unknown(l, "a loop in braces");
	parse_do(l, n);
	return n;
}

static void parse_patterns(struct lexer *l, struct shelllex_node *item)
{
	struct words ws = { 0 };

	if (l->tok == T_OPEN)
		next_token(l);
	while (l->tok == T_WORD && !l->failed) {
		add_word(l, &ws);
		next_token(l);
		if (l->tok != T_PIPE)
			break;
		next_token(l);
	}
	set_words(item, &ws);
	if (l->failed)
		return;
	if (l->tok != T_CLOSE || ws.n == 0) {
		broken(l, l->tok_line, "a pattern of 'case' without ')'");
		return;
	}
	next_token(l);
}

static struct shelllex_node *parse_case(struct lexer *l)
{
	struct shelllex_node *n = new_node(l, SHELLLEX_CASE), **tail = &n->body;
	const char *what = "'case' opened here is not closed";
	struct words ws = { 0 };

	next_token(l);
	if (l->tok == T_WORD)
		add_word(l, &ws);
	else if (!l->failed)
		broken(l, n->line, "'case' without a word");
	set_words(n, &ws);
	next_token(l);
	skip_newlines(l);
	expect(l, "in", n->line, what);
	for (skip_newlines(l); !l->failed && !is_word(l, "esac"); skip_newlines(l)) {
		struct shelllex_node *item = new_node(l, SHELLLEX_ITEM);

		if (l->tok == T_END) {
			broken(l, n->line, what);
			break;
		}
		parse_patterns(l, item);
		item->body = parse_list(l);
		item->last = l->last_line;
		*tail = item;
		tail = &item->next;
		if (l->tok == T_DSEMI)
			next_token(l);
		else if (l->tok != T_END && !is_word(l, "esac"))
			broken(l, l->tok_line, "a word or operator that does not belong here");
	}
	expect(l, "esac", n->line, what);
	n->last = l->last_line;
	return n;
}

static struct shelllex_node *parse_group(struct lexer *l)
{
	struct shelllex_node *n = new_node(l, SHELLLEX_GROUP);

	next_token(l);
	n->body = parse_block(l);
	expect(l, "}", n->line, "'{' opened here is not closed");
	n->last = l->last_line;
	return n;
}

static struct shelllex_node *parse_subshell(struct lexer *l)
{
	struct shelllex_node *n = new_node(l, SHELLLEX_SUBSHELL);

	if (take_arith(l)) {
		n->kind = SHELLLEX_ARITH;
		n->last = l->last_line;
		return n;
	}
	next_token(l);
	n->body = parse_block(l);
	if (l->tok == T_END)
		broken(l, n->line, "'(' opened here is not closed");
	else if (l->tok != T_CLOSE)
		broken(l, l->tok_line, "a word that closes no block stands here");
	next_token(l);
	n->last = l->last_line;
	return n;
}

/* Within [[ ]] operators are words of their own, and a regular expression may hold anything. */
static struct shelllex_node *parse_test(struct lexer *l)
{
	struct shelllex_node *n = new_node(l, SHELLLEX_TEST);
	struct words ws = { 0 };

	for (next_token(l); !l->failed && !is_word(l, "]]"); next_token(l)) {
		if (l->tok == T_END) {
			broken(l, n->line, "'[[' opened here is not closed");
			break;
		}
		if (l->tok == T_NEWLINE)
			continue;
		if (is_word(l, "=~"))
			l->unsure = true;
		add_word(l, &ws);
	}
	set_words(n, &ws);
	next_token(l);
	n->last = l->last_line;
	return n;
}

/* function NAME [()] { … } */
static struct shelllex_node *parse_function_word(struct lexer *l)
{
	struct shelllex_node *n = new_node(l, SHELLLEX_FUNCTION);
	struct words ws = { 0 };

	next_token(l);
	if (l->tok != T_WORD) {
		broken(l, n->line, "'function' without a name");
		return n;
	}
	add_word(l, &ws);
	set_words(n, &ws);
	next_token(l);
	if (l->tok == T_OPEN) {
		next_token(l);
		if (l->tok != T_CLOSE) {
			unknown(l, "a subshell as a function");
			return n;
		}
		next_token(l);
	}
	return parse_function(l, n);
}

static struct shelllex_node *parse_not(struct lexer *l)
{
	struct shelllex_node *n = new_node(l, SHELLLEX_NOT);

	next_token(l);
	n->body = parse_command(l);
	n->last = l->last_line;
	return n;
}

static struct shelllex_node *parse_coproc(struct lexer *l)
{
	unknown(l, "a coprocess");
	return new_node(l, SHELLLEX_SIMPLE);
}

/* "time" before a pipeline changes nothing that matters here. */
static struct shelllex_node *parse_time(struct lexer *l)
{
	next_token(l);
	if (is_word(l, "-p"))
		next_token(l);
	return parse_command(l);
}

static const struct {
	const char *word;
	struct shelllex_node *(*parse)(struct lexer *l);
	bool bash;
} reserved[] = {
	{ "if", parse_if, false },	  { "case", parse_case, false },
	{ "for", parse_for, false },	  { "while", parse_while, false },
	{ "until", parse_while, false },  { "{", parse_group, false },
	{ "!", parse_not, false },	  { "[[", parse_test, true },
	{ "select", parse_for, true },	  { "function", parse_function_word, true },
	{ "coproc", parse_coproc, true }, { "time", parse_time, true },
};

static struct shelllex_node *parse_compound(struct lexer *l)
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

static struct shelllex_node *parse_command(struct lexer *l)
{
	struct shelllex_node *n = NULL;

	if (enter(l)) {
		n = parse_compound(l);
		if (n)
			parse_redirects(l, n);
		else if (l->tok == T_WORD || l->tok == T_REDIRECT)
			n = parse_simple(l);
		else
			broken(l, l->tok_line, "a command is missing here");
	}
	leave(l);
	return n ? n : new_node(l, SHELLLEX_SIMPLE);
}

static struct shelllex_node *parse_pipeline(struct lexer *l)
{
	struct shelllex_node *first = parse_command(l), *pipe, **tail;

	if (l->tok != T_PIPE || l->failed)
		return first;
	pipe = new_node(l, SHELLLEX_PIPE);
	pipe->line = first->line;
	pipe->body = first;
	tail = &first->next;
	while (l->tok == T_PIPE && !l->failed) {
		next_token(l);
		skip_newlines(l);
		*tail = parse_command(l);
		tail = &(*tail)->next;
	}
	pipe->last = l->last_line;
	return pipe;
}

static struct shelllex_node *parse_and_or(struct lexer *l)
{
	struct shelllex_node *left = parse_pipeline(l);

	while ((l->tok == T_AND || l->tok == T_OR) && !l->failed) {
		struct shelllex_node *n = new_node(l, l->tok == T_AND ? SHELLLEX_AND : SHELLLEX_OR);

		next_token(l);
		skip_newlines(l);
		n->line = left->line;
		n->cond = left;
		n->body = parse_pipeline(l);
		n->last = n->body->last;
		left = n;
	}
	return left;
}

static bool ends_list(const struct lexer *l)
{
	if (l->failed || l->tok == T_END || l->tok == T_CLOSE || l->tok == T_DSEMI)
		return true;
	return l->tok == T_WORD && in_list(l->word, closers);
}

/* Commands up to a word that closes the block around them, ")", ";;" or the end. */
static struct shelllex_node *parse_list(struct lexer *l)
{
	struct shelllex_node *list = NULL, **tail = &list;

	for (skip_newlines(l); !ends_list(l); skip_newlines(l)) {
		struct shelllex_node *n = parse_and_or(l);

		/* A shell runs nothing of a command that it cannot read to its end. */
		if (l->failed)
			break;
		*tail = n;
		tail = &n->next;
		n->background = l->tok == T_AMP;
		if (l->tok == T_SEMI || l->tok == T_AMP)
			next_token(l);
		else if (l->tok != T_NEWLINE && !ends_list(l))
			broken(l, l->tok_line, "a word or operator that does not belong here");
	}
	return list;
}

static const char *stray(struct lexer *l)
{
	if (l->tok == T_WORD)
		return arena_printf(l->arena, "'%s' closes no block", l->word);
	return l->tok == T_CLOSE ? "')' closes no block" : "';;' outside of 'case'";
}

void shelllex_parse(struct arena *a, const struct text *t, enum shelllex_dialect d,
		    struct shelllex_script *out)
{
	struct lexer l = {
		.arena = a, .dialect = d, .s = t->data, .end = t->data + t->len, .line = 1
	};

	*out = (struct shelllex_script){ 0 };
	if (t->len > SIZE_MAX_READ || memchr(t->data, '\0', t->len)) {
		*out = (struct shelllex_script){ .state = SHELLLEX_UNKNOWN,
						 .line = 1,
						 .what = "not a text of sane size" };
		return;
	}
	next_token(&l);
	out->body = parse_list(&l);
	if (!l.failed && l.tok != T_END)
		broken(&l, l.tok_line, stray(&l));
	out->state = l.failed ? l.state : SHELLLEX_OK;
	out->line = l.bad_line;
	out->what = l.what;
	out->open_heredoc = l.open_heredoc;
}
