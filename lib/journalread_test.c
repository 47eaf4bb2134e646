/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "lib/testjournal.h"

#define ENTRIES 40u
#define START INT64_C(1743516812000000)

static const unsigned layouts[] = { TESTJOURNAL_REGULAR, TESTJOURNAL_COMPACT };
static const unsigned packings[] = { TESTJOURNAL_PLAIN, TESTJOURNAL_XZ, TESTJOURNAL_LZ4,
				     TESTJOURNAL_ZSTD };

static void message_of(size_t i, char buf[700])
{
	size_t n = (size_t)snprintf(buf, 700, "MESSAGE=message %zu ", i);

	/* Long enough to be packed. */
	while (n < 600)
		n += (size_t)snprintf(buf + n, 700 - n, "%zu-", n * i);
}

/* Entries of the kernel and of a program in turn; where each message lies. */
static struct testjournal some(unsigned layout, unsigned packed, uint64_t at[ENTRIES])
{
	struct testjournal t = testjournal_begin(layout);
	uint64_t kernel = testjournal_data(&t, "_TRANSPORT=kernel", TESTJOURNAL_PLAIN);
	uint64_t program = testjournal_data(&t, "_TRANSPORT=stdout", TESTJOURNAL_PLAIN);
	uint64_t host = testjournal_data(&t, "_HOSTNAME=web1", TESTJOURNAL_PLAIN);
	char message[700];

	for (size_t i = 0; i < ENTRIES; i++) {
		struct testjournal_when w = { START + (int64_t)i, (int64_t)i * 1000,
					      (unsigned char)(1 + i / 20) };
		uint64_t items[3] = { 0, i % 2 ? program : kernel, host };

		message_of(i, message);
		items[0] = at[i] = testjournal_data(&t, message, packed);
		testjournal_entry(&t, &w, items, 3);
	}
	testjournal_end(&t);
	return t;
}

static void is_entry(struct journalread *j, const struct journal_entry *e, size_t i)
{
	struct bytes b = { 0 };
	char message[700];

	message_of(i, message);
	assert_true(e->known);
	assert_int_equal(e->seqnum, i + 1);
	assert_int_equal(e->realtime, START + (int64_t)i);
	assert_int_equal(e->monotonic, i * 1000);
	assert_memory_equal(e->boot_id, i < 20 ? "0101" : "0202", 4);
	assert_true(journalread_text(j, e, JOURNAL_MESSAGE, &b));
	assert_string_equal(b.data, message + strlen("MESSAGE="));
	assert_true(journalread_is(j, e, JOURNAL_TRANSPORT, i % 2 ? "stdout" : "kernel"));
	assert_true(journalread_is(j, e, JOURNAL_HOSTNAME, "web1"));
	assert_false(journalread_text(j, e, JOURNAL_UNIT, &b));
	bytes_free(&b);
}

static void test_all_layouts(void **unused UNUSED)
{
	for (size_t k = 0; k < ARRAY_SIZE(layouts) * ARRAY_SIZE(packings); k++) {
		uint64_t at[ENTRIES];
		struct testjournal t = some(layouts[k % 2], packings[k / 2], at);
		struct journal_source source = testjournal_source(&t.b);
		struct journalread *j = journalread_open(&source);
		struct journal_entry e;
		size_t n = 0;

		while (journalread_next(j, &e))
			is_entry(j, &e, n++);
		assert_int_equal(n, ENTRIES);
		assert_int_equal(journalread_lost(j), 0);
		assert_int_equal(journalread_error(j), 0);
		journalread_close(j);
		bytes_free(&t.b);
	}
}

struct tally {
	size_t known, unknown;
	uint64_t lost;
};

static struct tally count(struct bytes *b)
{
	struct journal_source source = testjournal_source(b);
	struct journalread *j = journalread_open(&source);
	struct bytes text = { 0 };
	struct journal_entry e;
	struct tally n = { 0 };

	while (journalread_next(j, &e)) {
		n.known += e.known;
		n.unknown += !e.known;
		for (unsigned f = 0; f < JOURNAL_FIELDS; f++)
			journalread_text(j, &e, f, &text);
	}
	n.lost = journalread_lost(j);
	bytes_free(&text);
	journalread_close(j);
	return n;
}

/* Wherever it is cut, what lies before is read. */
static void test_cut(void **unused UNUSED)
{
	uint64_t at[ENTRIES];
	struct testjournal t = some(TESTJOURNAL_COMPACT, TESTJOURNAL_PLAIN, at);
	size_t whole = t.b.len;

	for (size_t i = 1; i < ENTRIES; i++) {
		struct tally n;

		t.b.len = (size_t)at[i] + 80;
		n = count(&t.b);
		assert_int_equal(n.known, i);
		/* The beginning of the message is there. */
		assert_int_equal(n.unknown, 1);
		assert_int_equal(n.lost, whole - t.b.len);
	}
	for (t.b.len = 0; t.b.len < whole; t.b.len += 61)
		count(&t.b);
	bytes_free(&t.b);
}

