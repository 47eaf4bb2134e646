/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "cmd/options.h"
#include "cmd/password.h"
#include "cmd/registry.h"
#include "cmd/repair.h"
#include "cmd/report.h"

enum exit_style { EXIT_FSCK, EXIT_BOOTABLE };
enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_JSONL };

/* As popt fills it. */
struct raw {
	char *fix, *only, *skip, *journal, *memory, *platform, *selinux, *password_file, *color,
		*exit, *serial, *devices;
	int dry_run, json, jsonl, quiet, verbose, force, root_part;
};

struct job {
	struct arena *arena;
	struct session_options session;
	struct selection selection;
	struct plan_policy policy;
	const char *journal_dir;
	bool fix, dry_run;
	enum format format;
	enum exit_style exit;
	struct style style;
};

/* popt would take the TARGET behind a bare --fix for its value. */
static const char **spell_out_fix(int argc, const char **argv, struct arena *a)
{
	const char **copy = arena_alloc(a, ((size_t)argc + 1) * sizeof(*copy));

	for (int i = 0; i < argc; i++)
		copy[i] = streq(argv[i], "--fix") ? "--fix=safe" : argv[i];
	return copy;
}

static bool known_names(const char *option, const char *const *names, const char *const *words)
{
	for (size_t i = 0; names && names[i]; i++) {
		const char *near;

		if (problem_by_id(names[i]) || check_exists(names[i]) ||
		    (words && in_list(names[i], words)))
			continue;
		near = nearest_name(names[i]);
		if (near)
			complain("--%s: no problem or check '%s'; did you mean '%s'?", option,
				 names[i], near);
		else
			complain("--%s: no problem or check '%s'; see 'bootmend list'", option,
				 names[i]);
		return false;
	}
	return true;
}

static bool one_of(const char *option, const char *value, const char *const words[])
{
	const char *near;

	if (!value || in_list(value, words))
		return true;
	near = nearest_of(value, words);
	complain("--%s=%s: not one of its values; did you mean '%s'?", option, value,
		 near ? near : words[0]);
	return false;
}

/* "safe,shadow.root-password": a class word, ids, or a check's name for all its ids. */
static bool read_fix(struct job *j, const char *fix)
{
	static const char *const words[] = { "safe", "all", NULL };
	const char *const *names = options_list(j->arena, fix);
	const char **ids = NULL;
	size_t n = 0, cap = 0;

	if (!fix)
		return true;
	j->fix = true;
	if (!known_names("fix", names, words))
		return false;
	for (size_t i = 0; names[i]; i++) {
		if (streq(names[i], "all")) {
			j->policy.least = FIX_ASK;
		} else if (streq(names[i], "safe")) {
			if (j->policy.least == FIX_NONE)
				j->policy.least = FIX_SAFE;
		} else if (!problem_by_id(names[i])) {
			complain("--fix=%s: that is a check; name ids of 'bootmend list'",
				 names[i]);
			return false;
		} else {
			ARENA_GROW(j->arena, ids, n, cap);
			ids[n++] = names[i];
		}
	}
	ARENA_GROW(j->arena, ids, n, cap);
	ids[n] = NULL;
	j->policy.ids = ids;
	return true;
}

static bool read_wishes(struct job *j, const struct raw *raw)
{
	struct wishes *w = &j->session.wishes;
	struct trouble t = { 0 };

	if (raw->memory && (!parse_size(raw->memory, &w->memory) || !w->memory)) {
		complain("--memory=%s: not a size such as 2G or 512M", raw->memory);
		return false;
	}
	w->platform = raw->platform;
	w->selinux = raw->selinux;
	if (!raw->password_file)
		return true;
	w->root_hash = password_hash(raw->password_file, j->arena, &t);
	if (!w->root_hash)
		complain("%s", t.text);
	return w->root_hash != NULL;
}

static bool check_words(const struct raw *raw)
{
	static const char *const colors[] = { "auto", "always", "never", NULL };
	static const char *const exits[] = { "fsck", "bootable", NULL };
	static const char *const selinux[] = { "disabled", "permissive", NULL };

	return one_of("color", raw->color, colors) && one_of("exit", raw->exit, exits) &&
	       one_of("selinux", raw->selinux, selinux);
}

