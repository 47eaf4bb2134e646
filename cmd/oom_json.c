/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that is known, in one document; what is not known is left out or null. */
#include "cmd/oom_report.h"
#include "lib/jsonio.h"

static void text(struct json_object *o, const char *key, const char *s)
{
	if (s && *s)
		json_object_object_add(o, key, json_text(s));
}

static void number(struct json_object *o, const char *key, int64_t v)
{
	if (v != OOM_UNKNOWN)
		json_object_object_add(o, key, json_object_new_int64(v));
}

static void count(struct json_object *o, const char *key, uint64_t v)
{
	json_object_object_add(o, key, json_object_new_int64((int64_t)v));
}

static void flag(struct json_object *o, const char *key, bool v)
{
	json_object_object_add(o, key, json_object_new_boolean(v));
}

/* A list of numbers by name, out of a struct. */
struct member {
	const char *name;
	size_t field;
};

static struct json_object *members(const void *s, const struct member *m, size_t n)
{
	struct json_object *o = json_object_new_object();

	for (size_t i = 0; i < n; i++)
		number(o, m[i].name, *(const int64_t *)((const char *)s + m[i].field));
	return o;
}

static const struct member limit_members[] = {
	{ "usage_kb", offsetof(struct oom_limit, usage) },
	{ "limit_kb", offsetof(struct oom_limit, limit) },
	{ "failcnt", offsetof(struct oom_limit, failcnt) },
};

static const struct member victim_members[] = {
	{ "pid", offsetof(struct oom_victim, pid) },
	{ "uid", offsetof(struct oom_victim, uid) },
	{ "total_vm_kb", offsetof(struct oom_victim, total_vm) },
	{ "anon_kb", offsetof(struct oom_victim, anon) },
	{ "file_kb", offsetof(struct oom_victim, file) },
	{ "shmem_kb", offsetof(struct oom_victim, shmem) },
	{ "pgtables_kb", offsetof(struct oom_victim, pgtables) },
	{ "oom_score_adj", offsetof(struct oom_victim, adj) },
};

static const struct member row_members[] = {
	{ "pid", offsetof(struct oom_process, pid) },
	{ "tgid", offsetof(struct oom_process, tgid) },
	{ "uid", offsetof(struct oom_process, uid) },
	{ "total_vm_pages", offsetof(struct oom_process, total_vm) },
	{ "rss_pages", offsetof(struct oom_process, rss) },
	{ "rss_anon_pages", offsetof(struct oom_process, rss_anon) },
	{ "rss_file_pages", offsetof(struct oom_process, rss_file) },
	{ "rss_shmem_pages", offsetof(struct oom_process, rss_shmem) },
	{ "swap_pages", offsetof(struct oom_process, swap) },
	{ "pgtables_bytes", offsetof(struct oom_process, pgtables_bytes) },
	{ "oom_score_adj", offsetof(struct oom_process, adj) },
};

static const struct member memory_members[] = {
	{ "active_anon_pages", offsetof(struct oom_memory, active_anon) },
	{ "inactive_anon_pages", offsetof(struct oom_memory, inactive_anon) },
	{ "active_file_pages", offsetof(struct oom_memory, active_file) },
	{ "inactive_file_pages", offsetof(struct oom_memory, inactive_file) },
	{ "unevictable_pages", offsetof(struct oom_memory, unevictable) },
	{ "shmem_pages", offsetof(struct oom_memory, shmem) },
	{ "slab_reclaimable_pages", offsetof(struct oom_memory, slab_reclaimable) },
	{ "slab_unreclaimable_pages", offsetof(struct oom_memory, slab_unreclaimable) },
	{ "pagetables_pages", offsetof(struct oom_memory, pagetables) },
	{ "free_pages", offsetof(struct oom_memory, free) },
	{ "pagecache_pages", offsetof(struct oom_memory, pagecache) },
	{ "ram_pages", offsetof(struct oom_memory, ram) },
	{ "reserved_pages", offsetof(struct oom_memory, reserved) },
	{ "swap_free_kb", offsetof(struct oom_memory, swap_free) },
	{ "swap_total_kb", offsetof(struct oom_memory, swap_total) },
	{ "swap_cached_pages", offsetof(struct oom_memory, swap_cached) },
	{ "hugepages_kb", offsetof(struct oom_memory, huge_total) },
	{ "hugepages_free_kb", offsetof(struct oom_memory, huge_free) },
};

static const struct member stats_members[] = {
	{ "anon_bytes", offsetof(struct oom_stats, anon) },
	{ "file_bytes", offsetof(struct oom_stats, file) },
	{ "shmem_bytes", offsetof(struct oom_stats, shmem) },
	{ "slab_bytes", offsetof(struct oom_stats, slab) },
	{ "slab_unreclaimable_bytes", offsetof(struct oom_stats, slab_unreclaimable) },
	{ "kernel_stack_bytes", offsetof(struct oom_stats, kernel_stack) },
	{ "pagetables_bytes", offsetof(struct oom_stats, pagetables) },
	{ "kernel_bytes", offsetof(struct oom_stats, kernel) },
	{ "sock_bytes", offsetof(struct oom_stats, sock) },
	{ "swap_bytes", offsetof(struct oom_stats, swap) },
};

