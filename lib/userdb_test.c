/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "lib/userdb.h"

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

static struct userdb parse_n(struct arena *a, enum userdb_kind kind, enum userdb_libc libc,
			     const char *data, size_t len)
{
	struct userdb db;

	userdb_parse(a, text_new(a, "/etc/x", data, len), kind, libc, &db);
	return db;
}

static struct userdb parse(struct arena *a, enum userdb_kind kind, const char *s)
{
	return parse_n(a, kind, USERDB_GLIBC, s, strlen(s));
}

static void test_plain(void **state)
{
	struct userdb db = parse(*state, USERDB_PASSWD,
				 "root:x:0:0:root:/root:/bin/bash\n"
				 "games:x:5:60:games:/usr/games:/usr/sbin/nologin\n");

	assert_int_equal(db.n, 2);
	assert_true(userdb_is_sound(&db));
	assert_string_equal(db.e[0].field[PW_SHELL], "/bin/bash");
	assert_int_equal(db.e[1].id, 5);
	assert_int_equal(db.e[1].gid, 60);
	assert_ptr_equal(userdb_by_id(&db, 5), &db.e[1]);
	assert_null(userdb_find(&db, "nobody"));
}

static void test_skipped_lines(void **state)
{
	struct userdb db = parse(*state, USERDB_PASSWD,
				 "# made by hand\n\n   \n  root:x:0:0::/root:/bin/sh\n"
				 "+@admins::::::\n-guest\n+\n \t# end\n");

	assert_int_equal(db.n, 1);
	assert_int_equal(db.e[0].line, 4);
	assert_string_equal(db.e[0].name, "root");
	assert_true(db.nis);
	assert_true(userdb_is_sound(&db));
}

struct row {
	const char *line;
	unsigned faults;
	bool dead;
};

static void check_rows(struct arena *a, enum userdb_kind kind, enum userdb_libc libc,
		       const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct userdb db = parse_n(a, kind, libc, rows[i].line, strlen(rows[i].line));

		if (db.n != 1 || db.e[0].faults != rows[i].faults || db.e[0].dead != rows[i].dead)
			fail_msg("row %zu '%s': %zu entries, faults %u, dead %d", i, rows[i].line,
				 db.n, db.n ? db.e[0].faults : 0, db.n ? db.e[0].dead : 0);
	}
}

static void test_passwd_lines(void **state)
{
	static const struct row rows[] = {
		{ "root:x:0:0:root:/root:/bin/bash", 0, false },
		{ "root:x:0:0:root:/root:/bin/bash\r", USERDB_CR, false },
		{ "\xEF\xBB\xBFroot:x:0:0::/root:/bin/sh", USERDB_BOM, false },
		{ "root:x:0:0:root:/root", USERDB_SHORT, false },
		{ "root:x:0:0", USERDB_SHORT, false },
		{ "root:x:0:0\r", USERDB_SHORT | USERDB_CR, true },
		{ "root:x:0", USERDB_SHORT, true },
		{ "root", USERDB_SHORT, true },
		{ "root:x:0:0:root:/root:/bin/bash:extra", USERDB_LONG, false },
		{ "root:x:O:0:root:/root:/bin/bash", USERDB_NUMBER, true },
		{ "root:x::0:root:/root:/bin/bash", USERDB_NUMBER, true },
		{ "root:x:4294967295:0:root:/root:/bin/bash", USERDB_NUMBER, true },
		{ "root:x:99999999999999999999:0:root:/root:/bin/bash", USERDB_NUMBER, true },
		{ "root:x:-1:0:root:/root:/bin/bash", USERDB_NUMBER, true },
		{ ":x:0:0:root:/root:/bin/bash", USERDB_NO_NAME, true },
	};

	check_rows(*state, USERDB_PASSWD, USERDB_GLIBC, rows, ARRAY_SIZE(rows));
}

static void test_passwd_lines_of_musl(void **state)
{
	static const struct row rows[] = {
		{ "root:x:0:0:root:/root:/bin/ash", 0, false },
		{ "root:x:0:0:root:/root", USERDB_SHORT, true },
	};

	check_rows(*state, USERDB_PASSWD, USERDB_MUSL, rows, ARRAY_SIZE(rows));
}

/* Each row was tried on fgetspent(3) of glibc 2.36. */
static void test_shadow_lines(void **state)
{
	static const struct row rows[] = {
		{ "root:*:20000:0:99999:7:::", 0, false },
		{ "root:*:::::::", 0, false },
		{ "root:*:20000:0:99999:7:-1:-1:", 0, false }, /* older glibc takes it */
		{ "root:*:20000:0:99999:7:::\r", USERDB_CR, true },
		{ "root:*:20000:0:99999:7::", USERDB_SHORT, true },
		{ "root:*:20000:0:99999:7::20000", 0, false },
		{ "root:*:20000:0:99999:7:", USERDB_SHORT, true },
		{ "root:*:20000:0:99999:7", USERDB_SHORT, true },
		{ "root:*:20000:0:99999:", 0, false },
		{ "root:*:20000:0:99999", 0, false },
		{ "root:*:20000:0", USERDB_SHORT, true },
		{ "root:*", USERDB_SHORT, true },
		{ "root:*:20000:0:99999:7::::", USERDB_LONG, true },
		{ "root:*:2o000:0:99999:7:::", USERDB_NUMBER, true },
	};

	check_rows(*state, USERDB_SHADOW, USERDB_GLIBC, rows, ARRAY_SIZE(rows));
}

