/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What oom_text.c and oom_text_event.c share. */
#ifndef BOOTMEND_OOM_TEXT_PARTS_H
#define BOOTMEND_OOM_TEXT_PARTS_H

#include "cmd/oom_report.h"

/* "505.2 MiB" of kB, "?" when not known. */
void oom_put_size(FILE *out, int64_t kb);
/* The wall clock, else the uptime. */
void oom_put_time(FILE *out, const struct oom_event *e);

#endif
