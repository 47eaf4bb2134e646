/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the renderers share: counting, the status, the verdict. */
#include <stdio.h>

#include "cmd/report.h"

const char *outcome_name(enum outcome o)
{
	static const char *const names[] = {
		[OPEN] = "open", [FIXED] = "fixed", [CLASHES] = "clashes", [FAILED] = "failed"
	};

	return names[o];
}

static struct report_more *kind_of(struct report_tally *t, const struct finding *f)
{
	struct report_more *k;

	for (size_t i = 0; i < t->n; i++) {
		k = &t->kind[i];
		if (k->problem == f->problem && k->severity == f->severity)
			return k;
	}
	GROW(t->kind, t->n, t->cap);
	k = &t->kind[t->n++];
	*k = (struct report_more){ .problem = f->problem, .severity = f->severity };
	return k;
}

bool report_tells(struct report_tally *t, const struct finding *f)
{
	struct report_more *k = kind_of(t, f);

	if (k->told < REPORT_EACH) {
		k->told++;
		return true;
	}
	k->more++;
	k->more_fixed += f->outcome == FIXED;
	return false;
}

void report_tally_free(struct report_tally *t)
{
	free(t->kind);
	*t = (struct report_tally){ 0 };
}

static void count_left(struct counts *c, const struct finding *f)
{
	c->left++;
	if (!finding_has_fix(f) || f->safety == FIX_NONE)
		c->advice++;
	else if (f->safety == FIX_ASK)
		c->ask++;
	else
		c->safe++;
	if (f->absence)
		c->unconfirmed++;
}

struct counts report_counts(const struct report *r)
{
	struct counts c = { 0 };

	for (const struct finding *f = r->findings; f; f = f->next) {
		if (f->outcome == FIXED) {
			/* A repaired note counts; a journal that was replayed does not. */
			c.fixed += f->severity != NOTE || finding_has_fix(f);
			continue;
		}
		c.by_severity[f->severity]++;
		if (f->severity == NOTE)
			c.notes++;
		else
			count_left(&c, f);
	}
	return c;
}

int report_status(const struct report *r)
{
	struct counts c = report_counts(r);
	int status = STATUS_OK;

	if (c.fixed)
		status |= STATUS_FIXED;
	if (c.left)
		status |= STATUS_LEFT;
	if (r->trouble)
		status |= STATUS_CANNOT;
	for (const struct finding *f = r->findings; f; f = f->next) {
		if (f->outcome == FAILED)
			status |= STATUS_CANNOT;
	}
	return status;
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

/* "2 problems stop the boot, 1 keeps people from logging in" */
static void add_left(struct bytes *b, const struct counts *c)
{
	static const char *const one[] = { "stops the boot", "blocks the login",
					   "degrades the system" };
	static const char *const many[] = { "stop the boot", "block the login",
					    "degrade the system" };
	bool first = true;

	for (int s = STOPS_BOOT; s < NOTE; s++) {
		size_t n = c->by_severity[s];

		if (!n)
			continue;
		bytes_addf(b, "%s%zu %s", first ? "" : ", ", n, first ? "problem" : "");
		if (first)
			bytes_adds(b, plural(n));
		if (first)
			bytes_addc(b, ' ');
		bytes_adds(b, n == 1 ? one[s] : many[s]);
		first = false;
	}
}

static bool has_way_in(const struct wayin *w)
{
	for (unsigned i = 0; i < WAYIN_WHOS * WAYIN_WHERES; i++) {
		if (w->way[i / WAYIN_WHERES][i % WAYIN_WHERES].answer != WAYIN_NO)
			return true;
	}
	return false;
}

static const char *outlook(const struct report *r, const struct counts *c)
{
	if (c->by_severity[STOPS_BOOT])
		return "this system will not boot";
	if (r->ways_in && !has_way_in(r->ways_in))
		return "this system boots, but there is no way in for anybody";
	if (c->by_severity[BLOCKS_LOGIN])
		return "this system boots, but the login is blocked";
	if (c->by_severity[DEGRADES])
		return "this system boots and lets people log in, but not in good order";
	return "nothing that is checked keeps this system from booting or from a login";
}

static void add_advice(struct bytes *b, const struct report *r, const struct counts *c)
{
	if (r->mode != REPORT_FIX && c->safe)
		bytes_addf(b, "; --fix repairs %zu", c->safe);
	if (c->ask)
		bytes_addf(b, "; %zu need%s --fix=ID", c->ask, c->ask == 1 ? "s" : "");
	if (c->advice)
		bytes_addf(b, "; %zu need%s a person (bootmend explain ID)", c->advice,
			   c->advice == 1 ? "s" : "");
	if (c->unconfirmed && r->facts && r->facts->stale)
		bytes_adds(b,
			   "; a journal waits to be replayed, so what is missing may still appear");
}

char *report_verdict(const struct report *r)
{
	struct counts c = report_counts(r);
	struct bytes b = { 0 };

	if (r->trouble && !r->findings) {
		bytes_adds(&b, r->trouble);
		return b.data;
	}
	bytes_adds(&b, outlook(r, &c));
	if (c.left) {
		bytes_adds(&b, ": ");
		add_left(&b, &c);
	}
	if (c.fixed)
		bytes_addf(&b, "; %zu problem%s repaired", c.fixed, plural(c.fixed));
	add_advice(&b, r, &c);
	if (r->trouble)
		bytes_addf(&b, "; %s", r->trouble);
	return b.data;
}
