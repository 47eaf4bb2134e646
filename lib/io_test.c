/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>

#include "lib/io.h"
#include "lib/testtree.h"

static void test_write_all(void **state UNUSED)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(io_write_all(fd, NULL, 0), 0);
	assert_int_equal(io_write_all(fd, "x", 1), -ENOSPC);
	close(fd);
	assert_int_equal(io_write_all(-1, "x", 1), -EBADF);
}

static void test_make_parents(void **state)
{
	struct testtree *t = *state;
	const char *path = arena_printf(t->arena, "%s/a/b/../c/file", t->dir);

	assert_int_equal(io_make_parents(path, 0755), 0);
	assert_int_equal(io_make_parents(path, 0755), 0);
	assert_true(root_is_dir(t->root, "/a/b") && root_is_dir(t->root, "/a/c"));
	assert_false(root_exists(t->root, "/a/c/file"));
	testtree_text(t, "/a/c/file", "");
	path = arena_printf(t->arena, "%s/a/c/file/deep/below", t->dir);
	assert_int_equal(io_make_parents(path, 0755), -ENOTDIR);
}

/* What a link leads to is not of the tree. */
static void test_remove_tree(void **state)
{
	struct testtree *t = *state;

	testtree_text(t, "/kept/file", "x");
	testtree_text(t, "/gone/sub/file", "x");
	testtree_link(t, "/gone/sub/link", "../../kept");
	testtree_link(t, "/gone/dangling", "nowhere");
	io_remove_tree(arena_printf(t->arena, "%s/gone", t->dir));
	assert_false(root_exists(t->root, "/gone"));
	assert_true(root_exists(t->root, "/kept/file"));
	io_remove_tree(arena_printf(t->arena, "%s/never-there", t->dir));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write_all),
		cmocka_unit_test_setup_teardown(test_make_parents, testtree_setup,
						testtree_teardown),
		cmocka_unit_test_setup_teardown(test_remove_tree, testtree_setup,
						testtree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
