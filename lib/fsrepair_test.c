/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel that cannot stop and resume system calls: what is said, and that nothing was changed. */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/fsrepair.h"
#include "lib/guard.h"
#include "lib/io.h"
#include "lib/program.h"

#define SIZE (8u << 20)
#define CANNOT_TRY 77

/* What a kernel before 5.0 answers to a filter with a listener, one before 5.5 to "go on". */
static const struct old_kernel {
	unsigned call, argument, value;
} before_5_0 = { __NR_seccomp, 1, SECCOMP_FILTER_FLAG_NEW_LISTENER },
  before_5_5 = { __NR_ioctl, 1, (unsigned)SECCOMP_IOCTL_NOTIF_SEND };

static int become(const struct old_kernel *k)
{
	const unsigned at =
		offsetof(struct seccomp_data, args) + k->argument * (unsigned)sizeof(uint64_t);
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, k->call, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, k->value, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = ARRAY_SIZE(code), .filter = code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0 ? -errno : 0;
}

/* The exit status of what runs in a process of its own, on that kernel. */
static int on(const struct old_kernel *k, int (*what)(void *arg), void *arg)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(become(k) < 0 ? CANNOT_TRY : what(arg));
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int look(void *arg UNUSED)
{
	/* The child of the child is let go, too. */
	const char *argv[] = { "sh", "-c", "sh -c 'echo one && sleep 60'; echo two", NULL };
	struct bytes out = { 0 };

	return guard_look(argv, -1, 30, &out) == -ENOSYS ? 0 : 1;
}

static void an_old_kernel_is_told_from_a_fault(void **state UNUSED)
{
	int first = on(&before_5_0, look, NULL), second = on(&before_5_5, look, NULL);

	if (first == CANNOT_TRY || second == CANNOT_TRY)
		skip();
	assert_int_equal(first, 0);
	assert_int_equal(second, 0);
}

/* --- a repair --- */

struct disk_file {
	char dir[64], *image, *said;
	bool made;
};

static int set_up(void **state)
{
	struct disk_file *f = xcalloc(1, sizeof(*f));
	const char *argv[] = { "mke2fs", "-q", "-F", "-t", "ext4", NULL, NULL };
	_cleanup_bytes_ struct bytes out = { 0 };
	int fd;

	strcpy(f->dir, "/tmp/fsrepair.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	f->image = xasprintf("%s/image", f->dir);
	f->said = xasprintf("%s/said", f->dir);
	fd = open(f->image, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, SIZE), 0);
	close(fd);
	argv[5] = f->image;
	f->made = program_run(argv, NULL, 60, &out) == 0;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct disk_file *f = *state;

	io_remove_tree(f->dir);
	free(f->image);
	free(f->said);
	free(f);
	return 0;
}

static int try_repair(void *arg)
{
	const struct disk_file *f = arg;
	const char *targets[] = { f->image, NULL }, *step = NULL;
	struct journal_place at = { .dir = f->dir };
	struct arena *a = arena_new();
	struct journal *j = NULL;
	struct trouble t = { 0 };
	struct below b = { 0 };
	FILE *said = fopen(f->said, "we");
	int e = below_open(targets, NULL, a, &b, &t);

	if (e < 0 || !said || journal_open(&at, f->image, &j, &t) < 0)
		return CANNOT_TRY;
	e = fsrepair_run(&b, &b.devices.p[0], FS_EXT_ERRORS, FSREPAIR_ASK, j, &step, &t);
	fputs(t.text, said);
	fclose(said);
	journal_discard(j);
	below_close(&b, &t);
	arena_free(a);
	return e == -ENOSYS ? 0 : e == -EPERM || e == -EACCES ? CANNOT_TRY : 1;
}

static void read_all(const char *path, struct bytes *out)
{
	char buf[65536];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	assert_true(fd >= 0);
	out->len = 0;
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		bytes_add(out, buf, (size_t)n);
	close(fd);
}

static void refuses_in_words(void **state)
{
	static const struct old_kernel *const old[] = { &before_5_0, &before_5_5 };
	_cleanup_bytes_ struct bytes was = { 0 }, is = { 0 }, said = { 0 };
	struct disk_file *f = *state;

	if (!f->made || geteuid() != 0)
		skip();
	read_all(f->image, &was);
	for (size_t i = 0; i < ARRAY_SIZE(old); i++) {
		int r = on(old[i], try_repair, f);

		if (r == CANNOT_TRY)
			return;
		assert_int_equal(r, 0);
		read_all(f->said, &said);
		assert_non_null(strstr(said.data, "kernel cannot keep what 'e2fsck -f -p' "
						  "overwrites, so it was not run"));
		assert_non_null(strstr(said.data, "Linux 5.5"));
		read_all(f->image, &is);
		assert_true(bytes_equal(&was, &is));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_old_kernel_is_told_from_a_fault),
		cmocka_unit_test_setup_teardown(refuses_in_words, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
