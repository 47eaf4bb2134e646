/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>

#include "lib/text.h"

static size_t count_lines(const char *data, size_t len)
{
	size_t n = 0;

	for (const char *p = data, *end = data + len; p < end; n++) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));

		p = nl ? nl + 1 : end;
	}
	return n;
}

struct text *text_new(struct arena *a, const char *path, const void *data, size_t len)
{
	struct text *t = arena_new_struct(a, struct text);
	/* A second copy whose newlines are NULs: every line is then a string. */
	char *lines = arena_memdup(a, data, len);
	size_t n = 0;

	t->path = arena_strdup(a, path);
	t->data = arena_memdup(a, data, len);
	t->len = len;
	t->lines = count_lines(lines, len);
	t->line = arena_alloc(a, t->lines * sizeof(*t->line));
	t->final_newline = len > 0 && t->data[len - 1] == '\n';
	for (char *p = lines, *end = lines + len; p < end; n++) {
		char *nl = memchr(p, '\n', (size_t)(end - p));

		if (!nl)
			nl = end;
		t->line[n] = (struct line){ .s = p, .len = (size_t)(nl - p) };
		*nl = '\0';
		p = nl + 1;
	}
	return t;
}

const char *text_line(const struct text *t, size_t n)
{
	return n >= 1 && n <= t->lines ? t->line[n - 1].s : "";
}

bool text_is_blank(const struct text *t)
{
	for (size_t i = 0; i < t->len; i++) {
		if (!isspace((unsigned char)t->data[i]))
			return false;
	}
	return true;
}
