/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports of the kernel's OOM killer, read out of the lines of a log.
 *
 *	oomlog_new(take, arg)			take() gets each event when it is complete
 *	oomlog_begin(l, name, reference)	for each file
 *	oomlog_read(l, reader)			all its lines; or oomlog_line() for each
 *	oomlog_end(l)				what is open is given out as it is
 *	oomlog_free(l)
 *
 * Lines are known by their shape, never by a kernel's version, and the process table by the names
 * in its header. Whatever is missing stays unset and is named in the event's `missing`; an event
 * begins with whichever of its lines comes first. Nothing is allocated but what oomlog_new() takes.
 *
 * Sizes are kB as the kernel writes them, unless the name says pages or bytes.
 *
 * Sources: Linux mm/oom_kill.c, mm/memcontrol.c, mm/page_alloc.c and mm/show_mem.c (2.6.32 to
 * 6.18), and reports of distributions' kernels.
 */
#ifndef BOOTMEND_OOMLOG_H
#define BOOTMEND_OOMLOG_H

#include "lib/syslogline.h"
#include "lib/syslogread.h"

#define OOM_UNKNOWN INT64_MIN /* of every int64_t below */
#define OOM_ROWS 64u	      /* largest processes that are kept */
#define OOM_VICTIMS 16u
#define OOM_ZONES 32u
#define OOM_ORDERS 11u
#define OOM_NAMES 8u
#define OOM_SLABS 8u
#define OOM_COMM 64u
#define OOM_PATH 1024u

enum oom_scope {
	OOM_SCOPE_UNKNOWN,
	OOM_SCOPE_GLOBAL,
	OOM_SCOPE_CGROUP,
	OOM_SCOPE_PARENT, /* a cgroup above the one of the task */
	OOM_SCOPE_CPUSET, /* memory nodes allowed by a cpuset */
	OOM_SCOPE_POLICY, /* memory nodes allowed by a policy of the process */
	OOM_SCOPE_MANUAL, /* asked for by SysRq f */
};

struct oom_limit {
	int64_t usage, limit, failcnt; /* kB, kB, times */
};

struct oom_process {
	char name[OOM_COMM];
	int64_t pid, tgid, uid;
	int64_t total_vm, rss, rss_anon, rss_file, rss_shmem, swap; /* pages */
	int64_t pgtables_bytes, adj;
};

struct oom_victim {
	char name[OOM_COMM];
	int64_t pid, uid, total_vm, anon, file, shmem, pgtables, adj; /* kB */
	bool from_choice; /* only the choice is known, not that it was killed */
	bool reaped;
};

struct oom_zone {
	int64_t node;
	char name[16];
	int64_t free, min, low, high, present, managed, active_anon, inactive_anon;
	int64_t block[OOM_ORDERS]; /* free blocks of 2^order pages; -1: not said */
	bool blocks_known;
};

/* In pages, as Mem-Info counts. */
struct oom_memory {
	int64_t active_anon, inactive_anon, active_file, inactive_file, unevictable, shmem,
		slab_reclaimable, slab_unreclaimable, pagetables, free, pagecache;
	int64_t ram, reserved;
	int64_t swap_free, swap_total, swap_cached; /* kB, kB, pages */
	int64_t huge_total, huge_free;		    /* kB, all sizes and nodes */
};

/* Of the cgroup, in bytes. */
struct oom_stats {
	int64_t anon, file, shmem, slab, slab_unreclaimable, kernel_stack, pagetables, kernel, sock,
		swap;
};

struct oom_name {
	char name[OOM_COMM];
	uint64_t n, rss; /* processes, pages */
};

struct oom_slab {
	char name[40];
	int64_t used, total; /* kB */
};

enum oom_missing {
	OOM_NO_TRIGGER = 1 << 0, /* the line that says who asked for memory */
	OOM_NO_TABLE = 1 << 1,
	OOM_NO_HEADER = 1 << 2, /* rows are there, their columns unknown */
	OOM_NO_KILL = 1 << 3,	/* it does not say that anything was killed */
	OOM_NO_MEMORY = 1 << 4, /* Mem-Info of a global one, the limit's usage of a cgroup's */
	OOM_NO_SCOPE = 1 << 5,
};

struct oom_event {
	char source[OOM_PATH];
	uint64_t first_line, last_line;
	struct syslogtime time;
	int64_t uptime; /* microseconds; SYSLOGLINE_NO_UPTIME */
	char host[72], boot_id[40], release[80];

	char trigger[OOM_COMM];
	int64_t trigger_pid, trigger_adj, order;
	uint64_t gfp_mask;
	char gfp_flags[160], nodemask[64], cpuset[OOM_PATH], mems_allowed[64];
	bool triggered; /* that line is there */

	enum oom_scope scope;
	char constraint[40], limit_path[OOM_PATH], task_path[OOM_PATH];
	struct oom_limit memory, memsw, swap, kmem;

	int64_t page_kb;
	struct oom_memory mem;
	struct oom_stats stats;
	struct oom_zone zone[OOM_ZONES];
	size_t zones;
	bool has_meminfo, has_stats;

	struct oom_process row[OOM_ROWS]; /* the largest by rss, largest first */
	size_t rows;
	uint64_t processes, rss_sum, swap_sum; /* of all rows; pages */
	struct oom_name names[OOM_NAMES];      /* with the most processes first */
	size_t n_names;
	bool has_header, has_swap, has_rss_parts;
	struct oom_slab slab[OOM_SLABS];
	size_t slabs;

	char chosen[OOM_COMM]; /* "Kill process N (NAME) score S": not always what is killed */
	int64_t chosen_pid, score;
	bool allocating_task, group_kill, no_killable, panic;
	struct oom_victim victim[OOM_VICTIMS];
	size_t victims;
	uint64_t more_victims;
	unsigned missing; /* enum oom_missing */
};

struct oomlog;

struct oomlog *oomlog_new(void (*take)(void *arg, const struct oom_event *e), void *arg);
void oomlog_free(struct oomlog *l); /* NULL is fine */
/* name is copied; reference as in syslogtime.h */
void oomlog_begin(struct oomlog *l, const char *name, int64_t reference);
void oomlog_line(struct oomlog *l, const struct syslogread_line *line);
void oomlog_read(struct oomlog *l, struct syslogread *r);
void oomlog_end(struct oomlog *l);

#endif
