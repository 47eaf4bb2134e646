/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of one file, as libpam takes them apart. */
#include <ctype.h>
#include <strings.h>

#include "lib/pamconf.h"

#define JUMP_MAX 1000000
#define LINES_MAX 100000 /* of all files */
#define UNSET -6

const char *const pamconf_type_names[] = { "auth", "account", "password", "session", NULL };

static const char *const return_names[] = {
	"success",
	"open_err",
	"symbol_err",
	"service_err",
	"system_err",
	"buf_err",
	"perm_denied",
	"auth_err",
	"cred_insufficient",
	"authinfo_unavail",
	"user_unknown",
	"maxtries",
	"new_authtok_reqd",
	"acct_expired",
	"session_err",
	"cred_unavail",
	"cred_expired",
	"cred_err",
	"no_module_data",
	"conv_err",
	"authtok_err",
	"authtok_recover_err",
	"authtok_lock_busy",
	"authtok_disable_aging",
	"try_again",
	"ignore",
	"abort",
	"authtok_expired",
	"module_unknown",
	"bad_item",
	"conv_again",
	"incomplete",
	"default",
};
_Static_assert(ARRAY_SIZE(return_names) == PAMCONF_RETURNS + 1, "every return value has a name");

/* In the order of the PAMCONF_DO_ values: 0, -1, -2 … */
static const char *const action_names[] = { "ignore", "ok", "done", "bad", "die", "reset" };

static const struct {
	const char *word;
	int success, ignore, rest; /* success stands for new_authtok_reqd too */
} keywords[] = {
	{ "required", PAMCONF_DO_OK, PAMCONF_DO_IGNORE, PAMCONF_DO_BAD },
	{ "requisite", PAMCONF_DO_OK, PAMCONF_DO_IGNORE, PAMCONF_DO_DIE },
	{ "optional", PAMCONF_DO_OK, PAMCONF_DO_IGNORE, PAMCONF_DO_IGNORE },
	{ "sufficient", PAMCONF_DO_DONE, PAMCONF_DO_IGNORE, PAMCONF_DO_IGNORE },
};

/* --- a line --- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* The next word; "[…]" is one, without its brackets. NULL at the end. Writes into *p. */
static char *next_word(char **p)
{
	char *s = *p, *to;

	while (is_blank(*s))
		s++;
	if (!*s)
		return NULL;
	if (*s == '[') {
		char *from = to = ++s;

		for (; *from && *from != ']'; from++) {
			if (from[0] == '\\' && from[1] == ']')
				from++;
			*to++ = *from;
		}
		*p = *from ? from + 1 : from;
		*to = '\0';
		return s;
	}
	for (to = s; *to && !is_blank(*to); to++)
		;
	*p = *to ? to + 1 : to;
	*to = '\0';
	return s;
}

static void fill_unset(int *action, int with)
{
	for (size_t i = 0; i < PAMCONF_RETURNS; i++) {
		if (action[i] == UNSET)
			action[i] = with;
	}
}

static char *skip_space(char *s)
{
	while (isspace((unsigned char)*s))
		s++;
	return s;
}

/* Index of the first name that *s starts with, *s moved behind it; n when there is none. */
static size_t match(const char *const *names, size_t n, char **s)
{
	for (size_t i = 0; i < n; i++) {
		const char *rest = after(*s, names[i]);

		if (rest) {
			*s += rest - *s;
			return i;
		}
	}
	return n;
}

/* A number above 0, or one of the named actions; false when it is neither. */
static bool parse_action(char **s, int *action)
{
	size_t i = match(action_names, ARRAY_SIZE(action_names), s);

	if (i < ARRAY_SIZE(action_names)) {
		*action = -(int)i;
		return true;
	}
	for (*action = 0; isdigit((unsigned char)**s); (*s)++) {
		if (*action < JUMP_MAX)
			*action = *action * 10 + (**s - '0');
	}
	return *action > 0;
}

static bool parse_pairs(char *s, int *action)
{
	for (s = skip_space(s); *s; s = skip_space(s)) {
		size_t code = match(return_names, ARRAY_SIZE(return_names), &s);
		int what;

		s = skip_space(s);
		if (code == ARRAY_SIZE(return_names) || *s != '=')
			return false;
		s = skip_space(s + 1);
		if (!parse_action(&s, &what))
			return false;
		if (code < PAMCONF_RETURNS)
			action[code] = what;
		else
			fill_unset(action, what);
	}
	return true;
}

static void set_keyword(struct pamconf_line *l, size_t k)
{
	enum { NEW_AUTHTOK_REQD = 12 };

	l->action[PAMCONF_SUCCESS] = keywords[k].success;
	l->action[NEW_AUTHTOK_REQD] = keywords[k].success;
	l->action[PAMCONF_IGNORED] = keywords[k].ignore;
	fill_unset(l->action, keywords[k].rest);
}

static void all_bad(struct pamconf_line *l)
{
	for (size_t i = 0; i < PAMCONF_RETURNS; i++)
		l->action[i] = PAMCONF_DO_BAD;
}

