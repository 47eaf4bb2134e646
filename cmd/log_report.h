/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `bootmend log` found, and its two renderers. */
#ifndef BOOTMEND_LOG_REPORT_H
#define BOOTMEND_LOG_REPORT_H

#include <stdio.h>

#include "cmd/command.h"
#include "lib/bootlogread.h"
#include "lib/check.h"

struct log_report {
	struct bootlog_boot *const *boot; /* newest first */
	size_t n, shown;
	uint64_t earlier; /* boots that are not among them */
	const struct bootlog_sources *sources;
	const struct finding *findings; /* of a scan of the disk */
};

void log_text(FILE *out, const struct log_report *r);
void log_json(FILE *out, const struct log_report *r);

/* "shut down", … */
const char *log_end(const struct bootlog_boot *b);
/* The next finding that a problem's pattern explains; begin with NULL. NULL: no more. */
const struct finding *log_explained(const struct log_report *r, const struct logpattern *p,
				    const struct finding *last);
/* The problems of a boot, newest first: out has room for b->n. */
void log_order(const struct bootlog_boot *b, const struct bootlog_problem **out);

#endif
