/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One event in full. */
#include "cmd/escaped.h"
#include "cmd/oom_text_parts.h"
#include "cmd/wrap.h"
#include "lib/jsonio.h"

#define LABEL "  %-10s "
#define INDENT "             " /* as wide */
#define BAR_MIN 10u
#define BAR_MAX 40u

static void label(FILE *out, const char *word)
{
	fprintf(out, LABEL, word);
}

/* A longer text with its label, in lines of the terminal's width. */
static void put_wrapped(FILE *out, const struct oom_report *r, const char *word,
			const struct bytes *text)
{
	_cleanup_bytes_ struct bytes plain = { 0 };
	char first[32];
	struct wrap w = { .width = r->width, .first = first, .rest = INDENT };

	if (!text->len)
		return;
	snprintf(first, sizeof(first), LABEL, word);
	for (const char *s = text->data; *s; s += strcspn(s, "\n"), s += *s == '\n') {
		if (plain.len)
			bytes_addc(&plain, '\n');
		text_escape(s, strcspn(s, "\n"), &plain);
	}
	wrap_words(out, plain.data, &w);
}

static void put_title(FILE *out, const struct oom_report *r, const struct oomlist_event *le)
{
	const struct oom_event *e = &le->e;

	fprintf(out, "%sevent %llu: ", r->color ? "\033[1m" : "", (unsigned long long)le->number);
	oom_put_time(out, e);
	fputs(r->color ? "\033[0m" : "", out);
	if (e->time.known && e->time.year_assumed)
		fputs(" (year of the file)", out);
	if (e->time.known && e->uptime != SYSLOGLINE_NO_UPTIME)
		fprintf(out, ", uptime %llds", (long long)(e->uptime / SYSLOGTIME_SECOND));
	if (e->host[0]) {
		fputs(", host ", out);
		escaped_put(out, e->host);
	}
	if (e->release[0]) {
		fputs(", kernel ", out);
		escaped_put(out, e->release);
	}
	if (e->boot_id[0]) {
		fputs(", boot ", out);
		escaped_put(out, e->boot_id);
	}
	fputc('\n', out);
	label(out, "lines");
	escaped_put(out, streq(e->source, "-") ? "standard input" : e->source);
	fprintf(out, ":%llu-%llu\n", (unsigned long long)e->first_line,
		(unsigned long long)e->last_line);
}

static void put_scope(FILE *out, const struct oom_event *e)
{
	label(out, "scope");
	fputs(oomcause_scope(e->scope), out);
	if (e->limit_path[0]) {
		fputs(", limit of ", out);
		escaped_put(out, e->limit_path);
	}
	if (e->task_path[0] && !streq(e->task_path, e->limit_path)) {
		fputs(", victim in ", out);
		escaped_put(out, e->task_path);
	}
	fputc('\n', out);
}

static void put_limit(FILE *out, const char *name, const struct oom_limit *l)
{
	if (l->usage == OOM_UNKNOWN)
		return;
	label(out, name);
	oom_put_size(out, l->usage);
	if (l->limit >= INT64_C(1) << 52) {
		fputs(" used, no limit", out);
	} else {
		fputs(" used of ", out);
		oom_put_size(out, l->limit);
	}
	if (l->failcnt > 0)
		fprintf(out, ", limit reached %lld times", (long long)l->failcnt);
	fputc('\n', out);
}

static void put_container(FILE *out, const struct oom_event *e)
{
	struct oom_cgroup c;

	oomcgroup_read(e->task_path[0] ? e->task_path : e->limit_path, &c);
	if (!c.runtime && !c.container[0] && !c.unit[0])
		return;
	label(out, c.runtime || c.container[0] ? "container" : "unit");
	if (c.runtime || c.container[0]) {
		fprintf(out, "%s%s", c.runtime ? c.runtime : "runtime not known",
			c.container[0] ? " " : "");
		escaped_put(out, c.container);
		if (c.pod[0])
			fprintf(out, ", pod %s (%s)", c.pod, c.qos);
	}
	/* The scope of a container is named after it. */
	if (c.unit[0] && !(c.container[0] && strstr(c.unit, c.container))) {
		fputs(c.runtime || c.container[0] ? ", " : "", out);
		escaped_put(out, c.unit);
	}
	fputc('\n', out);
}

