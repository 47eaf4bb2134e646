/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>

#include "lib/oomfiles.h"

#define FILES_MAX 2000u
#define DEPTH 3u

/* Directories and how names of interest begin in them; depth: of directories below. */
static const struct place {
	const char *dir;
	unsigned depth;
	const char *const names[8];
	bool journal; /* those of them that are named as journals */
} places[] = {
	{ "/var/log",
	  0,
	  { "messages", "syslog", "kern.log", "kernel", "kern-", "dmesg", NULL },
	  false },
	{ "/var/log/dump", 1, { "dmesg", "vmcore-dmesg", NULL }, false },
	{ "/var/crash", 2, { "vmcore-dmesg", "dmesg", NULL }, false },
	{ "/var/lib/systemd/pstore", DEPTH, { "dmesg", "console", NULL }, false },
	{ "/var/lib/pstore", 1, { "dmesg", "console", NULL }, false },
	/* What users said is in files of theirs. */
	{ "/var/log/journal", 1, { "system", NULL }, true },
};

struct walk {
	const struct root *root;
	struct arena *arena;
	struct oom_files *out;
	const struct place *place;
	const char *dir;
	unsigned depth;
};

static int add(const struct walk *w, const char *path)
{
	struct oom_files *o = w->out;
	struct stat st;

	if (root_stat(w->root, path, &st) < 0 || !S_ISREG(st.st_mode) || !st.st_size)
		return 0;
	if (o->n == FILES_MAX) {
		o->more = true;
		return 1;
	}
	ARENA_GROW(w->arena, o->f, o->n, o->cap);
	o->f[o->n++] =
		(struct oom_file){ path, st.st_mtime, (uint64_t)st.st_size, w->place->journal };
	return 0;
}

static bool is_wanted(const struct place *p, const char *name)
{
	/* Behind a crash the name ends in "~". */
	if (p->journal && !endswith(name, ".journal") && !endswith(name, ".journal~"))
		return false;
	for (size_t i = 0; p->names[i]; i++) {
		if (startswith(name, p->names[i]))
			return true;
	}
	return false;
}

static void walk_dir(struct walk *w);

static int visit(void *arg, const struct root_entry *e)
{
	struct walk *w = arg, below = *w;
	const char *path = arena_printf(w->arena, "%s/%s", w->dir, e->name);

	if (e->type == DT_DIR && w->depth < w->place->depth) {
		below.dir = path;
		below.depth++;
		walk_dir(&below);
		return w->out->more;
	}
	if ((e->type == DT_REG || e->type == DT_LNK) && is_wanted(w->place, e->name))
		return add(w, path);
	return 0;
}

static void walk_dir(struct walk *w)
{
	root_list(w->root, w->dir, visit, w);
}

static int by_time(const void *a, const void *b)
{
	const struct oom_file *x = a, *y = b;

	if (x->written != y->written)
		return x->written < y->written ? -1 : 1;
	return strcmp(x->path, y->path);
}

void oomfiles_find(const struct root *r, struct arena *a, struct oom_files *out)
{
	*out = (struct oom_files){ 0 };
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		struct walk w = { r, a, out, &places[i], places[i].dir, 0 };

		walk_dir(&w);
	}
	if (out->n)
		qsort(out->f, out->n, sizeof(*out->f), by_time);
}

static ssize_t read_on(void *arg, void *buf, size_t n)
{
	struct oom_file_reader *r = arg;
	size_t got = 0;
	int e = root_pread(r->root, r->path, r->at, buf, n, &got);

	if (e < 0)
		return e;
	r->at += got;
	return (ssize_t)got;
}

struct syslogread_source oomfiles_source(struct oom_file_reader *r)
{
	return (struct syslogread_source){ read_on, r };
}

static int read_part(void *arg, uint64_t at, void *buf, size_t n, size_t *got)
{
	const struct oom_file_reader *r = arg;

	return root_pread(r->root, r->path, at, buf, n, got);
}

struct journal_source oomfiles_journal(struct oom_file_reader *r, uint64_t size)
{
	return (struct journal_source){ read_part, r, size };
}
