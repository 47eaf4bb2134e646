/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a saved console says of the findings, and what it says that no finding explains. */
#include "cmd/escaped.h"
#include "cmd/report_console.h"
#include "lib/jsonio.h"

static bool is_explained(const struct report *r, const struct console_message *m)
{
	for (const struct finding *f = r->findings; f; f = f->next) {
		if (consolelog_explains(m, f->problem->id))
			return true;
	}
	return false;
}

void report_console_finding(FILE *out, const struct report *r, const struct finding *f)
{
	for (size_t i = 0; r->console && i < r->console->n; i++) {
		const struct console_message *m = &r->console->m[i];

		if (!consolelog_explains(m, f->problem->id))
			continue;
		fprintf(out, "    explains console line %llu: ", (unsigned long long)m->line);
		escaped_put(out, m->text);
		fputc('\n', out);
	}
}

static void put_unexplained(FILE *out, const struct console_message *m)
{
	fprintf(out, "console line %llu: ", (unsigned long long)m->line);
	escaped_put(out, m->text);
	if (m->count > 1)
		fprintf(out, " (%llu times)", (unsigned long long)m->count);
	fprintf(out, "\n    %s%s\n", m->pattern->meaning,
		m->pattern->explains[0] ? "; nothing that explains it was found on the disk" : "");
}

void report_console_rest(FILE *out, const struct report *r)
{
	if (!r->console)
		return;
	for (size_t i = 0; i < r->console->n; i++) {
		if (!is_explained(r, &r->console->m[i]))
			put_unexplained(out, &r->console->m[i]);
	}
	if (!r->console->n)
		fprintf(out, "console: none of its %llu lines tells of a fault that is known\n",
			(unsigned long long)r->console->lines);
}

/* --- JSON --- */

static void add(struct json_object *o, const char *key, uint64_t v)
{
	json_object_object_add(o, key, json_object_new_int64((int64_t)v));
}

void report_console_lines(struct json_object *o, const struct report *r, const struct finding *f)
{
	struct json_object *list;

	if (!r->console)
		return;
	list = json_object_new_array();
	for (size_t i = 0; i < r->console->n; i++) {
		const struct console_message *m = &r->console->m[i];

		if (consolelog_explains(m, f->problem->id))
			json_object_array_add(list, json_object_new_int64((int64_t)m->line));
	}
	json_object_object_add(o, "console_lines", list);
}

static struct json_object *message_json(const struct report *r, const struct console_message *m)
{
	struct json_object *o = json_object_new_object();

	add(o, "line", m->line);
	add(o, "last_line", m->last);
	add(o, "count", m->count);
	json_object_object_add(o, "pattern", json_text(m->pattern->id));
	json_object_object_add(o, "text", json_text(m->text));
	json_object_object_add(o, "meaning", json_text(m->pattern->meaning));
	json_object_object_add(o, "may_be", json_text(m->pattern->explains));
	json_object_object_add(o, "explained", json_object_new_boolean(is_explained(r, m)));
	return o;
}

void report_console_summary(struct json_object *o, const struct report *r)
{
	struct json_object *list;

	if (!r->console)
		return;
	list = json_object_new_array();
	for (size_t i = 0; i < r->console->n; i++)
		json_object_array_add(list, message_json(r, &r->console->m[i]));
	json_object_object_add(o, "console", list);
}
