/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "cmd/registry.h"
#include "cmd/repair.h"
#include "cmd/repair_parts.h"
#include "cmd/signals.h"

#define PASSES 6 /* each pass may uncover what the next repairs; a chain this long is a defect */

struct passes {
	struct finding *seen[PASSES + 1]; /* what each scan found, the read-only one first */
	size_t n;
};

static struct finding *look(struct session *s, const struct selection *sel)
{
	/* Findings point to their scan for as long as they live. */
	struct scan *scan = arena_new_struct(s->arena, struct scan);

	facts_gather(s->root, s->arena, &s->facts);
	scan_init(scan, s->root, &s->facts, s->arena);
	scan_run(scan, all_checks, sel);
	return scan->findings;
}

/* What the changes and the backup take of each file system of the patient. */
struct need {
	dev_t dev;
	char *dir; /* a directory on it */
	uint64_t bytes;
};

struct needs {
	struct need *n;
	size_t len, cap;
};

static void needs_free(struct needs *needs)
{
	for (size_t i = 0; i < needs->len; i++)
		free(needs->n[i].dir);
	free(needs->n);
}
#define _cleanup_needs_ _cleanup_(needs_free)

static void add_need(const struct root *r, const char *path, uint64_t bytes, struct needs *out)
{
	char *dir = xstrdup(path), *slash;
	struct stat st = { 0 };

	/* The nearest directory above that is there already. */
	while ((slash = strrchr(dir, '/'))) {
		slash[slash == dir] = '\0';
		if (slash == dir || (root_stat(r, dir, &st) == 0 && S_ISDIR(st.st_mode)))
			break;
	}
	if (streq(dir, "/"))
		root_stat(r, dir, &st);
	for (size_t i = 0; i < out->len; i++) {
		if (out->n[i].dev != st.st_dev)
			continue;
		out->n[i].bytes += bytes;
		free(dir);
		return;
	}
	GROW(out->n, out->len, out->cap);
	out->n[out->len++] = (struct need){ st.st_dev, dir, bytes };
}

static int meet(const struct session *s, const struct need *need, const char *so_far,
		struct trouble *t)
{
	char want[32], have[32];
	struct statvfs st;
	uint64_t room;

	if (root_statvfs(s->root, need->dir, &st) < 0 || !st.f_blocks)
		return 0;
	if (st.f_flag & ST_RDONLY) {
		trouble_set(t, "the file system at '%s' is read-only; %s", need->dir, so_far);
		return -EROFS;
	}
	room = (uint64_t)st.f_bfree * st.f_frsize;
	if (room >= need->bytes)
		return 0;
	trouble_set(
		t,
		"the patient's file system at '%s' is full (%s needed for the repair, %s free); "
		"%s; free some space first, and pass --journal DIR to keep the backup on this "
		"machine",
		need->dir, format_size(need->bytes, want, sizeof(want)),
		format_size(room, have, sizeof(have)), so_far);
	return -ENOSPC;
}

/* Every file system is asked before the first change. */
static int has_room(const struct session *s, const struct plan *p, const char *journal_dir,
		    const struct repair *done, struct trouble *t)
{
	const char *so_far =
		done->changes ? "what was repaired so far stays" : "nothing was changed";
	_cleanup_needs_ struct needs needs = { 0 };
	int e = 0;

	for (size_t i = 0; i < p->n; i++) {
		if (!p->c[i].disk) /* bytes below file systems need no room on one */
			add_need(s->root, p->c[i].path, plan_change_needs(&p->c[i]), &needs);
	}
	if (!journal_dir)
		add_need(s->root, JOURNAL_DIR "/run", journal_needs(p), &needs);
	for (size_t i = 0; e == 0 && i < needs.len; i++)
		e = meet(s, &needs.n[i], so_far, t);
	return e;
}

static int keep_undo_files(struct session *s, struct journal *j, struct trouble *t)
{
	const char *const *files = s->view ? view_undo_files(s->view) : NULL;
	int e = 0;

	for (size_t i = 0; e == 0 && files && files[i]; i++) {
		const char *slash = strrchr(files[i], '/');

		e = journal_keep(j, files[i], slash ? slash + 1 : files[i], t);
	}
	return e;
}

int repair_journal(struct session *s, const char *dir, struct repair *out, struct trouble *t)
{
	struct journal_place at = session_journal(s, dir);
	int e;

	if (out->journal)
		return 0;
	e = journal_open(&at, at.target, &out->journal, t);
	return e == 0 ? keep_undo_files(s, out->journal, t) : e;
}

/* Journal first, then the disk. */
int repair_carry_out(struct session *s, struct plan *p, const char *dir, struct repair *out,
		     bool *unlabelled, struct trouble *t)
{
	sigset_t old;
	int e = has_room(s, p, dir, out, t);

	if (e < 0)
		return e;
	signals_hold(&old);
	e = repair_journal(s, dir, out, t);
	if (e == 0)
		e = journal_add(out->journal, p, t);
	if (e == 0)
		e = plan_apply(s->root, p, unlabelled, t);
	for (size_t i = 0; i < p->n; i++)
		out->changes += p->c[i].done;
	signals_release(&old);
	return e;
}