static void parse_control(const struct pamconf *pc, struct pamconf_line *l, char *word)
{
	l->control_word = arena_strdup(pc->arena, word);
	if (strcasecmp(word, "include") == 0 || strcasecmp(word, "substack") == 0) {
		l->kind = tolower((unsigned char)*word) == 'i' ? PAMCONF_INCLUDE : PAMCONF_SUBSTACK;
		fill_unset(l->action, PAMCONF_DO_BAD);
		return;
	}
	for (size_t k = 0; k < ARRAY_SIZE(keywords); k++) {
		if (strcasecmp(word, keywords[k].word) == 0) {
			set_keyword(l, k);
			return;
		}
	}
	if (parse_pairs(word, l->action)) {
		fill_unset(l->action, PAMCONF_DO_BAD);
		return;
	}
	all_bad(l);
	if (l->fault == PAMCONF_SOUND)
		l->fault = PAMCONF_BAD_CONTROL;
}

static void parse_type(const struct pamconf *pc, struct pamconf_line *l, char *word)
{
	if (*word == '-') {
		l->silent = true;
		word++;
	}
	l->type_word = arena_strdup(pc->arena, word);
	for (unsigned t = 0; t < PAMCONF_TYPES; t++) {
		if (strcasecmp(word, pamconf_type_names[t]) == 0) {
			l->type = t;
			return;
		}
	}
	l->fault = PAMCONF_BAD_TYPE;
}

static void parse_args(const struct pamconf *pc, struct pamconf_line *l, char *rest)
{
	const char **arg = NULL;
	size_t cap = 0;

	for (char *word = next_word(&rest); word; word = next_word(&rest)) {
		ARENA_GROW(pc->arena, arg, l->args, cap);
		arg[l->args++] = word;
	}
	l->arg = arg;
}

static void parse_target(const struct pamconf *pc, struct pamconf_line *l, const char *line,
			 char *rest)
{
	char *word = next_word(&rest);

	l->module = word ? word : "";
	l->module_at = word ? (size_t)(word - line) : 0;
	if (!word && l->fault == PAMCONF_SOUND)
		l->fault = PAMCONF_NO_MODULE;
	if (word)
		parse_args(pc, l, rest);
}

/* s is one joined line with something in it, and is ours to write into. */
static void parse_line(const struct pamconf *pc, char *s, enum pamconf_format format,
		       struct pamconf_line *l)
{
	const char *line = s;
	char *word;

	l->type_word = l->control_word = l->module = "";
	for (size_t i = 0; i < PAMCONF_RETURNS; i++)
		l->action[i] = UNSET;
	if (format == PAMCONF_PAM_CONF)
		l->service = next_word(&s);
	word = next_word(&s);
	if (word && pc->at_include && strcasecmp(word, "@include") == 0) {
		l->kind = PAMCONF_AT_INCLUDE;
		l->type_word = word;
		fill_unset(l->action, PAMCONF_DO_BAD);
		parse_target(pc, l, line, s);
		return;
	}
	if (word) {
		parse_type(pc, l, word);
		l->type_at = (size_t)(word - line) + l->silent;
	} else {
		l->fault = PAMCONF_BAD_TYPE;
	}
	word = next_word(&s);
	if (word) {
		parse_control(pc, l, word);
		l->control_at = (size_t)(word - line);
		parse_target(pc, l, line, s);
		return;
	}
	all_bad(l);
	if (l->fault == PAMCONF_SOUND)
		l->fault = PAMCONF_NO_CONTROL;
}

/* --- a file --- */

/* Adds one line of the file to the joined one; true when the next line belongs to it as well. */
static bool join(const struct pamconf *pc, const struct line *from, struct bytes *to)
{
	size_t len = strlen(from->s), end, hash = strcspn(from->s, "#");
	bool more;

	if (pc->strip_cr && len && from->s[len - 1] == '\r')
		len--;
	for (end = len; end && is_blank(from->s[end - 1]); end--)
		;
	more = end && from->s[end - 1] == '\\';
	if (more)
		end--;
	bytes_add(to, from->s, hash < end ? hash : end);
	if (more)
		bytes_addc(to, ' ');
	return more && hash >= len;
}

static bool is_empty(const char *s)
{
	return s[strspn(s, " \t")] == '\0';
}

static void add_line(const struct pamconf *pc, struct pamconf_file *f, size_t *cap,
		     const struct bytes *joined, enum pamconf_format format)
{
	struct pamconf_line *l;

	ARENA_GROW(pc->arena, f->l, f->n, *cap);
	l = &f->l[f->n++];
	*l = (struct pamconf_line){ .text = f->text };
	l->mark = arena_new_struct(pc->arena, size_t);
	parse_line(pc, arena_memdup(pc->arena, joined->data, joined->len), format, l);
}

void pamconf_parse(const struct pamconf *pc, const struct text *t, enum pamconf_format format,
		   struct pamconf_file *out)
{
	struct pamconf_file f = { .path = t->path, .text = t };
	_cleanup_bytes_ struct bytes joined = { 0 };
	size_t cap = 0, first = 1;

	for (size_t n = 1; n <= t->lines; n++) {
		bool more;

		if (joined.len == 0)
			first = n;
		more = join(pc, &t->line[n - 1], &joined);
		f.open_end = more && n == t->lines;
		if (more && !f.open_end)
			continue;
		if (joined.data && !is_empty(joined.data)) {
			f.cut = f.n == PAMCONF_LINES_MAX || pc->lines + f.n >= LINES_MAX;
			if (f.cut)
				break;
			add_line(pc, &f, &cap, &joined, format);
			f.l[f.n - 1].line = first;
			f.l[f.n - 1].last = n;
			if (f.open_end)
				f.l[f.n - 1].fault = PAMCONF_OPEN_END;
		}
		joined.len = 0;
	}
	*out = f;
}
