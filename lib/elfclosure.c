/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The walk from one program through all that it needs. */
#include "lib/elfclosure_parts.h"
#include "lib/paths.h"

#define ENTRIES_MAX 1024u
#define CHAIN_NAMES 6u /* told of a long chain */

/* An object that is loaded, in the order of loading; the program itself is the first. */
struct entry {
	struct elfobject *o;
	const char *name;
	size_t parent; /* who asked for it */
	struct elfsearch_from from;
};

struct walk {
	struct elfclosure *c;
	const char *program;
	unsigned who;
	const char *start; /* how chains begin: "'/sbin/init'" */
	const struct elfsearch *s;
	struct entry *e;
	size_t n;
};

/* --- chains --- */

/* last is needed by entry i; NULL: the chain ends there. */
static const char *chain(const struct walk *w, size_t i, const char *last)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	size_t way[CHAIN_NAMES], n = 0;
	const char *word = " needs ";

	for (; i && n < CHAIN_NAMES; i = w->e[i].parent)
		way[n++] = i;
	bytes_addf(&b, "%s%s", w->start, i ? ", by way of others," : "");
	while (n) {
		bytes_addf(&b, "%s%s", word, w->e[way[--n]].name);
		word = ", which needs ";
	}
	if (last)
		bytes_addf(&b, "%s%s", word, last);
	return arena_memdup(w->c->arena, b.data, b.len);
}

static struct elflack *lacking(struct walk *w, enum elflack_kind kind, const char *name,
			       const char *way)
{
	const struct elfsearch *s = kind == ELFLACK_LIBRARY ? w->s : NULL;
	struct elflack *l = elflack_get(w->c, kind, name, s);

	elflack_add(w->c, l, w->program, w->who, way);
	return l;
}

/* --- what is wrong with an object --- */

static bool is_broken(enum elffile_state s)
{
	return s == ELFFILE_NO_FILE || s == ELFFILE_EMPTY || s == ELFFILE_NOT || s == ELFFILE_CUT ||
	       s == ELFFILE_DAMAGED || s == ELFFILE_TAIL;
}

static void say_broken(struct walk *w, const struct elfobject *o, const char *way)
{
	struct elflack *l = lacking(w, ELFLACK_DAMAGED, o->path, way);

	l->why = o->file.why;
	if (o->file.state == ELFFILE_NOT &&
	    streq(o->path, paths_real_or_same(w->c->root, w->c->arena, w->program)))
		l->why = "neither an ELF file nor a script";
	l->loads = o->file.state == ELFFILE_TAIL;
	l->empty = o->file.state == ELFFILE_EMPTY;
}

static bool can_be_walked(const struct elfobject *o)
{
	return o->file.state == ELFFILE_OK || o->file.state == ELFFILE_TAIL;
}

static bool push(struct walk *w, struct elfobject *o, const char *name, size_t parent)
{
	struct entry *e = &w->e[w->n];

	if (w->n == ENTRIES_MAX)
		return false;
	*e = (struct entry){ .o = o, .name = name, .parent = parent };
	e->from = (struct elfsearch_from){ &o->file, o->origin, NULL };
	/* The loader itself is nobody's child: its path is no part of a search. */
	if (w->n)
		e->from.parent = &w->e[parent].from;
	w->n++;
	return true;
}

/* --- libraries --- */

static const char *join(struct arena *a, const struct lines *dirs)
{
	const char *s = "";

	for (size_t i = 0; i < dirs->n && i < 8; i++)
		s = arena_printf(a, "%s%s%s", s, *s ? ", " : "", dirs->s[i]);
	return s;
}

static void say_where(struct walk *w, struct elflack *l, const struct elfsearch_from *from)
{
	elfsearch_dirs(w->s, from, &l->dirs);
	l->why = arena_printf(w->c->arena, "not found in %s%s", join(w->c->arena, &l->dirs),
			      w->s->cache.n ? " nor by " LDCACHE_PATH : "");
}

static void say_missing(struct walk *w, size_t i, const char *name, const char *other)
{
	struct elflack *l;

	if (other) {
		l = lacking(w, ELFLACK_MACHINE, other, chain(w, i, name));
		l->why = "it is made for another architecture";
		return;
	}
	l = lacking(w, ELFLACK_LIBRARY, name, chain(w, i, name));
	if (l->why)
		return;
	if (strchr(name, '/')) {
		l->why = "it does not exist";
		return;
	}
	say_where(w, l, &w->e[i].from);
}

