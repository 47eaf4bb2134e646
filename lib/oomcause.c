/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/oomcause_parts.h"

static const char *const cause_names[] = {
	[OOM_CAUSE_UNKNOWN] = "unknown",
	[OOM_CAUSE_CGROUP] = "cgroup-limit",
	[OOM_CAUSE_PARENT] = "parent-cgroup-limit",
	[OOM_CAUSE_GLOBAL] = "global",
	[OOM_CAUSE_NODE] = "memory-node",
	[OOM_CAUSE_FRAGMENTATION] = "fragmentation",
	[OOM_CAUSE_MANUAL] = "manual",
};

static const char *const factor_names[OOM_FACTORS] = {
	"slab-leak",  "page-tables",	 "hugepages",	  "swap-exhausted", "no-swap",
	"fork-storm", "min-free-kbytes", "shared-memory", "low-memory",
};

static const char *const scope_names[] = {
	[OOM_SCOPE_UNKNOWN] = "unknown", [OOM_SCOPE_GLOBAL] = "global",
	[OOM_SCOPE_CGROUP] = "cgroup",	 [OOM_SCOPE_PARENT] = "parent-cgroup",
	[OOM_SCOPE_CPUSET] = "cpuset",	 [OOM_SCOPE_POLICY] = "policy",
	[OOM_SCOPE_MANUAL] = "manual",
};

const char *oomcause_name(enum oom_cause c)
{
	return cause_names[c];
}

const char *oomcause_factor(unsigned bit)
{
	return factor_names[bit];
}

const char *oomcause_scope(enum oom_scope s)
{
	return scope_names[s];
}

static int64_t zone_size(const struct oom_zone *z)
{
	int64_t kb = z->managed != OOM_UNKNOWN ? z->managed : z->present;

	return kb != OOM_UNKNOWN && kb < OOMCAUSE_MAX ? kb : 0;
}

int64_t oomcause_memory(const struct oom_event *e)
{
	int64_t kb = oomcause_kb(e, e->mem.ram), sum = 0;

	if (kb) {
		int64_t reserved = oomcause_kb(e, e->mem.reserved);

		return reserved < kb ? kb - reserved : kb;
	}
	for (size_t i = 0; i < e->zones; i++)
		sum += zone_size(&e->zone[i]);
	return sum;
}

/* --- the factors --- */

static bool at_least(int64_t part, int64_t whole, int percent)
{
	return part > 0 && whole > 0 && part / percent >= whole / 100;
}

static unsigned memory_factors(const struct oom_event *e, int64_t total)
{
	unsigned f = 0;
	int64_t min = 0;

	for (size_t i = 0; i < e->zones; i++)
		min += e->zone[i].min > 0 && e->zone[i].min < OOMCAUSE_MAX ? e->zone[i].min : 0;
	f |= at_least(oomcause_kb(e, e->mem.slab_unreclaimable), total, 25) ? OOM_SLAB_LEAK : 0;
	f |= at_least(oomcause_kb(e, e->mem.pagetables), total, 10) ? OOM_PAGE_TABLES : 0;
	f |= at_least(e->mem.huge_total, total, 30) ? OOM_HUGE_PAGES : 0;
	f |= at_least(oomcause_kb(e, e->mem.shmem), total, 40) ? OOM_SHMEM : 0;
	f |= at_least(min, total, 8) ? OOM_MIN_FREE : 0;
	if (e->mem.swap_total == 0)
		f |= OOM_NO_SWAP;
	else if (e->mem.swap_total > 0 && e->mem.swap_free >= 0 &&
		 e->mem.swap_free <= e->mem.swap_total / 50)
		f |= OOM_SWAP_FULL;
	return f;
}

/* A 32-bit kernel keeps its own things, and much else, in the first 896 MB only. */
static bool lacks_low_memory(const struct oom_event *e)
{
	bool normal_short = false, high_plenty = false;

	for (size_t i = 0; i < e->zones; i++) {
		const struct oom_zone *z = &e->zone[i];

		if (streq(z->name, "Normal"))
			normal_short |= z->free < z->low;
		if (streq(z->name, "HighMem"))
			high_plenty |= z->low >= 0 && z->free > z->low * 2;
	}
	return normal_short && high_plenty;
}

