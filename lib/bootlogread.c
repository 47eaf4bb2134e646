/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/bootlogread.h"

/* Before 2000 is what a clock says that was not set yet. */
#define CLOCK_SET (INT64_C(946684800) * SYSLOGTIME_SECOND)
#define HOUR (INT64_C(3600) * SYSLOGTIME_SECOND)

/* What a file is, lower: the better of those that say the same. */
enum family { ALONE, GENERAL, KERNEL_ONLY, RING, FAMILIES };

static const struct {
	const char *prefix;
	enum family family;
} families[] = {
	{ "/var/log/messages", GENERAL },     { "/var/log/syslog", GENERAL },
	{ "/var/log/kern", KERNEL_ONLY },     { "/var/log/dmesg", RING },
	{ "/var/log/dump", ALONE },	      { "/var/crash", ALONE },
	{ "/var/lib/systemd/pstore", ALONE }, { "/var/lib/pstore", ALONE },
};

struct job {
	struct bootlog *log;
	const struct root *root;
	const struct oom_files *files;
	struct arena *arena;
	struct bootlog_sources *out;
	const char *dir;  /* of the last file of ALONE, with its slash */
	int64_t from, to; /* of the journal; from INT64_MAX: there is none */
};

static enum family family_of(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		if (startswith(path, families[i].prefix))
			return families[i].family;
	}
	return ALONE;
}

static struct bootlog_source *add_source(struct job *j, const char *name)
{
	struct bootlog_sources *o = j->out;

	ARENA_GROW(j->arena, o->s, o->n, o->cap);
	o->s[o->n] = (struct bootlog_source){ .name = name };
	return &o->s[o->n++];
}

/* --- the journal --- */

static bool take_u64(const struct bytes *b, int64_t *out)
{
	struct slice s = { b->data ? b->data : "", b->len };
	uint64_t v;

	if (!slice_take_u64(&s, &v) || v > INT64_MAX / 2)
		return false;
	*out = (int64_t)v;
	return true;
}

/* What of an entry is needed, put where a line keeps it. */
struct texts {
	struct bytes message, host, other;
};

static bool line_of(struct journalread *r, const struct journal_entry *e, struct texts *t,
		    struct syslogline *out)
{
	*out = (struct syslogline){ .uptime = SYSLOGLINE_NO_UPTIME };
	if (!journalread_text(r, e, JOURNAL_MESSAGE, &t->message))
		return false;
	out->text = slice_trimmed((struct slice){ t->message.data, t->message.len });
	if (!e->known)
		return true;
	out->time = (struct syslogtime){ .us = e->realtime, .known = true };
	out->uptime = e->monotonic;
	out->boot_id = slice_of(e->boot_id);
	out->from = SYSLOGLINE_PROGRAM;
	if (journalread_is(r, e, JOURNAL_TRANSPORT, "kernel"))
		out->from = SYSLOGLINE_KERNEL;
	if (journalread_text(r, e, JOURNAL_KERNEL_TIME, &t->other))
		take_u64(&t->other, &out->uptime);
	if (journalread_text(r, e, JOURNAL_HOSTNAME, &t->host))
		out->host = (struct slice){ t->host.data, t->host.len };
	return true;
}

/* What is said of a user's own units is of no boot. */
static bool is_of_user(struct journalread *r, const struct journal_entry *e, struct bytes *b)
{
	return journalread_text(r, e, JOURNAL_UNIT, b) && startswith(b->data, "user@");
}

static void read_journal(struct job *j, const struct oom_file *f)
{
	struct oom_file_reader reader = oomfiles_reader(j->root, f);
	struct journalread *r = oomfiles_journal(j->files, &reader);
	struct bootlog_source *s = add_source(j, f->path);
	struct journal_entry e;
	struct syslogline line;
	struct texts t = { 0 };

	bootlog_file(j->log, f->path);
	while (journalread_next(r, &e)) {
		s->lines++;
		if (is_of_user(r, &e, &t.other) || !line_of(r, &e, &t, &line))
			continue;
		bootlog_line(j->log, &line, s->lines);
		if (e.known && e.realtime >= CLOCK_SET && e.realtime < j->from)
			j->from = e.realtime;
		if (e.known && e.realtime > j->to)
			j->to = e.realtime;
	}
	s->packing = "journal";
	s->reader = journalread_reader(r);
	s->lost = journalread_lost(r);
	s->error = journalread_error(r);
	journalread_close(r);
	bytes_free(&t.message);
	bytes_free(&t.host);
	bytes_free(&t.other);
}

