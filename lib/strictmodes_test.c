/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <ftw.h>
#include <unistd.h>

#include "lib/strictmodes.h"

struct fixture {
	char dir[64];
	struct root *root;
	struct arena *arena;
};

static char *below(const struct fixture *f, const char *path)
{
	return xasprintf("%s/%s", f->dir, path);
}

static void make_dir(const struct fixture *f, const char *path, mode_t mode)
{
	_cleanup_free_ char *full = below(f, path);

	assert_int_equal(mkdir(full, 0700), 0);
	assert_int_equal(chmod(full, mode), 0);
}

static void make_file(const struct fixture *f, const char *path, mode_t mode)
{
	_cleanup_free_ char *full = below(f, path);
	_cleanup_close_ int fd = open(full, O_WRONLY | O_CREAT, 0600);

	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, mode), 0);
}

static void make_link(const struct fixture *f, const char *path, const char *target)
{
	_cleanup_free_ char *full = below(f, path);

	assert_int_equal(symlink(target, full), 0);
}

/* A home with keys as they should be; its user is whoever runs the test. */
static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	strcpy(f->dir, "/tmp/strictmodes_test.XXXXXX");
	if (!mkdtemp(f->dir) || root_open_dir(f->dir, &f->root) < 0)
		return -1;
	f->arena = arena_new();
	make_dir(f, "home", 0755);
	make_dir(f, "home/me", 0700);
	make_dir(f, "home/me/.ssh", 0700);
	make_file(f, "home/me/.ssh/keys", 0600);
	*state = f;
	return 0;
}

static int remove_one(const char *path, const struct stat *st UNUSED, int type UNUSED,
		      struct FTW *ftw UNUSED)
{
	return remove(path);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	root_close(f->root);
	arena_free(f->arena);
	nftw(f->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(f);
	return 0;
}

static size_t walk(const struct fixture *f, const char *file, const char *home,
		   struct strictmodes_fault *fault)
{
	return strictmodes_walk(f->root, f->arena, file, home, getuid(), fault, 4);
}

static void set_mode(const struct fixture *f, const char *path, mode_t mode)
{
	_cleanup_free_ char *full = below(f, path);

	assert_int_equal(chmod(full, mode), 0);
}

static void sound(void **state)
{
	struct strictmodes_fault fault[4];

	assert_int_equal(walk(*state, "/home/me/.ssh/keys", "/home/me", fault), 0);
}

static void each_part_counts(void **state)
{
	struct fixture *f = *state;
	struct strictmodes_fault fault[4];

	set_mode(f, "home/me", 0770);
	set_mode(f, "home/me/.ssh/keys", 0602);
	assert_int_equal(walk(f, "/home/me/.ssh/keys", "/home/me", fault), 2);
	assert_string_equal(fault[0].path, "/home/me/.ssh/keys");
	assert_string_equal(fault[1].path, "/home/me");
	assert_true(fault[0].open && fault[1].open);
	assert_false(fault[0].owner);
}

static void stops_at_home(void **state)
{
	struct fixture *f = *state;
	struct strictmodes_fault fault[4];

	set_mode(f, "home", 0777);
	assert_int_equal(walk(f, "/home/me/.ssh/keys", "/home/me", fault), 0);
	/* Not below the home: every directory counts, up to the root itself. */
	assert_int_equal(walk(f, "/home/me/.ssh/keys", "/nowhere", fault), 1);
	assert_string_equal(fault[0].path, "/home");
}

static void goes_by_real_paths(void **state)
{
	struct fixture *f = *state;
	struct strictmodes_fault fault[4];

	make_dir(f, "data", 0777);
	make_dir(f, "data/keys", 0755);
	make_file(f, "data/keys/me", 0644);
	make_link(f, "home/me/.ssh/linked", "/data/keys/me");
	make_link(f, "h", "home");
	assert_int_equal(walk(f, "/home/me/.ssh/linked", "/home/me", fault), 1);
	assert_string_equal(fault[0].path, "/data");
	set_mode(f, "home", 0777);
	assert_int_equal(walk(f, "/h/me/.ssh/keys", "/h/me", fault), 0);
}

static void odd_files(void **state)
{
	struct fixture *f = *state;
	struct strictmodes_fault fault[4];

	make_link(f, "home/me/loop", "loop");
	make_dir(f, "home/me/dir", 0777);
	assert_int_equal(walk(f, "/home/me/none", "/home/me", fault), 0);
	assert_int_equal(walk(f, "/home/me/loop", "/home/me", fault), 0);
	assert_int_equal(walk(f, "/home/me/dir", "/home/me", fault), 0);
	assert_int_equal(walk(f, "", "", fault), 0);
}

static void bounded(void **state)
{
	struct fixture *f = *state;
	struct strictmodes_fault fault[1];

	set_mode(f, "home/me", 0777);
	set_mode(f, "home/me/.ssh", 0777);
	assert_int_equal(strictmodes_walk(f->root, f->arena, "/home/me/.ssh/keys", "/home/me",
					  getuid(), fault, 1),
			 1);
	assert_string_equal(fault[0].path, "/home/me/.ssh");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sound, setup, teardown),
		cmocka_unit_test_setup_teardown(each_part_counts, setup, teardown),
		cmocka_unit_test_setup_teardown(stops_at_home, setup, teardown),
		cmocka_unit_test_setup_teardown(goes_by_real_paths, setup, teardown),
		cmocka_unit_test_setup_teardown(odd_files, setup, teardown),
		cmocka_unit_test_setup_teardown(bounded, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
