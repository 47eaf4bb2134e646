/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The root handle against a hostile tree. CTest runs this twice, the second time with openat2
 * denied by seccomp: the walk by name must give the same answers.
 */
#include <errno.h>
#include <fcntl.h>

#include "lib/testtree.h"

static int open_tree(void **state)
{
	struct testtree *t = xcalloc(1, sizeof(*t));

	testtree_open(t);
	testtree_dir(t, "/etc");
	testtree_dir(t, "/usr");
	testtree_dir(t, "/usr/bin");
	testtree_put(t, "/etc/hostname", "patient\n", 8);
	testtree_put(t, "/usr/bin/sh", "shell", 5);
	testtree_link(t, "/bin", "usr/bin");
	testtree_link(t, "/absbin", "/usr/bin");
	testtree_link(t, "/etc/evil_abs", "/etc/hostname");
	testtree_link(t, "/etc/evil_rel", "../../../../../../etc/hostname");
	testtree_link(t, "/etc/self", "self");
	testtree_link(t, "/etc/a", "b");
	testtree_link(t, "/etc/b", "a");
	testtree_link(t, "/etc/nowhere", "/etc/not-there");
	testtree_link(t, "/etc/up", "..");
	testtree_link(t, "/root-link", "/");
	*state = t;
	return 0;
}

static int close_tree(void **state)
{
	testtree_close(*state);
	free(*state);
	return 0;
}

static void assert_reads(struct testtree *t, const char *path, const char *content)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	assert_int_equal(root_read(t->root, path, 100, &b), 0);
	assert_string_equal(b.data, content);
}

static void links_stay_inside(void **state)
{
	struct testtree *t = *state;

	assert_reads(t, "/etc/hostname", "patient\n");
	assert_reads(t, "etc/hostname", "patient\n");
	assert_reads(t, "/etc/evil_abs", "patient\n");
	assert_reads(t, "/etc/evil_rel", "patient\n");
	assert_reads(t, "/../../../etc/hostname", "patient\n");
	assert_reads(t, "/etc/../etc/./hostname", "patient\n");
	assert_reads(t, "/bin/sh", "shell");
	assert_reads(t, "/absbin/sh", "shell");
	assert_reads(t, "/etc/up/usr/bin/sh", "shell");
	assert_reads(t, "/root-link/etc/hostname", "patient\n");
}

