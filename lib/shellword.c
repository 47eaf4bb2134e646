/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <fnmatch.h>

#include "lib/shellword.h"

#define DEPTH_MAX 8
#define LEN_MAX 4096 /* a word that grows beyond is not followed */

void shellword_set(struct shellword_env *env, const char *name, enum shellword_state state,
		   const char *s)
{
	struct shellword_binding *b = arena_new_struct(env->arena, struct shellword_binding);

	b->name = arena_strdup(env->arena, name);
	b->value.state = state;
	b->value.s = state == SHELLWORD_KNOWN ? arena_strdup(env->arena, s) : "";
	b->older = env->head;
	env->head = b;
}

/* What login, sshd and pam_env may have put into the environment. */
static bool may_be_given(const char *name)
{
	static const char *const prefixes[] = { "LC_",	"XDG_",	 "SSH_",     "DBUS_",
						"KRB5", "SUDO_", "SYSTEMD_", "TMUX",
						"STY",	"VTE_",	 "COLOR",    NULL };
	static const char *const names[] = {
		"TERM",	      "LANG",	   "LANGUAGE",	"TZ",	    "MAIL",
		"DISPLAY",    "HUSHLOGIN", "LINES",	"COLUMNS",  "WINDOW",
		"REMOTEHOST", "CONTAINER", "container", "OLDPWD",   "INVOCATION_ID",
		"TTY",	      "EDITOR",	   "PAGER",	"HOSTNAME", "SHLVL",
		"?",	      "_",	   "!",		"$",	    "@",
		"*",	      "#",	   "PPID",	"RANDOM",   "SECONDS",
		"LINENO",     NULL
	};

	for (size_t i = 0; prefixes[i]; i++) {
		if (startswith(name, prefixes[i]))
			return true;
	}
	return in_list(name, names) || isdigit((unsigned char)*name);
}

struct shellword_value shellword_get(const struct shellword_env *env, const char *name)
{
	struct shellword_value v = { SHELLWORD_UNSET, "" };

	for (const struct shellword_binding *b = env->head; b; b = b->older) {
		if (streq(b->name, name))
			return b->value;
	}
	if (env->wild || may_be_given(name))
		v.state = SHELLWORD_UNKNOWN;
	return v;
}

/* --- expansion --- */

struct expansion {
	const struct shellword_env *env;
	struct bytes out;
	bool pattern;
	bool unsure, solid; /* a part is unknown; a part is surely not empty */
	unsigned depth;
};

static void put(struct expansion *x, char c, bool quoted)
{
	x->solid = true;
	if (x->out.len > LEN_MAX) {
		x->unsure = true;
		return;
	}
	if (x->pattern && quoted && !isalnum((unsigned char)c))
		bytes_addc(&x->out, '\\');
	bytes_addc(&x->out, c);
}

static void put_value(struct expansion *x, const struct shellword_value *v, bool quoted)
{
	if (v->state == SHELLWORD_SET || v->state == SHELLWORD_UNKNOWN)
		x->unsure = true;
	if (v->state == SHELLWORD_SET)
		x->solid = true;
	for (const char *s = v->s; *s; s++)
		put(x, *s, quoted);
}

static void give_up(struct expansion *x)
{
	x->unsure = true;
}

static void expand(struct expansion *x, const char *s, size_t n, bool quoted);

/* Length of the piece from s that ends before the closer, quotes and nesting respected. */
static size_t until(const char *s, size_t n, char open, char close)
{
	unsigned deep = 1;

	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\\') {
			i++;
		} else if (s[i] == '\'' || s[i] == '"') {
			const char *end = memchr(s + i + 1, s[i], n - i - 1);

			if (!end)
				return n;
			i = (size_t)(end - s);
		} else if (s[i] == open) {
			deep++;
		} else if (s[i] == close && --deep == 0) {
			return i;
		}
	}
	return n;
}

static bool is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static size_t name_length(const char *s, size_t n)
{
	size_t len = 0;

	if (n && strchr("-?$!#@*", *s))
		return 1;
	if (n && isdigit((unsigned char)*s))
		return 1;
	while (len < n && is_name_char(s[len]))
		len++;
	return len;
}

