/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/cputime.h"

static void spin(void)
{
	for (volatile unsigned long i = 0;; i++)
		;
}

/* What is said by a child that works without end; its wait status in *status. */
static void work(void (*child)(void), char *said, size_t size, int *status)
{
	int fd[2];
	size_t n = 0;
	ssize_t got;
	pid_t pid;

	assert_int_equal(pipe(fd), 0);
	pid = fork();
	if (pid == 0) {
		dup2(fd[1], STDERR_FILENO);
		child();
		_exit(0);
	}
	close(fd[1]);
	while (n < size - 1 && (got = read(fd[0], said + n, size - 1 - n)) > 0)
		n += (size_t)got;
	said[n] = '\0';
	close(fd[0]);
	assert_int_equal(waitpid(pid, status, 0), pid);
}

static void without_end(void)
{
	struct cputime t;

	cputime_start(&t, 1, "it takes too long");
	spin();
}

static void waiting(void)
{
	struct cputime t;

	cputime_start(&t, 1, "it takes too long");
	sleep(2);
	cputime_stop(&t);
}

static void limited(void)
{
	struct cputime t;

	cputime_start(&t, 600, "it takes too long");
	raise(SIGXCPU);
}

static void again(void)
{
	struct cputime t;

	cputime_start(&t, 1, "the first");
	cputime_stop(&t);
	cputime_start(&t, 1, "the second");
	spin();
}

static void ends(void **state)
{
	char said[256];
	int status;

	(void)state;
	work(without_end, said, sizeof(said), &status);
	assert_string_equal(said, "bootmend: it takes too long\n");
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 8);
	work(again, said, sizeof(said), &status);
	assert_string_equal(said, "bootmend: the second\n");
	work(limited, said, sizeof(said), &status);
	assert_string_equal(said, "bootmend: has used up the processor time it was given\n");
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 8);
}

/* A disk that is slow is not a disk that is hostile. */
static void waits(void **state)
{
	char said[256];
	int status;

	(void)state;
	work(waiting, said, sizeof(said), &status);
	assert_string_equal(said, "");
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(ends), cmocka_unit_test(waits) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
