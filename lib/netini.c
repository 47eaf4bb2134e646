/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/netini.h"

#define BLANKS " \t\r\f\v"

static const char *trimmed(struct arena *a, const char *s, size_t n)
{
	while (n > 0 && strchr(BLANKS, *s)) {
		s++;
		n--;
	}
	while (n > 0 && strchr(BLANKS, s[n - 1]))
		n--;
	return arena_strndup(a, s, n);
}

void netini_start(struct netini *i, struct arena *a, const struct text *t)
{
	*i = (struct netini){ .section = "", .key = "", .value = "", .arena = a, .text = t };
}

/* false: the line says nothing by itself. */
static bool take(struct netini *i, const char *line)
{
	const char *eq = strchr(line, '='), *end;

	line += strspn(line, BLANKS);
	if (*line == '\0' || *line == '#' || *line == ';')
		return false;
	end = *line == '[' ? strchr(line, ']') : NULL;
	if (end && end[1 + strspn(end + 1, BLANKS)] == '\0') {
		i->section = arena_strndup(i->arena, line + 1, (size_t)(end - line - 1));
		return false;
	}
	if (!eq || eq == line) {
		i->key = i->value = "";
		return true;
	}
	i->key = trimmed(i->arena, line, (size_t)(eq - line));
	i->value = trimmed(i->arena, eq + 1, strlen(eq + 1));
	return true;
}

bool netini_next(struct netini *i)
{
	while (i->line < i->text->lines) {
		if (take(i, text_line(i->text, ++i->line)))
			return true;
	}
	return false;
}