static void test_header_gone(void **unused UNUSED)
{
	for (size_t k = 0; k < ARRAY_SIZE(layouts); k++) {
		uint64_t at[ENTRIES];
		struct testjournal t = some(layouts[k], TESTJOURNAL_ZSTD, at);

		memset(t.b.data, 0xff, TESTJOURNAL_HEADER - 64);
		assert_int_equal(count(&t.b).known, ENTRIES);
		memset(t.b.data, 0, TESTJOURNAL_HEADER);
		assert_int_equal(count(&t.b).known, ENTRIES);
		bytes_free(&t.b);
	}
}

/* An entry that is gone leaves its words; words that are gone leave the others. */
static void test_holes(void **unused UNUSED)
{
	uint64_t at[ENTRIES];
	struct testjournal t = some(TESTJOURNAL_REGULAR, TESTJOURNAL_PLAIN, at);
	struct tally n;

	memset(t.b.data + at[11] - 112, 0, 112);
	n = count(&t.b);
	assert_int_equal(n.known, ENTRIES - 1);
	assert_int_equal(n.unknown, 1);
	assert_true(n.lost > 0);
	memset(t.b.data + at[21], 0xa5, 200);
	n = count(&t.b);
	assert_int_equal(n.known, ENTRIES - 1);
	bytes_free(&t.b);
}

/* A size that leads astray takes no more than its object. */
static void test_wrong_size(void **unused UNUSED)
{
	uint64_t at[ENTRIES];
	struct testjournal t = some(TESTJOURNAL_REGULAR, TESTJOURNAL_PLAIN, at);

	testjournal_set(&t, (size_t)at[5] + 8, 5000);
	assert_true(count(&t.b).known >= ENTRIES - 1);
	testjournal_set(&t, (size_t)at[5] + 8, UINT64_MAX - 4);
	assert_true(count(&t.b).known >= ENTRIES - 1);
	testjournal_set(&t, (size_t)at[5] + 8, 0);
	assert_true(count(&t.b).known >= ENTRIES - 1);
	bytes_free(&t.b);
}

static void test_any_bytes(void **unused UNUSED)
{
	uint32_t random = 1;

	for (size_t k = 0; k < 200; k++) {
		uint64_t at[ENTRIES];
		struct testjournal t = some(layouts[k % 2], packings[k / 2 % 4], at);

		for (size_t i = 0; i < 60; i++) {
			random = random * 1664525 + 1013904223;
			t.b.data[random % t.b.len] = (char)(random >> 24);
		}
		assert_true(count(&t.b).known <= ENTRIES);
		bytes_free(&t.b);
	}
}

/* The same long words again and again: they are given as often as they were said, to a bound. */
static void test_bomb(void **unused UNUSED)
{
	struct testjournal t = testjournal_begin(TESTJOURNAL_COMPACT);
	struct testjournal_when w = { START, 1, 1 };
	_cleanup_free_ char *s = xmalloc(JOURNAL_PAYLOAD_MAX + 1);
	struct journal_source source;
	struct journalread *j;
	struct bytes text = { 0 };
	struct journal_entry e;
	uint64_t at, bytes = 0;

	memset(s, 'x', JOURNAL_PAYLOAD_MAX);
	s[JOURNAL_PAYLOAD_MAX] = '\0';
	memcpy(s, "MESSAGE=", 8);
	at = testjournal_data(&t, s, TESTJOURNAL_ZSTD);
	for (size_t i = 0; i < 2000; i++)
		testjournal_entry(&t, &w, &at, 1);
	testjournal_end(&t);
	source = testjournal_source(&t.b);
	j = journalread_open(&source);
	while (journalread_next(j, &e)) {
		if (journalread_text(j, &e, JOURNAL_MESSAGE, &text))
			bytes += text.len;
	}
	assert_int_equal(journalread_error(j), -EFBIG);
	assert_true(bytes > 1 << 20 && bytes < 128 << 20);
	journalread_close(j);
	bytes_free(&text);
	bytes_free(&t.b);
}

/* --- what is made to cost much --- */

#define BLOCK (64u << 10) /* what is read at once */
#define ITEMS 200000u

/* The beginning of a file; of the blocks behind it there is a word or two. */
struct counted {
	struct bytes head;
	const char *rest; /* at the begin of each block */
	uint64_t size, loads, furthest;
};

static int counted_pread(void *arg, uint64_t at, void *buf, size_t n, size_t *got)
{
	struct counted *c = arg;
	struct bytes rest = { (char *)(uintptr_t)c->rest, 256, 0 };

	c->loads += at % BLOCK == 0;
	c->furthest = at > c->furthest ? at : c->furthest;
	if (at < c->head.len)
		return testjournal_pread(&c->head, at, buf, n, got);
	return testjournal_pread(&rest, at % BLOCK, buf, n, got);
}

/*
 * One entry that names two places in turn, each of which makes the other be forgotten: every item
 * is a load, without end.
 */
