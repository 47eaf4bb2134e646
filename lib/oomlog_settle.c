/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What only all lines of an event together tell. */
#include "lib/oomlog_parts.h"

static void unset(int64_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		v[i] = OOM_UNKNOWN;
}

#define UNSET_ALL(s) unset((int64_t *)&(s), sizeof(s) / sizeof(int64_t))

static void unset_victims(struct oom_event *e)
{
	for (size_t i = 0; i < OOM_VICTIMS; i++) {
		struct oom_victim *v = &e->victim[i];

		v->pid = v->uid = v->total_vm = v->anon = v->file = OOM_UNKNOWN;
		v->shmem = v->pgtables = v->adj = OOM_UNKNOWN;
	}
}

void oomlog_open_event(struct oom_open *o)
{
	struct oom_event *e = &o->e;

	memset(o, 0, sizeof(*o));
	e->trigger_pid = e->trigger_adj = e->order = e->chosen_pid = e->score = OOM_UNKNOWN;
	e->uptime = o->last_uptime = SYSLOGLINE_NO_UPTIME;
	e->page_kb = 4;
	UNSET_ALL(e->memory);
	UNSET_ALL(e->memsw);
	UNSET_ALL(e->swap);
	UNSET_ALL(e->kmem);
	UNSET_ALL(e->mem);
	UNSET_ALL(e->stats);
	unset_victims(e);
	o->last_row.pid = OOM_UNKNOWN;
}

/* --- scope --- */

/* "0-1,3": how many numbers; 0: it cannot be read. */
static unsigned count_nodes(const char *list)
{
	struct slice s = slice_of(list);
	uint64_t from, to;
	unsigned n = 0;

	while (slice_take_u64(&s, &from)) {
		to = from;
		if (slice_take_char(&s, '-') && !slice_take_u64(&s, &to))
			return 0;
		if (to < from || to - from > 4096)
			return 0;
		n += (unsigned)(to - from + 1);
		if (!slice_take_char(&s, ','))
			break;
	}
	return n;
}

static unsigned nodes_seen(const struct oom_event *e)
{
	unsigned n = 0;

	for (size_t i = 0; i < e->zones; i++) {
		bool seen = false;

		for (size_t k = 0; k < i; k++)
			seen |= e->zone[k].node == e->zone[i].node;
		n += !seen;
	}
	return n;
}

/* Kernels before 5.0 do not name the constraint: fewer nodes than the machine has are one. */
static enum oom_scope scope_of_nodes(const struct oom_event *e)
{
	unsigned have = nodes_seen(e), allowed = count_nodes(e->mems_allowed);
	unsigned policy = count_nodes(e->nodemask);

	if (policy && policy < have)
		return OOM_SCOPE_POLICY;
	return allowed && allowed < have ? OOM_SCOPE_CPUSET : OOM_SCOPE_GLOBAL;
}

static enum oom_scope scope_of_cgroup(const struct oom_event *e)
{
	return e->limit_path[0] && e->task_path[0] && !streq(e->limit_path, e->task_path)
		       ? OOM_SCOPE_PARENT
		       : OOM_SCOPE_CGROUP;
}

static enum oom_scope scope_of(const struct oom_open *o)
{
	const struct oom_event *e = &o->e;

	if (e->scope == OOM_SCOPE_MANUAL || e->order == -1)
		return OOM_SCOPE_MANUAL;
	if (streq(e->constraint, "MEMCG") || (o->memcg && !o->global))
		return scope_of_cgroup(e);
	if (streq(e->constraint, "CPUSET"))
		return OOM_SCOPE_CPUSET;
	if (streq(e->constraint, "MEMORY_POLICY"))
		return OOM_SCOPE_POLICY;
	if (streq(e->constraint, "NONE"))
		return OOM_SCOPE_GLOBAL;
	return o->global || e->has_meminfo ? scope_of_nodes(e) : OOM_SCOPE_UNKNOWN;
}

/* --- the rest --- */

