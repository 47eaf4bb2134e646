/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "lib/shelltest.h"
#include "lib/shellword.h"

static int setup(void **state)
{
	struct shellword_env *env = xcalloc(1, sizeof(*env));

	env->arena = arena_new();
	env->home = "/root";
	shellword_set(env, "HOME", SHELLWORD_KNOWN, "/root");
	shellword_set(env, "E", SHELLWORD_KNOWN, "");
	shellword_set(env, "P", SHELLWORD_SET, "");
	shellword_set(env, "U", SHELLWORD_UNKNOWN, "");
	shellword_set(env, "F", SHELLWORD_KNOWN, "/a/b.sh");
	shellword_set(env, "-", SHELLWORD_KNOWN, "himBHs");
	*state = env;
	return 0;
}

static int teardown(void **state)
{
	struct shellword_env *env = *state;

	arena_free(env->arena);
	free(env);
	return 0;
}

static void test_known(void **state)
{
	static const char *const words[][2] = {
		{ "", "" },
		{ "a", "a" },
		{ "'a b'", "a b" },
		{ "\"a b\"", "a b" },
		{ "a\\ b", "a b" },
		{ "~", "/root" },
		{ "~/.x", "/root/.x" },
		{ "\"~\"", "~" },
		{ "$HOME/x", "/root/x" },
		{ "\"${HOME}/x\"", "/root/x" },
		{ "'$HOME'", "$HOME" },
		{ "\\$HOME", "$HOME" },
		{ "\"\\$HOME\"", "$HOME" },
		{ "\"a\\b\"", "a\\b" },
		{ "$NOPE", "" },
		{ "x$NOPE", "x" },
		{ "${NOPE:-d}", "d" },
		{ "${NOPE-d}", "d" },
		{ "${E:-d}", "d" },
		{ "${E-d}", "" },
		{ "${F:-d}", "/a/b.sh" },
		{ "${F:+y}", "y" },
		{ "${NOPE+y}", "" },
		{ "${E+y}", "y" },
		{ "${P:+y}", "y" },
		{ "${F##*/}", "b.sh" },
		{ "${F#*/}", "a/b.sh" },
		{ "${F%.sh}", "/a/b" },
		{ "${F%/*}", "/a" },
		{ "${F%%/*}", "" },
		{ "${F#nope}", "/a/b.sh" },
		{ "${-#*i}", "mBHs" },
		{ "$-", "himBHs" },
		{ "${NOPE:-${F##*/}}", "b.sh" },
		{ "$(id -u)", "0" },
		{ "\"`id -u`\"", "0" },
		{ "$(/usr/bin/id -u 2>/dev/null)", "0" },
		{ "a\\\nb", "ab" },
		{ "\"\"", "" },
		{ "$", "$" },
		{ "a$", "a$" },
		{ "${NOPE:='x y'}", "x y" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct shellword_value v = shellword_expand(*state, words[i][0]);

		assert_int_equal(v.state, SHELLWORD_KNOWN);
		assert_string_equal(v.s, words[i][1]);
	}
}

static void test_not_known(void **state)
{
	static const struct {
		const char *word;
		enum shellword_state state;
	} words[] = {
		{ "$U", SHELLWORD_UNKNOWN },	   { "$P", SHELLWORD_SET },
		{ "a$U", SHELLWORD_SET },	   { "$(tty)", SHELLWORD_UNKNOWN },
		{ "${U:-x}", SHELLWORD_UNKNOWN },  { "${F//a/b}", SHELLWORD_UNKNOWN },
		{ "${#F}", SHELLWORD_UNKNOWN },	   { "${!F}", SHELLWORD_UNKNOWN },
		{ "~user/x", SHELLWORD_SET },	   { "$TERM", SHELLWORD_UNKNOWN },
		{ "$SSH_TTY", SHELLWORD_UNKNOWN }, { "$1", SHELLWORD_UNKNOWN },
		{ "${F", SHELLWORD_KNOWN },	   { "${", SHELLWORD_UNKNOWN },
		{ "$(", SHELLWORD_UNKNOWN },	   { "\"$(", SHELLWORD_UNKNOWN },
		{ "'", SHELLWORD_KNOWN },	   { "\"", SHELLWORD_KNOWN },
		{ "`", SHELLWORD_UNKNOWN },	   { "\\", SHELLWORD_KNOWN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		assert_int_equal(shellword_expand(*state, words[i].word).state, words[i].state);
	((struct shellword_env *)*state)->wild = true;
	assert_int_equal(shellword_expand(*state, "$NOPE").state, SHELLWORD_UNKNOWN);
	assert_int_equal(shellword_expand(*state, "$F").state, SHELLWORD_KNOWN);
}

static void test_glob(void **state)
{
	(void)state;
	assert_true(shellword_is_glob("/etc/profile.d/*.sh"));
	assert_true(shellword_is_glob("\"$d\"/[ab]"));
	assert_false(shellword_is_glob("'*'"));
	assert_false(shellword_is_glob("\\*"));
	assert_false(shellword_is_glob("a'"));
}

static enum shelltest_truth eval(struct shellword_env *env, const struct root *r, const char *s,
				 enum shelltest_form form)
{
	struct shelllex_word w[16];
	char *copy = arena_strdup(env->arena, s);
	size_t n = 0;

	for (char *tok = strtok(copy, " "); tok && n < ARRAY_SIZE(w); tok = strtok(NULL, " "))
		w[n++] = (struct shelllex_word){ tok, 1 };
	return shelltest_eval(r, env, w, n, form);
}

static void test_conditions(void **state)
{
	static const struct {
		const char *s;
		enum shelltest_truth single, both;
	} c[] = {
		{ "", SHELLTEST_FALSE, SHELLTEST_FALSE },
		{ "x", SHELLTEST_TRUE, SHELLTEST_TRUE },
		{ "\"$E\"", SHELLTEST_FALSE, SHELLTEST_FALSE },
		{ "-n \"$F\"", SHELLTEST_TRUE, SHELLTEST_TRUE },
		{ "-z \"$NOPE\"", SHELLTEST_TRUE, SHELLTEST_TRUE },
		{ "-z \"$P\"", SHELLTEST_FALSE, SHELLTEST_FALSE },
		{ "-z \"$U\"", SHELLTEST_UNSURE, SHELLTEST_UNSURE },
		{ "! -z \"$P\"", SHELLTEST_TRUE, SHELLTEST_TRUE },
		{ "$F = /a/b.sh", SHELLTEST_TRUE, SHELLTEST_TRUE },
		{ "$F = /a/*", SHELLTEST_FALSE, SHELLTEST_TRUE },
		{ "$- = *i*", SHELLTEST_FALSE, SHELLTEST_TRUE },
		{ "$- != *i*", SHELLTEST_TRUE, SHELLTEST_FALSE },
		{ "\"$P\" = \"\"", SHELLTEST_FALSE, SHELLTEST_FALSE },
		{ "\"$P\" = x", SHELLTEST_UNSURE, SHELLTEST_UNSURE },
		{ "$(id -eq 0", SHELLTEST_UNSURE, SHELLTEST_UNSURE },
		{ "0 -eq 0", SHELLTEST_TRUE, SHELLTEST_TRUE },
		{ "200 -gt 199", SHELLTEST_TRUE, SHELLTEST_TRUE },
		{ "-d /", SHELLTEST_TRUE, SHELLTEST_TRUE },
		{ "-f /", SHELLTEST_FALSE, SHELLTEST_FALSE },
		{ "-e /no/such/thing", SHELLTEST_FALSE, SHELLTEST_FALSE },
		{ "-e /dev/tty1", SHELLTEST_UNSURE, SHELLTEST_UNSURE },
		{ "-t 0", SHELLTEST_UNSURE, SHELLTEST_UNSURE },
		{ "-n x -a -n \"$E\"", SHELLTEST_FALSE, SHELLTEST_UNSURE },
		{ "-n x -o -n \"$U\"", SHELLTEST_TRUE, SHELLTEST_UNSURE },
		{ "-n x && -n y", SHELLTEST_UNSURE, SHELLTEST_TRUE },
		{ "-z x || -n y", SHELLTEST_UNSURE, SHELLTEST_TRUE },
		{ "( x )", SHELLTEST_UNSURE, SHELLTEST_UNSURE },
		{ "! ! x", SHELLTEST_TRUE, SHELLTEST_TRUE },
		{ "x =~ y", SHELLTEST_UNSURE, SHELLTEST_UNSURE },
	};
	struct root *r;

	assert_int_equal(root_open_dir("/", &r), 0);
	for (size_t i = 0; i < ARRAY_SIZE(c); i++) {
		assert_int_equal(eval(*state, r, c[i].s, SHELLTEST_SINGLE), c[i].single);
		assert_int_equal(eval(*state, r, c[i].s, SHELLTEST_DOUBLE), c[i].both);
	}
	root_close(r);
}

static void test_hostile(void **state)
{
	static const char *const units[] = {
		"${a:-", "$(", "\"", "'", "`", "\\", "${", "${F#", "$"
	};

	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		struct bytes b = { 0 };

		for (size_t k = 0; k < 3000; k++)
			bytes_adds(&b, units[i]);
		shellword_expand(*state, b.data);
		shellword_pattern(*state, b.data);
		shellword_is_glob(b.data);
		bytes_free(&b);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_known),      TEST(test_not_known), TEST(test_glob),
		TEST(test_conditions), TEST(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
