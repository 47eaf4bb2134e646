/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes of a hostile disk on their way to a terminal, to a program, and to a manifest and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "lib/jsonio.h"

static void assert_text(const char *s, const char *expected)
{
	struct json_object *o = json_text(s);

	assert_string_equal(json_object_get_string(o), expected);
	json_object_put(o);
}

static void text_drives_no_terminal(void **state UNUSED)
{
	assert_text("caf\xc3\xa9\tx\r\ny", "caf\xc3\xa9\tx\r\ny");
	assert_text("\033[2J\007", "\\x1b[2J\\x07");
	assert_text("\xc2\x9b"
		    "2J\x7f",
		    "\\xc2\\x9b2J\\x7f"); /* CSI in eight bits */
	assert_text("\xff\xc0\xaf\xed\xa0\x80", "\\xff\\xc0\\xaf\\xed\\xa0\\x80");
	assert_null(json_text(NULL));
}

static void a_line_stays_a_line(void **state UNUSED)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	text_escape("a\nb\rc\0d", 7, &b);
	assert_string_equal(b.data, "a\\x0ab\\x0dc\\x00d");
	assert_false(text_is_plain("a\nb", 3));
	assert_true(text_is_plain("a\tb \xe2\x82\xac", 7));
}

static void every_byte_comes_back(void **state UNUSED)
{
	static const struct {
		const char *s;
		size_t n;
	} all[] = { { "", 0 },	   { "plain", 5 },	{ "hex:", 4 },	     { "hex:zz", 6 },
		    { "a\0b", 3 }, { "\xff\xfe\0", 3 }, { "\033\n\"\\", 4 }, { "hex:\xff", 5 } };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct json_object *o = json_exact(all[i].s, all[i].n), *again;
		_cleanup_bytes_ struct bytes b = { 0 };

		again = json_tokener_parse(json_object_to_json_string(o));
		assert_true(json_exact_read(again, &b));
		assert_int_equal(b.len, all[i].n);
		assert_memory_equal(b.data, all[i].s, all[i].n);
		json_object_put(again);
		json_object_put(o);
	}
}

static void what_is_no_text_is_refused(void **state UNUSED)
{
	static const char *const bad[] = { "\"hex:f\"", "\"hex:gg\"", "\"hex:0\\u0000\"",
					   "7",		"{}",	      "null" };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct json_object *o = json_tokener_parse(bad[i]);
		struct bytes b = { 0 };

		assert_false(json_exact_read(o, &b));
		json_object_put(o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_drives_no_terminal),
		cmocka_unit_test(a_line_stays_a_line),
		cmocka_unit_test(every_byte_comes_back),
		cmocka_unit_test(what_is_no_text_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
