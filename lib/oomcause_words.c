/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/oomcause_parts.h"
#include "lib/oomcgroup.h"

#define SIZE(kb) oomcause_size(kb).s

static bool is_cgroup(const struct oom_event *e)
{
	return e->scope == OOM_SCOPE_CGROUP || e->scope == OOM_SCOPE_PARENT;
}

/* --- why --- */

static void add_limit(const struct oom_event *e, struct bytes *b)
{
	const struct oom_limit *m = &e->memory;

	if (m->usage == OOM_UNKNOWN || m->limit == OOM_UNKNOWN)
		return;
	if (!oomcause_is_limit(m->limit)) {
		bytes_addf(b, ": %s used", SIZE(m->usage));
		return;
	}
	bytes_addf(b, ": %s used of %s", SIZE(m->usage), SIZE(m->limit));
	if (m->failcnt > 0)
		bytes_addf(b, ", reached %lld times", (long long)m->failcnt);
}

static void why_cgroup(const struct oom_event *e, struct oom_judgement *j)
{
	const struct oom_limit *m = &e->memory, *w = &e->memsw;

	if (e->limit_path[0])
		bytes_addf(&j->why, "the cgroup '%s' reached its memory limit", e->limit_path);
	else
		bytes_adds(&j->why, "a cgroup reached its memory limit");
	/* Of cgroup 1: memory and swap together have a limit of their own. */
	if (oomcause_is_limit(w->limit) && w->usage >= w->limit && m->usage < m->limit)
		bytes_addf(&j->why, " of memory and swap together: %s used of %s", SIZE(w->usage),
			   SIZE(w->limit));
	else
		add_limit(e, &j->why);
	bytes_adds(&j->why, "; the machine itself need not have been short of memory");
}

static void why_parent(const struct oom_event *e, struct oom_judgement *j)
{
	struct oom_cgroup limit;

	oomcgroup_read(e->limit_path, &limit);
	bytes_addf(&j->why, "the limit of the parent cgroup '%s'%s was reached", e->limit_path,
		   limit.node ? ", what the node gives all pods together," : "");
	add_limit(e, &j->why);
	bytes_addf(&j->why, "; what was killed lived below it in '%s', within its own limit",
		   e->task_path);
}

static void add_free(const struct oom_event *e, struct bytes *b)
{
	int64_t total = oomcause_memory(e), unused = oomcause_kb(e, e->mem.free);

	if (total && unused)
		bytes_addf(b, " (%s free of %s)", SIZE(unused), SIZE(total));
}

static void why_global(const struct oom_event *e, struct oom_judgement *j)
{
	bytes_adds(&j->why, "the whole machine was out of memory");
	add_free(e, &j->why);
	if (j->factors & OOM_NO_SWAP)
		bytes_adds(&j->why, " and has no swap");
	else if (j->factors & OOM_SWAP_FULL)
		bytes_addf(&j->why, ", and its %s of swap were full", SIZE(e->mem.swap_total));
}

static void why_node(const struct oom_event *e, struct oom_judgement *j)
{
	const char *nodes = e->scope == OOM_SCOPE_CPUSET ? e->mems_allowed : e->nodemask;

	bytes_addf(&j->why, "the memory nodes%s%s that %s allows were full", nodes[0] ? " " : "",
		   nodes,
		   e->scope == OOM_SCOPE_CPUSET ? "the cpuset" : "the process's memory policy");
	add_free(e, &j->why);
	bytes_adds(&j->why, "; memory of other nodes could not be used");
}

static void why_fragmentation(const struct oom_event *e, struct oom_judgement *j)
{
	bytes_addf(
		&j->why,
		"memory is fragmented: %s in one piece were asked for (order %lld), and although "
		"enough was free no piece was that large",
		SIZE(e->page_kb << e->order), (long long)e->order);
	add_free(e, &j->why);
}

static void why_manual(const struct oom_event *e UNUSED, struct oom_judgement *j)
{
	bytes_adds(&j->why, "somebody asked for it: SysRq f (or an 'f' written to "
			    "/proc/sysrq-trigger); memory need not have been short");
}

static void why_unknown(const struct oom_event *e, struct oom_judgement *j)
{
	bytes_addf(&j->why, "not known: the lines that tell it are missing%s",
		   e->triggered ? "" : ", and so is the beginning of the report");
}

static void (*const whys[])(const struct oom_event *e, struct oom_judgement *j) = {
	[OOM_CAUSE_UNKNOWN] = why_unknown, [OOM_CAUSE_CGROUP] = why_cgroup,
	[OOM_CAUSE_PARENT] = why_parent,   [OOM_CAUSE_GLOBAL] = why_global,
	[OOM_CAUSE_NODE] = why_node,	   [OOM_CAUSE_FRAGMENTATION] = why_fragmentation,
	[OOM_CAUSE_MANUAL] = why_manual,
};

