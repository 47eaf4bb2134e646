/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>

#include "lib/sshdline.h"

#define BLANKS " \t\r\n"

static const char *small(struct arena *a, const char *s, size_t len)
{
	char *copy = arena_strndup(a, s, len);

	for (char *p = copy; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return copy;
}

/* One '=' may stand between, with blanks around it. */
static const char *behind_keyword(const char *s)
{
	if (*s == '=')
		return s + 1 + strspn(s + 1, BLANKS);
	s += strspn(s, BLANKS);
	return *s == '=' ? s + 1 + strspn(s + 1, BLANKS) : s;
}

/* A part of it may stand in quotes; NULL: a quote is left open, and sshd passes over the line. */
static const char *take_keyword(struct arena *a, const char *s, struct sshdline *out)
{
	size_t n = strcspn(s, BLANKS "=\"");
	const char *end;

	if (s[n] != '"') {
		out->keyword = small(a, s, n);
		return behind_keyword(s + n);
	}
	end = strchr(s + n + 1, '"');
	if (!end)
		return NULL;
	out->keyword = arena_printf(a, "%s%s", small(a, s, n),
				    small(a, s + n + 1, (size_t)(end - s - n - 1)));
	return end + 1 + strspn(end + 1, BLANKS);
}

static bool is_escaped(const char *s, char quote)
{
	return s[0] == '\\' && s[1] && (strchr("'\"\\", s[1]) || (!quote && s[1] == ' '));
}

/* The word at *s, which then is behind it; false: a quote is left open. */
static bool take_word(const char **s, char *out)
{
	char quote = 0;

	for (; **s; (*s)++) {
		char c = **s;

		if (is_escaped(*s, quote))
			*out++ = *++*s;
		else if (!quote && (c == ' ' || c == '\t'))
			break;
		else if (!quote && (c == '"' || c == '\''))
			quote = c;
		else if (quote && c == quote)
			quote = 0;
		else
			*out++ = c;
	}
	*out = '\0';
	return !quote;
}

static void take_words(struct arena *a, struct sshdline *out)
{
	const char *s = out->rest;
	/* All words together are no longer than the line. */
	char *room = arena_alloc(a, strlen(s) + SSHDLINE_WORDS + 1);

	for (;;) {
		s += strspn(s, " \t");
		out->comment = *s == '#';
		if (!*s || *s == '#')
			return;
		if (out->n == SSHDLINE_WORDS) {
			out->more = true;
			return;
		}
		if (!take_word(&s, room)) {
			out->fault = SSHDLINE_QUOTES;
			return;
		}
		out->word[out->n++] = room;
		room += strlen(room) + 1;
	}
}

bool sshdline_parse(struct arena *a, const char *line, struct sshdline *out)
{
	size_t len = strlen(line);
	const char *copy, *rest;

	*out = (struct sshdline){ .rest = "", .keyword = "" };
	while (len && strchr(BLANKS "\f", line[len - 1]))
		len--;
	copy = arena_strndup(a, line, len);
	copy += strspn(copy, BLANKS);
	if (!*copy || *copy == '#')
		return false;
	rest = take_keyword(a, copy, out);
	if (!rest)
		return false;
	out->rest = rest;
	if (!*rest)
		out->fault = SSHDLINE_NO_ARGUMENT;
	else
		take_words(a, out);
	return true;
}