/* ${NAME#PATTERN} and its three kin on a known value. */
static void put_trimmed(struct expansion *x, const char *value, const char *op, const char *pattern,
			bool quoted)
{
	size_t n = strlen(value), best = n + 1;
	bool longest = op[1] == op[0], front = *op == '#';

	for (size_t i = 0; i <= n; i++) {
		_cleanup_free_ char *part = front ? xstrndup(value, i) : xstrdup(value + n - i);

		if (fnmatch(pattern, part, 0) != 0)
			continue;
		best = i;
		if (!longest)
			break;
	}
	for (size_t i = 0; i < n; i++) {
		bool cut = best <= n && (front ? i < best : i >= n - best);

		if (!cut)
			put(x, value[i], quoted);
	}
}

static void trim(struct expansion *x, const struct shellword_value *v, const char *op, size_t n,
		 bool quoted)
{
	size_t width = n > 1 && op[1] == op[0] ? 2 : 1;
	_cleanup_free_ char *raw = xstrndup(op + width, n - width);
	struct shellword_value pattern = shellword_pattern(x->env, raw);

	if (v->state == SHELLWORD_UNSET)
		return;
	if (v->state != SHELLWORD_KNOWN || pattern.state != SHELLWORD_KNOWN ||
	    strlen(v->s) > LEN_MAX / 16)
		give_up(x);
	else
		put_trimmed(x, v->s, op, pattern.s, quoted);
}

/* -, :-, +, :+ and =: which of value and word it is. */
static void choose(struct expansion *x, const struct shellword_value *v, const char *op, size_t n,
		   bool quoted)
{
	bool colon = *op == ':', there;
	const char *word = op + colon + 1;
	size_t len = n - colon - 1;

	if (v->state == SHELLWORD_UNKNOWN) {
		give_up(x);
		return;
	}
	there = v->state == SHELLWORD_SET || (v->state == SHELLWORD_KNOWN && (!colon || *v->s));
	if (op[colon] == '+') {
		if (there)
			expand(x, word, len, quoted);
	} else if (there) {
		put_value(x, v, quoted);
	} else {
		expand(x, word, len, quoted);
	}
}

static void expand_parameter(struct expansion *x, const char *s, size_t n, bool quoted)
{
	size_t len = name_length(s, n);
	_cleanup_free_ char *name = xstrndup(s, len);
	struct shellword_value v;
	const char *op = s + len;

	if (len == 0 || (*s == '#' && n > 1)) {
		give_up(x);
		return;
	}
	v = shellword_get(x->env, name);
	n -= len;
	if (n == 0)
		put_value(x, &v, quoted);
	else if (*op == '#' || *op == '%')
		trim(x, &v, op, n, quoted);
	else if (strchr("-+=", *op) || (n > 1 && *op == ':' && strchr("-+=", op[1])))
		choose(x, &v, op, n, quoted);
	else
		give_up(x);
}

/* What `id -u` and the like print for root. */
static void expand_command(struct expansion *x, const char *s, size_t n)
{
	static const char *const known[][2] = {
		{ "id -u", "0" },
		{ "/usr/bin/id -u", "0" },
		{ "/bin/id -u", "0" },
		{ "id -un", "root" },
		{ "whoami", "root" },
		{ "id -ru", "0" },
		{ "/usr/bin/id -un", "root" },
		{ "/usr/bin/whoami", "root" },
		{ "id -gn", "root" },
		{ "/usr/bin/id -gn", "root" },
		{ "id -g", "0" },
	};
	_cleanup_free_ char *command = NULL;

	while (n && isspace((unsigned char)*s)) {
		s++;
		n--;
	}
	while (n && isspace((unsigned char)s[n - 1]))
		n--;
	command = xstrndup(s, n);
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		size_t len = strlen(known[i][0]);

		/* "id -u 2>/dev/null" too */
		if (strncmp(command, known[i][0], len) == 0 &&
		    (!command[len] || startswith(command + len, " 2>"))) {
			for (const char *c = known[i][1]; *c; c++)
				put(x, *c, false);
			return;
		}
	}
	give_up(x);
}

