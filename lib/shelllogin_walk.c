/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists, branches and loops: what surely happens of them, and what only perhaps. */
#include <fnmatch.h>

#include "lib/shelllogin_parts.h"

#define STEPS_MAX 20000
#define ITEMS_MAX 256

/* --- branches --- */

/* Whether this is run at all is not known: what it sets and whether it returns is not either. */
static void run_perhaps(struct shelllogin_walk *w, const struct shelllex_node *n, bool single)
{
	bool sure = w->sure;
	enum shelltest_truth status;
	enum shelllogin_flow flow;

	w->sure = false;
	flow = single ? shelllogin_node(w, n, &status) : shelllogin_list(w, n);
	if (flow == RETURNED)
		w->frame->perhaps_left = true;
	if (flow == ENDED && !w->child)
		w->perhaps_ended = true;
	w->sure = sure && !w->frame->perhaps_left && !w->perhaps_ended;
}

static enum shelllogin_flow run_branch(struct shelllogin_walk *w, enum shelltest_truth taken,
				       const struct shelllex_node *n)
{
	if (taken == SHELLTEST_TRUE)
		return shelllogin_list(w, n);
	if (taken == SHELLTEST_UNSURE)
		run_perhaps(w, n, false);
	return GO_ON;
}

static enum shelllogin_flow run_cond(struct shelllogin_walk *w, const struct shelllex_node *list,
				     enum shelltest_truth *status)
{
	enum shelllogin_flow flow = GO_ON;

	*status = SHELLTEST_UNSURE;
	for (; list && flow == GO_ON; list = list->next)
		flow = shelllogin_node(w, list, status);
	return flow;
}

static enum shelllogin_flow run_if(struct shelllogin_walk *w, const struct shelllex_node *n)
{
	enum shelltest_truth cond;
	enum shelllogin_flow flow = run_cond(w, n->cond, &cond);

	if (flow == GO_ON)
		flow = run_branch(w, cond, n->body);
	return flow == GO_ON ? run_branch(w, shelltest_not(cond), n->other) : flow;
}

static enum shelllogin_flow run_and_or(struct shelllogin_walk *w, const struct shelllex_node *n,
				       enum shelltest_truth *status)
{
	enum shelltest_truth left, right, take;
	enum shelllogin_flow flow = shelllogin_node(w, n->cond, &left);

	if (flow != GO_ON)
		return flow;
	take = n->kind == SHELLLEX_AND ? left : shelltest_not(left);
	*status = left;
	if (take == SHELLTEST_TRUE) {
		flow = shelllogin_node(w, n->body, &right);
		*status = right;
	} else if (take == SHELLTEST_UNSURE) {
		run_perhaps(w, n->body, true);
		*status = SHELLTEST_UNSURE;
	}
	return flow;
}

/* Does the subject match one of the item's patterns? */
static enum shelltest_truth matches(const struct shelllogin_walk *w,
				    const struct shellword_value *subject,
				    const struct shelllex_node *item)
{
	enum shelltest_truth any = SHELLTEST_FALSE;

	for (size_t i = 0; i < item->words; i++) {
		struct shellword_value p = shellword_pattern(&w->env, item->word[i].s);

		if (p.state == SHELLWORD_KNOWN && streq(p.s, "*"))
			return SHELLTEST_TRUE;
		if (p.state != SHELLWORD_KNOWN || subject->state != SHELLWORD_KNOWN)
			any = SHELLTEST_UNSURE;
		else if (fnmatch(p.s, subject->s, 0) == 0)
			return SHELLTEST_TRUE;
	}
	return any;
}

static enum shelllogin_flow run_case(struct shelllogin_walk *w, const struct shelllex_node *n)
{
	struct shellword_value subject = { SHELLWORD_UNKNOWN, "" };
	bool sure = w->sure;
	bool doubt = false;

	if (n->words)
		subject = shellword_expand(&w->env, n->word[0].s);
	for (const struct shelllex_node *item = n->body; item; item = item->next) {
		enum shelltest_truth m = matches(w, &subject, item);

		if (m == SHELLTEST_FALSE)
			continue;
		if (m == SHELLTEST_TRUE && !doubt)
			return shelllogin_list(w, item->body);
		doubt = true;
		run_perhaps(w, item->body, false);
		if (m == SHELLTEST_TRUE)
			break;
	}
	w->sure = sure && !w->frame->perhaps_left && !w->perhaps_ended;
	return GO_ON;
}

/* --- loops --- */

struct items {
	struct shelllogin_walk *w;
	const char *pattern; /* of the last path component */
	const char *dir;
	const char *item[ITEMS_MAX];
	size_t n;
	bool known;
};

static void add_item(struct items *it, const char *s)
{
	if (it->n == ITEMS_MAX)
		it->known = false;
	else
		it->item[it->n++] = s;
}

static int add_match(void *arg, const struct root_entry *e)
{
	struct items *it = arg;

	if (fnmatch(it->pattern, e->name, FNM_PERIOD) == 0)
		add_item(it, arena_printf(it->w->s->arena, "%s/%s", it->dir, e->name));
	return 0;
}

