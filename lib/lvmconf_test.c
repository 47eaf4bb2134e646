/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/lvmconf.h"

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

static struct lvmconf parse_bytes(struct arena *a, const char *s, size_t len)
{
	struct lvmconf c;

	lvmconf_parse(a, text_new(a, "/etc/lvm/lvm.conf", s, len), &c);
	return c;
}

static struct lvmconf parse(void **state, const char *s)
{
	return parse_bytes(*state, s, strlen(s));
}

static void test_shapes(void **state)
{
	struct lvmconf c = parse(state, "# Comment with \"quotes\" and { braces\n"
					"config { checks = 1 }\n"
					"devices {\n"
					"\tdir = \"/dev\"\t# the directory\n"
					"\tscan = [ \"/dev\", '/dev/mapper' ]\n"
					"\tfilter = [\n"
					"\t\t# both\n"
					"\t\t\"a|^/dev/sd\\\"a|\", \"a\\\\b\",\n"
					"\t\t\"r|.*|\",\n"
					"\t]\n"
					"\tempty = [ ]\n"
					"\tinner { deep = -1.5 }\n"
					"}\n"
					"devices/filter = \"a/x/\"\n");
	const struct lvmconf_value *v;

	assert_int_equal(c.bad_line, 0);
	assert_int_equal(c.n, 7);
	v = lvmconf_find(&c, "config/checks");
	assert_string_equal(v->word[0], "1");
	assert_false(v->alone);
	v = lvmconf_find(&c, "devices/dir");
	assert_true(v->alone && v->first == 4 && v->last == 4);
	v = lvmconf_find(&c, "devices/scan");
	assert_int_equal(v->n, 2);
	assert_string_equal(v->word[1], "/dev/mapper");
	assert_int_equal(lvmconf_find(&c, "devices/empty")->n, 0);
	assert_string_equal(lvmconf_find(&c, "devices/inner/deep")->word[0], "-1.5");
	/* The last of one name counts, however it is written. */
	v = lvmconf_find(&c, "devices/filter");
	assert_int_equal(v->first, 14);
	v = &c.v[3];
	assert_true(v->alone && v->first == 6 && v->last == 10 && v->n == 3);
	assert_string_equal(v->word[0], "a|^/dev/sd\"a|");
	assert_string_equal(v->word[1], "a\\b");
	assert_null(lvmconf_find(&c, "filter"));
}

static void test_not_alone(void **state)
{
	struct lvmconf c = parse(state, "devices { filter = [ \"r|.*|\" ]\n}\n"
					"a = 1 b = 2\nc = 3 # only\n d = 4\r\n");

	assert_int_equal(c.bad_line, 0);
	assert_false(lvmconf_find(&c, "devices/filter")->alone);
	assert_false(lvmconf_find(&c, "a")->alone);
	assert_false(lvmconf_find(&c, "b")->alone);
	assert_true(lvmconf_find(&c, "c")->alone);
	assert_true(lvmconf_find(&c, "d")->alone);
}

