/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>

#include "cmd/belowundo.h"
#include "cmd/command.h"
#include "cmd/escaped.h"
#include "cmd/options.h"
#include "cmd/passphrase.h"
#include "cmd/session.h"
#include "lib/jsonio.h"

struct undo_options {
	struct session_options session;
	const char *run, *journal_dir;
	bool list, json;
};

static const char *const result_names[] = {
	[UNDO_RESTORED] = "restored",
	[UNDO_ALREADY] = "as-before",
	[UNDO_REFUSED] = "refused",
	[UNDO_FAILED] = "failed",
};

/* --- the list of runs --- */

static void put_runs_json(const struct journal_run *runs, size_t n)
{
	struct json_object *all = json_object_new_array();

	for (size_t i = 0; i < n; i++) {
		struct json_object *o = json_object_new_object();

		json_object_object_add(o, "run", json_text(runs[i].id));
		json_object_object_add(o, "when", json_text(runs[i].when));
		json_object_object_add(o, "target", json_text(runs[i].target));
		json_object_object_add(o, "changes",
				       json_object_new_int64((int64_t)runs[i].changes));
		json_object_object_add(o, "undone", json_object_new_boolean(runs[i].undone));
		json_object_array_add(all, o);
	}
	puts(json_object_to_json_string_ext(all, JSON_C_TO_STRING_PRETTY |
							 JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(all);
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct journal_run *)a)->id, ((const struct journal_run *)b)->id);
}

/* Those on the patient, or in --journal DIR; and those below the file systems, kept here. */
static int all_runs(const struct undo_options *o, const struct session *s, struct journal_run **out,
		    size_t *n, struct trouble *t)
{
	struct journal_place at = session_journal(s, o->journal_dir);
	const struct journal_run *more = NULL;
	struct journal_run *runs = NULL, *all;
	size_t n_more = 0;
	int e = journal_runs(&at, s->arena, &runs, n, t);

	if (e < 0)
		return e;
	if (!o->journal_dir)
		belowundo_list(s->arena, s->targets[0], &more, &n_more);
	all = arena_alloc(s->arena, (*n + n_more + 1) * sizeof(*all));
	for (size_t i = 0; i < *n; i++)
		all[i] = runs[i];
	for (size_t i = 0; i < n_more; i++)
		all[*n + i] = more[i];
	*n += n_more;
	qsort(all, *n, sizeof(*all), by_id);
	*out = all;
	return 0;
}

static int list_runs(const struct undo_options *o, const struct session *s, struct trouble *t)
{
	struct journal_run *runs;
	size_t n;
	int e = all_runs(o, s, &runs, &n, t);

	if (e < 0)
		return e;
	if (o->json) {
		put_runs_json(runs, n);
		return 0;
	}
	for (size_t i = 0; i < n; i++) {
		printf("%s  ", runs[i].id);
		escaped_put(stdout, runs[i].when);
		printf("  %zu change%s%s  ", runs[i].changes, runs[i].changes == 1 ? "" : "s",
		       runs[i].undone ? ", undone" : "");
		escaped_put(stdout, runs[i].target);
		putchar('\n');
	}
	if (!n)
		puts("no runs");
	return 0;
}

/* --- undo --- */

