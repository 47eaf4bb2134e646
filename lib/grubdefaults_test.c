/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/grubdefaults.h"

static struct grubdefaults parse(struct arena *a, const char *s)
{
	struct grubdefaults d = { 0 };

	grubdefaults_parse(a, text_new(a, "/etc/default/grub", s, strlen(s)), &d);
	return d;
}

static const char *value(struct arena *a, const char *s)
{
	struct grubdefaults d = parse(a, s);
	const struct grubdefault *v = grubdefaults_get(&d, "A");

	return v ? v->value : NULL;
}

static void test_file(void **state)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct grubdefaults d =
		parse(a, "# comment A=1\n"
			 "GRUB_DEFAULT=saved\r\n"
			 "GRUB_DISTRIBUTOR=\"$(sed 's, release .*$,,g' /etc/system-release)\"\n"
			 "GRUB_OTHER=`lsb_release -i -s 2> /dev/null || echo Debian`\n"
			 "export GRUB_CMDLINE_LINUX=\"console=ttyS0 root=/dev/hda1\"\n"
			 "  GRUB_CMDLINE_LINUX_DEFAULT='quiet \"x\"' # y\n"
			 "GRUB_X=\"$GRUB_DEFAULT ${GRUB_DEFAULT}\"; GRUB_Y=a\\ b\n"
			 "GRUB_DEFAULT=1\n"
			 "GRUB_Z=\"a\nb\"\n"
			 "GRUB_LAST=z");

	(void)state;
	assert_string_equal(grubdefaults_get(&d, "GRUB_DEFAULT")->value, "1");
	assert_int_equal(grubdefaults_get(&d, "GRUB_DEFAULT")->line, 8);
	assert_string_equal(d.d[0].value, "saved");
	assert_null(grubdefaults_get(&d, "GRUB_DISTRIBUTOR"));
	assert_null(grubdefaults_get(&d, "GRUB_OTHER"));
	assert_string_equal(grubdefaults_get(&d, "GRUB_CMDLINE_LINUX")->value,
			    "console=ttyS0 root=/dev/hda1");
	assert_int_equal(grubdefaults_get(&d, "GRUB_CMDLINE_LINUX")->line, 5);
	assert_string_equal(grubdefaults_get(&d, "GRUB_CMDLINE_LINUX_DEFAULT")->value,
			    "quiet \"x\"");
	assert_string_equal(grubdefaults_get(&d, "GRUB_X")->value, "saved saved");
	assert_string_equal(grubdefaults_get(&d, "GRUB_Y")->value, "a b");
	assert_int_equal(grubdefaults_get(&d, "GRUB_Z")->last_line, 10);
	assert_string_equal(grubdefaults_get(&d, "GRUB_LAST")->value, "z");
	assert_int_equal(grubdefaults_get(&d, "GRUB_LAST")->line, 11);
}

static void test_values(void **state)
{
	static const struct {
		const char *s, *want;
	} table[] = {
		{ "A=", "" },
		{ "A=\"\"", "" },
		{ "A=b'c'\"d\"", "bcd" },
		{ "A=\"a\\\nb\"", "ab" },
		{ "A=\"\\$x\\\"\"", "$x\"" },
		{ "A=x\nA+=y", "xy" },
		{ "A=\"x\nA=y", NULL },
		{ "A='x", NULL },
		{ "A=$nope", NULL },
		{ "A=${B:-c}", NULL },
		{ "A=$(a (b) c)\nB=1", NULL },
		{ "A=`", NULL },
		{ "A=$", "$" },
		{ "A=\\", "" },
		{ "A = x", NULL },
		{ "\xef\xbb\xbf"
		  "A=x",
		  "x" },
		{ "if true; then\nA=x\nfi", "x" },
	};
	_cleanup_arena_ struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const char *got = value(a, table[i].s);

		if (table[i].want)
			assert_string_equal(got, table[i].want);
		else
			assert_null(got);
	}
}

static void test_hostile(void **state)
{
	static const char *const pieces[] = { "A=\"$A$A\"\n", "A+=$A\n", "A=`",	    "$((", "'",
					      "\"",	      "A=\\\n",	 "export ", "A=x;" };
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		_cleanup_arena_ struct arena *a = arena_new();
		_cleanup_bytes_ struct bytes b = { 0 };

		bytes_adds(&b, "A=0123456789\n");
		while (b.len < 100000)
			bytes_adds(&b, pieces[i]);
		parse(a, b.data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