static void read_style(struct job *j, const struct raw *raw)
{
	j->style.terminal = isatty(STDOUT_FILENO);
	j->style.color = raw->color && !streq(raw->color, "auto")
				 ? streq(raw->color, "always")
				 : j->style.terminal && !getenv("NO_COLOR");
	j->style.quiet = raw->quiet;
	j->style.verbose = raw->verbose;
	j->format = raw->json ? FORMAT_JSON : raw->jsonl ? FORMAT_JSONL : FORMAT_TEXT;
	j->exit = raw->exit && streq(raw->exit, "bootable") ? EXIT_BOOTABLE : EXIT_FSCK;
}

static bool read_job(struct job *j, const struct raw *raw)
{
	j->selection.only = options_list(j->arena, raw->only);
	j->selection.skip = options_list(j->arena, raw->skip);
	if (!check_words(raw) || !known_names("only", j->selection.only, NULL) ||
	    !known_names("skip", j->selection.skip, NULL) || !read_fix(j, raw->fix) ||
	    !read_wishes(j, raw))
		return false;
	if (raw->root_part == 0 || raw->root_part < -1) {
		complain("--root-part: a partition number counts from 1");
		return false;
	}
	j->dry_run = raw->dry_run;
	if (j->dry_run && !j->fix)
		j->policy.least = FIX_SAFE;
	j->journal_dir = raw->journal;
	j->session.serial = raw->serial;
	j->session.devices_file = raw->devices;
	j->session.root_part = raw->root_part;
	j->session.force = raw->force;
	read_style(j, raw);
	return true;
}

/* --- doing it --- */

