/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file of systemd's journal, for tests: whole, but for hash tables that are empty.
 *
 *	struct testjournal t = testjournal_begin(TESTJOURNAL_COMPACT);
 *	at = testjournal_data(&t, "MESSAGE=…", TESTJOURNAL_ZSTD);
 *	testjournal_entry(&t, &when, items, n);
 *	testjournal_end(&t);			t.b is the file; bytes_free() it
 */
#ifndef BOOTMEND_TESTJOURNAL_H
#define BOOTMEND_TESTJOURNAL_H

#include <lz4.h>
#include <lzma.h>
#include <zstd.h>

#include "lib/journalread.h"

#define TESTJOURNAL_HEADER 272u

/* Of the file. */
#define TESTJOURNAL_REGULAR 0u
#define TESTJOURNAL_COMPACT 16u
/* Of a DATA object. */
#define TESTJOURNAL_PLAIN 0u
#define TESTJOURNAL_XZ 1u
#define TESTJOURNAL_LZ4 2u
#define TESTJOURNAL_ZSTD 4u

struct testjournal {
	struct bytes b;
	unsigned flags;
	uint64_t seqnum, objects, tail, tail_entry;
	struct bytes entries; /* where each lies, as 8 bytes */
	int64_t first, last, last_monotonic;
};

struct testjournal_when {
	int64_t realtime, monotonic;
	unsigned char boot; /* each byte of its id */
};

static inline void testjournal_put(struct testjournal *t, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++, v >>= 8)
		bytes_addc(&t->b, (char)(v & 0xff));
}

static inline void testjournal_set(struct testjournal *t, size_t at, uint64_t v)
{
	for (size_t i = 0; i < 8; i++, v >>= 8)
		t->b.data[at + i] = (char)(v & 0xff);
}

/* The head of an object of that size; where it begins. */
static inline uint64_t testjournal_head(struct testjournal *t, unsigned type, unsigned flags,
					uint64_t size)
{
	uint64_t at;

	while (t->b.len % 8)
		bytes_addc(&t->b, '\0');
	at = t->tail = t->b.len;
	t->objects++;
	testjournal_put(t, type | flags << 8, 8);
	testjournal_put(t, size, 8);
	return at;
}

/* A hash table without anything in it; its offset and size stand in the header. */
static inline void testjournal_table(struct testjournal *t, unsigned type, size_t header)
{
	uint64_t at = testjournal_head(t, type, 0, 32);

	testjournal_put(t, 0, 8);
	testjournal_put(t, 0, 8);
	testjournal_set(t, header, at + 16);
	testjournal_set(t, header + 8, 16);
}

static inline struct testjournal testjournal_begin(unsigned flags)
{
	struct testjournal t = { .flags = flags };

	bytes_adds(&t.b, JOURNAL_MAGIC);
	testjournal_put(&t, 0, 4);
	testjournal_put(&t, flags | 1 | 2 | 8, 4);
	while (t.b.len < TESTJOURNAL_HEADER)
		bytes_addc(&t.b, '\0');
	testjournal_set(&t, 88, TESTJOURNAL_HEADER);
	testjournal_table(&t, JOURNAL_DATA_TABLE, 104);
	testjournal_table(&t, JOURNAL_FIELD_TABLE, 120);
	return t;
}

static inline size_t testjournal_pack(const char *s, size_t n, unsigned packed, char *out,
				      size_t max)
{
	size_t len = 0;

	switch (packed) {
	case TESTJOURNAL_XZ:
		lzma_easy_buffer_encode(0, LZMA_CHECK_NONE, NULL, (const uint8_t *)s, n,
					(uint8_t *)out, &len, max);
		return len;
	case TESTJOURNAL_LZ4:
		for (size_t i = 0; i < 8; i++)
			out[i] = (char)(n >> 8 * i & 0xff);
		return 8 + (size_t)LZ4_compress_default(s, out + 8, (int)n, (int)max - 8);
	case TESTJOURNAL_ZSTD:
		return ZSTD_compress(out, max, s, n, 3);
	default:
		memcpy(out, s, n);
		return n;
	}
}