/* At "$": how much was taken. */
static size_t expand_dollar(struct expansion *x, const char *s, size_t n, bool quoted)
{
	size_t len;

	if (n > 1 && s[1] == '{') {
		len = until(s + 2, n - 2, '{', '}');
		expand_parameter(x, s + 2, len, quoted);
		return len + 3;
	}
	if (n > 1 && s[1] == '(') {
		len = until(s + 2, n - 2, '(', ')');
		expand_command(x, s + 2, len);
		return len + 3;
	}
	len = name_length(s + 1, n - 1);
	if (len) {
		expand_parameter(x, s + 1, len, quoted);
		return len + 1;
	}
	if (n > 1 && (s[1] == '\'' || s[1] == '"') && !quoted)
		return 1;
	put(x, '$', quoted);
	return 1;
}

static size_t expand_quotes(struct expansion *x, const char *s, size_t n)
{
	size_t i;

	if (*s == '\'') {
		for (i = 1; i < n && s[i] != '\''; i++)
			put(x, s[i], true);
		return i + 1;
	}
	for (i = 1; i < n && s[i] != '"'; i++) {
		if (s[i] == '\\')
			i++;
	}
	if (i < n || n)
		expand(x, s + 1, i - 1 < n ? i - 1 : n - 1, true);
	return i + 1;
}

static size_t expand_one(struct expansion *x, const char *s, size_t n, bool quoted)
{
	if (*s == '$')
		return expand_dollar(x, s, n, quoted);
	if (*s == '`') {
		const char *end = memchr(s + 1, '`', n - 1);
		size_t len = end ? (size_t)(end - s - 1) : n - 1;

		expand_command(x, s + 1, len);
		return len + 2;
	}
	if (*s == '\\' && n > 1) {
		if (quoted && !strchr("$`\"\\\n", s[1]))
			put(x, '\\', true);
		if (s[1] != '\n')
			put(x, s[1], true);
		return 2;
	}
	if (!quoted && (*s == '\'' || *s == '"'))
		return expand_quotes(x, s, n);
	put(x, *s, quoted);
	return 1;
}

static void expand(struct expansion *x, const char *s, size_t n, bool quoted)
{
	if (x->depth == DEPTH_MAX) {
		give_up(x);
		return;
	}
	x->depth++;
	for (size_t i = 0; i < n;)
		i += expand_one(x, s + i, n - i, quoted);
	x->depth--;
}

static struct shellword_value finish(struct expansion *x)
{
	struct shellword_value v = { SHELLWORD_KNOWN, "" };

	if (x->unsure)
		v.state = x->solid ? SHELLWORD_SET : SHELLWORD_UNKNOWN;
	else if (x->out.len)
		v.s = arena_strndup(x->env->arena, x->out.data, x->out.len);
	bytes_free(&x->out);
	return v;
}

static struct shellword_value expand_word(const struct shellword_env *env, const char *raw,
					  bool pattern)
{
	struct expansion x = { .env = env, .pattern = pattern };

	if (*raw == '~' && (raw[1] == '/' || !raw[1])) {
		for (const char *h = env->home; *h; h++)
			put(&x, *h, true);
		raw++;
	} else if (*raw == '~') {
		give_up(&x);
	}
	expand(&x, raw, strlen(raw), false);
	return finish(&x);
}

struct shellword_value shellword_expand(const struct shellword_env *env, const char *raw)
{
	return expand_word(env, raw, false);
}

struct shellword_value shellword_pattern(const struct shellword_env *env, const char *raw)
{
	return expand_word(env, raw, true);
}

bool shellword_is_glob(const char *raw)
{
	for (; *raw; raw++) {
		if (*raw == '\\' && raw[1]) {
			raw++;
		} else if (*raw == '\'' || *raw == '"') {
			const char *end = strchr(raw + 1, *raw);

			if (!end)
				return false;
			raw = end;
		} else if (strchr("*?[", *raw)) {
			return true;
		}
	}
	return false;
}
