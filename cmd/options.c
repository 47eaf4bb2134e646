/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "cmd/command.h"
#include "cmd/options.h"
#include "cmd/registry.h"

static void add_names(const struct poptOption *table, const char **names, size_t *n, size_t max)
{
	for (; table->longName || table->shortName || table->arg; table++) {
		if ((table->argInfo & POPT_ARG_MASK) == POPT_ARG_INCLUDE_TABLE)
			add_names(table->arg, names, n, max);
		else if (table->longName && *n < max)
			names[(*n)++] = table->longName;
	}
}

static int refuse(const struct poptOption *table, const char *option, int error)
{
	const char *names[64] = { NULL }, *near;
	_cleanup_free_ char *word = xstrdup(option + strspn(option, "-"));
	size_t n = 0;

	word[strcspn(word, "=")] = '\0';
	add_names(table, names, &n, ARRAY_SIZE(names) - 1);
	near = error == POPT_ERROR_BADOPT ? nearest_of(word, names) : NULL;
	if (near)
		complain("%s: unknown option; did you mean '--%s'?", option, near);
	else
		complain("%s: %s; see --help", option, poptStrerror(error));
	return STATUS_USAGE;
}

static const struct poptOption *option_named(const struct poptOption *table, const char *name,
					     size_t n)
{
	for (; table->longName || table->shortName || table->arg; table++) {
		const struct poptOption *found = NULL;

		if ((table->argInfo & POPT_ARG_MASK) == POPT_ARG_INCLUDE_TABLE)
			found = option_named(table->arg, name, n);
		else if (table->longName && strlen(table->longName) == n &&
			 memcmp(table->longName, name, n) == 0)
			found = table;
		if (found)
			return found;
	}
	return NULL;
}

/* popt would forget the first of two values without a word. */
static bool given_twice(int argc, const char **argv, const struct poptOption *table)
{
	const struct poptOption *seen[64], *o;
	size_t n = 0;

	for (int i = 1; i < argc && !streq(argv[i], "--"); i++) {
		const char *name = after(argv[i], "--");
		size_t len = name ? strcspn(name, "=") : 0;

		o = name ? option_named(table, name, len) : NULL;
		if (!o || (o->argInfo & POPT_ARG_MASK) == POPT_ARG_NONE)
			continue;
		for (size_t k = 0; k < n; k++) {
			if (seen[k] != o)
				continue;
			complain("--%s is given twice; several values go behind one, with commas",
				 o->longName);
			return true;
		}
		if (n < ARRAY_SIZE(seen))
			seen[n++] = o;
		i += name[len] != '=';
	}
	return false;
}

static const char **copy_words(const char *const *argv, size_t n, struct arena *a)
{
	const char **copy = arena_alloc(a, (n + 1) * sizeof(*copy));

	memcpy(copy, argv, n * sizeof(*copy));
	return copy;
}

int options_parse(int argc, const char **argv, const struct poptOption *table, const char *usage,
		  struct arena *a, struct arguments *out)
{
	const char **copy = copy_words(argv, (size_t)argc, a);
	poptContext con;
	size_t cap = 0;
	const char *word;
	int r;

	if (given_twice(argc, argv, table))
		return STATUS_USAGE;
	copy[0] = arena_printf(a, "bootmend %s", argv[0]); /* popt's help names the program by it */
	con = poptGetContext("bootmend", argc, copy, table, 0);
	poptSetOtherOptionHelp(con, usage);
	while ((r = poptGetNextOpt(con)) > 0)
		;
	if (r < -1) {
		r = refuse(table, poptBadOption(con, POPT_BADOPTION_NOALIAS), r);
		poptFreeContext(con);
		return r;
	}
	*out = (struct arguments){ 0 };
	while ((word = poptGetArg(con))) {
		ARENA_GROW(a, out->words, out->n, cap);
		out->words[out->n++] = arena_strdup(a, word);
	}
	ARENA_GROW(a, out->words, out->n, cap);
	out->words[out->n] = NULL;
	poptFreeContext(con);
	return OPTIONS_GO;
}

const char *const *options_list(struct arena *a, const char *s)
{
	const char **list = NULL;
	size_t n = 0, cap = 0;

	if (!s)
		return NULL;
	while (*(s += strspn(s, ", "))) {
		size_t len = strcspn(s, ", ");

		ARENA_GROW(a, list, n, cap);
		list[n++] = arena_strndup(a, s, len);
		s += len;
	}
	ARENA_GROW(a, list, n, cap);
	list[n] = NULL;
	return list;
}