static inline uint64_t testjournal_data(struct testjournal *t, const char *s, unsigned packed)
{
	unsigned payload = t->flags & TESTJOURNAL_COMPACT ? 72 : 64;
	size_t n = strlen(s), max = n + n / 8 + 4096;
	_cleanup_free_ char *out = xmalloc(max);
	uint64_t at;

	n = testjournal_pack(s, n, packed, out, max);
	at = testjournal_head(t, JOURNAL_DATA, packed, payload + n);
	testjournal_put(t, 0, 8);
	while (t->b.len < at + payload)
		bytes_addc(&t->b, '\0');
	bytes_add(&t->b, out, n);
	return at;
}

static inline uint64_t testjournal_entry(struct testjournal *t, const struct testjournal_when *w,
					 const uint64_t *items, size_t n)
{
	unsigned item = t->flags & TESTJOURNAL_COMPACT ? 4 : 16;
	uint64_t at = testjournal_head(t, JOURNAL_ENTRY, 0, 64 + n * item);

	t->first = t->seqnum ? t->first : w->realtime;
	t->last = w->realtime;
	t->last_monotonic = w->monotonic;
	t->tail_entry = at;
	bytes_add(&t->entries, &at, sizeof(at));
	testjournal_put(t, ++t->seqnum, 8);
	testjournal_put(t, (uint64_t)w->realtime, 8);
	testjournal_put(t, (uint64_t)w->monotonic, 8);
	for (size_t i = 0; i < 16; i++)
		bytes_addc(&t->b, (char)w->boot);
	testjournal_put(t, 0, 8);
	for (size_t i = 0; i < n; i++) {
		testjournal_put(t, items[i], item < 8 ? item : 8);
		if (item == 16)
			testjournal_put(t, 0, 8);
	}
	return at;
}

/* Where the entries lie, in an array that the header names. */
static inline void testjournal_array(struct testjournal *t)
{
	size_t n = t->entries.len / 8, item = t->flags & TESTJOURNAL_COMPACT ? 4 : 8;
	uint64_t at = testjournal_head(t, JOURNAL_ENTRY_ARRAY, 0, 24 + n * item);

	testjournal_put(t, 0, 8);
	for (size_t i = 0; i < n; i++) {
		uint64_t entry;

		memcpy(&entry, t->entries.data + 8 * i, sizeof(entry));
		testjournal_put(t, entry, item);
	}
	testjournal_set(t, 176, at);
}

static inline void testjournal_end(struct testjournal *t)
{
	if (t->seqnum)
		testjournal_array(t);
	while (t->b.len % 8)
		bytes_addc(&t->b, '\0');
	testjournal_set(t, 96, t->b.len - TESTJOURNAL_HEADER);
	testjournal_set(t, 136, t->tail);
	testjournal_set(t, 144, t->objects);
	testjournal_set(t, 152, t->seqnum);
	testjournal_set(t, 160, t->seqnum);
	testjournal_set(t, 168, t->seqnum != 0);
	testjournal_set(t, 184, (uint64_t)t->first);
	testjournal_set(t, 192, (uint64_t)t->last);
	testjournal_set(t, 200, (uint64_t)t->last_monotonic);
	testjournal_set(t, 264, t->tail_entry);
	bytes_free(&t->entries);
}

/* Its bytes; arg is the struct bytes. */
static inline int testjournal_pread(void *arg, uint64_t at, void *buf, size_t n, size_t *got)
{
	const struct bytes *b = arg;

	*got = at < b->len ? (b->len - (size_t)at < n ? b->len - (size_t)at : n) : 0;
	if (*got)
		memcpy(buf, b->data + at, *got);
	return 0;
}

static inline struct journal_source testjournal_source(struct bytes *b)
{
	return (struct journal_source){ testjournal_pread, b, b->len };
}

#endif
