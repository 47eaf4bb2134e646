/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/unitgraph.h"

#define NONE SIZE_MAX
#define NAME_MAX_BYTES 255u

struct reading {
	struct scan *s;
	struct unitgraph *g;
};

/* --- units --- */

static size_t find_unit(const struct unitgraph *g, const char *id)
{
	for (size_t i = 0; i < g->n; i++) {
		if (streq(g->unit[i].id, id))
			return i;
	}
	return NONE;
}

/* A job is only made for what can be loaded. */
static size_t add_unit(const struct reading *r, const char *name)
{
	struct unitgraph *g = r->g;
	struct unitfile u;
	size_t i = find_unit(g, name);

	if (i != NONE)
		return i;
	if (strpbrk(name, "%/") || !strchr(name, '.') || strlen(name) > NAME_MAX_BYTES)
		return NONE;
	unitfile_find(r->s, name, &u);
	if (u.state != UNITFILE_GOOD)
		return NONE;
	i = find_unit(g, u.id);
	if (i != NONE || g->n >= UNITGRAPH_UNITS) {
		g->cut |= i == NONE;
		return i;
	}
	ARENA_GROW(r->s->arena, g->unit, g->n, g->cap);
	g->unit[g->n] = (struct unitgraph_unit){ .id = u.id, .file = u };
	return g->n++;
}

/* --- what pulls them in --- */

enum pull { NO_PULL, WANTS, REQUIRES };

static enum pull pull_of(const char *key)
{
	static const char *const requires[] = { "Requires", "BindsTo", "BindTo",
						"RequiresOverridable", NULL };

	return streq(key, "Wants") ? WANTS : in_list(key, requires) ? REQUIRES : NO_PULL;
}

/* *changed: somebody who was read already turns out to be needed. */
static void pull(const struct reading *r, size_t from, const char *name, enum pull how,
		 bool *changed)
{
	size_t to = add_unit(r, name);

	if (to == NONE || how != REQUIRES || !r->g->unit[from].needed || r->g->unit[to].needed)
		return;
	r->g->unit[to].needed = true;
	*changed = true;
}

static void pull_dir(const struct reading *r, size_t from, const char *name, const char *suffix,
		     bool *changed)
{
	for (size_t i = 0; unitfile_dirs[i]; i++) {
		const char *dir = scan_printf(r->s, "%s/%s.%s", unitfile_dirs[i], name, suffix);
		const char *const *sub = root_is_dir(r->s->root, dir) ? scan_dir(r->s, dir) : NULL;

		for (size_t k = 0; sub && sub[k] && k < UNITGRAPH_UNITS; k++)
			pull(r, from, sub[k], *suffix == 'r' ? REQUIRES : WANTS, changed);
	}
}

static bool has_type(const char *id, const char *type)
{
	return endswith(id, type);
}

/* Services and what starts them wait for the early boot, unless they say otherwise. */
static bool has_default_order(const struct unitgraph_unit *u, const struct unitfile_settings *set)
{
	static const char *const no[] = { "no", "false", "off", "0", "n", "f", NULL };
	bool yes = has_type(u->id, ".service") || has_type(u->id, ".socket") ||
		   has_type(u->id, ".timer") || has_type(u->id, ".path");

	for (size_t i = 0; i < set->n; i++) {
		if (streq(set->v[i].section, "Unit") && streq(set->v[i].key, "DefaultDependencies"))
			yes = yes && !in_list(set->v[i].value, no);
	}
	return yes;
}

struct words {
	char *next;
};

static const char *next_word(struct words *w)
{
	char *s = w->next + strspn(w->next, " \t");
	size_t len = strcspn(s, " \t");

	if (!len)
		return NULL;
	w->next = s + len + (s[len] != '\0');
	s[len] = '\0';
	return s;
}

static void pull_settings(const struct reading *r, size_t from, const struct unitfile_settings *set,
			  bool *changed)
{
	for (size_t i = 0; i < set->n; i++) {
		enum pull how = streq(set->v[i].section, "Unit") ? pull_of(set->v[i].key) : NO_PULL;
		struct words w = { arena_strdup(r->s->arena, set->v[i].value) };
		const char *word;

		while (how != NO_PULL && (word = next_word(&w)))
			pull(r, from, word, how, changed);
	}
}

static void pull_all(const struct reading *r, size_t i, const struct unitfile_settings *set,
		     bool *changed)
{
	const char *id = r->g->unit[i].id;

	pull_settings(r, i, set, changed);
	pull_dir(r, i, id, "wants", changed);
	pull_dir(r, i, id, "requires", changed);
	if (has_default_order(&r->g->unit[i], set))
		pull(r, i, "sysinit.target", REQUIRES, changed);
}

/* --- the order --- */

static void add_edge(const struct reading *r, size_t from, size_t to, const struct text *t,
		     size_t line)
{
	struct unitgraph *g = r->g;
	struct unitgraph_unit *u;

	if (from == NONE || to == NONE || from == to)
		return;
	if (g->edges >= UNITGRAPH_EDGES) {
		g->cut = true;
		return;
	}
	ARENA_GROW(r->s->arena, g->edge, g->edges, g->edges_cap);
	g->edge[g->edges] = (struct unitgraph_edge){ from, to, t, line, false };
	u = &g->unit[from];
	ARENA_GROW(r->s->arena, u->after, u->n_after, u->cap);
	u->after[u->n_after++] = g->edges++;
}