static void put_victim_sizes(FILE *out, const struct oom_victim *v)
{
	static const struct {
		const char *name;
		size_t field;
	} parts[] = {
		{ "total-vm", offsetof(struct oom_victim, total_vm) },
		{ "anon", offsetof(struct oom_victim, anon) },
		{ "file", offsetof(struct oom_victim, file) },
		{ "shmem", offsetof(struct oom_victim, shmem) },
		{ "page tables", offsetof(struct oom_victim, pgtables) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		int64_t kb = *(const int64_t *)((const char *)v + parts[i].field);

		if (kb == OOM_UNKNOWN)
			continue;
		fprintf(out, ", %s ", parts[i].name);
		oom_put_size(out, kb);
	}
}

static void put_victims(FILE *out, const struct oom_event *e)
{
	for (size_t i = 0; i < e->victims; i++) {
		const struct oom_victim *v = &e->victim[i];

		label(out, v->from_choice ? "chosen" : "killed");
		escaped_put(out, v->name[0] ? v->name : "?");
		fprintf(out, " (pid %lld", (long long)v->pid);
		if (v->uid != OOM_UNKNOWN)
			fprintf(out, ", uid %lld", (long long)v->uid);
		fputc(')', out);
		put_victim_sizes(out, v);
		if (v->adj != OOM_UNKNOWN && v->adj)
			fprintf(out, ", oom_score_adj %lld", (long long)v->adj);
		fputc('\n', out);
	}
	if (e->more_victims)
		fprintf(out, LABEL "%llu more\n", "killed", (unsigned long long)e->more_victims);
	if (!e->victims && e->no_killable)
		fprintf(out, LABEL "nothing: no process may be killed%s\n", "killed",
			e->panic ? "; the kernel gave up (panic)" : "");
}

static void put_trigger(FILE *out, const struct oom_event *e)
{
	bool same = e->victims && e->trigger_pid == e->victim[0].pid;
	struct oom_cgroup c;

	if (!e->triggered)
		return;
	label(out, "trigger");
	escaped_put(out, e->trigger);
	if (e->trigger_pid != OOM_UNKNOWN)
		fprintf(out, " (pid %lld)", (long long)e->trigger_pid);
	/* A container's cpuset is named after it. */
	oomcgroup_read(e->cpuset, &c);
	if (c.container[0]) {
		fputs(" in container ", out);
		escaped_put(out, c.container);
	}
	fputs(" asked for memory", out);
	if (e->order > 0 && e->order < 11) {
		fputs(", ", out);
		oom_put_size(out, e->page_kb << e->order);
		fputs(" in one piece", out);
	}
	fputs(same ? "\n" : "; it only came when nothing was left, and need not be at fault\n",
	      out);
}

/* --- the balance --- */

struct amount {
	const char *name;
	int64_t kb;
};

static int64_t kb_of(const struct oom_event *e, int64_t pages)
{
	return pages >= 0 && pages < INT64_C(1) << 40 ? pages * e->page_kb : OOM_UNKNOWN;
}

static int64_t sum(int64_t a, int64_t b)
{
	return a < 0 ? b : b < 0 ? a : a + b;
}

static void put_amounts(FILE *out, const char *word, const struct amount *a, size_t n)
{
	size_t shown = 0;

	for (size_t i = 0; i < n; i++) {
		if (a[i].kb < 0)
			continue;
		if (!shown++)
			label(out, word);
		else
			fputs(", ", out);
		fprintf(out, "%s ", a[i].name);
		oom_put_size(out, a[i].kb);
	}
	if (shown)
		fputc('\n', out);
}

static void put_balance(FILE *out, const struct oom_event *e)
{
	const struct oom_memory *m = &e->mem;
	int64_t all = oomcause_memory(e);
	const struct amount amounts[] = {
		{ "all", all ? all : OOM_UNKNOWN },
		{ "free", kb_of(e, m->free) },
		{ "anon", kb_of(e, sum(m->active_anon, m->inactive_anon)) },
		{ "file", kb_of(e, sum(m->active_file, m->inactive_file)) },
		{ "shared", kb_of(e, m->shmem) },
		{ "unevictable", kb_of(e, m->unevictable) },
		{ "slab", kb_of(e, sum(m->slab_reclaimable, m->slab_unreclaimable)) },
		{ "of it for ever", kb_of(e, m->slab_unreclaimable) },
		{ "page tables", kb_of(e, m->pagetables) },
		{ "huge pages", m->huge_total },
		{ "huge pages unused", m->huge_free },
	};
	const struct amount swap[] = { { "free", m->swap_free }, { "of", m->swap_total } };

	if (!e->has_meminfo)
		return;
	put_amounts(out, "memory", amounts, ARRAY_SIZE(amounts));
	put_amounts(out, "swap", swap, ARRAY_SIZE(swap));
}

static int64_t kb_of_bytes(int64_t bytes)
{
	return bytes < 0 ? OOM_UNKNOWN : bytes / 1024;
}

static void put_stats(FILE *out, const struct oom_event *e)
{
	const struct oom_stats *s = &e->stats;
	const struct amount amounts[] = {
		{ "anon", kb_of_bytes(s->anon) },
		{ "file", kb_of_bytes(s->file) },
		{ "shared", kb_of_bytes(s->shmem) },
		{ "slab", kb_of_bytes(s->slab) },
		{ "page tables", kb_of_bytes(s->pagetables) },
		{ "kernel stacks", kb_of_bytes(s->kernel_stack) },
		{ "sockets", kb_of_bytes(s->sock) },
	};

	if (e->has_stats)
		put_amounts(out, "it holds", amounts, ARRAY_SIZE(amounts));
}

static void put_zones(FILE *out, const struct oom_event *e)
{
	for (size_t i = 0; i < e->zones; i++) {
		const struct oom_zone *z = &e->zone[i];

		if (z->free == OOM_UNKNOWN)
			continue;
		fprintf(out, LABEL "node %lld %s: free ", "zone", (long long)z->node, z->name);
		oom_put_size(out, z->free);
		fputs(", min ", out);
		oom_put_size(out, z->min);
		fputs(", low ", out);
		oom_put_size(out, z->low);
		fputs(z->free < z->min	 ? " (below min)\n"
		      : z->free < z->low ? " (below low)\n"
					 : "\n",
		      out);
	}
}

/* --- the processes --- */

static void put_bar(FILE *out, const struct oom_report *r, int64_t part, int64_t most)
{
	size_t room = r->width > 60 ? r->width - 56 : BAR_MIN;
	size_t n;

	if (room > BAR_MAX)
		room = BAR_MAX;
	n = most > 0 && part > 0 ? (size_t)((double)part / (double)most * (double)room + 0.5) : 0;
	if (r->color)
		fputs("\033[36m", out);
	for (size_t i = 0; i < n; i++)
		fputc('#', out);
	if (r->color)
		fputs("\033[0m", out);
}

static void put_process(FILE *out, const struct oom_report *r, const struct oom_event *e,
			const struct oom_process *p)
{
	_cleanup_bytes_ struct bytes name = { 0 };
	char size[32] = "?", swap[32] = "-";
	bool killed = false;

	for (size_t i = 0; i < e->victims; i++)
		killed |= e->victim[i].pid == p->pid;
	if (p->rss >= 0)
		format_size((uint64_t)(p->rss * e->page_kb) * 1024, size, sizeof(size));
	if (p->swap > 0)
		format_size((uint64_t)(p->swap * e->page_kb) * 1024, swap, sizeof(swap));
	text_escape(p->name, strlen(p->name), &name);
	fprintf(out, "  %c %7lld %-16s %10s", killed ? '*' : ' ', (long long)p->pid,
		name.data ? name.data : "", size);
	if (e->swap_sum)
		fprintf(out, " %10s", swap);
	if (p->adj != OOM_UNKNOWN)
		fprintf(out, " %5lld", (long long)p->adj);
	if (r->terminal) {
		fputc(' ', out);
		put_bar(out, r, p->rss, e->row[0].rss);
	}
	fputc('\n', out);
}

static void put_table(FILE *out, const struct oom_report *r, const struct oom_event *e)
{
	size_t n = e->rows < r->top ? e->rows : r->top;

	if (!n)
		return;
	fprintf(out, LABEL "%llu, resident together ", "processes",
		(unsigned long long)e->processes);
	oom_put_size(out, kb_of(e, (int64_t)e->rss_sum));
	fputs(e->has_header ? "; the largest (* killed):\n"
			    : "; columns unknown but for these (* killed):\n",
	      out);
	fprintf(out, "        pid %-16s %10s%s%s\n", "name", "resident",
		e->swap_sum ? "    swapped" : "", e->row[0].adj != OOM_UNKNOWN ? "   adj" : "");
	for (size_t i = 0; i < n; i++)
		put_process(out, r, e, &e->row[i]);
	if (e->processes > n)
		fprintf(out, "    %llu more processes\n", (unsigned long long)(e->processes - n));
}

static void put_missing(FILE *out, const struct oom_report *r, const struct oom_event *e)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	for (unsigned i = 0; oom_missing_text(i); i++) {
		if (e->missing & 1u << i)
			bytes_addf(&b, "%s%s", b.len ? ", " : "the log lacks ",
				   oom_missing_text(i));
	}
	put_wrapped(out, r, "incomplete", &b);
}

void oom_text_event(FILE *out, const struct oom_report *r, const struct oomlist_event *le)
{
	const struct oom_event *e = &le->e;
	_cleanup_judgement_ struct oom_judgement j = { 0 };

	oomcause_judge(e, &j);
	put_title(out, r, le);
	put_wrapped(out, r, "why", &j.why);
	put_scope(out, e);
	put_limit(out, "usage", &e->memory);
	put_limit(out, "with swap", &e->memsw);
	put_limit(out, "swap", &e->swap);
	put_container(out, e);
	put_victims(out, e);
	put_wrapped(out, r, "why it", &j.victim);
	put_trigger(out, e);
	put_balance(out, e);
	put_stats(out, e);
	put_zones(out, e);
	put_table(out, r, e);
	put_wrapped(out, r, "change", &j.advice);
	put_missing(out, r, e);
}
