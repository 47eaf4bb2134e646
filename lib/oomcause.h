/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why an OOM event came about, why it hit the process it hit, and what to change: judged from the
 * event alone, in words.
 *
 * Sources: Linux mm/oom_kill.c (oom_badness), mm/page_alloc.c (watermarks), Documentation/
 * admin-guide/sysctl/vm.rst, cgroup-v1/memory.rst and cgroup-v2.rst.
 */
#ifndef BOOTMEND_OOMCAUSE_H
#define BOOTMEND_OOMCAUSE_H

#include "lib/oomlog.h"

enum oom_cause {
	OOM_CAUSE_UNKNOWN,
	OOM_CAUSE_CGROUP,
	OOM_CAUSE_PARENT,
	OOM_CAUSE_GLOBAL,
	OOM_CAUSE_NODE,
	OOM_CAUSE_FRAGMENTATION,
	OOM_CAUSE_MANUAL,
};

/* What made it worse, or what really holds the memory. */
enum oom_factor {
	OOM_SLAB_LEAK = 1 << 0,
	OOM_PAGE_TABLES = 1 << 1,
	OOM_HUGE_PAGES = 1 << 2,
	OOM_SWAP_FULL = 1 << 3,
	OOM_NO_SWAP = 1 << 4,
	OOM_FORK_STORM = 1 << 5,
	OOM_MIN_FREE = 1 << 6,
	OOM_SHMEM = 1 << 7,
	OOM_LOW_MEMORY = 1 << 8, /* of a 32-bit kernel */
};
#define OOM_FACTORS 9

struct oom_judgement {
	enum oom_cause cause;
	unsigned factors;
	struct bytes why;    /* a sentence or two */
	struct bytes victim; /* why that one; empty: nothing was killed */
	struct bytes advice; /* what to change, a line each */
};

void oomcause_judge(const struct oom_event *e, struct oom_judgement *out);
void oomcause_free(struct oom_judgement *j);
#define _cleanup_judgement_ _cleanup_(oomcause_free)

const char *oomcause_name(enum oom_cause c);  /* "parent-cgroup-limit" */
const char *oomcause_factor(unsigned bit);    /* "slab-leak" */
const char *oomcause_scope(enum oom_scope s); /* "cpuset" */

/* kB of the machine that processes can have at all; 0: not known. */
int64_t oomcause_memory(const struct oom_event *e);

#endif
