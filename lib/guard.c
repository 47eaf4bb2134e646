/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/guard.h"
#include "lib/program.h"

#define OUTPUT_MAX 8192
#define WRITE_MAX (64u << 20) /* bytes of one system call */
#define IOV_MAX_HERE 1024
#define NOT_STARTED 127

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__i386__)
#define ARCH AUDIT_ARCH_I386
#else
#define ARCH 0 /* no guard here: -ENOSYS */
#endif

/* --- the filter --- */

/* Ways to change a device that are no plain write. */
static const unsigned refused[] = {
	__NR_io_uring_setup, __NR_io_submit, __NR_copy_file_range, __NR_sendfile,
	__NR_splice,	     __NR_fallocate, __NR_ftruncate,	   __NR_truncate,
};

static const unsigned asked[] = {
	__NR_write, __NR_pwrite64, __NR_writev, __NR_pwritev, __NR_pwritev2,
};

static const unsigned ioctls[] = { BLKDISCARD, BLKSECDISCARD, BLKZEROOUT };

#define FILTER_MAX 64

struct filter {
	struct sock_filter f[FILTER_MAX];
	unsigned short n;
};

static void add(struct filter *p, struct sock_filter f)
{
	p->f[p->n++] = f;
}

static void load(struct filter *p, size_t offset)
{
	add(p, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offset));
}

static void answer(struct filter *p, unsigned what)
{
	add(p, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, what));
}

/* When what is loaded is k: that answer. */
static void when(struct filter *p, unsigned k, unsigned what)
{
	add(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, k, 0, 1));
	answer(p, what);
}

/* Offset of the low half of a system call's argument. */
static size_t argument(unsigned i)
{
	size_t at = offsetof(struct seccomp_data, args) + i * sizeof(uint64_t);

	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? at + 4 : at;
}

/* A shared, writable mapping of a file is a write that nobody sees. */
static void refuse_mappings(struct filter *p)
{
	const unsigned shared = MAP_SHARED | MAP_ANONYMOUS;

	add(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_mmap, 0, 7));
	load(p, argument(2));
	add(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_WRITE, 0, 4));
	load(p, argument(3));
	add(p, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, shared));
	add(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MAP_SHARED, 0, 1));
	answer(p, SECCOMP_RET_ERRNO | EACCES);
	answer(p, SECCOMP_RET_ALLOW);
}

static void make_filter(struct filter *p)
{
	load(p, offsetof(struct seccomp_data, arch));
	add(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0));
	answer(p, SECCOMP_RET_KILL_PROCESS);
	load(p, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < ARRAY_SIZE(asked); i++)
		when(p, asked[i], SECCOMP_RET_USER_NOTIF);
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		when(p, refused[i], SECCOMP_RET_ERRNO | EOPNOTSUPP);
	refuse_mappings(p);
	add(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_ioctl, 1, 0));
	answer(p, SECCOMP_RET_ALLOW);
	load(p, argument(1));
	for (size_t i = 0; i < ARRAY_SIZE(ioctls); i++)
		when(p, ioctls[i], SECCOMP_RET_ERRNO | EOPNOTSUPP);
	answer(p, SECCOMP_RET_ALLOW);
}

/* --- the child --- */

struct child {
	const char *program;
	const char *const *argv;
	int output, socket, pass;
};

static bool send_fd(int socket, int fd)
{
	union {
		struct cmsghdr h;
		char space[CMSG_SPACE(sizeof(int))];
	} u = { 0 };
	char byte = 0;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr m = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = u.space,
			    .msg_controllen = sizeof(u.space) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	return sendmsg(socket, &m, 0) == 1;
}

static int receive_fd(int socket)
{
	union {
		struct cmsghdr h;
		char space[CMSG_SPACE(sizeof(int))];
	} u = { 0 };
	char byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr m = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = u.space,
			    .msg_controllen = sizeof(u.space) };
	struct cmsghdr *c;
	int fd = -1;

	if (recvmsg(socket, &m, MSG_CMSG_CLOEXEC) != 1)
		return -1;
	c = CMSG_FIRSTHDR(&m);
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(c), sizeof(int));
	return fd;
}

