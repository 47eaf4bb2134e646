/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a chain answers: every way to walk it, for what its modules may answer. */
#include "lib/pamconf.h"

#define WALKS_MAX 4096
#define BRANCH_MAX 64
#define STEPS_MAX 200000 /* handlers asked until no more ways are tried */

enum impression { UNDECIDED, POSITIVE, NEGATIVE };

struct mood {
	enum impression impression;
	bool success; /* the status so far is PAM_SUCCESS */
};

struct walk {
	const struct pamconf_chain *c;
	enum pamconf_type type;
	pamconf_result *result;
	void *arg;
	struct pamconf_verdict *v;
	unsigned walks, branches, steps;
};

struct place {
	size_t at;
	unsigned level; /* of the handler before */
	struct mood mood, saved[PAMCONF_DEPTH_MAX + 1];
	const struct pamconf_handler *bad;
};

/* Behind h and all that hangs below it. */
static size_t step_over(const struct pamconf_chain *c, size_t at, unsigned level)
{
	do
		at++;
	while (at + 1 < c->n && c->h[at + 1].level > level);
	return at;
}

/* Where the walk stands after jumping over n; c->n is never reached. False: there are not so many.
 */
static bool jump(const struct pamconf_chain *c, size_t *at, int n)
{
	unsigned level = c->h[*at].level;

	while (n > 0 && *at + 1 < c->n && c->h[*at + 1].level >= level) {
		*at = step_over(c, *at, level);
		n--;
	}
	return n == 0;
}

static size_t end_of_level(const struct pamconf_chain *c, size_t at)
{
	unsigned level = c->h[at].level;

	while (at + 1 < c->n && c->h[at + 1].level >= level)
		at++;
	return at;
}

static void turn_negative(struct place *p, const struct pamconf_handler *h)
{
	if (p->mood.impression != NEGATIVE)
		p->bad = h;
	p->mood = (struct mood){ NEGATIVE, false };
}

static void turn_positive(struct place *p, int code)
{
	struct mood *m = &p->mood;

	if (m->impression == UNDECIDED || (m->impression == POSITIVE && m->success))
		*m = (struct mood){ POSITIVE, code == PAMCONF_SUCCESS };
}

/* Takes the handler's answer in; p->at then is the last one dealt with. */
static void take(const struct walk *w, struct place *p, int code)
{
	const struct pamconf_handler *h = &w->c->h[p->at];
	int action = code == PAMCONF_SKIP ? PAMCONF_DO_IGNORE : h->line->action[code];

	if (action > 0) {
		if (!jump(w->c, &p->at, action))
			turn_negative(p, h);
		return;
	}
	switch (action) {
	case PAMCONF_DO_RESET:
		p->mood = p->saved[h->level];
		break;
	case PAMCONF_DO_OK:
	case PAMCONF_DO_DONE:
		turn_positive(p, code);
		if (action == PAMCONF_DO_DONE && p->mood.impression == POSITIVE)
			p->at = end_of_level(w->c, p->at);
		break;
	case PAMCONF_DO_BAD:
	case PAMCONF_DO_DIE:
		turn_negative(p, h);
		if (action == PAMCONF_DO_DIE)
			p->at = end_of_level(w->c, p->at);
		break;
	default:
		break;
	}
}

static void arrive(struct walk *w, const struct place *p)
{
	bool success = p->mood.impression == POSITIVE && p->mood.success;

	w->walks++;
	w->v->can_succeed |= success;
	w->v->can_fail |= !success;
	w->v->bad = success ? NULL : p->bad;
}

static void walk(struct walk *w, const struct place *from)
{
	struct place p = *from;

	for (; p.at < w->c->n; p.at++) {
		const struct pamconf_handler *h = &w->c->h[p.at];
		int code[PAMCONF_ANSWERS] = { 0 };
		unsigned n;

		if (h->level > p.level)
			p.saved[h->level] = p.mood;
		p.level = h->level;
		if (h->kind == PAMCONF_MARK)
			continue;
		n = w->result(w->arg, h, w->type, code);
		w->steps++;
		if (n > 1 &&
		    (w->branches >= BRANCH_MAX || w->walks >= WALKS_MAX || w->steps >= STEPS_MAX)) {
			w->v->exhausted = true;
			n = 1;
		}
		for (unsigned i = 1; i < n; i++) {
			struct place other = p;

			take(w, &other, code[i]);
			other.at++;
			w->branches++;
			walk(w, &other);
			w->branches--;
		}
		take(w, &p, code[0]);
	}
	arrive(w, &p);
}

void pamconf_run(const struct pamconf_chain *c, enum pamconf_type t, pamconf_result *result,
		 void *arg, struct pamconf_verdict *out)
{
	struct walk w = { .c = c, .type = t, .result = result, .arg = arg, .v = out };
	struct place start = { 0 };

	*out = (struct pamconf_verdict){ 0 };
	walk(&w, &start);
}

static int longest_jump(const struct pamconf_line *l)
{
	int most = 0;

	for (size_t i = 0; i < PAMCONF_RETURNS; i++) {
		if (l->action[i] > most)
			most = l->action[i];
	}
	return most;
}

/* The last one that handler i may jump over: whoever stands within the range is counted. */
static size_t reach_of(const struct pamconf_chain *c, size_t i)
{
	int n = c->h[i].kind == PAMCONF_CALL ? longest_jump(c->h[i].line) : 0;
	size_t at = i;

	if (n)
		jump(c, &at, n);
	return at;
}

bool pamconf_is_jumped(const struct pamconf_chain *c, const struct pamconf_handler *h)
{
	size_t target = (size_t)(h - c->h);

	for (size_t i = 0; i < target; i++) {
		if (reach_of(c, i) >= target)
			return true;
	}
	return false;
}

bool pamconf_jumps_line(const struct pamconf_chain *c, const struct pamconf_line *line)
{
	size_t reach = 0;

	for (size_t i = 0; i < c->n; i++) {
		size_t own;

		if (i && reach >= i && c->h[i].line == line)
			return true;
		own = reach + 1 < c->n ? reach_of(c, i) : 0;
		reach = own > reach ? own : reach;
	}
	return false;
}

static bool is_of(const struct pamconf_line *l, const struct pamconf_line *line)
{
	return l->text == line->text && l->line == line->line;
}

static bool comes_by(const struct pamconf_handler *h, const struct pamconf_line *line)
{
	for (const struct pamconf_via *via = h->via; via; via = via->up) {
		if (is_of(via->line, line))
			return true;
	}
	return is_of(h->line, line);
}

void pamconf_without(struct arena *a, const struct pamconf_chain *c,
		     const struct pamconf_line *line, struct pamconf_chain *out)
{
	struct pamconf_chain left = { .h = arena_alloc(a, (c->n + 1) * sizeof(*left.h)) };

	left.cap = c->n + 1;
	for (size_t i = 0; i < c->n; i++) {
		if (!comes_by(&c->h[i], line))
			left.h[left.n++] = c->h[i];
	}
	*out = left;
}
