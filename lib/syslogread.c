/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "lib/syslogread.h"
#include "lib/unpack.h"

#define BUFFER SYSLOGREAD_BUFFER
#define PACKED (BUFFER / 8)
#define BACK_MAX SYSLOGREAD_BACK_MAX
/* To begin another member costs as much as some KiB: there are some, and more in a large file. */
#define MEMBERS_MIN 4096u
#define MEMBER_BYTES 512u /* of packed ones */

struct syslogread {
	struct syslogread_source source;
	const struct unpack_format *format;
	struct unpack *unpack;
	unsigned char *packed; /* compressed bytes not yet taken: [at .. len) */
	size_t packed_at, packed_len;
	uint64_t unpacked, unpacked_max;
	uint64_t members, taken; /* that were begun; bytes of them */
	bool packed_end;	 /* the source is at its end */

	char *buf; /* BUFFER bytes; [pos .. end) is not handed out */
	size_t pos, end;
	size_t searched; /* up to here no word begins; >= pos */
	bool hit;	 /* one begins at searched */
	uint64_t lines;	 /* before pos */
	bool at_end, in_cut;
	int error;
};

/* --- bytes --- */

static ssize_t source_read(struct syslogread *r, void *buf, size_t n)
{
	ssize_t got = r->source.read(r->source.arg, buf, n);

	if (got < 0 && !r->error)
		r->error = (int)got;
	if (got <= 0)
		r->packed_end = true;
	return got < 0 ? 0 : got;
}

static void packed_fill(struct syslogread *r)
{
	if (r->packed_at) {
		memmove(r->packed, r->packed + r->packed_at, r->packed_len - r->packed_at);
		r->packed_len -= r->packed_at;
		r->packed_at = 0;
	}
	while (!r->packed_end && r->packed_len < PACKED)
		r->packed_len +=
			(size_t)source_read(r, r->packed + r->packed_len, PACKED - r->packed_len);
}

/* The next member, as `cat a.gz b.gz` makes them; false: what follows is none. */
static bool member_open(struct syslogread *r)
{
	const struct unpack_format *f =
		unpack_detect(r->packed + r->packed_at, r->packed_len - r->packed_at);

	if (f && r->members++ > MEMBERS_MIN + r->taken / MEMBER_BYTES) {
		r->error = -EFBIG;
		return false;
	}
	if (!f || unpack_open(f, &r->unpack) < 0)
		return false;
	r->format = f;
	return true;
}

static ssize_t member_step(struct syslogread *r, void *buf, size_t n)
{
	struct unpack_io io = { .in = r->packed + r->packed_at,
				.in_len = r->packed_len - r->packed_at,
				.out = buf,
				.out_len = n };
	size_t had = io.in_len;
	enum unpack_result e = unpack_step(r->unpack, &io);

	r->packed_at += had - io.in_len;
	r->taken += had - io.in_len;
	if (e == UNPACK_END) {
		unpack_close(r->unpack);
		r->unpack = NULL;
	} else if (e != UNPACK_MORE) {
		r->error = e == UNPACK_BAD ? -EBADMSG : -EFBIG;
	} else if (io.out_len == n && had == io.in_len && (r->packed_end || had == PACKED)) {
		r->error = -EBADMSG; /* cut in the middle */
	}
	return (ssize_t)(n - io.out_len);
}

/* 0 at the end, whatever ended it. */
static size_t unpacked_read(struct syslogread *r, void *buf, size_t n)
{
	ssize_t got = 0;
	bool stuck = false;

	while (!r->error && got == 0) {
		size_t at;

		/* What is left is moved, so not for each of many small members. */
		if (stuck || r->packed_len - r->packed_at < PACKED / 2)
			packed_fill(r);
		if (!r->unpack && (r->packed_at == r->packed_len || !member_open(r)))
			return 0;
		at = r->packed_at;
		got = member_step(r, buf, n);
		stuck = r->packed_at == at;
	}
	r->unpacked += (uint64_t)got;
	if (r->unpacked > r->unpacked_max && !r->error)
		r->error = -EFBIG;
	return (size_t)got;
}

static size_t plain_read(struct syslogread *r, void *buf, size_t n)
{
	size_t left = r->packed_len - r->packed_at;

	if (!left)
		return r->packed_end ? 0 : (size_t)source_read(r, buf, n);
	if (left > n)
		left = n;
	memcpy(buf, r->packed + r->packed_at, left);
	r->packed_at += left;
	return left;
}

/* --- the buffer --- */

/* Newlines of a stretch; the compiler makes vectors of the inner loop. */
static uint64_t count_newlines(const char *s, size_t n)
{
	uint64_t count = 0;
	size_t i = 0;

	for (; i + 64 <= n; i += 64) {
		unsigned char part = 0;

		for (size_t k = 0; k < 64; k++)
			part = (unsigned char)(part + (s[i + k] == '\n'));
		count += part;
	}
	for (; i < n; i++)
		count += s[i] == '\n';
	return count;
}

static void move_to(struct syslogread *r, size_t pos)
{
	r->pos = pos;
	if (r->searched < pos) {
		r->searched = pos;
		r->hit = false;
	}
}

static void pass_to(struct syslogread *r, size_t pos)
{
	r->lines += count_newlines(r->buf + r->pos, pos - r->pos);
	move_to(r, pos);
}