static unsigned cgroup_factors(const struct oom_event *e)
{
	const struct oom_stats *s = &e->stats;
	int64_t limit = oomcause_is_limit(e->memory.limit) ? e->memory.limit : 0;
	unsigned f = 0;

	if (limit > OOMCAUSE_MAX)
		return 0;
	f |= at_least(s->slab_unreclaimable / 1024, limit, 40) ? OOM_SLAB_LEAK : 0;
	f |= at_least(s->pagetables / 1024, limit, 10) ? OOM_PAGE_TABLES : 0;
	f |= at_least(s->shmem / 1024, limit, 40) ? OOM_SHMEM : 0;
	if (oomcause_is_limit(e->swap.limit) && e->swap.limit > 0 && e->swap.usage > 0 &&
	    e->swap.usage >= e->swap.limit - e->swap.limit / 50)
		f |= OOM_SWAP_FULL;
	return f;
}

static bool is_cgroup(const struct oom_event *e)
{
	return e->scope == OOM_SCOPE_CGROUP || e->scope == OOM_SCOPE_PARENT;
}

static unsigned factors_of(const struct oom_event *e)
{
	unsigned f = is_cgroup(e) ? cgroup_factors(e) : memory_factors(e, oomcause_memory(e));

	if (e->n_names && e->names[0].n >= OOMCAUSE_STORM && e->names[0].n >= e->processes / 2)
		f |= OOM_FORK_STORM;
	if (!is_cgroup(e) && lacks_low_memory(e))
		f |= OOM_LOW_MEMORY;
	return f;
}

/* --- the cause --- */

static bool has_block(const struct oom_zone *z, int64_t order)
{
	for (size_t k = (size_t)order; k < OOM_ORDERS; k++) {
		if (z->block[k] > 0)
			return true;
	}
	return false;
}

/* Free memory is above the watermark, but nowhere in one piece of the size that was asked for. */
static bool is_fragmented(const struct oom_event *e)
{
	bool plenty = false;

	if (e->order <= 0 || e->order >= (int64_t)OOM_ORDERS)
		return false;
	for (size_t i = 0; i < e->zones; i++) {
		const struct oom_zone *z = &e->zone[i];

		/* The first 16 MB are kept for old devices. */
		if (streq(z->name, "DMA") || z->low == OOM_UNKNOWN || z->free <= z->low)
			continue;
		if (!z->blocks_known || has_block(z, e->order))
			return false;
		plenty = true;
	}
	return plenty;
}

static enum oom_cause cause_of(const struct oom_event *e)
{
	switch (e->scope) {
	case OOM_SCOPE_CGROUP:
		return OOM_CAUSE_CGROUP;
	case OOM_SCOPE_PARENT:
		return OOM_CAUSE_PARENT;
	case OOM_SCOPE_CPUSET:
	case OOM_SCOPE_POLICY:
		return is_fragmented(e) ? OOM_CAUSE_FRAGMENTATION : OOM_CAUSE_NODE;
	case OOM_SCOPE_GLOBAL:
		return is_fragmented(e) ? OOM_CAUSE_FRAGMENTATION : OOM_CAUSE_GLOBAL;
	case OOM_SCOPE_MANUAL:
		return OOM_CAUSE_MANUAL;
	case OOM_SCOPE_UNKNOWN:
		break;
	}
	return OOM_CAUSE_UNKNOWN;
}

void oomcause_judge(const struct oom_event *e, struct oom_judgement *out)
{
	*out = (struct oom_judgement){ .cause = cause_of(e), .factors = factors_of(e) };
	oomcause_why(e, out);
	oomcause_victim(e, out);
	oomcause_advice(e, out);
}

void oomcause_free(struct oom_judgement *j)
{
	bytes_free(&j->why);
	bytes_free(&j->victim);
	bytes_free(&j->advice);
}
