/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/grubscript.h"

#define BYTES_MAX (2u << 20)
#define WORDS_MAX 200000u
#define DEPTH_MAX 64u

enum token_kind { TOK_END, TOK_SEPARATOR, TOK_OPEN, TOK_CLOSE, TOK_WORD };

struct token {
	enum token_kind kind;
	struct grubword word;
	const char *plain; /* the word's bytes when they are all unquoted and literal; else NULL */
	size_t line;
};

struct parser {
	struct arena *a;
	struct grubscript *out;
	const char *s, *end;
	size_t line;
	size_t words;
	unsigned depth;
	const char *section;
	struct token tok; /* the one to look at */
};

static void broken(struct parser *p, size_t line)
{
	if (!p->out->broken) {
		p->out->broken_line = line;
		p->out->open = p->s == p->end && p->tok.kind != TOK_CLOSE;
	}
	p->out->broken = true;
}

/* Words and statements are bounded together. */
static void count(struct parser *p)
{
	if (++p->words > WORDS_MAX) {
		p->out->cut = true;
		p->end = p->s;
	}
}

/* --- the lexer --- */

static char at(const struct parser *p, size_t n)
{
	return (size_t)(p->end - p->s) > n ? p->s[n] : '\0';
}

/* A line's end, also as CR LF: GRUB drops the CR. */
static bool at_newline(const struct parser *p)
{
	return at(p, 0) == '\n' || (at(p, 0) == '\r' && at(p, 1) == '\n');
}

static void skip_newline(struct parser *p)
{
	p->s += *p->s == '\r' ? 2 : 1;
	p->line++;
}

static bool at_continuation(const struct parser *p)
{
	return at(p, 0) == '\\' && (at(p, 1) == '\n' || (at(p, 1) == '\r' && at(p, 2) == '\n'));
}

static void skip_continuation(struct parser *p)
{
	p->s++;
	skip_newline(p);
}

static bool name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool name_char(char c)
{
	return name_start(c) || (c >= '0' && c <= '9');
}

/* "### BEGIN /etc/grub.d/10_linux ###" */
static void note_section(struct parser *p, const char *s, size_t len)
{
	static const char begin[] = "### BEGIN /etc/grub.d/", end[] = "### END /etc/grub.d/";
	size_t n = sizeof(begin) - 1, m = 0;

	if (len >= sizeof(end) - 1 && strncmp(s, end, sizeof(end) - 1) == 0)
		p->section = NULL;
	if (len < n || strncmp(s, begin, n) != 0)
		return;
	while (n + m < len && s[n + m] != ' ')
		m++;
	p->section = arena_strndup(p->a, s + n, m);
}

static void skip_comment(struct parser *p)
{
	const char *start = p->s;

	while (p->s < p->end && !at_newline(p))
		p->s++;
	note_section(p, start, (size_t)(p->s - start));
}

static void skip_blanks(struct parser *p)
{
	for (; p->s < p->end; p->s++) {
		while (p->s < p->end && at_continuation(p))
			skip_continuation(p);
		if (p->s == p->end || (*p->s != ' ' && *p->s != '\t' && *p->s != '\0'))
			break;
	}
	if (at(p, 0) == '#')
		skip_comment(p);
}

/* A word under construction: literal bytes gather until a variable or the end. */
struct building {
	struct grubword *w;
	struct grubpart **tail;
	struct bytes lit;
	bool lit_quoted;
};

static void flush(struct parser *p, struct building *b)
{
	struct grubpart *part;

	if (!b->lit.len)
		return;
	part = arena_new_struct(p->a, struct grubpart);
	part->s = arena_strndup(p->a, b->lit.data, b->lit.len);
	part->quoted = b->lit_quoted;
	*b->tail = part;
	b->tail = &part->next;
	b->lit.len = 0;
}

static void add_literal(struct parser *p, struct building *b, char c, bool quoted)
{
	if (c == '\0') {
		b->w->odd = true;
		return;
	}
	if (b->lit.len && b->lit_quoted != quoted)
		flush(p, b);
	b->lit_quoted = quoted;
	bytes_addc(&b->lit, c);
}

static size_t variable_length(const struct parser *p, size_t from)
{
	size_t n = 0;

	if (name_start(at(p, from))) {
		while (name_char(at(p, from + n)))
			n++;
	} else if (at(p, from) >= '0' && at(p, from) <= '9') {
		while (at(p, from + n) >= '0' && at(p, from + n) <= '9')
			n++;
	} else if (at(p, from) && strchr("?*@#", at(p, from))) {
		n = 1;
	}
	return n;
}

