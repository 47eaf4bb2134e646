/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last boots of the dead system: when, how far, how they ended, and what went wrong. */
#include <errno.h>

#include "cmd/log_report.h"
#include "cmd/options.h"
#include "cmd/registry.h"
#include "cmd/session.h"
#include "lib/scan.h"

struct raw {
	char *serial;
	int boots, json, root_part;
};

const char *log_end(const struct bootlog_boot *b)
{
	static const char *const words[] = {
		[BOOTLOG_STOPS] =
			"its log just stops (power, a reset, a hang, or no room on the disk)",
		[BOOTLOG_SHUTDOWN] = "was shut down",
		[BOOTLOG_PANIC] = "panicked",
	};

	return words[b->end];
}

const struct finding *log_explained(const struct log_report *r, const struct logpattern *p,
				    const struct finding *last)
{
	const struct finding *f = last ? last->next : r->findings;

	while (f && !has_word(p->explains, f->problem->id, " "))
		f = f->next;
	return f;
}

static int newest_first(const void *a, const void *b)
{
	const struct bootlog_problem *x = *(const struct bootlog_problem *const *)a;
	const struct bootlog_problem *y = *(const struct bootlog_problem *const *)b;
	int64_t s = x->last.known ? syslogtime_order(&x->last) : INT64_MIN;
	int64_t t = y->last.known ? syslogtime_order(&y->last) : INT64_MIN;

	if (s != t)
		return s < t ? 1 : -1;
	if (x->uptime != y->uptime)
		return x->uptime < y->uptime ? 1 : -1;
	return x < y ? 1 : x > y ? -1 : 0;
}

void log_order(const struct bootlog_boot *b, const struct bootlog_problem **out)
{
	for (size_t i = 0; i < b->n; i++)
		out[i] = &b->problem[i];
	if (b->n)
		qsort(out, b->n, sizeof(*out), newest_first);
}

/* What a person must know of the logs themselves. */
static int tell_sources(const struct bootlog_sources *sources)
{
	int status = STATUS_OK;
	char size[32];

	for (size_t i = 0; i < sources->n; i++) {
		const struct bootlog_source *s = &sources->s[i];

		if (s->lost)
			complain("'%s' is damaged: %s of it could not be read", s->name,
				 format_size(s->lost, size, sizeof(size)));
		if (s->error)
			complain("'%s' is read up to where it is %s only", s->name,
				 s->error == -EBADMSG ? "damaged or cut" : "readable");
		if (s->lost || s->error)
			status = STATUS_CANNOT;
	}
	if (!sources->n)
		complain("no log was found in /var/log, its journal, /var/crash or pstore");
	if (sources->more)
		complain("there are more logs than are read: only %zu were", sources->n);
	return status;
}

static int read_and_show(struct session *s, const struct raw *raw)
{
	/* Findings point to their scan. */
	struct scan *scan = arena_new_struct(s->arena, struct scan);
	/* What it would find in the logs is shown here in full. */
	static const char *const itself[] = { "log", NULL };
	const struct selection others = { .skip = itself };
	struct bootlog *l = bootlog_new();
	struct bootlog_sources sources;
	struct oom_files files;
	struct log_report r = { .sources = &sources };
	int status;

	oomfiles_find(s->root, s->arena, &files);
	bootlogread_root(l, s->root, &files, s->arena, &sources);
	status = tell_sources(&sources);
	scan_init(scan, s->root, &s->facts, s->arena);
	scan_run(scan, all_checks, &others);
	r.boot = bootlog_see(l, &r.n);
	r.shown = raw->boots && (size_t)raw->boots < r.n ? (size_t)raw->boots : r.n;
	r.earlier = bootlog_earlier(l);
	r.findings = scan->findings;
	if (raw->json)
		log_json(stdout, &r);
	else
		log_text(stdout, &r);
	bootlog_free(l);
	return status;
}

static int open_and_show(const struct session_options *o, const struct raw *raw, struct arena *a)
{
	struct session s = { .arena = a };
	struct trouble t = { 0 };
	int status = STATUS_CANNOT, e = session_open(o, LOOK, &s, &t);

	if (e == 0)
		status = read_and_show(&s, raw);
	else
		complain("%s", t.text[0] ? t.text : strerror(-e));
	session_close(&s, &t);
	return status;
}

static int run(int argc, const char **argv)
{
	struct raw raw = { .boots = 5, .root_part = -1 };
	const struct poptOption table[] = {
		{ "boots", 0, POPT_ARG_INT, &raw.boots, 0, "so many, 0: all (5)", "N" },
		{ "json", 0, POPT_ARG_NONE, &raw.json, 0, "one JSON document", NULL },
		{ "root-part", 0, POPT_ARG_INT, &raw.root_part, 0, "the partition with the system",
		  "N" },
		{ "serial", 0, POPT_ARG_STRING, &raw.serial, 0, "the disk with this serial number",
		  "SN" },
		POPT_AUTOHELP POPT_TABLEEND
	};
	_cleanup_arena_ struct arena *a = arena_new();
	struct session_options o = { .logs = true };
	struct arguments args;
	int r = options_parse(argc, argv, table, "[OPTIONS] TARGET...", a, &args);

	if (r == OPTIONS_GO && ((!args.n && !raw.serial) || raw.boots < 0)) {
		complain(raw.boots < 0 ? "--boots counts from 0" : "log needs a TARGET");
		r = STATUS_USAGE;
	}
	if (r == OPTIONS_GO) {
		o.targets = args.words;
		o.serial = raw.serial;
		o.root_part = raw.root_part;
		r = open_and_show(&o, &raw, a);
	}
	free(raw.serial);
	return r;
}

const struct command log_command = {
	.name = "log",
	.usage = "TARGET...",
	.summary = "the last boots: how far they got, how they ended, and why",
	.run = run,
};
