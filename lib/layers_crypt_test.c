/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lib/layers_internal.h"

static void knows_which_cryptsetup_loads_plugins(void **state UNUSED)
{
	static const struct {
		const char *said;
		bool has;
	} t[] = {
		{ "cryptsetup 2.6.1 flags: UDEV BLKID KEYRING KERNEL_CAPI\n", true },
		{ "cryptsetup 2.4.0\n", true },
		{ "cryptsetup 2.4.0-rc0 flags: UDEV\n", true },
		{ "cryptsetup 2.10.0\n", true },
		{ "cryptsetup 3.0.0\n", true },
		{ "cryptsetup 2.3.7 flags: UDEV\n", false },
		{ "cryptsetup 1.7.5\n", false },
		{ "cryptsetup 1.40\n", false },
		{ "cryptsetup\n", false },
		{ "2.6.1\n", false },
		{ "", false },
		{ NULL, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(t); i++)
		assert_int_equal(layers_has_token_plugins(t[i].said), t[i].has);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_which_cryptsetup_loads_plugins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
