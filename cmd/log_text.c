/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last boots for people. */
#include "cmd/escaped.h"
#include "cmd/log_report.h"

#define PROBLEMS 20u /* of a boot that are shown */

static void put_time(FILE *out, const struct syslogtime *t)
{
	char buf[SYSLOGTIME_TEXT];

	if (!t->known) {
		fputs("time not known", out);
		return;
	}
	syslogtime_format(t, buf);
	fputs(buf, out);
}

static void put_uptime(FILE *out, int64_t us)
{
	int64_t s = us / SYSLOGTIME_SECOND;

	if (us == SYSLOGLINE_NO_UPTIME || s <= 0)
		return;
	if (s >= 86400)
		fprintf(out, ", up %lldd %02dh", (long long)(s / 86400), (int)(s / 3600 % 24));
	else if (s >= 3600)
		fprintf(out, ", up %dh %02dm", (int)(s / 3600), (int)(s / 60 % 60));
	else
		fprintf(out, ", up %dm %02ds", (int)(s / 60), (int)(s % 60));
}

static void put_head(FILE *out, const struct bootlog_boot *b, size_t number)
{
	fprintf(out, "\nboot %zu: ", number);
	put_time(out, &b->first);
	if (b->last.known) {
		fputs(" to ", out);
		put_time(out, &b->last);
	}
	put_uptime(out, b->uptime);
	if (b->release[0]) {
		fputs(", Linux ", out);
		escaped_put(out, b->release);
	}
	fputc('\n', out);
	if (!b->whole)
		fputs("  its beginning is not in the logs\n", out);
}

static void put_course(FILE *out, const struct bootlog_boot *b)
{
	fprintf(out, "  it %s, and %s\n", b->up ? "came up" : "is not known to have come up",
		log_end(b));
	if (b->emergency)
		fputs("  it was in emergency mode\n", out);
	if (!b->up && b->reached[0]) {
		fputs("  last target: ", out);
		escaped_put(out, b->reached);
		fputc('\n', out);
	}
	if (b->words[0]) {
		fputs("  last line: ", out);
		escaped_put(out, b->words);
		fputc('\n', out);
	}
}

static void put_explained(FILE *out, const struct log_report *r, const struct logpattern *p)
{
	const struct finding *f = NULL;

	while ((f = log_explained(r, p, f))) {
		fprintf(out, "          finding %s", f->problem->id);
		if (f->path) {
			fputs(": ", out);
			escaped_put(out, f->path);
			if (f->line)
				fprintf(out, ":%zu", f->line);
		}
		if (f->detail) {
			fputs(": ", out);
			escaped_put(out, f->detail);
		}
		fputc('\n', out);
	}
}

static void put_problem(FILE *out, const struct log_report *r, const struct bootlog_problem *q)
{
	fprintf(out, "  %5llux %s: %s\n          ", (unsigned long long)q->count,
		logpattern_class(q->pattern->class), q->pattern->meaning);
	escaped_put(out, q->text);
	fputs("\n          ", out);
	put_time(out, &q->last);
	fputs(", first in ", out);
	escaped_put(out, q->file);
	fprintf(out, ":%llu\n", (unsigned long long)q->line);
	put_explained(out, r, q->pattern);
}

static void put_boot(FILE *out, const struct log_report *r, size_t i)
{
	const struct bootlog_boot *b = r->boot[i];
	const struct bootlog_problem *order[BOOTLOG_PROBLEMS];

	put_head(out, b, i + 1);
	put_course(out, b);
	log_order(b, order);
	for (size_t k = 0; k < b->n && k < PROBLEMS; k++)
		put_problem(out, r, order[k]);
	if (b->n > PROBLEMS)
		fprintf(out, "  %zu more kinds of problems: --json has them\n", b->n - PROBLEMS);
	if (b->more)
		fprintf(out, "  %llu more lines tell of other problems\n",
			(unsigned long long)b->more);
}

void log_text(FILE *out, const struct log_report *r)
{
	size_t read = 0;

	for (size_t i = 0; i < r->sources->n; i++)
		read += !r->sources->s[i].left_out;
	fprintf(out, "%zu boot%s in %zu log%s", r->n, r->n == 1 ? "" : "s", read,
		read == 1 ? "" : "s");
	if (r->earlier)
		fprintf(out, ", and %llu earlier ones", (unsigned long long)r->earlier);
	if (read < r->sources->n)
		fprintf(out, " (%zu logs say the same again)", r->sources->n - read);
	fputc('\n', out);
	for (size_t i = 0; i < r->shown; i++)
		put_boot(out, r, i);
	if (r->shown < r->n)
		fprintf(out, "\n%zu more boots: --boots N shows them\n", r->n - r->shown);
}
