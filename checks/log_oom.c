/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kills of the OOM killer, and of whom: a service that is killed again and again does not work. */
#include <stdio.h>

#include "checks/log_parts.h"
#include "lib/oomcgroup.h"
#include "lib/oomlist.h"
#include "lib/oomread.h"

#define REPEATED 3u /* kills within SPAN make a fault of it */
#define SPAN (7 * SYSLOGTIME_DAY)
#define PAST (30 * SYSLOGTIME_DAY) /* before the last line: it has gone well since */
#define SERVICES 64u

struct service {
	char name[OOM_PATH];
	uint64_t kills;
	int64_t at[REPEATED]; /* the last of them, newest first; INT64_MIN: not known */
	const struct oom_event *last;
	bool repeated;
};

struct tally {
	struct service service[SERVICES];
	size_t n;
	uint64_t kills;
	const struct oom_event *last;
};

static int64_t order_of(const struct oom_event *e)
{
	return e->time.known ? syslogtime_order(&e->time) : INT64_MIN;
}

/* A unit or a container where the victim was in one; else a process of that name. */
static void name_of(const struct oom_event *e, char out[OOM_PATH])
{
	struct oom_cgroup c = { 0 };

	oomcgroup_read(e->task_path[0] ? e->task_path : e->limit_path, &c);
	/* A pod gets another container each time. */
	if (c.pod[0])
		snprintf(out, OOM_PATH, "pod %s", c.pod);
	else if (c.container[0])
		snprintf(out, OOM_PATH, "container %.12s", c.container);
	else if (c.unit[0] && endswith(c.unit, ".service"))
		snprintf(out, OOM_PATH, "%s", c.unit);
	else
		snprintf(out, OOM_PATH, "process '%s'", e->victim[0].name);
}

static struct service *service_of(struct tally *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++) {
		if (streq(t->service[i].name, name))
			return &t->service[i];
	}
	if (t->n == SERVICES)
		return NULL;
	snprintf(t->service[t->n].name, OOM_PATH, "%s", name);
	return &t->service[t->n++];
}

/* Where no date is known, as often as that is enough. */
static bool is_within_span(const struct service *v)
{
	int64_t first = v->at[REPEATED - 1], last = v->at[0];

	return first == INT64_MIN || last == INT64_MIN || last - first <= SPAN;
}

static void take(struct tally *t, const struct oom_event *e)
{
	char name[OOM_PATH];
	struct service *v;

	if (!e->victims || e->scope == OOM_SCOPE_MANUAL)
		return;
	t->kills++;
	if (!t->last || order_of(e) >= order_of(t->last))
		t->last = e;
	name_of(e, name);
	v = service_of(t, name);
	if (!v)
		return;
	memmove(&v->at[1], &v->at[0], (REPEATED - 1) * sizeof(v->at[0]));
	v->at[0] = order_of(e);
	v->last = e;
	v->repeated |= ++v->kills >= REPEATED && is_within_span(v);
}

static const char *when(struct scan *s, const struct oom_event *e)
{
	char buf[SYSLOGTIME_TEXT] = "at a time that is not known";

	if (e->time.known)
		syslogtime_format(&e->time, buf);
	return scan_printf(s, "%s", buf);
}

static void report(struct scan *s, const struct tally *t, int64_t newest)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct service *v = &t->service[i];

		if (!v->repeated || (v->at[0] != INT64_MIN && v->at[0] < newest - PAST))
			continue;
		scan_find(s, &log_oom_repeated, scan_printf(s, "%s", v->last->source),
			  "%s was killed %llu times, last %s", v->name,
			  (unsigned long long)v->kills, when(s, v->last));
	}
	if (t->kills)
		scan_find(s, &log_oom, scan_printf(s, "%s", t->last->source),
			  "%llu kill%s, last %s: process '%s' (pid %lld)",
			  (unsigned long long)t->kills, t->kills == 1 ? "" : "s", when(s, t->last),
			  t->last->victim[0].name, (long long)t->last->victim[0].pid);
}

static int by_time(const void *a, const void *b)
{
	const struct oomlist_event *x = *(const struct oomlist_event *const *)a;
	const struct oomlist_event *y = *(const struct oomlist_event *const *)b;
	int64_t s = order_of(&x->e), t = order_of(&y->e);

	if (s != t)
		return s < t ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

/* Files are read by the times on them, which a copy of a disk may have lost. */
static void take_all(struct scan *s, struct tally *t, const struct oomlist_view *view)
{
	const struct oomlist_event **e;

	if (!view->n)
		return;
	e = arena_alloc(s->arena, view->n * sizeof(*e));
	memcpy(e, view->event, view->n * sizeof(*e));
	qsort(e, view->n, sizeof(*e), by_time);
	for (size_t i = 0; i < view->n; i++)
		take(t, &e[i]->e);
}

void log_oom_run(struct scan *s, const struct oom_files *files, int64_t newest)
{
	const struct oomlist_filter all = { 0 };
	struct oomlist *list = oomlist_new(&all);
	struct oomlog *log = oomlog_new(oomlist_take, list);
	struct tally *t = arena_new_struct(s->arena, struct tally);
	struct oomlist_view view;

	oomread_files(log, s->root, files);
	view = oomlist_see(list);
	take_all(s, t, &view);
	report(s, t, newest);
	oomlog_free(log);
	oomlist_free(list);
}
