/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "cmd/command.h"
#include "cmd/options.h"
#include "cmd/registry.h"
#include "cmd/wrap.h"
#include "lib/jsonio.h"

#define WIDTH 90

static void put_words(const char *text)
{
	const struct wrap w = { .width = WIDTH, .first = "  ", .rest = "  " };

	wrap_words(stdout, text, &w);
}

/* Commands and console lines stay as they are. */
static void put_lines(const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");

		printf("    %.*s\n", (int)n, text);
		text += n + (text[n] == '\n');
	}
}

static const char *const fix_classes[] = {
	[FIX_NONE] = "none: advice only",
	[FIX_ASK] = "ask: applied by --fix=ID or --fix=all",
	[FIX_SAFE] = "safe: applied by --fix",
};

static void explain(const struct problem *p)
{
	printf("%s: %s\n\n", p->id, p->title);
	printf("  severity %s, stage %s, fix %s\n\nWhy\n", severity_name(p->severity),
	       stage_name(p->stage), fix_classes[p->safety]);
	put_words(p->why);
	if (p->console) {
		puts("\nWhat the console shows");
		put_lines(p->console);
	}
	puts("\nBy hand");
	put_lines(p->by_hand);
	if (p->fix) {
		puts("\nWhat --fix does");
		put_words(p->fix);
	}
}

static int unknown(const char *id)
{
	const char *near = nearest_name(id);

	if (near)
		complain("no problem '%s'; did you mean '%s'?", id, near);
	else
		complain("no problem '%s'; 'bootmend list' names them all", id);
	return STATUS_USAGE;
}

static int run(int argc, const char **argv)
{
	const struct poptOption table[] = { POPT_AUTOHELP POPT_TABLEEND };
	_cleanup_arena_ struct arena *a = arena_new();
	struct arguments args;
	int r = options_parse(argc, argv, table, "ID...", a, &args);

	if (r != OPTIONS_GO)
		return r;
	if (!args.n) {
		complain("explain needs an id; 'bootmend list' names them all");
		return STATUS_USAGE;
	}
	for (size_t i = 0; i < args.n; i++) {
		const struct problem *p = problem_by_id(args.words[i]);

		if (!p)
			return unknown(args.words[i]);
		if (i)
			puts("");
		explain(p);
	}
	return STATUS_OK;
}

const struct command explain_command = {
	.name = "explain",
	.usage = "ID...",
	.summary = "why it matters, what the console shows, by hand, what --fix does",
	.run = run,
};