/* DIR/PATTERN with a plain directory; anything else is not known. */
static void add_glob(struct items *it, const char *raw)
{
	struct shellword_value v = shellword_pattern(&it->w->env, raw);
	const char *slash = v.state == SHELLWORD_KNOWN ? strrchr(v.s, '/') : NULL;
	char *dir, *to;
	size_t before;

	if (!slash || slash == v.s) {
		it->known = false;
		return;
	}
	dir = to = arena_strndup(it->w->s->arena, v.s, (size_t)(slash - v.s));
	for (const char *from = dir; *from; from++) {
		if (*from != '\\')
			*to++ = *from;
	}
	*to = '\0';
	it->dir = dir;
	it->pattern = slash + 1;
	before = it->n;
	if (*dir != '/' || strpbrk(dir, "*?["))
		it->known = false;
	else
		root_list(it->w->s->root, dir, add_match, it);
	if (it->n == before)
		add_item(it, v.s);
}

static void add_word(struct items *it, const char *raw)
{
	struct shellword_value v;

	if (shellword_is_glob(raw)) {
		add_glob(it, raw);
		return;
	}
	v = shellword_expand(&it->w->env, raw);
	if (v.state == SHELLWORD_KNOWN && !strpbrk(v.s, " \t\n*?["))
		add_item(it, v.s);
	else
		it->known = false;
}

static enum shelllogin_flow run_for(struct shelllogin_walk *w, const struct shelllex_node *n)
{
	struct items *it;
	enum shelllogin_flow flow = GO_ON;

	if (n->words == 0 || !n->in_words) {
		run_perhaps(w, n->body, false);
		return GO_ON;
	}
	it = arena_new_struct(w->s->arena, struct items);
	it->w = w;
	it->known = true;
	for (size_t i = 1; i < n->words; i++)
		add_word(it, n->word[i].s);
	for (size_t i = 0; i < it->n && flow == GO_ON; i++) {
		shellword_set(&w->env, n->word[0].s, w->sure ? SHELLWORD_KNOWN : SHELLWORD_UNKNOWN,
			      it->item[i]);
		/* Unsure, yet known by name: a file sourced here is still looked at. */
		if (!w->sure)
			shellword_set(&w->env, n->word[0].s, SHELLWORD_KNOWN, it->item[i]);
		flow = shelllogin_list(w, n->body);
	}
	if (!it->known) {
		shelllogin_forget(w, n->word[0].s);
		run_perhaps(w, n->body, false);
	}
	return flow;
}

static enum shelllogin_flow run_while(struct shelllogin_walk *w, const struct shelllex_node *n)
{
	enum shelltest_truth cond;
	enum shelllogin_flow flow = run_cond(w, n->cond, &cond);

	if (flow == GO_ON)
		run_perhaps(w, n->body, false);
	return flow;
}

/* A process of its own: what it sets is lost, and exit ends only it. */
static void run_child(struct shelllogin_walk *w, const struct shelllex_node *list)
{
	const struct shellword_binding *head = w->env.head;

	w->child++;
	for (; list; list = list->next) {
		enum shelltest_truth status;

		if (shelllogin_node(w, list, &status) != GO_ON)
			break;
	}
	w->child--;
	w->env.head = head;
}

/* --- any command --- */

static enum shelllogin_flow run_kind(struct shelllogin_walk *w, const struct shelllex_node *n,
				     enum shelltest_truth *status)
{
	enum shelllogin_flow flow;

	switch (n->kind) {
	case SHELLLEX_SIMPLE:
		return shelllogin_simple(w, n, status);
	case SHELLLEX_AND:
	case SHELLLEX_OR:
		return run_and_or(w, n, status);
	case SHELLLEX_NOT:
		flow = shelllogin_node(w, n->body, status);
		*status = shelltest_not(*status);
		return flow;
	case SHELLLEX_IF:
		return run_if(w, n);
	case SHELLLEX_WHILE:
		return run_while(w, n);
	case SHELLLEX_FOR:
		return run_for(w, n);
	case SHELLLEX_CASE:
		return run_case(w, n);
	case SHELLLEX_GROUP:
		return shelllogin_list(w, n->body);
	case SHELLLEX_PIPE:
	case SHELLLEX_SUBSHELL:
		run_child(w, n->body);
		return GO_ON;
	case SHELLLEX_FUNCTION:
		shelllogin_define(w, n);
		return GO_ON;
	case SHELLLEX_TEST:
		*status = shelltest_eval(w->s->root, &w->env, n->word, n->words, SHELLTEST_DOUBLE);
		return GO_ON;
	default:
		w->env.wild = true;
		return GO_ON;
	}
}

enum shelllogin_flow shelllogin_node(struct shelllogin_walk *w, const struct shelllex_node *n,
				     enum shelltest_truth *status)
{
	enum shelllogin_flow flow;

	*status = SHELLTEST_UNSURE;
	if (w->out->gave_up || ++w->steps > STEPS_MAX || w->nested == SHELLLOGIN_NESTED_MAX) {
		w->out->gave_up = true;
		return GO_ON;
	}
	w->nested++;
	if (n->background)
		w->child++;
	flow = run_kind(w, n, status);
	if (n->background) {
		w->child--;
		flow = GO_ON;
	}
	w->nested--;
	return flow;
}

enum shelllogin_flow shelllogin_list(struct shelllogin_walk *w, const struct shelllex_node *n)
{
	enum shelllogin_flow flow = GO_ON;

	for (; n && flow == GO_ON; n = n->next) {
		enum shelltest_truth status;

		flow = shelllogin_node(w, n, &status);
	}
	return flow;
}
