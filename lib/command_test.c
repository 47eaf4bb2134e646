/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What programs leave becomes changes, or is refused. They run on a copy of this machine's own
 * tree; nothing is applied. Needs root and a kernel with overlays; is skipped elsewhere.
 */
#include "lib/bytechange.h"
#include "lib/command.h"
#include "lib/testplan.h"

#define PLACE "/var/lib/bootmend-command-test"
#define ROOM_SECONDS 30

struct here {
	struct root *root;
	struct arena *arena;
	struct devices devices;
	struct facts facts;
	struct scan s;
	struct plan made;
	struct bytes printed;
	struct trouble why;
};

static int open_here(void **state)
{
	struct here *h = xcalloc(1, sizeof(*h));

	assert_int_equal(root_open_dir("/", &h->root), 0);
	h->arena = arena_new();
	h->facts.devices = &h->devices;
	scan_init(&h->s, h->root, &h->facts, h->arena);
	if (geteuid() == 0) {
		assert_int_equal(
			system("rm -rf " PLACE " && mkdir -p " PLACE "/tree/sub && cd " PLACE
			       " && echo old >file && echo a >tree/a && echo b >tree/sub/b &&"
			       " ln -s a tree/link"),
			0);
	}
	*state = h;
	return 0;
}

static int close_here(void **state)
{
	struct here *h = *state;

	if (geteuid() == 0)
		assert_int_equal(system("rm -rf " PLACE), 0);
	scan_run(&h->s, (const struct check *const[]){ NULL }, &(struct selection){ 0 });
	plan_free(&h->made);
	bytes_free(&h->printed);
	root_close(h->root);
	arena_free(h->arena);
	free(h);
	return 0;
}

static struct finding *wants(struct here *h, const char *script, enum output_kind kind,
			     const char *path)
{
	const char *const argv[] = { "/bin/sh", "-c", script, NULL };
	struct finding *f = scan_find(&h->s, &problem_a, NULL, "x");

	propose_command(f, argv, &(struct output){ .kind = kind, .path = path }, 1);
	return f;
}

static int run(struct here *h, const char *script, enum output_kind kind, const char *path)
{
	const struct command_place at = { .root = h->root,
					  .devices = &h->devices,
					  .seconds = ROOM_SECONDS };
	int e;

	if (geteuid() != 0)
		skip();
	plan_free(&h->made);
	bytes_free(&h->printed);
	h->why = (struct trouble){ 0 };
	e = command_run(&at, wants(h, script, kind, path), &h->made, &h->printed, &h->why);
	if (e < 0 && strstr(h->why.text, "this machine cannot"))
		skip();
	return e;
}

static int on_file(struct here *h, const char *script)
{
	return run(h, script, OUTPUT_FILE, PLACE "/file");
}

static int on_tree(struct here *h, const char *script)
{
	return run(h, script, OUTPUT_TREE, PLACE "/tree");
}

static void assert_change(struct here *h, size_t i, const char *path, enum node_type before,
			  enum node_type after)
{
	assert_in_range(i, 0, h->made.n ? h->made.n - 1 : 0);
	assert_string_equal(h->made.c[i].path, path);
	assert_int_equal(h->made.c[i].before.type, before);
	assert_int_equal(h->made.c[i].after.type, after);
}

static void only_the_output_is_taken(void **state)
{
	struct here *h = *state;

	assert_int_equal(
		on_file(h, "cd " PLACE "; echo new >file; echo x >other; rm -rf tree; echo said"),
		0);
	assert_int_equal(h->made.n, 1);
	assert_change(h, 0, PLACE "/file", NODE_FILE, NODE_FILE);
	assert_string_equal(h->made.c[0].before.content.data, "old\n");
	assert_string_equal(h->made.c[0].after.content.data, "new\n");
	assert_string_equal(h->printed.data, "said\n");
	assert_true(access(PLACE "/other", F_OK) < 0 && access(PLACE "/tree/a", F_OK) == 0);
}

static void nothing_new_is_no_change(void **state)
{
	struct here *h = *state;

	assert_int_equal(on_file(h, "cd " PLACE "; cp file x; mv x file; touch file"), 0);
	assert_int_equal(h->made.n, 0);
	assert_int_equal(on_tree(h, "touch " PLACE "/tree/a"), 0);
	assert_int_equal(h->made.n, 0);
}

static void a_file_must_be_one(void **state)
{
	static const char *const scripts[] = {
		"rm file",
		"ln -sf /etc/shadow file",
		"rm file; mkfifo file",
		"rm file; mkdir file",
		"rm file; mknod file c 1 3",
		": >file",
		"rm -rf ../bootmend-command-test",
	};
	struct here *h = *state;

	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		_cleanup_free_ char *script = xasprintf("cd " PLACE "; %s", scripts[i]);

		if (on_file(h, script) >= 0)
			fail_msg("taken over: %s", script);
		assert_int_equal(h->made.n, 0);
		assert_non_null(strstr(h->why.text, "nothing is taken over"));
	}
}

