/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From proposals to changes and back: plan, store, journal and undo on a real tree. */
#include <sys/xattr.h>

#include "lib/testplan.h"

static void lines_change_and_the_rest_stays(void **state)
{
	struct world *w = *state;
	const struct text *t = scan_text(&w->s, "/etc/f");
	struct finding *f = find(w, &problem_a);

	propose_insert(f, t, 1, "zero");
	propose_line(f, t, 2, "2");
	propose_insert(f, t, 4, "four");
	propose_insert(f, t, 4, "five");
	propose_comment(f, t, 3);
	apply(w, &safe, 1);
	assert_text(w, "/etc/f", "zero\none\n2\n# three\nfour\nfive\n");
}

static void a_missing_final_newline(void **state)
{
	struct world *w = *state;
	const struct text *t = scan_text(&w->s, "/etc/no-newline");
	struct finding *f = find(w, &problem_a);

	propose_line(f, t, 2, "TWO");
	apply(w, &safe, 1);
	assert_text(w, "/etc/no-newline", "one\nTWO");
}

static void appending_adds_the_newline_first(void **state)
{
	struct world *w = *state;
	const struct text *t = scan_text(&w->s, "/etc/no-newline");

	propose_insert(find(w, &problem_a), t, 3, "three");
	apply(w, &safe, 1);
	assert_text(w, "/etc/no-newline", "one\ntwo\nthree\n");
}

static void same_edits_merge_others_clash(void **state)
{
	struct world *w = *state;
	const struct text *t = scan_text(&w->s, "/etc/f");
	struct finding *first = find(w, &problem_a), *same = find(w, &problem_a);
	struct finding *other = find(w, &problem_a);

	propose_line(first, t, 1, "ONE");
	propose_line(same, t, 1, "ONE");
	propose_line(other, t, 2, "would be fine");
	propose_line(other, t, 1, "uno");
	apply(w, &safe, 1);
	assert_int_equal(first->outcome, OPEN);
	assert_int_equal(same->outcome, OPEN);
	assert_int_equal(other->outcome, CLASHES);
	assert_text(w, "/etc/f", "ONE\ntwo\nthree\n");
}

static void ask_needs_its_name(void **state)
{
	struct world *w = *state;
	const struct text *t = scan_text(&w->s, "/etc/f");
	static const char *const ids[] = { "test.b", NULL };
	const struct plan_policy named = { .least = FIX_NONE, .ids = ids };

	propose_line(find(w, &problem_a), t, 1, "A");
	propose_line(find(w, &problem_b), t, 2, "B");
	apply(w, &named, 1);
	assert_text(w, "/etc/f", "one\nB\nthree\n");
}

