/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>

#include "lib/pammodule.h"

#define DIRS_MAX 64

/* --- one file --- */

static const enum pammodule_state state_of[] = {
	[ELFFILE_OK] = PAMMODULE_PRESENT,
	[ELFFILE_ABSENT] = PAMMODULE_ABSENT,
	/* There, but not to be read by us, is as good as there; but no file cannot be loaded. */
	[ELFFILE_UNREADABLE] = PAMMODULE_PRESENT,
	[ELFFILE_NO_FILE] = PAMMODULE_NOT_ELF,
	[ELFFILE_EMPTY] = PAMMODULE_EMPTY,
	[ELFFILE_NOT] = PAMMODULE_NOT_ELF,
	[ELFFILE_CUT] = PAMMODULE_CUT,
	[ELFFILE_TAIL] = PAMMODULE_CUT,
	[ELFFILE_DAMAGED] = PAMMODULE_CUT,
};

enum pammodule_state pammodule_file(const struct root *r, const char *path,
				    const struct elffile_machine *own)
{
	struct elffile_head h;
	enum pammodule_state s = state_of[elffile_head(r, path, &h)];

	if (own && own->known && h.m.known && !elffile_same_machine(&h.m, own))
		return PAMMODULE_OTHER_MACHINE;
	return s;
}

const char *pammodule_why(enum pammodule_state s)
{
	static const char *const why[] = {
		[PAMMODULE_PRESENT] = "is there",
		[PAMMODULE_ABSENT] = "does not exist",
		[PAMMODULE_EMPTY] = "is empty",
		[PAMMODULE_NOT_ELF] = "is not a shared object",
		[PAMMODULE_OTHER_MACHINE] = "is made for another architecture",
		[PAMMODULE_CUT] = "is cut short",
		[PAMMODULE_UNLOADABLE] = "cannot be loaded",
		[PAMMODULE_UNKNOWN] = "cannot be judged",
	};

	return why[s];
}

/* --- where modules are --- */

struct dirs {
	const struct root *root;
	struct arena *arena;
	const char *base; /* "/lib" */
	const char *lib[DIRS_MAX];
	size_t n;
};

static int add_triplet(void *arg, const struct root_entry *e)
{
	struct dirs *d = arg;

	if (d->n + 1 < DIRS_MAX && strstr(e->name, "-linux-"))
		d->lib[d->n++] = arena_printf(d->arena, "%s/%s", d->base, e->name);
	return 0;
}

/* Multiarch directories first, as Debian's libpam does; then lib64 before lib. */
static void list_libdirs(struct dirs *d)
{
	static const char *const multi[] = { "/lib", "/usr/lib" };
	static const char *const plain[] = { "/lib64",	 "/usr/lib64", "/lib",
					     "/usr/lib", "/lib32",     "/usr/lib32" };

	for (size_t i = 0; i < ARRAY_SIZE(multi); i++) {
		d->base = multi[i];
		root_list(d->root, d->base, add_triplet, d);
	}
	for (size_t i = 0; i < ARRAY_SIZE(plain) && d->n + 1 < DIRS_MAX; i++)
		d->lib[d->n++] = plain[i];
}

struct search {
	const struct pammodules *m;
	const char *dir;
	bool found;
};

static int is_good_module(void *arg, const struct root_entry *e)
{
	struct search *s = arg;
	const char *path;

	if (!endswith(e->name, ".so"))
		return 0;
	path = arena_printf(s->m->arena, "%s/%s", s->dir, e->name);
	s->found = pammodule_file(s->m->root, path, &s->m->own) == PAMMODULE_PRESENT;
	return s->found;
}

static bool holds_modules(const struct pammodules *m, const char *dir)
{
	struct search s = { .m = m, .dir = dir };

	root_list(m->root, dir, is_good_module, &s);
	return s.found;
}

static const char *find_libpam(const struct dirs *d, const struct elffile_machine *own)
{
	for (size_t i = 0; i < d->n; i++) {
		const char *path = arena_printf(d->arena, "%s/libpam.so.0", d->lib[i]);
		struct elffile_head h;

		elffile_head(d->root, path, &h);
		if (h.m.known && (!own->known || elffile_same_machine(&h.m, own)))
			return path;
	}
	return NULL;
}

