/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <uthash.h>

#include "lib/unitgraph.h"

#define NONE SIZE_MAX
#define NOT_YET (SIZE_MAX - 1)
#define NAMES_MAX 16384u /* of units and their directories */
#define PULLS_MAX 8192u
#define LOOKS_MAX 8192u /* for names that are required and that no directory has */

/* A name in one of the directories of units, or one that is asked for. */
struct name {
	const char *name;
	size_t unit; /* NONE: stands for none; NOT_YET: was not looked at */
	UT_hash_handle hh;
};

struct pull {
	size_t from, to;
	bool required;
};

struct reading {
	struct scan *s;
	struct unitgraph *g;
	struct name *names;
	struct pull *pull;
	size_t pulls, cap, looks, bytes;
};

/* --- names --- */

static struct name *find_name(const struct reading *r, const char *name)
{
	struct name *n;

	HASH_FIND_STR(r->names, name, n);
	return n;
}

static struct name *add_name(struct reading *r, const char *name)
{
	struct name *n = find_name(r, name);

	if (n || HASH_COUNT(r->names) >= NAMES_MAX) {
		r->g->cut |= !n;
		return n;
	}
	n = arena_new_struct(r->s->arena, struct name);
	*n = (struct name){ .name = arena_strdup(r->s->arena, name), .unit = NOT_YET };
	HASH_ADD_KEYPTR(hh, r->names, n->name, strlen(n->name), n);
	return n;
}

static void read_names(struct reading *r)
{
	for (size_t i = 0; unitfile_dirs[i]; i++) {
		const char *const *name = root_is_dir(r->s->root, unitfile_dirs[i])
						  ? scan_dir(r->s, unitfile_dirs[i])
						  : NULL;

		for (; name && *name; name++)
			add_name(r, *name);
	}
}

/* --- units --- */

static size_t find_unit(const struct reading *r, const char *id)
{
	const struct name *n = find_name(r, id);

	return n && n->unit != NOT_YET ? n->unit : NONE;
}

/* Some directory has the name, or the template's. */
static bool may_exist(const struct reading *r, const char *name)
{
	const char *at = strchr(name, '@'), *dot = strrchr(name, '.');

	if (!dot || strpbrk(name, "%/"))
		return false;
	if (find_name(r, name))
		return true;
	return at && dot > at &&
	       find_name(r, arena_printf(r->s->arena, "%.*s%s", (int)(at + 1 - name), name, dot));
}

static size_t new_unit(struct reading *r, const struct unitfile *u)
{
	struct unitgraph *g = r->g;

	if (g->n >= UNITGRAPH_UNITS) {
		g->cut = true;
		return NONE;
	}
	ARENA_GROW(r->s->arena, g->unit, g->n, g->cap);
	g->unit[g->n] = (struct unitgraph_unit){ .id = u->id, .file = *u };
	return g->n++;
}

/* A job is only made for what can be loaded. */
static size_t add_unit(struct reading *r, const char *name)
{
	struct name *n = may_exist(r, name) ? add_name(r, name) : NULL, *id;
	struct unitfile u;

	if (!n || n->unit != NOT_YET)
		return n ? n->unit : NONE;
	n->unit = NONE;
	unitfile_find(r->s, name, &u);
	if (u.state != UNITFILE_GOOD)
		return NONE;
	id = streq(u.id, name) ? n : add_name(r, u.id);
	if (id && (id == n || id->unit == NOT_YET))
		id->unit = new_unit(r, &u);
	n->unit = id ? id->unit : NONE;
	return n->unit;
}

/* --- what pulls them in --- */

enum how { NO_PULL, WANTS, REQUIRES };

static enum how pull_of(const char *key)
{
	static const char *const requires[] = { "Requires", "BindsTo", "BindTo",
						"RequiresOverridable", NULL };

	return streq(key, "Wants") ? WANTS : in_list(key, requires) ? REQUIRES : NO_PULL;
}