static const struct oom_process *row_of(const struct oom_event *e, int64_t pid)
{
	for (size_t i = 0; i < e->rows; i++) {
		if (e->row[i].pid == pid)
			return &e->row[i];
	}
	return NULL;
}

/* arm64 and ppc64 may have pages of 64 kB: where no zone says so, the victim's two sizes do. */
static void learn_page_size(struct oom_event *e)
{
	const struct oom_victim *v = &e->victim[0];
	const struct oom_process *p = e->victims ? row_of(e, v->pid) : NULL;

	if (e->zones || !p || v->total_vm == OOM_UNKNOWN || p->total_vm < 256)
		return;
	for (int64_t kb = 16; kb <= 64; kb *= 4) {
		if (v->total_vm / p->total_vm == kb)
			e->page_kb = kb;
	}
}

/* What the table says of a victim that its own line does not. */
static void fill_from_table(struct oom_event *e)
{
	for (size_t i = 0; i < e->victims; i++) {
		struct oom_victim *v = &e->victim[i];
		const struct oom_process *p = row_of(e, v->pid);

		if (!p)
			continue;
		oomlog_set(&v->uid, p->uid);
		oomlog_set(&v->adj, p->adj);
		if (v->total_vm == OOM_UNKNOWN && p->total_vm != OOM_UNKNOWN)
			v->total_vm = p->total_vm * e->page_kb;
		if (!v->name[0])
			memcpy(v->name, p->name, sizeof(v->name));
	}
}

/* A report whose totals were lost still has those of its zones. */
static void add_up(struct oom_event *e, int64_t *to, size_t field)
{
	int64_t sum = 0;

	if (*to != OOM_UNKNOWN)
		return;
	for (size_t i = 0; i < e->zones; i++) {
		int64_t kb = *(const int64_t *)((const char *)&e->zone[i] + field);

		if (kb == OOM_UNKNOWN)
			return;
		sum += kb / e->page_kb;
	}
	if (e->zones)
		*to = sum;
}

static void add_up_zones(struct oom_event *e)
{
	add_up(e, &e->mem.free, offsetof(struct oom_zone, free));
	add_up(e, &e->mem.active_anon, offsetof(struct oom_zone, active_anon));
	add_up(e, &e->mem.inactive_anon, offsetof(struct oom_zone, inactive_anon));
}

static void rank_names(struct oom_open *o)
{
	struct oom_event *e = &o->e;

	for (size_t i = 0; i < o->tallied; i++) {
		size_t at = e->n_names;

		while (at && e->names[at - 1].n < o->tally[i].n)
			at--;
		if (at == OOM_NAMES)
			continue;
		if (e->n_names < OOM_NAMES)
			e->n_names++;
		memmove(&e->names[at + 1], &e->names[at],
			(e->n_names - at - 1) * sizeof(*e->names));
		e->names[at] = o->tally[i];
	}
}

static unsigned missing_of(const struct oom_event *e)
{
	bool cgroup = e->scope == OOM_SCOPE_CGROUP || e->scope == OOM_SCOPE_PARENT;
	bool memory = cgroup ? e->memory.usage != OOM_UNKNOWN : e->has_meminfo;
	unsigned m = 0;

	m |= e->triggered ? 0 : OOM_NO_TRIGGER;
	m |= e->processes ? 0 : OOM_NO_TABLE;
	m |= e->processes && !e->has_header ? OOM_NO_HEADER : 0;
	m |= e->victims && !e->victim[0].from_choice ? 0 : OOM_NO_KILL;
	m |= memory ? 0 : OOM_NO_MEMORY;
	m |= e->scope == OOM_SCOPE_UNKNOWN ? OOM_NO_SCOPE : 0;
	return m;
}

void oomlog_settle(struct oom_open *o)
{
	struct oom_event *e = &o->e;

	e->scope = scope_of(o);
	learn_page_size(e);
	add_up_zones(e);
	fill_from_table(e);
	rank_names(o);
	e->missing = missing_of(e);
	if (e->no_killable)
		e->missing &= ~(unsigned)OOM_NO_KILL;
}
