/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two readers of a journal side by side: on sound files, and where one of them gives up. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "lib/journalsd.h"
#include "lib/testjournal.h"

#define ENTRIES 30u
#define STATE 16u
#define N_ENTRIES 152u
#define ENTRY_ARRAY 176u

static const unsigned layouts[] = { TESTJOURNAL_REGULAR, TESTJOURNAL_COMPACT };
static const unsigned packings[] = { TESTJOURNAL_PLAIN, TESTJOURNAL_XZ, TESTJOURNAL_LZ4,
				     TESTJOURNAL_ZSTD };

#ifdef BOOTMEND_SDJOURNAL
static const char with_sd[] = "sd-journal";
#else
static const char with_sd[] = "raw";
#endif

static struct testjournal some(unsigned layout, unsigned packed)
{
	struct testjournal t = testjournal_begin(layout);
	uint64_t items[3] = { 0, testjournal_data(&t, "_TRANSPORT=kernel", TESTJOURNAL_PLAIN),
			      testjournal_data(&t, "_HOSTNAME=web1", packed) };
	char message[700];

	for (size_t i = 0; i < ENTRIES; i++) {
		struct testjournal_when w = { INT64_C(1743516812000000) + (int64_t)i,
					      7 + (int64_t)i, (unsigned char)(1 + i / 20) };

		snprintf(message, sizeof(message), "MESSAGE=%zu %0*zu", i, (int)(i * 20), i);
		items[0] = testjournal_data(&t, message, packed);
		testjournal_entry(&t, &w, items, 3);
	}
	testjournal_end(&t);
	return t;
}

/* All that a reader tells, as text. */
static void tell(struct journalread *j, struct bytes *out)
{
	struct bytes text = { 0 };
	struct journal_entry e;

	out->len = 0;
	while (journalread_next(j, &e)) {
		bytes_addf(out, "%d %llu %lld %lld %s", e.known, (unsigned long long)e.seqnum,
			   (long long)e.realtime, (long long)e.monotonic, e.boot_id);
		for (unsigned f = 0; f < JOURNAL_FIELDS; f++) {
			bytes_addc(out, ' ');
			if (journalread_text(j, &e, f, &text))
				bytes_add(out, text.data, text.len);
		}
		bytes_addc(out, '\n');
	}
	bytes_free(&text);
}

static size_t lines(const struct bytes *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->len; i++)
		n += b->data[i] == '\n';
	return n;
}

/* Both tell the same; in the end it was that reader. */
static void same(struct bytes *file, const char *reader, size_t entries)
{
	struct journal_source source = testjournal_source(file);
	struct journalread *j = journalread_open(&source), *raw = journalread_open_raw(&source, 0);
	struct bytes a = { 0 }, b = { 0 };

	tell(j, &a);
	tell(raw, &b);
	assert_true(a.len > 0);
	assert_string_equal(a.data, b.data);
	assert_int_equal(lines(&a), entries);
	assert_string_equal(journalread_reader(j), reader);
	assert_string_equal(journalread_reader(raw), "raw");
	journalread_close(j);
	journalread_close(raw);
	bytes_free(&a);
	bytes_free(&b);
}

static void test_sound(void **unused UNUSED)
{
	for (size_t k = 0; k < ARRAY_SIZE(layouts) * ARRAY_SIZE(packings); k++) {
		struct testjournal t = some(layouts[k % 2], packings[k / 2]);

		same(&t.b, with_sd, ENTRIES);
		bytes_free(&t.b);
	}
}

