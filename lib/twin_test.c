/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lib/twin.h"

static void is_the_same_every_time_and_nobody_elses(void **state UNUSED)
{
	const struct partition here = { .start = 1 << 20, .uuid = "x" },
			       there = { .start = 2 << 20 },
			       other = { .start = 1 << 20, .disk = 1 };
	static const char uuid[] = "5eed0000-0000-4000-8000-00000000000a";
	static const char upper[] = "5EED0000-0000-4000-8000-00000000000A";
	struct arena *a = arena_new();
	const char *got = twin_uuid(a, uuid, &here);

	assert_int_equal(strlen(got), 36);
	assert_int_equal(strspn(got, "0123456789abcdef-"), 36);
	assert_true(got[8] == '-' && got[13] == '-' && got[18] == '-' && got[23] == '-');
	assert_true(got[14] == '4' && strchr("89ab", got[19]));
	assert_string_equal(got, twin_uuid(a, uuid, &here));
	assert_string_equal(got, twin_uuid(a, upper, &here));
	assert_string_not_equal(got, twin_uuid(a, uuid, &there));
	assert_string_not_equal(got, twin_uuid(a, uuid, &other));
	assert_string_not_equal(got, twin_uuid(a, "5eed0000-0000-4000-8000-00000000000b", &here));
	arena_free(a);
}

static void is_recognised_afterwards(void **state UNUSED)
{
	struct arena *a = arena_new();
	struct partition p = { .uuid = "5eed0000-0000-4000-8000-00000000000a" }, copy = p,
			 none = { .uuid = NULL }, fat = { .uuid = "5EED-0001" };

	copy.start = 4096;
	assert_false(twin_was(&p, &copy));
	copy.uuid = twin_uuid(a, p.uuid, &copy);
	assert_true(twin_was(&p, &copy));
	assert_false(twin_was(&copy, &p));
	assert_false(twin_was(&none, &copy) || twin_was(&p, &none) || twin_was(&p, &fat));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_the_same_every_time_and_nobody_elses),
		cmocka_unit_test(is_recognised_afterwards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
