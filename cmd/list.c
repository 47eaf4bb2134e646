/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "cmd/command.h"
#include "cmd/options.h"
#include "cmd/registry.h"
#include "lib/jsonio.h"

static void text_line_of(const struct problem *p, void *arg UNUSED)
{
	printf("%-28s %-12s %-9s %-4s %s\n", p->id, severity_name(p->severity),
	       stage_name(p->stage), safety_name(p->safety), p->title);
}

static void put_cell(const char *s)
{
	for (; *s; s++) {
		if (*s == '|')
			putchar('\\');
		putchar(*s);
	}
}

static void markdown_row(const struct problem *p, void *arg UNUSED)
{
	printf("| `%s` | %s | %s | %s | ", p->id, severity_name(p->severity), stage_name(p->stage),
	       safety_name(p->safety));
	put_cell(p->title);
	puts(" |");
}

static void list_markdown(void)
{
	puts("| id | severity | stage | --fix | what is wrong |");
	puts("| --- | --- | --- | --- | --- |");
	problems_each(markdown_row, NULL);
}

static void json_member(const struct problem *p, void *arg)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "id", json_text(p->id));
	json_object_object_add(o, "severity", json_text(severity_name(p->severity)));
	json_object_object_add(o, "stage", json_text(stage_name(p->stage)));
	json_object_object_add(o, "fix_class", json_text(safety_name(p->safety)));
	json_object_object_add(o, "title", json_text(p->title));
	json_object_object_add(o, "why", json_text(p->why));
	json_object_object_add(o, "console", json_text(p->console));
	json_object_object_add(o, "by_hand", json_text(p->by_hand));
	json_object_object_add(o, "fix", json_text(p->fix));
	json_object_array_add(arg, o);
}

static void list_json(void)
{
	struct json_object *all = json_object_new_array();

	problems_each(json_member, all);
	puts(json_object_to_json_string_ext(all, JSON_C_TO_STRING_PRETTY |
							 JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(all);
}

static int run(int argc, const char **argv)
{
	int markdown = 0, json = 0;
	const struct poptOption table[] = {
		{ "markdown", 0, POPT_ARG_NONE, &markdown, 0, "as a table for a README", NULL },
		{ "json", 0, POPT_ARG_NONE, &json, 0, "as JSON, with all texts", NULL },
		POPT_AUTOHELP POPT_TABLEEND
	};
	_cleanup_arena_ struct arena *a = arena_new();
	struct arguments args;
	int r = options_parse(argc, argv, table, "[--markdown | --json]", a, &args);

	if (r != OPTIONS_GO)
		return r;
	if (args.n) {
		complain("list takes no '%s'; 'bootmend explain ID' tells about one problem",
			 args.words[0]);
		return STATUS_USAGE;
	}
	if (json)
		list_json();
	else if (markdown)
		list_markdown();
	else
		problems_each(text_line_of, NULL);
	return STATUS_OK;
}

const struct command list_command = {
	.name = "list",
	.usage = "[--markdown | --json]",
	.summary = "every problem: id, severity, stage, fix class, title",
	.run = run,
};
