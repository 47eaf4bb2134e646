/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel's OOM killer did, out of the logs of a disk, log files, or standard input. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cmd/oom_report.h"
#include "cmd/options.h"
#include "cmd/session.h"
#include "cmd/wrap.h"
#include "lib/oomfiles.h"
#include "lib/unpack.h"

#define HEAD 4096u
#define IMAGE_MIN (1 << 20) /* no smaller file is a disk */

struct job {
	struct arena *arena;
	struct oomlist *list;
	struct oomlog *log;
	struct oom_source *source;
	size_t n, cap;
	int status;
};

/* --- reading --- */

static struct oom_source *read_source(struct job *j, struct syslogread *r, const char *name,
				      int64_t written)
{
	struct oomlist_view before = oomlist_see(j->list), after;
	struct oom_source *s;

	oomlog_begin(j->log, name, written * SYSLOGTIME_SECOND);
	oomlog_read(j->log, r);
	oomlog_end(j->log);
	after = oomlist_see(j->list);
	ARENA_GROW(j->arena, j->source, j->n, j->cap);
	s = &j->source[j->n++];
	s->name = name;
	s->packing = syslogread_packing(r);
	s->error = syslogread_error(r);
	s->events = after.total + after.duplicates - before.total - before.duplicates;
	if (s->error) {
		complain("'%s' is read up to where it is %s only", name,
			 s->error == -EBADMSG ? "damaged or cut" : "readable");
		j->status |= STATUS_CANNOT;
	}
	syslogread_close(r);
	return s;
}

static void read_journal(struct job *j, struct journalread *r, const char *name, int64_t written)
{
	struct journal_lines lines = { .j = r };
	struct syslogread_source source = journalread_lines(&lines);
	struct oom_source *s = read_source(j, syslogread_open(&source), name, written);
	char lost[32];

	s->packing = "journal";
	s->reader = journalread_reader(r);
	if (journalread_lost(lines.j)) {
		format_size(journalread_lost(lines.j), lost, sizeof(lost));
		complain("'%s' is damaged: %s of it could not be read", name, lost);
		j->status |= STATUS_CANNOT;
	}
	journalread_close(lines.j);
	bytes_free(&lines.line);
	bytes_free(&lines.text);
}

static ssize_t read_fd(void *arg, void *buf, size_t n)
{
	ssize_t got;

	do
		got = read(*(const int *)arg, buf, n);
	while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

static void read_open_file(struct job *j, int fd, const char *name, int64_t written)
{
	struct syslogread_source source = { read_fd, &fd };

	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	read_source(j, syslogread_open(&source), name, written);
}

static int read_part(void *arg, uint64_t at, void *buf, size_t n, size_t *got)
{
	ssize_t r;

	do
		r = pread(*(const int *)arg, buf, n, (off_t)at);
	while (r < 0 && errno == EINTR);
	*got = r > 0 ? (size_t)r : 0;
	return r < 0 ? -errno : 0;
}

static bool is_journal(int fd, const struct stat *st)
{
	char magic[sizeof(JOURNAL_MAGIC)] = "";

	return S_ISREG(st->st_mode) && pread(fd, magic, sizeof(magic) - 1, 0) > 0 &&
	       streq(magic, JOURNAL_MAGIC);
}

static void read_file(struct job *j, const char *name)
{
	_cleanup_close_ int fd = -1;
	struct stat st;

	if (streq(name, "-")) {
		read_open_file(j, STDIN_FILENO, name, (int64_t)time(NULL));
		return;
	}
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) < 0) {
		complain("cannot read '%s': %s", name, strerror(errno));
		j->status |= STATUS_CANNOT;
		return;
	}
	if (is_journal(fd, &st) || endswith(name, ".journal")) {
		struct journal_source source = { read_part, &fd, oomfiles_readable(&st) };

		read_journal(j, journalread_open(&source), name, oomfiles_written(&st));
		return;
	}
	/* What comes through a pipe is of now. */
	read_open_file(j, fd, name,
		       S_ISREG(st.st_mode) ? oomfiles_written(&st) : (int64_t)time(NULL));
}

