/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/testtree.h"

#include "lib/kernel_config.h"

static void options(void **state)
{
	static const char text[] =
		"CONFIG_A=y\nCONFIG_AB=m\n# CONFIG_C is not set\nCONFIG_D=\"x\"\n"
		"# about CONFIG_E=y\nXCONFIG_F=y\nCONFIG_G=";
	struct bytes b = { .data = (char *)text, .len = sizeof(text) - 1 };

	(void)state;
	assert_int_equal(kernel_config_get(&b, "CONFIG_A"), OPTION_BUILT_IN);
	assert_int_equal(kernel_config_get(&b, "CONFIG_AB"), OPTION_MODULE);
	assert_int_equal(kernel_config_get(&b, "CONFIG_C"), OPTION_OFF);
	assert_int_equal(kernel_config_get(&b, "CONFIG_D"), OPTION_UNTOLD);
	assert_int_equal(kernel_config_get(&b, "CONFIG_E"), OPTION_UNTOLD);
	assert_int_equal(kernel_config_get(&b, "CONFIG_F"), OPTION_UNTOLD);
	assert_int_equal(kernel_config_get(&b, "CONFIG_G"), OPTION_UNTOLD);
	assert_int_equal(kernel_config_get(&b, "CONFIG_H"), OPTION_UNTOLD);
	b.len = 0;
	assert_int_equal(kernel_config_get(&b, "CONFIG_A"), OPTION_UNTOLD);
}

static void files(void **state)
{
	struct testtree *t = *state;
	struct kernel k = { .config = "/boot/config-1" };
	_cleanup_bytes_ struct bytes b = { 0 };

	assert_true(kernel_config_read(t->root, &k, &b) < 0);
	testtree_text(t, "/boot/config-1", "CONFIG_A=m\n");
	assert_int_equal(kernel_config_read(t->root, &k, &b), 0);
	assert_int_equal(kernel_config_get(&b, "CONFIG_A"), OPTION_MODULE);
	k.config = NULL;
	assert_true(kernel_config_read(t->root, &k, &b) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options),
		cmocka_unit_test_setup_teardown(files, testtree_setup, testtree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
