/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line a finding, so that grep and a flattened cloud log can be read:
 * SEVERITY ID PATH:LINE DETAIL [OUTCOME]. On a terminal grouped by boot stage.
 */
#include "cmd/escaped.h"
#include "cmd/report_console.h"
#include "cmd/wrap.h"
#include "lib/jsonio.h"
#include "lib/plan.h"

const char *color_on(const struct style *style, enum severity s)
{
	static const char *const colors[] = {
		[STOPS_BOOT] = "\033[1;31m",
		[BLOCKS_LOGIN] = "\033[31m",
		[DEGRADES] = "\033[33m",
		[NOTE] = "\033[36m",
	};

	return style->color ? colors[s] : "";
}

const char *color_off(const struct style *style)
{
	return style->color ? "\033[0m" : "";
}

static void put_outcome(FILE *out, const struct report *r, const struct finding *f)
{
	switch (f->outcome) {
	case FIXED:
		fputs(" [fixed]", out);
		break;
	case CLASHES:
	case FAILED:
		fprintf(out, " [%s: ", outcome_name(f->outcome));
		escaped_put(out, f->outcome_why ? f->outcome_why : "unknown reason");
		fputs("]", out);
		break;
	case OPEN:
		if (r->mode == REPORT_FIX && f->severity != NOTE)
			fputs(finding_has_fix(f) && f->safety == FIX_ASK ? " [left: needs --fix=ID]"
									 : " [left]",
			      out);
	}
}

static void put_line(FILE *out, const struct report *r, const struct finding *f,
		     const struct style *style)
{
	fprintf(out, "%s%s%s %s", color_on(style, f->severity), severity_name(f->severity),
		color_off(style), f->problem->id);
	if (f->path) {
		fputc(' ', out);
		escaped_put(out, f->path);
		if (f->line)
			fprintf(out, ":%zu", f->line);
	}
	fputc(' ', out);
	escaped_put(out, f->detail);
	if (f->absence && r->facts && r->facts->stale && f->outcome != FIXED)
		fputs(" (unconfirmed: a journal is not replayed)", out);
	put_outcome(out, r, f);
	fputc('\n', out);
}

/* Lines of a longer text, each behind the same mark. */
static void put_block(FILE *out, const char *label, const char *text)
{
	const char *mark = label;

	while (*text) {
		size_t n = strcspn(text, "\n");
		_cleanup_bytes_ struct bytes b = { 0 };

		text_escape(text, n, &b);
		fprintf(out, "    %-9s %s\n", mark, b.data);
		mark = "";
		text += n + (text[n] == '\n');
	}
}

static void put_more(FILE *out, const struct report *r, const struct finding *f,
		     const struct style *style, uint64_t *budget)
{
	const struct wrap why = { .width = style->width ? style->width : WRAP_WIDTH,
				  .first = "    why:      ",
				  .rest = "              " };
	_cleanup_bytes_ struct bytes diff = { 0 };

	if (f->quote)
		put_block(out, "line:", f->quote);
	wrap_words(out, f->problem->why, &why);
	if (f->problem->console)
		put_block(out, "console:", f->problem->console);
	put_block(out, "by hand:", f->problem->by_hand);
	for (size_t i = 0; f->choices && f->choices[i]; i++)
		put_block(out, "choice:", f->choices[i]);
	if (r->root && f->edits && f->outcome == OPEN)
		finding_diff(r->root, f, budget, &diff);
	if (diff.len)
		put_block(out, "fix:", diff.data);
}

static void put_choices(FILE *out, const struct finding *f)
{
	for (size_t i = 0; f->choices && f->choices[i]; i++) {
		fputs("    choice: ", out);
		escaped_put(out, f->choices[i]);
		fputc('\n', out);
	}
}

/* What was too much to be told one by one, in a line of the same shape. */
static void put_more_of(FILE *out, const struct report_tally *t, const struct style *style)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct report_more *k = &t->kind[i];

		if (!k->more)
			continue;
		fprintf(out, "%s%s%s %s %zu more, not listed", color_on(style, k->severity),
			severity_name(k->severity), color_off(style), k->problem->id, k->more);
		if (k->more_fixed)
			fprintf(out, " [%zu fixed]", k->more_fixed);
		fputc('\n', out);
	}
}

