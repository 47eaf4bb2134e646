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

/* What is too large is no backup, and nobody reads it to find out. */
static void sizes(void **state)
{
	struct testtree *t = *state;
	struct backup b = { .path = "none" };

	put(t, "/etc/group-", "root\n", 1);
	assert_true(backups_find_small(t->root, t->arena, "/etc/group", 5, has_root, "root", &b));
	b.path = "none";
	assert_false(backups_find_small(t->root, t->arena, "/etc/group", 4, has_root, "root", &b));
	assert_string_equal(b.path, "none"); /* untouched */
	put(t, "/etc/group.bak", "root\n", 9);
	testtree_grow(t, "/etc/group.bak", (off_t)1 << 42);
	put(t, "/etc/group.orig", "root\n", 8);
	testtree_grow(t, "/etc/group.orig", ROOT_TEXT_MAX + 1);
	assert_string_equal(best(t, "/etc/group"), "/etc/group-");
}

static void odd_times(void **state)
{
	struct testtree *t = *state;

	put(t, "/etc/hosts-", "root\n", -5);
	assert_string_equal(best(t, "/etc/hosts"), "/etc/hosts-");
	put(t, "/etc/hosts.bak", "root\n", INT32_MAX);
	assert_string_equal(best(t, "/etc/hosts"), "/etc/hosts.bak");
	/* Of two of one time it is always the same. */
	put(t, "/etc/hosts~", "root\n", INT32_MAX);
	assert_string_equal(best(t, "/etc/hosts"), "/etc/hosts.bak");
}

static void long_path(void **state)
{
	struct testtree *t = *state;
	_cleanup_free_ char *path = xcalloc(1, 8193);

	memset(path, 'a', 8192);
	*path = '/';
	assert_string_equal(best(t, path), "none");
	path[255] = '\0'; /* a name of 254, to which no suffix fits */
	put(t, path, "root\n", 1);
	assert_string_equal(best(t, path), "none");
	for (size_t i = 2; i < 255; i += 2)
		path[i] = '/';
	assert_string_equal(best(t, path), "none");
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
		cmocka_unit_test_setup_teardown(sizes, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(odd_times, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(long_path, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(path_without_slash, testtree_setup,
						testtree_teardown),
		cmocka_unit_test_setup_teardown(content, testtree_setup, testtree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
