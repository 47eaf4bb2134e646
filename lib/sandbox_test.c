/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The programs here are shell scripts that mean harm; the tree they see is this machine's own, of
 * which nothing may change. Needs root and a kernel with overlays; is skipped elsewhere.
 */
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <time.h>

#include "lib/sandbox.h"
#include "lib/testtree.h"

#define ROOM (64u << 20)
#define SECONDS 120
#define MOMENTS 3000 /* of 20 ms: what a busy machine may need */

struct world {
	struct root *root;
	struct devices devices;
	struct sandbox *sb;
	struct trouble why;
};

static int open_world(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	assert_int_equal(root_open_dir("/", &w->root), 0);
	*state = w;
	return 0;
}

static int close_world(void **state)
{
	struct world *w = *state;

	sandbox_close(w->sb);
	root_close(w->root);
	free(w);
	return 0;
}

static int run_for(struct world *w, const char *script, unsigned seconds)
{
	const char *const words[] = { "/bin/sh", "-c", script, NULL };
	const char *const *const argv[] = { words, NULL };
	const struct sandbox_job job = {
		.root = w->root,
		.devices = &w->devices,
		.argv = argv,
		.seconds = seconds,
		.room = ROOM,
	};
	int e;

	if (geteuid() != 0)
		skip();
	sandbox_close(w->sb);
	w->sb = NULL;
	w->why = (struct trouble){ 0 };
	e = sandbox_run(&job, &w->sb, &w->why);
	if (e < 0 && strstr(w->why.text, "this machine cannot")) {
		print_message("%s\n", w->why.text);
		skip();
	}
	return e;
}

static int run(struct world *w, const char *script)
{
	return run_for(w, script, SECONDS);
}

/* Every line of the script is an attempt; the first that succeeds is told. */
static void assert_all_fail(struct world *w, const char *const attempts[])
{
	for (size_t i = 0; attempts[i]; i++) {
		_cleanup_free_ char *script =
			xasprintf("if ( %s ) 2>/dev/null >&2; then exit 9; fi", attempts[i]);

		if (run(w, script) != 0)
			fail_msg("it could: %s (%s)", attempts[i], w->why.text);
	}
}

/* Somewhere on this machine a process has that word among its arguments. */
static bool is_running(const char *word)
{
	DIR *dir = opendir("/proc");
	bool found = false;
	struct dirent *d;

	assert_non_null(dir);
	while (!found && (d = readdir(dir))) {
		_cleanup_free_ char *path = xasprintf("/proc/%s/cmdline", d->d_name);
		FILE *f = d->d_name[0] >= '1' && d->d_name[0] <= '9' ? fopen(path, "re") : NULL;
		char buf[4096];
		size_t n = f ? fread(buf, 1, sizeof(buf), f) : 0;

		found = n && memmem(buf, n, word, strlen(word)) && strncmp(buf, "sleep", 5) == 0;
		if (f)
			fclose(f);
	}
	closedir(dir);
	return found;
}

/* As the argument of a sleep: other tests of this machine, which run beside, have other ones. */
static char *long_time(int n)
{
	return xasprintf("9876%d.%d", n, (int)getpid());
}

static void writes_stay_inside(void **state)
{
	struct world *w = *state;
	struct bytes b = { 0 };

	assert_int_equal(
		run(w, "echo inside >/etc/bootmend-sandbox-test; rm -rf /etc/passwd; echo hi"), 0);
	assert_string_equal(sandbox_output(w->sb)->data, "hi\n");
	assert_int_equal(root_read(sandbox_root(w->sb), "/etc/bootmend-sandbox-test", 100, &b), 0);
	assert_string_equal(b.data, "inside\n");
	bytes_free(&b);
	assert_false(root_exists(sandbox_root(w->sb), "/etc/passwd"));
	assert_int_not_equal(access("/etc/bootmend-sandbox-test", F_OK), 0);
	assert_int_equal(access("/etc/passwd", F_OK), 0);
}

static void a_failure_is_told(void **state)
{
	struct world *w = *state;

	assert_int_equal(run(w, "echo one; echo the reason >&2; exit 3"), -EPROTO);
	assert_string_equal(w->why.text,
			    "'/bin/sh' of the disk failed with status 3: one; the reason");
	assert_int_equal(run(w, "kill -SEGV $$"), -EPROTO);
	assert_non_null(strstr(w->why.text, "ended by signal 11"));
	assert_int_equal(run(w, "printf 'a\\033[31m\\001b'; exit 1"), -EPROTO);
	assert_null(strchr(w->why.text, '\033'));
}

