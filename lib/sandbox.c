/* SPDX-License-Identifier: GPL-2.0-or-later */
/* This program's side of the sandbox: start it, watch the clock, gather what was printed. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/sandbox_parts.h"

#define OUTPUT_HEAD (256u << 10) /* what is kept of the beginning, and of the end: */
#define OUTPUT_TAIL (768u << 10)
#define TOLD_LINES 6 /* of the output, in the reason */
#define TOLD_BYTES 500

struct sandbox {
	pid_t pid;
	int hold, say, print; /* our ends of the pipes */
	struct arena *arena;
	struct root *root;
	struct bytes output;
	size_t tail_at; /* in output: from here on the oldest bytes give way */
};

/* --- what is printed --- */

static void take_output(struct sandbox *sb, const char *buf, size_t n)
{
	static const char cut[] = "\n[...]\n";

	bytes_add(&sb->output, buf, n);
	if (!sb->tail_at && sb->output.len > OUTPUT_HEAD + OUTPUT_TAIL) {
		sb->tail_at = OUTPUT_HEAD + sizeof(cut) - 1;
		memcpy(sb->output.data + OUTPUT_HEAD, cut, sizeof(cut) - 1);
	}
	if (sb->tail_at && sb->output.len > sb->tail_at + 2 * OUTPUT_TAIL) {
		memmove(sb->output.data + sb->tail_at,
			sb->output.data + sb->output.len - OUTPUT_TAIL, OUTPUT_TAIL);
		sb->output.len = sb->tail_at + OUTPUT_TAIL;
		sb->output.data[sb->output.len] = '\0';
	}
}

/* 0 at the end of it. */
static bool read_output(struct sandbox *sb)
{
	char buf[16384];
	ssize_t n = read(sb->print, buf, sizeof(buf));

	if (n > 0)
		take_output(sb, buf, (size_t)n);
	return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

/* The last lines, on one line, as the end of a reason. */
static void tell_output(const struct sandbox *sb, struct bytes *out)
{
	const char *data = sb->output.data ? sb->output.data : "";
	size_t end = sb->output.len, at;
	unsigned lines = 0;

	while (end && (data[end - 1] == '\n' || data[end - 1] == ' '))
		end--;
	for (at = end; at && end - at < TOLD_BYTES; at--) {
		if (data[at - 1] == '\n' && ++lines == TOLD_LINES)
			break;
	}
	if (at == end)
		return;
	bytes_adds(out, ": ");
	for (; at < end; at++) {
		if (data[at] == '\n')
			bytes_adds(out, "; ");
		else
			bytes_addc(out, (unsigned char)data[at] < ' ' ? ' ' : data[at]);
	}
}

/* --- starting --- */

static int make_pipes(struct sandbox *sb, struct sandbox_pipes *theirs)
{
	int say[2], print[2], hold[2];

	*theirs = (struct sandbox_pipes){ -1, -1, -1 };
	if (pipe2(say, O_CLOEXEC) < 0)
		return -errno;
	sb->say = say[0];
	theirs->say = say[1];
	if (pipe2(print, O_CLOEXEC) < 0)
		return -errno;
	sb->print = print[0];
	theirs->output = print[1];
	if (pipe2(hold, O_CLOEXEC) < 0)
		return -errno;
	theirs->hold = hold[0];
	sb->hold = hold[1];
	return 0;
}

static void close_theirs(struct sandbox_pipes *p)
{
	close_fd(p->say);
	close_fd(p->output);
	close_fd(p->hold);
}

static int start(struct sandbox *sb, const struct sandbox_plan *p, struct trouble *why)
{
	const unsigned long flags =
		CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC | SIGCHLD;
	struct sandbox_pipes theirs;
	int e = make_pipes(sb, &theirs);

	if (e == 0) {
#ifdef __s390__
		sb->pid = (pid_t)syscall(SYS_clone, 0ul, flags, 0ul, 0ul, 0ul);
#else
		sb->pid = (pid_t)syscall(SYS_clone, flags, 0ul, 0ul, 0ul, 0ul);
#endif
		if (sb->pid == 0) {
			close(sb->say);
			close(sb->print);
			close(sb->hold);
			sandbox_stage(p, &theirs);
		}
		if (sb->pid < 0)
			e = -errno;
	}
	close_theirs(&theirs);
	if (e < 0)
		trouble_set(why, "this machine cannot run programs of the disk shut off: %s%s",
			    strerror(-e), e == -EPERM ? " (needs root)" : "");
	return e;
}

/* --- watching --- */

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* 1 with the message, 0 at the end of time, -EPIPE when the first process is gone. */
static int listen_until(struct sandbox *sb, int64_t deadline, struct sandbox_message *m)
{
	struct pollfd fd[2] = { { .fd = sb->say, .events = POLLIN },
				{ .fd = sb->print, .events = POLLIN } };

	for (;;) {
		int64_t left = deadline - now_ms();

		if (left <= 0)
			return 0;
		if (poll(fd, 2, left > 1000 ? 1000 : (int)left) < 0 && errno != EINTR)
			return -errno;
		if (fd[1].revents && !read_output(sb))
			fd[1].fd = -1;
		if (!fd[0].revents)
			continue;
		return read(sb->say, m, sizeof(*m)) == (ssize_t)sizeof(*m) ? 1 : -EPIPE;
	}
}

static void describe_status(const struct sandbox_message *m, struct bytes *out)
{
	if (m->crowd)
		bytes_adds(out, "was ended: it started too many processes");
	else if (m->e < 0)
		bytes_addf(out, "could not be started: %s", strerror(-m->e));
	else if (WIFSIGNALED(m->status))
		bytes_addf(out, "was ended by signal %d (%s)", WTERMSIG(m->status),
			   strsignal(WTERMSIG(m->status)));
	else
		bytes_addf(out, "failed with status %d", WEXITSTATUS(m->status));
}

static int judge(struct sandbox *sb, const struct sandbox_job *job, const struct sandbox_message *m,
		 struct trouble *why)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	if (m->word == WORD_FAILED) {
		trouble_set(why,
			    "this machine cannot run programs of the disk shut off: %.200s: %s",
			    m->what, strerror(-m->e));
		return m->e < 0 ? m->e : -EIO;
	}
	if (!m->crowd && m->e == 0 && m->status == 0)
		return 0;
	bytes_addf(&b, "'%s' of the disk ", job->argv[m->command][0]);
	describe_status(m, &b);
	tell_output(sb, &b);
	trouble_set(why, "%s", b.data);
	return -EPROTO;
}

