/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/checks.h"
#include "cmd/registry.h"

#define X(name) &name##_check,
const struct check *const all_checks[] = { CHECKS(X) NULL };
#undef X

const struct problem *problem_by_id(const char *id)
{
	for (size_t i = 0; all_checks[i]; i++) {
		for (size_t k = 0; all_checks[i]->problems[k]; k++) {
			if (streq(all_checks[i]->problems[k]->id, id))
				return all_checks[i]->problems[k];
		}
	}
	return NULL;
}

bool check_exists(const char *name)
{
	for (size_t i = 0; all_checks[i]; i++) {
		if (streq(all_checks[i]->name, name))
			return true;
	}
	return false;
}

void problems_each(void (*each)(const struct problem *p, void *arg), void *arg)
{
	for (size_t i = 0; all_checks[i]; i++) {
		for (size_t k = 0; all_checks[i]->problems[k]; k++)
			each(all_checks[i]->problems[k], arg);
	}
}

/* The best so far of a search for the word that was meant. */
struct search {
	const char *word, *best;
	size_t distance;
};

static void consider(struct search *s, const char *candidate)
{
	size_t d = edit_distance(s->word, candidate);

	if (d < s->distance) {
		s->distance = d;
		s->best = candidate;
	}
}

static struct search search_for(const char *word)
{
	/* Further off than a third of the word is another word. */
	return (struct search){ .word = word, .distance = strlen(word) / 3 + 2 };
}

static void consider_problem(const struct problem *p, void *arg)
{
	const char *dot = strchr(p->id, '.');

	consider(arg, p->id);
	/* "unknown-device" for "fstab.unknown-device" */
	if (dot && streq(dot + 1, ((struct search *)arg)->word)) {
		((struct search *)arg)->best = p->id;
		((struct search *)arg)->distance = 0;
	}
}

const char *nearest_name(const char *word)
{
	struct search s = search_for(word);

	problems_each(consider_problem, &s);
	for (size_t i = 0; all_checks[i]; i++)
		consider(&s, all_checks[i]->name);
	return s.best;
}

const char *nearest_of(const char *word, const char *const words[])
{
	struct search s = search_for(word);

	for (size_t i = 0; words[i]; i++)
		consider(&s, words[i]);
	return s.best;
}