static void the_second_is_not_run_after_a_failure(void **state)
{
	struct world *w = *state;
	const char *const one[] = { "/bin/sh", "-c", "echo one; exit 1", NULL };
	const char *const two[] = { "/bin/sh", "-c", "echo two", NULL };
	const char *const *const argv[] = { one, two, NULL };
	const struct sandbox_job job = { .root = w->root, .devices = &w->devices, .argv = argv };

	assert_true(run(w, "true") == 0);
	sandbox_close(w->sb);
	assert_int_equal(sandbox_run(&job, &w->sb, &w->why), -EPROTO);
	assert_string_equal(sandbox_output(w->sb)->data, "one\n");
}

static void what_is_not_there_is_told(void **state)
{
	struct world *w = *state;
	const char *const words[] = { "/no/such/program", NULL };
	const char *const *const argv[] = { words, NULL };
	const struct sandbox_job job = { .root = w->root, .devices = &w->devices, .argv = argv };

	assert_true(run(w, "true") == 0);
	sandbox_close(w->sb);
	assert_int_equal(sandbox_run(&job, &w->sb, &w->why), -EPROTO);
	assert_non_null(strstr(w->why.text, "No such file"));
}

static void time_is_limited(void **state)
{
	struct world *w = *state;
	time_t began = time(NULL);
	_cleanup_free_ char *word = long_time(1);
	_cleanup_free_ char *script =
		xasprintf("trap '' TERM INT HUP; echo begun; while :; do sleep %s; done", word);

	/* Enough for a busy machine to begin. */
	assert_int_equal(run_for(w, script, 4), -ETIMEDOUT);
	assert_non_null(strstr(w->why.text, "within 4 seconds: begun"));
	sandbox_close(w->sb);
	w->sb = NULL;
	assert_true(time(NULL) - began < SECONDS);
	assert_false(is_running(word));
}

static void daemons_end_with_it(void **state)
{
	struct world *w = *state;
	_cleanup_free_ char *quiet = long_time(2), *loud = long_time(3);
	_cleanup_free_ char *one =
		xasprintf("(setsid sleep %s </dev/null >/dev/null 2>&1 &); exit 0", quiet);
	_cleanup_free_ char *two = xasprintf("(setsid sleep %s &); exit 0", loud);

	assert_int_equal(run(w, one), 0);
	assert_false(is_running(quiet));
	/* Also when it holds on to the output. */
	assert_int_equal(run(w, two), 0);
	assert_false(is_running(loud));
}

static void processes_are_limited(void **state)
{
	struct world *w = *state;
	_cleanup_free_ char *word = long_time(4);
	_cleanup_free_ char *script = xasprintf(
		"i=0; while [ $i -lt 5000 ]; do sleep %s & i=$((i + 1)); done; wait", word);

	assert_int_equal(run(w, script), -EPROTO);
	assert_non_null(strstr(w->why.text, "too many processes"));
	assert_false(is_running(word));
}

static void room_is_limited(void **state)
{
	struct world *w = *state;

	assert_int_equal(run(w, "head -c 200000000 /dev/zero >/etc/full"), -EPROTO);
	assert_int_equal(run(w, "head -c 200000000 /dev/zero >/tmp/full"), -EPROTO);
	assert_int_equal(run(w, "head -c 200000000 /dev/zero >/run/full"), -EPROTO);
}

static void output_is_limited(void **state)
{
	struct world *w = *state;

	assert_int_equal(run(w, "yes 0123456789 | head -c 30000000; echo; echo the end"), 0);
	assert_in_range(sandbox_output(w->sb)->len, 1000000, 1900000);
	assert_true(endswith(sandbox_output(w->sb)->data, "\nthe end\n"));
	assert_non_null(strstr(sandbox_output(w->sb)->data, "[...]"));
}

