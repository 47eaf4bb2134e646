/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>

#include "lib/oomfiles.h"

#define FILES_MAX 2000u
#define DEPTH 3u
/* A file that a file system packs takes a part of its size; one that takes less is a hole. */
#define PACKED_BY 64u
#define HOLE_MAX (64u << 20)
#define HOLES_MAX (UINT64_C(1) << 30)	  /* of all files */
#define WRITTEN_MAX INT64_C(253402300799) /* the year 9999: what a disk says may be anything */
#define LOG_PACKED_BY 10u		  /* logs, by gzip and its kin, about */
#define UNPACKED_BY 1000u		  /* what grows by more is no log */
#define UNPACKED_MIN (256u << 20)
/* Of one packed file, where only the end is looked at: a log is seldom packed by more than this. */
#define RECENT_PACKED_BY 100u
#define RECENT_UNPACKED_MIN (64u << 10)
#define RECENT_UNPACKED (16u << 20)

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

static uint64_t no_more_than(uint64_t n, uint64_t max)
{
	return n < max ? n : max;
}

/* What may well be written, however it is packed. */
static uint64_t filled(const struct stat *st)
{
	return no_more_than((uint64_t)st->st_size, (uint64_t)st->st_blocks * 512 * PACKED_BY);
}

uint64_t oomfiles_readable(const struct stat *st)
{
	return no_more_than((uint64_t)st->st_size, filled(st) + HOLE_MAX);
}

int64_t oomfiles_written(const struct stat *st)
{
	return st->st_mtime < 0		    ? 0
	       : st->st_mtime > WRITTEN_MAX ? WRITTEN_MAX
					    : (int64_t)st->st_mtime;
}

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
	o->f[o->n] = (struct oom_file){ .path = path, .written = oomfiles_written(&st) };
	o->f[o->n].size = oomfiles_readable(&st);
	o->f[o->n].hole = o->f[o->n].size - filled(&st);
	o->f[o->n].hollow = o->f[o->n].size < (uint64_t)st.st_size;
	o->f[o->n++].journal = w->place->journal;
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

static bool is_pstore(const char *path)
{
	return startswith(path, "/var/lib/systemd/pstore/") || startswith(path, "/var/lib/pstore/");
}

static int by_time(const void *a, const void *b)
{
	const struct oom_file *x = a, *y = b;

	if (x->written != y->written)
		return x->written < y->written ? -1 : 1;
	/* The kernel saves its buffer in parts, the end of it first. */
	if (is_pstore(x->path) && is_pstore(y->path))
		return strcmp(y->path, x->path);
	return strcmp(x->path, y->path);
}

/* A disk has room for any number of holes; what was written last gets its share first. */
static void share_holes(struct oom_files *files)
{
	uint64_t left = HOLES_MAX;

	for (size_t i = files->n; i-- > 0;) {
		struct oom_file *f = &files->f[i];
		uint64_t hole = no_more_than(f->hole, left);

		f->hollow |= hole < f->hole;
		f->size -= f->hole - hole;
		f->hole = hole;
		left -= hole;
	}
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
	share_holes(out);
}

/* --- the end of it all --- */

static bool is_packed(const char *path)
{
	static const char *const ends[] = { ".gz", ".xz", ".bz2", ".zst", ".lz4", ".Z" };

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		if (endswith(path, ends[i]))
			return true;
	}
	return false;
}

/* What of it is read for that many bytes. */
static void keep_end(struct oom_file *f, uint64_t *left)
{
	uint64_t cost = is_packed(f->path) ? LOG_PACKED_BY : 1;

	if (f->size > *left / cost) {
		f->from = cost > 1 ? f->size : f->size - *left;
		*left = cost > 1 ? *left : 0;
		return;
	}
	*left -= f->size * cost;
}

void oomfiles_recent(struct oom_files *files, uint64_t bytes)
{
	size_t n = 0;

	files->recent = true;
	for (size_t i = files->n; i-- > 0;) {
		keep_end(&files->f[i], &bytes);
		files->all += files->f[i].size;
		files->left_out += files->f[i].from;
	}
	for (size_t i = 0; i < files->n; i++) {
		if (files->f[i].from < files->f[i].size)
			files->f[n++] = files->f[i];
	}
	files->n = n;
}

/* --- reading --- */

struct oom_file_reader oomfiles_reader(const struct root *r, const struct oom_file *f)
{
	return (struct oom_file_reader){ r, f, f->from };
}

static ssize_t read_on(void *arg, void *buf, size_t n)
{
	struct oom_file_reader *r = arg;
	size_t got = 0;
	int e;

	if (r->file->hollow && r->at >= r->file->size)
		return -EFBIG;
	e = root_pread(r->root, r->file->path, r->at, buf, n, &got);
	if (e < 0)
		return e;
	r->at += got;
	return (ssize_t)got;
}

static uint64_t recent_limit(uint64_t size)
{
	return size > (RECENT_UNPACKED - RECENT_UNPACKED_MIN) / RECENT_PACKED_BY
		       ? RECENT_UNPACKED
		       : size * RECENT_PACKED_BY + RECENT_UNPACKED_MIN;
}

struct syslogread *oomfiles_log(const struct oom_files *files, struct oom_file_reader *r)
{
	struct syslogread_source source = { read_on, r };
	struct syslogread *log = syslogread_open(&source);

	syslogread_limit(log, files->recent ? recent_limit(r->file->size)
					    : r->file->size * UNPACKED_BY + UNPACKED_MIN);
	return log;
}

static int read_part(void *arg, uint64_t at, void *buf, size_t n, size_t *got)
{
	const struct oom_file_reader *r = arg;

	return root_pread(r->root, r->file->path, at, buf, n, got);
}

struct journalread *oomfiles_journal(const struct oom_files *files, struct oom_file_reader *r)
{
	struct journal_source source = { read_part, r, r->file->size };

	if (files->recent)
		return journalread_open_raw(&source, r->file->from);
	return journalread_open(&source);
}