static void read_found(struct job *j, const struct root *root, const struct oom_files *files,
		       const struct oom_file *f)
{
	struct oom_file_reader reader = oomfiles_reader(root, f);

	if (f->journal)
		read_journal(j, oomfiles_journal(files, &reader), f->path, f->written);
	else
		read_source(j, oomfiles_log(files, &reader), f->path, f->written);
}

static void read_root(struct job *j, const struct root *root)
{
	struct oom_files files;

	oomfiles_find(root, j->arena, &files);
	for (size_t i = 0; i < files.n; i++)
		read_found(j, root, &files, &files.f[i]);
	if (!files.n)
		complain(
			"no log of the kernel was found in /var/log, its journal, /var/crash or pstore");
	if (files.more)
		complain("there are more logs than are read: only %zu were", files.n);
}

static int read_target(struct job *j, const struct session_options *o)
{
	struct session s = { .arena = j->arena };
	struct trouble t = { 0 };
	int e = session_open(o, LOOK, &s, &t);

	if (e == 0)
		read_root(j, s.root);
	session_close(&s, &t);
	if (e == 0)
		return STATUS_OK;
	complain("%s", t.text[0] ? t.text : strerror(-e));
	return STATUS_CANNOT;
}

/* --- what is a log, what a disk --- */

/* Logs are text or compressed; an image begins with zeros or has some in its first sectors. */
static bool is_image(const char *name, const struct stat *st)
{
	_cleanup_close_ int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	unsigned char head[HEAD];
	ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof(head));

	if (n <= 0 || st->st_size < IMAGE_MIN || st->st_size % 512)
		return false;
	if ((size_t)n >= strlen(JOURNAL_MAGIC) &&
	    !memcmp(head, JOURNAL_MAGIC, strlen(JOURNAL_MAGIC)))
		return false;
	return !unpack_detect(head, (size_t)n) && memchr(head, '\0', (size_t)n);
}

static bool is_target(const char *word)
{
	struct stat st;

	if (streq(word, "auto"))
		return true;
	if (streq(word, "-") || stat(word, &st) < 0)
		return false;
	return S_ISDIR(st.st_mode) || S_ISBLK(st.st_mode) ||
	       (S_ISREG(st.st_mode) && is_image(word, &st));
}

static int read_all(struct job *j, const struct session_options *o, size_t n)
{
	size_t targets = 0;

	for (size_t i = 0; i < n; i++)
		targets += is_target(o->targets[i]);
	if (targets && targets != n) {
		complain("disks and log files together: give the TARGETs alone, or the files");
		return STATUS_USAGE;
	}
	if (targets || o->serial)
		return read_target(j, o);
	for (size_t i = 0; i < n; i++)
		read_file(j, o->targets[i]);
	return j->status;
}

/* --- options --- */

/* "7d", "12h", "30m": before now. */
static bool parse_ago(const char *s, struct syslogtime *t)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = { { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 } };
	struct slice r = slice_of(s);
	uint64_t n;

	if (!slice_take_u64(&r, &n) || n > 1000000 || r.n != 1)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (r.s[0] != units[i].unit)
			continue;
		*t = (struct syslogtime){ .known = true, .offset = SYSLOGTIME_LOCAL };
		t->us = ((int64_t)time(NULL) - (int64_t)n * units[i].seconds) * SYSLOGTIME_SECOND;
		return true;
	}
	return false;
}

static bool parse_since(const char *s, struct syslogtime *t)
{
	_cleanup_free_ char *day = NULL;
	struct slice r = slice_of(s);

	if (parse_ago(s, t) || (syslogtime_take_iso(&r, t) && !r.n))
		return true;
	/* A day alone, or a clock without seconds. */
	day = xasprintf("%s%s", s, strchr(s, ':') ? ":00" : " 00:00:00");
	r = slice_of(day);
	return syslogtime_take_iso(&r, t) && !r.n;
}

struct raw {
	char *since, *color, *serial;
	int event, top, json, root_part;
};