static void start(const struct child *c)
{
	char *env[] = { (char[]){ "LC_ALL=C" }, (char[]){ "PATH=/usr/sbin:/sbin:/usr/bin:/bin" },
			(char[]){ "UNIX_IO_NOZEROOUT=1" }, NULL };
	struct filter p = { .n = 0 };
	struct sock_fprog prog = { .filter = p.f };
	int null = open("/dev/null", O_RDONLY), listener;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	make_filter(&p);
	prog.len = p.n;
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(c->output, STDOUT_FILENO) < 0 ||
	    dup2(c->output, STDERR_FILENO) < 0 || (c->pass >= 0 && fcntl(c->pass, F_SETFD, 0) < 0))
		_exit(NOT_STARTED);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		_exit(NOT_STARTED);
	listener = (int)syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER,
				SECCOMP_FILTER_FLAG_NEW_LISTENER, &prog);
	if (listener < 0 || !send_fd(c->socket, listener))
		_exit(NOT_STARTED);
	close(listener);
	execve(c->program, (char *const *)c->argv, env);
	_exit(NOT_STARTED);
}

/* --- the watch --- */

struct watch {
	int listener, output, device; /* device -1: nothing may be written */
	struct stat st;		      /* of the device */
	struct rawlog *log;
	struct bytes *out;
	size_t kept;
	int error; /* the first of a write that could not be logged */
	pid_t pid;
};

/* The program's descriptor is of the device (or file) that is repaired. */
static bool is_device(const struct watch *w, const struct stat *st)
{
	if (S_ISBLK(st->st_mode))
		return S_ISBLK(w->st.st_mode) && st->st_rdev == w->st.st_rdev;
	return S_ISREG(st->st_mode) && st->st_dev == w->st.st_dev && st->st_ino == w->st.st_ino;
}

static bool stat_of(const struct seccomp_notif *n, struct stat *st)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u/fd/%d", n->pid, (int)n->data.args[0]);
	return stat(path, st) == 0;
}

static bool file_position(const struct seccomp_notif *n, uint64_t *out)
{
	char path[64], line[64] = "";
	FILE *in;
	bool ok;

	snprintf(path, sizeof(path), "/proc/%u/fdinfo/%d", n->pid, (int)n->data.args[0]);
	in = fopen(path, "re");
	if (!in)
		return false;
	ok = fgets(line, sizeof(line), in) && sscanf(line, "pos:%lu", out) == 1;
	fclose(in);
	return ok;
}

static bool is_vector(int nr)
{
	return nr == __NR_writev || nr == __NR_pwritev || nr == __NR_pwritev2;
}

/* Where the bytes are in the program, as the system call names them. */
static bool sources(const struct seccomp_notif *n, struct iovec *v, size_t *count)
{
	struct iovec here = { .iov_base = v }, there;

	if (!is_vector(n->data.nr)) {
		v[0] = (struct iovec){ (void *)(uintptr_t)n->data.args[1],
				       (size_t)n->data.args[2] };
		*count = 1;
		return true;
	}
	*count = (size_t)n->data.args[2];
	if (*count > IOV_MAX_HERE)
		return false;
	here.iov_len = *count * sizeof(*v);
	there = (struct iovec){ (void *)(uintptr_t)n->data.args[1], here.iov_len };
	return process_vm_readv((pid_t)n->pid, &here, 1, &there, 1, 0) == (ssize_t)here.iov_len;
}

static int log_vector(struct watch *w, const struct seccomp_notif *n, uint64_t at,
		      const struct iovec *v)
{
	_cleanup_free_ char *data = NULL;
	struct iovec here;

	if (v->iov_len == 0)
		return 0;
	if (v->iov_len > WRITE_MAX)
		return -EFBIG;
	data = xmalloc(v->iov_len);
	here = (struct iovec){ data, v->iov_len };
	if (process_vm_readv((pid_t)n->pid, &here, 1, v, 1, 0) != (ssize_t)v->iov_len)
		return -EFAULT;
	return rawlog_add(w->log, w->device, at, data, v->iov_len);
}

static int log_write(struct watch *w, const struct seccomp_notif *n)
{
	_cleanup_free_ struct iovec *v = xcalloc(IOV_MAX_HERE, sizeof(*v));
	uint64_t at = n->data.args[3];
	size_t count;
	int e = 0;

	if ((n->data.nr == __NR_write || n->data.nr == __NR_writev) && !file_position(n, &at))
		return -EIO;
	if (!sources(n, v, &count))
		return -EFAULT;
	for (size_t i = 0; e == 0 && i < count; i++) {
		e = log_vector(w, n, at, &v[i]);
		at += v[i].iov_len;
	}
	return e;
}