/* One that was not closed is not given to libsystemd, nor one whose header is in doubt. */
static void test_unclean(void **unused UNUSED)
{
	struct testjournal t = some(TESTJOURNAL_COMPACT, TESTJOURNAL_ZSTD);

	t.b.data[STATE] = 1;
	same(&t.b, "raw", ENTRIES);
	t.b.data[STATE] = 2;
	same(&t.b, with_sd, ENTRIES);
	t.b.data[STATE] = 77;
	same(&t.b, "raw", ENTRIES);
	t.b.data[STATE] = 0;
	testjournal_set(&t, N_ENTRIES, UINT64_MAX);
	same(&t.b, "raw", ENTRIES);
	testjournal_set(&t, N_ENTRIES, 0);
	same(&t.b, "raw", ENTRIES);
	bytes_free(&t.b);
}

/* It ends where the counter of the header says so; the scan goes on. */
static void test_too_few(void **unused UNUSED)
{
	struct testjournal t = some(TESTJOURNAL_REGULAR, TESTJOURNAL_PLAIN);

	testjournal_set(&t, N_ENTRIES, 11);
	same(&t.b, "raw", ENTRIES);
	bytes_free(&t.b);
}

/* An array of entries that goes back to its beginning, one that leads nowhere, and none. */
static void test_array(void **unused UNUSED)
{
	struct testjournal t = some(TESTJOURNAL_REGULAR, TESTJOURNAL_PLAIN);
	size_t array = (size_t)t.tail;

	testjournal_set(&t, array + 8, 24 + 8 * 4);
	testjournal_set(&t, array + 16, array);
	same(&t.b, "raw", ENTRIES);
	testjournal_set(&t, array + 16, 1u << 30);
	same(&t.b, "raw", ENTRIES);
	testjournal_set(&t, ENTRY_ARRAY, 0);
	same(&t.b, "raw", ENTRIES);
	testjournal_set(&t, ENTRY_ARRAY, 8);
	same(&t.b, "raw", ENTRIES);
	bytes_free(&t.b);
}

static void test_holes(void **unused UNUSED)
{
	for (size_t k = 0; k < ARRAY_SIZE(layouts) * ARRAY_SIZE(packings); k++) {
		struct testjournal t = some(layouts[k % 2], packings[k / 2]);
		struct bytes out = { 0 };

		for (size_t at = TESTJOURNAL_HEADER + 64; at + 40 < t.b.len; at += 1013) {
			struct journal_source source = testjournal_source(&t.b);
			struct journalread *j;

			memset(t.b.data + at, at % 2 ? 0 : 0xa5, 40);
			j = journalread_open(&source);
			tell(j, &out);
			journalread_close(j);
		}
		bytes_free(&out);
		bytes_free(&t.b);
	}
}

/* Cut anywhere: never an end by a signal, and what is left is told. */
static void test_cut(void **unused UNUSED)
{
	struct testjournal t = some(TESTJOURNAL_COMPACT, TESTJOURNAL_PLAIN);
	struct bytes out = { 0 };
	size_t whole = t.b.len;

	for (; t.b.len > 300; t.b.len -= t.b.len > 501 ? 501 : 300) {
		struct journal_source source = testjournal_source(&t.b);
		struct journalread *j = journalread_open(&source);

		tell(j, &out);
		if (t.b.len < whole)
			assert_string_equal(journalread_reader(j), "raw");
		journalread_close(j);
	}
	bytes_free(&out);
	bytes_free(&t.b);
}

/* What says that it unpacks to very much is not given to libsystemd, which would make room. */
static void test_heavy(void **unused UNUSED)
{
	struct testjournal t = testjournal_begin(TESTJOURNAL_REGULAR);
	struct testjournal_when w = { 5, 6, 1 };
	uint64_t items[2] = { testjournal_data(&t, "MESSAGE=small", TESTJOURNAL_PLAIN),
			      testjournal_data(&t, "OTHER=much of it, much of it, much of it",
					       TESTJOURNAL_LZ4) };
	struct journal_source source;
	struct bytes text = { 0 };
	struct journal_entry e;
	struct journalread *j;

	testjournal_entry(&t, &w, items, 2);
	testjournal_end(&t);
	testjournal_set(&t, (size_t)items[1] + 64, 1u << 30);
	source = testjournal_source(&t.b);
	j = journalread_open(&source);
	assert_string_equal(journalread_reader(j), "raw");
	assert_true(journalread_next(j, &e));
	assert_true(e.known && e.heavy);
	assert_true(journalread_text(j, &e, JOURNAL_MESSAGE, &text));
	assert_string_equal(text.data, "small");
	assert_false(journalread_next(j, &e));
	journalread_close(j);
	bytes_free(&text);
	bytes_free(&t.b);
}

