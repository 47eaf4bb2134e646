/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/grubcfg.h"
#include "lib/grubrun.h"

/* --- the menu --- */

/* A menuentry or submenu met while a menu was built; its body runs later. */
struct item {
	const struct grubstmt *st;
	struct grubcfg_entry e;
};

struct grubmenu {
	struct item *item;
	size_t n, cap;
	bool unsure; /* an entry so far may or may not be there */
};

#define ENTRIES_MAX 2000u
#define MENU_DEPTH_MAX 8u

/* menuentry [options] TITLE [options] [arguments] { … } */
static void take_title(struct grubrun *r, struct grubcfg_entry *e, const struct grubarg *arg,
		       size_t n)
{
	static const char *const valued[] = { "--class", "--users", "--hotkey", "--source", NULL };

	for (size_t i = 1; i < n; i++) {
		const char *s = arg[i].s;

		if (!startswith(s, "--")) {
			if (!e->title) {
				e->title = arg[i].shown;
				e->title_unknown = arg[i].unknown;
			}
		} else if (streq(s, "--id") && i + 1 < n) {
			e->id = arg[++i].shown;
			e->title_unknown |= arg[i].unknown;
		} else if (startswith(s, "--id=")) {
			e->id = s + 5;
		} else if (in_list(s, valued)) {
			i++;
		}
	}
	if (!e->title) {
		e->title = "";
		e->title_unknown = true;
	}
	if (r->script->cut)
		e->index_unsure = true;
}

void grubrun_menuentry(struct grubrun *r, const struct grubstmt *st, const struct grubarg *arg,
		       size_t n)
{
	struct grubmenu *m = r->menu;
	struct item *it;

	if (r->reach == REACH_NEVER)
		return;
	if (!m) { /* an entry inside of an entry */
		grubrun_opaque(r);
		return;
	}
	if (!st->block || m->n + r->out->entries >= ENTRIES_MAX) {
		r->out->cut |= st->block;
		return;
	}
	ARENA_GROW(r->a, m->item, m->n, m->cap);
	it = &m->item[m->n];
	*it = (struct item){ .st = st };
	it->e.index_unsure = m->unsure;
	take_title(r, &it->e, arg, n);
	it->e.position = (unsigned)m->n++;
	it->e.submenu = streq(arg[0].s, "submenu");
	it->e.section = st->section;
	it->e.line = st->line;
	it->e.last_line = st->last_line;
	it->e.reach = r->reach;
	m->unsure |= r->reach == REACH_MAYBE;
}

static const char *join_path(struct arena *a, const char *parent, const char *part)
{
	return parent ? arena_printf(a, "%s>%s", parent, part) : part;
}

/* The entry goes into the list, with its place in the menu. */
static size_t add_entry(struct grubrun *r, const struct item *it, size_t parent)
{
	struct grubcfg *out = r->out;
	struct grubcfg_entry *e;
	const struct grubcfg_entry *up;

	ARENA_GROW(r->a, out->entry, out->entries, r->entry_cap);
	up = parent == GRUBCFG_NONE ? NULL : &out->entry[parent];
	e = &out->entry[out->entries];
	*e = it->e;
	e->parent = parent;
	e->depth = up ? up->depth + 1 : 0;
	e->index_unsure |= up && up->index_unsure;
	e->index_path =
		join_path(r->a, up ? up->index_path : NULL, arena_printf(r->a, "%u", e->position));
	e->title_path = join_path(r->a, up ? up->title_path : NULL, e->title);
	e->id_path = join_path(r->a, up ? up->id_path : NULL, e->id ? e->id : e->title);
	if (!e->section && up)
		e->section = up->section;
	return out->entries++;
}

static void run_menu(struct grubrun *r, const struct grubstmt *body, size_t parent, unsigned depth);

static void run_item(struct grubrun *r, const struct item *it, size_t parent, unsigned depth)
{
	struct grubvars saved = grubvars_copy(r->a, &r->vars);
	size_t index = add_entry(r, it, parent);

	r->reach = it->e.reach;
	if (!it->e.submenu) {
		r->menu = NULL;
		r->entry = index;
		grubrun_list(r, it->st->body);
		r->entry = GRUBCFG_NONE;
	} else if (depth < MENU_DEPTH_MAX) {
		run_menu(r, it->st->body, index, depth + 1);
	} else {
		r->out->cut = true;
	}
	r->vars = saved;
}

static void run_menu(struct grubrun *r, const struct grubstmt *body, size_t parent, unsigned depth)
{
	struct grubmenu m = { 0 };
	enum grubcfg_reach reach = r->reach;

	r->menu = &m;
	grubrun_list(r, body);
	for (size_t i = 0; i < m.n; i++)
		run_item(r, &m.item[i], parent, depth);
	r->menu = NULL;
	r->reach = reach;
}

/* What the variables say once the whole script has run, before any entry does. */
static void take_default(struct grubrun *r)
{
	r->out->def = grubvars_get(r, "default");
	r->out->fallback = grubvars_get(r, "fallback");
	if (r->out->fallback && !*r->out->fallback)
		r->out->fallback = NULL;
}

