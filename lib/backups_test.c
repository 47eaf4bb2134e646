/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>

#include "lib/backups.h"
#include "lib/testtree.h"

static void put(struct testtree *t, const char *path, const char *data, time_t mtime)
{
	_cleanup_free_ char *full = testtree_path(t, path);
	_cleanup_close_ int fd = open(full, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	struct timespec times[2] = { { .tv_sec = mtime }, { .tv_sec = mtime } };

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, strlen(data)), (ssize_t)strlen(data));
	assert_int_equal(futimens(fd, times), 0);
}

static bool has_root(const struct text *t, const void *arg)
{
	return t->len && strstr(t->data, arg) != NULL;
}

static const char *best(struct testtree *t, const char *path)
{
	struct backup b = { .path = "none" };

	backups_find(t->root, t->arena, path, has_root, "root", &b);
	return b.path;
}

static void none(void **state)
{
	struct testtree *t = *state;

	assert_string_equal(best(t, "/etc/passwd"), "none");
	testtree_dir(t, "/etc");
	put(t, "/etc/passwd", "root\n", 1);
	assert_string_equal(best(t, "/etc/passwd"), "none");
}

static void newest_wins(void **state)
{
	struct testtree *t = *state;

	testtree_dir(t, "/etc");
	testtree_dir(t, "/var");
	testtree_dir(t, "/var/backups");
	put(t, "/etc/passwd-", "root\n", 1000);
	assert_string_equal(best(t, "/etc/passwd"), "/etc/passwd-");
	put(t, "/var/backups/passwd.bak", "root\n", 2000);
	assert_string_equal(best(t, "/etc/passwd"), "/var/backups/passwd.bak");
	put(t, "/etc/passwd~", "root\n", 3000);
	assert_string_equal(best(t, "/etc/passwd"), "/etc/passwd~");
}

static void valid_ones_only(void **state)
{
	struct testtree *t = *state;

	testtree_dir(t, "/etc");
	put(t, "/etc/passwd-", "root\n", 1000);
	put(t, "/etc/passwd.bak", "", 5000);
	put(t, "/etc/passwd.orig", "daemon\n", 4000);
	assert_string_equal(best(t, "/etc/passwd"), "/etc/passwd-");
}

static void shipped_is_second(void **state)
{
	struct testtree *t = *state;

	testtree_dir(t, "/etc");
	put(t, "/etc/sudoers.rpmnew", "root\n", 9000);
	assert_string_equal(best(t, "/etc/sudoers"), "/etc/sudoers.rpmnew");
	put(t, "/etc/sudoers.rpmsave", "root\n", 1000);
	assert_string_equal(best(t, "/etc/sudoers"), "/etc/sudoers.rpmsave");
}

static void links_and_odd_nodes(void **state)
{
	struct testtree *t = *state;
	_cleanup_free_ char *link = testtree_path(t, "/etc/shadow-");
	_cleanup_free_ char *fifo = testtree_path(t, "/etc/shadow.bak");

	testtree_dir(t, "/etc");
	put(t, "/etc/other", "root\n", 1);
	assert_int_equal(symlink("other", link), 0);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	testtree_dir(t, "/etc/shadow.orig");
	assert_string_equal(best(t, "/etc/shadow"), "none");
}

static void path_without_slash(void **state)
{
	struct testtree *t = *state;

	put(t, "/passwd.bak", "root\n", 1);
	assert_string_equal(best(t, "passwd"), "passwd.bak");
	assert_string_equal(best(t, ""), "none");
}

static void content(void **state)
{
	struct testtree *t = *state;

	assert_false(backups_has_content(text_new(t->arena, "x", "", 0), NULL));
	assert_false(backups_has_content(text_new(t->arena, "x", "\0\0 \r\n", 5), NULL));
	assert_true(backups_has_content(text_new(t->arena, "x", "\0\0x", 3), NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(none, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(newest_wins, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(valid_ones_only, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(shipped_is_second, testtree_setup,
						testtree_teardown),
		cmocka_unit_test_setup_teardown(links_and_odd_nodes, testtree_setup,
						testtree_teardown),
		cmocka_unit_test_setup_teardown(path_without_slash, testtree_setup,
						testtree_teardown),
		cmocka_unit_test_setup_teardown(content, testtree_setup, testtree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
