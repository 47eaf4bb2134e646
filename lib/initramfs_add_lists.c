/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions to modules.alias and modules.softdep, as they stand on the root. */
#include "lib/initramfs_add_parts.h"

/* The same letters, '-' and '_' being one. */
static bool same_name(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if ((a[i] == '-' ? '_' : a[i]) != (b[i] == '-' ? '_' : b[i]))
			return false;
	}
	return true;
}

static const char *line_after(const char *s)
{
	s += strcspn(s, "\n");
	return *s ? s + 1 : s;
}

/* What follows "VERB NAME " in this line; NULL: it is another one. */
static const char *rest_of(const char *line, const char *verb, const char *name)
{
	const char *s = after(line, verb);
	size_t n = strlen(name);

	if (!s || strcspn(s, " \t\r\n") != n || !same_name(s, name, n) || s[n] != ' ')
		return NULL;
	return s + n + 1;
}

bool add_list_has_alias_of(const char *alias, const char *module)
{
	size_t n = strlen(module);

	for (const char *s = alias; (s = strchr(s, ' ')); s++) {
		if (same_name(s + 1, module, n) && strchr("\r\n", s[1 + n]))
			return true;
	}
	return false;
}

void add_list_each_soft(const char *softdep, const char *module, struct arena *a,
			bool (*each)(void *arg, const char *word), void *arg)
{
	for (const char *line = softdep; *line; line = line_after(line)) {
		const char *rest = rest_of(line, "softdep ", module);
		size_t len = rest ? strcspn(rest, "\r\n") : 0;
		char *save = NULL, *words;

		if (!len)
			continue;
		words = arena_strndup(a, rest, len);
		for (char *w = strtok_r(words, " \t", &save); w; w = strtok_r(NULL, " \t", &save)) {
			if (!endswith(w, ":") && !each(arg, w))
				return;
		}
	}
}

void add_list_each_alias(const char *alias, const char *word, struct arena *a,
			 bool (*each)(void *arg, const char *module), void *arg)
{
	for (const char *line = alias; *line; line = line_after(line)) {
		const char *rest = rest_of(line, "alias ", word);
		size_t len = rest ? strcspn(rest, " \t\r\n") : 0;

		if (len && !each(arg, arena_strndup(a, rest, len)))
			return;
	}
}