static void nothing_leads_out(void **state)
{
	static const char *const attempts[] = {
		"ls /proc/1/root/",
		"ls /proc/1/cwd/",
		"for f in /proc/1/fd/*; do readlink $f && exit 0; done; exit 1",
		"for f in /proc/1/fd/*; do : <$f && exit 0; done; exit 1",
		"cat /proc/1/maps | grep .",
		"cat /proc/1/environ | grep .",
		"kill -9 1; sleep 0.1; kill -0 1 && false",
		"mount -t tmpfs none /mnt",
		"mount --bind / /mnt",
		"mount -o remount,rw /proc",
		"mount -o remount,rw /dev",
		"umount /proc/cmdline",
		"umount /dev",
		"unshare -U true",
		"unshare -m true",
		"chroot / true",
		"mknod /dev/x b 7 0",
		"mknod /tmp/x c 1 3 && : </tmp/x",
		"mknod /etc/x c 1 5 && head -c 1 /etc/x",
		"touch /dev/x",
		"echo x >/proc/sys/kernel/core_pattern",
		"echo b >/proc/sysrq-trigger",
		"echo 0 >/proc/self/oom_score_adj",
		"ls /sys/class/* | grep -v :",
		"test -s /proc/cmdline",
		"test -s /proc/swaps",
		"ls /dev | grep -E '^(sd|vd|nvme|loop|mem|kmsg)'",
		"echo x >/dev/console && grep -q . /dev/console",
		"ip link show | grep -v lo | grep -q '^[0-9]'",
		"hostname elsewhere",
		"dmesg | grep .",
		"nsenter -t 1 -m true",
		"sysctl -w kernel.hostname=x",
		"date -s 2001-01-01",
		"chattr +i /etc/hostname",
		NULL,
	};

	assert_all_fail(*state, attempts);
}

static void settings_are_seen(void **state)
{
	struct world *w = *state;
	const char *const words[] = { "/bin/sh", "-c", "cat /etc/bootmend.setting", NULL };
	const char *const *const argv[] = { words, NULL };
	const struct sandbox_file files[] = { { "/etc/bootmend.setting", "x=1\n" },
					      { "/no/such/directory/at/all", "y" } };
	const struct sandbox_job job = {
		.root = w->root, .devices = &w->devices, .argv = argv, .file = files, .n_files = 2
	};

	assert_true(run(w, "true") == 0);
	sandbox_close(w->sb);
	assert_int_equal(sandbox_run(&job, &w->sb, &w->why), 0);
	assert_string_equal(sandbox_output(w->sb)->data, "x=1\n");
	assert_int_not_equal(access("/etc/bootmend.setting", F_OK), 0);
}

/* However this program ends. */
static void a_killed_run_leaves_nothing(void **state)
{
	struct world *w = *state;
	_cleanup_free_ char *word = long_time(5), *script = xasprintf("sleep %s", word);
	pid_t pid;

	assert_true(run(w, "true") == 0);
	pid = fork();
	if (pid == 0) {
		run(w, script);
		_exit(0);
	}
	for (int i = 0; i < MOMENTS && !is_running(word); i++)
		usleep(20000);
	assert_true(is_running(word));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	for (int i = 0; i < MOMENTS && is_running(word); i++)
		usleep(20000);
	assert_false(is_running(word));
}

/* --- can it run at all --- */

static void put_program(struct testtree *t, const char *path, const void *data, size_t n)
{
	_cleanup_free_ char *full = xasprintf("%s%s", t->dir, path);

	testtree_put(t, path, data, n);
	assert_int_equal(chmod(full, 0755), 0);
}

static void put_elf(struct testtree *t, const char *path, unsigned machine, const char *loader)
{
	struct {
		Elf64_Ehdr h;
		Elf64_Phdr p;
		char loader[64];
	} x = { 0 };

	memcpy(x.h.e_ident, ELFMAG, SELFMAG);
	x.h.e_ident[EI_CLASS] = ELFCLASS64;
	x.h.e_ident[EI_DATA] = ELFDATA2LSB;
	x.h.e_machine = (Elf64_Half)machine;
	x.h.e_phoff = sizeof(x.h);
	x.h.e_phentsize = sizeof(x.p);
	x.h.e_phnum = 1;
	x.p.p_type = PT_INTERP;
	x.p.p_offset = offsetof(__typeof__(x), loader);
	snprintf(x.loader, sizeof(x.loader), "%s", loader);
	put_program(t, path, &x, sizeof(x));
}

#ifdef __x86_64__
#define OURS EM_X86_64
#define FOREIGN EM_AARCH64
#else
#define OURS EM_AARCH64
#define FOREIGN EM_X86_64
#endif

static int can(struct testtree *t, const char *program, const char *why)
{
	struct trouble tr = { 0 };
	int e = sandbox_can_run(t->root, program, &tr);

	if (why && !strstr(tr.text, why))
		fail_msg("%s: '%s', not '%s'", program, tr.text, why);
	return e;
}