static void a_failed_one_changes_nothing(void **state)
{
	struct here *h = *state;

	assert_int_equal(on_file(h, "cd " PLACE "; echo new >file; echo reason; exit 1"), -EPROTO);
	assert_int_equal(h->made.n, 0);
	assert_string_equal(h->printed.data, "reason\n");
}

static void a_tree_in_an_order_that_works(void **state)
{
	struct here *h = *state;

	assert_int_equal(on_tree(h, "cd " PLACE "/tree; rm -r sub; mkdir -p n/m; echo c >n/m/c; "
				    "ln -sf b link; chmod 600 a"),
			 0);
	assert_int_equal(h->made.n, 7);
	assert_change(h, 0, PLACE "/tree/a", NODE_FILE, NODE_FILE);
	assert_int_equal(h->made.c[0].after.mode, 0600);
	assert_change(h, 1, PLACE "/tree/link", NODE_LINK, NODE_LINK);
	assert_change(h, 2, PLACE "/tree/n", NODE_ABSENT, NODE_DIR);
	assert_change(h, 3, PLACE "/tree/n/m", NODE_ABSENT, NODE_DIR);
	assert_change(h, 4, PLACE "/tree/n/m/c", NODE_ABSENT, NODE_FILE);
	assert_change(h, 5, PLACE "/tree/sub/b", NODE_FILE, NODE_ABSENT);
	assert_change(h, 6, PLACE "/tree/sub", NODE_DIR, NODE_ABSENT);
}

static void a_tree_and_back(void **state)
{
	struct here *h = *state;
	struct trouble t = { 0 };

	assert_int_equal(
		on_tree(h, "cd " PLACE "/tree; rm -r sub; mkdir n; echo c >n/c; ln -sf b link"), 0);
	assert_int_equal(plan_apply(h->root, &h->made, NULL, &t), 0);
	assert_int_equal(access(PLACE "/tree/n/c", F_OK), 0);
	assert_true(access(PLACE "/tree/sub", F_OK) < 0);
	for (size_t i = h->made.n; i-- > 0;)
		assert_int_equal(node_store(h->root, h->made.c[i].path, &h->made.c[i].before, NULL),
				 0);
	assert_int_equal(on_tree(h, "cd " PLACE "/tree; test -e sub/b && test ! -e n && test -e a"),
			 0);
	assert_int_equal(h->made.n, 0);
}

static void a_hostile_tree(void **state)
{
	static const char *const scripts[] = {
		"mkfifo x",
		"mknod x c 1 3",
		"rm a; mkdir a",
		"rm -r sub; ln -s /etc sub; echo x >sub/x",
		("d=d; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26; "
		 "do mkdir $d; d=$d/d; done"),
		"i=0; while [ $i -lt 21000 ]; do echo x >$i; i=$((i + 1)); done",
		"head -c 300000000 /dev/zero >big",
	};
	struct here *h = *state;

	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		_cleanup_free_ char *script = xasprintf("cd " PLACE "/tree; %s", scripts[i]);

		if (on_tree(h, script) >= 0)
			fail_msg("taken over: %s", scripts[i]);
		assert_int_equal(h->made.n, 0);
	}
	assert_int_equal(run(h, "true", OUTPUT_TREE, "/"), -EINVAL);
	assert_int_equal(run(h, "true", OUTPUT_TREE, PLACE "/none"), 0);
}

static void only_by_name(void **state)
{
	struct here *h = *state;
	struct finding *f = wants(h, "true", OUTPUT_FILE, PLACE "/file");
	const char *const ids[] = { "test.a", NULL };
	const struct plan_policy named = { .ids = ids };
	_cleanup_plan_ struct plan none = { 0 }, one = { 0 };
	_cleanup_bytes_ struct bytes diff = { 0 };

	assert_int_equal(f->safety, FIX_ASK);
	assert_false(plan_allows(&all, f));
	assert_false(plan_allows(&safe, f));
	assert_true(plan_allows(&named, f));
	assert_int_equal(plan_make(h->root, f, &all, &none), 0);
	assert_int_equal(none.n + none.commands, 0);
	assert_int_equal(plan_make(h->root, f, &named, &one), 0);
	assert_int_equal(one.n, 0);
	assert_int_equal(one.commands, 1);
	plan_diff(&one, &diff);
	assert_string_equal(diff.data, "# runs in the patient: /bin/sh -c true\n"
				       "# keeps what that makes of '" PLACE "/file'\n");
}

static void what_cannot_run_is_told(void **state)
{
	struct here *h = *state;
	const char *const argv[] = { "/no/such/program", NULL };
	const char *const ids[] = { "test.a", NULL };
	const struct plan_policy named = { .ids = ids };
	struct finding *f = scan_find(&h->s, &problem_a, NULL, "x");
	_cleanup_plan_ struct plan p = { 0 };

	propose_command(f, argv, NULL, 0);
	assert_int_equal(plan_make(h->root, f, &named, &p), 0);
	assert_int_equal(p.commands, 0);
	assert_int_equal(f->outcome, FAILED);
	assert_non_null(strstr(f->outcome_why, "/no/such/program"));
}

