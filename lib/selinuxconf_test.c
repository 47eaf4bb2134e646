/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "lib/selinuxconf.h"

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

static struct selinuxconf parse_n(struct arena *a, const char *data, size_t len)
{
	struct selinuxconf c;

	selinuxconf_parse(a, text_new(a, SELINUXCONF_PATH, data, len), &c);
	return c;
}

static struct selinuxconf parse(struct arena *a, const char *s)
{
	return parse_n(a, s, strlen(s));
}

static void test_modes(void **state)
{
	static const struct {
		const char *text;
		enum selinux_mode mode;
		size_t mode_line, wrong_line;
	} rows[] = {
		{ "SELINUX=enforcing\n", SELINUX_ENFORCING, 1, 0 },
		{ "# SELINUX= can be\nSELINUX=Permissive # for now\r\n", SELINUX_PERMISSIVE, 2, 0 },
		{ "SELINUX= disabled\n", SELINUX_DISABLED, 1, 0 },
		{ "SELINUX=disabledX\n", SELINUX_DISABLED, 1, 0 },
		{ "SELINUX=disable\n", SELINUX_UNSPECIFIED, 0, 1 },
		{ "SELINUX=disable\nSELINUX=enforcing\n", SELINUX_ENFORCING, 2, 1 },
		{ "SELINUX=permissive\nSELINUX=enforcing\n", SELINUX_PERMISSIVE, 1, 0 },
		{ " SELINUX=enforcing\n", SELINUX_UNSPECIFIED, 0, 1 },
		{ "selinux=enforcing\n", SELINUX_UNSPECIFIED, 0, 1 },
		{ "SELINUX = enforcing\n", SELINUX_UNSPECIFIED, 0, 1 },
		{ "SELINUX=\n", SELINUX_UNSPECIFIED, 0, 1 },
		{ "SELINUXTYPE=targeted\n", SELINUX_UNSPECIFIED, 0, 0 },
		{ "\xEF\xBB\xBFSELINUX=enforcing\n", SELINUX_UNSPECIFIED, 0, 0 },
		{ "", SELINUX_UNSPECIFIED, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct selinuxconf c = parse(*state, rows[i].text);

		if (c.mode != rows[i].mode || c.mode_line != rows[i].mode_line ||
		    c.wrong_line != rows[i].wrong_line)
			fail_msg("row %zu: mode %d line %zu wrong %zu", i, c.mode, c.mode_line,
				 c.wrong_line);
	}
}

static void test_types(void **state)
{
	assert_string_equal(parse(*state, "").type, "targeted");
	assert_string_equal(parse(*state, "SELINUXTYPE=mls \r\n").type, "mls");
	assert_string_equal(parse(*state, "  selinuxtype=a\nSELINUXTYPE=b\n").type, "b");
	assert_int_equal(parse(*state, "  selinuxtype=a\nSELINUXTYPE=b\n").type_line, 2);
	assert_string_equal(parse(*state, "SELINUXTYPE=\n").type, "");
	assert_string_equal(parse(*state, "#SELINUXTYPE=mls\n").type, "targeted");
}

static void test_nearest(void **state UNUSED)
{
	assert_int_equal(selinuxconf_nearest("disable"), SELINUX_DISABLED);
	assert_int_equal(selinuxconf_nearest("enforce"), SELINUX_ENFORCING);
	assert_int_equal(selinuxconf_nearest("Enforcng"), SELINUX_ENFORCING);
	assert_int_equal(selinuxconf_nearest("permisive"), SELINUX_PERMISSIVE);
	assert_int_equal(selinuxconf_nearest("off"), SELINUX_UNSPECIFIED);
	assert_int_equal(selinuxconf_nearest(""), SELINUX_UNSPECIFIED);
	assert_int_equal(
		selinuxconf_nearest("an endless value that no buffer of this size can hold"),
		SELINUX_UNSPECIFIED);
}

static void test_nul_and_garbage(void **state)
{
	static const char zeros[8192];

	assert_int_equal(parse_n(*state, zeros, sizeof(zeros)).mode, SELINUX_UNSPECIFIED);
	assert_int_equal(parse_n(*state, "SELINUX=\0enforcing\n", 19).mode, SELINUX_UNSPECIFIED);
}

static void test_policies(void **state)
{
	char dir[] = "/tmp/selinuxconf.XXXXXX";
	_cleanup_root_ struct root *r = NULL;
	_cleanup_free_ char *cmd = NULL;
	const char *const *types;

	assert_non_null(mkdtemp(dir));
	cmd = xasprintf(
		"cd %s && mkdir -p etc/selinux/targeted/policy etc/selinux/mls/policy "
		"etc/selinux/broken/policy && echo x > etc/selinux/targeted/policy/policy.31 && "
		": > etc/selinux/mls/policy/policy.31 && "
		"echo x > etc/selinux/broken/policy/policy.kern",
		dir);
	assert_int_equal(system(cmd), 0);
	assert_int_equal(root_open_dir(dir, &r), 0);
	assert_true(selinuxconf_has_policy(r, "targeted"));
	assert_false(selinuxconf_has_policy(r, "mls"));
	assert_false(selinuxconf_has_policy(r, "broken"));
	assert_false(selinuxconf_has_policy(r, "absent"));
	assert_false(selinuxconf_has_policy(r, "../selinux/targeted"));
	assert_false(selinuxconf_has_policy(r, ""));
	types = selinuxconf_types(r, *state);
	assert_string_equal(types[0], "targeted");
	assert_null(types[1]);
	free(cmd);
	cmd = xasprintf("rm -rf %s", dir);
	assert_int_equal(system(cmd), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_modes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_types, setup, teardown),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test_setup_teardown(test_nul_and_garbage, setup, teardown),
		cmocka_unit_test_setup_teardown(test_policies, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
