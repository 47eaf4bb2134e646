/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/keeper.h"
#include "lib/util.h"

#define TRIES 300
#define WAIT_MS 100
#define DESCRIPTORS_MAX 65536

static void close_others(int keep)
{
	long max = sysconf(_SC_OPEN_MAX);

	if (max < 0 || max > DESCRIPTORS_MAX)
		max = DESCRIPTORS_MAX;
	for (int fd = 0; fd < (int)max; fd++) {
		if (fd != keep)
			close(fd);
	}
}

static void ignore_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGTSTP };

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		signal(signals[i], SIG_IGN);
}

static void wait_and_undo(int (*undo)(const char *name), const char *name, int fd)
{
	char c;
	ssize_t n;

	do
		n = read(fd, &c, 1);
	while (n < 0 && errno == EINTR);
	for (int i = 0; n <= 0 && i < TRIES && undo(name) < 0; i++)
		nanosleep(&(struct timespec){ .tv_nsec = WAIT_MS * 1000000l }, NULL);
	_exit(0);
}

int keeper_start(int (*undo)(const char *name), const char *name, struct keeper *out)
{
	int ends[2];
	pid_t pid;

	/* The writing end is passed on to programs that are run: see keeper.h. */
	if (pipe2(ends, 0) < 0)
		return -errno;
	pid = fork();
	if (pid == 0) {
		setsid();
		ignore_signals();
		prctl(PR_SET_NAME, "bootmend-keeper");
		close_others(ends[0]);
		if (chdir("/") == 0)
			wait_and_undo(undo, name, ends[0]);
		_exit(1);
	}
	close(ends[0]);
	if (pid < 0) {
		close(ends[1]);
		return -EAGAIN;
	}
	*out = (struct keeper){ .pid = pid, .fd = ends[1] };
	return 0;
}

void keeper_stop(struct keeper *k)
{
	if (!k->pid)
		return;
	while (write(k->fd, "q", 1) < 0 && errno == EINTR)
		;
	close(k->fd);
	while (waitpid(k->pid, NULL, 0) < 0 && errno == EINTR)
		;
	*k = (struct keeper){ .fd = -1 };
}

void keeper_leave(struct keeper *k)
{
	if (k->pid)
		close(k->fd);
	*k = (struct keeper){ .fd = -1 };
}