/* The tree is in a mount namespace of its own; the first process still holds it. */
static int enter_root(struct sandbox *sb, struct trouble *why)
{
	_cleanup_free_ char *path = xasprintf("/proc/%d/root" STAGE_ROOT, (int)sb->pid);
	int e = root_open_dir(path, &sb->root);

	if (e < 0)
		trouble_set(why, "cannot look at what the programs left: %s", strerror(-e));
	return e;
}

static int watch(struct sandbox *sb, const struct sandbox_job *job, struct trouble *why)
{
	unsigned seconds = job->seconds ? job->seconds : SANDBOX_SECONDS;
	struct sandbox_message m;
	int e = listen_until(sb, now_ms() + (int64_t)seconds * 1000, &m);

	if (e == 0) {
		_cleanup_bytes_ struct bytes b = { 0 };

		tell_output(sb, &b);
		trouble_set(why, "programs of the disk did not end within %u seconds%s", seconds,
			    b.data ? b.data : "");
		return -ETIMEDOUT;
	}
	if (e < 0) {
		trouble_set(why, "the programs of the disk were ended (out of memory?)");
		return e;
	}
	while (read_output(sb)) { /* all writers are gone: this ends */
	}
	e = judge(sb, job, &m, why);
	return e == 0 ? enter_root(sb, why) : e;
}

int sandbox_run(const struct sandbox_job *job, struct sandbox **out, struct trouble *why)
{
	struct sandbox *sb = xcalloc(1, sizeof(*sb));
	struct sandbox_plan *p;
	int e;

	*sb = (struct sandbox){ .pid = -1, .hold = -1, .say = -1, .print = -1 };
	sb->arena = arena_new();
	*out = sb;
	p = arena_new_struct(sb->arena, struct sandbox_plan);
	e = sandbox_look(job, sb->arena, p, why);
	if (e == 0)
		e = start(sb, p, why);
	return e == 0 ? watch(sb, job, why) : e;
}

const struct root *sandbox_root(const struct sandbox *sb)
{
	return sb->root;
}

int sandbox_disk(const struct sandbox *sb, unsigned n, uint64_t offset, void *buf, size_t len)
{
	_cleanup_free_ char *path = xasprintf("/proc/%d/root" STAGE_DISK, (int)sb->pid, n);
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return -errno;
	got = pread(fd, buf, len, (off_t)offset);
	if (got < 0)
		return -errno;
	return (size_t)got == len ? 0 : -ERANGE;
}

const struct bytes *sandbox_output(const struct sandbox *sb)
{
	return &sb->output;
}

void sandbox_close(struct sandbox *sb)
{
	if (!sb)
		return;
	root_close(sb->root);
	if (sb->pid > 0) {
		kill(sb->pid, SIGKILL);
		while (waitpid(sb->pid, NULL, 0) < 0 && errno == EINTR) {
		}
	}
	close_fd(sb->hold);
	close_fd(sb->say);
	close_fd(sb->print);
	bytes_free(&sb->output);
	arena_free(sb->arena);
	free(sb);
}

void cleanup_sandbox(struct sandbox **sb)
{
	sandbox_close(*sb);
}