static void the_same_twice_is_run_once(void **state)
{
	struct here *h = *state;
	struct finding *a = wants(h, "true", OUTPUT_FILE, PLACE "/file");
	struct finding *b = wants(h, "true", OUTPUT_FILE, PLACE "/file");
	struct finding *c = wants(h, "false", OUTPUT_FILE, PLACE "/file");
	const char *const ids[] = { "test.a", NULL };
	const struct plan_policy named = { .ids = ids };
	_cleanup_plan_ struct plan p = { 0 };

	assert_true(command_is_same(a, b));
	assert_false(command_is_same(a, c));
	assert_int_equal(plan_make(h->root, h->s.findings, &named, &p), 0);
	assert_int_equal(p.commands, 2);
}

/* --- bytes of a disk --- */

static struct bytes as_bytes(const char *s, size_t n)
{
	return (struct bytes){ .data = (char *)s, .len = n };
}

static void bytes_are_stored_and_read(void **state)
{
	struct testtree *t = *state;
	_cleanup_free_ char *path = testtree_path(t, "/disk");
	struct change c = { .disk = 1, .offset = 500 };
	const struct node n = { .type = NODE_FILE,
				.content_kept = true,
				.content = as_bytes("new bytes", 9) };
	struct trouble tr = { 0 };
	struct node now = { 0 };
	struct disk *d;

	testtree_put(t, "/disk", "", 0);
	testtree_grow(t, "/disk", 1 << 20);
	assert_int_equal(disk_open(path, &d, &tr), 0);
	assert_int_equal(bytechange_store(&d, 1, &c, &n), 0);
	assert_int_equal(bytechange_read(&d, 1, &c, 9, &now), 0);
	assert_memory_equal(now.content.data, "new bytes", 9);
	node_free(&now);
	c.offset = (1 << 20) - 8;
	assert_int_equal(bytechange_store(&d, 1, &c, &n), -ERANGE);
	assert_int_equal(bytechange_read(&d, 1, &c, 9, &now), -ERANGE);
	c.offset = UINT64_MAX - 3;
	assert_int_equal(bytechange_store(&d, 1, &c, &n), -ERANGE);
	c.disk = 2;
	assert_int_equal(bytechange_store(&d, 1, &c, &n), -ENODEV);
	assert_int_equal(bytechange_read(&d, 1, &c, 9, &now), -ENODEV);
	c.disk = 1;
	assert_int_equal(bytechange_read(&d, 1, &c, BYTECHANGE_MAX + 1ul, &now), -EFBIG);
	disk_close(d);
}

static void half_written_bytes_are_known(void **state UNUSED)
{
	char old[1500] = "", new[1500] = "", now[1500] = "";
	const struct bytes a = as_bytes(old, 1500), b = as_bytes(new, 1500),
			   n = as_bytes(now, 1500);

	memset(old, 'o', sizeof(old));
	memset(new, 'n', sizeof(new));
	memcpy(now, old, sizeof(now));
	assert_true(bytechange_is_between(&n, &a, &b));
	memcpy(now, new, 512);
	assert_true(bytechange_is_between(&n, &a, &b));
	memcpy(now + 1024, new, 476);
	assert_true(bytechange_is_between(&n, &a, &b));
	now[3] = 'x';
	assert_false(bytechange_is_between(&n, &a, &b));
	now[3] = 'o'; /* half a sector: nobody wrote that */
	assert_false(bytechange_is_between(&n, &a, &b));
	assert_false(bytechange_is_between(&(struct bytes){ .data = now, .len = 9 }, &a, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(only_by_name, open_here, close_here),
		cmocka_unit_test_setup_teardown(what_cannot_run_is_told, open_here, close_here),
		cmocka_unit_test_setup_teardown(the_same_twice_is_run_once, open_here, close_here),
		cmocka_unit_test_setup_teardown(bytes_are_stored_and_read, testtree_setup,
						testtree_teardown),
		cmocka_unit_test(half_written_bytes_are_known),
		cmocka_unit_test_setup_teardown(only_the_output_is_taken, open_here, close_here),
		cmocka_unit_test_setup_teardown(nothing_new_is_no_change, open_here, close_here),
		cmocka_unit_test_setup_teardown(a_file_must_be_one, open_here, close_here),
		cmocka_unit_test_setup_teardown(a_failed_one_changes_nothing, open_here,
						close_here),
		cmocka_unit_test_setup_teardown(a_tree_in_an_order_that_works, open_here,
						close_here),
		cmocka_unit_test_setup_teardown(a_tree_and_back, open_here, close_here),
		cmocka_unit_test_setup_teardown(a_hostile_tree, open_here, close_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