static void note_lack(struct reading *r, const struct unitgraph_lack *l)
{
	struct unitgraph *g = r->g;
	struct unitfile u;

	/* Others are made by generators, or come with what they stand for. */
	if (!unitfile_needs_file(l->name) || strpbrk(l->name, "%/$"))
		return;
	if (g->lacks >= UNITGRAPH_UNITS || r->looks++ >= LOOKS_MAX) {
		g->cut = true;
		return;
	}
	if (unitfile_has_script(r->s, l->name))
		return;
	unitfile_find(r->s, l->name, &u);
	if (u.state == UNITFILE_GOOD)
		return;
	ARENA_GROW(r->s->arena, g->lack, g->lacks, g->lacks_cap);
	g->lack[g->lacks] = *l;
	g->lack[g->lacks++].state = u.state;
}

static void pull(struct reading *r, const struct unitgraph_lack *p, enum how how)
{
	size_t to = r->g->cut ? NONE : add_unit(r, p->name);

	if (r->g->cut)
		return;
	if (to == NONE) {
		if (how == REQUIRES)
			note_lack(r, p);
		return;
	}
	if (r->pulls >= PULLS_MAX) {
		r->g->cut = true;
		return;
	}
	ARENA_GROW(r->s->arena, r->pull, r->pulls, r->cap);
	r->pull[r->pulls++] = (struct pull){ p->from, to, how == REQUIRES };
}

static void pull_dir(struct reading *r, size_t from, const char *name, enum how how)
{
	const char *sub = scan_printf(r->s, "%s.%s", name, how == REQUIRES ? "requires" : "wants");

	for (size_t i = 0; find_name(r, sub) && unitfile_dirs[i]; i++) {
		const char *dir = scan_printf(r->s, "%s/%s", unitfile_dirs[i], sub);
		const char *const *one = root_is_dir(r->s->root, dir) ? scan_dir(r->s, dir) : NULL;

		for (size_t k = 0; one && one[k] && k < UNITGRAPH_UNITS; k++) {
			struct unitgraph_lack p = { .from = from, .name = one[k] };

			if (!unitfile_asks(r->s, sub, one[k], i))
				continue;
			p.link = how == REQUIRES ? scan_printf(r->s, "%s/%s", dir, one[k]) : NULL;
			pull(r, &p, how);
		}
	}
}

/* DefaultDependencies= */
static bool has_defaults(const struct unitfile_settings *set)
{
	static const char *const no[] = { "no", "false", "off", "0", "n", "f", NULL };
	bool yes = true;

	for (size_t i = 0; i < set->n; i++) {
		if (streq(set->v[i].section, "Unit") && streq(set->v[i].key, "DefaultDependencies"))
			yes = !in_list(set->v[i].value, no);
	}
	return yes;
}

