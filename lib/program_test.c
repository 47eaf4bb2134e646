/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs that are run, and what is taken away when a process dies. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/keeper.h"
#include "lib/program.h"

static void runs_what_is_installed(void **state UNUSED)
{
	const char *const none[] = { "no-such-program-anywhere", NULL };
	const char *const sh[] = { "sh", "-c", "cat; echo; echo \"$HOME$PATH\"; exit 3", NULL };
	_cleanup_bytes_ struct bytes in = { 0 }, out = { 0 };

	assert_int_equal(program_run(none, NULL, 5, &out), -ENOENT);
	bytes_adds(&in, "words");
	assert_int_equal(program_run(sh, &in, 20, &out), 3);
	assert_true(startswith(out.data, "words\n"));
	assert_string_equal(program_said(&out), "/usr/sbin:/sbin:/usr/bin:/bin");
}

static void ends_what_does_not_end(void **state UNUSED)
{
	const char *const forever[] = { "sh", "-c", "echo started; exec sleep 1000", NULL };
	const char *const much[] = { "sh", "-c", "head -c 1000000 /dev/zero | tr '\\0' x", NULL };
	_cleanup_bytes_ struct bytes out = { 0 };

	assert_int_equal(program_run(forever, NULL, 4, &out), -ETIMEDOUT);
	assert_string_equal(program_said(&out), "started");
	out.len = 0;
	assert_int_equal(program_run(much, NULL, 20, &out), 0);
	assert_int_equal(out.len, 4096);
}

static void says_nothing_for_nothing(void **state UNUSED)
{
	_cleanup_bytes_ struct bytes out = { 0 };

	assert_string_equal(program_said(&out), "it says nothing");
	bytes_adds(&out, "\n \n");
	assert_string_equal(program_said(&out), "it says nothing");
}

static int take_away(const char *name)
{
	return unlink(name) < 0 && errno != ENOENT ? -errno : 0;
}

/* A process that has a keeper for path and ends as told. */
static void live_and_die(const char *path, int how)
{
	struct keeper k = { 0 };

	if (keeper_start(take_away, path, &k) < 0)
		_exit(1);
	if (how == 0)
		keeper_stop(&k);
	else
		kill(getpid(), how);
	_exit(0);
}

/* The same while a program runs that does not die with it: it says when it does run. */
static void work_with_a_program(const char *path)
{
	const char *const sh[] = {
		"sh", "-c",
		"(: >\"$0.runs\"; sleep 1; [ -e \"$0\" ] && : >\"$0.seen\") & exec sleep 90", path,
		NULL
	};
	_cleanup_bytes_ struct bytes out = { 0 };
	struct keeper k = { 0 };

	if (keeper_start(take_away, path, &k) < 0)
		_exit(1);
	program_run(sh, NULL, 90, &out);
	_exit(0);
}

/* A busy machine has a minute. */
static bool becomes(const char *path, bool there)
{
	for (int i = 0; i < 3000 && (access(path, F_OK) == 0) != there; i++)
		usleep(20000);
	return (access(path, F_OK) == 0) == there;
}

static void keeps_when_killed(void **state UNUSED)
{
	char path[] = "/tmp/bootmend-keeper-XXXXXX";
	int fd = mkstemp(path);
	pid_t pid;

	assert_true(fd >= 0);
	close(fd);
	pid = fork();
	if (pid == 0)
		live_and_die(path, 0);
	waitpid(pid, NULL, 0);
	assert_int_equal(access(path, F_OK), 0);
	pid = fork();
	if (pid == 0)
		live_and_die(path, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_true(becomes(path, false));
}

static void waits_for_what_was_run(void **state UNUSED)
{
	char path[] = "/tmp/bootmend-keeper-XXXXXX", runs[64], seen[64];
	int fd = mkstemp(path);
	pid_t pid;

	assert_true(fd >= 0);
	close(fd);
	snprintf(runs, sizeof(runs), "%s.runs", path);
	snprintf(seen, sizeof(seen), "%s.seen", path);
	pid = fork();
	if (pid == 0)
		work_with_a_program(path);
	assert_true(becomes(runs, true));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_true(becomes(path, false));
	assert_int_equal(unlink(seen), 0);
	unlink(runs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_what_is_installed),
		cmocka_unit_test(ends_what_does_not_end),
		cmocka_unit_test(says_nothing_for_nothing),
		cmocka_unit_test(keeps_when_killed),
		cmocka_unit_test(waits_for_what_was_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
