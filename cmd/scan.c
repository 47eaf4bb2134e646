/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "cmd/belowfix.h"
#include "cmd/options.h"
#include "cmd/registry.h"
#include "cmd/repair.h"
#include "cmd/scan_job.h"
#include "lib/loader_default.h"
#include "lib/target.h"

static void progress(const struct scan_job *j, const char *what)
{
	if (j->format == FORMAT_TEXT && !j->style.quiet && isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K%s%s", what, *what ? " ..." : "");
}

static bool judges_drivers(const struct scan_job *j)
{
	const struct selection *sel = &j->selection;

	return (!sel->only || in_list("initramfs", sel->only)) &&
	       (!sel->skip || !in_list("initramfs", sel->skip));
}

/* In the scan, as it holds what was read. */
static const struct platform_wanted *platform_of(const struct scan_job *j, struct scan *scan)
{
	struct platform_wanted *w;

	if (!scan->facts->boots_itself || !judges_drivers(j))
		return NULL;
	w = arena_new_struct(j->arena, struct platform_wanted);
	platform_wanted(scan, loader_default_kernel(scan), w);
	return w;
}

static void look(const struct scan_job *j, struct session *s, struct scan *scan,
		 const struct platform_wanted **platform)
{
	scan_init(scan, s->root, &s->facts, j->arena);
	*platform = platform_of(j, scan);
	scan_run(scan, all_checks, &j->selection);
}

static bool is_about_logins(const struct selection *sel)
{
	const char *const *only = sel->only;

	return !only || in_list("pam", only) || in_list("login", only) || in_list("sshd", only);
}

/* What it reads and finds on its way is not reported. */
static const struct wayin *ways_in(const struct scan_job *j, const struct session *s,
				   struct elfclosure *elf, const struct finding *findings)
{
	static const struct check *const none[] = { NULL };
	struct wayin *w = arena_new_struct(j->arena, struct wayin);
	struct scan scan;
	bool judged;

	if (!s->root || !is_about_logins(&j->selection) ||
	    (j->format == FORMAT_TEXT && j->style.quiet))
		return NULL;
	scan_init(&scan, s->root, &s->facts, j->arena);
	scan.elf = elf;
	judged = wayin_judge(&scan, findings, w);
	scan_run(&scan, none, &j->selection);
	return judged ? w : NULL;
}

/* The checks that need no root, where none was found. */
static void look_below(const struct scan_job *j, struct session *s, struct scan *scan)
{
	const struct check *checks[3] = { NULL };
	size_t n = 0;

	for (size_t i = 0; all_checks[i] && n < 2; i++) {
		if (streq(all_checks[i]->name, "disk") || streq(all_checks[i]->name, "fs"))
			checks[n++] = all_checks[i];
	}
	s->facts.disks = s->disks;
	s->facts.n_disks = s->n_disks;
	scan_init(scan, NULL, &s->facts, j->arena);
	scan_run(scan, checks, &j->selection);
}

static void print(const struct scan_job *j, const struct report *r)
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
	/* --quiet leaves the verdict out, not why it went wrong. */
	if (j->format == FORMAT_TEXT && j->style.quiet && r->trouble && r->findings)
		complain("%s", r->trouble);
}

static int end(const struct scan_job *j, const struct report *r)
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

/* By its number, unless the number is that of two or the file system has none. */
static const char *how_to_choose(const struct scan_job *j, const struct session *s,
				 const struct candidate *c, size_t n, size_t chosen)
{
	const struct partition *p = c[chosen].part;
	size_t alike = 0;

	for (size_t i = 0; i < n; i++)
		alike += c[i].part->number == p->number;
	if (p->number > 0 && alike == 1)
		return arena_printf(j->arena, "--root-part %d", p->number);
	/* Opened by hand it is a device that can be given alone. */
	if (p->layer)
		return arena_printf(j->arena, "only the device of %s as TARGET, opened first",
				    p->layer);
	return arena_printf(j->arena, "only '%s' as TARGET", s->targets[p->disk]);
}

