/* SPDX-License-Identifier: GPL-2.0-or-later */
/* This machine's disks are what they are; only what holds on every machine is asked. */
#include <errno.h>

#include "lib/target.h"
#include "lib/testtree.h"

static void a_plain_directory_tells_nothing(void **state UNUSED)
{
	struct testtree t;
	struct devices d = { .known = true, .n = 77 };
	const struct partition *p;

	testtree_open(&t);
	target_directory(t.dir, t.arena, &d);
	assert_false(d.known);
	assert_int_equal(d.n, 0);
	assert_int_equal(devices_find(&d, "UUID=1", &p), SPEC_UNKNOWN);
	target_directory("/nowhere/at/all", t.arena, &d);
	assert_false(d.known);
	target_directory("/proc", t.arena, &d);
	assert_false(d.known);
	testtree_close(&t);
}

static void never_offers_a_disk_in_use(void **state UNUSED)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct target_disk *d = NULL;
	const char *node = NULL;
	struct trouble t = { 0 };
	size_t n = 0;

	target_disks(a, &d, &n);
	if (target_auto(a, &node, &t) < 0) {
		assert_null(node);
		assert_true(t.text[0] != '\0');
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (streq(d[i].node, node))
			assert_null(d[i].busy);
	}
}

static void an_unknown_serial_is_no_disk(void **state UNUSED)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct trouble t = { 0 };
	const char *node = NULL;

	assert_int_equal(target_by_serial(a, "no disk has this", &node, &t), -ENODEV);
	assert_null(node);
	assert_non_null(strstr(t.text, "'no disk has this'"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_directory_tells_nothing),
		cmocka_unit_test(never_offers_a_disk_in_use),
		cmocka_unit_test(an_unknown_serial_is_no_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