static void put_items_json(const char *run, const struct undo_item *items, size_t n, int status)
{
	struct json_object *o = json_object_new_object(), *list = json_object_new_array();

	for (size_t i = 0; i < n; i++) {
		struct json_object *item = json_object_new_object();

		json_object_object_add(item, "path", json_text(items[i].path));
		json_object_object_add(item, "result", json_text(result_names[items[i].result]));
		json_object_object_add(item, "why", json_text(items[i].why));
		json_object_array_add(list, item);
	}
	json_object_object_add(o, "run", json_text(run));
	json_object_object_add(o, "status", json_object_new_int(status));
	json_object_object_add(o, "paths", list);
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY |
						       JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

static void put_items(const char *run, const struct undo_item *items, size_t n)
{
	size_t count[ARRAY_SIZE(result_names)] = { 0 };

	for (size_t i = 0; i < n; i++) {
		count[items[i].result]++;
		printf("%s ", result_names[items[i].result]);
		escaped_put(stdout, items[i].path);
		if (items[i].why)
			printf(" (%s)", items[i].why);
		putchar('\n');
	}
	printf("verdict: run %s: %zu restored, %zu already as before", run, count[UNDO_RESTORED],
	       count[UNDO_ALREADY]);
	if (count[UNDO_REFUSED])
		printf(", %zu refused: changed since the run, left as they are",
		       count[UNDO_REFUSED]);
	if (count[UNDO_FAILED])
		printf(", %zu failed", count[UNDO_FAILED]);
	putchar('\n');
}

static int tell(const struct undo_options *o, const char *which, const struct undo_item *items,
		size_t n)
{
	int status = STATUS_OK;

	for (size_t i = 0; i < n; i++) {
		if (items[i].result >= UNDO_REFUSED)
			status = STATUS_CANNOT;
	}
	if (o->json)
		put_items_json(which, items, n, status);
	else
		put_items(which, items, n);
	return status;
}

static int undo_one(const struct undo_options *o, const struct session *s, struct trouble *t)
{
	struct journal_place at = session_journal(s, o->journal_dir);
	struct undo_item *items;
	const char *which;
	size_t n;
	int e = journal_undo(&at, o->run, s->arena, &which, &items, &n, t);

	return e < 0 ? e : tell(o, which, items, n);
}

/* --- below the file systems: nothing may be mounted, not even to look for the backup --- */

/* The latest run of the patient's own that is not undone, if it came after that one. */
static const struct journal_run *later_run(const struct undo_options *o,
					   const struct journal_run *below, struct arena *a)
{
	struct session s = { .arena = a };
	struct trouble t = { 0 };
	struct journal_run *runs = NULL;
	const struct journal_run *later = NULL;
	size_t n = 0;

	if (session_open(&o->session, LOOK, &s, &t) == 0) {
		struct journal_place at = session_journal(&s, NULL);

		journal_runs(&at, a, &runs, &n, &t);
	}
	for (size_t i = 0; i < n; i++) {
		if (!runs[i].undone && (below->undone || strcmp(runs[i].id, below->id) > 0))
			later = &runs[i];
	}
	session_close(&s, &t);
	return later;
}

static bool find_below(const struct undo_options *o, struct arena *a, struct belowundo *out)
{
	const char *target = o->session.targets ? o->session.targets[0] : NULL;
	const struct journal_run *later;

	if (!target || o->list || !belowundo_find(a, o->journal_dir, o->run, target, out))
		return false;
	if (o->run)
		return true;
	later = out->later || o->journal_dir ? out->later : later_run(o, out->run, a);
	if (!later)
		return true;
	/* Of two of one command the one below may have to go first. */
	return !out->run->undone && streq_null(later->with, out->run->id) &&
	       belowundo_is_apart(out, o->session.targets, &o->session.layers, a);
}

static int undo_below(const struct undo_options *o, const struct belowundo *u, struct arena *a)
{
	struct trouble t = { 0 };
	struct undo_item *items;
	size_t n;
	int e = belowundo_run(u, o->session.targets, &o->session.layers, a, &items, &n, &t);

	if (e == 0)
		return tell(o, u->run->id, items, n);
	complain("%s", t.text[0] ? t.text : strerror(-e));
	return STATUS_CANNOT;
}

static int undo_targets(const struct undo_options *o, struct arena *a)
{
	struct session s = { .arena = a };
	struct trouble t = { 0 };
	struct belowundo below;
	int r;

	if (find_below(o, a, &below))
		return undo_below(o, &below, a);
	r = session_open(&o->session, o->list ? LOOK : CHANGE, &s, &t);

	if (r == 0)
		r = o->list ? list_runs(o, &s, &t) : undo_one(o, &s, &t);
	if (session_close(&s, &t) < 0 && r >= 0)
		r = -EIO;
	if (r < 0) {
		complain("%s", t.text[0] ? t.text : strerror(-r));
		return STATUS_CANNOT;
	}
	return r;
}

static int run(int argc, const char **argv)
{
	_cleanup_free_ char *run_id = NULL, *journal = NULL, *serial = NULL, *devices = NULL,
			    *key_file = NULL;
	int list = 0, json = 0, root_part = -1;
	const struct poptOption table[] = {
		{ "run", 0, POPT_ARG_STRING, &run_id, 0,
		  "the run to take back (default: the latest)", "ID" },
		{ "list", 'l', POPT_ARG_NONE, &list, 0, "list the runs, change nothing", NULL },
		{ "journal", 0, POPT_ARG_STRING, &journal, 0,
		  "where scan --journal kept the backup", "DIR" },
		{ "root-part", 0, POPT_ARG_INT, &root_part, 0, "the partition with the system",
		  "N" },
		{ "serial", 0, POPT_ARG_STRING, &serial, 0, "the disk with this serial number",
		  "SN" },
		{ "devices", 0, POPT_ARG_STRING, &devices, 0, "partitions of a directory TARGET",
		  "FILE" },
		{ "key-file", 0, POPT_ARG_STRING, &key_file, 0, "file with the key of LUKS",
		  "FILE" },
		{ "json", 0, POPT_ARG_NONE, &json, 0, "one JSON document", NULL },
		POPT_AUTOHELP POPT_TABLEEND
	};
	_cleanup_arena_ struct arena *a = arena_new();
	struct arguments args;
	int r = options_parse(argc, argv, table, "[OPTIONS] TARGET...", a, &args);
	struct undo_options o;

	if (r != OPTIONS_GO)
		return r;
	if (!args.n && !serial) {
		complain("undo needs the TARGET that was repaired");
		return STATUS_USAGE;
	}
	o = (struct undo_options){
		.session = { .targets = args.words,
			     .serial = serial,
			     .devices_file = devices,
			     .root_part = root_part },
		.run = run_id,
		.journal_dir = journal,
		.list = list,
		.json = json,
	};
	if (!passphrase_options(a, key_file, &o.session.layers))
		return STATUS_USAGE;
	return undo_targets(&o, a);
}

const struct command undo_command = {
	.name = "undo",
	.usage = "[OPTIONS] TARGET...",
	.summary = "take back what a run of scan --fix did",
	.run = run,
};
