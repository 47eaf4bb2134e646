/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>

#include "lib/testtree.h"

#include "lib/memory.h"

#define LINE "[    0.000000] Memory: 2017584K/2096632K available (12295K kernel code)\n"
#define TOTAL (2096632ull * 1024)

static void lines(void **state UNUSED)
{
	static const struct {
		const char *line;
		uint64_t bytes;
	} cases[] = {
		{ LINE, TOTAL },
		{ "Jun  1 10:00:00 h kernel: Memory: 1021048k/1048576k available (2577k kernel "
		  "code, 26976k reserved)",
		  1048576ull * 1024 },
		{ "Memory: 10K/20K available", 0 }, /* no machine has so little */
		{ "Memory: 2096632K/2017584K available", 0 },
		{ "Memory: 99999999999999999999999K/99999999999999999999999K available", 0 },
		{ "Memory: 100000K/200000K", 0 },
		{ "Memory: 100000K/200000M available", 0 },
		{ "Memory: -1K/200000K available", 0 },
		{ "Memory: ", 0 },
		{ "app[1]: Memory: 12% of 100", 0 },
		{ "", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(memory_of_line(cases[i].line), cases[i].bytes);
}

static void put_aged(struct testtree *t, const char *path, const char *s, time_t when)
{
	_cleanup_free_ char *full = testtree_path(t, path);
	const struct timespec times[2] = { { .tv_sec = when }, { .tv_sec = when } };

	testtree_text(t, path, s);
	assert_int_equal(utimensat(AT_FDCWD, full, times, 0), 0);
}

static void newest_wins(void **state)
{
	struct testtree *t = *state;
	const char *from = NULL;

	assert_int_equal(memory_from_logs(t->root, t->arena, &from), 0);
	assert_null(from);
	put_aged(t, "/var/log/kern.log.1", "Memory: 1000K/1048576K available\n", 1000);
	put_aged(t, "/var/log/kern.log", "x\n" LINE "y\n", 2000);
	put_aged(t, "/var/log/messages", "nothing here\n", 3000);
	put_aged(t, "/var/log/dmesg.gz", "Memory: 1000K/4194304K available\n", 4000);
	put_aged(t, "/var/log/dmesgs", "Memory: 1000K/4194304K available\n", 4000);
	assert_int_equal(memory_from_logs(t->root, t->arena, &from), TOTAL);
	assert_string_equal(from, "/var/log/kern.log:2");
	/* The last boot of a file counts. */
	put_aged(t, "/var/log/messages-20240101", LINE "\n" LINE "Memory: 1000K/4194304K available",
		 9000);
	assert_int_equal(memory_from_logs(t->root, t->arena, &from), 4194304ull * 1024);
	assert_string_equal(from, "/var/log/messages-20240101:4");
}

static void large_and_hostile(void **state)
{
	struct testtree *t = *state;
	_cleanup_free_ char *fifo = testtree_path(t, "/var/log/dmesg");
	size_t n = 5u << 20;
	char *data = xmalloc(n);
	const char *from = NULL;

	assert_int_equal(mkfifo(fifo, 0644), 0);
	testtree_link(t, "/var/log/boot.log", "boot.log");
	testtree_link(t, "/var/log/syslog.1", "/dev/zero");
	memset(data, 0, n);
	memcpy(data + n - 200, LINE, strlen(LINE));
	testtree_put(t, "/var/log/kern.log", data, n);
	assert_int_equal(memory_from_logs(t->root, t->arena, &from), 0); /* NULs hide it */
	memset(data, 'x', n);
	data[n - 201] = '\n';
	memcpy(data + n - 200, LINE, strlen(LINE));
	testtree_put(t, "/var/log/kern.log", data, n);
	assert_int_equal(memory_from_logs(t->root, t->arena, &from), TOTAL);
	assert_string_equal(from, "/var/log/kern.log");
	memset(data + n - 201, 'x', 201);
	memcpy(data, "\n" LINE, strlen(LINE) + 1);
	testtree_put(t, "/var/log/kern.log", data, n);
	assert_int_equal(memory_from_logs(t->root, t->arena, &from), TOTAL);
	assert_string_equal(from, "/var/log/kern.log:2");
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test_setup_teardown(newest_wins, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(large_and_hostile, testtree_setup,
						testtree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
