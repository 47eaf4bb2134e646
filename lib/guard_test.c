/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/guard.h"

#define SIZE (256u << 10)

struct files {
	char *image, *log;
	int device, log_fd;
	struct rawlog *l;
	struct bytes was;
};

static void read_image(const struct files *f, struct bytes *out)
{
	char *buf = xmalloc(SIZE);

	assert_int_equal(pread(f->device, buf, SIZE, 0), SIZE);
	out->len = 0;
	bytes_add(out, buf, SIZE);
	free(buf);
}

static int set_up(void **state)
{
	struct files *f = xcalloc(1, sizeof(*f));
	char *buf = xmalloc(SIZE);
	int fd;

	f->image = xstrdup("/tmp/guard-image.XXXXXX");
	f->log = xstrdup("/tmp/guard-log.XXXXXX");
	f->device = mkstemp(f->image);
	f->log_fd = mkstemp(f->log);
	for (size_t i = 0; i < SIZE; i++)
		buf[i] = (char)(i * 7 + i / 251);
	fd = f->device;
	assert_int_equal(pwrite(fd, buf, SIZE, 0), SIZE);
	free(buf);
	assert_int_equal(rawlog_open(f->log_fd, &f->l), 0);
	read_image(f, &f->was);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct files *f = *state;

	rawlog_close(f->l);
	close(f->device);
	close(f->log_fd);
	unlink(f->image);
	unlink(f->log);
	bytes_free(&f->was);
	free(f->image);
	free(f->log);
	free(f);
	return 0;
}

static void expect_as_before(struct files *f)
{
	struct bytes now = { 0 };

	read_image(f, &now);
	assert_true(bytes_equal(&now, &f->was));
	bytes_free(&now);
}

static enum rawlog_state state_of(struct files *f)
{
	enum rawlog_state s;

	assert_int_equal(rawlog_compare(f->l, f->device, &s), 0);
	return s;
}

static void writes_are_taken_back(void **state)
{
	struct files *f = *state;

	assert_int_equal(rawlog_write(f->l, f->device, 1000, "one", 3), 0);
	assert_int_equal(rawlog_write(f->l, f->device, 1001, "two", 3), 0);
	assert_int_equal(rawlog_write(f->l, f->device, 5119, "over the edge", 13), 0);
	assert_int_equal(state_of(f), RAWLOG_AFTER);
	assert_int_equal(rawlog_undo(f->l, f->device), 0);
	expect_as_before(f);
	assert_int_equal(state_of(f), RAWLOG_BEFORE);
	assert_int_equal(rawlog_undo(f->l, f->device), 0);
}

static void what_others_wrote_is_left(void **state)
{
	struct files *f = *state;

	assert_int_equal(rawlog_write(f->l, f->device, 1000, "one", 3), 0);
	assert_int_equal(pwrite(f->device, "x", 1, 800), 1);
	assert_int_equal(state_of(f), RAWLOG_OTHER);
	assert_int_equal(rawlog_undo(f->l, f->device), -ESTALE);
}

/* Killed between two writes of an undo, or of the repair: some old, some new. */
static void half_way_is_no_stranger(void **state)
{
	struct files *f = *state;

	assert_int_equal(rawlog_write(f->l, f->device, 1024, "one", 3), 0);
	assert_int_equal(rawlog_write(f->l, f->device, 9000, "two", 3), 0);
	assert_int_equal(rawlog_add(f->l, f->device, 20000, "never", 5), 0);
	assert_int_equal(pwrite(f->device, f->was.data + 9000, 3, 9000), 3);
	assert_int_equal(state_of(f), RAWLOG_AFTER);
	assert_int_equal(rawlog_undo(f->l, f->device), 0);
	expect_as_before(f);
}