/* --- files of lines --- */

static void read_lines(struct job *j, const struct oom_file *f)
{
	struct oom_file_reader reader = oomfiles_reader(j->root, f);
	struct syslogread *r = oomfiles_log(j->files, &reader);
	struct syslogline_state st = { .reference = f->written * SYSLOGTIME_SECOND };
	struct bootlog_source *s = add_source(j, f->path);
	struct syslogread_line raw;
	struct syslogline line;

	bootlog_file(j->log, f->path);
	while (syslogread_line(r, &raw)) {
		s->lines++;
		syslogline_read(&st, raw.s.s, raw.s.n, &line);
		line.text = slice_trimmed(line.text);
		bootlog_line(j->log, &line, raw.number);
	}
	s->packing = syslogread_packing(r);
	s->error = syslogread_error(r);
	syslogread_close(r);
	syslogline_state_free(&st);
}

static enum family best_family(const struct oom_files *files)
{
	enum family best = FAMILIES;

	for (size_t i = 0; i < files->n; i++) {
		enum family f = files->f[i].journal ? FAMILIES : family_of(files->f[i].path);

		if (f != ALONE && f < best)
			best = f;
	}
	return best;
}

static bool is_covered(const struct job *j, const struct oom_file *f)
{
	int64_t written = f->written * SYSLOGTIME_SECOND;

	return written >= j->from && written <= j->to + HOUR;
}

/* systemd-pstore puts the parts together again. */
static bool is_part_of_whole(const struct job *j, const char *path, size_t dir)
{
	_cleanup_free_ char *whole = xasprintf("%.*sdmesg.txt", (int)dir, path);

	return startswith(path, "/var/lib/systemd/pstore/") && !streq(whole, path) &&
	       root_is_file(j->root, whole);
}

static void read_alone(struct job *j, const struct oom_file *f)
{
	size_t dir = (size_t)(strrchr(f->path, '/') + 1 - f->path);

	if (is_part_of_whole(j, f->path, dir)) {
		add_source(j, f->path)->left_out = true;
		return;
	}
	/* Each directory is of one crash, and what it holds of parts of the same words. */
	if (!j->dir || strncmp(j->dir, f->path, dir) != 0 || strchr(j->dir + dir, '/'))
		bootlog_new_boot(j->log);
	j->dir = f->path;
	read_lines(j, f);
}

static void read_log(struct job *j, const struct oom_file *f, enum family best)
{
	enum family family = family_of(f->path);

	if (family == ALONE) {
		read_alone(j, f);
		return;
	}
	j->dir = NULL;
	if (family != best || is_covered(j, f)) {
		add_source(j, f->path)->left_out = true;
		return;
	}
	if (family == RING)
		bootlog_new_boot(j->log);
	read_lines(j, f);
}

void bootlogread_root(struct bootlog *l, const struct root *r, const struct oom_files *files,
		      struct arena *a, struct bootlog_sources *out)
{
	struct job j = { l, r, files, a, out, NULL, INT64_MAX, INT64_MIN + HOUR };
	enum family best = best_family(files);

	*out = (struct bootlog_sources){ .more = files->more };
	for (size_t i = 0; i < files->n; i++) {
		if (files->f[i].journal)
			read_journal(&j, &files->f[i]);
	}
	bootlog_new_boot(l);
	for (size_t i = 0; i < files->n; i++) {
		if (!files->f[i].journal)
			read_log(&j, &files->f[i], best);
	}
	bootlog_end(l);
}