static void an_edit_through_a_link_keeps_the_link(void **state)
{
	struct world *w = *state;
	struct stat st;

	propose_text(find(w, &problem_a), "/etc/link", "new\n", 4, 0);
	apply(w, &safe, 1);
	assert_text(w, "/etc/f", "new\n");
	assert_int_equal(root_lstat(w->t.root, "/etc/link", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
}

/* Three findings want the same of a file: it is done once. */
static void bytes_behind_a_file(void **state)
{
	struct world *w = *state;
	struct finding *first = find(w, &problem_a), *same = find(w, &problem_a);
	struct finding *other = find(w, &problem_a), *text = find(w, &problem_a);

	propose_append(first, "/etc/link", 14, "\0more", 5);
	propose_append(same, "/etc/f", 14, "\0more", 5);
	propose_append(other, "/etc/f", 14, "other", 5);
	propose_line(text, scan_text(&w->s, "/etc/f"), 1, "ONE");
	apply(w, &safe, 1);
	assert_int_equal(first->outcome, OPEN);
	assert_int_equal(same->outcome, OPEN);
	assert_int_equal(other->outcome, CLASHES);
	assert_int_equal(text->outcome, CLASHES);
	{
		_cleanup_bytes_ struct bytes b = { 0 };

		assert_int_equal(root_read(w->t.root, "/etc/f", 100, &b), 0);
		assert_int_equal(b.len, 19);
		assert_memory_equal(b.data, "one\ntwo\nthree\n\0more", 19);
	}
}

/* It is not what was looked at any more, or nothing that bytes can be put behind. */
static void nothing_behind_another_file(void **state)
{
	static const char *const paths[] = { "/etc/f", "/etc/empty", "/etc/gone" };
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct finding *f = find(w, &problem_a);

		propose_append(f, paths[i], 13, "x", 1);
		apply(w, &safe, 0);
		assert_int_equal(f->outcome, FAILED);
	}
}

static void kinds_of_nodes(void **state)
{
	struct world *w = *state;
	struct finding *f = find(w, &problem_a);
	char *target;

	propose_mode(f, "/etc/f", 04711);
	propose_link(f, "/etc/empty", "elsewhere");
	propose_dir(f, "/var/a/b", 01777);
	propose_text(f, "/new/deep/file", "x", 1, 0600);
	propose_absent(f, "/etc/no-newline");
	apply(w, &safe, 9);
	assert_int_equal(mode_of(w, "/etc/f"), 04711);
	assert_int_equal(mode_of(w, "/var/a/b"), 01777);
	assert_int_equal(mode_of(w, "/new/deep/file"), 0600);
	assert_int_equal(root_readlink(w->t.root, "/etc/empty", &target), 0);
	assert_string_equal(target, "elsewhere");
	free(target);
	assert_false(root_exists(w->t.root, "/etc/no-newline"));
}

static void a_full_directory_is_not_replaced(void **state)
{
	struct world *w = *state;
	struct finding *f = find(w, &problem_a);

	propose_link(f, "/etc", "usr/etc");
	apply(w, &all, 0);
	assert_int_equal(f->outcome, FAILED);
	assert_text(w, "/etc/f", "one\ntwo\nthree\n");
}

static void a_file_that_changed_meanwhile(void **state)
{
	struct world *w = *state;
	const struct text *t = scan_text(&w->s, "/etc/f");
	struct finding *f = find(w, &problem_a);

	propose_line(f, t, 1, "ONE");
	testtree_text(&w->t, "/etc/f", "somebody else\n");
	apply(w, &safe, 0);
	assert_int_equal(f->outcome, FAILED);
	assert_text(w, "/etc/f", "somebody else\n");
}

static void attributes_stay(void **state)
{
	struct world *w = *state;
	_cleanup_free_ char *full = testtree_path(&w->t, "/etc/f");
	const struct text *t = scan_text(&w->s, "/etc/f");
	char value[8];

	if (setxattr(full, "user.test", "kept", 4, 0) < 0)
		skip();
	assert_int_equal(chmod(full, 0640), 0);
	propose_line(find(w, &problem_a), t, 1, "ONE");
	apply(w, &safe, 1);
	assert_int_equal(getxattr(full, "user.test", value, sizeof(value)), 4);
	assert_int_equal(mode_of(w, "/etc/f"), 0640);
}

/* --- journal and undo --- */

static void undo_restores_and_can_be_repeated(void **state)
{
	struct world *w = *state;
	const struct text *t = scan_text(&w->s, "/etc/f");
	struct finding *f = find(w, &problem_a);

	propose_line(f, t, 1, "ONE");
	propose_mode(f, "/etc/no-newline", 0600);
	propose_link(f, "/etc/empty", "elsewhere");
	propose_text(f, "/new/file", "x", 1, 0600);
	journalled(w, NULL, 5);
	assert_text(w, "/etc/f", "ONE\ntwo\nthree\n");
	assert_int_equal(undo(w, NULL, UNDO_RESTORED), 5);
	assert_text(w, "/etc/f", "one\ntwo\nthree\n");
	assert_true(root_is_dir(w->t.root, "/etc/empty"));
	assert_false(root_exists(w->t.root, "/new"));
	assert_int_equal(undo(w, NULL, UNDO_ALREADY), 5);
}

static void two_passes_on_one_file(void **state)
{
	struct world *w = *state;

	two_passes(w);
	assert_text(w, "/etc/f", "ONE\ntwo\nthree\n");
	assert_int_equal(undo(w, NULL, UNDO_RESTORED), 1);
	assert_text(w, "/etc/f", "one\ntwo\nthree\n");
	assert_int_equal(mode_of(w, "/etc/f"), 0644);
	assert_int_equal(undo(w, NULL, UNDO_ALREADY), 1);
}

static void undo_refuses_what_somebody_changed(void **state)
{
	struct world *w = *state;
	const struct text *t = scan_text(&w->s, "/etc/f");

	propose_line(find(w, &problem_a), t, 1, "ONE");
	journalled(w, NULL, 1);
	testtree_text(&w->t, "/etc/f", "mine\n");
	assert_int_equal(undo(w, NULL, UNDO_REFUSED), 1);
	assert_text(w, "/etc/f", "mine\n");
}

static void the_journal_may_be_elsewhere(void **state)
{
	struct world *w = *state;
	_cleanup_free_ char *dir = testtree_path(&w->t, "/helper");
	const struct text *t = scan_text(&w->s, "/etc/f");

	propose_line(find(w, &problem_a), t, 1, "ONE");
	journalled(w, dir, 1);
	assert_false(root_exists(w->t.root, JOURNAL_DIR));
	assert_int_equal(undo(w, dir, UNDO_RESTORED), 1);
	assert_text(w, "/etc/f", "one\ntwo\nthree\n");
}

/* The manifest lies on the patient's disk: it is matched, never trusted. */
static void a_hostile_manifest(void **state)
{
	static const char *const manifests[] = {
		"",
		"{",
		"[]",
		"{\"changes\":7}",
		"{\"changes\":[1,null,\"x\"]}",
		"{\"changes\":[{\"path\":\"relative\",\"before\":{\"type\":\"absent\"},"
		"\"after\":{\"type\":\"absent\"}}]}",
		"{\"changes\":[{\"path\":\"/etc/f\",\"before\":{\"type\":\"file\",\"mode\":\"0644\","
		"\"content\":\"../../../../etc/f\"},\"after\":{\"type\":\"absent\"}}]}",
		"{\"changes\":[{\"path\":\"hex:zz\",\"before\":{},\"after\":{}}]}",
	};
	struct world *w = *state;
	struct journal_place at = { .root = w->t.root };

	for (size_t i = 0; i < ARRAY_SIZE(manifests); i++) {
		struct trouble t = { 0 };
		struct undo_item *items = NULL;
		const char *which;
		size_t n = 0;

		testtree_text(&w->t, JOURNAL_DIR "/20260101T000000Z/manifest.json", manifests[i]);
		journal_undo(&at, NULL, w->t.arena, &which, &items, &n, &t);
		assert_text(w, "/etc/f", "one\ntwo\nthree\n");
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(lines_change_and_the_rest_stays),
		T(a_missing_final_newline),
		T(appending_adds_the_newline_first),
		T(same_edits_merge_others_clash),
		T(ask_needs_its_name),
		T(an_edit_through_a_link_keeps_the_link),
		T(bytes_behind_a_file),
		T(nothing_behind_another_file),
		T(kinds_of_nodes),
		T(a_full_directory_is_not_replaced),
		T(a_file_that_changed_meanwhile),
		T(attributes_stay),
		T(undo_restores_and_can_be_repeated),
		T(two_passes_on_one_file),
		T(undo_refuses_what_somebody_changed),
		T(the_journal_may_be_elsewhere),
		T(a_hostile_manifest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
