/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small tree with a scan over it, for unit tests of plan, node, journal and undo: propose, then
 * apply() or journalled(), then undo().
 */
#ifndef BOOTMEND_TESTPLAN_H
#define BOOTMEND_TESTPLAN_H

#include <errno.h>

#include "lib/journal.h"
#include "lib/scan.h"
#include "lib/testtree.h"

UNUSED static const struct problem problem_a = {
	.id = "test.a", .severity = STOPS_BOOT, .safety = FIX_SAFE, .title = "a"
};
UNUSED static const struct problem problem_b = {
	.id = "test.b", .severity = DEGRADES, .safety = FIX_ASK, .title = "b"
};
UNUSED static const struct plan_policy safe = { .least = FIX_SAFE };
UNUSED static const struct plan_policy all = { .least = FIX_ASK };

struct world {
	struct testtree t;
	struct devices devices;
	struct facts facts;
	struct scan s;
};

static inline int open_world(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	testtree_open(&w->t);
	testtree_dir(&w->t, "/etc");
	testtree_text(&w->t, "/etc/f", "one\ntwo\nthree\n");
	testtree_text(&w->t, "/etc/no-newline", "one\ntwo");
	testtree_link(&w->t, "/etc/link", "f");
	testtree_dir(&w->t, "/etc/empty");
	w->facts.devices = &w->devices;
	scan_init(&w->s, w->t.root, &w->facts, w->t.arena);
	*state = w;
	return 0;
}

static inline int close_world(void **state)
{
	struct world *w = *state;

	if (w->s.texts)
		scan_run(&w->s, (const struct check *const[]){ NULL }, &(struct selection){ 0 });
	testtree_close(&w->t);
	free(w);
	return 0;
}

static inline void assert_text(struct world *w, const char *path, const char *content)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	assert_int_equal(root_read(w->t.root, path, 1 << 20, &b), 0);
	assert_string_equal(b.data, content);
}

static inline mode_t mode_of(struct world *w, const char *path)
{
	struct stat st;

	assert_int_equal(root_lstat(w->t.root, path, &st), 0);
	return st.st_mode & 07777;
}

static inline void apply(struct world *w, const struct plan_policy *policy, size_t changes)
{
	_cleanup_plan_ struct plan p = { 0 };
	struct trouble t = { 0 };

	assert_int_equal(plan_make(w->t.root, w->s.findings, policy, &p), 0);
	assert_int_equal(p.n, changes);
	assert_int_equal(plan_apply(w->t.root, &p, NULL, &t), 0);
}

static inline struct finding *find(struct world *w, const struct problem *p)
{
	return scan_find(&w->s, p, "/etc/f", "wrong");
}

static inline void journalled(struct world *w, const char *dir, size_t changes)
{
	struct journal_place at = { .root = w->t.root, .dir = dir };
	_cleanup_plan_ struct plan p = { 0 };
	struct trouble t = { 0 };
	struct journal *j;

	assert_int_equal(plan_make(w->t.root, w->s.findings, &safe, &p), 0);
	assert_int_equal(p.n, changes);
	assert_int_equal(journal_open(&at, "target", &j, &t), 0);
	assert_int_equal(journal_add(j, &p, &t), 0);
	assert_int_equal(plan_apply(w->t.root, &p, NULL, &t), 0);
	journal_close(j);
}

/* A mode in one pass, the content in the next: the bytes are kept by the second alone. */
static inline void two_passes(struct world *w)
{
	struct journal_place at = { .root = w->t.root };
	struct trouble t = { 0 };
	struct journal *j;

	assert_int_equal(journal_open(&at, "target", &j, &t), 0);
	for (int pass = 0; pass < 2; pass++) {
		_cleanup_plan_ struct plan p = { 0 };
		struct finding *f = find(w, &problem_a);

		if (pass == 0)
			propose_mode(f, "/etc/f", 0600);
		else
			propose_line(f, scan_text(&w->s, "/etc/f"), 1, "ONE");
		assert_int_equal(plan_make(w->t.root, f, &safe, &p), 0);
		assert_int_equal(journal_add(j, &p, &t), 0);
		assert_int_equal(plan_apply(w->t.root, &p, NULL, &t), 0);
	}
	journal_close(j);
}

static inline size_t undo(struct world *w, const char *dir, enum undo_result expected)
{
	struct journal_place at = { .root = w->t.root, .dir = dir };
	struct trouble t = { 0 };
	struct undo_item *items;
	const char *which;
	size_t n;

	assert_int_equal(journal_undo(&at, NULL, w->t.arena, &which, &items, &n, &t), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(items[i].result, expected);
	return n;
}

#endif
