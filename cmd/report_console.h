/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of the report: what --console adds to it; nothing when there is no console. */
#ifndef BOOTMEND_REPORT_CONSOLE_H
#define BOOTMEND_REPORT_CONSOLE_H

#include <json-c/json.h>

#include "cmd/report.h"

/* Lines below a finding, and those behind all of them. */
void report_console_finding(FILE *out, const struct report *r, const struct finding *f);
void report_console_rest(FILE *out, const struct report *r);
/* Members of a finding, and of the summary. */
void report_console_lines(struct json_object *o, const struct report *r, const struct finding *f);
void report_console_summary(struct json_object *o, const struct report *r);

#endif
