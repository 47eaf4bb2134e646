/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/sshdrules.h"
#include "lib/testtree.h"

/* NULs between the texts, as in a program. */
#define WORDS                                                                     \
	"\0OpenSSH_6.6.1*\0OpenSSH_%s\0OpenSSH_7.4p1 Vendor\0port\0usepam\0"      \
	"passwordauthentication\0authorizedkeysfile\0logingracetime\0subsystem\0" \
	"x11forwarding\0allowusers\0ciphers\0match\0banner\0permitrootlogin\0"    \
	"without-password\0aes256-ctr\0vendorsown\0"

static const char words[] = WORDS;

static const char *judge(struct testtree *t, struct sshdbinary *b, const char *line)
{
	struct sshdrules r = { t->arena, b };
	struct sshdline l;

	return sshdline_parse(t->arena, line, &l) ? sshdrules_judge(&r, &l, false) : NULL;
}

static void test_lines(void **state)
{
	static const struct {
		const char *line, *keyword, *rest;
		size_t n;
		enum sshdline_fault fault;
	} t[] = {
		{ "Port 22", "port", "22", 1, SSHDLINE_SOUND },
		{ " \tPORT=22\r\n", "port", "22", 1, SSHDLINE_SOUND },
		{ "Port", "port", "", 0, SSHDLINE_NO_ARGUMENT },
		{ "Port  = ", "port", "", 0, SSHDLINE_NO_ARGUMENT },
		{ "A \"b c\" d\\ e 'f' # g", "a", "\"b c\" d\\ e 'f' # g", 3, SSHDLINE_SOUND },
		{ "A b\"c d\"e", "a", "b\"c d\"e", 1, SSHDLINE_SOUND },
		{ "A \"b", "a", "\"b", 0, SSHDLINE_QUOTES },
		{ "A b#c", "a", "b#c", 1, SSHDLINE_SOUND },
		{ "\"A\" b", "a", "b", 1, SSHDLINE_SOUND },
		{ "A \\", "a", "\\", 1, SSHDLINE_SOUND },
		{ "A \"\"", "a", "\"\"", 1, SSHDLINE_SOUND },
	};
	struct testtree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct sshdline l;

		assert_true(sshdline_parse(tree->arena, t[i].line, &l));
		assert_string_equal(l.keyword, t[i].keyword);
		assert_string_equal(l.rest, t[i].rest);
		assert_int_equal(l.n, t[i].n);
		assert_int_equal(l.fault, t[i].fault);
	}
}

static void test_no_lines(void **state)
{
	static const char *const t[] = { "", " ", "\t\r\n", "# x", "  #", "\"A b", "A\"b c" };
	struct testtree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct sshdline l;

		assert_false(sshdline_parse(tree->arena, t[i], &l));
	}
}

static void test_many_words(void **state)
{
	struct testtree *tree = *state;
	_cleanup_bytes_ struct bytes b = { 0 };
	struct sshdline l;

	bytes_adds(&b, "AllowUsers");
	for (unsigned i = 0; i < 100000; i++)
		bytes_adds(&b, " u");
	assert_true(sshdline_parse(tree->arena, b.data, &l));
	assert_int_equal(l.n, SSHDLINE_WORDS);
	assert_true(l.more);
}

static void test_binary(void **state)
{
	struct testtree *tree = *state;
	struct sshdbinary b = { .b = { (char *)words, sizeof(words), 0 }, .tells = true };

	assert_int_equal(sshdbinary_knows(&b, "usepam"), SSHDBINARY_YES);
	assert_int_equal(sshdbinary_knows(&b, "pam"), SSHDBINARY_YES); /* an end of it */
	assert_int_equal(sshdbinary_knows(&b, "use"), SSHDBINARY_NO);
	assert_null(judge(tree, &b, "VendorsOwn whatever"));
	assert_non_null(judge(tree, &b, "OthersOwn whatever"));
	assert_non_null(judge(tree, &b, "PermitTTY yes")); /* this one is older */
	assert_non_null(judge(tree, &b, "PermitRootLogin prohibit-password"));
	assert_null(judge(tree, &b, "PermitRootLogin without-password"));
	assert_non_null(judge(tree, &b, "Ciphers aes256-ctr,arcfour"));
	assert_null(judge(tree, &b, "Ciphers -arcfour"));
	b.tells = false;
	assert_null(judge(tree, &b, "OthersOwn whatever"));
	assert_null(judge(tree, &b, "PermitTTY yes"));
	assert_non_null(judge(tree, &b, "UsePAMM yes"));
}

static void test_versions(void **state)
{
	struct testtree *tree = *state;
	struct sshdbinary old = { .version = 604 }, new = { .version = 902 }, none = { 0 };

	assert_non_null(judge(tree, &old, "Port 22 # x"));
	assert_null(judge(tree, &new, "Port 22 # x"));
	assert_null(judge(tree, &none, "Port 22 # x"));
	assert_null(judge(tree, &old, "MaxSessions ten"));
	assert_non_null(judge(tree, &new, "MaxSessions ten"));
	assert_non_null(judge(tree, &old, "Ciphers +aes256-ctr"));
	assert_null(judge(tree, &none, "UsePrivilegeSeparation sandbox"));
}

static void test_nearest(void **state)
{
	(void)state;
	assert_string_equal(sshdrules_nearest("permitrootlogn"), "permitrootlogin");
	assert_string_equal(sshdrules_nearest("prot"), "port");
	assert_null(sshdrules_nearest("somethingelse"));
	assert_null(sshdrules_nearest(""));
}

static void test_open(void **state)
{
	struct testtree *tree = *state;
	struct scan s = { .root = tree->root, .arena = tree->arena };
	_cleanup_sshdbinary_ struct sshdbinary b, none;

	sshdbinary_open(&s, &none);
	assert_int_equal(none.version, 0);
	assert_false(none.tells);
	testtree_put(tree, "/usr/sbin/sshd", words, sizeof(words));
	sshdbinary_open(&s, &b);
	assert_int_equal(b.version, 704);
	assert_true(b.tells);
	assert_true(sshdbinary_holds(&s, "vendors"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, testtree_setup, testtree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_lines),	  T(test_no_lines), T(test_many_words), T(test_binary),
		T(test_versions), T(test_nearest),  T(test_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
