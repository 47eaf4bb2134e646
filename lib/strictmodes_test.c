/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>

#include "lib/strictmodes.h"
#include "lib/testtree.h"

static void make_dir(struct testtree *t, const char *path, mode_t mode)
{
	_cleanup_free_ char *full = testtree_path(t, path);

	assert_int_equal(mkdir(full, 0700), 0);
	assert_int_equal(chmod(full, mode), 0);
}

static void make_file(struct testtree *t, const char *path, mode_t mode)
{
	_cleanup_free_ char *full = testtree_path(t, path);
	_cleanup_close_ int fd = open(full, O_WRONLY | O_CREAT, 0600);

	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, mode), 0);
}

/* A home with keys as they should be; its user is whoever runs the test. */
static int setup(void **state)
{
	struct testtree *t;

	testtree_setup(state);
	t = *state;
	make_dir(t, "/home", 0755);
	make_dir(t, "/home/me", 0700);
	make_dir(t, "/home/me/.ssh", 0700);
	make_file(t, "/home/me/.ssh/keys", 0600);
	return 0;
}

static size_t walk(struct testtree *t, const char *file, const char *home,
		   struct strictmodes_fault *fault)
{
	return strictmodes_walk(t->root, t->arena, file, home, getuid(), fault, 4);
}

static void set_mode(struct testtree *t, const char *path, mode_t mode)
{
	_cleanup_free_ char *full = testtree_path(t, path);

	assert_int_equal(chmod(full, mode), 0);
}

static void sound(void **state)
{
	struct strictmodes_fault fault[4];

	assert_int_equal(walk(*state, "/home/me/.ssh/keys", "/home/me", fault), 0);
}

static void each_part_counts(void **state)
{
	struct testtree *t = *state;
	struct strictmodes_fault fault[4];

	set_mode(t, "/home/me", 0770);
	set_mode(t, "/home/me/.ssh/keys", 0602);
	assert_int_equal(walk(t, "/home/me/.ssh/keys", "/home/me", fault), 2);
	assert_string_equal(fault[0].path, "/home/me/.ssh/keys");
	assert_string_equal(fault[1].path, "/home/me");
	assert_true(fault[0].open && fault[1].open);
	assert_false(fault[0].owner);
}

static void stops_at_home(void **state)
{
	struct testtree *t = *state;
	struct strictmodes_fault fault[4];

	set_mode(t, "/home", 0777);
	assert_int_equal(walk(t, "/home/me/.ssh/keys", "/home/me", fault), 0);
	/* Not below the home: every directory counts, up to the root itself. */
	assert_int_equal(walk(t, "/home/me/.ssh/keys", "/nowhere", fault), 1);
	assert_string_equal(fault[0].path, "/home");
}

static void goes_by_real_paths(void **state)
{
	struct testtree *t = *state;
	struct strictmodes_fault fault[4];

	make_dir(t, "/data", 0777);
	make_dir(t, "/data/keys", 0755);
	make_file(t, "/data/keys/me", 0644);
	testtree_link(t, "/home/me/.ssh/linked", "/data/keys/me");
	testtree_link(t, "/h", "home");
	assert_int_equal(walk(t, "/home/me/.ssh/linked", "/home/me", fault), 1);
	assert_string_equal(fault[0].path, "/data");
	set_mode(t, "/home", 0777);
	assert_int_equal(walk(t, "/h/me/.ssh/keys", "/h/me", fault), 0);
}

static void odd_files(void **state)
{
	struct testtree *t = *state;
	struct strictmodes_fault fault[4];

	testtree_link(t, "/home/me/loop", "loop");
	make_dir(t, "/home/me/dir", 0777);
	assert_int_equal(walk(t, "/home/me/none", "/home/me", fault), 0);
	assert_int_equal(walk(t, "/home/me/loop", "/home/me", fault), 0);
	assert_int_equal(walk(t, "/home/me/dir", "/home/me", fault), 0);
	assert_int_equal(walk(t, "", "", fault), 0);
}

static void bounded(void **state)
{
	struct testtree *t = *state;
	struct strictmodes_fault fault[1];

	set_mode(t, "/home/me", 0777);
	set_mode(t, "/home/me/.ssh", 0777);
	assert_int_equal(strictmodes_walk(t->root, t->arena, "/home/me/.ssh/keys", "/home/me",
					  getuid(), fault, 1),
			 1);
	assert_string_equal(fault[0].path, "/home/me/.ssh");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sound, setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(each_part_counts, setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(stops_at_home, setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(goes_by_real_paths, setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(odd_files, setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(bounded, setup, testtree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
