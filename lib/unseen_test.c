/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/scan.h"
#include "lib/testtree.h"
#include "lib/unseen.h"

struct given {
	struct testtree t;
	struct devices devices;
	struct facts facts;
	struct scan scan;
};

static int setup(void **state)
{
	struct given *g = xcalloc(1, sizeof(*g));

	testtree_open(&g->t);
	g->facts.devices = &g->devices;
	scan_init(&g->scan, g->t.root, &g->facts, g->t.arena);
	*state = g;
	return 0;
}

static int teardown(void **state)
{
	static const struct check *const none[] = { NULL };
	static const struct selection all;
	struct given *g = *state;

	scan_run(&g->scan, none, &all); /* gives the cache of texts back */
	testtree_close(&g->t);
	free(g);
	return 0;
}

static const char *const *find(struct given *g, const char *fstab)
{
	testtree_text(&g->t, "/etc/fstab", fstab);
	return unseen_find(&g->scan);
}

static size_t count(const char *const *list)
{
	size_t n = 0;

	while (list[n])
		n++;
	return n;
}

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
static void by_fstab(void **state)
{
	struct given *g = *state;
	const char *const *list;

	testtree_dir(&g->t, "/usr/lost+found");
	testtree_dir(&g->t, "/home/me");
	list = find(g, "UUID=1 / ext4 defaults 0 1\nUUID=2 /usr ext4 defaults 0 2\n"
		       "UUID=3 /home ext4 defaults 0 2\nUUID=4 /var ext4 defaults 0 2\n"
		       "UUID=5 none swap sw 0 0\nUUID=6\n");
	assert_true(unseen(list, "/usr/bin/su"));
	assert_true(unseen(list, "/var"));
	assert_false(unseen(list, "/home/me"));
	assert_false(unseen(list, "/etc/fstab"));
	assert_ptr_equal(unseen_find(&g->scan), list);
}

static void no_fstab(void **state)
{
	struct given *g = *state;

	assert_null(unseen_find(&g->scan)[0]);
	assert_false(unseen(unseen_find(&g->scan), "/usr"));
}

/* The kernel mounts where the path leads, however it is written. */
static void odd_spelling(void **state)
{
	struct given *g = *state;
	const char *const *list;

	list = find(g, "UUID=1 //usr/ ext4\nUUID=2 /a\\040b ext4\nUUID=3 /./var/./x/ ext4\n"
		       "UUID=4 relative ext4\nUUID=5 // ext4\nUUID=6 /. ext4\n"
		       "UUID=7 /usr/../etc ext4\nUUID=8 /.. ext4\n");
	assert_true(unseen(list, "/usr"));
	assert_true(unseen(list, "/usr/bin"));
	assert_true(unseen(list, "/a b/c"));
	assert_true(unseen(list, "/var/x/y"));
	assert_false(unseen(list, "/etc/passwd"));
	assert_false(unseen(list, "/relative"));
	assert_false(unseen(list, "/root"));
}

static void odd_nodes(void **state)
{
	struct given *g = *state;
	_cleanup_free_ char *fifo = testtree_path(&g->t, "/fifo");
	const char *const *list;

	assert_int_equal(mkfifo(fifo, 0600), 0);
	testtree_link(&g->t, "/loop", "loop");
	testtree_link(&g->t, "/out", "../../../..");
	testtree_text(&g->t, "/full/x", "x");
	testtree_link(&g->t, "/to-full", "full");
	list = find(g, "UUID=1 /fifo ext4\nUUID=2 /loop ext4\nUUID=3 /out ext4\n"
		       "UUID=4 /to-full ext4\n");
	assert_true(unseen(list, "/fifo"));
	assert_true(unseen(list, "/loop/x"));
	assert_false(unseen(list, "/out/x")); /* that is the root, and there is something in it */
	assert_false(unseen(list, "/to-full/x"));
}

/* Of thousands of lines only so many are looked at. */
static void very_many(void **state)
{
	struct given *g = *state;
	_cleanup_bytes_ struct bytes b = { 0 };

	for (unsigned i = 0; i < 1900; i++)
		bytes_addf(&b, "UUID=%u /m%u ext4\n", i, i);
	assert_int_equal(count(find(g, b.data)), 256);
	assert_true(unseen(unseen_find(&g->scan), "/m255/x"));
	assert_false(unseen(unseen_find(&g->scan), "/m256/x"));
}

static void many_full_ones(void **state)
{
	struct given *g = *state;
	_cleanup_bytes_ struct bytes b = { 0 };

	testtree_text(&g->t, "/full/x", "x");
	for (unsigned i = 0; i < 600; i++)
		bytes_adds(&b, "UUID=1 /full ext4\n");
	bytes_adds(&b, "UUID=1 /usr ext4\n");
	assert_int_equal(count(find(g, b.data)), 0);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(below), CASE(by_fstab),  CASE(no_fstab),	CASE(odd_spelling),
		CASE(odd_nodes),	 CASE(very_many), CASE(many_full_ones),
	};
#undef CASE

	return cmocka_run_group_tests(tests, NULL, NULL);
}