/* At a '$': takes $NAME or ${NAME}; anything else is a plain dollar. */
static void add_variable(struct parser *p, struct building *b, bool quoted)
{
	size_t brace = at(p, 1) == '{', n = variable_length(p, 1 + brace);
	struct grubpart *part;

	if (!n || (brace && at(p, 2 + n) != '}')) {
		add_literal(p, b, '$', quoted);
		p->s++;
		return;
	}
	flush(p, b);
	part = arena_new_struct(p->a, struct grubpart);
	part->variable = true;
	part->quoted = quoted;
	part->s = arena_strndup(p->a, p->s + 1 + brace, n);
	*b->tail = part;
	b->tail = &part->next;
	p->s += 1 + brace + n + brace;
}

static void single_quoted(struct parser *p, struct building *b)
{
	size_t line = p->line;

	for (p->s++; p->s < p->end && *p->s != '\''; p->s++) {
		p->line += *p->s == '\n';
		add_literal(p, b, *p->s, true);
	}
	if (p->s == p->end)
		broken(p, line);
	else
		p->s++;
}

static void double_quoted(struct parser *p, struct building *b)
{
	size_t line = p->line;

	p->s++;
	while (p->s < p->end && *p->s != '"') {
		if (at_continuation(p)) {
			skip_continuation(p);
			continue;
		}
		if (*p->s == '$') {
			add_variable(p, b, true);
			continue;
		}
		if (*p->s == '\\' && at(p, 1) && strchr("$\"\\", at(p, 1)))
			p->s++;
		p->line += *p->s == '\n';
		add_literal(p, b, *p->s++, true);
	}
	if (p->s == p->end)
		broken(p, line);
	else
		p->s++;
}

static bool ends_word(const struct parser *p)
{
	return p->s == p->end || at_newline(p) || strchr(" \t;{}", *p->s) || *p->s == '\0';
}

static void word_piece(struct parser *p, struct building *b)
{
	switch (*p->s) {
	case '\'':
		b->w->quoted = true;
		single_quoted(p, b);
		return;
	case '"':
		b->w->quoted = true;
		double_quoted(p, b);
		return;
	case '$':
		if (at(p, 1) == '"') /* a string to be translated */
			p->s++;
		else
			add_variable(p, b, false);
		return;
	case '\\':
		if (p->s + 1 < p->end) {
			b->w->quoted = true;
			p->s++;
			p->line += *p->s == '\n';
		}
		add_literal(p, b, *p->s++, true);
		return;
	default:
		if (strchr("|&<>", *p->s))
			b->w->odd = true;
		add_literal(p, b, *p->s++, false);
	}
}

static void lex_word(struct parser *p)
{
	struct building b = { &p->tok.word, &p->tok.word.part, { 0 }, false };
	struct grubpart *part;

	p->tok.kind = TOK_WORD;
	while (!ends_word(p)) {
		if (at_continuation(p))
			skip_continuation(p);
		else
			word_piece(p, &b);
	}
	flush(p, &b);
	bytes_free(&b.lit);
	part = p->tok.word.part;
	if (part && !part->next && !part->variable && !p->tok.word.quoted)
		p->tok.plain = part->s;
	count(p);
}

static void advance(struct parser *p)
{
	p->tok = (struct token){ 0 };
	skip_blanks(p);
	p->tok.line = p->line;
	if (p->s >= p->end)
		return;
	if (at_newline(p)) {
		p->tok.kind = TOK_SEPARATOR;
		skip_newline(p);
	} else if (*p->s == ';' || *p->s == '{' || *p->s == '}') {
		p->tok.kind = *p->s == ';' ? TOK_SEPARATOR : *p->s == '{' ? TOK_OPEN : TOK_CLOSE;
		p->s++;
	} else {
		lex_word(p);
	}
}

/* --- the parser --- */

static struct grubstmt *parse_list(struct parser *p);

static bool at_word(const struct parser *p, const char *word)
{
	return p->tok.kind == TOK_WORD && p->tok.plain && streq(p->tok.plain, word);
}

static struct grubstmt *new_statement(struct parser *p, enum grubstmt_kind kind)
{
	struct grubstmt *st = arena_new_struct(p->a, struct grubstmt);

	st->kind = kind;
	st->line = st->last_line = p->tok.line;
	st->section = p->section;
	return st;
}

static void skip_separators(struct parser *p)
{
	while (p->tok.kind == TOK_SEPARATOR)
		advance(p);
}

/* The closing word is here: takes it; else the file ended or another block closes first. */
static void expect(struct parser *p, struct grubstmt *st, const char *word)
{
	st->last_line = p->tok.line;
	if (at_word(p, word))
		advance(p);
	else
		broken(p, st->line);
}

static void parse_block(struct parser *p, struct grubstmt *st)
{
	st->block = true;
	advance(p);
	st->body = parse_list(p);
	st->last_line = p->tok.line;
	if (p->tok.kind == TOK_CLOSE)
		advance(p);
	else
		broken(p, st->line);
}