static int relabel(struct session *s, const char *dir, struct repair *out, struct trouble *t)
{
	_cleanup_plan_ struct plan p = { 0 };
	int e = plan_relabel(s->root, &p);

	return e == 0 && p.n ? repair_carry_out(s, &p, dir, out, NULL, t) : e;
}

static const struct finding *find_same(const struct finding *list, const struct finding *f)
{
	for (; list; list = list->next) {
		if (finding_same(list, f))
			return list;
	}
	return NULL;
}

/* Advice that is gone was not followed by us. Replaying a journal needs no edit. */
static bool is_ours_to_claim(const struct finding *f)
{
	return f->edits || streq(f->problem->id, "fs.journal");
}

/* A directory that is there again only because the backup needed it: what it held is still lost. */
static bool is_made_for_backup(const struct finding *f)
{
	const char *below = f->path && !f->edits ? after(JOURNAL_DIR, f->path) : NULL;

	return below && *below == '/';
}

/* What was seen in some pass and is not there any more. */
static void add_fixed(struct session *s, struct passes *ps, struct finding *final,
		      struct finding **out)
{
	struct finding *fixed = NULL, **tail = &fixed;

	for (size_t i = 0; i < ps->n; i++) {
		for (struct finding *f = ps->seen[i]; f; f = f->next) {
			struct finding *copy;

			if (f == final)
				break;
			if (find_same(final, f) || find_same(fixed, f) ||
			    (!is_ours_to_claim(f) && !is_made_for_backup(f)))
				continue;
			copy = arena_new_struct(s->arena, struct finding);
			*copy = *f;
			copy->outcome = is_made_for_backup(f) ? OPEN : FIXED;
			copy->outcome_why = NULL;
			copy->next = NULL;
			*tail = copy;
			tail = &copy->next;
		}
	}
	*tail = final;
	*out = fixed;
}

/* A problem whose fix was allowed and that is still there is a defect, and said so. */
static void mark_failed(const struct plan_policy *policy, struct finding *final)
{
	for (struct finding *f = final; f; f = f->next) {
		if (f->outcome != OPEN || !plan_allows(policy, f))
			continue;
		f->outcome = FAILED;
		f->outcome_why = "still there after the repair";
	}
}

/* Findings of the read-only view that a replay can explain are not ours to claim. */
static struct finding *drop_stale(struct finding *list)
{
	struct finding *kept = NULL, **tail = &kept;

	for (struct finding *f = list, *next; f; f = next) {
		next = f->next;
		if (!streq(f->problem->id, "fs.journal"))
			continue;
		f->next = NULL;
		*tail = f;
		tail = &f->next;
	}
	return kept;
}

void repair_hold_back(struct finding *list, const struct plan_policy *policy,
		      const char *journal_dir)
{
	for (struct finding *f = list; !journal_dir && f; f = f->next) {
		if (!f->keeps_here || !plan_allows(policy, f))
			continue;
		f->outcome = FAILED;
		f->outcome_why = "pass --journal DIR: what is removed is kept on this machine";
	}
}

int repair_run(struct session *s, const struct selection *sel, const struct plan_policy *policy,
	       const char *journal_dir, struct finding *before, struct repair *out,
	       struct trouble *t)
{
	struct passes ps = { .seen = { drop_stale(before) }, .n = 1 };
	struct finding *now = NULL;
	_cleanup_tried_ struct tried tried = { 0 };
	bool unlabelled = false, more = true;
	int e = 0;

	*out = (struct repair){ 0 };
	while (e == 0 && more && ps.n <= PASSES) {
		_cleanup_plan_ struct plan p = { 0 };

		now = ps.seen[ps.n++] = look(s, sel);
		repair_hold_back(now, policy, journal_dir);
		if (ps.n > PASSES)
			break;
		e = plan_make(s->root, now, policy, &p);
		more = e == 0 && (p.n > 0 || repair_has_command(&p, &tried));
		if (more && p.n > 0)
			e = repair_carry_out(s, &p, journal_dir, out, &unlabelled, t);
		else if (more)
			e = repair_commands(s, &p, &tried, journal_dir, out, &unlabelled, t);
	}
	if (e == 0 && unlabelled)
		e = relabel(s, journal_dir, out, t);
	if (e < 0)
		trouble_set(t, "the repair stopped: %s", strerror(-e));
	if (e < 0 && out->changes)
		now = look(s, sel); /* some of it was done */
	else
		ps.n--; /* the last scan is what is left */
	if (out->journal && !out->changes) {
		journal_discard(out->journal);
		out->journal = NULL;
	}
	if (out->journal && s->view)
		view_undo_kept(s->view);
	if (e == 0)
		mark_failed(policy, now);
	repair_tell_tried(&tried, s->arena, now);
	add_fixed(s, &ps, now, &out->findings);
	findings_order(&out->findings);
	return e;
}