/* Only those that have a job of their own. */
static size_t known_unit(const struct reading *r, const char *name)
{
	size_t i = find_unit(r->g, name);
	struct unitfile u;

	if (i != NONE || strpbrk(name, "%/"))
		return i;
	unitfile_find(r->s, name, &u);
	return u.state == UNITFILE_GOOD ? find_unit(r->g, u.id) : NONE;
}

static void order_by_settings(const struct reading *r, size_t i,
			      const struct unitfile_settings *set)
{
	for (size_t k = 0; k < set->n; k++) {
		const struct unitfile_setting *v = &set->v[k];
		bool after = streq(v->key, "After"), before = streq(v->key, "Before");
		struct words w = { arena_strdup(r->s->arena, v->value) };
		const char *word;

		while (streq(v->section, "Unit") && (after || before) && (word = next_word(&w))) {
			size_t other = known_unit(r, word);

			add_edge(r, after ? i : other, after ? other : i, v->text, v->line);
		}
	}
}

static void order_by_default(const struct reading *r, size_t i)
{
	static const char *const before[][2] = { { ".socket", "sockets.target" },
						 { ".timer", "timers.target" },
						 { ".path", "paths.target" } };
	const char *id = r->g->unit[i].id;

	add_edge(r, i, find_unit(r->g, "sysinit.target"), NULL, 0);
	if (has_type(id, ".service"))
		add_edge(r, i, find_unit(r->g, "basic.target"), NULL, 0);
	for (size_t k = 0; k < ARRAY_SIZE(before); k++) {
		if (has_type(id, before[k][0]))
			add_edge(r, find_unit(r->g, before[k][1]), i, NULL, 0);
	}
}

void unitgraph_read(struct scan *s, const char *start, struct unitgraph *out)
{
	struct unitfile_settings *set = arena_alloc(s->arena, UNITGRAPH_UNITS * sizeof(*set));
	struct reading r = { s, out };
	bool changed = true;

	*out = (struct unitgraph){ 0 };
	if (add_unit(&r, start) == NONE)
		return;
	out->unit[0].needed = true;
	for (size_t i = 0; i < out->n; i++) {
		unitfile_read(s, &out->unit[i].file, &set[i]);
		pull_all(&r, i, &set[i], &changed);
	}
	if (!streq(start, out->unit[0].id))
		pull_dir(&r, 0, start, "wants", &changed);
	/* Who is needed is passed on until nobody new is. */
	for (unsigned round = 0; changed && round < 32; round++) {
		size_t n = out->n;

		changed = false;
		for (size_t i = 0; i < n; i++)
			pull_all(&r, i, &set[i], &changed);
	}
	out->cut |= changed;
	for (size_t i = 0; i < out->n; i++) {
		order_by_settings(&r, i, &set[i]);
		if (has_default_order(&out->unit[i], &set[i]))
			order_by_default(&r, i);
	}
}

/* --- cycles --- */

enum { WHITE, GREY, BLACK };

struct frame {
	size_t unit, next; /* index into its after[] */
};

static void take_cycle(const struct unitgraph *g, const struct frame *stack, size_t depth,
		       size_t back, struct unitgraph_cycle *out)
{
	size_t from = depth, to = g->edge[back].to;

	while (stack[from].unit != to)
		from--;
	out->n = 0;
	for (; from < depth; from++)
		out->step[out->n++] =
			&g->edge[g->unit[stack[from].unit].after[stack[from].next - 1]];
	out->step[out->n++] = &g->edge[back];
}

/* Walks down from one unit; true: *out is a cycle. */
static bool walk(struct unitgraph *g, size_t start, struct frame *stack,
		 struct unitgraph_cycle *out)
{
	size_t depth = 0;

	stack[0] = (struct frame){ start, 0 };
	g->unit[start].mark = GREY;
	for (;;) {
		struct frame *f = &stack[depth];
		struct unitgraph_unit *u = &g->unit[f->unit];
		size_t e, to;

		if (f->next == u->n_after) {
			u->mark = BLACK;
			if (depth-- == 0)
				return false;
			continue;
		}
		e = u->after[f->next++];
		to = g->edge[e].to;
		if (g->edge[e].gone || g->unit[to].mark == BLACK)
			continue;
		if (g->unit[to].mark == GREY) {
			take_cycle(g, stack, depth, e, out);
			g->edge[e].gone = true;
			return true;
		}
		g->unit[to].mark = GREY;
		stack[++depth] = (struct frame){ to, 0 };
	}
}

bool unitgraph_cycle(struct unitgraph *g, struct unitgraph_cycle *out)
{
	_cleanup_free_ struct frame *stack = xmalloc((g->n + 1) * sizeof(*stack));

	for (size_t i = 0; i < g->n; i++)
		g->unit[i].mark = WHITE;
	for (size_t i = 0; i < g->n; i++) {
		if (g->unit[i].mark == WHITE && walk(g, i, stack, out))
			return true;
	}
	return false;
}
