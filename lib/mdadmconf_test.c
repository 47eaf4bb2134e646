/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/mdadmconf.h"

static int setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static struct mdadmconf parse_bytes(struct arena *a, const char *s, size_t len)
{
	struct mdadmconf c;

	mdadmconf_parse(a, text_new(a, "/etc/mdadm.conf", s, len), &c);
	return c;
}

static void test_lines(void **state)
{
	static const char text[] = "# ARRAY /dev/md9 UUID=0\n"
				   "HOMEHOST <system>\n"
				   "DEVICE partitions containers # all\n"
				   "arr /dev/md/0 metadata=1.2 \\\n"
				   "\tuuid=AAAAAAAA:11112222:33334444:5555-6666\n"
				   "  name=\"a host:0\"\n"
				   "\n"
				   "ARRAY <ignore> UUID=\"bbbbbbbb 11112222 33334444 55556666\"\r\n"
				   "AUTO +1.x -all\n"
				   "MAILADDR root\n"
				   "\tARRAY /dev/md1\n"
				   "ARRAY UUID=xyz";
	struct mdadmconf c = parse_bytes(*state, text, sizeof(text) - 1);

	assert_int_equal(c.n, 5);
	assert_int_equal(c.line[0].kind, MDADM_DEVICE);
	assert_int_equal(c.line[0].n, 2);
	assert_int_equal(c.line[1].kind, MDADM_ARRAY);
	assert_true(c.line[1].first == 4 && c.line[1].last == 6);
	assert_string_equal(c.line[1].device, "/dev/md/0");
	assert_string_equal(c.line[1].uuid, "aaaaaaaa111122223333444455556666");
	assert_string_equal(c.line[1].word[4], "name=a host:0");
	assert_string_equal(c.line[2].device, "<ignore>");
	assert_string_equal(c.line[2].uuid, "bbbbbbbb111122223333444455556666");
	assert_int_equal(c.line[3].kind, MDADM_AUTO);
	assert_string_equal(c.line[3].word[1], "-all");
	assert_true(c.line[4].first == 12 && !c.line[4].uuid && !c.line[4].device);
}

static void test_uuid(void **state)
{
	assert_null(mdadmconf_uuid(*state, ""));
	assert_null(mdadmconf_uuid(*state, "aaaaaaaa:11112222:33334444:5555666"));
	assert_null(mdadmconf_uuid(*state, "aaaaaaaa:11112222:33334444:555566667"));
	assert_null(mdadmconf_uuid(*state, "aaaaaaaa/11112222/33334444/55556666"));
	assert_string_equal(mdadmconf_uuid(*state, "AAAAAAAA-1111-2222-3333-444455556666"),
			    "aaaaaaaa111122223333444455556666");
}

static void test_hostile(void **state)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	struct mdadmconf c;

	assert_int_equal(parse_bytes(*state, "", 0).n, 0);
	assert_int_equal(parse_bytes(*state, "AR x\nARRAYS y\n", 14).n, 0);
	assert_int_equal(parse_bytes(*state, "ARRAY \"open", 11).line[0].n, 1);
	assert_int_equal(parse_bytes(*state, "ARRAY \0 x", 9).line[0].n, 0);
	for (size_t i = 0; i < 100000; i++)
		bytes_adds(&b, "ARRAY x\n");
	c = parse_bytes(*state, b.data, b.len);
	assert_true(c.n <= 2000);
	b.len = 0;
	for (size_t i = 0; i < 100000; i++)
		bytes_adds(&b, i ? " x\n" : "DEVICE x\n");
	c = parse_bytes(*state, b.data, b.len);
	assert_true(c.n == 1 && c.line[0].n <= 500 && c.line[0].last == 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(test_uuid, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hostile, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