static bool check(const struct raw *raw, struct oomlist_filter *f)
{
	static const char *const colors[] = { "auto", "always", "never", NULL };

	if (raw->event < 0 || raw->top < 0) {
		complain("--event and --top count from 1");
		return false;
	}
	if (raw->color && !in_list(raw->color, colors)) {
		complain("--color=%s: not one of its values; see --help", raw->color);
		return false;
	}
	if (raw->since && !parse_since(raw->since, &f->since)) {
		complain("--since=%s: not a time such as 2025-04-01, '2025-04-01 14:13' or 7d",
			 raw->since);
		return false;
	}
	f->only = (uint64_t)raw->event;
	return true;
}

static void show(const struct job *j, const struct raw *raw)
{
	struct oom_report r = { .view = oomlist_see(j->list),
				.source = j->source,
				.sources = j->n,
				.only = (uint64_t)raw->event,
				.top = raw->top ? (size_t)raw->top : 10,
				.width = wrap_width_of(STDOUT_FILENO),
				.terminal = isatty(STDOUT_FILENO) };

	r.color =
		raw->color && !streq(raw->color, "auto") ? streq(raw->color, "always") : r.terminal;
	if (raw->json)
		oom_json(stdout, &r);
	else
		oom_text(stdout, &r);
}

static int read_and_show(const struct session_options *o, size_t n, const struct raw *raw,
			 struct arena *a)
{
	struct oomlist_filter f = { 0 };
	struct job j = { .arena = a };
	int status;

	if (!check(raw, &f))
		return STATUS_USAGE;
	j.list = oomlist_new(&f);
	j.log = oomlog_new(oomlist_take, j.list);
	status = read_all(&j, o, n);
	if (status != STATUS_USAGE && (j.n || status == STATUS_OK))
		show(&j, raw);
	if (raw->event && oomlist_see(j.list).n == 0 && !(status & STATUS_USAGE)) {
		complain("there is no event %d", raw->event);
		status |= STATUS_CANNOT;
	}
	oomlog_free(j.log);
	oomlist_free(j.list);
	return status | j.status;
}

static int run(int argc, const char **argv)
{
	struct raw raw = { .root_part = -1 };
	const struct poptOption table[] = {
		{ "event", 0, POPT_ARG_INT, &raw.event, 0, "this one only, by its number", "N" },
		{ "top", 0, POPT_ARG_INT, &raw.top, 0, "so many of the largest processes (10)",
		  "N" },
		{ "since", 0, POPT_ARG_STRING, &raw.since, 0,
		  "events from then on: 2025-04-01, '2025-04-01 14:13', 7d", "TIME" },
		{ "json", 0, POPT_ARG_NONE, &raw.json, 0, "one JSON document", NULL },
		{ "color", 0, POPT_ARG_STRING, &raw.color, 0, "colours (auto: on a terminal)",
		  "auto|always|never" },
		{ "root-part", 0, POPT_ARG_INT, &raw.root_part, 0, "the partition with the system",
		  "N" },
		{ "serial", 0, POPT_ARG_STRING, &raw.serial, 0, "the disk with this serial number",
		  "SN" },
		POPT_AUTOHELP POPT_TABLEEND
	};
	_cleanup_arena_ struct arena *a = arena_new();
	struct session_options o = { .logs = true };
	struct arguments args;
	int r = options_parse(argc, argv, table, "[OPTIONS] TARGET...|FILE...|-", a, &args);

	if (r == OPTIONS_GO && !args.n && !raw.serial) {
		complain("oom needs a TARGET, log files, or - for standard input");
		r = STATUS_USAGE;
	}
	if (r == OPTIONS_GO) {
		o.targets = args.words;
		o.serial = raw.serial;
		o.root_part = raw.root_part;
		r = read_and_show(&o, args.n, &raw, a);
	}
	free(raw.since);
	free(raw.color);
	free(raw.serial);
	return r;
}

const struct command oom_command = {
	.name = "oom",
	.usage = "TARGET...|FILE...|-",
	.summary = "what the kernel's OOM killer did, and why",
	.run = run,
};
