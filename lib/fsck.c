/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/fsck.h"

#define OUTPUT_MAX 4096

static const char *find_program(void)
{
	static const char *const paths[] = { "/usr/sbin/e2fsck", "/sbin/e2fsck",
					     "/usr/local/sbin/e2fsck", "/usr/bin/e2fsck" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		if (access(paths[i], X_OK) == 0)
			return paths[i];
	}
	return NULL;
}

static void child(const char *program, const char *device, const char *undo, int out)
{
	char *env[] = { (char[]){ "LC_ALL=C" }, (char[]){ "PATH=/usr/sbin:/sbin:/usr/bin:/bin" },
			NULL };
	const char *with[] = { "e2fsck", "-p", "-z", undo, device, NULL };
	const char *without[] = { "e2fsck", "-p", device, NULL };
	int null = open("/dev/null", O_RDONLY);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    dup2(out, STDERR_FILENO) < 0)
		_exit(FSCK_FAILED);
	execve(program, (char *const *)(undo ? with : without), env);
	_exit(FSCK_FAILED);
}

/* Reads to the end, so that the child never waits for us, but keeps only the beginning. */
static void drain(int fd, struct bytes *output)
{
	char buf[1024];
	size_t kept = 0;
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR)) {
		size_t keep = n > 0 ? (size_t)n : 0;

		if (keep > OUTPUT_MAX - kept)
			keep = OUTPUT_MAX - kept;
		bytes_add(output, buf, keep);
		kept += keep;
	}
}

int fsck_ext(const char *device, const char *undo, struct bytes *output)
{
	const char *program = find_program();
	int ends[2], status;
	pid_t pid;

	if (!program)
		return -ENOENT;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0)
		child(program, device, undo, ends[1]);
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return -EAGAIN;
	}
	drain(ends[0], output);
	close(ends[0]);
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -EINTR;
}
