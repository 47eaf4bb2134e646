/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fnmatch.h>

#include "lib/ldconf.h"
#include "lib/paths.h"
#include "lib/text.h"

#define DEPTH_MAX 10u /* of includes */
#define DIRS_MAX 512u
#define FILES_MAX 512u
#define TEXT_MAX (1u << 20)

struct reading {
	const struct root *root;
	struct arena *arena;
	struct lines *dirs;
	unsigned files, depth;
};

static void add_dir(struct arena *a, struct lines *dirs, const char *s, size_t n)
{
	const char *dir;

	while (n > 1 && s[n - 1] == '/')
		n--;
	if (!n || s[0] != '/' || dirs->n >= DIRS_MAX)
		return;
	dir = arena_strndup(a, s, n);
	if (!dirs->n || !in_list(dir, dirs->s))
		lines_add(a, dirs, dir);
}

void ldconf_split(struct arena *a, const char *s, const char *seps, struct lines *dirs)
{
	for (; *s; s += *s != '\0') {
		size_t n = strcspn(s, seps);

		add_dir(a, dirs, s, n);
		s += n;
	}
}

static void read_conf(struct reading *g, const char *path);

/* --- include --- */

struct match {
	struct reading *g;
	const char *dir, *pattern;
};

static int take_match(void *arg, const struct root_entry *e)
{
	struct match *m = arg;

	if (fnmatch(m->pattern, e->name, FNM_PERIOD) == 0)
		read_conf(m->g, arena_printf(m->g->arena, "%s/%s", m->dir, e->name));
	return 0;
}

/* Only the last part is ever a pattern. */
static void include(struct reading *g, const char *conf, const char *pattern)
{
	const char *slash, *full = pattern;
	struct match m = { .g = g };

	if (pattern[0] != '/') {
		size_t n = (size_t)(paths_base(conf) - conf);

		full = arena_printf(g->arena, "%.*s%s", (int)n, conf, pattern);
	}
	slash = strrchr(full, '/');
	if (!slash)
		return;
	m.dir = arena_strndup(g->arena, full, (size_t)(slash - full));
	m.pattern = slash + 1;
	if (strpbrk(m.pattern, "*?["))
		root_list(g->root, *m.dir ? m.dir : "/", take_match, &m);
	else
		read_conf(g, full);
}

static void include_all(struct reading *g, const char *conf, const char *words)
{
	while (*(words += strspn(words, " \t"))) {
		size_t n = strcspn(words, " \t");

		include(g, conf, arena_strndup(g->arena, words, n));
		words += n;
	}
}

/* --- lines --- */

static const char *skip_word(const char *s, const char *word)
{
	const char *rest = after(s, word);

	return rest && (*rest == ' ' || *rest == '\t') ? rest : NULL;
}

/* "hwcap 0 nosegneg" tells of processors; "/usr/lib=libc6" has a type behind. */
static void take_line(struct reading *g, const char *conf, const char *line)
{
	size_t n = strcspn(line, "#\r");
	const char *s = arena_strndup(g->arena, line, n), *rest;

	s += strspn(s, " \t");
	rest = skip_word(s, "include");
	if (rest) {
		include_all(g, conf, rest);
		return;
	}
	if (skip_word(s, "hwcap"))
		return;
	n = strcspn(s, "=");
	while (n && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	add_dir(g->arena, g->dirs, s, n);
}

static void read_conf(struct reading *g, const char *path)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	const struct text *t;

	if (g->depth >= DEPTH_MAX || g->files >= FILES_MAX)
		return;
	g->files++;
	if (root_read(g->root, path, TEXT_MAX, &b) < 0)
		return;
	g->depth++;
	t = text_new(g->arena, path, b.data, b.len);
	for (size_t i = 1; i <= t->lines && g->dirs->n < DIRS_MAX; i++)
		take_line(g, path, text_line(t, i));
	g->depth--;
}

void ldconf_read(const struct root *r, struct arena *a, const char *path, struct lines *dirs)
{
	struct reading g = { .root = r, .arena = a, .dirs = dirs };

	read_conf(&g, path);
}

/* The file stands in the etc beside the lib that holds the loader. */
void ldconf_musl(const struct root *r, struct arena *a, const char *loader, struct lines *dirs)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	const char *arch = after(paths_base(loader), "ld-musl-");
	const char *lib = strstr(loader, "/lib/");
	size_t n = arch ? strcspn(arch, ".") : 0;
	const char *path;

	if (!arch)
		return;
	path = arena_printf(a, "%.*s/etc/ld-musl-%.*s.path", lib ? (int)(lib - loader) : 0, loader,
			    (int)n, arch);
	if (root_read(r, path, TEXT_MAX, &b) == 0)
		ldconf_split(a, b.data, ":\n", dirs);
	else
		ldconf_split(a, "/lib:/usr/local/lib:/usr/lib", ":", dirs);
}
