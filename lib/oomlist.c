/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/oomlist.h"

/* A power of two; half of them are used. The fuzzer makes it small. */
#ifndef SEEN_SLOTS
#define SEEN_SLOTS (1u << 16)
#endif
#define ROWS_TALLIED 16u

struct oomlist {
	struct oomlist_filter filter;
	struct oomlist_event *event[OOMLIST_KEPT];
	size_t n;
	uint64_t total, duplicates, earlier, undated;
	struct oomlist_name name[OOMLIST_NAMES];
	size_t names;
	uint64_t *seen; /* keys of events; 0: free */
	size_t n_seen;
};

struct oomlist *oomlist_new(const struct oomlist_filter *f)
{
	struct oomlist *l = xcalloc(1, sizeof(*l));

	l->filter = *f;
	l->seen = xcalloc(SEEN_SLOTS, sizeof(*l->seen));
	return l;
}

void oomlist_free(struct oomlist *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n; i++)
		free(l->event[i]);
	free(l->seen);
	free(l);
}

/* --- the same event twice --- */

static uint64_t mix(uint64_t h, uint64_t v)
{
	h ^= v;
	h *= UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

/* 0: nothing tells this one from others. */
static uint64_t key_of(const struct oom_event *e)
{
	int64_t pid = e->victims ? e->victim[0].pid : e->trigger_pid;
	uint64_t h = 1;

	if (e->uptime != SYSLOGLINE_NO_UPTIME)
		h = mix(h, (uint64_t)e->uptime);
	else if (e->time.known)
		h = mix(h, (uint64_t)syslogtime_order(&e->time));
	else
		return 0;
	h = mix(h, (uint64_t)pid);
	return h ? h : 1;
}

/* True when it was there; it is now in any case, while there is room. */
static bool seen_before(struct oomlist *l, uint64_t key)
{
	size_t i = (size_t)key & (SEEN_SLOTS - 1);

	while (l->seen[i] && l->seen[i] != key)
		i = (i + 1) & (SEEN_SLOTS - 1);
	if (l->seen[i])
		return true;
	if (l->n_seen < SEEN_SLOTS / 2) {
		l->seen[i] = key;
		l->n_seen++;
	}
	return false;
}

static void merge(struct oomlist *l, const struct oom_event *e, uint64_t key)
{
	for (size_t i = 0; i < l->n; i++) {
		struct oom_event *old = &l->event[i]->e;
		struct syslogtime time = old->time;

		if (key_of(old) != key)
			continue;
		if (__builtin_popcount(e->missing) < __builtin_popcount(old->missing))
			*old = *e;
		if (!old->time.known)
			old->time = time.known ? time : e->time;
		return;
	}
}

/* --- names --- */

static struct oomlist_name *name_at(struct oomlist *l, const char *name)
{
	struct oomlist_name *n;

	for (size_t i = 0; i < l->names; i++) {
		if (streq(l->name[i].name, name))
			return &l->name[i];
	}
	if (l->names == OOMLIST_NAMES)
		return NULL;
	n = &l->name[l->names++];
	*n = (struct oomlist_name){ 0 };
	memcpy(n->name, name, sizeof(n->name));
	return n;
}

static void note_size(struct oomlist *l, const struct oom_event *e, const struct oom_process *p)
{
	struct oomlist_name *n = name_at(l, p->name);
	int64_t kb = p->rss > 0 ? p->rss * e->page_kb : 0;

	if (!n)
		return;
	n->first_kb = n->seen ? n->first_kb : kb;
	n->rises += n->seen && kb > n->last_kb;
	n->last_kb = kb;
	n->most_kb = kb > n->most_kb ? kb : n->most_kb;
	n->seen++;
}

/* Only the largest of a name counts: it is what grows. */
static void tally(struct oomlist *l, const struct oom_event *e)
{
	for (size_t i = 0; i < e->rows && i < ROWS_TALLIED; i++) {
		bool again = false;

		for (size_t k = 0; k < i; k++)
			again |= streq(e->row[k].name, e->row[i].name);
		if (!again)
			note_size(l, e, &e->row[i]);
	}
	for (size_t i = 0; i < e->victims; i++) {
		struct oomlist_name *n =
			e->victim[i].name[0] ? name_at(l, e->victim[i].name) : NULL;

		if (n)
			n->killed++;
	}
}

bool oomlist_grows(const struct oomlist_name *n)
{
	return n->seen >= 3 && n->rises == n->seen - 1 && n->last_kb >= n->first_kb / 5 * 6;
}

/* --- taking --- */

static bool is_earlier(struct oomlist *l, const struct oom_event *e)
{
	if (!l->filter.since.known)
		return false;
	if (!e->time.known) {
		l->undated++;
		return false;
	}
	return syslogtime_order(&e->time) < syslogtime_order(&l->filter.since);
}

static void keep(struct oomlist *l, const struct oom_event *e)
{
	struct oomlist_event *slot;

	if (l->filter.only && l->filter.only != l->total)
		return;
	if (l->n == OOMLIST_KEPT) {
		slot = l->event[0];
		memmove(l->event, l->event + 1, (OOMLIST_KEPT - 1) * sizeof(*l->event));
		l->n--;
	} else {
		slot = xmalloc(sizeof(*slot));
	}
	slot->number = l->total;
	slot->e = *e;
	l->event[l->n++] = slot;
}

void oomlist_take(void *list, const struct oom_event *e)
{
	struct oomlist *l = list;
	uint64_t key = key_of(e);

	if (is_earlier(l, e)) {
		l->earlier++;
		return;
	}
	if (key && seen_before(l, key)) {
		l->duplicates++;
		merge(l, e, key);
		return;
	}
	l->total++;
	tally(l, e);
	keep(l, e);
}

static int by_kills(const void *a, const void *b)
{
	const struct oomlist_name *x = a, *y = b;

	if (x->killed != y->killed)
		return x->killed < y->killed ? 1 : -1;
	return strcmp(x->name, y->name);
}

struct oomlist_view oomlist_see(struct oomlist *l)
{
	qsort(l->name, l->names, sizeof(*l->name), by_kills);
	return (struct oomlist_view){ .event = l->event,
				      .n = l->n,
				      .total = l->total,
				      .duplicates = l->duplicates,
				      .earlier = l->earlier,
				      .undated = l->undated,
				      .name = l->name,
				      .names = l->names };
}