static int64_t slab_kb(const struct oom_event *e)
{
	return is_cgroup(e) ? e->stats.slab_unreclaimable / 1024
			    : oomcause_kb(e, e->mem.slab_unreclaimable);
}

static int64_t table_kb(const struct oom_event *e)
{
	return is_cgroup(e) ? e->stats.pagetables / 1024 : oomcause_kb(e, e->mem.pagetables);
}

static int64_t shmem_kb(const struct oom_event *e)
{
	return is_cgroup(e) ? e->stats.shmem / 1024 : oomcause_kb(e, e->mem.shmem);
}

static void add_factors(const struct oom_event *e, struct oom_judgement *j)
{
	struct bytes *b = &j->why;

	if (j->factors & OOM_SLAB_LEAK)
		bytes_addf(b, "; the kernel itself holds %s that it cannot give back (slab%s%s)",
			   SIZE(slab_kb(e)), e->slabs ? ", most of it " : "",
			   e->slabs ? e->slab[0].name : "");
	if (j->factors & OOM_PAGE_TABLES)
		bytes_addf(b, "; page tables alone take %s", SIZE(table_kb(e)));
	if (j->factors & OOM_HUGE_PAGES)
		bytes_addf(b, "; %s are reserved as huge pages, %s of them unused",
			   SIZE(e->mem.huge_total), SIZE(e->mem.huge_free));
	if (j->factors & OOM_SHMEM)
		bytes_addf(b, "; shared memory and tmpfs hold %s", SIZE(shmem_kb(e)));
	if (j->factors & OOM_FORK_STORM)
		bytes_addf(b, "; %llu of the %llu processes are '%s'",
			   (unsigned long long)e->names[0].n, (unsigned long long)e->processes,
			   e->names[0].name);
	if (j->factors & OOM_MIN_FREE)
		bytes_adds(b, "; vm.min_free_kbytes keeps much of the memory from everybody");
	if (j->factors & OOM_LOW_MEMORY)
		bytes_adds(b, "; the low memory of the 32-bit kernel is used up, high memory is "
			      "free");
}

void oomcause_why(const struct oom_event *e, struct oom_judgement *j)
{
	whys[j->cause](e, j);
	add_factors(e, j);
}

/* --- why that one --- */

/* As the kernel counts: resident, swapped and page tables, and oom_score_adj thousandths of all. */
static int64_t badness(const struct oom_event *e, const struct oom_process *p, int64_t total)
{
	int64_t b = p->rss > 0 ? p->rss : 0;

	b += p->swap > 0 ? p->swap : 0;
	b += p->pgtables_bytes > 0 ? p->pgtables_bytes / 1024 / e->page_kb : 0;
	if (p->adj != OOM_UNKNOWN && p->adj >= -1000 && p->adj <= 1000)
		b += p->adj * (total / 1000);
	return b;
}

/* Pages that the event is about. */
static int64_t pages_of(const struct oom_event *e)
{
	int64_t kb = is_cgroup(e) ? e->memory.limit : oomcause_memory(e);

	if (!is_cgroup(e) && e->mem.swap_total > 0 && e->mem.swap_total < OOMCAUSE_MAX)
		kb += e->mem.swap_total;
	return kb > 0 && kb < OOMCAUSE_MAX ? kb / e->page_kb : 0;
}

struct ranking {
	const struct oom_process *victim, *larger, *protected;
	size_t before; /* that come before the victim and may be killed */
};

static void rank(const struct oom_event *e, struct ranking *r)
{
	int64_t total = pages_of(e), own;

	for (size_t i = 0; i < e->rows && !r->victim; i++)
		r->victim = e->row[i].pid == e->victim[0].pid ? &e->row[i] : NULL;
	if (!r->victim)
		return;
	own = badness(e, r->victim, total);
	for (size_t i = 0; i < e->rows; i++) {
		const struct oom_process *p = &e->row[i];

		if (p == r->victim)
			continue;
		if (p->rss > r->victim->rss && p->adj != OOM_UNKNOWN && p->adj < 0 && !r->protected)
			r->protected = p;
		r->before += badness(e, p, total) > own && p->adj != -1000;
		if (!r->larger && p->rss > r->victim->rss)
			r->larger = p;
	}
}

static void add_rank(const struct oom_event *e, struct bytes *b)
{
	struct ranking r = { 0 };

	rank(e, &r);
	if (!r.victim)
		return;
	if (e->processes == 1)
		bytes_adds(b, "it is the only process there");
	else if (r.victim->adj != OOM_UNKNOWN && r.victim->adj > 0 && r.larger)
		bytes_addf(b, "its oom_score_adj of %lld puts it before larger ones",
			   (long long)r.victim->adj);
	else if (!r.larger)
		bytes_addf(b, "it is the largest of the %llu processes of the table",
			   (unsigned long long)e->processes);
	else if (!r.before)
		bytes_adds(b, "it counts most of those that may be killed");
	if (r.protected)
		bytes_addf(b, "%s'%s' is larger, but has oom_score_adj %lld", b->len ? "; " : "",
			   r.protected->name, (long long)r.protected->adj);
}

