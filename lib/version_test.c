/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/testtree.h"
#include "lib/version.h"

static void ordered(void **state UNUSED)
{
	static const char *const rising[] = {
		"~",
		"2.6.18-8.el5",
		"2.6.32-431.el6.x86_64",
		"2.6.32-431.20.3.el6.x86_64",
		"3.10.0-957.el7.x86_64",
		"4.18.0-80.el8",
		"5.14.0-rc1",
		"5.14.0~rc2",
		"5.14.0",
		"5.14.0-70.el9",
		"5.14.0-70.13.1.el9",
		"6.1.0-9-amd64",
		"6.1.0-50-amd64",
		"6.01.1",
		"6.10",
		"18446744073709551616",
		"18446744073709551617",
	};

	for (size_t i = 0; i < ARRAY_SIZE(rising); i++) {
		assert_int_equal(version_compare(rising[i], rising[i]), 0);
		for (size_t k = i + 1; k < ARRAY_SIZE(rising); k++) {
			if (version_compare(rising[i], rising[k]) >= 0 ||
			    version_compare(rising[k], rising[i]) <= 0)
				fail_msg("%s is not below %s", rising[i], rising[k]);
		}
	}
	assert_int_equal(version_compare("1.2", "1-2"), 0);
	assert_int_equal(version_compare("1.02", "1.2"), 0);
	assert_true(version_compare("1~~", "1~") < 0);
	assert_true(version_compare("", "1") < 0);
	assert_true(version_compare("", "~") > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(ordered) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
