/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/program.h"

#define OUTPUT_MAX 4096u
#define NOT_STARTED 127

char *program_find(const char *name)
{
	static const char *const dirs[] = { "/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin",
					    "/bin" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		char *path = xasprintf("%s/%s", dirs[i], name);

		if (access(path, X_OK) == 0)
			return path;
		free(path);
	}
	return NULL;
}

const char *program_package(const char *name)
{
	static const struct {
		const char *program, *package;
	} known[] = {
		{ "e2fsck", "package e2fsprogs" },
		{ "tune2fs", "package e2fsprogs" },
		{ "xfs_repair", "package xfsprogs" },
		{ "xfs_logprint", "package xfsprogs" },
		{ "xfs_admin", "package xfsprogs" },
		{ "btrfs", "package btrfs-progs or btrfsprogs" },
		{ "btrfstune", "package btrfs-progs or btrfsprogs" },
		{ "sgdisk", "package gdisk or gptfdisk" },
		{ "cryptsetup", "package cryptsetup-bin or cryptsetup" },
		{ "mdadm", "package mdadm" },
		{ "depmod", "package kmod" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (streq(known[i].program, name))
			return known[i].package;
	}
	return "the package that has it";
}

static void child(const char *program, const char *const argv[], int in, int out)
{
	char *env[] = { (char[]){ "LC_ALL=C" }, (char[]){ "PATH=/usr/sbin:/sbin:/usr/bin:/bin" },
			NULL };
	sigset_t none;

	/* What it makes must not come when nobody is left who takes it away. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    dup2(out, STDERR_FILENO) < 0 || chdir("/") < 0)
		_exit(NOT_STARTED);
	execve(program, (char *const *)argv, env);
	_exit(NOT_STARTED);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Reads on to the end, so that the child never waits for us, but keeps only the beginning. */
static bool drain(int fd, struct bytes *output, size_t *kept)
{
	char buf[1024];
	ssize_t n = read(fd, buf, sizeof(buf));
	size_t keep = n > 0 ? (size_t)n : 0;

	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	if (keep > OUTPUT_MAX - *kept)
		keep = OUTPUT_MAX - *kept;
	bytes_add(output, buf, keep);
	*kept += keep;
	return n > 0;
}

/* 0, or -ETIMEDOUT when it had to be killed. */
static int attend(pid_t pid, int from, unsigned seconds, struct bytes *output)
{
	int64_t end = now_ms() + (int64_t)seconds * 1000;
	size_t kept = 0;
	bool open = true;

	while (open) {
		struct pollfd p = { .fd = from, .events = POLLIN };
		int64_t left = end - now_ms();

		if (left <= 0) {
			kill(pid, SIGKILL);
			return -ETIMEDOUT;
		}
		if (poll(&p, 1, (int)left) > 0)
			open = drain(from, output, &kept);
	}
	return 0;
}

static int input_of(const struct bytes *input)
{
	int fd = input ? memfd_create("input", MFD_CLOEXEC)
		       : open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (!input)
		return fd;
	if (write(fd, input->data ? input->data : "", input->len) != (ssize_t)input->len ||
	    lseek(fd, 0, SEEK_SET) < 0) {
		close(fd);
		return -EIO;
	}
	return fd;
}

static int ended(pid_t pid, int e)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	if (e < 0)
		return e;
	if (!WIFEXITED(status))
		return -EINTR;
	return WEXITSTATUS(status) == NOT_STARTED ? -ENOEXEC : WEXITSTATUS(status);
}

int program_run(const char *const argv[], const struct bytes *input, unsigned seconds,
		struct bytes *output)
{
	_cleanup_free_ char *program = program_find(argv[0]);
	_cleanup_close_ int in = -1, from = -1;
	int ends[2];
	pid_t pid;

	if (!program)
		return -ENOENT;
	in = input_of(input);
	if (in < 0)
		return in;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	from = ends[0];
	pid = fork();
	if (pid == 0)
		child(program, argv, in, ends[1]);
	close(ends[1]);
	if (pid < 0)
		return -EAGAIN;
	return ended(pid, attend(pid, from, seconds, output));
}

const char *program_said(struct bytes *output)
{
	char *line;

	while (output->len && strchr("\n\r ", output->data[output->len - 1]))
		output->data[--output->len] = '\0';
	if (!output->len)
		return "it says nothing";
	line = strrchr(output->data, '\n');
	return line ? line + 1 : output->data;
}