static const struct member zone_members[] = {
	{ "node", offsetof(struct oom_zone, node) },
	{ "free_kb", offsetof(struct oom_zone, free) },
	{ "min_kb", offsetof(struct oom_zone, min) },
	{ "low_kb", offsetof(struct oom_zone, low) },
	{ "high_kb", offsetof(struct oom_zone, high) },
	{ "present_kb", offsetof(struct oom_zone, present) },
	{ "managed_kb", offsetof(struct oom_zone, managed) },
};

#define MEMBERS(s, m) members((s), (m), ARRAY_SIZE(m))

/* --- parts of an event --- */

static void add_time(struct json_object *o, const struct oom_event *e)
{
	char buf[SYSLOGTIME_TEXT];

	if (e->time.known) {
		syslogtime_format(&e->time, buf);
		buf[10] = 'T';
		text(o, "time", buf);
		flag(o, "year_assumed", e->time.year_assumed);
	}
	number(o, "uptime_us", e->uptime);
	text(o, "boot_id", e->boot_id);
	text(o, "host", e->host);
	text(o, "kernel", e->release);
}

static void add_trigger(struct json_object *o, const struct oom_event *e)
{
	struct json_object *t = json_object_new_object();
	struct oom_cgroup g;
	char mask[32];

	text(t, "name", e->trigger);
	number(t, "pid", e->trigger_pid);
	number(t, "oom_score_adj", e->trigger_adj);
	number(t, "order", e->order);
	if (e->triggered) {
		snprintf(mask, sizeof(mask), "0x%llx", (unsigned long long)e->gfp_mask);
		text(t, "gfp_mask", mask);
	}
	text(t, "gfp_flags", e->gfp_flags);
	/* A container's cpuset is named after it. */
	oomcgroup_read(e->cpuset, &g);
	text(t, "container", g.container);
	if (json_object_object_length(t))
		json_object_object_add(o, "trigger", t);
	else
		json_object_put(t);
}

static void add_limit(struct json_object *o, const char *key, const struct oom_limit *l)
{
	if (l->usage != OOM_UNKNOWN)
		json_object_object_add(o, key, MEMBERS(l, limit_members));
}

static void add_scope(struct json_object *o, const struct oom_event *e)
{
	text(o, "scope", oomcause_scope(e->scope));
	text(o, "constraint", e->constraint);
	text(o, "limit_cgroup", e->limit_path);
	text(o, "task_cgroup", e->task_path);
	text(o, "cpuset", e->cpuset);
	text(o, "mems_allowed", e->mems_allowed);
	text(o, "nodemask", e->nodemask);
	add_limit(o, "memory_limit", &e->memory);
	add_limit(o, "memory_swap_limit", &e->memsw);
	add_limit(o, "swap_limit", &e->swap);
	add_limit(o, "kmem_limit", &e->kmem);
}

static void add_container(struct json_object *o, const struct oom_event *e)
{
	struct json_object *c;
	struct oom_cgroup g;

	oomcgroup_read(e->task_path[0] ? e->task_path : e->limit_path, &g);
	if (g.runtime || g.container[0]) {
		c = json_object_new_object();
		text(c, "runtime", g.runtime);
		text(c, "id", g.container);
		text(c, "pod", g.pod);
		text(c, "qos", g.qos);
		json_object_object_add(o, "container", c);
	}
	text(o, "unit", g.unit);
	oomcgroup_read(e->limit_path, &g);
	if (g.node)
		flag(o, "node_allocatable", true);
}

static void add_cause(struct json_object *o, const struct oom_event *e)
{
	_cleanup_judgement_ struct oom_judgement j = { 0 };
	struct json_object *factors = json_object_new_array(), *advice = json_object_new_array();

	oomcause_judge(e, &j);
	for (unsigned i = 0; i < OOM_FACTORS; i++) {
		if (j.factors & 1u << i)
			json_object_array_add(factors, json_text(oomcause_factor(i)));
	}
	text(o, "cause", oomcause_name(j.cause));
	json_object_object_add(o, "factors", factors);
	text(o, "why", j.why.data);
	text(o, "why_victim", j.victim.data);
	for (char *s = j.advice.data; s && *s;) {
		char *end = strchr(s, '\n');

		*end = '\0';
		json_object_array_add(advice, json_text(s));
		s = end + 1;
	}
	json_object_object_add(o, "change", advice);
}

static void add_victims(struct json_object *o, const struct oom_event *e)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < e->victims; i++) {
		struct json_object *v = MEMBERS(&e->victim[i], victim_members);

		text(v, "name", e->victim[i].name);
		flag(v, "killed", !e->victim[i].from_choice);
		flag(v, "reaped", e->victim[i].reaped);
		json_object_array_add(list, v);
	}
	json_object_object_add(o, "victims", list);
	if (e->more_victims)
		count(o, "more_victims", e->more_victims);
	number(o, "score", e->score);
	number(o, "chosen_pid", e->chosen_pid);
	text(o, "chosen", e->chosen);
	flag(o, "group_kill", e->group_kill);
	flag(o, "allocating_task", e->allocating_task);
	flag(o, "nothing_killable", e->no_killable);
	flag(o, "panic", e->panic);
}

