/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/belowfix.h"
#include "cmd/signals.h"
#include "lib/fsrepair.h"
#include "lib/lines.h"

static bool is_wanted(const struct plan_policy *policy, const struct finding *f)
{
	return f->below != BELOW_NOTHING && plan_allows(policy, f);
}

bool belowfix_wanted(const struct plan_policy *policy, const struct finding *f)
{
	for (; f; f = f->next) {
		if (is_wanted(policy, f))
			return true;
	}
	return false;
}

/* Named by its id, or all asked for: then the program may decide what it is not sure of. */
static enum fsrepair_class class_of(const struct plan_policy *policy, const struct finding *f)
{
	bool named = policy->ids && in_list(f->problem->id, policy->ids);

	return named || policy->least == FIX_ASK ? FSREPAIR_ASK : FSREPAIR_SAFE;
}

const char *const *belowfix_plan(const struct scan_job *j, const struct finding *f)
{
	struct lines l = { 0 };

	for (; f; f = f->next) {
		const char *command;

		if (f->outcome != OPEN || f->below != BELOW_FS || !is_wanted(&j->policy, f))
			continue;
		command = fsrepair_command(f->below_part, class_of(&j->policy, f), j->arena);
		lines_add(j->arena, &l,
			  arena_printf(j->arena, "%s: '%s'",
				       partition_describe(j->arena, f->below_part),
				       command ? command : "nothing"));
	}
	return l.s;
}

/* The default place is in a directory of everybody: it must be ours alone. */
static int make_default(const char *dir, struct trouble *t)
{
	struct stat st;

	if (mkdir(dir, 0700) < 0 && errno != EEXIST) {
		trouble_set(t, "cannot make '%s' for the backup: %s; pass --journal DIR", dir,
			    strerror(errno));
		return -errno;
	}
	if (lstat(dir, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
	    !(st.st_mode & 022))
		return 0;
	trouble_set(t, "'%s' is not ours alone, so no backup is put there; pass --journal DIR",
		    dir);
	return -EPERM;
}

struct journal_place belowfix_place(struct arena *a, const char *dir, const char *target,
				    const char *identity)
{
	_cleanup_free_ char *real = realpath(target, NULL);

	return (struct journal_place){
		.dir = dir ? dir : BELOWFIX_DIR,
		.identity = identity,
		.target = arena_strdup(a, real ? real : target),
	};
}

static int open_backup(const struct scan_job *j, const char *target, const char *identity,
		       struct journal **out, struct trouble *t)
{
	struct journal_place at = belowfix_place(j->arena, j->journal_dir, target, identity);
	int e = j->journal_dir ? 0 : make_default(at.dir, t);

	return e < 0 ? e : journal_open(&at, at.target, out, t);
}

static int repair(const struct scan_job *j, const struct below *b, const struct finding *f,
		  struct journal *journal, const char **step, struct trouble *t)
{
	const struct partition *like = f->below_part;
	struct partition *p = below_find(b, like->disk, like->start, like->size);
	struct partition whole = { .disk = like->disk, .size = like->size, .fault = like->fault };

	if (like->fault == FS_GPT && like->disk < b->n &&
	    like->size == disk_size(b->disks[like->disk]))
		p = &whole;
	if (!p) {
		trouble_set(t, "the partitions have changed since the scan");
		return -ESTALE;
	}
	return fsrepair_run(b, p, like->fault, class_of(&j->policy, f), journal, step, t);
}

static void tell(const struct scan_job *j, struct finding *f, int e, const struct trouble *t)
{
	bool more = f->safety == FIX_SAFE && class_of(&j->policy, f) == FSREPAIR_SAFE;

	f->outcome = e == 0 ? FIXED : FAILED;
	if (e < 0)
		f->outcome_why = arena_printf(
			j->arena, "%s%s", t->text[0] ? t->text : strerror(-e),
			more && e == -EUCLEAN ? "; --fix=fs.errors lets e2fsck -y decide" : "");
}

static size_t repair_all(const struct scan_job *j, const struct below *b, struct finding *list,
			 struct journal *journal, struct belowfix *out)
{
	struct lines l = { 0 };
	size_t done = 0;

	for (struct finding *f = list; f; f = f->next) {
		struct trouble t = { 0 };
		const char *step = NULL;
		int e;

		if (!is_wanted(&j->policy, f))
			continue;
		e = repair(j, b, f, journal, &step, &t);
		tell(j, f, e, &t);
		out->failed += e < 0;
		done += e == 0;
		if (e == 0)
			lines_add(j->arena, &l, step);
	}
	out->steps = l.s;
	return done;
}

static int with_disks(const struct scan_job *j, const struct below *b, const char *target,
		      const char *identity, struct finding *findings, struct belowfix *out,
		      struct trouble *t)
{
	struct journal *journal = NULL;
	int e = open_backup(j, target, identity, &journal, t);

	if (e < 0)
		return e;
	if (!repair_all(j, b, findings, journal, out)) {
		journal_discard(journal);
		return 0;
	}
	out->run = arena_strdup(j->arena, journal_run(journal));
	out->journal = arena_strdup(j->arena, journal_path(journal));
	journal_close(journal);
	return 0;
}

int belowfix_run(const struct scan_job *j, const char *const *targets, const char *identity,
		 struct finding *findings, struct belowfix *out, struct trouble *t)
{
	struct below b = { 0 };
	sigset_t old;
	int e, closed;

	*out = (struct belowfix){ .findings = findings };
	signals_hold(&old);
	e = below_open(targets, &j->session.layers, j->arena, &b, t);
	if (e == 0)
		e = with_disks(j, &b, targets[0], identity, findings, out, t);
	closed = below_close(&b, t);
	signals_release(&old);
	return e < 0 ? e : closed;
}

/* --- the report --- */

static struct finding *copy_of(struct arena *a, const struct finding *f)
{
	struct finding *copy = arena_new_struct(a, struct finding);

	*copy = *f;
	copy->next = NULL;
	return copy;
}

static const struct finding *failed_before(const struct belowfix *b, const struct finding *f)
{
	for (const struct finding *was = b->findings; was; was = was->next) {
		if (was->outcome == FAILED && was->below && f->below &&
		    was->problem == f->problem && finding_same(was, f))
			return was;
	}
	return NULL;
}

static const char *const *both(struct arena *a, const char *const *one, const char *const *two)
{
	struct lines l = { 0 };

	for (; one && *one; one++)
		lines_add(a, &l, *one);
	for (; two && *two; two++)
		lines_add(a, &l, *two);
	return l.s;
}

void belowfix_report(const struct scan_job *j, const struct belowfix *b, const struct finding *now,
		     struct report *r)
{
	struct finding *list = NULL, **tail = &list;

	for (const struct finding *f = b->findings; f; f = f->next) {
		if (f->outcome == FIXED) {
			*tail = copy_of(j->arena, f);
			tail = &(*tail)->next;
		}
	}
	for (const struct finding *f = now; f; f = f->next) {
		const struct finding *was = failed_before(b, f);

		*tail = copy_of(j->arena, f);
		if (was) {
			(*tail)->outcome = FAILED;
			(*tail)->outcome_why = was->outcome_why;
		}
		tail = &(*tail)->next;
	}
	findings_order(&list);
	r->findings = list;
	r->steps = both(j->arena, b->steps, r->steps);
	if (!r->trouble)
		r->trouble = b->trouble;
	if (r->run || !b->run)
		return;
	r->run = b->run;
	r->journal = b->journal;
}
