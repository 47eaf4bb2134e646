/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `bootmend scan` was asked to do: its options, read and checked. */
#ifndef BOOTMEND_SCAN_JOB_H
#define BOOTMEND_SCAN_JOB_H

#include "cmd/report.h"
#include "cmd/session.h"
#include "lib/scan.h"

enum exit_style { EXIT_FSCK, EXIT_BOOTABLE };
enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_JSONL };

struct scan_job {
	struct arena *arena;
	struct session_options session;
	struct selection selection;
	struct plan_policy policy;
	const char *journal_dir;
	const struct consolelog *console; /* NULL: none */
	bool fix, dry_run;
	enum format format;
	enum exit_style exit;
	struct style style;
};

/* Fills job, whose arena is set. OPTIONS_GO, or the status to end with. */
int scan_job_read(int argc, const char **argv, struct scan_job *job);

#endif
