/* SPDX-License-Identifier: GPL-2.0-or-later */
/* time.conf: is there a line by which no time is the right one. */
#include <ctype.h>
#include <strings.h>

#include "lib/pamfiles_parts.h"

enum field { SERVICES, TERMINALS, USERS, TIMES, FIELDS };

static bool is_name_char(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("*_-./:", c));
}

/* A '*' stands for anything; only one is understood. value NULL: not known. */
static enum pamfiles_truth fits_name(const char *pattern, size_t len, const char *value)
{
	const char *star = memchr(pattern, '*', len);
	size_t head = star ? (size_t)(star - pattern) : len, tail = star ? len - head - 1 : 0;

	if (star && len == 1)
		return PAMFILES_YES;
	if (!value || (star && memchr(star + 1, '*', tail)))
		return PAMFILES_MAYBE;
	if (strncmp(pattern, value, head) != 0)
		return PAMFILES_NO;
	if (!star)
		return value[head] ? PAMFILES_NO : PAMFILES_YES;
	if (strlen(value) < head + tail)
		return PAMFILES_MAYBE;
	return memcmp(star + 1, value + strlen(value) - tail, tail) == 0 ? PAMFILES_YES
									 : PAMFILES_NO;
}

static enum pamfiles_truth negated(enum pamfiles_truth t)
{
	return t == PAMFILES_YES ? PAMFILES_NO : t == PAMFILES_NO ? PAMFILES_YES : t;
}

static enum pamfiles_truth joined(enum pamfiles_truth a, char op, enum pamfiles_truth b)
{
	enum pamfiles_truth strong = op == '&' ? PAMFILES_NO : PAMFILES_YES;

	if (a == strong || b == strong)
		return strong;
	return a == PAMFILES_MAYBE || b == PAMFILES_MAYBE ? PAMFILES_MAYBE : negated(strong);
}

/* Names with '|', '&' and '!' between, left to right; a '!' holds for those behind it too. */
static enum pamfiles_truth fits_field(const char *s, const char *value)
{
	enum pamfiles_truth all = PAMFILES_NO;
	bool not = false;
	char op = '|';

	for (;;) {
		size_t len = 0;
		enum pamfiles_truth one;

		for (; isspace((unsigned char)*s) || *s == '!'; s++)
			not ^= *s == '!';
		while (is_name_char(s[len]))
			len++;
		if (!len)
			return PAMFILES_MAYBE;
		one = fits_name(s, len, value);
		all = joined(all, op, not ? negated(one) : one);
		s += len;
		s += strspn(s, " \t\r");
		if (!*s)
			return all;
		if (*s != '|' && *s != '&')
			return PAMFILES_MAYBE;
		op = *s++;
	}
}

/* NO: never; only the plainest ways to say so are understood. */
static enum pamfiles_truth in_time(const char *s)
{
	char word[32];
	size_t len = 0;

	for (; *s && len + 1 < sizeof(word); s++) {
		if (!isspace((unsigned char)*s))
			word[len++] = *s;
	}
	word[len] = '\0';
	if (strcasecmp(word, "!Al0000-2400") == 0)
		return PAMFILES_NO;
	return strcasecmp(word, "Al0000-2400") == 0 ? PAMFILES_YES : PAMFILES_MAYBE;
}

static bool split(struct arena *a, const char *line, const char *field[FIELDS])
{
	char *s = arena_strndup(a, line, strcspn(line, "#"));

	s += strspn(s, " \t\r");
	for (size_t i = 0; i < FIELDS; i++) {
		char *end = strchr(s, ';');

		field[i] = s;
		if (i == TIMES)
			return !end && *s;
		if (!end)
			return false;
		*end = '\0';
		s = end + 1;
	}
	return false;
}

/* YES: the line refuses. */
static enum pamfiles_truth refuses(struct pamfiles_asked *q, const char *line)
{
	const char *field[FIELDS];
	enum pamfiles_truth about;

	if (!split(q->files->arena, line, field))
		return PAMFILES_NO;
	about = fits_field(field[SERVICES], q->m->service);
	about = joined(about, '&', fits_field(field[TERMINALS], q->m->tty));
	about = joined(about, '&', fits_field(field[USERS], pammodel_who(q->m)->name));
	return joined(about, '&', negated(in_time(field[TIMES])));
}

void pamfiles_time(struct pamfiles_asked *q)
{
	static const char path[] = "/etc/security/time.conf";
	bool maybe = false;
	struct pamfiles_node n;

	pamfiles_look(q->files, path, &n);
	for (size_t i = 1; n.text && i <= n.text->lines && i < PAMCONF_LINES_MAX; i++) {
		const char *line = text_line(n.text, i);
		enum pamfiles_truth one = refuses(q, line);

		maybe |= one == PAMFILES_MAYBE || endswith(line, "\\");
		if (one == PAMFILES_YES && !maybe) {
			pamfiles_refuse(q, PAMCONF_PERM_DENIED, path, i,
					"line %zu of '%s' lets %s in at no time", i, path,
					pammodel_who(q->m)->name);
			return;
		}
	}
	if (maybe || n.state == PAMFILES_UNSURE)
		pamfiles_unsure(q, PAMCONF_SUCCESS, PAMCONF_PERM_DENIED);
	else
		pamfiles_say(q, PAMCONF_SUCCESS);
}
