/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One finding for each thing that is lacking, with the programs that it stops. */
#include "checks/elf_parts.h"
#include "lib/elfowner.h"
#include "lib/ldconf.h"
#include "lib/paths.h"

#define SAID_MAX 64u	/* lacks told; who has more has lost a directory */
#define PROGRAMS_MAX 3u /* named beside the first */
#define FINDINGS_MAX 2000u

static const struct problem *const problem_of[] = {
	[ELFLACK_LOADER] = &elf_loader,	  [ELFLACK_LIBRARY] = &elf_library,
	[ELFLACK_VERSION] = &elf_library, [ELFLACK_DAMAGED] = &elf_damaged,
	[ELFLACK_MACHINE] = &elf_machine,
};

/* --- what is told elsewhere --- */

/* The files that findings speak of already: empty ones, links of the tree that are gone. */
static void list_told(struct elf *e)
{
	struct arena *a = e->s->arena;
	size_t n = 0;

	for (const struct finding *f = e->s->findings; f && n < FINDINGS_MAX; f = f->next, n++) {
		if (!f->path || f->path[0] != '/')
			continue;
		lines_add(a, &e->told, f->path);
		lines_add(a, &e->told, paths_real_or_same(e->s->root, a, f->path));
	}
}

static bool is_told(struct elf *e, const char *path)
{
	if (path[0] != '/' || !e->told.n)
		return false;
	return in_list(path, e->told.s) ||
	       in_list(paths_real_or_same(e->s->root, e->s->arena, path), e->told.s);
}

/* The stacks tell how bad it is for a module of theirs: see the pam check. */
static bool is_for_modules_only(const struct elflack *l)
{
	for (const struct elflack_hit *h = l->hit; h; h = h->next) {
		if (h->who != ELFSCAN_MODULE)
			return false;
	}
	return true;
}

/* --- the words --- */

static enum severity severity_of(const struct elflack *l)
{
	static const enum severity by_who[] = { [ELFSCAN_BOOT] = STOPS_BOOT,
						[ELFSCAN_LOGIN] = BLOCKS_LOGIN,
						[ELFSCAN_OTHER] = DEGRADES,
						[ELFSCAN_MODULE] = DEGRADES };
	enum severity worst = NOTE;

	for (const struct elflack_hit *h = l->hit; h; h = h->next) {
		if (by_who[h->who] < worst)
			worst = by_who[h->who];
	}
	/* It loads as it is, but it is no longer what was installed. */
	return l->loads && worst < DEGRADES ? DEGRADES : worst;
}

/* The hit to tell first: the worst. */
static const struct elflack_hit *first_hit(const struct elflack *l)
{
	const struct elflack_hit *best = l->hit;

	for (const struct elflack_hit *h = l->hit; h; h = h->next)
		best = h->who < best->who ? h : best;
	return best;
}

static const char *others(struct elf *e, const struct elflack *l, const struct elflack_hit *first)
{
	const char *list = "";
	size_t n = 0;

	for (const struct elflack_hit *h = l->hit; h; h = h->next) {
		if (h == first || n++ >= PROGRAMS_MAX)
			continue;
		list = scan_printf(e->s, "%s%s'%s'", list, n > 1 ? ", " : "", h->program);
	}
	if (!n)
		return "";
	if (n > PROGRAMS_MAX)
		list = scan_printf(e->s, "%s and %zu more", list, n - PROGRAMS_MAX);
	return scan_printf(e->s, "; so %s %s", n > 1 ? "do" : "does", list);
}

static const char *versions(struct elf *e, const struct elflack *l)
{
	const char *list = "";

	if (l->kind != ELFLACK_VERSION || l->versions.n < 2)
		return "";
	for (size_t i = 0; i < l->versions.n && i < 6; i++)
		list = scan_printf(e->s, "%s%s%s", list, i ? ", " : "", l->versions.s[i]);
	return scan_printf(e->s, "; in all it lacks %s", list);
}

/* ldconfig was never run after that directory got it. */
static const char *uncached(struct elf *e, const struct elflack *l)
{
	struct lines dirs = { 0 };

	if (l->kind != ELFLACK_LIBRARY || !l->search->cache.n || strchr(l->name, '/'))
		return "";
	ldconf_read(e->s->root, e->s->arena, "/etc/ld.so.conf", &dirs);
	for (size_t i = 0; i < dirs.n; i++) {
		const char *path = scan_printf(e->s, "%s/%s", dirs.s[i], l->name);

		if (root_exists(e->s->root, path))
			return scan_printf(e->s, "; '%s' is there, but ldconfig was not run since",
					   path);
	}
	return "";
}

static struct finding *say(struct elf *e, const struct elflack *l, const char *package)
{
	const struct elflack_hit *h = first_hit(l);
	const char *owner = package ? scan_printf(e->s, "; it is of package %s", package) : "";
	bool is_own = streq(h->chain, scan_printf(e->s, "'%s'", h->program));
	bool names_file = l->kind == ELFLACK_DAMAGED || l->kind == ELFLACK_MACHINE;
	const char *path = names_file || l->kind == ELFLACK_VERSION ? l->name : h->program;
	struct finding *f;

	if (is_own)
		f = scan_find(e->s, problem_of[l->kind], l->name, "%s%s%s", l->why, others(e, l, h),
			      owner);
	else if (names_file)
		f = scan_find(e->s, problem_of[l->kind], path, "%s; %s%s%s", l->why, h->chain,
			      others(e, l, h), owner);
	else
		f = scan_find(e->s, problem_of[l->kind], path, "%s%s %s%s%s%s%s", h->chain,
			      l->kind == ELFLACK_LOADER ? "," : ":", l->why, uncached(e, l),
			      versions(e, l), others(e, l, h), owner);
	finding_severity(f, severity_of(l));
	finding_safety(f, FIX_NONE);
	if (l->kind == ELFLACK_LOADER || l->kind == ELFLACK_LIBRARY || l->kind == ELFLACK_DAMAGED)
		finding_absence(f);
	return f;
}

/* --- which --- */

struct said {
	struct elflack *l[SAID_MAX];
	struct elfowner owner[SAID_MAX];
	size_t n, more;
};

static void choose(struct elf *e, struct said *d)
{
	for (struct elflack *l = e->c->lack; l; l = l->next) {
		if (is_for_modules_only(l))
			continue;
		l->told = true;
		if (d->n == SAID_MAX)
			d->more++;
		if (d->n == SAID_MAX || is_told(e, l->name))
			continue;
		d->l[d->n] = l;
		d->owner[d->n].name = l->name;
		d->n++;
	}
}

static void say_library(struct elf *e, const struct elflack *l, struct finding *f)
{
	f->detail = scan_printf(e->s, "%s%s", f->detail, elf_dangling(e, l));
	if (!elf_propose_link(e, l, f) && !elf_propose_files(e, l, f))
		return;
	if (f->safety == FIX_NONE)
		finding_safety(f, FIX_SAFE);
}

void elf_say_lacks(struct elf *e)
{
	struct said d = { .n = 0 };

	list_told(e);
	choose(e, &d);
	elfowner_find(e->s->root, e->s->arena, d.owner, d.n);
	for (size_t i = 0; i < d.n; i++) {
		struct finding *f = say(e, d.l[i], d.owner[i].package);

		if (d.l[i]->kind == ELFLACK_LIBRARY)
			say_library(e, d.l[i], f);
	}
	if (d.more)
		scan_find(e->s, &elf_library, NULL, "%zu more libraries and programs are lacking",
			  d.more)
			->safety = FIX_NONE;
}
