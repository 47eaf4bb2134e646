/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/helper.h"

/* Whatever this machine has: each with a node and a UUID, and never more than that many. */
static void test_own(void **state)
{
	_cleanup_arena_ struct arena *a = arena_new();
	const struct helper_fs *fs;
	size_t n = helper_filesystems(NULL, 0, a, &fs);

	(void)state;
	assert_true(n <= HELPER_MAX);
	for (size_t i = 0; i < n; i++) {
		assert_true(startswith(fs[i].node, "/dev/"));
		assert_true(*fs[i].uuid && *fs[i].type);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_own) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