static const struct entry *loaded(const struct walk *w, const char *name)
{
	for (size_t i = 0; i < w->n; i++) {
		const char *soname = w->e[i].o->file.soname;

		if (streq(w->e[i].name, name) || (soname && streq(soname, name)))
			return &w->e[i];
	}
	return NULL;
}

static bool has_object(const struct walk *w, const struct elfobject *o)
{
	for (size_t i = 0; i < w->n; i++) {
		if (w->e[i].o == o)
			return true;
	}
	return false;
}

static void need(struct walk *w, size_t i, const char *name)
{
	struct elfsearch_found f;
	struct elfobject *o;

	if (loaded(w, name) || elfsearch_is_built_in(w->s, name))
		return;
	elfclosure_lookup(w->c, w->s, name, &w->e[i].from, &f);
	if (!f.path) {
		say_missing(w, i, name, f.other);
		return;
	}
	if (f.path[0] != '/')
		return;
	o = elfclosure_object(w->c, f.path);
	if (is_broken(o->file.state))
		say_broken(w, o, chain(w, i, name));
	if (can_be_walked(o) && !has_object(w, o))
		push(w, o, name, i);
}

/* --- versions --- */

static bool defines(const struct elfobject *lib, const char *version)
{
	const struct lines *d = &lib->file.defined;

	return !d->n || in_list(version, d->s);
}

static void say_version(struct walk *w, size_t i, const struct elffile_version *v,
			const struct elfobject *lib)
{
	struct arena *a = w->c->arena;
	struct elflack *l;

	l = lacking(w, ELFLACK_VERSION, lib->path,
		    chain(w, i, arena_printf(a, "version %s of %s", v->name, v->file)));
	l->why = "that library does not have it";
	if (!l->versions.n || !in_list(v->name, l->versions.s))
		lines_add(a, &l->versions, v->name);
}

static void check_versions(struct walk *w, size_t i)
{
	const struct elfobject *o = w->e[i].o;
	const struct entry *lib = NULL;
	const char *file = NULL;

	for (size_t k = 0; k < o->file.versions; k++) {
		const struct elffile_version *v = &o->file.version[k];

		if (v->file != file) {
			file = v->file;
			lib = loaded(w, file);
		}
		if (!lib || o->satisfied[k] == lib->o)
			continue;
		if (defines(lib->o, v->name))
			o->satisfied[k] = lib->o;
		else
			say_version(w, i, v, lib->o);
	}
}

static void walk_all(struct walk *w)
{
	for (size_t i = 0; i < w->n; i++) {
		const struct lines *needed = &w->e[i].o->file.needed;

		for (size_t k = 0; k < needed->n; k++)
			need(w, i, needed->s[k]);
	}
	for (size_t i = 0; !w->s->musl && i < w->n; i++)
		check_versions(w, i);
}

/* --- programs --- */

/* The program loader is there and can be run. */
static bool take_loader(struct walk *w, const char *interp)
{
	const struct elfobject *program = w->e[0].o;
	struct elfobject *o = elfclosure_object(w->c, interp);
	const char *way = chain(w, 0, arena_printf(w->c->arena, "the program loader '%s'", interp));

	if (o->file.state == ELFFILE_ABSENT) {
		lacking(w, ELFLACK_LOADER, interp, way)->why = "which does not exist";
		return false;
	}
	if (is_broken(o->file.state))
		say_broken(w, o, way);
	if (!can_be_walked(o))
		return false;
	if (!elffile_same_machine(&o->file.head.m, &program->file.head.m)) {
		lacking(w, ELFLACK_MACHINE, interp, way)->why =
			"it is made for another architecture";
		return false;
	}
	return push(w, o, paths_base(interp), 0);
}

static bool is_foreign(struct walk *w, const struct elfobject *o)
{
	const struct elffile_machine *m = &o->file.head.m;
	struct arena *a = w->c->arena;

	if (!w->c->own.known || elffile_kindred(m, &w->c->own))
		return false;
	lacking(w, ELFLACK_MACHINE, w->program, w->start)->why =
		arena_printf(a, "it is made for %s, but the system for %s",
			     elffile_machine_name(a, m), elffile_machine_name(a, &w->c->own));
	return true;
}

static void walk_elf(struct walk *w, struct elfobject *o)
{
	_cleanup_free_ struct entry *e = xcalloc(ENTRIES_MAX, sizeof(*e));
	const struct elfclosure *c = w->c;
	const char *loader = o->file.interp;

	if (is_foreign(w, o))
		return;
	if (!loader && c->own.known && elffile_same_machine(&o->file.head.m, &c->own))
		loader = c->loader;
	w->s = elfclosure_search(w->c, &o->file.head.m, loader);
	w->e = e;
	if (!w->s || !push(w, o, paths_base(o->path), 0))
		return;
	if (!o->file.interp || take_loader(w, o->file.interp))
		walk_all(w);
}

