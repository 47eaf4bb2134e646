/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/crypthash.h"
#include "lib/testtree.h"

#define TAIL43 "rnCuOqWo.paDhUxsmHP0RfEIDdETSMulnLCs8sxkDq/"
#define MD5 "$1$k2XAnEHB$rbDfQq368qWY4bas.D3Ac0"
#define SHA256 "$5$k2XAnEHBqQ1Ct2aM$" TAIL43
#define SHA512                                                              \
	"$6$rounds=5000$k2XAnEHBqQ1Ct2aM$iHrwyiyKiHg2YYwyBUuMGKxA1KEcXtz5/" \
	"1GeBzr0MS1P/uuE3hZ0bFaooxSWrUiR3AnSTuj.ImcGKhyGcmwS5."
#define BCRYPT "$2b$05$KBCwKxOzLha2MUDgW0PjXeGy8zDyKFegpVV4y0qPBUgij10WNyKY6"
#define YESCRYPT "$y$j9T$k2XAnEHBqQ1Ct2aMXFKNa/HAmA1$" TAIL43
#define SCRYPT "$7$CU..../....k2XAnEHBqQ1Ct2aMXFKNa/HAmA1$" TAIL43
#define SHA1 "$sha1$249552$qI1BtUnBX7KMaJ4Nm21A$Y1gHmQESOs/1qZBuX3gZDL36CdoE"
#define SUNMD5 "$md5,rounds=45105$mA1BpMnB$$kpigs33xa/yO4/1LaCp2b/"

static const struct crypthash_methods unknown;

static enum crypthash_grade grade(const char *s, const struct crypthash_methods *m)
{
	const char *method;

	return crypthash_grade(s, m, &method);
}

static void test_shapes(void **state UNUSED)
{
	static const char *const good[] = { MD5,
					    SHA256,
					    SHA512,
					    BCRYPT,
					    YESCRYPT,
					    SCRYPT,
					    SHA1,
					    SUNMD5,
					    "kl.bVxHBAClgE",
					    "_J9..k2XAYfyaWNeEMnc",
					    "$3$$878d8014606cda29677a44efa1353fc7" };
	static const char *const locked[] = { "*", "!",	 "!!", "!*",	  "*LK*",
					      "x", "NP", "LK", ("!" MD5), "*NP*" };
	static const char *const garbage[] = {
		"notahash",
		"secret",
		"$6$salt",
		"$6$",
		"$6$salt$short",
		"$1$k2XAnEHB$rbDfQq368qWY4bas.D3Ac",
		"$9$salt$whatever",
		"$",
		"$$",
		"kl.bVxHBAClg",
		"kl.bVxHBAC:gE",
		" ",
		SHA512 "x",
		"$y$j9T$k2XAnEHBqQ1Ct2aMXFKNa/HAmA1",
		"\\$1\\$k2XAnEHB",
		"$6$" TAIL43 TAIL43,
	};

	assert_int_equal(grade("", &unknown), CRYPTHASH_EMPTY);
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		if (grade(good[i], &unknown) != CRYPTHASH_GOOD)
			fail_msg("not good: %s", good[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(locked); i++) {
		if (grade(locked[i], &unknown) != CRYPTHASH_LOCKED)
			fail_msg("not locked: %s", locked[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(garbage); i++) {
		if (grade(garbage[i], &unknown) != CRYPTHASH_GARBAGE)
			fail_msg("not garbage: %s", garbage[i]);
	}
}

static void test_musl(void **state UNUSED)
{
	struct crypthash_methods m;

	crypthash_methods(NULL, NULL, CRYPTHASH_ON_MUSL, &m);
	assert_int_equal(m.lib, CRYPTHASH_MUSL);
	assert_int_equal(grade(SHA512, &m), CRYPTHASH_GOOD);
	assert_int_equal(grade(BCRYPT, &m), CRYPTHASH_GOOD);
	assert_int_equal(grade(YESCRYPT, &m), CRYPTHASH_UNREADABLE);
}

static void put_elf(struct testtree *t, const char *path, const char *strings)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	char zeros[128] = { 0 };

	bytes_adds(&b, "\177ELF");
	bytes_add(&b, zeros, sizeof(zeros));
	bytes_adds(&b, strings);
	testtree_put(t, path, b.data, b.len);
}

static void test_glibc_by_name(void **state)
{
	struct testtree *t = *state;
	struct crypthash_methods m;

	testtree_dir(t, "/lib64");
	put_elf(t, "/lib64/libcrypt-2.17.so", "");
	testtree_link(t, "/lib64/libcrypt.so.1", "libcrypt-2.17.so");
	crypthash_methods(t->root, t->arena, CRYPTHASH_ON_GLIBC, &m);
	assert_int_equal(m.lib, CRYPTHASH_GLIBC);
	assert_string_equal(m.path, "/lib64/libcrypt-2.17.so");
	assert_int_equal(grade(SHA512, &m), CRYPTHASH_GOOD);
	assert_int_equal(grade(YESCRYPT, &m), CRYPTHASH_UNREADABLE);
	assert_int_equal(grade(BCRYPT, &m), CRYPTHASH_UNREADABLE);
	assert_int_equal(grade("kl.bVxHBAClgE", &m), CRYPTHASH_GOOD);
}

static void test_xcrypt_by_bytes(void **state)
{
	struct testtree *t = *state;
	struct crypthash_methods m;

	testtree_dir(t, "/usr");
	testtree_dir(t, "/usr/lib");
	testtree_dir(t, "/usr/lib/x86_64-linux-gnu");
	put_elf(t, "/usr/lib/x86_64-linux-gnu/libcrypt.so.1.1.0", "XCRYPT_2.0 $2b$ $1$ $5$ $6$");
	testtree_link(t, "/usr/lib/x86_64-linux-gnu/libcrypt.so.1", "libcrypt.so.1.1.0");
	crypthash_methods(t->root, t->arena, CRYPTHASH_ON_GLIBC, &m);
	assert_int_equal(m.lib, CRYPTHASH_XCRYPT);
	assert_int_equal(grade(BCRYPT, &m), CRYPTHASH_GOOD);
	assert_int_equal(grade(YESCRYPT, &m), CRYPTHASH_UNREADABLE);
}

static void test_nothing_known(void **state)
{
	struct testtree *t = *state;
	struct crypthash_methods m;

	testtree_dir(t, "/lib");
	testtree_put(t, "/lib/libcrypt.so.1", "text", 4);
	crypthash_methods(t->root, t->arena, CRYPTHASH_ON_GLIBC, &m);
	assert_int_equal(m.lib, CRYPTHASH_UNKNOWN);
	assert_int_equal(grade(YESCRYPT, &m), CRYPTHASH_GOOD);
	assert_int_equal(grade("plain", &m), CRYPTHASH_GARBAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_musl),
		cmocka_unit_test_setup_teardown(test_glibc_by_name, testtree_setup,
						testtree_teardown),
		cmocka_unit_test_setup_teardown(test_xcrypt_by_bytes, testtree_setup,
						testtree_teardown),
		cmocka_unit_test_setup_teardown(test_nothing_known, testtree_setup,
						testtree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
