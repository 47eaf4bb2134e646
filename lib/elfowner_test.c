/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dpkg's lists are tested with the closure. */
#include <time.h>

#include "lib/elfowner_parts.h"
#include "lib/testtree.h"
#ifdef BOOTMEND_SQLITE
#include <sqlite3.h>
#endif

static void test_apk(void **state)
{
	static const char db[] =
		"C:Q1abc=\nP:musl\nV:1.2.5-r0\nF:lib\nR:ld-musl-x86_64.so.1\na:0:0:755\n"
		"R:libc.musl-x86_64.so.1\n\nP:openrc\nF:sbin\nR:openrc\nF:usr/lib\n"
		"R:librc.so.1";
	struct testtree *t = *state;
	struct elfowner o[] = { { .name = "librc.so.1" },
				{ .name = "/usr/sbin/openrc" },
				{ .name = "openrc.so" },
				{ .name = "/opt/librc.so.1" } };

	assert_false(elfowner_find(t->root, t->arena, o, ARRAY_SIZE(o)));
	testtree_text(t, "/lib/apk/db/installed", db);
	assert_true(elfowner_find(t->root, t->arena, o, ARRAY_SIZE(o)));
	assert_string_equal(o[0].package, "openrc");
	assert_string_equal(o[1].package, "openrc");
	assert_null(o[2].package);
	assert_null(o[3].package);
}

static void test_apk_odd(void **state)
{
	struct testtree *t = *state;
	struct elfowner o = { .name = "x" };

	testtree_text(t, "/lib/apk/db/installed", "\n\nR:x\nP\nF:\n:\nP:\nR:x\nR:");
	assert_false(elfowner_find(t->root, t->arena, &o, 1));
	assert_null(o.package);
}

/* --- rpm --- */

static void put32(struct bytes *b, uint32_t n)
{
	const char p[] = { (char)(n >> 24), (char)(n >> 16), (char)(n >> 8), (char)n };

	bytes_add(b, p, sizeof(p));
}

static void put_entry(struct bytes *b, uint32_t tag, uint32_t type, uint32_t offset, uint32_t count)
{
	put32(b, tag);
	put32(b, type);
	put32(b, offset);
	put32(b, count);
}

/* glibc with /lib64/libc.so.6 and /usr/lib64/libm.so.6. */
static struct bytes glibc_header(void)
{
	static const char strings[] = "glibc\0libc.so.6\0libm.so.6\0/lib64/\0/usr/lib64/\0\0";
	struct bytes b = { 0 };

	put32(&b, 4);
	put32(&b, sizeof(strings) - 1 + 8);
	put_entry(&b, 1000, 6, 8, 1);
	put_entry(&b, 1116, 4, 0, 2);
	put_entry(&b, 1117, 8, 14, 2);
	put_entry(&b, 1118, 8, 34, 2);
	put32(&b, 0);
	put32(&b, 1);
	bytes_add(&b, strings, sizeof(strings) - 1);
	return b;
}

static void test_header(void **state)
{
	struct testtree *t = *state;
	_cleanup_bytes_ struct bytes b = glibc_header();
	const char *package, *path;

	assert_true(elfowner_rpm_header(t->arena, b.data, b.len, 0, &package, &path));
	assert_string_equal(package, "glibc");
	assert_string_equal(path, "/lib64/libc.so.6");
	assert_true(elfowner_rpm_header(t->arena, b.data, b.len, 1, &package, &path));
	assert_string_equal(path, "/usr/lib64/libm.so.6");
	assert_false(elfowner_rpm_header(t->arena, b.data, b.len, 2, &package, &path));
	assert_false(elfowner_rpm_header(t->arena, b.data, b.len, UINT32_MAX, &package, &path));
	for (size_t len = 0; len < b.len - 2; len++) {
		_cleanup_free_ char *cut = xmalloc(len + 1);

		memcpy(cut, b.data, len);
		assert_false(elfowner_rpm_header(t->arena, cut, len, 1, &package, &path));
	}
}

