/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `bootmend oom` found, and its two renderers. */
#ifndef BOOTMEND_OOM_REPORT_H
#define BOOTMEND_OOM_REPORT_H

#include <stdio.h>

#include "cmd/command.h"
#include "lib/arena.h"
#include "lib/oomcause.h"
#include "lib/oomcgroup.h"
#include "lib/oomlist.h"

struct oom_source {
	const char *name, *packing; /* packing NULL: not compressed */
	const char *reader;	    /* of a journal: "sd-journal", "raw"; else NULL */
	int error;		    /* 0, or -errno of what ended it early */
	uint64_t events;	    /* before duplicates are taken out */
};

struct oom_report {
	struct oomlist_view view;
	const struct oom_source *source;
	size_t sources;
	uint64_t only; /* --event; 0: all */
	size_t top;    /* processes that are shown */
	size_t width;  /* columns */
	bool terminal, color;
};

void oom_text(FILE *out, const struct oom_report *r);
/* Of one event. */
void oom_text_event(FILE *out, const struct oom_report *r, const struct oomlist_event *e);
void oom_json(FILE *out, const struct oom_report *r);

/* "header-lost", a word for each bit of the event's `missing`, in order; NULL behind the last. */
const char *oom_missing_word(unsigned bit);
/* The same for people. */
const char *oom_missing_text(unsigned bit);

#endif