static void programs_of_this_machine(void **state)
{
	struct testtree *t = *state;

	put_elf(t, "/lib/ld.so", OURS, "");
	put_elf(t, "/bin/sh", OURS, "/lib/ld.so");
	put_elf(t, "/bin/lost", OURS, "/lib/ld-gone.so");
	put_elf(t, "/bin/foreign", FOREIGN, "/lib/ld.so");
	put_program(t, "/bin/script", "#! /bin/sh -e\n", 14);
	put_program(t, "/bin/foreign-script", "#!/bin/foreign\n", 15);
	testtree_link(t, "/bin/link", "/bin/script");
	assert_int_equal(can(t, "/bin/sh", NULL), 0);
	assert_int_equal(can(t, "/bin/script", NULL), 0);
	assert_int_equal(can(t, "/bin/link", NULL), 0);
	assert_int_equal(can(t, "/bin/lost", "loader '/lib/ld-gone.so'"), -ENOENT);
	assert_int_equal(can(t, "/bin/foreign", "is a program for"), -ENOEXEC);
	assert_int_equal(can(t, "/bin/foreign-script", "is a program for"), -ENOEXEC);
	assert_int_equal(can(t, "/bin/none", "not there"), -ENOENT);
}

static void hostile_programs(void **state)
{
	struct testtree *t = *state;
	_cleanup_free_ char *fifo = testtree_path(t, "/bin/fifo");
	unsigned char elf[64] = { 0x7f, 'E', 'L', 'F', 2, 1 };

	put_program(t, "/bin/loop", "#!/bin/loop\n", 12);
	put_program(t, "/bin/empty", "", 0);
	put_program(t, "/bin/text", "echo\n", 5);
	put_program(t, "/bin/relative", "#!sh\n", 5);
	put_program(t, "/bin/short", "\177ELF", 4);
	elf[18] = OURS & 0xff;
	elf[19] = OURS >> 8;
	memset(elf + 32, 0xff, 32); /* every offset and count beyond all bounds */
	put_program(t, "/bin/wild", elf, sizeof(elf));
	testtree_text(t, "/bin/plain", "#!/bin/sh\n");
	testtree_link(t, "/bin/self", "self");
	assert_int_equal(mkfifo(fifo, 0755), 0);
	assert_int_equal(can(t, "/bin/loop", "neither"), -ENOEXEC);
	assert_int_equal(can(t, "/bin/empty", "neither"), -ENOEXEC);
	assert_int_equal(can(t, "/bin/text", "neither"), -ENOEXEC);
	assert_int_equal(can(t, "/bin/relative", "neither"), -ENOEXEC);
	assert_int_equal(can(t, "/bin/short", NULL), -ENOEXEC);
	assert_int_equal(can(t, "/bin/wild", NULL), 0);
	assert_int_equal(can(t, "/bin/plain", "no program"), -ENOENT);
	assert_int_equal(can(t, "/bin/self", "not there"), -ENOENT);
	assert_int_equal(can(t, "/bin/fifo", "no program"), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(programs_of_this_machine, testtree_setup,
						testtree_teardown),
		cmocka_unit_test_setup_teardown(hostile_programs, testtree_setup,
						testtree_teardown),
		cmocka_unit_test_setup_teardown(writes_stay_inside, open_world, close_world),
		cmocka_unit_test_setup_teardown(a_failure_is_told, open_world, close_world),
		cmocka_unit_test_setup_teardown(the_second_is_not_run_after_a_failure, open_world,
						close_world),
		cmocka_unit_test_setup_teardown(what_is_not_there_is_told, open_world, close_world),
		cmocka_unit_test_setup_teardown(time_is_limited, open_world, close_world),
		cmocka_unit_test_setup_teardown(daemons_end_with_it, open_world, close_world),
		cmocka_unit_test_setup_teardown(processes_are_limited, open_world, close_world),
		cmocka_unit_test_setup_teardown(room_is_limited, open_world, close_world),
		cmocka_unit_test_setup_teardown(output_is_limited, open_world, close_world),
		cmocka_unit_test_setup_teardown(nothing_leads_out, open_world, close_world),
		cmocka_unit_test_setup_teardown(settings_are_seen, open_world, close_world),
		cmocka_unit_test_setup_teardown(a_killed_run_leaves_nothing, open_world,
						close_world),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
