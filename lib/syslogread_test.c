/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lib/syslogread.h"
#include "lib/testpack.h"

#define FILLER "what a server writes all day long, in lines that are of no interest\n"

/* A log made on the fly: head, so many filler lines, tail; in pieces. */
struct made {
	const char *head, *tail;
	uint64_t lines, at;
	size_t piece;
};

static char byte_at(const struct made *m, uint64_t i)
{
	size_t head = strlen(m->head);
	uint64_t fill = m->lines * (sizeof(FILLER) - 1);

	if (i < head)
		return m->head[i];
	i -= head;
	return i < fill ? FILLER[i % (sizeof(FILLER) - 1)] : m->tail[i - fill];
}

static ssize_t make(void *arg, void *buf, size_t n)
{
	struct made *m = arg;
	uint64_t size = strlen(m->head) + m->lines * (sizeof(FILLER) - 1) + strlen(m->tail);
	char *to = buf;

	n = n < m->piece ? n : m->piece;
	n = n < size - m->at ? n : (size_t)(size - m->at);
	for (size_t i = 0; i < n; i++)
		to[i] = byte_at(m, m->at++);
	return (ssize_t)n;
}

static struct syslogread *open_made(struct made *m)
{
	return syslogread_open(&(struct syslogread_source){ make, m });
}

static void is_line(const struct syslogread_line *l, const char *text, uint64_t number)
{
	assert_true(slice_is(l->s, text));
	assert_int_equal(l->number, number);
}

static void test_lines(void **unused UNUSED)
{
	struct made m = { .head = "a\n\nb\r\n", .tail = "end", .lines = 40000, .piece = 777 };
	struct syslogread *r = open_made(&m);
	struct syslogread_line l;
	uint64_t n = 0;

	assert_true(syslogread_line(r, &l));
	is_line(&l, "a", 1);
	assert_true(syslogread_line(r, &l));
	is_line(&l, "", 2);
	assert_true(syslogread_line(r, &l));
	is_line(&l, "b\r", 3);
	while (syslogread_line(r, &l))
		n++;
	assert_int_equal(n, 40001);
	is_line(&l, "end", 40004);
	assert_int_equal(syslogread_error(r), 0);
	syslogread_close(r);
}

static const struct syslogscan_word words[] = {
	{ "needle", 100 },
	{ "pin in it", 0 },
	{ NULL, 0 },
};

/* However the pieces fall, the word is found, and the lines before it are counted. */
static void test_seek(void **unused UNUSED)
{
	struct syslogscan scan;

	syslogscan_prepare(&scan, words);
	for (size_t piece = 1; piece < 1500000; piece = piece * 7 + 3) {
		struct made m = { .head = "x\n",
				  .tail = "one\na needle\na pin in it\nlast",
				  .lines = piece < 100 ? 300 : 40000,
				  .piece = piece };
		struct syslogread *r = open_made(&m);
		struct syslogread_line l;
		int before = 0;

		assert_true(syslogread_seek(r, &scan));
		while (syslogread_line(r, &l) && !slice_find(l.s, "needle"))
			before++;
		assert_in_range(before, 1, 3);
		is_line(&l, "a needle", m.lines + 3);
		assert_true(syslogread_seek(r, &scan));
		assert_true(syslogread_line(r, &l));
		is_line(&l, "a pin in it", m.lines + 4);
		assert_false(syslogread_seek(r, &scan));
		assert_false(syslogread_line(r, &l));
		syslogread_close(r);
	}
}

/* The same line is not found for ever when nobody reads it. */
static void test_seek_twice(void **unused UNUSED)
{
	struct made m = { .head = "needle needle\n", .tail = "needle", .piece = 5 };
	struct syslogread *r = open_made(&m);
	struct syslogread_line l;
	struct syslogscan scan;

	syslogscan_prepare(&scan, words);
	assert_true(syslogread_seek(r, &scan));
	assert_true(syslogread_seek(r, &scan));
	assert_true(syslogread_line(r, &l));
	is_line(&l, "needle needle", 1);
	assert_true(syslogread_seek(r, &scan));
	assert_true(syslogread_line(r, &l));
	is_line(&l, "needle", 2);
	assert_false(syslogread_seek(r, &scan));
	syslogread_close(r);
}

/* One line of many megabytes, and one of zeros. */
struct huge {
	uint64_t left;
	char c;
	const char *then;
};

