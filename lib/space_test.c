/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/space.h"
#include "lib/testtree.h"

static struct space_report look(struct testtree *t, const char *dir)
{
	struct space_report r;

	space_look(t->root, dir, SPACE_BY_BYTES, t->arena, &r);
	return r;
}

static bool is_spare(const struct space_report *r, const char *path, enum space_kind kind)
{
	for (size_t i = 0; i < r->n_spare; i++) {
		if (streq(r->spare[i].path, path))
			return r->spare[i].kind == kind && r->spare[i].bytes > 0;
	}
	return false;
}

static void test_rotated(void **state)
{
	static const struct {
		const char *path;
		bool goes;
	} files[] = {
		{ "/var/log/syslog", false },
		{ "/var/log/syslog.1", false },
		{ "/var/log/syslog.2.gz", false }, /* the newest of what may go */
		{ "/var/log/syslog.3.gz", true },
		{ "/var/log/syslog.10.gz", true },
		{ "/var/log/messages-20260101", true },
		{ "/var/log/messages-20260108", false },
		{ "/var/log/apt/term.log.2.gz", false },
		{ "/var/log/apt/term.log.3.gz", true },
		{ "/var/log/alone.gz", false },
		{ "/var/log/journal/ab/system@01-02.journal", true },
		{ "/var/log/journal/ab/system@01-03.journal", false },
		{ "/var/log/journal/ab/system.journal", false },
	};
	struct testtree *t = *state;
	struct space_report r;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		testtree_text(t, files[i].path, "x");
	r = look(t, "/");
	assert_true(r.all);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		if (is_spare(&r, files[i].path, SPACE_LOG) != files[i].goes)
			fail_msg("%s", files[i].path);
	}
}

static void test_kinds(void **state)
{
	struct testtree *t = *state;
	struct space_report r;

	testtree_text(t, "/var/cache/apt/archives/a_1_amd64.deb", "x");
	testtree_text(t, "/var/cache/dnf/base-12/packages/b.rpm", "x");
	testtree_text(t, "/var/crash/127.0.0.1/vmcore", "x");
	testtree_text(t, "/var/cache/apt/archives/lock", "x");
	testtree_text(t, "/home/a/b.deb", "x");
	testtree_text(t, "/srv/var/log/c.gz", "x");
	testtree_text(t, "/var/cache/apt/archives/empty.deb", "");
	r = look(t, "/");
	assert_int_equal(r.n_spare, 3);
	assert_true(is_spare(&r, "/var/cache/apt/archives/a_1_amd64.deb", SPACE_FETCHED));
	assert_true(is_spare(&r, "/var/cache/dnf/base-12/packages/b.rpm", SPACE_FETCHED));
	assert_true(is_spare(&r, "/var/crash/127.0.0.1/vmcore", SPACE_DUMP));
}

/* Names that are no names, links that lead out or round, a FIFO, a tree without an end. */
static void test_hostile(void **state)
{
	struct testtree *t = *state;
	_cleanup_bytes_ struct bytes deep = { 0 };
	_cleanup_free_ char *fifo = NULL;
	struct space_report r;

	testtree_text(t, "/var/log/a\nb\x1b[2J.2.gz", "x");
	testtree_text(t, "/var/log/a\nb\x1b[2J.3.gz", "x");
	testtree_text(t, "/var/log/.gz", "x");
	testtree_text(t, "/var/log/@.gz", "x");
	testtree_text(t, "/var/log/-20.gz", "x");
	testtree_text(t, "/var/log/-20.log-20.gz", "x");
	testtree_link(t, "/var/log/out.2.gz", "/etc/passwd");
	testtree_link(t, "/var/log/round", "/var/log");
	testtree_link(t, "/var/cache", "/");
	fifo = testtree_path(t, "/var/log/pipe.4.gz");
	assert_int_equal(mkfifo(fifo, 0644), 0);
	for (int i = 0; i < 60; i++)
		bytes_adds(&deep, "/d");
	bytes_adds(&deep, "/var/log/x.9.gz");
	testtree_text(t, deep.data, "x");
	r = look(t, "/");
	assert_false(is_spare(&r, "/var/log/out.2.gz", SPACE_LOG));
	assert_false(is_spare(&r, "/var/log/pipe.4.gz", SPACE_LOG));
	assert_true(is_spare(&r, "/var/log/a\nb\x1b[2J.3.gz", SPACE_LOG));
	assert_int_equal(look(t, "/nowhere").n_spare, 0);
	assert_int_equal(look(t, "/var/log/pipe.4.gz").n_spare, 0);
}

static void test_many(void **state)
{
	struct testtree *t = *state;
	struct space_report r;

	for (int i = 0; i < 4100; i++) {
		char path[64];

		snprintf(path, sizeof(path), "/var/cache/apk/%d.apk", i);
		testtree_text(t, path, "x");
	}
	r = look(t, "/");
	assert_int_equal(r.n_spare, 4000);
}

static void test_measure(void **state)
{
	const struct space_fs ext = { .type = "ext4" }, btrfs = { .type = "btrfs" };
	struct testtree *t = *state;
	struct space s = { 0 };

	assert_int_equal(space_measure(t->root, "/", &ext, &s), 0);
	assert_true(s.size && s.free <= s.size && s.reserved <= s.free);
	assert_int_equal(space_measure(t->root, "/", &btrfs, &s), 0);
	assert_true(s.reserved == 0 && s.inodes == 0);
	assert_true(space_measure(t->root, "/none", &ext, &s) < 0);
}

static void test_xfs_features(void **state)
{
	unsigned char b[SPACE_XFS_SUPER] = { 0 };

	(void)state;
	b[215] = 0x7;
	assert_int_equal(space_xfs_features(b), 0);
	memcpy(b, "XFSB", 4);
	b[101] = 0xb4;
	assert_int_equal(space_xfs_features(b), 0);
	b[101] = 0xb5;
	assert_int_equal(space_xfs_features(b), 0x7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_rotated, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(test_kinds, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(test_hostile, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(test_many, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(test_measure, testtree_setup, testtree_teardown),
		cmocka_unit_test(test_xfs_features),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
