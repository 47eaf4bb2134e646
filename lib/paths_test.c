/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/paths.h"
#include "lib/testtree.h"

static void base(void **state UNUSED)
{
	assert_string_equal(paths_base("/usr/bin/sh"), "sh");
	assert_string_equal(paths_base("sh"), "sh");
	assert_string_equal(paths_base("/"), "");
	assert_string_equal(paths_base("/etc/"), "");
	assert_string_equal(paths_base(""), "");
}

static void real(void **state)
{
	struct testtree *t = *state;

	testtree_link(t, "/bin", "usr/bin");
	testtree_text(t, "/usr/bin/dash", "");
	testtree_link(t, "/usr/bin/sh", "dash");
	testtree_link(t, "/loop", "loop");
	assert_string_equal(paths_real(t->root, t->arena, "/bin/sh"), "/usr/bin/dash");
	assert_string_equal(paths_real(t->root, t->arena, "/bin/new"), "/usr/bin/new");
	assert_null(paths_real(t->root, t->arena, "/loop"));
	assert_string_equal(paths_real_or_same(t->root, t->arena, "/loop"), "/loop");
	assert_string_equal(paths_real_or_same(t->root, t->arena, "/bin/sh"), "/usr/bin/dash");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base),
		cmocka_unit_test_setup_teardown(real, testtree_setup, testtree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
