/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The link from a library's soname to its file, which ldconfig keeps: made again when only it is
 * lost. */
#include <dirent.h>

#include "checks/elf_parts.h"

#define ENTRIES_MAX 64u /* files of one stem that are looked into */

struct candidates {
	struct elf *e;
	const struct elflack *l;
	const char *dir, *stem;
	struct lines names; /* in this directory */
	unsigned looked;
};

/* "libmount.so.1" is a link to a file that begins with "libmount" and says so itself. */
static int take_entry(void *arg, const struct root_entry *entry)
{
	struct candidates *c = arg;
	struct scan *s = c->e->s;
	const struct elffile *f;

	if (entry->type != DT_REG || !startswith(entry->name, c->stem) ||
	    !strstr(entry->name, ".so") || streq(entry->name, c->l->name) ||
	    c->looked++ >= ENTRIES_MAX)
		return 0;
	f = elfclosure_file(c->e->c, scan_printf(s, "%s/%s", c->dir, entry->name));
	if (f->state == ELFFILE_OK && streq_null(f->soname, c->l->name) &&
	    elffile_same_machine(&f->head.m, &c->l->search->machine))
		lines_add(s->arena, &c->names, arena_strdup(s->arena, entry->name));
	return 0;
}

/* The highest, as ldconfig takes it. */
static const char *newest(const struct lines *names)
{
	const char *best = names->s[0];

	for (size_t i = 1; i < names->n; i++)
		best = strverscmp(names->s[i], best) > 0 ? names->s[i] : best;
	return best;
}

/* Where a link would be found: directories that were looked in, and those of the cache. */
static void list_dirs(struct elf *e, const struct elflack *l, struct lines *out)
{
	const struct ldcache *cache = &l->search->cache;
	struct arena *a = e->s->arena;

	for (size_t i = 0; i < l->dirs.n; i++)
		lines_add(a, out, l->dirs.s[i]);
	for (size_t i = ldcache_first(cache, l->name); ldcache_is(cache, i, l->name); i++) {
		const char *path = cache->e[i].path;

		lines_add(a, out, arena_strndup(a, path, (size_t)(strrchr(path, '/') - path)));
	}
}

bool elf_propose_link(struct elf *e, const struct elflack *l, struct finding *f)
{
	struct candidates c = { .e = e, .l = l };
	struct lines dirs = { 0 };
	const char *best;

	if (strchr(l->name, '/') || !strstr(l->name, ".so"))
		return false;
	c.stem = arena_strndup(e->s->arena, l->name, (size_t)(strstr(l->name, ".so") - l->name));
	list_dirs(e, l, &dirs);
	for (size_t i = 0; i < dirs.n && !c.names.n; i++) {
		c.dir = dirs.s[i];
		root_list(e->s->root, c.dir, take_entry, &c);
	}
	if (!c.names.n)
		return false;
	best = newest(&c.names);
	propose_link(f, scan_printf(e->s, "%s/%s", c.dir, l->name), best);
	f->detail = scan_printf(e->s, "%s; '%s/%s' is that library", f->detail, c.dir, best);
	if (c.names.n > 1) {
		finding_safety(f, FIX_ASK);
		for (size_t i = 0; i < c.names.n && i < 8; i++)
			finding_choice(f, "'%s' has that name too", c.names.s[i]);
	}
	return true;
}

const char *elf_dangling(struct elf *e, const struct elflack *l)
{
	for (size_t i = 0; i < l->dirs.n; i++) {
		const char *path = scan_printf(e->s, "%s/%s", l->dirs.s[i], l->name);
		_cleanup_free_ char *to = NULL;
		struct stat st;

		if (root_lstat(e->s->root, path, &st) < 0 || !S_ISLNK(st.st_mode) ||
		    root_readlink(e->s->root, path, &to) < 0)
			continue;
		return scan_printf(e->s, "; '%s' leads to '%s', which is gone", path, to);
	}
	return "";
}