static struct json_object *zones_json(const struct oom_event *e)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < e->zones; i++) {
		const struct oom_zone *z = &e->zone[i];
		struct json_object *o = MEMBERS(z, zone_members), *blocks;

		text(o, "zone", z->name);
		if (z->blocks_known) {
			blocks = json_object_new_array();
			for (size_t k = 0; k < OOM_ORDERS; k++)
				json_object_array_add(blocks, json_object_new_int64(z->block[k]));
			json_object_object_add(o, "free_blocks_by_order", blocks);
		}
		json_object_array_add(list, o);
	}
	return list;
}

static struct json_object *slabs_json(const struct oom_event *e)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < e->slabs; i++) {
		struct json_object *o = json_object_new_object();

		text(o, "name", e->slab[i].name);
		number(o, "used_kb", e->slab[i].used);
		number(o, "total_kb", e->slab[i].total);
		json_object_array_add(list, o);
	}
	return list;
}

static void add_memory(struct json_object *o, const struct oom_event *e)
{
	number(o, "page_kb", e->page_kb);
	if (e->has_meminfo) {
		json_object_object_add(o, "memory", MEMBERS(&e->mem, memory_members));
		json_object_object_add(o, "zones", zones_json(e));
	}
	if (e->has_stats)
		json_object_object_add(o, "cgroup_stats", MEMBERS(&e->stats, stats_members));
	if (e->slabs)
		json_object_object_add(o, "slabs", slabs_json(e));
}

static void add_table(struct json_object *o, const struct oom_event *e, size_t top)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < e->rows && i < top; i++) {
		struct json_object *p = MEMBERS(&e->row[i], row_members);

		text(p, "name", e->row[i].name);
		json_object_array_add(list, p);
	}
	count(o, "processes", e->processes);
	count(o, "rss_sum_pages", e->rss_sum);
	if (e->has_swap)
		count(o, "swap_sum_pages", e->swap_sum);
	json_object_object_add(o, "largest", list);
}

static void add_missing(struct json_object *o, const struct oom_event *e)
{
	struct json_object *list = json_object_new_array();

	for (unsigned i = 0; oom_missing_word(i); i++) {
		if (e->missing & 1u << i)
			json_object_array_add(list, json_text(oom_missing_word(i)));
	}
	json_object_object_add(o, "missing", list);
}

static struct json_object *event_json(const struct oom_report *r, const struct oomlist_event *le)
{
	struct json_object *o = json_object_new_object();
	const struct oom_event *e = &le->e;

	count(o, "event", le->number);
	text(o, "source", e->source);
	count(o, "first_line", e->first_line);
	count(o, "last_line", e->last_line);
	add_time(o, e);
	add_cause(o, e);
	add_scope(o, e);
	add_container(o, e);
	add_trigger(o, e);
	add_victims(o, e);
	add_memory(o, e);
	add_table(o, e, r->top);
	add_missing(o, e);
	return o;
}

/* --- all of them --- */

static struct json_object *names_json(const struct oomlist_view *v,
				      bool (*wanted)(const struct oomlist_name *n))
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < v->names; i++) {
		struct json_object *o;

		if (!wanted(&v->name[i]))
			continue;
		o = json_object_new_object();
		text(o, "name", v->name[i].name);
		count(o, "killed", v->name[i].killed);
		count(o, "events", v->name[i].seen);
		number(o, "first_kb", v->name[i].first_kb);
		number(o, "last_kb", v->name[i].last_kb);
		number(o, "most_kb", v->name[i].most_kb);
		json_object_array_add(list, o);
	}
	return list;
}

static bool was_killed(const struct oomlist_name *n)
{
	return n->killed != 0;
}

static struct json_object *sources_json(const struct oom_report *r)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < r->sources; i++) {
		const struct oom_source *s = &r->source[i];
		struct json_object *o = json_object_new_object();

		text(o, "name", s->name);
		text(o, "packing", s->packing);
		text(o, "reader", s->reader);
		count(o, "events", s->events);
		if (s->error)
			text(o, "error", strerror(-s->error));
		json_object_array_add(list, o);
	}
	return list;
}

void oom_json(FILE *out, const struct oom_report *r)
{
	struct json_object *o = json_object_new_object(), *list = json_object_new_array();
	const struct oomlist_view *v = &r->view;

	for (size_t i = 0; i < v->n; i++)
		json_object_array_add(list, event_json(r, v->event[i]));
	count(o, "total", v->total);
	count(o, "more_events", v->total - v->n);
	count(o, "duplicates", v->duplicates);
	count(o, "earlier", v->earlier);
	json_object_object_add(o, "sources", sources_json(r));
	json_object_object_add(o, "killed", names_json(v, was_killed));
	json_object_object_add(o, "growing", names_json(v, oomlist_grows));
	json_object_object_add(o, "events", list);
	fprintf(out, "%s\n",
		json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY |
							  JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}