/* No file's name is as long as a path may be. */
static void test_header_long(void **state)
{
	struct testtree *t = *state;
	const char *package, *path;

	for (size_t len = 4095; len <= 4096; len++) {
		_cleanup_bytes_ struct bytes b = { 0 };

		put32(&b, 4);
		put32(&b, (uint32_t)len + 1 + 6 + 4);
		put_entry(&b, 1000, 6, 4, 1);
		put_entry(&b, 1116, 4, 0, 1);
		put_entry(&b, 1117, 8, 10, 1);
		put_entry(&b, 1118, 8, 4, 1);
		put32(&b, 0);
		bytes_add(&b, "/lib/", 6);
		for (size_t i = 0; i < len; i++)
			bytes_addc(&b, 'a');
		bytes_addc(&b, 0);
		assert_int_equal(elfowner_rpm_header(t->arena, b.data, b.len, 0, &package, &path),
				 len < 4096);
	}
}

/* Any byte may be any other: nothing is read outside. */
static void test_header_mutated(void **state)
{
	static const unsigned char values[] = { 0, 1, 0x7f, 0x80, 0xff };
	struct testtree *t = *state;
	_cleanup_bytes_ struct bytes b = glibc_header();
	const char *package, *path;

	for (size_t i = 0; i < b.len; i++) {
		char was = b.data[i];

		for (size_t k = 0; k < ARRAY_SIZE(values); k++) {
			b.data[i] = (char)values[k];
			elfowner_rpm_header(t->arena, b.data, b.len, 1, &package, &path);
		}
		b.data[i] = was;
	}
}

#ifdef BOOTMEND_SQLITE

#define TABLES                                                                 \
	"CREATE TABLE Packages(hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL);" \
	"CREATE TABLE Basenames(key TEXT NOT NULL, hnum INTEGER NOT NULL, "    \
	"idx INTEGER NOT NULL);"
#define ROWS                                             \
	"INSERT INTO Basenames VALUES('libc.so.6',7,0);" \
	"INSERT INTO Basenames VALUES('libm.so.6',7,1);" \
	"INSERT INTO Basenames VALUES('lost.so',8,0);"