static void test_group_lines(void **state)
{
	static const struct row rows[] = {
		{ "wheel:x:10:alice,bob", 0, false },
		{ "wheel:x:10:", 0, false },
		{ "wheel:x:10", 0, false },
		{ "wheel:x:10:alice\r", USERDB_CR, false },
		{ "wheel:x:10\r", USERDB_CR, true },
		{ "wheel:x", USERDB_SHORT, true },
		{ "wheel:x:ten:", USERDB_NUMBER, true },
		{ "wheel:x:10:alice:bob", USERDB_LONG, false },
	};

	check_rows(*state, USERDB_GROUP, USERDB_GLIBC, rows, ARRAY_SIZE(rows));
}

static void test_gshadow_lines(void **state)
{
	static const struct row rows[] = {
		{ "wheel:!::alice", 0, false },
		{ "wheel:*::\r", USERDB_CR, false },
		{ "wheel:*:", USERDB_SHORT, true },
	};

	check_rows(*state, USERDB_GSHADOW, USERDB_GLIBC, rows, ARRAY_SIZE(rows));
}

static void test_duplicates_and_dead_twin(void **state)
{
	struct userdb db = parse(*state, USERDB_PASSWD,
				 "root:x:zero:0::/root:/bin/sh\nroot:x:0:0::/root:/bin/sh\n"
				 "root:x:1:0::/root:/bin/sh\n");

	assert_true(db.e[0].dead);
	assert_ptr_equal(userdb_find(&db, "root"), &db.e[1]);
	assert_false(db.e[0].faults & USERDB_DUPLICATE);
	assert_true(db.e[1].faults & USERDB_DUPLICATE);
	assert_true(db.e[2].faults & USERDB_DUPLICATE);
	assert_false(userdb_is_sound(&db));
}

static void test_nul_bytes(void **state)
{
	static const char line[] = "root:x:0:0::/root:/bin/sh\0\0\0\nbin:x:1:1::/:/bin/false\n";
	static const char zeros[4096];
	struct userdb db = parse_n(*state, USERDB_PASSWD, USERDB_GLIBC, line, sizeof(line) - 1);

	assert_int_equal(db.n, 2);
	assert_true(db.e[0].faults & USERDB_NUL);
	assert_true(userdb_is_hollow(text_new(*state, "/etc/passwd", zeros, sizeof(zeros))));
	db = parse_n(*state, USERDB_PASSWD, USERDB_GLIBC, zeros, sizeof(zeros));
	assert_int_equal(db.n, 0);
}

static void test_hollow(void **state)
{
	assert_true(userdb_is_hollow(text_new(*state, "x", "", 0)));
	assert_true(userdb_is_hollow(text_new(*state, "x", " \n#a\n\r\n", 7)));
	assert_true(userdb_is_hollow(text_new(*state, "x", "\xEF\xBB\xBF\n", 4)));
	assert_false(userdb_is_hollow(text_new(*state, "x", "\n\0a", 3)));
}

static void test_huge(void **state)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	struct userdb db;

	for (int i = 0; i < 1000000; i++)
		bytes_adds(&b, ":\n");
	db = parse_n(*state, USERDB_PASSWD, USERDB_GLIBC, b.data, b.len);
	assert_int_equal(db.n, USERDB_MAX);
	bytes_free(&b);
	for (int i = 0; i < 1000000; i++)
		bytes_addc(&b, ':');
	db = parse_n(*state, USERDB_SHADOW, USERDB_GLIBC, b.data, b.len);
	assert_int_equal(db.n, 1);
	assert_int_equal(db.e[0].fields, 1000001);
}

static void test_format(void **state)
{
	struct userdb db = parse(*state, USERDB_PASSWD, "\xEF\xBB\xBFroot:x:0:0\r\n");

	assert_string_equal(userdb_format(*state, USERDB_PASSWD, &db.e[0]), "root:x:0:0:::");
	assert_string_equal(
		userdb_format_with(*state, USERDB_PASSWD, &db.e[0], PW_SHELL, "/bin/sh"),
		"root:x:0:0:::/bin/sh");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_plain, setup, teardown),
		cmocka_unit_test_setup_teardown(test_skipped_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(test_passwd_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(test_passwd_lines_of_musl, setup, teardown),
		cmocka_unit_test_setup_teardown(test_shadow_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(test_group_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(test_gshadow_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(test_duplicates_and_dead_twin, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nul_bytes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hollow, setup, teardown),
		cmocka_unit_test_setup_teardown(test_huge, setup, teardown),
		cmocka_unit_test_setup_teardown(test_format, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