static void a_torn_log_ends_before_the_tear(void **state)
{
	struct files *f = *state;
	struct stat st;

	assert_int_equal(rawlog_write(f->l, f->device, 1024, "one", 3), 0);
	assert_int_equal(rawlog_add(f->l, f->device, 9000, "two", 3), 0);
	rawlog_close(f->l);
	f->l = NULL;
	assert_int_equal(fstat(f->log_fd, &st), 0);
	assert_int_equal(ftruncate(f->log_fd, st.st_size - 100), 0);
	assert_int_equal(rawlog_open(f->log_fd, &f->l), 0);
	assert_int_equal(rawlog_bytes(f->l), 512);
	assert_int_equal(rawlog_undo(f->l, f->device), 0);
	expect_as_before(f);
}

static void no_log_at_all(void **state)
{
	struct files *f = *state;
	struct rawlog *l;

	assert_int_equal(rawlog_open(f->device, &l), -EBADMSG);
}

static int run(struct files *f, const char *command, struct bytes *out)
{
	char *device = xasprintf(command, f->image);
	const char *argv[] = { "sh", "-c", device, NULL };
	int r = guard_run(argv, f->device, f->l, out);

	free(device);
	if (r == -ENOSYS)
		skip();
	return r;
}

static void a_program_is_logged(void **state)
{
	struct files *f = *state;
	struct bytes out = { 0 };

	assert_int_equal(run(f,
			     "echo hello; dd if=/dev/zero of=%s bs=700 seek=3 count=9 conv=notrunc "
			     "status=none; exit 3",
			     &out),
			 3);
	assert_string_equal(out.data, "hello\n");
	bytes_free(&out);
	assert_int_equal(state_of(f), RAWLOG_AFTER);
	assert_true(rawlog_bytes(f->l) >= 6300);
	assert_int_equal(rawlog_undo(f->l, f->device), 0);
	expect_as_before(f);
}

static void a_crash_is_taken_back(void **state)
{
	struct files *f = *state;
	struct bytes out = { 0 };

	assert_int_equal(run(f,
			     "dd if=/dev/zero of=%s bs=1k count=5 conv=notrunc status=none; "
			     "kill -SEGV $$",
			     &out),
			 GUARD_KILLED);
	bytes_free(&out);
	assert_int_equal(rawlog_undo(f->l, f->device), 0);
	expect_as_before(f);
}

static void it_cannot_be_cut_short(void **state)
{
	struct files *f = *state;
	struct bytes out = { 0 };

	assert_int_not_equal(run(f, "truncate -s 0 %s", &out), 0);
	bytes_free(&out);
	expect_as_before(f);
}

static void who_only_looks_cannot_write(void **state)
{
	struct files *f = *state;
	struct bytes out = { 0 };
	char *command =
		xasprintf("dd if=/dev/zero of=%s bs=1k count=5 conv=notrunc status=none || echo no",
			  f->image);
	const char *argv[] = { "sh", "-c", command, NULL };
	int r = guard_look(argv, -1, 0, &out);

	free(command);
	if (r == -ENOSYS)
		skip();
	assert_int_equal(r, 0);
	assert_non_null(strstr(out.data, "no"));
	bytes_free(&out);
	expect_as_before(f);
}

static void it_ends_in_time(void **state UNUSED)
{
	const char *argv[] = { "sleep", "1000", NULL };
	struct bytes out = { 0 };
	int r = guard_look(argv, -1, 1, &out);

	if (r == -ENOSYS)
		skip();
	assert_int_equal(r, GUARD_KILLED);
	bytes_free(&out);
}

static void it_is_not_there(void **state UNUSED)
{
	const char *argv[] = { "no-such-program", NULL };
	struct bytes out = { 0 };

	assert_int_equal(guard_look(argv, -1, 0, &out), -ENOENT);
	bytes_free(&out);
}

#define WITH_FILES(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FILES(writes_are_taken_back),
		WITH_FILES(what_others_wrote_is_left),
		WITH_FILES(half_way_is_no_stranger),
		WITH_FILES(a_torn_log_ends_before_the_tear),
		WITH_FILES(no_log_at_all),
		WITH_FILES(a_program_is_logged),
		WITH_FILES(a_crash_is_taken_back),
		WITH_FILES(it_cannot_be_cut_short),
		WITH_FILES(who_only_looks_cannot_write),
		cmocka_unit_test(it_ends_in_time),
		cmocka_unit_test(it_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