static void make_db(struct testtree *t, const char *path, const char *sql)
{
	_cleanup_bytes_ struct bytes b = glibc_header();
	_cleanup_free_ char *full = NULL;
	sqlite3_stmt *q = NULL;
	sqlite3 *db = NULL;

	testtree_text(t, path, "");
	full = testtree_path(t, path);
	assert_int_equal(sqlite3_open(full, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	if (sqlite3_prepare_v2(db, "INSERT INTO Packages VALUES(7,?1)", -1, &q, NULL) ==
	    SQLITE_OK) {
		sqlite3_bind_blob(q, 1, b.data, (int)b.len, SQLITE_STATIC);
		assert_int_equal(sqlite3_step(q), SQLITE_DONE);
	}
	sqlite3_finalize(q);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void test_rpm(void **state)
{
	struct testtree *t = *state;
	struct elfowner o[] = { { .name = "libm.so.6" },
				{ .name = "/usr/lib64/libc.so.6" },
				{ .name = "/opt/libc.so.6" },
				{ .name = "lost.so" } };

	make_db(t, "/usr/lib/sysimage/rpm/rpmdb.sqlite", "PRAGMA journal_mode=WAL;" TABLES ROWS);
	assert_true(elfowner_find(t->root, t->arena, o, ARRAY_SIZE(o)));
	assert_string_equal(o[0].package, "glibc");
	assert_string_equal(o[1].package, "glibc");
	assert_null(o[2].package);
	assert_null(o[3].package);
}

static void find_nothing(struct testtree *t)
{
	struct elfowner o = { .name = "libc.so.6" };

	assert_false(elfowner_find(t->root, t->arena, &o, 1));
	assert_null(o.package);
}

static void test_rpm_odd(void **state)
{
	struct testtree *t = *state;

	testtree_text(t, "/var/lib/rpm/rpmdb.sqlite", "");
	find_nothing(t);
	testtree_text(t, "/var/lib/rpm/rpmdb.sqlite", "SQLite format 3, it says, and is not");
	find_nothing(t);
	make_db(t, "/var/lib/rpm/rpmdb.sqlite", "CREATE TABLE Other(a);");
	find_nothing(t);
}

/* A view in the place of the index, which counts without an end. */
static void test_rpm_view(void **state)
{
	struct testtree *t = *state;

	make_db(t, "/var/lib/rpm/rpmdb.sqlite",
		"CREATE TABLE Packages(hnum INTEGER PRIMARY KEY, blob BLOB);"
		"CREATE VIEW Basenames AS WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x+1 "
		"FROM c) SELECT 'k' AS key, x AS hnum, 0 AS idx FROM c;");
	find_nothing(t);
}

/* A column that is computed when it is read, for minutes: it is not read. */
static void test_rpm_generated(void **state)
{
	struct testtree *t = *state;
	struct timespec from, to;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	make_db(t, "/var/lib/rpm/rpmdb.sqlite",
		"CREATE TABLE Packages(hnum INTEGER PRIMARY KEY);INSERT INTO Packages VALUES(7);"
		"ALTER TABLE Packages ADD COLUMN blob AS (instr(zeroblob(4000000), "
		"zeroblob(2000000) || x'01'));"
		"CREATE TABLE Basenames(key TEXT, hnum INTEGER, idx INTEGER);"
		"INSERT INTO Basenames VALUES('libc.so.6',7,0);");
	find_nothing(t);
	testtree_unlink(t, "/var/lib/rpm/rpmdb.sqlite");
	make_db(t, "/var/lib/rpm/rpmdb.sqlite",
		"CREATE TABLE Packages(hnum INTEGER PRIMARY KEY, blob BLOB);"
		"CREATE TABLE Basenames(k TEXT, hnum INTEGER, idx INTEGER, key TEXT AS (substr(k, "
		"1, 9)) STORED);INSERT INTO Basenames VALUES('libc.so.6',7,0);");
	find_nothing(t);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	assert_true(to.tv_sec - from.tv_sec < 10);
}

/* A table that a module makes up. */
static void test_rpm_virtual(void **state)
{
	struct testtree *t = *state;

	make_db(t, "/var/lib/rpm/rpmdb.sqlite",
		"CREATE TABLE Packages(hnum INTEGER PRIMARY KEY, blob BLOB);"
		"CREATE VIRTUAL TABLE Basenames USING fts5(key, hnum, idx);"
		"INSERT INTO Basenames VALUES('libc.so.6',7,0);");
	find_nothing(t);
}

/* Rows without an end in sight that lead nowhere, and a file cut in the middle. */
static void test_rpm_cut(void **state)
{
	struct testtree *t = *state;
	_cleanup_free_ char *full = testtree_path(t, "/var/lib/rpm/rpmdb.sqlite");
	struct elfowner o = { .name = "libc.so.6" };
	struct stat st;

	make_db(t, "/var/lib/rpm/rpmdb.sqlite",
		TABLES ROWS "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x+1 FROM c LIMIT "
			    "20000) INSERT INTO Basenames SELECT 'libc.so.6', 9, x FROM c;");
	assert_int_equal(stat(full, &st), 0);
	for (off_t len = st.st_size; len > 0; len -= st.st_size / 16) {
		assert_int_equal(truncate(full, len), 0);
		o.package = NULL;
		elfowner_find(t->root, t->arena, &o, 1);
		assert_true(!o.package || streq(o.package, "glibc"));
	}
}

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, testtree_setup, testtree_teardown)
		T(test_apk),	     T(test_apk_odd),	     T(test_header),
		T(test_header_long), T(test_header_mutated),
#ifdef BOOTMEND_SQLITE
		T(test_rpm),	     T(test_rpm_odd),	     T(test_rpm_view),
		T(test_rpm_cut),     T(test_rpm_generated),  T(test_rpm_virtual),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