static void run_top(struct grubrun *r)
{
	struct grubmenu m = { 0 };

	r->menu = &m;
	grubrun_list(r, r->script->first);
	take_default(r);
	for (size_t i = 0; i < m.n; i++)
		run_item(r, &m.item[i], GRUBCFG_NONE, 0);
}

void grubcfg_parse(struct arena *a, const struct text *t, const struct grubcfg_env *env,
		   struct grubcfg *out)
{
	struct grubscript script;
	struct grubrun r = {
		.a = a, .out = out, .env = env, .script = &script, .entry = GRUBCFG_NONE
	};

	*out = (struct grubcfg){ .text = t };
	grubscript_parse(a, t, &script);
	out->commands = script.statements;
	out->broken = script.broken;
	out->broken_line = script.broken_line;
	out->open = script.open;
	out->cut = script.cut;
	run_top(&r);
	out->cut |= script.cut;
}

/* --- choosing --- */

struct chooser {
	const struct grubcfg *cfg;
	bool unknown; /* something on the way cannot be known */
	bool exact;   /* every part named an entry */
};

static size_t child_at(const struct chooser *c, size_t parent, uint64_t position)
{
	for (size_t i = 0; i < c->cfg->entries; i++) {
		const struct grubcfg_entry *e = &c->cfg->entry[i];

		if (e->parent == parent && e->position == position)
			return i;
	}
	return GRUBCFG_NONE;
}

static size_t child_named(struct chooser *c, size_t parent, const char *name)
{
	bool doubt = false;

	for (size_t i = 0; i < c->cfg->entries; i++) {
		const struct grubcfg_entry *e = &c->cfg->entry[i];

		if (e->parent != parent)
			continue;
		if (streq(e->id ? e->id : e->title, name) || streq(e->title, name))
			return i;
		doubt |= e->title_unknown;
	}
	c->unknown |= doubt;
	return GRUBCFG_NONE;
}

static size_t child(struct chooser *c, size_t parent, const char *part)
{
	uint64_t position;
	size_t i;

	if (!parse_u64(part, &position))
		return child_named(c, parent, part);
	i = child_at(c, parent, position);
	if (parent == GRUBCFG_NONE && c->cfg->blscfg)
		c->unknown = true;
	if (i != GRUBCFG_NONE && c->cfg->entry[i].index_unsure)
		c->unknown = true;
	return i;
}

/* The part up to a single '>'; "&gt;" is written ">>" inside of a title. *rest: behind it, or NULL
 */
static void split_part(const char *expr, char *buf, size_t size, const char **rest)
{
	size_t n = 0;

	for (; *expr; expr++) {
		if (*expr == '>' && expr[1] != '>')
			break;
		if (*expr == '>')
			expr++;
		if (n + 1 < size)
			buf[n++] = *expr;
	}
	buf[n] = '\0';
	*rest = *expr ? expr + 1 : NULL;
}

static size_t follow(struct chooser *c, const char *expr)
{
	size_t at = GRUBCFG_NONE;
	char part[1024];

	for (unsigned depth = 0; depth <= MENU_DEPTH_MAX; depth++) {
		size_t i = GRUBCFG_NONE;

		if (expr && *expr) {
			split_part(expr, part, sizeof(part), &expr);
			i = child(c, at, part);
			c->exact &= i != GRUBCFG_NONE;
		}
		if (i == GRUBCFG_NONE) {
			c->unknown |= at == GRUBCFG_NONE && c->cfg->blscfg;
			i = child_at(c, at, 0);
			expr = NULL;
		}
		if (i == GRUBCFG_NONE) /* an empty menu */
			return at;
		at = i;
		if (!c->cfg->entry[at].submenu)
			break;
	}
	return at;
}

enum grubcfg_choice grubcfg_choose(const struct grubcfg *cfg, const char *expr, size_t *index)
{
	struct chooser c = { .cfg = cfg, .exact = true };
	size_t i = follow(&c, expr);

	if (c.unknown || cfg->cut)
		return CHOICE_UNKNOWN;
	if (!c.exact)
		return cfg->more || cfg->broken ? CHOICE_UNKNOWN : CHOICE_NOTHING;
	if (i == GRUBCFG_NONE)
		return cfg->more ? CHOICE_UNKNOWN : CHOICE_NOTHING;
	*index = i;
	return CHOICE_ENTRY;
}

size_t grubcfg_default(const struct grubcfg *cfg)
{
	struct chooser c = { .cfg = cfg, .exact = true };
	size_t i;

	if (!cfg->def || cfg->cut)
		return GRUBCFG_NONE;
	i = follow(&c, cfg->def);
	if (c.unknown || (!c.exact && (cfg->more || cfg->broken)))
		return GRUBCFG_NONE;
	return i;
}

const struct grubcfg_file *grubcfg_kernel(const struct grubcfg_entry *e, const char **args)
{
	const struct grubcfg_file *found = NULL;

	for (size_t i = 0; i < e->kernels; i++) {
		if (e->kernel[i].reach == REACH_NEVER)
			continue;
		if (e->kernel[i].reach == REACH_MAYBE)
			return NULL;
		found = &e->kernel[i];
		if (args)
			*args = e->args[i];
	}
	return e->opaque ? NULL : found;
}
