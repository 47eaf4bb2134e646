/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "cmd/repair_parts.h"
#include "lib/command.h"

void cleanup_tried(struct tried *t)
{
	for (size_t i = 0; i < t->n; i++) {
		bytes_free(&t->one[i].what);
		free(t->one[i].why);
	}
	free(t->one);
}

static const struct tried_one *was_tried(const struct tried *t, const struct finding *f)
{
	_cleanup_bytes_ struct bytes what = { 0 };

	command_describe(f, &what);
	for (size_t i = 0; i < t->n; i++) {
		if (bytes_equal(&t->one[i].what, &what))
			return &t->one[i];
	}
	return NULL;
}

static struct finding *first_untried(const struct plan *p, const struct tried *t)
{
	for (size_t i = 0; i < p->commands; i++) {
		if (!was_tried(t, p->command[i]))
			return p->command[i];
	}
	return NULL;
}

bool repair_has_command(const struct plan *p, const struct tried *tried)
{
	return first_untried(p, tried) != NULL;
}

static struct tried_one *note(struct tried *t, const struct finding *f)
{
	GROW(t->one, t->n, t->cap);
	t->one[t->n] = (struct tried_one){ .id = f->problem->id };
	command_describe(f, &t->one[t->n].what);
	return &t->one[t->n++];
}

static int keep_output(struct session *s, const struct tried *tried, const struct bytes *printed,
		       const char *dir, struct repair *out, struct trouble *t)
{
	_cleanup_free_ char *name = xasprintf("command-%zu.log", tried->n);
	_cleanup_bytes_ struct bytes all = { 0 };
	int e = repair_journal(s, dir, out, t);

	bytes_add(&all, tried->one[tried->n - 1].what.data, tried->one[tried->n - 1].what.len);
	bytes_add(&all, printed->data ? printed->data : "", printed->len);
	return e == 0 ? journal_keep_bytes(out->journal, name, &all, t) : e;
}

/* What went wrong, in one line, and where all that was printed is. */
static char *failure(struct session *s, const struct tried *tried, const struct bytes *printed,
		     const char *dir, struct repair *out, const char *why)
{
	struct trouble t = { 0 };

	if (!printed->len)
		return xstrdup(why);
	if (keep_output(s, tried, printed, dir, out, &t) < 0)
		return xasprintf("%s; what it printed could not be kept: %s", why, t.text);
	return xasprintf("%s; all it printed is in '%s/command-%zu.log'%s", why,
			 journal_path(out->journal), tried->n, dir ? "" : " of the disk");
}

static int run_one(struct session *s, const struct finding *f, struct tried *tried, const char *dir,
		   struct repair *out, bool *unlabelled, struct trouble *t)
{
	struct tried_one *one = note(tried, f);
	const struct command_place at = {
		.root = s->root,
		.devices = &s->devices,
		.disks = s->disks,
		.n_disks = s->n_disks,
	};
	_cleanup_plan_ struct plan made = { 0 };
	_cleanup_bytes_ struct bytes printed = { 0 };
	struct trouble why = { 0 };
	int e = command_run(&at, f, &made, &printed, &why);

	if (e < 0) {
		one->why = failure(s, tried, &printed, dir, out,
				   why.text[0] ? why.text : strerror(-e));
		return 0;
	}
	if (!made.n)
		return 0;
	e = repair_carry_out(s, &made, dir, out, unlabelled, t);
	return e == 0 ? keep_output(s, tried, &printed, dir, out, t) : e;
}

int repair_commands(struct session *s, const struct plan *p, struct tried *tried, const char *dir,
		    struct repair *out, bool *unlabelled, struct trouble *t)
{
	const struct finding *f;
	int e = 0;

	while (e == 0 && (f = first_untried(p, tried)))
		e = run_one(s, f, tried, dir, out, unlabelled, t);
	return e;
}

void repair_tell_tried(const struct tried *tried, struct arena *a, struct finding *findings)
{
	for (struct finding *f = findings; f; f = f->next) {
		const struct tried_one *one = command_is_needed(f) ? was_tried(tried, f) : NULL;

		if (!one || !one->why)
			continue;
		f->outcome = FAILED;
		f->outcome_why = arena_strdup(a, one->why);
	}
}
