/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of a disk's logs are read, where its journal says when it is of. */
#include "lib/bootlogread.h"
#include "lib/testjournal.h"
#include "lib/testtree.h"

#define IN_2025 INT64_C(1743516812)

static void put_journal(struct testtree *t, const int64_t *times, size_t n)
{
	struct testjournal j = testjournal_begin(TESTJOURNAL_REGULAR);

	for (size_t i = 0; i < n; i++) {
		struct testjournal_when w = { times[i] * SYSLOGTIME_SECOND, (int64_t)i + 1, 1 };
		uint64_t message = testjournal_data(&j, "MESSAGE=one", TESTJOURNAL_PLAIN);

		testjournal_entry(&j, &w, &message, 1);
	}
	testjournal_end(&j);
	testtree_put(t, "/var/log/journal/1/system.journal", j.b.data, j.b.len);
	bytes_free(&j.b);
}

static void put_messages(struct testtree *t, int64_t written)
{
	_cleanup_free_ char *path = testtree_path(t, "/var/log/messages");
	struct timespec when[2] = { { .tv_sec = written }, { .tv_sec = written } };

	testtree_text(t, "/var/log/messages", "Apr  1 14:13:32 web kernel: two\n");
	assert_int_equal(utimensat(AT_FDCWD, path, when, 0), 0);
}

/* The journal tells all that the messages do. */
static bool is_left_out(struct testtree *t)
{
	struct bootlog *l = bootlog_new();
	struct bootlog_sources out;
	struct oom_files files;
	bool left_out = false;

	oomfiles_find(t->root, t->arena, &files);
	bootlogread_root(l, t->root, &files, t->arena, &out);
	assert_int_equal(out.n, 2);
	for (size_t i = 0; i < out.n; i++)
		left_out |= streq(out.s[i].name, "/var/log/messages") && out.s[i].left_out;
	bootlog_free(l);
	return left_out;
}

static void test_covered(void **state)
{
	static const int64_t times[] = { IN_2025 - 86400, IN_2025 };

	put_journal(*state, times, ARRAY_SIZE(times));
	put_messages(*state, IN_2025 - 3600);
	assert_true(is_left_out(*state));
	put_messages(*state, IN_2025 - 2 * 86400);
	assert_false(is_left_out(*state));
}

/* A clock that was not set yet says 1970: what lies between is not told by the journal. */
static void test_clock_not_set(void **state)
{
	static const int64_t times[] = { 5, IN_2025 - 86400, IN_2025 };

	put_journal(*state, times, ARRAY_SIZE(times));
	put_messages(*state, IN_2025 - 3600);
	assert_true(is_left_out(*state));
	put_messages(*state, IN_2025 - 90 * 86400);
	assert_false(is_left_out(*state));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, testtree_setup, testtree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_covered), TEST(test_clock_not_set) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