/* One that no entry names, wherever it lies: libsystemd may be led to it otherwise. */
static void test_heavy_anywhere(void **unused UNUSED)
{
	enum { EMPTY_TABLES = 64 };
	const size_t part = 1 << 20;

	for (size_t before = 0; before < 200; before += 8) {
		struct testjournal t = testjournal_begin(TESTJOURNAL_REGULAR);
		size_t fill = part - before - TESTJOURNAL_HEADER - 64 - EMPTY_TABLES;
		char *filler = xmalloc(fill + 1);
		struct testjournal_when w = { 5, 6, 1 };
		struct journal_source source;
		struct journalread *j;
		uint64_t heavy, item;

		memset(filler, 'x', fill);
		memcpy(filler, "FILL=", 5);
		filler[fill] = '\0';
		testjournal_data(&t, filler, TESTJOURNAL_PLAIN);
		heavy = testjournal_data(&t, "OTHER=much of it, much of it, much of it",
					 TESTJOURNAL_LZ4);
		assert_int_equal(heavy, part - before);
		item = testjournal_data(&t, "MESSAGE=small", TESTJOURNAL_PLAIN);
		testjournal_entry(&t, &w, &item, 1);
		testjournal_end(&t);
		testjournal_set(&t, (size_t)heavy + 64, 1u << 30);
		source = testjournal_source(&t.b);
		j = journalread_open(&source);
		assert_string_equal(journalread_reader(j), "raw");
		journalread_close(j);
		free(filler);
		bytes_free(&t.b);
	}
}

/* Its end alone. */
static void test_from(void **unused UNUSED)
{
	struct testjournal t = some(TESTJOURNAL_COMPACT, TESTJOURNAL_ZSTD);
	struct journal_source source = testjournal_source(&t.b);

	for (uint64_t from = 0; from < t.b.len + 100; from += 333) {
		struct journalread *j = journalread_open_raw(&source, from);
		struct bytes out = { 0 };
		size_t n;

		tell(j, &out);
		n = lines(&out);
		assert_true(from > 300 ? n < ENTRIES + 1 : n == ENTRIES);
		if (from < t.b.len / 2)
			assert_true(n > ENTRIES / 4);
		assert_int_equal(journalread_lost(j), 0);
		journalread_close(j);
		bytes_free(&out);
	}
	bytes_free(&t.b);
}

static int fails(void *arg UNUSED, uint64_t at, void *buf, size_t n, size_t *got)
{
	memset(buf, 0, n);
	*got = n;
	return at ? -EIO : 0;
}

static void test_refuses(void **unused UNUSED)
{
	struct journal_source source = { fails, NULL, JOURNALSD_MAX + 1 };
	struct journalsd *s;

	assert_true(journalsd_open(&source, 64, &s) < 0);
	source.size = 3u << 20;
	assert_true(journalsd_open(&source, 64, &s) < 0);
	source.size = 4096;
	assert_true(journalsd_open(&source, 64, &s) < 0);
	journalsd_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound),	cmocka_unit_test(test_unclean),
		cmocka_unit_test(test_too_few), cmocka_unit_test(test_array),
		cmocka_unit_test(test_holes),	cmocka_unit_test(test_cut),
		cmocka_unit_test(test_heavy),	cmocka_unit_test(test_heavy_anywhere),
		cmocka_unit_test(test_from),	cmocka_unit_test(test_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