/* Several systems: the one finding that needs no root, with the choices. */
static int several(const struct scan_job *j, struct session *s, struct report *r)
{
	const struct problem *p = problem_by_id("disk.several-roots");
	struct scan scan;
	struct finding *f;
	size_t n;
	const struct candidate *c = session_candidates(s, &n);

	scan_init(&scan, NULL, &s->facts, j->arena);
	f = scan_find(&scan, p, NULL, "%zu systems: choose one", n);
	for (size_t i = 0; i < n; i++)
		finding_choice(f, "%s  %s, %s (%s)", how_to_choose(j, s, c, n, i), c[i].what,
			       partition_describe(j->arena, c[i].part), c[i].evidence);
	r->findings = f;
	r->status = STATUS_CANNOT;
	return end(j, r);
}

static int cannot(const struct scan_job *j, struct session *s, struct report *r, int e)
{
	if (e == -ENOTUNIQ && r->facts == NULL && s->view)
		return several(j, s, r);
	r->status = STATUS_CANNOT;
	return end(j, r);
}

static int dry_run(const struct scan_job *j, struct session *s, struct scan *scan, struct report *r)
{
	_cleanup_bytes_ struct bytes diff = { 0 };
	_cleanup_plan_ struct plan p = { 0 };

	repair_hold_back(scan->findings, &j->policy, j->journal_dir);
	plan_make(s->root, scan->findings, &j->policy, &p);
	plan_diff(&p, &diff);
	r->mode = REPORT_DRY_RUN;
	r->steps = belowfix_plan(j, scan->findings);
	r->findings = scan->findings;
	r->diff = &diff;
	r->status = report_status(r);
	return end(j, r);
}

/* What a person types to take the run back. */
static const char *how_to_undo(const struct scan_job *j, const char *const *targets)
{
	struct bytes b = { 0 };
	const char *text;

	bytes_adds(&b, "bootmend undo");
	if (j->journal_dir)
		bytes_addf(&b, " --journal %s", j->journal_dir);
	if (j->session.root_part >= 0)
		bytes_addf(&b, " --root-part %d", j->session.root_part);
	if (j->session.layers.key_file)
		bytes_addf(&b, " --key-file %s", j->session.layers.key_file);
	for (size_t i = 0; targets[i]; i++)
		bytes_addf(&b, " %s", targets[i]);
	text = arena_strdup(j->arena, b.data);
	bytes_free(&b);
	return text;
}

static int fix(const struct scan_job *j, struct session *s, struct finding *before,
	       const struct belowfix *below, struct report *r)
{
	struct trouble t = { 0 };
	struct repair done = { 0 };
	int e;

	cputime_stop(&s->limit);
	s->below_run = below->run;
	r->mode = REPORT_FIX;
	progress(j, "repairing");
	e = repair_run(s, &j->selection, &j->policy, j->journal_dir, before, &done, &t);
	r->findings = done.findings;
	r->ways_in = ways_in(j, s, NULL, done.findings);
	r->steps = s->steps;
	r->undo = how_to_undo(j, s->targets);
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
	belowfix_report(j, below, r->findings, r);
	r->status = report_status(r);
	return end(j, r);
}

/* The disk itself is opened for writing only when there is something to repair. */
static int reopen_and_fix(const struct scan_job *j, struct session *s, struct scan *scan,
			  const struct belowfix *below, struct report *r)
{
	struct session again = { .arena = j->arena };
	struct trouble t = { 0 };
	int e, status;

	if (!s->view)
		return fix(j, s, scan->findings, below, r);
	session_close(s, &t);
	progress(j, "replaying journals and mounting");
	e = session_open(&j->session, CHANGE, &again, &t);
	if (e < 0) {
		r->mode = REPORT_FIX;
		r->root = NULL;
		r->findings = scan->findings;
		r->trouble = arena_strdup(j->arena, t.text);
		belowfix_report(j, below, r->findings, r);
		r->status = report_status(r);
		session_close(&again, &t);
		return end(j, r);
	}
	r->facts = &again.facts;
	r->targets = again.targets;
	status = fix(j, &again, scan->findings, below, r);
	return status;
}

