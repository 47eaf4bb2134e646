/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every diff is judged by the real patch(1): applied to the old text it must give the new one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/diff.h"

static void write_file(const char *path, const struct bytes *b)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, b->data ? b->data : "", b->len), (ssize_t)b->len);
	close(fd);
}

static void read_file(const char *path, struct bytes *b)
{
	int fd = open(path, O_RDONLY);
	char buf[4096];
	ssize_t n;

	assert_true(fd >= 0);
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		bytes_add(b, buf, (size_t)n);
	close(fd);
}

static int run_patch(const char *dir)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (chdir(dir) < 0)
			_exit(126);
		execlp("patch", "patch", "-s", "-p1", "-i", "d", (char *)NULL);
		_exit(127);
	}
	assert_true(waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void proven_by_patch(const struct bytes *a, const struct bytes *b)
{
	char dir[] = "/tmp/bootmend-diff-XXXXXX", path[64];
	struct bytes d = { 0 }, got = { 0 };

	bytes_adds(&d, "--- a/f\n+++ b/f\n");
	diff_hunks(a, b, &d);
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/d", dir);
	write_file(path, &d);
	snprintf(path, sizeof(path), "%s/f", dir);
	write_file(path, a);
	if (run_patch(dir) != 0)
		fail_msg("patch refused:\n%s", d.data);
	if (b->len) /* patch removes a file that becomes empty */
		read_file(path, &got);
	assert_true(bytes_equal(&got, b));
	unlink(path);
	snprintf(path, sizeof(path), "%s/d", dir);
	unlink(path);
	snprintf(path, sizeof(path), "%s/f.orig", dir);
	unlink(path);
	rmdir(dir);
	bytes_free(&d);
	bytes_free(&got);
}

static struct bytes text(const char *s)
{
	struct bytes b = { 0 };

	bytes_adds(&b, s);
	return b;
}

static void known_pairs(void **state UNUSED)
{
	static const char *const pairs[][2] = {
		{ "a\nb\nc\n", "a\nB\nc\n" },
		{ "a\nb\nc\n", "b\nc\n" },
		{ "a\nb\nc\n", "a\nb\nc\nd\n" },
		{ "a\nb\nc", "a\nb\nc\n" },
		{ "a\nb\nc\n", "a\nb\nc" },
		{ "", "x\n" },
		{ "x\ny\n", "" },
		{ "a\r\nb\r\n", "a\nb\n" },
		{ "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n",
		  "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n13\n" },
		{ "\n\n\n", "\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		struct bytes a = text(pairs[i][0]), b = text(pairs[i][1]);

		proven_by_patch(&a, &b);
		bytes_free(&a);
		bytes_free(&b);
	}
}

static struct bytes random_lines(unsigned *seed, unsigned n)
{
	struct bytes b = { 0 };

	for (unsigned i = 0; i < n; i++)
		bytes_addf(&b, "%c\n", 'a' + rand_r(seed) % 5);
	if (n && rand_r(seed) % 4 == 0)
		bytes_adds(&b, "end");
	return b;
}

static void random_pairs(void **state UNUSED)
{
	unsigned seed = 7;

	for (int i = 0; i < 150; i++) {
		struct bytes a = random_lines(&seed, rand_r(&seed) % 40);
		struct bytes b = random_lines(&seed, rand_r(&seed) % 40);

		if (a.len && !bytes_equal(&a, &b))
			proven_by_patch(&a, &b);
		bytes_free(&a);
		bytes_free(&b);
	}
}

static void far_apart(void **state UNUSED)
{
	struct bytes a = { 0 }, b = { 0 };

	for (int i = 0; i < 3000; i++) {
		bytes_addf(&a, "a%d\n", i);
		bytes_addf(&b, "b%d\n", i);
	}
	proven_by_patch(&a, &b);
	bytes_free(&a);
	bytes_free(&b);
}

static void equal_gives_nothing(void **state UNUSED)
{
	struct bytes a = text("a\nb\n"), out = { 0 };

	diff_hunks(&a, &a, &out);
	assert_int_equal(out.len, 0);
	bytes_free(&a);
	bytes_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_pairs),
		cmocka_unit_test(random_pairs),
		cmocka_unit_test(far_apart),
		cmocka_unit_test(equal_gives_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
