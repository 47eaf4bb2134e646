/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <unistd.h>

#include "lib/scan.h"
#include "lib/unseen.h"

static void below(void **state UNUSED)
{
	assert_true(path_is_below("/usr", "/usr"));
	assert_true(path_is_below("/usr/bin/su", "/usr"));
	assert_true(path_is_below("/usr", "/"));
	assert_false(path_is_below("/usrlocal", "/usr"));
	assert_false(path_is_below("/", "/usr"));
	assert_false(path_is_below("/us", "/usr"));
}

/* An empty mount point and a missing one hide what is below; one with content was copied along. */
static void by_fstab(void **state UNUSED)
{
	static const struct check *const none[] = { NULL };
	static const struct selection all;
	static const char fstab[] =
		"UUID=1 / ext4 defaults 0 1\nUUID=2 /usr ext4 defaults 0 2\n"
		"UUID=3 /home ext4 defaults 0 2\nUUID=4 /var ext4 defaults 0 2\n"
		"UUID=5 none swap sw 0 0\nUUID=6\n";
	char dir[] = "/tmp/unseen_test.XXXXXX", command[128];
	struct devices devices = { 0 };
	struct facts facts = { .devices = &devices };
	struct arena *a = arena_new();
	const char *const *list;
	struct root *root;
	struct scan s;
	FILE *file;

	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
	assert_int_equal(mkdir("etc", 0755) | mkdir("usr", 0755) | mkdir("home", 0755), 0);
	assert_int_equal(mkdir("usr/lost+found", 0700) | mkdir("home/me", 0700), 0);
	file = fopen("etc/fstab", "w");
	assert_non_null(file);
	assert_true(fputs(fstab, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(root_open_dir(dir, &root), 0);
	scan_init(&s, root, &facts, a);
	list = unseen_find(&s);
	assert_true(unseen(list, "/usr/bin/su"));
	assert_true(unseen(list, "/var"));
	assert_false(unseen(list, "/home/me"));
	assert_false(unseen(list, "/etc/fstab"));
	scan_run(&s, none, &all);
	root_close(root);
	arena_free(a);
	assert_int_equal(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(below),
		cmocka_unit_test(by_fstab),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
