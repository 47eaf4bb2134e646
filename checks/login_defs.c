/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values of /etc/login.defs by their type, those only that login and its kin read.
 *
 * Sources: login.defs(5); shadow lib/getdef.c (blanks and quotes around a value go, numbers in the
 * ways of strtol(3) with base 0); util-linux lib/logindefs.c.
 */
#include <ctype.h>

#include "checks/login_parts.h"

enum kind { NUMBER, SECONDS };

static const struct setting {
	const char *name, *usual;
	enum kind kind;
} settings[] = {
	{ "ERASECHAR", "0177", NUMBER },      { "KILLCHAR", "025", NUMBER },
	{ "UMASK", "022", NUMBER },	      { "TTYPERM", "0600", NUMBER },
	{ "ULIMIT", NULL, NUMBER },	      { "FAIL_DELAY", "3", NUMBER },
	{ "LOGIN_RETRIES", "5", NUMBER },     { "LOGIN_TIMEOUT", "60", SECONDS },
	{ "PASS_MAX_DAYS", "99999", NUMBER }, { "PASS_MIN_DAYS", "0", NUMBER },
	{ "PASS_WARN_AGE", "7", NUMBER },     { "HOME_MODE", "0700", NUMBER },
};

#define LINES_MAX 1000u
#define TIMEOUT_MIN 5 /* seconds; nobody types a name and a password in fewer */

struct value {
	const char *s; /* in the line */
	size_t len;
};

static struct value value_of(const char *line, const char *name)
{
	const char *p = line + strspn(line, " \t");
	struct value v = { NULL, 0 };

	if (!startswith(p, name) || !p[strlen(name)] || !strchr(" \t", p[strlen(name)]))
		return v;
	v.s = p + strlen(name);
	v.s += strspn(v.s, " \t\"");
	v.len = strcspn(v.s, "\"");
	while (v.len && isspace((unsigned char)v.s[v.len - 1]))
		v.len--;
	return v;
}

static bool is_number(const char *s, long *n)
{
	char *end;

	*n = strtol(s, &end, 0);
	return end != s && *end == '\0';
}

static const char *fault_of(struct scan *s, const struct setting *set, const char *value)
{
	long n;

	if (!is_number(value, &n))
		return scan_printf(s, "%s: '%s' is no number", set->name, value);
	if (set->kind == SECONDS && n > 0 && n < TIMEOUT_MIN)
		return scan_printf(s, "%s: logins end after %ld seconds", set->name, n);
	return NULL;
}

/* Of one setting the last line counts, and none has as many. */
#define SAID_MAX 20u

static unsigned check_line(struct scan *s, const struct text *t, size_t n,
			   const struct setting *set)
{
	const char *line = text_line(t, n);
	struct value v = value_of(line, set->name);
	const char *fault, *value;
	struct finding *f;
	long number;

	if (!v.s || !v.len)
		return 0;
	value = arena_strndup(s->arena, v.s, v.len);
	fault = fault_of(s, set, value);
	if (!fault)
		return 0;
	f = scan_find(s, &logindefs_value, NULL, "%s", fault);
	finding_at(f, t, n);
	if (is_number(value, &number))
		finding_severity(f, BLOCKS_LOGIN);
	if (set->usual)
		propose_line(f, t, n, "%.*s%s%s", (int)(v.s - line), line, set->usual, v.s + v.len);
	else
		propose_comment(f, t, n);
	return 1;
}

void login_check_defs(struct login *l)
{
	const struct text *t = scan_text(l->s, "/etc/login.defs");
	unsigned said = 0;

	for (size_t n = 1; t && n <= t->lines && n < LINES_MAX && said < SAID_MAX; n++) {
		for (size_t i = 0; i < ARRAY_SIZE(settings); i++)
			said += check_line(l->s, t, n, &settings[i]);
	}
}