/* Services and what starts them wait for the early boot, unless they say otherwise. */
static bool has_default_order(const struct unitgraph_unit *u, const struct unitfile_settings *set)
{
	return (endswith(u->id, ".service") || endswith(u->id, ".socket") ||
		endswith(u->id, ".timer") || endswith(u->id, ".path")) &&
	       has_defaults(set);
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

static void pull_settings(struct reading *r, size_t from, const struct unitfile_settings *set)
{
	for (size_t i = 0; i < set->n; i++) {
		enum how how = streq(set->v[i].section, "Unit") ? pull_of(set->v[i].key) : NO_PULL;
		struct words w = { arena_strdup(r->s->arena, set->v[i].value) };
		struct unitgraph_lack p = { .from = from };

		p.text = set->v[i].text;
		p.line = set->v[i].line;
		while (how != NO_PULL && (p.name = next_word(&w)))
			pull(r, &p, how);
	}
}

/* A drop-in for all services is read anew for each of them. */
static void read_settings(struct reading *r, size_t i, struct unitfile_settings *set)
{
	unitfile_read(r->s, &r->g->unit[i].file, set);
	r->bytes += set->bytes;
	r->g->cut |= r->bytes > UNITGRAPH_BYTES;
}

static void pull_all(struct reading *r, size_t i, const struct unitfile_settings *set)
{
	const struct unitgraph_lack early = { .from = i, .name = "sysinit.target" };
	const char *id = r->g->unit[i].id;

	pull_settings(r, i, set);
	pull_dir(r, i, id, WANTS);
	pull_dir(r, i, id, REQUIRES);
	if (has_default_order(&r->g->unit[i], set))
		pull(r, &early, REQUIRES);
}

/* One more unit is needed; false: nothing new. */
static bool pass_on(struct unitgraph_unit *unit, const struct pull *p)
{
	struct unitgraph_unit *from = &unit[p->from], *to = &unit[p->to];
	bool needed = p->required && from->needed && !to->needed;
	bool needs_all = p->required && from->needs_all && !to->wanted && !to->needs_all;

	to->needed |= needed;
	to->needs_all |= needs_all;
	return needed || needs_all;
}

/* Who is needed is passed on until nobody new is. */
static void spread_need(struct reading *r)
{
	struct unitgraph_unit *unit = r->g->unit;
	bool changed = true;

	for (size_t i = 0; i < r->pulls; i++)
		unit[r->pull[i].to].wanted |= !r->pull[i].required;
	unit[0].needed = unit[0].needs_all = true;
	while (changed) {
		changed = false;
		for (size_t i = 0; i < r->pulls; i++)
			changed |= pass_on(unit, &r->pull[i]);
	}
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

/* Only those that have a job of their own; a name that none was pulled by may be an alias. */
static size_t known_unit(struct reading *r, const char *name)
{
	struct name *n = find_name(r, name);
	struct unitfile u;

	if (!n || n->unit != NOT_YET)
		return n ? n->unit : NONE;
	unitfile_find(r->s, name, &u);
	n->unit = u.state == UNITFILE_GOOD && !streq(u.id, name) ? find_unit(r, u.id) : NONE;
	return n->unit;
}

static void order_by_settings(struct reading *r, size_t i, const struct unitfile_settings *set)
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

static void order_by_default(struct reading *r, size_t i)
{
	static const char *const before[][2] = { { ".socket", "sockets.target" },
						 { ".timer", "timers.target" },
						 { ".path", "paths.target" } };
	const char *id = r->g->unit[i].id;

	add_edge(r, i, find_unit(r, "sysinit.target"), NULL, 0);
	if (endswith(id, ".service"))
		add_edge(r, i, find_unit(r, "basic.target"), NULL, 0);
	for (size_t k = 0; k < ARRAY_SIZE(before); k++) {
		if (endswith(id, before[k][0]))
			add_edge(r, find_unit(r, before[k][1]), i, NULL, 0);
	}
}

static bool waits_for(const struct unitgraph *g, size_t from, size_t to)
{
	for (size_t i = 0; i < g->unit[from].n_after; i++) {
		if (g->edge[g->unit[from].after[i]].to == to)
			return true;
	}
	return false;
}

/* A target waits for what it pulls in, unless that is told to wait for the target. */
static void order_targets(struct reading *r, const struct unitfile_settings *set)
{
	for (size_t i = 0; i < r->pulls; i++) {
		const struct pull *p = &r->pull[i];

		if (endswith(r->g->unit[p->from].id, ".target") && has_defaults(&set[p->from]) &&
		    has_defaults(&set[p->to]) && !waits_for(r->g, p->to, p->from))
			add_edge(r, p->from, p->to, NULL, 0);
	}
}

static void order_all(struct reading *r, const struct unitfile_settings *set)
{
	for (size_t i = 0; i < r->g->n; i++) {
		order_by_settings(r, i, &set[i]);
		if (has_default_order(&r->g->unit[i], &set[i]))
			order_by_default(r, i);
	}
	order_targets(r, set);
}

void unitgraph_read(struct scan *s, const char *start, struct unitgraph *out)
{
	struct unitfile_settings *set = arena_alloc(s->arena, UNITGRAPH_UNITS * sizeof(*set));
	struct reading r = { .s = s, .g = out };

	*out = (struct unitgraph){ 0 };
	read_names(&r);
	if (add_unit(&r, start) != NONE) {
		for (size_t i = 0; i < out->n && !out->cut; i++) {
			read_settings(&r, i, &set[i]);
			pull_all(&r, i, &set[i]);
			if (i == 0 && !streq(start, out->unit[0].id)) {
				pull_dir(&r, 0, start, WANTS);
				pull_dir(&r, 0, start, REQUIRES);
			}
		}
		spread_need(&r);
		order_all(&r, set);
	}
	HASH_CLEAR(hh, r.names);
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