static void take_words(struct parser *p, struct grubstmt *st)
{
	size_t cap = 0;

	while (p->tok.kind == TOK_WORD) {
		ARENA_GROW(p->a, st->word, st->words, cap);
		st->word[st->words++] = p->tok.word;
		st->last_line = p->line;
		advance(p);
	}
}

static struct grubstmt *parse_command(struct parser *p)
{
	struct grubstmt *st = new_statement(p, STMT_COMMAND);

	p->out->statements++;
	count(p);
	take_words(p, st);
	if (p->tok.kind == TOK_OPEN)
		parse_block(p, st);
	return st;
}

/* At if or elif: the branch and what follows it, but for the closing fi. */
static struct grubstmt *parse_branch(struct parser *p)
{
	struct grubstmt *st = new_statement(p, STMT_IF), *orelse;
	bool has_cond = !at_word(p, "else");

	advance(p);
	if (has_cond) {
		st->cond = parse_list(p);
		if (at_word(p, "then"))
			advance(p);
		else
			broken(p, st->line);
	}
	st->body = parse_list(p);
	if (!at_word(p, "elif") && !at_word(p, "else"))
		return st;
	if (p->depth >= DEPTH_MAX) {
		p->out->cut = true;
		p->s = p->end;
		return st;
	}
	p->depth++;
	orelse = parse_branch(p);
	p->depth--;
	st->orelse = orelse;
	return st;
}

static struct grubstmt *parse_if(struct parser *p)
{
	struct grubstmt *st = parse_branch(p);

	expect(p, st, "fi");
	return st;
}

/* for X in words; do … done — while list; do … done */
static struct grubstmt *parse_loop(struct parser *p)
{
	struct grubstmt *st = new_statement(p, STMT_LOOP);
	bool is_for = at_word(p, "for");

	advance(p);
	if (is_for)
		take_words(p, st);
	else
		st->cond = parse_list(p);
	skip_separators(p);
	if (at_word(p, "do"))
		advance(p);
	else
		broken(p, st->line);
	st->body = parse_list(p);
	expect(p, st, "done");
	return st;
}

static struct grubstmt *parse_function(struct parser *p)
{
	struct grubstmt *st = new_statement(p, STMT_FUNCTION);

	advance(p);
	take_words(p, st);
	skip_separators(p);
	if (p->tok.kind == TOK_OPEN)
		parse_block(p, st);
	else
		broken(p, st->line);
	return st;
}

/* A word that ends the list it stands in. */
static bool at_list_end(const struct parser *p)
{
	static const char *const ends[] = { "then", "elif", "else", "fi", "do", "done", NULL };

	if (p->tok.kind == TOK_END || p->tok.kind == TOK_CLOSE)
		return true;
	return p->tok.kind == TOK_WORD && p->tok.plain && in_list(p->tok.plain, ends);
}

static struct grubstmt *parse_statement(struct parser *p)
{
	if (at_word(p, "if"))
		return parse_if(p);
	if (at_word(p, "for") || at_word(p, "while") || at_word(p, "until"))
		return parse_loop(p);
	if (at_word(p, "function"))
		return parse_function(p);
	return parse_command(p);
}

static struct grubstmt *parse_list(struct parser *p)
{
	struct grubstmt *first = NULL, **tail = &first;

	if (p->depth >= DEPTH_MAX) {
		p->out->cut = true;
		p->s = p->end;
		p->tok = (struct token){ 0 };
		return NULL;
	}
	p->depth++;
	for (skip_separators(p); !at_list_end(p); skip_separators(p)) {
		*tail = parse_statement(p);
		tail = &(*tail)->next;
	}
	p->depth--;
	return first;
}

void grubscript_parse(struct arena *a, const struct text *t, struct grubscript *out)
{
	struct parser p = { .a = a, .out = out, .s = t->data, .line = 1 };
	struct grubstmt **tail = &out->first;
	size_t len = t->len;

	*out = (struct grubscript){ 0 };
	if (len > BYTES_MAX) {
		len = BYTES_MAX;
		out->cut = true;
	}
	p.end = p.s + len;
	if (len >= 3 && memcmp(p.s, "\xef\xbb\xbf", 3) == 0)
		p.s += 3;
	advance(&p);
	while (p.tok.kind != TOK_END) {
		for (*tail = parse_list(&p); *tail;)
			tail = &(*tail)->next;
		if (p.tok.kind == TOK_END)
			break;
		broken(&p, p.tok.line); /* a stray closing word */
		advance(&p);
	}
}

const char *grubword_literal(struct arena *a, const struct grubword *w)
{
	_cleanup_bytes_ struct bytes out = { 0 };

	for (const struct grubpart *part = w->part; part; part = part->next) {
		if (part->variable)
			return NULL;
		bytes_adds(&out, part->s);
	}
	return arena_strndup(a, out.data ? out.data : "", out.len);
}