static void test_far_items(void **unused UNUSED)
{
	static const char rest[256];
	const uint64_t far[2] = { 100 * BLOCK, 228 * BLOCK }; /* 128 blocks are kept */
	struct testjournal t = testjournal_begin(TESTJOURNAL_COMPACT);
	struct testjournal_when w = { START, 1, 1 };
	uint64_t *items = xcalloc(ITEMS, sizeof(*items));
	struct counted c = { .rest = rest, .size = 256 * BLOCK };
	struct journal_source source = { counted_pread, &c, c.size };
	struct journal_entry e;
	struct journalread *j;

	for (size_t i = 0; i < ITEMS; i++)
		items[i] = far[i % 2];
	testjournal_entry(&t, &w, items, ITEMS);
	testjournal_end(&t);
	c.head = t.b;
	j = journalread_open_raw(&source, 0);
	while (journalread_next(j, &e))
		;
	assert_int_equal(journalread_error(j), -EFBIG);
	assert_true(c.loads > 1000 && c.loads < ITEMS * 4 / 5);
	journalread_close(j);
	free(items);
	bytes_free(&t.b);
}

/* Each of them is large and begins inside the one before. */
static void test_nested_entries(void **unused UNUSED)
{
	enum { SIZE = 0x10010, WORDS = 2 * SIZE / 8, IN_ENTRY = (SIZE - 64) / 16 };
	struct testjournal t = testjournal_begin(TESTJOURNAL_REGULAR);
	uint64_t message = testjournal_data(&t, "MESSAGE=again", TESTJOURNAL_PLAIN);
	const uint64_t words[3] = { JOURNAL_ENTRY, SIZE, message };
	struct journal_source source;
	struct journal_entry e;
	struct journalread *j;
	size_t entries = 0, named = 0;

	while (t.b.len % 8)
		testjournal_put(&t, 0, 1);
	for (size_t i = 0; i < WORDS; i++)
		testjournal_put(&t, words[i % 3], 8);
	source = testjournal_source(&t.b);
	j = journalread_open_raw(&source, 0);
	while (journalread_next(j, &e)) {
		entries += e.known;
		named += e.known && e.at[JOURNAL_MESSAGE];
	}
	/* All are told, but the items of all are no more than fit into the file. */
	assert_true(entries > WORDS / 2 / 3 - 8);
	assert_true(named > 0 && named <= t.b.len / 4 / IN_ENTRY + 1);
	journalread_close(j);
	bytes_free(&t.b);
}

/* Without a header its first bytes tell how it is laid out, however much there is. */
static void test_guess(void **unused UNUSED)
{
	static const char rest[256] = { 1, 1, 1, 1 };
	struct counted c = { .rest = rest, .size = 1024 * BLOCK };
	struct journal_source source = { counted_pread, &c, c.size };

	journalread_close(journalread_open_raw(&source, 0));
	assert_true(c.loads > 0);
	assert_true(c.furthest <= 129 * BLOCK);
	assert_true(c.loads <= 3 * 129);
}

static void test_lines(void **unused UNUSED)
{
	static const char expected[] = "__CURSOR=\n__REALTIME_TIMESTAMP=5\n"
				       "__MONOTONIC_TIMESTAMP=6\n"
				       "_BOOT_ID=01010101010101010101010101010101\n"
				       "_TRANSPORT=kernel\n"
				       "MESSAGE=one\nMESSAGE=__CURSOR=two\n\n"
				       "__CURSOR=\nMESSAGE=lost\n\n";
	struct testjournal t = testjournal_begin(TESTJOURNAL_COMPACT);
	struct testjournal_when w = { 5, 6, 1 };
	uint64_t items[2];
	struct journal_source source;
	struct journal_lines l = { 0 };
	struct syslogread_source lines;
	char buf[512];
	size_t n = 0;
	ssize_t got;

	items[0] = testjournal_data(&t, "MESSAGE=one\n__CURSOR=two", TESTJOURNAL_PLAIN);
	items[1] = testjournal_data(&t, "_TRANSPORT=kernel", TESTJOURNAL_PLAIN);
	testjournal_entry(&t, &w, items, 2);
	items[0] = testjournal_data(&t, "MESSAGE=of a program", TESTJOURNAL_PLAIN);
	items[1] = testjournal_data(&t, "_TRANSPORT=syslog", TESTJOURNAL_PLAIN);
	testjournal_entry(&t, &w, items, 2);
	testjournal_data(&t, "MESSAGE=lost", TESTJOURNAL_PLAIN);
	testjournal_end(&t);
	source = testjournal_source(&t.b);
	l.j = journalread_open(&source);
	lines = journalread_lines(&l);
	while ((got = lines.read(lines.arg, buf + n, 7)) > 0)
		n += (size_t)got;
	buf[n] = '\0';
	assert_string_equal(buf, expected);
	journalread_close(l.j);
	bytes_free(&l.line);
	bytes_free(&l.text);
	bytes_free(&t.b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_layouts), cmocka_unit_test(test_cut),
		cmocka_unit_test(test_header_gone), cmocka_unit_test(test_holes),
		cmocka_unit_test(test_wrong_size),  cmocka_unit_test(test_any_bytes),
		cmocka_unit_test(test_bomb),	    cmocka_unit_test(test_lines),
		cmocka_unit_test(test_far_items),   cmocka_unit_test(test_nested_entries),
		cmocka_unit_test(test_guess),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
