/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All events for people: what was killed how often, when, and the latest in full. */
#include "cmd/escaped.h"
#include "cmd/oom_report.h"
#include "cmd/oom_text_parts.h"

#define FULL 3u	     /* of the latest events are shown in full */
#define TIMELINE 40u /* events in the timeline */
#define NAMES 10u

static const char *const missing_words[] = { "trigger-line", "process-table", "table-header",
					     "kill-line",    "memory-info",   "scope" };
static const char *const missing_texts[] = {
	"the line that says who asked for memory",
	"the table of processes",
	"the header of the table of processes",
	"the line that says who was killed",
	"the state of the memory",
	"which limit was hit",
};

const char *oom_missing_word(unsigned bit)
{
	return bit < ARRAY_SIZE(missing_words) ? missing_words[bit] : NULL;
}

const char *oom_missing_text(unsigned bit)
{
	return bit < ARRAY_SIZE(missing_texts) ? missing_texts[bit] : NULL;
}

void oom_put_size(FILE *out, int64_t kb)
{
	char buf[32];

	if (kb == OOM_UNKNOWN || kb < 0 || kb > INT64_MAX / 1024)
		fputs("?", out);
	else
		fputs(format_size((uint64_t)kb * 1024, buf, sizeof(buf)), out);
}

void oom_put_time(FILE *out, const struct oom_event *e)
{
	char buf[SYSLOGTIME_TEXT];
	int64_t s = e->uptime / SYSLOGTIME_SECOND;

	if (e->time.known) {
		syslogtime_format(&e->time, buf);
		fputs(buf, out);
	} else if (e->uptime != SYSLOGLINE_NO_UPTIME) {
		fprintf(out, "uptime %lldd %02d:%02d:%02d", (long long)(s / 86400),
			(int)(s / 3600 % 24), (int)(s / 60 % 60), (int)(s % 60));
	} else {
		fputs("time not known", out);
	}
}

static void put_times(FILE *out, uint64_t n)
{
	if (n == 1)
		fputs("once", out);
	else
		fprintf(out, "%llu times", (unsigned long long)n);
}

static void put_killed(FILE *out, const struct oomlist_view *v)
{
	size_t shown = 0;

	for (size_t i = 0; i < v->names && v->name[i].killed; i++, shown++) {
		if (shown == NAMES) {
			fputs(", and others", out);
			break;
		}
		fputs(shown ? ", " : "killed: ", out);
		escaped_put(out, v->name[i].name);
		fputc(' ', out);
		put_times(out, v->name[i].killed);
	}
	if (shown)
		fputc('\n', out);
}

static void put_growing(FILE *out, const struct oomlist_view *v)
{
	for (size_t i = 0; i < v->names; i++) {
		if (!oomlist_grows(&v->name[i]))
			continue;
		fputs("growing: ", out);
		escaped_put(out, v->name[i].name);
		fputs(" from ", out);
		oom_put_size(out, v->name[i].first_kb);
		fputs(" to ", out);
		oom_put_size(out, v->name[i].last_kb);
		fprintf(out, " in %llu events\n", (unsigned long long)v->name[i].seen);
	}
}

static void put_line(FILE *out, const struct oomlist_event *le)
{
	const struct oom_event *e = &le->e;
	struct oom_judgement j;

	oomcause_judge(e, &j);
	fprintf(out, "  %4llu  ", (unsigned long long)le->number);
	oom_put_time(out, e);
	fputs("  ", out);
	if (e->victims) {
		escaped_put(out, e->victim[0].name[0] ? e->victim[0].name : "?");
		fprintf(out, " (pid %lld", (long long)e->victim[0].pid);
		if (e->victim[0].anon != OOM_UNKNOWN) {
			fputs(", ", out);
			oom_put_size(out, e->victim[0].anon);
		}
		fputc(')', out);
	} else {
		fputs(e->no_killable ? "nothing to kill" : "nothing known to be killed", out);
	}
	fprintf(out, "  %s", oomcause_name(j.cause));
	if (e->limit_path[0]) {
		fputc(' ', out);
		escaped_put(out, e->limit_path);
	}
	fputc('\n', out);
	oomcause_free(&j);
}

static void put_timeline(FILE *out, const struct oomlist_view *v)
{
	size_t from = v->n > TIMELINE ? v->n - TIMELINE : 0;

	fputs("timeline:\n", out);
	if (v->total > v->n - from)
		fprintf(out, "  %llu more events before these\n",
			(unsigned long long)(v->total - (v->n - from)));
	for (size_t i = from; i < v->n; i++)
		put_line(out, v->event[i]);
}

static void put_head(FILE *out, const struct oom_report *r)
{
	const struct oomlist_view *v = &r->view;

	if (!v->total)
		fputs("no OOM events", out);
	else
		fprintf(out, "%llu OOM event%s", (unsigned long long)v->total,
			v->total == 1 ? "" : "s");
	if (r->sources == 1) {
		fputs(" in ", out);
		escaped_put(out,
			    streq(r->source[0].name, "-") ? "standard input" : r->source[0].name);
	} else {
		fprintf(out, " in %zu logs", r->sources);
	}
	if (v->duplicates)
		fprintf(out, " (%llu more are the same, told twice)",
			(unsigned long long)v->duplicates);
	if (v->earlier)
		fprintf(out, " (%llu earlier ones left out)", (unsigned long long)v->earlier);
	if (v->undated)
		fprintf(out, " (%llu without a date)", (unsigned long long)v->undated);
	fputc('\n', out);
}

void oom_text(FILE *out, const struct oom_report *r)
{
	const struct oomlist_view *v = &r->view;
	size_t from = v->n > FULL ? v->n - FULL : 0;

	if (!r->only) {
		put_head(out, r);
		put_killed(out, v);
		put_growing(out, v);
		if (v->total > 1)
			put_timeline(out, v);
	}
	for (size_t i = from; i < v->n; i++) {
		if (i > from || !r->only)
			fputc('\n', out);
		oom_text_event(out, r, v->event[i]);
	}
	if (!r->only && v->total > v->n - from)
		fprintf(out, "\n%llu more events: --event N shows one of them\n",
			(unsigned long long)(v->total - (v->n - from)));
}
