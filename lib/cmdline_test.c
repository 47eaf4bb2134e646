/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/cmdline.h"

static void test_get(void **state)
{
	_cleanup_arena_ struct arena *a = arena_new();

	(void)state;
	assert_string_equal(cmdline_get(a, "ro root=/dev/sda1 quiet", "root"), "/dev/sda1");
	assert_string_equal(cmdline_get(a, "root=a root=b", "root"), "b");
	assert_string_equal(cmdline_get(a, "root=\"LABEL=my root\" x", "root"), "LABEL=my root");
	assert_string_equal(cmdline_get(a, "\"root=UUID=1\" x", "root"), "UUID=1");
	assert_string_equal(cmdline_get(a, "root= x", "root"), "");
	assert_null(cmdline_get(a, "rootwait rootflags=x", "root"));
	assert_null(cmdline_get(a, "quiet -- root=x", "root"));
	assert_null(cmdline_get(a, "", "root"));
	assert_string_equal(cmdline_get(a, "\troot=UUID=1\r", "root"), "UUID=1");
	assert_string_equal(cmdline_get(a, "root=\"open", "root"), "open");
}

static void test_next(void **state)
{
	_cleanup_arena_ struct arena *a = arena_new();
	const char *line = "console=tty0 x console=ttyS0,115200n8";
	size_t pos = 0;

	(void)state;
	assert_string_equal(cmdline_next(a, line, "console", &pos), "tty0");
	assert_string_equal(cmdline_next(a, line, "console", &pos), "ttyS0,115200n8");
	assert_null(cmdline_next(a, line, "console", &pos));
}

static void test_has(void **state)
{
	(void)state;
	assert_true(cmdline_has("ro single", "single"));
	assert_true(cmdline_has("\"single\"", "single"));
	assert_false(cmdline_has("singles", "single"));
	assert_false(cmdline_has("-- single", "single"));
	assert_false(cmdline_has("sing", "single"));
}

static void test_without(void **state)
{
	_cleanup_arena_ struct arena *a = arena_new();
	const char *const names[] = { "root", "ro", "BOOT_IMAGE", NULL };

	(void)state;
	assert_string_equal(cmdline_without(a, "BOOT_IMAGE=/v root=x ro  quiet", names), "quiet");
	assert_string_equal(cmdline_without(a, "rootwait a=\"b c\"", names), "rootwait a=\"b c\"");
	assert_string_equal(cmdline_without(a, "root=x", names), "");
}

static void test_replace(void **state)
{
	static const struct {
		const char *line, *word, *with, *want;
	} table[] = {
		{ "\tlinux\t/v root=/dev/hda1  ro\r", "root=/dev/hda1", "root=UUID=1",
		  "\tlinux\t/v root=UUID=1  ro\r" },
		{ "linux /v \"root=/dev/hda1\" ro", "root=/dev/hda1", "root=UUID=1",
		  "linux /v \"root=UUID=1\" ro" },
		{ "linux /v root=\"/dev/hda1\"", "root=/dev/hda1", "root=UUID=1",
		  "linux /v root=\"UUID=1\"" },
		{ "set root='(hd0,msdos3)'", "root=(hd0,msdos3)", "root=(hd0,msdos1)",
		  "set root='(hd0,msdos1)'" },
		{ "a=b\"c\"", "a=bc", "a=d", "a=d" },
		{ "a=\"\"", "a=", "a=d", "a=d\"\"" },
		{ "root=/dev/hda1 root=/dev/hda1", "root=/dev/hda1", "x", "x x" },
		{ "linux root=/dev/hda11", "root=/dev/hda1", "x", NULL },
		{ "GRUB_CMDLINE_LINUX=\"a root=/dev/hda1 b\"", "root=/dev/hda1", "root=UUID=1",
		  "GRUB_CMDLINE_LINUX=\"a root=UUID=1 b\"" },
		{ "X='root=/dev/hda1'", "root=/dev/hda1", "y", "X='y'" },
		{ "'never closed root=a", "root=a", "root=b", "'never closed root=b" },
		{ "", "root=a", "b", NULL },
		{ "   ", "root=a", "b", NULL },
		{ "a\\ b c", "a b", "d", "d c" },
		/* Taken out: no gap stays. */
		{ "\tlinux /v single  ro\r", "single", "", "\tlinux /v  ro\r" },
		{ "linux /v ro \"single\"", "single", "", "linux /v ro" },
		{ "\tsingle ro", "single", "", "\tro" },
		{ "single", "single", "", "" },
		{ "single single a", "single", "", "a" },
		{ "X=\"single quiet\" y", "single", "", "X=\"quiet\" y" },
		{ "X=\"a single\" y", "single", "", "X=\"a\" y" },
		{ "X=\"a single b\"", "single", "", "X=\"a b\"" },
		{ "X=\"single\"", "single", "", "X=\"\"" },
	};
	_cleanup_arena_ struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const char *got = cmdline_replace(a, table[i].line, table[i].word, table[i].with);

		if (table[i].want)
			assert_string_equal(got, table[i].want);
		else
			assert_null(got);
	}
}

static void test_plain(void **state)
{
	(void)state;
	assert_true(cmdline_is_plain("root=UUID=8d1a-5f0e"));
	assert_true(cmdline_is_plain("root=LABEL=/"));
	assert_false(cmdline_is_plain("root=LABEL=my root"));
	assert_false(cmdline_is_plain("a;b"));
	assert_false(cmdline_is_plain("$x"));
	assert_false(cmdline_is_plain("a\n"));
	assert_false(cmdline_is_plain(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_get),	cmocka_unit_test(test_next),
		cmocka_unit_test(test_has),	cmocka_unit_test(test_without),
		cmocka_unit_test(test_replace), cmocka_unit_test(test_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
