/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a scan bounds: the text it reads, the words it tells. */
#include <errno.h>

#include "lib/edit.h"
#include "lib/scan.h"
#include "lib/testtree.h"

struct fixture {
	struct testtree t;
	struct devices devices;
	struct facts facts;
	struct scan scan;
};

static const struct problem wrong = { .id = "test.wrong", .severity = DEGRADES, .title = "x" };
static const struct problem other = { .id = "test.other", .severity = NOTE, .title = "y" };

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	testtree_open(&f->t);
	f->facts.devices = &f->devices;
	f->facts.privileged = true;
	scan_init(&f->scan, f->t.root, &f->facts, f->t.arena);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	static const struct check *const none[] = { NULL };
	static const struct selection all;
	struct fixture *f = *state;

	if (f->scan.tail)
		scan_run(&f->scan, none, &all); /* gives the cache of texts back */
	testtree_close(&f->t);
	free(f);
	return 0;
}

static size_t findings(const struct fixture *f)
{
	size_t n = 0;

	for (const struct finding *it = f->scan.findings; it; it = it->next)
		n++;
	return n;
}

/* --- reading --- */

static void expect_unreadable(struct fixture *f, const char *path, const char *detail)
{
	const struct text *t = (const struct text *)f;
	size_t before = findings(f);
	const struct finding *last = f->scan.findings;

	assert_true(scan_read(&f->scan, path, &t) < 0);
	assert_ptr_equal(t, f); /* untouched */
	assert_null(scan_text(&f->scan, path));
	assert_int_equal(findings(f), before + 1); /* said once */
	for (last = f->scan.findings; last->next;)
		last = last->next;
	assert_ptr_equal(last->problem, &engine_unreadable);
	assert_string_equal(last->detail, detail);
	assert_string_equal(last->path, path);
}

static void odd_nodes(void **state)
{
	struct fixture *f = *state;
	_cleanup_free_ char *fifo = testtree_path(&f->t, "/fifo");

	assert_int_equal(mkfifo(fifo, 0600), 0);
	testtree_dir(&f->t, "/dir");
	testtree_link(&f->t, "/loop", "loop");
	testtree_link(&f->t, "/dangling", "nowhere");
	testtree_text(&f->t, "/large", "x");
	testtree_grow(&f->t, "/large", ROOT_TEXT_MAX + 1);
	testtree_text(&f->t, "/huge", "x");
	testtree_grow(&f->t, "/huge", (off_t)1 << 42);
	assert_null(scan_text(&f->scan, "/nothing"));
	assert_null(scan_text(&f->scan, "/dangling"));
	assert_null(scan_text(&f->scan, "/large/below"));
	assert_int_equal(findings(f), 0); /* what is absent is no fault */
	expect_unreadable(f, "/fifo", "not a regular file");
	expect_unreadable(f, "/dir", "not a regular file");
	expect_unreadable(f, "/large", "larger than such a file can be");
	expect_unreadable(f, "/huge", "larger than such a file can be");
	expect_unreadable(f, "/loop", strerror(ELOOP));
}

static void read_once(void **state)
{
	struct fixture *f = *state;
	const struct text *t, *again;

	testtree_text(&f->t, "/a", "one\n");
	t = scan_text(&f->scan, "/a");
	assert_non_null(t);
	testtree_text(&f->t, "/a", "two\n");
	again = scan_text(&f->scan, "/a");
	assert_ptr_equal(t, again);
	assert_string_equal(again->data, "one\n");
}

/* Two copies, and a word for each line: what is not there is not counted away. */
static void room_for_texts(void **state)
{
	struct fixture *f = *state;
	char data[4096];

	memset(data, '\n', sizeof(data));
	testtree_put(&f->t, "/lines", data, sizeof(data));
	memset(data, 'x', sizeof(data));
	testtree_put(&f->t, "/word", data, sizeof(data));
	testtree_text(&f->t, "/small", "x\n");
	f->scan.texts_max = 3 * sizeof(data);
	expect_unreadable(f, "/lines", "too much text before it");
	assert_non_null(scan_text(&f->scan, "/word"));
	assert_non_null(scan_text(&f->scan, "/small"));
	testtree_put(&f->t, "/word2", data, sizeof(data));
	expect_unreadable(f, "/word2", "too much text before it");
}

static void room_is_used_up(void **state)
{
	struct fixture *f = *state;
	_cleanup_free_ char *data = xcalloc(1, 100 << 10);

	f->scan.texts_max = 64 << 10;
	for (int i = 0; i < 8; i++) {
		_cleanup_free_ char *path = xasprintf("/large%d", i);

		testtree_put(&f->t, path, data, 100 << 10);
		expect_unreadable(f, path, "too much text before it");
	}
	/* After those nothing large is even opened: this one could never be read to its end. */
	testtree_text(&f->t, "/sparse", "x");
	testtree_grow(&f->t, "/sparse", (off_t)1 << 42);
	expect_unreadable(f, "/sparse", "too much text before it");
	testtree_text(&f->t, "/small", "x\n");
	assert_non_null(scan_text(&f->scan, "/small"));
	f->scan.texts_max = 0;
}