static ssize_t make_huge(void *arg, void *buf, size_t n)
{
	struct huge *h = arg;

	if (h->left) {
		n = n < h->left ? n : (size_t)h->left;
		h->left -= n;
		memset(buf, h->c, n);
		return (ssize_t)n;
	}
	n = strlen(h->then);
	memcpy(buf, h->then, n);
	h->then += n;
	return (ssize_t)n;
}

static void test_huge_line(void **unused UNUSED)
{
	struct huge h = { 20u << 20, 'x', "\nafter needle\n" };
	struct syslogread *r = syslogread_open(&(struct syslogread_source){ make_huge, &h });
	struct syslogread_line l;

	assert_true(syslogread_line(r, &l));
	assert_true(l.cut && l.s.n == SYSLOGREAD_LINE_MAX);
	assert_true(syslogread_line(r, &l));
	is_line(&l, "after needle", 2);
	assert_false(syslogread_line(r, &l));
	syslogread_close(r);
}

static void test_hole(void **unused UNUSED)
{
	struct huge h = { 20u << 20, '\0', "after needle\n" };
	struct syslogread *r = syslogread_open(&(struct syslogread_source){ make_huge, &h });
	struct syslogread_line l;

	assert_true(syslogread_line(r, &l));
	is_line(&l, "after needle", 1);
	syslogread_close(r);
}

static void test_seek_in_huge_line(void **unused UNUSED)
{
	struct huge h = { 20u << 20, 'x', "\nafter needle\n" };
	struct syslogread *r = syslogread_open(&(struct syslogread_source){ make_huge, &h });
	struct syslogscan scan;
	struct syslogread_line l;

	syslogscan_prepare(&scan, words);
	assert_true(syslogread_seek(r, &scan));
	while (syslogread_line(r, &l) && !slice_find(l.s, "needle"))
		;
	is_line(&l, "after needle", 2);
	syslogread_close(r);
}

static ssize_t fail_to_read(void *arg UNUSED, void *buf UNUSED, size_t n UNUSED)
{
	return -EIO;
}

static void test_error(void **unused UNUSED)
{
	struct syslogread *r = syslogread_open(&(struct syslogread_source){ fail_to_read, NULL });
	struct syslogread_line l;

	assert_false(syslogread_line(r, &l));
	assert_int_equal(syslogread_error(r), -EIO);
	syslogread_close(r);
}

/* --- members --- */

struct packed {
	struct bytes b;
	size_t at;
};

static ssize_t read_packed(void *arg, void *buf, size_t n)
{
	struct packed *p = arg;

	n = n < p->b.len - p->at ? n : p->b.len - p->at;
	memcpy(buf, p->b.data + p->at, n);
	p->at += n;
	return (ssize_t)n;
}

/* Members that each hold that text, as `cat *.gz` puts them together; lines that are read. */
static uint64_t lines_of(const char *how, const char *text, size_t members, struct packed *p,
			 int *error)
{
	struct bytes one = { 0 }, plain = { (char *)(uintptr_t)text, strlen(text), 0 };
	struct syslogread *r;
	struct syslogread_line l;
	uint64_t n = 0;

	assert_int_equal(testpack(how, &plain, &one), 0);
	*p = (struct packed){ 0 };
	for (size_t i = 0; i < members; i++)
		bytes_add(&p->b, one.data, one.len);
	r = syslogread_open(&(struct syslogread_source){ read_packed, p });
	while (syslogread_line(r, &l))
		n++;
	*error = syslogread_error(r);
	syslogread_close(r);
	bytes_free(&one);
	bytes_free(&p->b);
	return n;
}

static void test_members(void **unused UNUSED)
{
	static const char *const kinds[] = { "gzip", "xz", "bzip2", "zstd" };
	struct packed p;
	int error;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		assert_int_equal(lines_of(kinds[i], FILLER, 200, &p, &error), 200);
		assert_int_equal(error, 0);
	}
}

/* Each costs as much to begin as a larger one. */
static void test_empty_members(void **unused UNUSED)
{
	static const char *const kinds[] = { "gzip", "zstd" };
	struct packed p;
	int error;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		assert_int_equal(lines_of(kinds[i], "", 100000, &p, &error), 0);
		assert_int_equal(error, -EFBIG);
		assert_true(p.at < 400u << 10);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),	      cmocka_unit_test(test_seek),
		cmocka_unit_test(test_seek_twice),    cmocka_unit_test(test_huge_line),
		cmocka_unit_test(test_hole),	      cmocka_unit_test(test_seek_in_huge_line),
		cmocka_unit_test(test_error),	      cmocka_unit_test(test_members),
		cmocka_unit_test(test_empty_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