static void progress(const struct job *j, const char *what)
{
	if (j->format == FORMAT_TEXT && !j->style.quiet && isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K%s%s", what, *what ? " ..." : "");
}

static void look(const struct job *j, struct session *s, struct scan *scan)
{
	scan_init(scan, s->root, &s->facts, j->arena);
	scan_run(scan, all_checks, &j->selection);
}

static bool anything_to_fix(const struct job *j, const struct finding *f)
{
	for (; f; f = f->next) {
		if (plan_allows(&j->policy, f))
			return true;
		/* Has no edits of its own: it is done before mounting. */
		if (streq(f->problem->id, "fs.journal") && j->policy.least != FIX_NONE)
			return true;
		if (streq(f->problem->id, "fs.journal") && j->policy.ids &&
		    in_list("fs.journal", j->policy.ids))
			return true;
	}
	return false;
}

static void print(const struct job *j, const struct report *r)
{
	progress(j, "");
	if (j->format == FORMAT_JSON)
		report_json(stdout, r);
	else if (j->format == FORMAT_JSONL)
		report_jsonl(stdout, r);
	else if (r->trouble && !r->findings)
		complain("%s", r->trouble);
	else
		report_text(stdout, r, &j->style);
}

static int end(const struct job *j, const struct report *r)
{
	struct counts c = report_counts(r);

	print(j, r);
	if (fflush(stdout) != 0)
		return STATUS_CANNOT;
	if (j->exit == EXIT_BOOTABLE && !r->trouble && !c.by_severity[STOPS_BOOT] &&
	    !c.by_severity[BLOCKS_LOGIN])
		return STATUS_OK;
	return r->status;
}

/* Several systems: the one finding that needs no root, with the choices. */
static int several(const struct job *j, struct session *s, struct report *r)
{
	const struct problem *p = problem_by_id("disk.several-roots");
	struct scan scan;
	struct finding *f;
	size_t n;
	const struct candidate *c = session_candidates(s, &n);

	scan_init(&scan, NULL, &s->facts, j->arena);
	f = scan_find(&scan, p, NULL, "%zu systems: choose one with --root-part N", n);
	for (size_t i = 0; i < n; i++)
		finding_choice(f, "--root-part %d  %s, %s (%s)", c[i].part->number, c[i].what,
			       partition_describe(j->arena, c[i].part), c[i].evidence);
	r->findings = f;
	r->status = STATUS_CANNOT;
	return end(j, r);
}

static int cannot(const struct job *j, struct session *s, struct report *r, int e)
{
	if (e == -ENOTUNIQ && r->facts == NULL && s->view)
		return several(j, s, r);
	r->status = STATUS_CANNOT;
	return end(j, r);
}

static int dry_run(const struct job *j, struct session *s, struct scan *scan, struct report *r)
{
	_cleanup_bytes_ struct bytes diff = { 0 };
	_cleanup_plan_ struct plan p = { 0 };

	plan_make(s->root, scan->findings, &j->policy, &p);
	plan_diff(&p, &diff);
	r->mode = REPORT_DRY_RUN;
	r->findings = scan->findings;
	r->diff = &diff;
	r->status = report_status(r);
	return end(j, r);
}

/* What a person types to take the run back. */
static const char *how_to_undo(const struct job *j, const struct session *s)
{
	struct bytes b = { 0 };
	const char *text;

	bytes_adds(&b, "bootmend undo");
	if (j->journal_dir)
		bytes_addf(&b, " --journal %s", j->journal_dir);
	if (j->session.root_part >= 0)
		bytes_addf(&b, " --root-part %d", j->session.root_part);
	for (size_t i = 0; s->targets[i]; i++)
		bytes_addf(&b, " %s", s->targets[i]);
	text = arena_strdup(j->arena, b.data);
	bytes_free(&b);
	return text;
}

static int fix(const struct job *j, struct session *s, struct finding *before, struct report *r)
{
	struct trouble t = { 0 };
	struct repair done = { 0 };
	int e;

	r->mode = REPORT_FIX;
	progress(j, "repairing");
	e = repair_run(s, &j->selection, &j->policy, j->journal_dir, before, &done, &t);
	r->findings = done.findings;
	r->steps = s->steps;
	r->undo = how_to_undo(j, s);
	if (done.journal) {
		r->run = arena_strdup(j->arena, journal_run(done.journal));
		r->journal = arena_strdup(j->arena, journal_path(done.journal));
	}
	journal_close(done.journal);
	/* The verdict comes when everything is on the disk and nothing is mounted any more. */
	progress(j, "writing everything to the disk");
	r->root = NULL;
	if (session_close(s, &t) < 0)
		e = -EIO;
	if (e < 0 || t.text[0])
		r->trouble = arena_strdup(j->arena, t.text);
	r->status = report_status(r);
	return end(j, r);
}

/* The disk itself is opened for writing only when there is something to repair. */
static int reopen_and_fix(const struct job *j, struct session *s, struct scan *scan,
			  struct report *r)
{
	struct session again;
	struct trouble t = { 0 };
	int e, status;

	if (!s->view)
		return fix(j, s, scan->findings, r);
	session_close(s, &t);
	progress(j, "replaying journals and mounting");
	e = session_open(&j->session, CHANGE, &again, &t);
	if (e < 0) {
		r->mode = REPORT_FIX;
		r->root = NULL;
		r->findings = scan->findings;
		r->trouble = arena_strdup(j->arena, t.text);
		r->status = report_status(r);
		session_close(&again, &t);
		return end(j, r);
	}
	r->facts = &again.facts;
	r->targets = again.targets;
	status = fix(j, &again, scan->findings, r);
	return status;
}

static int scan_targets(const struct job *j)
{
	struct session s = { .arena = j->arena };
	struct trouble t = { 0 };
	struct report r = { .targets = j->session.targets };
	struct scan scan;
	int e, status;

	progress(j, "looking for the system");
	e = session_open(&j->session, LOOK, &s, &t);
	if (s.targets)
		r.targets = s.targets;
	if (e < 0) {
		r.trouble = t.text;
		status = cannot(j, &s, &r, e);
		session_close(&s, &t);
		return status;
	}
	progress(j, "scanning");
	look(j, &s, &scan);
	r.root = s.root;
	r.facts = &s.facts;
	if (j->dry_run) {
		status = dry_run(j, &s, &scan, &r);
	} else if (j->fix && anything_to_fix(j, scan.findings)) {
		return reopen_and_fix(j, &s, &scan, &r);
	} else {
		r.mode = j->fix ? REPORT_FIX : REPORT_SCAN;
		r.findings = scan.findings;
		r.status = report_status(&r);
		status = end(j, &r);
	}
	session_close(&s, &t);
	return status;
}

#define ARG_STRING(name, field, text, what)                         \
	{                                                           \
		name, 0, POPT_ARG_STRING, &raw.field, 0, text, what \
	}
#define ARG_FLAG(name, letter, field, text)                            \
	{                                                              \
		name, letter, POPT_ARG_NONE, &raw.field, 0, text, NULL \
	}

static void free_raw(struct raw *r)
{
	char **const strings[] = { &r->fix,    &r->only,     &r->skip,	  &r->journal,
				   &r->memory, &r->platform, &r->selinux, &r->password_file,
				   &r->color,  &r->exit,     &r->serial,  &r->devices };

	for (size_t i = 0; i < ARRAY_SIZE(strings); i++)
		free(*strings[i]);
}

static int run(int argc, const char **argv)
{
	_cleanup_(free_raw) struct raw raw = { .root_part = -1 };
	const struct poptOption repairing[] = {
		ARG_STRING("fix", fix, "repair: safe fixes, or the named ones only",
			   "safe|all|ID[,ID]"),
		ARG_FLAG("dry-run", 'n', dry_run,
			 "show as a diff what --fix would do, change nothing"),
		ARG_STRING("journal", journal, "keep the backup in this directory of this machine",
			   "DIR"),
		ARG_STRING("selinux", selinux, "what selinux.enforcing sets",
			   "disabled|permissive"),
		ARG_STRING("password-file", password_file,
			   "file with root's new password or hash, for shadow.root-password",
			   "FILE"),
		ARG_FLAG("force", 0, force, "repair although something speaks against it"),
		POPT_TABLEEND
	};
	const struct poptOption looking[] = {
		ARG_STRING("only", only, "only these checks or ids", "NAME[,NAME]"),
		ARG_STRING("skip", skip, "not these checks or ids", "NAME[,NAME]"),
		{ "root-part", 0, POPT_ARG_INT, &raw.root_part, 0, "the partition with the system",
		  "N" },
		ARG_STRING("serial", serial, "the disk with this serial number is the TARGET",
			   "SN"),
		ARG_STRING("memory", memory, "memory of the patient (default: from its logs)",
			   "SIZE"),
		ARG_STRING("platform", platform, "where the disk will run",
			   "virtio,nvme,xen,hyperv,..."),
		ARG_STRING("devices", devices, "partitions of a directory TARGET, one a line",
			   "FILE"),
		POPT_TABLEEND
	};
	const struct poptOption telling[] = {
		ARG_FLAG("json", 0, json, "one JSON document"),
		ARG_FLAG("jsonl", 0, jsonl,
			 "one finding a line as JSON, the last line is the summary"),
		ARG_FLAG("quiet", 'q', quiet, "only the findings (with --dry-run only the diff)"),
		ARG_FLAG("verbose", 'v', verbose,
			 "add the line, the why, the by-hand command, the diff"),
		ARG_STRING("color", color, "colours (auto: on a terminal)", "auto|always|never"),
		ARG_STRING("exit", exit, "exit status: fsck's bits, or 0 when it boots",
			   "fsck|bootable"),
		POPT_TABLEEND
	};
	const struct poptOption table[] = {
		{ NULL, 0, POPT_ARG_INCLUDE_TABLE, (void *)repairing, 0, "Repairing:", NULL },
		{ NULL, 0, POPT_ARG_INCLUDE_TABLE, (void *)looking, 0, "Looking:", NULL },
		{ NULL, 0, POPT_ARG_INCLUDE_TABLE, (void *)telling, 0, "Telling:", NULL },
		POPT_AUTOHELP POPT_TABLEEND
	};
	_cleanup_arena_ struct arena *a = arena_new();
	struct job job = { .arena = a };
	struct arguments args;
	int r = options_parse(argc, spell_out_fix(argc, argv, a), table, "[OPTIONS] TARGET...", a,
			      &args);

	if (r != OPTIONS_GO)
		return r;
	job.session.targets = args.words;
	if (!read_job(&job, &raw))
		return STATUS_USAGE;
	return scan_targets(&job);
}

const struct command scan_command = {
	.name = "scan",
	.usage = "[OPTIONS] TARGET...",
	.summary = "look, report, and with --fix repair",
	.run = run,
};
