/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interface for programs. Members are only ever added; ids and words are those of `bootmend
 * list`. */
#include "cmd/report_console.h"
#include "lib/edit.h"
#include "lib/jsonio.h"
#include "lib/plan.h"

#define FORMAT 1

static void put(struct json_object *o, const char *key, const char *value)
{
	json_object_object_add(o, key, json_text(value));
}

static struct json_object *list_json(const char *const *list)
{
	struct json_object *o = json_object_new_array();

	for (size_t i = 0; list && list[i]; i++)
		json_object_array_add(o, json_text(list[i]));
	return o;
}

static struct json_object *output_json(const struct output *out)
{
	struct json_object *o = json_object_new_object();

	if (out->kind != OUTPUT_BYTES) {
		put(o, "path", out->path);
		json_object_object_add(o, "tree",
				       json_object_new_boolean(out->kind == OUTPUT_TREE));
		return o;
	}
	json_object_object_add(o, "disk", json_object_new_int64((int64_t)out->disk + 1));
	json_object_object_add(o, "offset", json_object_new_int64((int64_t)out->offset));
	json_object_object_add(o, "length", json_object_new_int64((int64_t)out->len));
	return o;
}

/* Programs of the patient that the fix runs. */
static struct json_object *commands_json(const struct finding *f)
{
	struct json_object *all = json_object_new_array();

	for (const struct edit *e = f->edits; e; e = e->next) {
		struct json_object *o, *outputs;

		if (e->kind != EDIT_COMMAND)
			continue;
		o = json_object_new_object();
		outputs = json_object_new_array();
		for (size_t i = 0; i < e->outputs; i++)
			json_object_array_add(outputs, output_json(&e->output[i]));
		json_object_object_add(o, "argv", list_json(e->argv));
		json_object_object_add(o, "outputs", outputs);
		json_object_array_add(all, o);
	}
	return all;
}

static struct json_object *finding_json(const struct report *r, const struct finding *f,
					uint64_t *budget)
{
	struct json_object *o = json_object_new_object();
	_cleanup_bytes_ struct bytes diff = { 0 };
	bool stale = r->facts && r->facts->stale;

	put(o, "severity", severity_name(f->severity));
	put(o, "id", f->problem->id);
	put(o, "stage", stage_name(f->problem->stage));
	put(o, "title", f->problem->title);
	put(o, "path", f->path);
	json_object_object_add(o, "line", f->line ? json_object_new_int64((int64_t)f->line) : NULL);
	put(o, "quote", f->quote);
	put(o, "detail", f->detail);
	put(o, "fix", safety_name(finding_has_fix(f) ? f->safety : FIX_NONE));
	json_object_object_add(o, "choices", list_json(f->choices));
	json_object_object_add(o, "commands", commands_json(f));
	put(o, "outcome", outcome_name(f->outcome));
	put(o, "outcome_why", f->outcome_why);
	json_object_object_add(o, "unconfirmed", json_object_new_boolean(f->absence && stale));
	put(o, "why", f->problem->why);
	put(o, "by_hand", f->problem->by_hand);
	if (r->root && f->edits && f->outcome == OPEN)
		finding_diff(r->root, f, budget, &diff);
	put(o, "diff", diff.len ? diff.data : NULL);
	report_console_lines(o, r, f);
	return o;
}

static struct json_object *system_json(const struct facts *k)
{
	struct json_object *o = json_object_new_object();

	put(o, "id", k->os.id);
	put(o, "version", k->os.version_id);
	put(o, "name", k->os.pretty);
	put(o, "init", init_name(k->init));
	put(o, "root_uuid", k->root_part ? k->root_part->uuid : NULL);
	put(o, "root_type", k->root_part ? k->root_part->type : NULL);
	json_object_object_add(o, "root_partition",
			       k->root_part && k->root_part->number >= 0
				       ? json_object_new_int(k->root_part->number)
				       : NULL);
	put(o, "root_layer", k->root_part ? k->root_part->layer : NULL);
	json_object_object_add(o, "memory_bytes",
			       k->memory ? json_object_new_int64((int64_t)k->memory) : NULL);
	json_object_object_add(o, "stale_view", json_object_new_boolean(k->stale));
	return o;
}

/* "chosen": all of them must work; else one of them is enough. null: nothing tells. */
static struct json_object *platform_json(const struct platform_wanted *w)
{
	struct json_object *o, *names;

	if (!w || w->need == NEED_NOTHING)
		return NULL;
	o = json_object_new_object();
	names = json_object_new_array();
	for (size_t i = 0; i < w->n; i++)
		json_object_array_add(names, json_text(w->name[i]));
	json_object_object_add(o, "names", names);
	json_object_object_add(o, "chosen", json_object_new_boolean(w->need == NEED_ALL));
	put(o, "from", w->from);
	return o;
}

