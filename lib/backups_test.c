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

#include "lib/backups.h"

struct fixture {
	char dir[64];
	struct root *root;
	struct arena *arena;
};

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	strcpy(f->dir, "/tmp/backups_test.XXXXXX");
	if (!mkdtemp(f->dir) || root_open_dir(f->dir, &f->root) < 0)
		return -1;
	f->arena = arena_new();
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

static char *below(const struct fixture *f, const char *path)
{
	return xasprintf("%s/%s", f->dir, path);
}

static void make_dir(const struct fixture *f, const char *path)
{
	_cleanup_free_ char *full = below(f, path);

	assert_int_equal(mkdir(full, 0755), 0);
}

static void put(const struct fixture *f, const char *path, const char *data, time_t mtime)
{
	_cleanup_free_ char *full = below(f, path);
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

static const char *best(const struct fixture *f, const char *path)
{
	struct backup b = { .path = "none" };

	backups_find(f->root, f->arena, path, has_root, "root", &b);
	return b.path;
}

static void none(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(best(f, "/etc/passwd"), "none");
	make_dir(f, "etc");
	put(f, "etc/passwd", "root\n", 1);
	assert_string_equal(best(f, "/etc/passwd"), "none");
}

static void newest_wins(void **state)
{
	struct fixture *f = *state;

	make_dir(f, "etc");
	make_dir(f, "var");
	make_dir(f, "var/backups");
	put(f, "etc/passwd-", "root\n", 1000);
	assert_string_equal(best(f, "/etc/passwd"), "/etc/passwd-");
	put(f, "var/backups/passwd.bak", "root\n", 2000);
	assert_string_equal(best(f, "/etc/passwd"), "/var/backups/passwd.bak");
	put(f, "etc/passwd~", "root\n", 3000);
	assert_string_equal(best(f, "/etc/passwd"), "/etc/passwd~");
}

static void valid_ones_only(void **state)
{
	struct fixture *f = *state;

	make_dir(f, "etc");
	put(f, "etc/passwd-", "root\n", 1000);
	put(f, "etc/passwd.bak", "", 5000);
	put(f, "etc/passwd.orig", "daemon\n", 4000);
	assert_string_equal(best(f, "/etc/passwd"), "/etc/passwd-");
}

static void shipped_is_second(void **state)
{
	struct fixture *f = *state;

	make_dir(f, "etc");
	put(f, "etc/sudoers.rpmnew", "root\n", 9000);
	assert_string_equal(best(f, "/etc/sudoers"), "/etc/sudoers.rpmnew");
	put(f, "etc/sudoers.rpmsave", "root\n", 1000);
	assert_string_equal(best(f, "/etc/sudoers"), "/etc/sudoers.rpmsave");
}

static void links_and_odd_nodes(void **state)
{
	struct fixture *f = *state;
	_cleanup_free_ char *link = below(f, "etc/shadow-");
	_cleanup_free_ char *fifo = below(f, "etc/shadow.bak");

	make_dir(f, "etc");
	put(f, "etc/other", "root\n", 1);
	assert_int_equal(symlink("other", link), 0);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	make_dir(f, "etc/shadow.orig");
	assert_string_equal(best(f, "/etc/shadow"), "none");
}

static void path_without_slash(void **state)
{
	struct fixture *f = *state;

	put(f, "passwd.bak", "root\n", 1);
	assert_string_equal(best(f, "passwd"), "passwd.bak");
	assert_string_equal(best(f, ""), "none");
}

static void content(void **state)
{
	struct fixture *f = *state;

	assert_false(backups_has_content(text_new(f->arena, "x", "", 0), NULL));
	assert_false(backups_has_content(text_new(f->arena, "x", "\0\0 \r\n", 5), NULL));
	assert_true(backups_has_content(text_new(f->arena, "x", "\0\0x", 3), NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(none, setup, teardown),
		cmocka_unit_test_setup_teardown(newest_wins, setup, teardown),
		cmocka_unit_test_setup_teardown(valid_ones_only, setup, teardown),
		cmocka_unit_test_setup_teardown(shipped_is_second, setup, teardown),
		cmocka_unit_test_setup_teardown(links_and_odd_nodes, setup, teardown),
		cmocka_unit_test_setup_teardown(path_without_slash, setup, teardown),
		cmocka_unit_test_setup_teardown(content, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