static void put_findings(FILE *out, const struct report *r, const struct style *style)
{
	_cleanup_tally_ struct report_tally tally = { 0 };
	uint64_t budget = FINDING_DIFFS;
	int stage = -1;

	for (const struct finding *f = r->findings; f; f = f->next) {
		if (!report_tells(&tally, f))
			continue;
		if (style->terminal && !style->quiet && (int)f->problem->stage != stage) {
			stage = (int)f->problem->stage;
			fprintf(out, "\n%s:\n", stage_name(f->problem->stage));
		}
		put_line(out, r, f, style);
		if (style->verbose)
			put_more(out, r, f, style, &budget);
		else if (!style->quiet)
			put_choices(out, f);
		if (!style->quiet)
			report_console_finding(out, r, f);
	}
	put_more_of(out, &tally, style);
}

/* Drivers are judged by it, so that a wrong guess must be seen. */
static void put_platform(FILE *out, const struct platform_wanted *w)
{
	if (w->need == NEED_NOTHING) {
		fputs("platform: not known, any will do; --platform says it\n", out);
		return;
	}
	fputs("platform: ", out);
	for (size_t i = 0; i < w->n; i++) {
		if (i)
			fputs(w->need == NEED_ALL ? ", " : " or ", out);
		escaped_put(out, w->name[i]);
	}
	fputs(w->need == NEED_ALL ? ", as " : ", by ", out);
	escaped_put(out, w->from);
	fputs(w->need == NEED_ALL ? " says\n" : "; --platform says it better\n", out);
}

static void put_heading(FILE *out, const struct report *r)
{
	const struct facts *k = r->facts;

	for (size_t i = 0; r->targets[i]; i++) {
		fputs(i ? ", " : "target: ", out);
		escaped_put(out, r->targets[i]);
	}
	if (k) {
		fputs(": ", out);
		escaped_put(out, *k->os.pretty ? k->os.pretty : "unknown system");
		if (k->root_part) {
			fprintf(out, ", root on ");
			escaped_put(out, k->root_part->type ? k->root_part->type : "?");
			if (k->root_part->number > 0)
				fprintf(out, " partition %d", k->root_part->number);
			else if (k->root_part->layer)
				fputc(' ', out);
			escaped_put(out, k->root_part->layer ? k->root_part->layer : "");
		}
		if (k->stale)
			fputs(", journal not replayed: the view may be stale", out);
	}
	fputc('\n', out);
	if (r->platform)
		put_platform(out, r->platform);
	for (size_t i = 0; r->steps && r->steps[i]; i++) {
		fputs(r->mode == REPORT_DRY_RUN ? "would run: " : "done: ", out);
		escaped_put(out, r->steps[i]);
		fputc('\n', out);
	}
}

static void put_ways_in(FILE *out, const struct wayin *w)
{
	_cleanup_arena_ struct arena *a = arena_new();

	if (!w)
		return;
	fputs("ways in: ", out);
	escaped_put(out, wayin_text(a, w));
	fputc('\n', out);
}

static void put_end(FILE *out, const struct report *r, const struct style *style)
{
	_cleanup_free_ char *verdict = report_verdict(r);

	if (style->terminal)
		fputc('\n', out);
	put_ways_in(out, r->ways_in);
	fputs("verdict: ", out);
	escaped_put(out, verdict);
	fputc('\n', out);
	if (r->run) {
		fputs("backup: ", out);
		escaped_put(out, r->journal);
		fputs("\nundo: ", out);
		escaped_put(out, r->undo);
		fputc('\n', out);
	}
}

/* A diff is bytes for patch(1), but a terminal must not be driven by the disk. */
static void put_diff(FILE *out, const struct bytes *diff, const struct style *style)
{
	if (!style->terminal) {
		fwrite(diff->data, 1, diff->len, out);
		return;
	}
	for (const char *p = diff->data, *end = p + diff->len; p < end;) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t n = nl ? (size_t)(nl - p) : (size_t)(end - p);
		_cleanup_bytes_ struct bytes b = { 0 };
		const char *color = *p == '+' ? "\033[32m" : *p == '-' ? "\033[31m" : "";

		text_escape(p, n, &b);
		fprintf(out, "%s%s%s\n", style->color ? color : "", b.data,
			style->color && *color ? "\033[0m" : "");
		p += n + (nl != NULL);
	}
}

void report_text(FILE *out, const struct report *r, const struct style *style)
{
	bool only_diff = style->quiet && r->mode == REPORT_DRY_RUN;

	if (!style->quiet)
		put_heading(out, r);
	if (!only_diff)
		put_findings(out, r, style);
	if (r->mode == REPORT_DRY_RUN && r->diff && r->diff->len)
		put_diff(out, r->diff, style);
	if (style->quiet)
		return;
	report_console_rest(out, r);
	put_end(out, r, style);
}