/* Where libpam itself is, its modules should be: for when all of them are gone. */
static const char *beside_libpam(const struct dirs *d, const char *libpam)
{
	return arena_printf(d->arena, "%.*s/security", (int)(strrchr(libpam, '/') - libpam),
			    libpam);
}

void pammodule_gather(const struct root *r, struct arena *a, struct pammodules *out)
{
	struct pammodules m = { .root = r, .arena = a };
	struct dirs d = { .root = r, .arena = a };
	const char **found;
	size_t n = 0;

	elfclosure_machine(r, &m.own);
	list_libdirs(&d);
	m.libpam = find_libpam(&d, &m.own);
	found = arena_alloc(a, (d.n + 2) * sizeof(*found));
	for (size_t i = 0; i < d.n; i++) {
		const char *dir = arena_printf(a, "%s/security", d.lib[i]);

		if (holds_modules(&m, dir))
			found[n++] = dir;
	}
	m.any = n > 0;
	if (n == 0 && m.libpam)
		found[n++] = beside_libpam(&d, m.libpam);
	m.dirs = found;
	*out = m;
}

static enum pammodule_state find_state(const struct pammodules *m, const char *name,
				       const char **path);

/* libpam puts a directory of its own build in place of $ISA; these are the ones in use. */
static enum pammodule_state with_isa(const struct pammodules *m, const char *name, const char *isa,
				     const char **path)
{
	static const char *const places[] = { ".", "../../lib64/security", "../lib64",
					      "../../usr/lib64/security", NULL };
	const char *rest = isa + strlen("$ISA");

	*path = name;
	for (size_t i = 0; places[i]; i++) {
		const char *p = arena_printf(m->arena, "%.*s%s%s", (int)(isa - name), name,
					     places[i], rest);

		if (pammodule_file(m->root, p, &m->own) == PAMMODULE_PRESENT) {
			*path = p;
			return PAMMODULE_PRESENT;
		}
	}
	/* A place of a build nobody here knows: the module itself decides. */
	return find_state(m, strrchr(name, '/') + 1, path);
}

static enum pammodule_state absolute(const struct pammodules *m, const char *name,
				     const char **path)
{
	const char *isa = strstr(name, "$ISA/");

	if (isa)
		return with_isa(m, name, isa, path);
	*path = name;
	return pammodule_file(m->root, name, &m->own);
}

static enum pammodule_state find_state(const struct pammodules *m, const char *name,
				       const char **path)
{
	enum pammodule_state state = PAMMODULE_UNKNOWN;

	*path = NULL;
	if (*name == '/')
		return absolute(m, name, path);
	for (size_t i = 0; m->dirs[i]; i++) {
		const char *p = arena_printf(m->arena, "%s/%s", m->dirs[i], name);
		enum pammodule_state s = pammodule_file(m->root, p, &m->own);

		bool better = state == PAMMODULE_ABSENT && s != PAMMODULE_ABSENT &&
			      s != PAMMODULE_OTHER_MACHINE;

		if (s == PAMMODULE_PRESENT || !*path || better) {
			state = s;
			*path = p;
		}
		if (s == PAMMODULE_PRESENT)
			break;
	}
	return state;
}

enum pammodule_state pammodule_state(const struct pammodules *m, const char *name,
				     const char **path)
{
	enum pammodule_state state = find_state(m, name, path);
	const char *chain;

	if (state == PAMMODULE_PRESENT && m->closure &&
	    elfclosure_of_module(m->closure, *path, m->who, &chain))
		return PAMMODULE_UNLOADABLE;
	return state;
}

const char *pammodule_lack(const struct pammodules *m, const char *path)
{
	const struct elflack *l = NULL;
	const char *chain = NULL;

	if (m->closure && path)
		l = elfclosure_of_module(m->closure, path, m->who, &chain);
	return l ? arena_printf(m->arena, "%s: %s", chain, l->why) : "";
}