static void loops_and_absences(void **state)
{
	struct testtree *t = *state;
	struct stat st;

	assert_int_equal(root_stat(t->root, "/etc/self", &st), -ELOOP);
	assert_int_equal(root_stat(t->root, "/etc/a", &st), -ELOOP);
	assert_int_equal(root_lstat(t->root, "/etc/a", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(root_stat(t->root, "/etc/nowhere", &st), -ENOENT);
	assert_int_equal(root_lstat(t->root, "/etc/nowhere", &st), 0);
	assert_int_equal(root_stat(t->root, "/etc/hostname/x", &st), -ENOTDIR);
	assert_true(root_is_absent(-ENOTDIR));
	assert_false(root_is_absent(-ELOOP));
	assert_int_equal(root_stat(t->root, "/", &st), 0);
	assert_true(S_ISDIR(st.st_mode));
}

static void long_chains_end(void **state)
{
	struct testtree *t = *state;
	struct stat st;

	for (int i = 0; i < 60; i++) {
		_cleanup_free_ char *from = xasprintf("/etc/c%d", i), *to = xasprintf("c%d", i + 1);

		testtree_link(t, from, to);
	}
	testtree_put(t, "/etc/c60", "end", 3);
	assert_int_equal(root_stat(t->root, "/etc/c0", &st), -ELOOP);
	assert_int_equal(root_stat(t->root, "/etc/c30", &st), 0);
}

/* A FIFO or a device under the name of a file must neither hang nor be opened. */
static void only_regular_files_are_read(void **state)
{
	struct testtree *t = *state;
	_cleanup_free_ char *fifo = xasprintf("%s/etc/fstab", t->dir);
	_cleanup_bytes_ struct bytes b = { 0 };

	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(root_read(t->root, "/etc/fstab", 100, &b), -EINVAL);
	assert_int_equal(root_read(t->root, "/etc", 100, &b), -EINVAL);
	assert_null(b.data);
}

static void size_is_bounded(void **state)
{
	struct testtree *t = *state;
	_cleanup_bytes_ struct bytes b = { 0 };
	_cleanup_free_ char *big = xasprintf("%s/big", t->dir);
	int fd = open(big, O_WRONLY | O_CREAT, 0600);

	assert_int_equal(ftruncate(fd, 1LL << 40), 0);
	close(fd);
	assert_int_equal(root_read(t->root, "/big", 4096, &b), -EFBIG);
	assert_int_equal(root_read(t->root, "/etc/hostname", 8, &b), 0);
	bytes_free(&b);
	assert_int_equal(root_read(t->root, "/etc/hostname", 7, &b), -EFBIG);
}

static void resolve_names_the_real_path(void **state)
{
	static const char *const pairs[][2] = {
		{ "/bin/sh", "/usr/bin/sh" },
		{ "/absbin/new", "/usr/bin/new" },
		{ "/etc/evil_rel", "/etc/hostname" },
		{ "/etc/nowhere", "/etc/not-there" },
		{ "/root-link/etc/up/usr", "/usr" },
		{ "/", "/" },
		{ "/..", "/" },
	};
	struct testtree *t = *state;
	char *path = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		assert_int_equal(root_resolve(t->root, pairs[i][0], &path), 0);
		assert_string_equal(path, pairs[i][1]);
		free(path);
	}
	assert_int_equal(root_resolve(t->root, "/etc/a", &path), -ELOOP);
}

static int stop_at_three(void *arg, const struct root_entry *e UNUSED)
{
	return ++*(int *)arg == 3 ? 77 : 0;
}

static int in_order(void *arg, const struct root_entry *e)
{
	char *last = arg;

	assert_true(strcmp(last, e->name) < 0);
	snprintf(last, 256, "%s", e->name);
	return 0;
}

static void lists_in_order(void **state)
{
	struct testtree *t = *state;
	char last[256] = "";
	int n = 0;

	assert_int_equal(root_list(t->root, "/", in_order, last), 0);
	assert_string_equal(last, "usr");
	assert_int_equal(root_list(t->root, "/", stop_at_three, &n), 77);
	assert_int_equal(root_list(t->root, "/not-there", stop_at_three, &n), -ENOENT);
	assert_int_equal(root_list(t->root, "/etc/hostname", stop_at_three, &n), -ENOTDIR);
}

static void parent_is_confined(void **state)
{
	struct testtree *t = *state;
	struct stat a, b;
	const char *name;
	int fd;

	assert_int_equal(root_parent(t->root, "/absbin/sh", &fd, &name), 0);
	assert_string_equal(name, "sh");
	assert_int_equal(fstat(fd, &a), 0);
	assert_int_equal(root_stat(t->root, "/usr/bin", &b), 0);
	assert_int_equal(a.st_ino, b.st_ino);
	close(fd);
	assert_int_equal(root_parent(t->root, "/..", &fd, &name), -EINVAL);
	assert_int_equal(root_parent(t->root, "/etc/..", &fd, &name), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(links_stay_inside, open_tree, close_tree),
		cmocka_unit_test_setup_teardown(loops_and_absences, open_tree, close_tree),
		cmocka_unit_test_setup_teardown(long_chains_end, open_tree, close_tree),
		cmocka_unit_test_setup_teardown(only_regular_files_are_read, open_tree, close_tree),
		cmocka_unit_test_setup_teardown(size_is_bounded, open_tree, close_tree),
		cmocka_unit_test_setup_teardown(resolve_names_the_real_path, open_tree, close_tree),
		cmocka_unit_test_setup_teardown(lists_in_order, open_tree, close_tree),
		cmocka_unit_test_setup_teardown(parent_is_confined, open_tree, close_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
