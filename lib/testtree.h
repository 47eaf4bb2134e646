/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small tree in a temporary directory for unit tests, seen through a root handle.
 *
 *	testtree_open(&t); testtree_put(&t, "/etc/fstab", "…", n); … t.root …; testtree_close(&t);
 */
#ifndef BOOTMEND_TESTTREE_H
#define BOOTMEND_TESTTREE_H

#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <setjmp.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/arena.h"
#include "lib/io.h"
#include "lib/root.h"

struct testtree {
	char dir[64];
	struct root *root;
	struct arena *arena;
};

static inline void testtree_open(struct testtree *t)
{
	snprintf(t->dir, sizeof(t->dir), "/tmp/bootmend-test-XXXXXX");
	assert_non_null(mkdtemp(t->dir));
	assert_int_equal(root_open_dir(t->dir, &t->root), 0);
	t->arena = arena_new();
}

static inline void testtree_close(struct testtree *t)
{
	root_close(t->root);
	arena_free(t->arena);
	io_remove_tree(t->dir);
}

/* For cmocka's setup and teardown: *state is a struct testtree. */
static inline int testtree_setup(void **state)
{
	struct testtree *t = xcalloc(1, sizeof(*t));

	testtree_open(t);
	*state = t;
	return 0;
}

static inline int testtree_teardown(void **state)
{
	testtree_close(*state);
	free(*state);
	return 0;
}

/* The path outside, its directories made; free() it. */
static inline char *testtree_path(struct testtree *t, const char *path)
{
	char *full = xasprintf("%s%s", t->dir, path);

	for (char *p = full + strlen(t->dir) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		mkdir(full, 0755);
		*p = '/';
	}
	return full;
}

static inline void testtree_put(struct testtree *t, const char *path, const void *data, size_t n)
{
	_cleanup_free_ char *full = testtree_path(t, path);
	FILE *f = fopen(full, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static inline void testtree_text(struct testtree *t, const char *path, const char *s)
{
	testtree_put(t, path, s, strlen(s));
}

/* Zeros are added until the file has size bytes. */
static inline void testtree_grow(struct testtree *t, const char *path, off_t size)
{
	_cleanup_free_ char *full = testtree_path(t, path);

	assert_int_equal(truncate(full, size), 0);
}

static inline void testtree_dir(struct testtree *t, const char *path)
{
	_cleanup_free_ char *full = testtree_path(t, path);

	mkdir(full, 0755);
}

static inline void testtree_unlink(struct testtree *t, const char *path)
{
	_cleanup_free_ char *full = testtree_path(t, path);

	assert_int_equal(unlink(full), 0);
}

static inline void testtree_link(struct testtree *t, const char *path, const char *target)
{
	_cleanup_free_ char *full = testtree_path(t, path);

	assert_int_equal(symlink(target, full), 0);
}

/* Ends with the status of the program, -1 when it did not run or was killed. It says nothing. */
static inline int testtree_run(const char *const argv[])
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		setenv("PATH", "/usr/sbin:/sbin:/usr/bin:/bin", 1);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

#endif
