/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last boots as one document; what is not known is left out. */
#include "cmd/log_report.h"
#include "lib/jsonio.h"

static void text(struct json_object *o, const char *key, const char *s)
{
	if (s && *s)
		json_object_object_add(o, key, json_text(s));
}

static void count(struct json_object *o, const char *key, uint64_t v)
{
	json_object_object_add(o, key, json_object_new_int64((int64_t)v));
}

static void flag(struct json_object *o, const char *key, bool v)
{
	json_object_object_add(o, key, json_object_new_boolean(v));
}

static void moment(struct json_object *o, const char *key, const struct syslogtime *t)
{
	char buf[SYSLOGTIME_TEXT];

	if (!t->known)
		return;
	syslogtime_format(t, buf);
	/* RFC 3339 has years of four digits. */
	if (buf[strcspn(buf, " ")] == '\0' || strcspn(buf, "-") != 4)
		return;
	buf[strcspn(buf, " ")] = 'T';
	text(o, key, buf);
}

static void uptime(struct json_object *o, int64_t us)
{
	if (us != SYSLOGLINE_NO_UPTIME)
		json_object_object_add(o, "uptime_us", json_object_new_int64(us));
}

static struct json_object *findings_json(const struct log_report *r, const struct logpattern *p)
{
	struct json_object *list = json_object_new_array();
	const struct finding *f = NULL;

	while ((f = log_explained(r, p, f))) {
		struct json_object *o = json_object_new_object();

		text(o, "id", f->problem->id);
		text(o, "path", f->path);
		if (f->line)
			count(o, "line", f->line);
		text(o, "detail", f->detail);
		json_object_array_add(list, o);
	}
	return list;
}

static struct json_object *problem_json(const struct log_report *r, const struct bootlog_problem *q)
{
	struct json_object *o = json_object_new_object();

	text(o, "pattern", q->pattern->id);
	text(o, "class", logpattern_class(q->pattern->class));
	text(o, "meaning", q->pattern->meaning);
	text(o, "may_be", q->pattern->explains);
	count(o, "count", q->count);
	text(o, "text", q->text);
	text(o, "file", q->file);
	count(o, "line", q->line);
	moment(o, "first", &q->first);
	moment(o, "last", &q->last);
	uptime(o, q->uptime);
	json_object_object_add(o, "findings", findings_json(r, q->pattern));
	return o;
}

static struct json_object *problems_json(const struct log_report *r, const struct bootlog_boot *b)
{
	const struct bootlog_problem *order[BOOTLOG_PROBLEMS];
	struct json_object *list = json_object_new_array();

	log_order(b, order);
	for (size_t i = 0; i < b->n; i++)
		json_object_array_add(list, problem_json(r, order[i]));
	return list;
}

static const char *end_word(const struct bootlog_boot *b)
{
	static const char *const words[] = {
		[BOOTLOG_STOPS] = "stops",
		[BOOTLOG_SHUTDOWN] = "shutdown",
		[BOOTLOG_PANIC] = "panic",
	};

	return words[b->end];
}

static struct json_object *boot_json(const struct log_report *r, const struct bootlog_boot *b)
{
	struct json_object *o = json_object_new_object();

	text(o, "boot_id", b->id);
	text(o, "host", b->host);
	text(o, "kernel", b->release);
	text(o, "file", b->file);
	moment(o, "first", &b->first);
	moment(o, "last", &b->last);
	uptime(o, b->uptime);
	count(o, "lines", b->lines);
	flag(o, "beginning_known", b->whole);
	flag(o, "came_up", b->up);
	flag(o, "emergency_mode", b->emergency);
	text(o, "end", end_word(b));
	text(o, "last_target", b->reached);
	text(o, "last_line", b->words);
	json_object_object_add(o, "problems", problems_json(r, b));
	count(o, "more_lines_of_problems", b->more);
	return o;
}

static struct json_object *sources_json(const struct bootlog_sources *sources)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < sources->n; i++) {
		const struct bootlog_source *s = &sources->s[i];
		struct json_object *o = json_object_new_object();

		text(o, "name", s->name);
		text(o, "packing", s->packing);
		text(o, "reader", s->reader);
		flag(o, "left_out", s->left_out);
		count(o, "lines", s->lines);
		if (s->lost)
			count(o, "damaged_bytes", s->lost);
		if (s->error)
			text(o, "error", strerror(-s->error));
		json_object_array_add(list, o);
	}
	return list;
}

void log_json(FILE *out, const struct log_report *r)
{
	struct json_object *o = json_object_new_object(), *list = json_object_new_array();

	for (size_t i = 0; i < r->shown; i++)
		json_object_array_add(list, boot_json(r, r->boot[i]));
	json_object_object_add(o, "boots", list);
	count(o, "more_boots", r->n - r->shown + r->earlier);
	json_object_object_add(o, "sources", sources_json(r->sources));
	fprintf(out, "%s\n",
		json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY |
							  JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}