static void test_hostile(void **state)
{
	static const struct {
		const char *s;
		size_t line, n;
	} bad[] = {
		{ "x", 1, 0 },
		{ "x\n", 2, 0 },
		{ "a = 1\ndevices {\n", 3, 1 },
		{ "a = 1\n}", 2, 1 },
		{ "a = \"open\nb = 1\n", 3, 0 },
		{ "a = [ 1, 2\n", 2, 0 },
		{ "a = [ 1 2 ]\n", 1, 0 },
		{ "a = [ , ]\n", 1, 0 },
		{ "a =\n", 2, 0 },
		{ "= 1\n", 1, 0 },
		{ "a = 'x\\'\n'", 2, 1 },
		{ "{ }", 1, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct lvmconf c = parse(state, bad[i].s);

		if (c.bad_line != bad[i].line || c.n != bad[i].n)
			fail_msg("'%s': line %zu, %zu settings", bad[i].s, c.bad_line, c.n);
	}
	assert_int_equal(parse_bytes(*state, "a = 1\n\0\0", 8).n, 1);
	assert_int_equal(parse_bytes(*state, "a = \"\0\"", 7).n, 0);
	assert_int_equal(parse_bytes(*state, "", 0).bad_line, 0);
}

static void test_bounds(void **state)
{
	_cleanup_bytes_ struct bytes deep = { 0 }, many = { 0 }, list = { 0 };
	struct lvmconf c;

	for (size_t i = 0; i < 100000; i++) {
		bytes_adds(&deep, "a {");
		bytes_adds(&many, "a=1\n");
		bytes_adds(&list, i ? ",1" : "a=[1");
	}
	c = parse_bytes(*state, deep.data, deep.len);
	assert_true(c.bad_line && c.n == 0);
	c = parse_bytes(*state, many.data, many.len);
	assert_true(c.bad_line && c.n <= 4000);
	c = parse_bytes(*state, list.data, list.len);
	assert_true(c.bad_line && c.n == 0);
}

static enum lvmconf_verdict judge(void **state, const char *list, const char *device)
{
	struct lvmconf c = parse(state, arena_printf(*state, "filter = [ %s ]", list));

	assert_int_equal(c.n, 1);
	return lvmconf_filter(&c.v[0], device);
}

static void test_filter(void **state)
{
	static const struct {
		const char *list, *device;
		enum lvmconf_verdict v;
	} t[] = {
		{ "", "/dev/sda2", LVMCONF_ACCEPTED },
		{ "\"a|.*|\"", "/dev/sda2", LVMCONF_ACCEPTED },
		{ "\"r|.*|\"", "/dev/sda2", LVMCONF_REJECTED },
		{ "\"a|^/dev/sda|\", \"r|.*|\"", "/dev/sda2", LVMCONF_ACCEPTED },
		{ "\"a|^/dev/sda|\", \"r|.*|\"", "/dev/vda2", LVMCONF_REJECTED },
		{ "\"a|^/dev/sda1$|\", \"r|.*|\"", "/dev/sda12", LVMCONF_REJECTED },
		{ "\"r/sd[b-z]/\"", "/dev/sda2", LVMCONF_ACCEPTED },
		{ "\"r/sd[b-z]/\"", "/dev/sdb1", LVMCONF_REJECTED },
		{ "\"a(sda)\", \"r{.*}\"", "/dev/sda2", LVMCONF_ACCEPTED },
		{ "\"r{loop}\"", "/dev/sda2", LVMCONF_ACCEPTED },
		{ "\"x|.*|\"", "/dev/sda2", LVMCONF_UNKNOWN },
		{ "\"a|\"", "/dev/sda2", LVMCONF_UNKNOWN },
		{ "\"a\"", "/dev/sda2", LVMCONF_UNKNOWN },
		{ "\"\"", "/dev/sda2", LVMCONF_UNKNOWN },
		{ "\"a|sd|junk\"", "/dev/sda2", LVMCONF_UNKNOWN },
		{ "\"a|(((|\"", "/dev/sda2", LVMCONF_UNKNOWN },
		{ "\"a|(a{1,255}){1,255}|\"", "/dev/sda2", LVMCONF_UNKNOWN },
		{ "\"a|(.)\\\\1|\"", "/dev/sda2", LVMCONF_UNKNOWN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		if (judge(state, t[i].list, t[i].device) != t[i].v)
			fail_msg("%s with %s", t[i].list, t[i].device);
	}
}

static void test_links(void **state)
{
	struct lvmconf c = parse(state, "a = [ \"a|/dev/disk/by-id/x|\" ]\n"
					"b = [ \"r|/dev/disk|\", \"a|sda|\" ]\n"
					"c = [ \"a|mpath|\", \"r|.*|\" ]\n");

	assert_true(lvmconf_filter_has_links(&c.v[0]));
	assert_false(lvmconf_filter_has_links(&c.v[1]));
	assert_true(lvmconf_filter_has_links(&c.v[2]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_shapes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hostile, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bounds, setup, teardown),
		cmocka_unit_test_setup_teardown(test_filter, setup, teardown),
		cmocka_unit_test_setup_teardown(test_links, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
