/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a disk's logs may claim: how much they are, unpacked and of holes, and when they are of. */
#include <errno.h>

#include "lib/oomfiles.h"
#include "lib/testpack.h"
#include "lib/testtree.h"

#define LINE "Apr  1 14:13:32 web kernel: nothing of interest\n"

static struct stat file_of(off_t size, blkcnt_t blocks, time_t written)
{
	struct stat st = { .st_size = size, .st_blocks = blocks };

	st.st_mtime = written;
	return st;
}

/* --- times --- */

static void test_written(void **unused UNUSED)
{
	static const struct {
		int64_t says, is;
	} times[] = {
		{ 0, 0 },
		{ 1743516812, 1743516812 },
		{ -1, 0 },
		{ INT64_MIN, 0 },
		{ INT64_C(253402300799), INT64_C(253402300799) },
		{ INT64_C(253402300800), INT64_C(253402300799) },
		{ INT64_MAX, INT64_C(253402300799) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		struct stat st = file_of(1, 1, times[i].says);

		assert_int_equal(oomfiles_written(&st), times[i].is);
	}
}

/* --- holes --- */

static void test_readable(void **unused UNUSED)
{
	struct stat log = file_of(100 << 20, 100 << 11, 0), packed = file_of(100 << 20, 5 << 11, 0),
		    hole = file_of((off_t)1 << 50, 8, 0);

	assert_int_equal(oomfiles_readable(&log), log.st_size);
	assert_int_equal(oomfiles_readable(&packed), packed.st_size);
	assert_true(oomfiles_readable(&hole) < 128u << 20);
}

/* Each hole is read, to a bound; so many of them are not. */
static void test_many_holes(void **state)
{
	struct testtree *t = *state;
	uint64_t all = 0, hollow = 0;
	struct oom_files files;
	char path[64];

	for (size_t i = 0; i < 100; i++) {
		snprintf(path, sizeof(path), "/var/log/messages%zu", i);
		testtree_text(t, path, LINE);
		testtree_grow(t, path, (off_t)1 << 40);
	}
	testtree_text(t, "/var/log/syslog", LINE);
	oomfiles_find(t->root, t->arena, &files);
	assert_int_equal(files.n, 101);
	for (size_t i = 0; i < files.n; i++) {
		bool sound = streq(files.f[i].path, "/var/log/syslog");

		assert_int_equal(files.f[i].hollow, !sound);
		all += files.f[i].size;
		hollow += files.f[i].hollow;
	}
	assert_int_equal(hollow, 100);
	assert_true(all > 512u << 20 && all < 2ull << 30);
}

/* --- packed logs --- */

/* A log that nobody writes: one line again and again. */
static void put_bomb(struct testtree *t, const char *path, const char *how, size_t lines)
{
	struct bytes plain = { 0 }, packed = { 0 };

	for (size_t i = 0; i < lines; i++)
		bytes_adds(&plain, LINE);
	assert_int_equal(testpack(how, &plain, &packed), 0);
	testtree_put(t, path, packed.data, packed.len);
	bytes_free(&plain);
	bytes_free(&packed);
}

/* Bytes of lines that are given; the error in *error. */
static uint64_t read_all(struct testtree *t, const struct oom_files *files,
			 const struct oom_file *f, int *error)
{
	struct oom_file_reader reader = oomfiles_reader(t->root, f);
	struct syslogread *r = oomfiles_log(files, &reader);
	struct syslogread_line line;
	uint64_t n = 0;

	while (syslogread_line(r, &line))
		n += line.s.n + 1;
	*error = syslogread_error(r);
	syslogread_close(r);
	return n;
}

#define BUFFERED (2u * SYSLOGREAD_BUFFER) /* may be there before anybody asks */

/* Small files that unpack to very much: where the end of all logs is looked at, each has its end.
 */
static void test_bombs(void **state)
{
	static const struct {
		const char *how, *path;
	} kinds[] = {
		{ "gzip", "/var/log/messages.1.gz" },
		{ "xz", "/var/log/messages.2.xz" },
		{ "zstd", "/var/log/messages.3.zst" },
		{ "bzip2", "/var/log/messages.4.bz2" },
	};
	const size_t lines = (4u << 20) / strlen(LINE);
	struct testtree *t = *state;
	struct oom_files files;
	int error;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		put_bomb(t, kinds[i].path, kinds[i].how, lines);
	oomfiles_find(t->root, t->arena, &files);
	assert_int_equal(files.n, ARRAY_SIZE(kinds));
	oomfiles_recent(&files, 24u << 20);
	assert_int_equal(files.n, ARRAY_SIZE(kinds));
	for (size_t i = 0; i < files.n; i++) {
		const struct oom_file *f = &files.f[i];

		assert_true(read_all(t, &files, f, &error) <= f->size * 100 + BUFFERED);
		assert_int_equal(error, -EFBIG);
	}
	/* Where all is wanted, what a log may grow to is known of none of them. */
	files.recent = false;
	assert_int_equal(read_all(t, &files, &files.f[0], &error), lines * strlen(LINE));
	assert_int_equal(error, 0);
}

/* A log as they are is read whole, also where its end alone is looked at. */
static void test_packed_log(void **state)
{
	struct testtree *t = *state;
	struct bytes plain = { 0 }, packed = { 0 };
	struct oom_files files;
	uint32_t random = 1;
	int error;

	for (size_t i = 0; i < 20000; i++) {
		random = random * 1664525 + 1013904223;
		bytes_addf(&plain, "Apr  1 14:13:32 web kernel: [%u] cpu %zu\n", random, i);
	}
	assert_int_equal(testpack("gzip", &plain, &packed), 0);
	testtree_put(t, "/var/log/kern.log.2.gz", packed.data, packed.len);
	oomfiles_find(t->root, t->arena, &files);
	oomfiles_recent(&files, 24u << 20);
	assert_int_equal(files.n, 1);
	assert_int_equal(read_all(t, &files, &files.f[0], &error), plain.len);
	assert_int_equal(error, 0);
	bytes_free(&plain);
	bytes_free(&packed);
}

#define WITH_TREE(test) cmocka_unit_test_setup_teardown(test, testtree_setup, testtree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_written), cmocka_unit_test(test_readable),
		WITH_TREE(test_many_holes),	WITH_TREE(test_bombs),
		WITH_TREE(test_packed_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