static void add_child(const struct oom_event *e, struct bytes *b)
{
	bytes_addf(b, "it is a child of '%s' (pid %lld", e->chosen, (long long)e->chosen_pid);
	if (e->score != OOM_UNKNOWN)
		bytes_addf(b, ", score %lld", (long long)e->score);
	bytes_adds(b, "), which was chosen: kernels before 4.20 kill a child first");
}

void oomcause_victim(const struct oom_event *e, struct oom_judgement *j)
{
	struct bytes *b = &j->victim;
	bool child = e->chosen_pid != OOM_UNKNOWN && e->victims && !e->victim[0].from_choice &&
		     e->victim[0].pid != e->chosen_pid;

	if (!e->victims)
		return;
	if (e->allocating_task)
		bytes_adds(b, "it asked for the memory: vm.oom_kill_allocating_task is set");
	else if (child)
		add_child(e, b);
	else
		add_rank(e, b);
	if (!child && e->score != OOM_UNKNOWN)
		bytes_addf(b, "%sits score was %lld", b->len ? "; " : "", (long long)e->score);
	if (e->group_kill)
		bytes_addf(b, "%sthe cgroup is killed as a whole (memory.oom.group)",
			   b->len ? "; " : "");
}

/* --- what to change --- */

static const struct {
	unsigned factor;
	const char *advice;
} by_factor[] = {
	{ OOM_SLAB_LEAK, "look at the kernel's own memory: slabtop, then a kernel update or the "
			 "driver or file system whose cache grows\n" },
	{ OOM_PAGE_TABLES, "many processes map the same large memory: use huge pages for it, or "
			   "fewer processes\n" },
	{ OOM_HUGE_PAGES, "reserve fewer huge pages (vm.nr_hugepages, hugepages=): nobody else can "
			  "use them\n" },
	{ OOM_FORK_STORM, "bound the number of processes: the service's own setting, TasksMax=, "
			  "pids.max or ulimit -u\n" },
	{ OOM_MIN_FREE, "lower vm.min_free_kbytes: a few percent of the memory is enough\n" },
	{ OOM_SHMEM,
	  "files in tmpfs (/dev/shm, /tmp, /run) and shared memory are memory: remove or "
	  "bound them (size=)\n" },
	{ OOM_LOW_MEMORY, "run a 64-bit kernel: more memory does not help a 32-bit one\n" },
	{ OOM_SWAP_FULL, "swap was full: it only delays this; find what grows\n" },
	{ OOM_NO_SWAP, "some swap gives short peaks a way out\n" },
};

static const char *const by_cause[] = {
	[OOM_CAUSE_UNKNOWN] = "look at the lines before these, in an older log or on the console\n",
	[OOM_CAUSE_CGROUP] =
		"raise the limit of the cgroup (container memory limit, MemoryMax=), or bound the "
		"program below it (for Java -XX:MaxRAMPercentage)\n",
	[OOM_CAUSE_PARENT] =
		"raise the limit of the parent (pod, slice), or lower what lives below "
		"it: the limits of the children together exceed it\n",
	[OOM_CAUSE_GLOBAL] = "give the machine more memory, or bound the largest processes with "
			     "limits of their own\n",
	[OOM_CAUSE_NODE] = "allow more memory nodes (cpuset.mems, numactl --membind), or use "
			   "--preferred or --interleave\n",
	[OOM_CAUSE_FRAGMENTATION] =
		"keep more free in one piece: raise vm.min_free_kbytes, compact "
		"(vm.compact_memory), and look who needs large pieces\n",
	[OOM_CAUSE_MANUAL] = "nothing, if it was meant; else restrict kernel.sysrq\n",
};

void oomcause_advice(const struct oom_event *e, struct oom_judgement *j)
{
	const struct oom_victim *v = &e->victim[0];

	for (size_t i = 0; i < ARRAY_SIZE(by_factor); i++) {
		if (j->factors & by_factor[i].factor)
			bytes_adds(&j->advice, by_factor[i].advice);
	}
	bytes_adds(&j->advice, by_cause[j->cause]);
	if (e->allocating_task)
		bytes_adds(&j->advice, "unset vm.oom_kill_allocating_task: it kills whoever asks, "
				       "not who takes most\n");
	if (e->panic)
		bytes_adds(&j->advice, "with vm.panic_on_oom=0 the machine lives on\n");
	if (e->victims && v->adj != OOM_UNKNOWN && v->adj > 0 && !is_cgroup(e))
		bytes_addf(&j->advice,
			   "'%s' offers itself by oom_score_adj %lld "
			   "(OOMScoreAdjust=)\n",
			   v->name, (long long)v->adj);
}