/* Makes room and reads once; false when nothing came. */
static bool fill(struct syslogread *r)
{
	size_t got;

	if (r->at_end)
		return false;
	if (r->pos && BUFFER - r->end < BUFFER / 2) {
		memmove(r->buf, r->buf + r->pos, r->end - r->pos);
		r->end -= r->pos;
		r->searched -= r->pos;
		r->pos = 0;
	}
	if (r->end == BUFFER)
		return false;
	got = r->format ? unpacked_read(r, r->buf + r->end, BUFFER - r->end)
			: plain_read(r, r->buf + r->end, BUFFER - r->end);
	r->at_end = got == 0;
	r->end += got;
	return got != 0;
}

struct syslogread *syslogread_open(const struct syslogread_source *source)
{
	struct syslogread *r = xcalloc(1, sizeof(*r));

	r->source = *source;
	r->unpacked_max = SYSLOGREAD_UNPACKED_MAX;
	r->packed = xmalloc(PACKED);
	r->buf = xmalloc(BUFFER);
	packed_fill(r);
	if (!member_open(r))
		r->format = NULL;
	return r;
}

void syslogread_close(struct syslogread *r)
{
	if (!r)
		return;
	if (r->unpack)
		unpack_close(r->unpack);
	free(r->packed);
	free(r->buf);
	free(r);
}

void syslogread_limit(struct syslogread *r, uint64_t unpacked)
{
	r->unpacked_max = unpacked;
}

int syslogread_error(const struct syslogread *r)
{
	return r->error;
}

const char *syslogread_packing(const struct syslogread *r)
{
	return r->format ? unpack_name(r->format) : NULL;
}

/* --- lines --- */

static void hand_out(struct syslogread *r, size_t len, struct syslogread_line *out)
{
	out->s = (struct slice){ r->buf + r->pos, len };
	out->number = r->lines + 1;
	out->cut = false;
}

/* The rest of a line that was cut. */
static void skip_cut(struct syslogread *r)
{
	const char *nl;

	while (r->in_cut) {
		nl = memchr(r->buf + r->pos, '\n', r->end - r->pos);
		pass_to(r, nl ? (size_t)(nl + 1 - r->buf) : r->end);
		r->in_cut = !nl && fill(r);
	}
}

/* Holes that a crash leaves are long; they are no part of a line. */
static void skip_holes(struct syslogread *r)
{
	do {
		while (r->pos < r->end && r->buf[r->pos] == '\0')
			r->pos++;
		move_to(r, r->pos);
	} while (r->pos == r->end && fill(r));
}

bool syslogread_line(struct syslogread *r, struct syslogread_line *out)
{
	const char *nl;
	size_t looked = 0, len;

	skip_cut(r);
	skip_holes(r);
	while (nl = memchr(r->buf + r->pos + looked, '\n', r->end - r->pos - looked), !nl) {
		looked = r->end - r->pos;
		if (looked >= SYSLOGREAD_LINE_MAX || !fill(r))
			break;
	}
	len = nl ? (size_t)(nl - (r->buf + r->pos)) : r->end - r->pos;
	if (!nl && !len)
		return false;
	hand_out(r, len < SYSLOGREAD_LINE_MAX ? len : SYSLOGREAD_LINE_MAX, out);
	out->cut = len > SYSLOGREAD_LINE_MAX || (!nl && !r->at_end);
	r->in_cut = !nl;
	r->lines += nl != NULL;
	move_to(r, nl ? r->pos + len + 1 : r->end);
	return true;
}

/* --- seeking --- */

/* The line that begins at or before `at`, not before pos. */
static size_t line_begin(const struct syslogread *r, size_t at)
{
	const char *nl = at > r->pos ? memrchr(r->buf + r->pos, '\n', at - r->pos) : NULL;

	return nl ? (size_t)(nl + 1 - r->buf) : r->pos;
}

/* The line after the next newline behind `at`, or `at` where there is none. */
static size_t line_after(const struct syslogread *r, size_t at)
{
	const char *nl = memchr(r->buf + at, '\n', r->end - at);

	return nl ? (size_t)(nl + 1 - r->buf) : at;
}

static void go_back_from(struct syslogread *r, size_t begin, size_t back)
{
	if (back && begin - r->pos > back)
		begin = line_after(r, begin - back);
	else if (back)
		begin = r->pos;
	pass_to(r, begin);
}

bool syslogread_seek(struct syslogread *r, const struct syslogscan *words)
{
	skip_cut(r);
	/* One that was gone back from, and is still to come. */
	if (r->hit)
		return true;
	for (;;) {
		const struct syslogscan_word *which = NULL;
		const char *p =
			syslogscan_find(words, r->buf + r->searched, r->end - r->searched, &which);

		if (p) {
			size_t at = (size_t)(p - r->buf);

			r->searched = at;
			r->hit = true;
			go_back_from(r, line_begin(r, at), which->back);
			return true;
		}
		/* A word may lie across the end of what was read. */
		if (r->end - r->searched > words->longest)
			r->searched = r->end - words->longest;
		if (r->searched - r->pos > BACK_MAX)
			pass_to(r, line_begin(r, r->searched - BACK_MAX));
		/* One line fills it all: its beginning is given up. */
		if (r->pos == 0 && r->end == BUFFER)
			pass_to(r, r->searched);
		if (!fill(r)) {
			pass_to(r, r->end);
			return false;
		}
	}
}