/* 0: the write may go on. */
static int judge(struct watch *w, const struct seccomp_notif *n)
{
	struct stat st;
	int e;

	if (!stat_of(n, &st))
		return -EBADF;
	if (!S_ISBLK(st.st_mode) && !S_ISREG(st.st_mode))
		return 0;
	if (w->device < 0)
		return -EROFS;
	if (!is_device(w, &st))
		return S_ISBLK(st.st_mode) ? -EROFS : 0;
	e = log_write(w, n);
	if (e < 0 && !w->error)
		w->error = e;
	return e;
}

static void serve(struct watch *w)
{
	struct seccomp_notif n = { 0 };
	struct seccomp_notif_resp r = { 0 };
	int e;

	if (ioctl(w->listener, SECCOMP_IOCTL_NOTIF_RECV, &n) < 0)
		return;
	e = judge(w, &n);
	r.id = n.id;
	r.error = e;
	r.flags = e < 0 ? 0 : SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	/* The id is still the same process's: what /proc told was of no other. */
	if (ioctl(w->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &n.id) < 0)
		return;
	/* Linux 5.0 to 5.4 can stop a system call, but not let it go on. */
	if (ioctl(w->listener, SECCOMP_IOCTL_NOTIF_SEND, &r) < 0 && errno == EINVAL)
		w->error = -ENOSYS;
}

/* Reads to the end, so that the program never waits for us, but keeps only the beginning. */
static bool drain(struct watch *w)
{
	char buf[4096];
	ssize_t n = read(w->output, buf, sizeof(buf));
	size_t keep = n > 0 ? (size_t)n : 0;

	if (keep > OUTPUT_MAX - w->kept)
		keep = OUTPUT_MAX - w->kept;
	bytes_add(w->out, buf, keep);
	w->kept += keep;
	return n > 0 || (n < 0 && errno == EINTR);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void attend(struct watch *w, unsigned seconds)
{
	struct pollfd p[2] = { { .fd = w->listener, .events = POLLIN },
			       { .fd = w->output, .events = POLLIN } };
	int64_t end = seconds ? now_ms() + (int64_t)seconds * 1000 : INT64_MAX;

	for (;;) {
		int r = poll(p, 2, 1000);

		if (r < 0 && errno != EINTR)
			break;
		if (now_ms() > end)
			kill(w->pid, SIGKILL);
		if (r <= 0)
			continue;
		if (p[0].revents & POLLIN)
			serve(w);
		else if (p[0].revents)
			p[0].fd = -1;
		if (w->error == -ENOSYS || (p[1].revents && !drain(w)))
			break;
	}
	/* What it started is let go with an error when the listener is closed. */
	if (w->error == -ENOSYS)
		kill(w->pid, SIGKILL);
}

static int ended(struct watch *w)
{
	int status;

	while (waitpid(w->pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	if (w->error)
		return w->error;
	if (!WIFEXITED(status))
		return GUARD_KILLED;
	return WEXITSTATUS(status) == NOT_STARTED ? -EIO : WEXITSTATUS(status);
}

static int run(struct child *c, struct watch *w, unsigned seconds)
{
	int ends[2], pair[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	/* One that tells when the child is gone without a word: on a kernel too old for it. */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
		close(ends[0]);
		close(ends[1]);
		return -errno;
	}
	c->output = ends[1];
	c->socket = pair[1];
	w->output = ends[0];
	w->pid = fork();
	if (w->pid == 0)
		start(c);
	close(ends[1]);
	close(pair[1]);
	w->listener = w->pid > 0 ? receive_fd(pair[0]) : -1;
	close(pair[0]);
	if (w->listener >= 0)
		attend(w, seconds);
	close_fd(w->listener);
	close(w->output);
	if (w->pid < 0)
		return -EAGAIN;
	return w->listener < 0 ? (ended(w), -ENOSYS) : ended(w);
}

static int find_and_run(const char *const argv[], int pass, struct watch *w, unsigned seconds)
{
	_cleanup_free_ char *program = program_find(argv[0]);
	struct child c = { .program = program, .argv = argv, .pass = pass };

	if (!ARCH)
		return -ENOSYS;
	return program ? run(&c, w, seconds) : -ENOENT;
}

int guard_run(const char *const argv[], int device, struct rawlog *log, struct bytes *output)
{
	struct watch w = { .device = device, .log = log, .out = output };

	if (fstat(device, &w.st) < 0)
		return -errno;
	return find_and_run(argv, -1, &w, 0);
}

int guard_look(const char *const argv[], int pass, unsigned seconds, struct bytes *output)
{
	struct watch w = { .device = -1, .out = output };

	return find_and_run(argv, pass, &w, seconds);
}