static void put_counts(struct json_object *o, const struct report *r)
{
	struct counts c = report_counts(r);

	for (int s = STOPS_BOOT; s <= NOTE; s++)
		json_object_object_add(o, severity_name((enum severity)s),
				       json_object_new_int64((int64_t)c.by_severity[s]));
	json_object_object_add(o, "fixed", json_object_new_int64((int64_t)c.fixed));
	json_object_object_add(o, "left", json_object_new_int64((int64_t)c.left));
}

static struct json_object *journal_json(const struct report *r)
{
	struct json_object *o;

	if (!r->run)
		return NULL;
	o = json_object_new_object();
	put(o, "run", r->run);
	put(o, "path", r->journal);
	put(o, "undo", r->undo);
	return o;
}

static struct json_object *ways_in_json(const struct wayin *w)
{
	struct json_object *all;

	if (!w)
		return NULL;
	all = json_object_new_object();
	for (unsigned who = 0; who < WAYIN_WHOS; who++) {
		struct json_object *o = json_object_new_object();

		for (unsigned k = 0; k < WAYIN_WHERES; k++) {
			const struct wayin_way *way = &w->way[who][k];
			struct json_object *one = json_object_new_object();

			put(one, "answer", wayin_answer_name(way->answer));
			put(one, "how", way->how);
			put(one, "why", way->why);
			json_object_object_add(o, wayin_where_names[k], one);
		}
		json_object_object_add(all, wayin_who_names[who], o);
	}
	return all;
}

static struct json_object *summary_json(const struct report *r)
{
	static const char *const modes[] = {
		[REPORT_SCAN] = "scan", [REPORT_DRY_RUN] = "dry-run", [REPORT_FIX] = "fix"
	};
	struct json_object *o = json_object_new_object(), *counts = json_object_new_object();
	_cleanup_free_ char *verdict = report_verdict(r);

	put(o, "bootmend", BOOTMEND_VERSION);
	json_object_object_add(o, "format", json_object_new_int(FORMAT));
	put(o, "mode", modes[r->mode]);
	json_object_object_add(o, "targets", list_json(r->targets));
	json_object_object_add(o, "system", r->facts ? system_json(r->facts) : NULL);
	json_object_object_add(o, "platform", platform_json(r->platform));
	json_object_object_add(o, "steps", list_json(r->steps));
	put_counts(counts, r);
	json_object_object_add(o, "counts", counts);
	json_object_object_add(o, "status", json_object_new_int(r->status));
	put(o, "verdict", verdict);
	json_object_object_add(o, "ways_in", ways_in_json(r->ways_in));
	put(o, "error", r->trouble);
	json_object_object_add(o, "backup", journal_json(r));
	put(o, "diff", r->diff && r->diff->len ? r->diff->data : NULL);
	report_console_summary(o, r);
	return o;
}

/* What "findings" leaves out because there are too many of the kind. */
static void put_more(struct json_object *summary, const struct report_tally *t)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < t->n; i++) {
		const struct report_more *k = &t->kind[i];
		struct json_object *o;

		if (!k->more)
			continue;
		o = json_object_new_object();
		put(o, "severity", severity_name(k->severity));
		put(o, "id", k->problem->id);
		json_object_object_add(o, "count", json_object_new_int64((int64_t)k->more));
		json_object_object_add(o, "fixed", json_object_new_int64((int64_t)k->more_fixed));
		json_object_array_add(list, o);
	}
	json_object_object_add(summary, "not_listed", list);
}

void report_json(FILE *out, const struct report *r)
{
	struct json_object *o = summary_json(r), *findings = json_object_new_array();
	_cleanup_tally_ struct report_tally tally = { 0 };
	uint64_t budget = FINDING_DIFFS;

	for (const struct finding *f = r->findings; f; f = f->next) {
		if (report_tells(&tally, f))
			json_object_array_add(findings, finding_json(r, f, &budget));
	}
	put_more(o, &tally);
	json_object_object_add(o, "findings", findings);
	fprintf(out, "%s\n",
		json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY |
							  JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

static void put_jsonl(FILE *out, struct json_object *o, const char *type)
{
	put(o, "type", type);
	fprintf(out, "%s\n",
		json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN |
							  JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

void report_jsonl(FILE *out, const struct report *r)
{
	struct json_object *summary = summary_json(r);
	_cleanup_tally_ struct report_tally tally = { 0 };
	uint64_t budget = FINDING_DIFFS;

	for (const struct finding *f = r->findings; f; f = f->next) {
		if (report_tells(&tally, f))
			put_jsonl(out, finding_json(r, f, &budget), "finding");
	}
	put_more(summary, &tally);
	put_jsonl(out, summary, "summary");
}
