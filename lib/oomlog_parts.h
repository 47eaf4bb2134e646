/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of oomlog: an event that is being read, and the readers of its lines. */
#ifndef BOOTMEND_OOMLOG_PARTS_H
#define BOOTMEND_OOMLOG_PARTS_H

#include "lib/oomlog.h"

#define OOM_COLUMNS 24u
#define OOM_TALLY 256u /* different names of a table that are counted */

enum oom_column {
	OOM_COL_OTHER,
	OOM_COL_UID,
	OOM_COL_TGID,
	OOM_COL_TOTAL_VM,
	OOM_COL_RSS,
	OOM_COL_RSS_ANON,
	OOM_COL_RSS_FILE,
	OOM_COL_RSS_SHMEM,
	OOM_COL_PTES, /* in pages; more than one column of them adds up */
	OOM_COL_PGTABLES,
	OOM_COL_SWAP,
	OOM_COL_ADJ,
};

struct oom_open {
	struct oom_event e;
	char caller[24];
	struct syslogtime last_time;
	int64_t last_uptime;
	unsigned char column[OOM_COLUMNS];
	size_t columns;
	struct oom_name tally[OOM_TALLY];
	size_t tallied;
	struct oom_process last_row;
	bool global, memcg; /* which kind the words say it is */
	bool located;	    /* the oom-kill: line is there */
	bool killed;
};

/* Each takes a text whose shape was recognised by its mark; what does not parse is left out. */
void oomlog_trigger(struct oom_open *o, struct slice text);
void oomlog_cpuset(struct oom_open *o, struct slice text);
void oomlog_cpu(struct oom_open *o, struct slice text);
void oomlog_task_in(struct oom_open *o, struct slice text);
void oomlog_limit(struct oom_open *o, struct slice text);
void oomlog_located(struct oom_open *o, struct slice text);
void oomlog_chosen(struct oom_open *o, struct slice text);
void oomlog_killed(struct oom_open *o, struct slice text);
void oomlog_sharing(struct oom_open *o, struct slice text);

void oomlog_stats(struct oom_open *o, struct slice text);
void oomlog_stat(struct oom_open *o, struct slice text);
void oomlog_counts(struct oom_open *o, struct slice text);
void oomlog_node(struct oom_open *o, struct slice text);
void oomlog_pages(struct oom_open *o, struct slice text);
void oomlog_swap(struct oom_open *o, struct slice text);
void oomlog_slab(struct oom_open *o, struct slice text);

void oomlog_header(struct oom_open *o, struct slice text);
void oomlog_row(struct oom_open *o, struct slice text);

/* The shape of lines that have no mark. */
bool oomlog_is_stat(struct slice text);
bool oomlog_is_counts(struct slice text);
bool oomlog_is_node(struct slice text);
bool oomlog_is_pages(struct slice text);
bool oomlog_is_slab(struct slice text);
bool oomlog_is_row(struct slice text);
bool oomlog_is_header(struct slice text);
bool oomlog_is_killed(struct slice text);
bool oomlog_is_chosen(struct slice text);
/* The pid behind "process " in lines about a kill; -1: none. */
int64_t oomlog_pid_of(struct slice text);

/* Everything unset, nothing known. */
void oomlog_open_event(struct oom_open *o);
/* What follows from all lines together: scope, victim, page size, what is missing. */
void oomlog_settle(struct oom_open *o);

static inline void oomlog_set(int64_t *to, int64_t value)
{
	if (*to == OOM_UNKNOWN)
		*to = value;
}

#endif