static void unprivileged(void **state)
{
	struct fixture *f = *state;

	if (geteuid() == 0)
		skip();

	_cleanup_free_ char *path = testtree_path(&f->t, "/secret");

	testtree_text(&f->t, "/secret", "x");
	assert_int_equal(chmod(path, 0), 0);
	f->facts.privileged = false;
	assert_null(scan_text(&f->scan, "/secret"));
	assert_int_equal(f->scan.findings->severity, NOTE);
}

/* --- telling --- */

static bool is_utf8_whole(const char *s)
{
	for (; *s; s += 2) {
		if (s[0] == '.')
			return true;
		if ((unsigned char)s[0] != 0xc3 || (unsigned char)s[1] != 0xa9)
			return false;
	}
	return true;
}

static void long_words(void **state)
{
	struct fixture *f = *state;
	_cleanup_free_ char *word = xcalloc(1, 1 << 20);
	struct finding *it;

	for (size_t i = 0; i + 2 < 1 << 20; i += 2)
		memcpy(word + i, "\xc3\xa9", 2);
	it = scan_find(&f->scan, &wrong, word, "%s", word);
	assert_true(strlen(it->detail) < 700);
	assert_true(endswith(it->detail, "bytes)"));
	assert_true(is_utf8_whole(it->detail));
	finding_choice(it, "x%s", word); /* cut at an odd place */
	assert_true(strlen(it->choices[0]) < 700);
	assert_true(is_utf8_whole(it->choices[0] + 1));
	finding_at(it, text_new(f->t.arena, "/t", word, (1 << 20) - 1), 1);
	assert_true(strlen(it->quote) < 700);
	/* Nothing but bytes that continue a character. */
	memset(word, 0x80, 1000);
	word[1000] = '\0';
	it = scan_find(&f->scan, &wrong, NULL, "%s", word);
	assert_true(strlen(it->detail) < 700);
}

static void lines_outside(void **state)
{
	struct fixture *f = *state;
	const struct text *t = text_new(f->t.arena, "/t", "a\n", 2);
	struct finding *it = scan_find(&f->scan, &wrong, NULL, "x");

	finding_at(it, t, 0);
	assert_string_equal(it->quote, "");
	finding_at(it, t, SIZE_MAX);
	assert_string_equal(it->quote, "");
	propose_comment(it, t, 0);
	propose_comment(it, t, 7);
	assert_string_equal(it->edits->data, "# ");
	assert_string_equal(it->last_edit->data, "# ");
}

static void many_choices(void **state)
{
	struct fixture *f = *state;
	struct finding *it = scan_find(&f->scan, &wrong, NULL, "x");
	size_t n = 0;

	for (int i = 0; i < 500; i++)
		finding_choice(it, "%d", i);
	while (it->choices[n])
		n++;
	assert_int_equal(n, 500);
	assert_string_equal(it->choices[499], "499");
}

/* --- running --- */

static void say_thrice(struct scan *s)
{
	for (int i = 0; i < 3; i++) {
		scan_find(s, &wrong, "/a", "the same");
		scan_find(s, &other, "/a", "the same");
	}
	scan_find(s, &wrong, "/b", "the same");
	scan_find(s, &engine_unreadable, "/c", "never hidden");
}

static void told_once(void **state)
{
	static const struct problem *const problems[] = { &wrong, &other, NULL };
	static const struct check check = { .name = "test",
					    .problems = problems,
					    .run = say_thrice };
	static const struct check *const checks[] = { &check, &check, NULL };
	static const char *const only[] = { "test.other", NULL };
	static const char *const skip_it[] = { "test.wrong", NULL };
	static const struct selection all, one = { .only = only }, two = { .skip = skip_it };
	static const struct {
		const struct selection *sel;
		size_t n;
	} t[] = { { &all, 4 }, { &one, 2 }, { &two, 2 } };
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		scan_init(&f->scan, f->t.root, &f->facts, f->t.arena);
		scan_run(&f->scan, checks, t[i].sel);
		assert_int_equal(findings(f), t[i].n);
	}
}

static void listed_once(void **state)
{
	struct fixture *f = *state;
	const char *const *names;

	testtree_put(&f->t, "/d/b", "", 0);
	testtree_put(&f->t, "/d/a", "", 0);
	names = scan_dir(&f->scan, "/d");
	assert_string_equal(names[0], "a");
	assert_string_equal(names[1], "b");
	assert_null(names[2]);
	assert_ptr_equal(scan_dir(&f->scan, "/d"), names);
	assert_null(scan_dir(&f->scan, "/none")[0]);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(odd_nodes),    CASE(read_once),   CASE(room_for_texts), CASE(room_is_used_up),
		CASE(unprivileged), CASE(long_words),  CASE(lines_outside),  CASE(many_choices),
		CASE(told_once),    CASE(listed_once),
	};
#undef CASE

	return cmocka_run_group_tests(tests, NULL, NULL);
}
