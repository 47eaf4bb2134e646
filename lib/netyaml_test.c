/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "lib/netyaml.h"
#include "lib/testtree.h"

static int parse(struct testtree *t, const char *s, size_t n, struct netyaml **root,
		 struct netyaml_error *e)
{
	*root = NULL;
	return netyaml_parse(t->arena, text_new(t->arena, "/x", s, n), root, e);
}

static void test_tree(void **state)
{
	static const char s[] = "# c\na:\n  b: yes\n  c: [1, {d: 2}]\n  e:\n  - f\n  b: no\n";
	const struct netyaml *a;
	struct netyaml *root;
	struct netyaml_error e;

	assert_int_equal(parse(*state, s, strlen(s), &root, &e), 0);
	a = netyaml_get(root, "a");
	assert_int_equal(a->kind, NETYAML_MAP);
	assert_string_equal(netyaml_word(a, "b"), "no");
	assert_int_equal(netyaml_get(a, "c")->child->line, 4);
	assert_string_equal(netyaml_word(netyaml_get(a, "c")->child->next, "d"), "2");
	assert_string_equal(netyaml_get(a, "e")->child->s, "f");
	assert_null(netyaml_get(a, "x"));
	assert_null(netyaml_word(a, "c"));
	assert_null(netyaml_get(NULL, "x"));
}

static void test_errors(void **state)
{
	static const struct {
		const char *s;
		int err;
		size_t line;
	} t[] = {
		{ "", 0, 0 },
		{ "# only\n", 0, 0 },
		{ "a: b\n", 0, 0 },
		{ "a:\r\n  b: c\r\n", 0, 0 },
		{ "a:\n  b: c\n d: e\n", -EINVAL, 3 },
		{ "a:\n\tb: c\n", -EINVAL, 2 },
		{ "a: [1, 2\n", -EINVAL, 2 },
		{ "a: 'x\n", -EINVAL, 2 },
		{ "a: &x 1\nb: *x\n", -ELOOP, 2 },
		{ "? [a]\n: b\n", -EFBIG, 1 },
	};
	struct netyaml *root;
	struct netyaml_error e;

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		assert_int_equal(parse(*state, t[i].s, strlen(t[i].s), &root, &e), t[i].err);
		if (t[i].err)
			assert_int_equal(e.line, t[i].line);
	}
}

static void test_bounds(void **state)
{
	_cleanup_bytes_ struct bytes deep = { 0 }, wide = { 0 }, bomb = { 0 };
	struct netyaml *root;
	struct netyaml_error e;

	for (int i = 0; i < 1000; i++)
		bytes_adds(&deep, "[");
	assert_int_equal(parse(*state, deep.data, deep.len, &root, &e), -EFBIG);
	for (size_t i = 0; i < NETYAML_NODES_MAX + 10; i++)
		bytes_adds(&wide, "- a\n");
	assert_int_equal(parse(*state, wide.data, wide.len, &root, &e), -EFBIG);
	bytes_adds(&bomb, "a: &a [x,x]\n");
	for (char c = 'b'; c < 'z'; c++)
		bytes_addf(&bomb, "%c: &%c [*%c,*%c]\n", c, c, c - 1, c - 1);
	assert_int_equal(parse(*state, bomb.data, bomb.len, &root, &e), -ELOOP);
}

/* libyaml holds each of them against all before it. */
static void test_directives(void **state)
{
	static const char *const ends[] = { "\n", "\r", "\xc2\x85" };
	struct netyaml *root;
	struct netyaml_error e;

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		struct bytes few = { 0 }, many = { 0 };

		for (size_t n = 0; n < 20; n++)
			bytes_addf(&few, "%%TAG !t%zu! x%s", n, ends[i]);
		bytes_adds(&few, "---\na: b\n");
		assert_int_equal(parse(*state, few.data, few.len, &root, &e), 0);
		for (size_t n = 0; n <= NETYAML_DIRECTIVES_MAX; n++)
			bytes_addf(&many, "%%TAG !t%zu! x%s", n, ends[i]);
		bytes_adds(&many, "---\na: b\n");
		assert_int_equal(parse(*state, many.data, many.len, &root, &e), -EFBIG);
		bytes_free(&few);
		bytes_free(&many);
	}
}

static void test_bytes(void **state)
{
	static const char zeros[] = "a: b\0\0c: d\n", latin[] = "a: \xe4\n";
	struct netyaml *root;
	struct netyaml_error e;

	assert_int_equal(parse(*state, zeros, sizeof(zeros), &root, &e), -EINVAL);
	assert_int_equal(parse(*state, latin, strlen(latin), &root, &e), -EINVAL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, testtree_setup, testtree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_tree), TEST(test_errors), TEST(test_bounds),
					    TEST(test_directives), TEST(test_bytes) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