/* --- scripts --- */

/* The interpreter of a script, CR and all; NULL: it is none. */
static const char *interpreter(const struct elfclosure *c, const char *path)
{
	char line[256];
	size_t got = 0, n;
	const char *s = line + 2;

	if (root_pread(c->root, path, 0, line, sizeof(line) - 1, &got) < 0 || got < 3)
		return NULL;
	line[got] = '\0';
	if (line[0] != '#' || line[1] != '!')
		return NULL;
	s += strspn(s, " \t");
	n = strcspn(s, " \t\n");
	return *s == '/' ? arena_strndup(c->arena, s, n) : NULL;
}

static void walk_script(struct walk *w, const char *interp)
{
	struct arena *a = w->c->arena;
	struct elfobject *o = elfclosure_object(w->c, interp);
	const char *real;

	if (endswith(interp, "\r")) {
		lacking(w, ELFLACK_LOADER, w->program, w->start)->why =
			"its first line ends in CR, so the name of its interpreter does too";
		return;
	}
	if (o->file.state == ELFFILE_ABSENT) {
		lacking(w, ELFLACK_LOADER, interp,
			arena_printf(a, "%s is a script for '%s'", w->start, interp))
			->why = "which does not exist";
		return;
	}
	w->start = arena_printf(a, "%s is a script for '%s', which", w->start, interp);
	real = paths_real_or_same(w->c->root, a, interp);
	o = elfclosure_object(w->c, real);
	if (is_broken(o->file.state) && o->file.state != ELFFILE_NOT)
		say_broken(w, o, arena_printf(a, "%s is broken", w->start));
	if (can_be_walked(o))
		walk_elf(w, o);
}

/* Text that a shell would still read is no rubbish. */
static bool is_rubbish(const struct elfobject *o)
{
	unsigned char c = o->file.first;

	return o->file.state != ELFFILE_NOT ||
	       !((c >= ' ' && c < 0x7f) || (c >= '\t' && c <= '\r'));
}

void elfclosure_program(struct elfclosure *c, const char *path, unsigned who)
{
	const char *real = paths_real(c->root, c->arena, path), *interp;
	struct walk w = { .c = c, .program = path, .who = who };
	struct elfobject *o;

	if (!real)
		return;
	w.start = arena_printf(c->arena, "'%s'", path);
	o = elfclosure_object(c, real);
	interp = o->file.state == ELFFILE_NOT ? interpreter(c, real) : NULL;
	if (interp) {
		walk_script(&w, interp);
		return;
	}
	if (is_broken(o->file.state) && is_rubbish(o))
		say_broken(&w, o, w.start);
	if (can_be_walked(o))
		walk_elf(&w, o);
}

void elfclosure_module(struct elfclosure *c, const char *path, unsigned who)
{
	struct walk w = { .c = c, .program = path, .who = who };
	struct elfobject *o = elfclosure_object(c, path);

	if (o->walked)
		return;
	o->walked = true;
	w.start = arena_printf(c->arena, "'%s'", path);
	if (is_broken(o->file.state))
		say_broken(&w, o, w.start);
	if (can_be_walked(o))
		walk_elf(&w, o);
}

const struct elflack *elfclosure_of_module(struct elfclosure *c, const char *path, unsigned who,
					   const char **out)
{
	elfclosure_module(c, path, who);
	for (const struct elflack *l = c->lack; l; l = l->next) {
		const struct elflack_hit *h = l->hit;

		if (l->told || l->loads || streq(l->name, path))
			continue;
		while (h && !streq(h->program, path))
			h = h->next;
		if (h) {
			*out = h->chain;
			return l;
		}
	}
	return NULL;
}

void elfclosure_library(struct elfclosure *c, const char *name, const char *program, unsigned who,
			const char *way)
{
	struct walk w = { .c = c, .program = program, .who = who };
	struct elfsearch_found f = { 0 };
	struct elflack *l;

	w.s = c->own.known ? elfclosure_search(c, &c->own, c->loader) : NULL;
	if (!w.s)
		return;
	elfclosure_lookup(c, w.s, name, NULL, &f);
	if (f.path) {
		elfclosure_module(c, f.path, who);
		return;
	}
	if (!way)
		return;
	l = lacking(&w, ELFLACK_LIBRARY, name, way);
	if (!l->why)
		say_where(&w, l, NULL);
}
