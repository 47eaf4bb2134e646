/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a scan found and did, ready to be told. Three renderers of the same list: text, JSON, JSON
 * lines.
 */
#ifndef BOOTMEND_REPORT_H
#define BOOTMEND_REPORT_H

#include <stdio.h>

#include "cmd/command.h"
#include "lib/check.h"
#include "lib/consolelog.h"
#include "lib/wayin.h"
#include "lib/platform.h"

enum report_mode { REPORT_SCAN, REPORT_DRY_RUN, REPORT_FIX };

struct report {
	const char *const *targets; /* NULL-terminated */
	enum report_mode mode;
	const struct root *root;   /* for the diffs of single findings; NULL: none are shown */
	const struct facts *facts; /* NULL when no root was found */
	const struct platform_wanted *platform; /* where it shall run; NULL: nobody asked */
	const struct finding *findings;
	const struct wayin *ways_in; /* NULL: not judged */
	const char *const
		*steps; /* what was done to file systems before mounting; NULL-terminated or NULL */
	const struct bytes *diff;	  /* what --fix does or did; NULL: none */
	const char *run, *journal;	  /* of a fix that changed something; else NULL */
	const char *undo;		  /* the command that takes it back */
	const struct consolelog *console; /* of --console; NULL: none was given */
	const char *trouble;		  /* why it could not look or repair; NULL: it could */
	int status;
};

struct counts {
	size_t by_severity[NOTE + 1];		      /* not fixed */
	size_t fixed, left, notes, safe, ask, advice; /* left ones by what may be done about them */
	size_t unconfirmed;
};

struct style {
	bool color, terminal, quiet, verbose;
	size_t width; /* columns for what is wrapped; 0: not known */
};

#define REPORT_EACH 1000 /* findings of a problem and severity that are told one by one */

/* Findings that are told, and those that are only counted. Begin with { 0 }. */
struct report_tally {
	struct report_more {
		const struct problem *problem;
		enum severity severity;
		size_t told, more, more_fixed;
	} * kind;
	size_t n, cap;
};

/* Counts the finding in; false: there were too many of its kind already. */
bool report_tells(struct report_tally *t, const struct finding *f);
void report_tally_free(struct report_tally *t);
#define _cleanup_tally_ _cleanup_(report_tally_free)

struct counts report_counts(const struct report *r);
/* fsck's bits from the findings and the trouble. */
int report_status(const struct report *r);
/* The verdict in plain words, one or two sentences, no newline. free() it. */
char *report_verdict(const struct report *r);

void report_text(FILE *out, const struct report *r, const struct style *style);
void report_json(FILE *out, const struct report *r);
void report_jsonl(FILE *out, const struct report *r);

const char *outcome_name(enum outcome o); /* "open", "fixed", "clashes", "failed" */
/* The severity word with its colour when the style has colours; static text. */
const char *color_on(const struct style *style, enum severity s);
const char *color_off(const struct style *style);

#endif