/* What one read-only look at the TARGETs gave. */
struct first_look {
	struct session s;
	struct scan *scan;			/* NULL: nothing could be looked at */
	const struct platform_wanted *platform; /* NULL: nothing was judged by it */
	int error;				/* no root, and why */
	struct trouble t;
};

static bool any_fault(const struct devices *d)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->p[i].fault != FS_FINE)
			return true;
	}
	return false;
}

static void open_and_look(const struct scan_job *j, struct first_look *v)
{
	*v = (struct first_look){ .s = { .arena = j->arena } };
	progress(j, "looking for the system");
	v->error = session_open(&j->session, LOOK, &v->s, &v->t);
	progress(j, "scanning");
	if (v->error == 0 || (v->error == -ENODEV && any_fault(&v->s.devices)))
		v->scan = arena_new_struct(j->arena, struct scan);
	if (v->scan && v->error == 0)
		look(j, &v->s, v->scan, &v->platform);
	else if (v->scan)
		look_below(j, &v->s, v->scan);
}

static void start_report(const struct scan_job *j, struct first_look *v, struct report *r)
{
	*r = (struct report){ .targets = v->s.targets ? v->s.targets : j->session.targets,
			      .console = j->console };
	r->mode = j->dry_run ? REPORT_DRY_RUN : j->fix ? REPORT_FIX : REPORT_SCAN;
	r->findings = v->scan ? v->scan->findings : NULL;
	if (v->error < 0) {
		r->trouble = v->t.text;
	} else {
		r->root = v->s.root;
		r->facts = &v->s.facts;
		r->ways_in = v->scan ? ways_in(j, &v->s, v->scan->elf, v->scan->findings) : NULL;
		r->platform = v->platform;
	}
}

static int finish(const struct scan_job *j, struct first_look *v, const struct belowfix *below,
		  struct report *r)
{
	struct trouble t = { 0 };
	int status;

	r->undo = how_to_undo(j, r->targets);
	belowfix_report(j, below, r->findings, r);
	r->status = report_status(r);
	status = end(j, r);
	session_close(&v->s, &t);
	return status;
}

/* Below the file systems first; then everything is looked at anew. */
static void repair_below(const struct scan_job *j, struct first_look *v, struct belowfix *below)
{
	const char *const *targets = v->s.targets;
	const char *identity =
		v->error == 0 && v->s.facts.root_part ? v->s.facts.root_part->uuid : NULL;
	struct finding *findings = v->scan->findings;
	struct trouble t = { 0 };

	session_close(&v->s, &t);
	progress(j, "repairing file systems");
	if (belowfix_run(j, targets, identity, findings, below, &t) < 0)
		below->trouble = arena_strdup(j->arena, t.text);
	open_and_look(j, v);
}

static const struct finding *hibernated(const struct finding *f)
{
	while (f && !streq(f->problem->id, "disk.hibernated"))
		f = f->next;
	return f;
}

/*
 * It would resume onto file systems that are not as it remembers them: asked whatever checks were
 * chosen. NULL: it is awake, or its memory is to be given up.
 */
static const struct finding *asleep(const struct scan_job *j, struct first_look *v)
{
	static const char *const only[] = { "disk.hibernated", NULL };
	const struct selection alone = { .only = only };
	const struct finding *f;
	struct scan scan;

	if (!v->scan || j->session.force)
		return NULL;
	for (f = hibernated(v->scan->findings); f; f = hibernated(f->next)) {
		if (!plan_allows(&j->policy, f))
			return f;
	}
	if (hibernated(v->scan->findings) || (!j->selection.only && !j->selection.skip))
		return NULL;
	scan_init(&scan, v->s.root, &v->s.facts, j->arena);
	scan_run(&scan, all_checks, &alone);
	return hibernated(scan.findings);
}

static int leave_asleep(const struct scan_job *j, struct first_look *v, const struct finding *f,
			struct report *r)
{
	const struct belowfix none = { 0 };

	start_report(j, v, r);
	r->trouble = arena_printf(
		j->arena,
		"the system is hibernated (%s) and would resume onto what a repair changes: nothing "
		"was changed; let it resume and shut down,%s or pass --force",
		f->path ? f->path : f->detail,
		f->safety == FIX_NONE ? "" : " give its memory up with --fix=disk.hibernated,");
	return finish(j, v, &none, r);
}

static int scan_targets(const struct scan_job *j)
{
	struct belowfix below = { 0 };
	const struct finding *sleeps = NULL;
	struct first_look v;
	struct report r;

	open_and_look(j, &v);
	if (j->fix && !j->dry_run && v.scan &&
	    (plan_needs_writing(&j->policy, v.scan->findings) ||
	     belowfix_wanted(&j->policy, v.scan->findings)))
		sleeps = asleep(j, &v);
	if (sleeps)
		return leave_asleep(j, &v, sleeps, &r);
	if (j->fix && !j->dry_run && v.scan && belowfix_wanted(&j->policy, v.scan->findings))
		repair_below(j, &v, &below);
	start_report(j, &v, &r);
	if (!v.scan && !below.run) {
		struct trouble t = { 0 };
		int status = cannot(j, &v.s, &r, v.error);

		session_close(&v.s, &t);
		return status;
	}
	if (j->dry_run && v.error == 0) {
		struct trouble t = { 0 };
		int status = dry_run(j, &v.s, v.scan, &r);

		session_close(&v.s, &t);
		return status;
	}
	if (j->dry_run)
		r.steps = belowfix_plan(j, v.scan->findings);
	/* What could not be repaired below is not written to. */
	if (j->dry_run || !j->fix || v.error < 0 ||
	    ((below.failed || below.trouble) && !j->session.force) ||
	    !plan_needs_writing(&j->policy, v.scan->findings))
		return finish(j, &v, &below, &r);
	return reopen_and_fix(j, &v.s, v.scan, &below, &r);
}

/* Without a TARGET: what there is, and what to type. */
static int list_targets(const struct scan_job *j)
{
	struct target_disk *d;
	size_t n, free_ones = 0;
	char size[32];

	target_disks(j->arena, &d, &n);
	puts("no TARGET was given; the disks of this machine:");
	for (size_t i = 0; i < n; i++) {
		printf("  %-16s %-10s %s%s %s\n", d[i].node,
		       format_size(d[i].size, size, sizeof(size)), d[i].serial ? "serial " : "",
		       d[i].serial ? d[i].serial : "",
		       d[i].busy   ? d[i].busy
		       : d[i].what ? d[i].what
				   : "no Linux system found");
	}
	for (size_t i = 0; i < n; i++) {
		if (d[i].busy || !d[i].what)
			continue;
		printf("%s  bootmend scan %s\n", free_ones++ ? "" : "type:\n", d[i].node);
	}
	if (!free_ones)
		puts("none of them is free and holds a Linux system: attach the broken disk, or give an image\n"
		     "or a directory as TARGET ('bootmend scan --help')");
	return STATUS_USAGE;
}

static int run(int argc, const char **argv)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct scan_job job = { .arena = a };
	int r = scan_job_read(argc, argv, &job);

	if (r != OPTIONS_GO)
		return r;
	if (!job.session.targets[0] && !job.session.serial)
		return list_targets(&job);
	job.session.examine = true;
	return scan_targets(&job);
}

const struct command scan_command = {
	.name = "scan",
	.usage = "[OPTIONS] TARGET...",
	.summary = "look, report, and with --fix repair",
	.run = run,
};
