/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <lz4.h>
#include <zstd.h>

#include "lib/journalfile.h"
#include "lib/le.h"
#include "lib/unpack.h"

#define BLOCK (64u << 10)
/* The fuzzer makes it small, to meet its end. */
#ifndef JOURNALFILE_BLOCKS
#define JOURNALFILE_BLOCKS 128u
#endif
#define LOADS_A_BLOCK 512u
#define LOADS_MIN 16384u
#define HEAD 16u
#define NAME_MAX_LEN 64u
#define PACKED_MAX (4u << 20) /* bytes of a packed payload that are looked at */
#define GUESS (8u << 20)      /* bytes that tell the layout where the header does not */

/* Offsets in the file's header. */
#define INCOMPATIBLE 12u
#define STATE 16u
#define HEADER_SIZE 88u
#define ARENA_SIZE 96u
#define TAIL_OBJECT 136u
#define N_OBJECTS 144u
#define N_ENTRIES 152u
#define FLAG_COMPACT 16u
#define HEADER_MIN 208u
#define HEADER_MAX 4096u

#define STATE_ONLINE 1u /* it is being written to, or a crash kept it from being closed */
#define STATE_ARCHIVED 2u

/* Flags of an object. */
#define PACKED_XZ 1u
#define PACKED_ZSTD 4u

#define REALTIME_MAX (UINT64_C(1) << 55)

struct block {
	uint64_t number; /* from 1; 0: nothing */
	size_t n;
	unsigned char data[BLOCK];
};

struct layout {
	unsigned payload, item;
};
static const struct layout regular = { 64, 16 }, compact = { 72, 4 };

struct journalfile {
	struct journal_source source;
	struct block *blocks;
	struct layout layout;
	uint64_t at, sound; /* the next one; the end of the last that was sound */
	uint64_t end;	    /* of the arena as the header says it, for files that are cut */
	uint64_t lost, room;
	uint64_t loads; /* of blocks, that may still be made */
	bool closed;
	int error;
};

/* --- bytes --- */

static const struct block *block_of(struct journalfile *f, uint64_t at)
{
	uint64_t number = at / BLOCK + 1;
	struct block *b = &f->blocks[number % JOURNALFILE_BLOCKS];
	int e;

	if (b->number == number)
		return b;
	b->number = number;
	b->n = 0;
	if (!f->loads)
		return b;
	f->loads--;
	while (b->n < BLOCK) {
		size_t got = 0;

		e = f->source.pread(f->source.arg, at / BLOCK * BLOCK + b->n, b->data + b->n,
				    BLOCK - b->n, &got);
		if (e < 0 && !f->error)
			f->error = e;
		if (e < 0 || !got)
			break;
		b->n += got;
	}
	return b;
}

bool journalfile_bytes(struct journalfile *f, uint64_t at, void *buf, size_t n)
{
	unsigned char *to = buf;

	while (n) {
		const struct block *b = block_of(f, at);
		size_t from = (size_t)(at % BLOCK), part;

		if (from >= b->n)
			return false;
		part = b->n - from < n ? b->n - from : n;
		memcpy(to, b->data + from, part);
		to += part;
		at += part;
		n -= part;
	}
	return true;
}

/* --- objects --- */

/* Behind it, where the next begins. */
static uint64_t behind(const struct journal_object *o)
{
	return (o->at + o->size + 7) & ~UINT64_C(7);
}

static bool is_size_sound(const struct journalfile *f, const struct journal_object *o)
{
	switch (o->type) {
	case JOURNAL_DATA:
		return o->size > f->layout.payload;
	case JOURNAL_FIELD:
		return o->size > 40 && o->size <= 40 + (64u << 10);
	case JOURNAL_ENTRY:
		return o->size >= 64 + f->layout.item && (o->size - 64) % f->layout.item == 0;
	case JOURNAL_DATA_TABLE:
	case JOURNAL_FIELD_TABLE:
		return o->size > HEAD && o->size % 16 == 0;
	case JOURNAL_ENTRY_ARRAY:
		return o->size > 24 && o->size % 4 == 0;
	case JOURNAL_TAG:
		return o->size == 64;
	default:
		return false;
	}
}

static bool is_flag_sound(unsigned char type, unsigned char flags)
{
	if (type != JOURNAL_DATA)
		return !flags;
	return !flags || flags == PACKED_XZ || flags == JOURNAL_LZ4 || flags == PACKED_ZSTD;
}

static bool head_at(struct journalfile *f, uint64_t at, struct journal_object *o)
{
	static const unsigned char none[6];
	unsigned char head[HEAD];

	if (at % 8 || at > f->source.size || f->source.size - at < HEAD ||
	    !journalfile_bytes(f, at, head, sizeof(head)))
		return false;
	*o = (struct journal_object){ at, le64_at(head + 8), head[0], head[1] };
	if (memcmp(head + 2, none, sizeof(none)) != 0 || !is_flag_sound(o->type, o->flags) ||
	    !is_size_sound(f, o))
		return false;
	if (o->size <= f->source.size - at)
		return true;
	/* The file was cut in the middle of it. */
	if (o->type != JOURNAL_DATA || o->flags || f->end <= f->source.size ||
	    o->size > f->end - at || f->source.size - at <= f->layout.payload)
		return false;
	o->size = f->source.size - at;
	return true;
}

static bool is_name(const unsigned char *s, size_t n, unsigned char end)
{
	size_t i = 0;

	while (i < n &&
	       ((s[i] >= 'A' && s[i] <= 'Z') || s[i] == '_' || (i && s[i] >= '0' && s[i] <= '9')))
		i++;
	return i && (i == n ? !end : s[i] == end);
}

static bool is_data_sound(struct journalfile *f, const struct journal_object *o)
{
	static const unsigned char xz[] = { 0xfd, '7', 'z', 'X', 'Z', 0 },
				   zstd[] = { 0x28, 0xb5, 0x2f, 0xfd };
	unsigned char s[NAME_MAX_LEN + 1] = { 0 };
	uint64_t n = o->size - f->layout.payload;

	if (n > sizeof(s))
		n = sizeof(s);
	if (!journalfile_bytes(f, o->at + f->layout.payload, s, (size_t)n))
		return false;
	switch (o->flags) {
	case PACKED_XZ:
		return memcmp(s, xz, sizeof(xz)) == 0;
	case PACKED_ZSTD:
		return memcmp(s, zstd, sizeof(zstd)) == 0;
	case JOURNAL_LZ4:
		return n > 8 && le64_at(s) > 0 && le64_at(s) <= UINT64_C(1) << 30;
	default:
		return is_name(s, (size_t)n, '=');
	}
}

static bool is_entry_sound(struct journalfile *f, const struct journal_object *o)
{
	unsigned char b[64];
	uint64_t first;

	if (!journalfile_bytes(f, o->at, b, sizeof(b)) || !le64_at(b + 16) || !le64_at(b + 24) ||
	    le64_at(b + 24) >= REALTIME_MAX || le64_at(b + 32) >= REALTIME_MAX)
		return false;
	first = journalfile_item(f, o, 0);
	return first && first % 8 == 0 && first < f->source.size;
}

static bool is_field_sound(struct journalfile *f, const struct journal_object *o)
{
	unsigned char s[NAME_MAX_LEN];
	uint64_t n = o->size - 40;

	if (n > sizeof(s))
		n = sizeof(s);
	return journalfile_bytes(f, o->at + 40, s, (size_t)n) && is_name(s, (size_t)n, '\0');
}

bool journalfile_object(struct journalfile *f, uint64_t at, struct journal_object *o)
{
	if (!head_at(f, at, o))
		return false;
	if (o->type == JOURNAL_DATA)
		return is_data_sound(f, o);
	if (o->type == JOURNAL_ENTRY)
		return is_entry_sound(f, o);
	return o->type != JOURNAL_FIELD || is_field_sound(f, o);
}

uint64_t journalfile_item(struct journalfile *f, const struct journal_object *entry, uint64_t i)
{
	unsigned char b[8] = { 0 };

	if (i >= (entry->size - 64) / f->layout.item ||
	    !journalfile_bytes(f, entry->at + 64 + i * f->layout.item, b,
			       f->layout.item < 8 ? f->layout.item : 8))
		return 0;
	return le64_at(b);
}

/* --- one after the other --- */

/* Behind a stretch of zeros in this block, at a place where an object can be. */
static uint64_t past_zeros(struct journalfile *f, uint64_t at)
{
	const struct block *b = block_of(f, at);
	size_t i = (size_t)(at % BLOCK);

	while (i < b->n && !b->data[i])
		i++;
	return at - at % BLOCK + (i / 8 * 8 > at % BLOCK ? i / 8 * 8 : at % BLOCK + 8);
}

/*
 * Where to look after it. Its size may be what is damaged: only when something sensible, or
 * nothing yet, follows, what lies inside is passed over.
 */
static uint64_t after_object(struct journalfile *f, const struct journal_object *o)
{
	unsigned char head[HEAD], none[HEAD] = { 0 };
	struct journal_object next;
	uint64_t to = behind(o);

	if (to + HEAD > f->source.size || head_at(f, to, &next) ||
	    (journalfile_bytes(f, to, head, sizeof(head)) && !memcmp(head, none, sizeof(head))))
		return to;
	return o->at + HEAD;
}

bool journalfile_step(struct journalfile *f, struct journal_object *o)
{
	while (f->loads && f->at < f->source.size && f->source.size - f->at >= HEAD) {
		if (!journalfile_object(f, f->at, o)) {
			f->at = past_zeros(f, f->at);
			continue;
		}
		if (f->at > f->sound)
			f->lost += f->at - f->sound;
		f->at = after_object(f, o);
		f->sound = f->at == behind(o) ? f->at : o->at + o->size;
		return true;
	}
	if (!f->loads && !f->error)
		f->error = -EFBIG;
	return false;
}

/* Entries name data anywhere in the file; what names it without end would never be read through. */
static void allow_loads(struct journalfile *f)
{
	uint64_t left = f->source.size > f->at ? f->source.size - f->at : 0;

	f->loads = left / BLOCK * LOADS_A_BLOCK + LOADS_MIN;
}

void journalfile_seek(struct journalfile *f, uint64_t at)
{
	struct journal_object o;

	at = at / 8 * 8;
	if (at <= f->at)
		return;
	f->at = at;
	allow_loads(f);
	/* What lies before its first object is not damaged, only not looked at. */
	if (journalfile_step(f, &o))
		f->at = o.at;
	f->sound = f->at;
	f->lost = 0;
}

/* --- payloads --- */

bool journalfile_spend(struct journalfile *f, uint64_t n)
{
	if (f->room < n) {
		f->error = f->error ? f->error : -EFBIG;
		f->room = 0;
		return false;
	}
	f->room -= n;
	return true;
}

/* What there is of a stream, however it ends. */
static size_t unpack_stream(const struct unpack_format *format, struct unpack_io io)
{
	enum unpack_result r = UNPACK_MORE;
	size_t room = io.out_len;
	struct unpack *u;

	if (unpack_open(format, &u) < 0)
		return 0;
	while (r == UNPACK_MORE && io.out_len) {
		size_t in = io.in_len, out = io.out_len;

		r = unpack_step(u, &io);
		if (in == io.in_len && out == io.out_len)
			break;
	}
	unpack_close(u);
	return room - io.out_len;
}

static size_t unpack_lz4_block(const char *in, size_t n, char *out, size_t max)
{
	int got = LZ4_decompress_safe_partial(in, out, (int)n, (int)max, (int)max);

	return got > 0 ? (size_t)got : 0;
}

static size_t unpack_payload(const struct journal_object *o, const unsigned char *in, size_t n,
			     unsigned char *out, size_t max)
{
	struct unpack_io io = { in, n, out, max };
	const struct unpack_format *format;

	if (o->flags == JOURNAL_LZ4) {
		if (n <= 8)
			return 0;
		max = le64_at(in) < max ? (size_t)le64_at(in) : max;
		return unpack_lz4_block((const char *)in + 8, n - 8, (char *)out, max);
	}
	format = unpack_detect(in, n);
	return format ? unpack_stream(format, io) : 0;
}

static bool packed_payload(struct journalfile *f, const struct journal_object *o, size_t max,
			   struct bytes *out)
{
	uint64_t n = o->size - f->layout.payload;
	_cleanup_free_ unsigned char *in = NULL, *to = NULL;
	size_t got;

	if (n > PACKED_MAX)
		n = PACKED_MAX;
	/* Also what unpacks to little costs its time. */
	if (!journalfile_spend(f, max + n))
		return false;
	in = xmalloc((size_t)n);
	to = xmalloc(max);
	if (!journalfile_bytes(f, o->at + f->layout.payload, in, (size_t)n))
		return false;
	got = unpack_payload(o, in, (size_t)n, to, max);
	bytes_add(out, to, got);
	f->room += max - got;
	return got != 0;
}

bool journalfile_payload(struct journalfile *f, const struct journal_object *o, size_t max,
			 struct bytes *out)
{
	uint64_t n = o->size - f->layout.payload;
	size_t len = out->len;

	if (max > JOURNAL_PAYLOAD_MAX)
		max = JOURNAL_PAYLOAD_MAX;
	if (o->flags)
		return packed_payload(f, o, max, out);
	if (n > max)
		n = max;
	if (!journalfile_spend(f, n))
		return false;
	while (n) {
		unsigned char part[4096];
		size_t k = n < sizeof(part) ? (size_t)n : sizeof(part);

		if (!journalfile_bytes(f, o->at + f->layout.payload + (out->len - len), part, k))
			return false;
		bytes_add(out, part, k);
		n -= k;
	}
	return true;
}

size_t journalfile_payload_at(const struct journalfile *f)
{
	return f->layout.payload;
}

/* What the header of xz's stream and block ask for, where they are as journald writes them. */
static uint64_t xz_memory(const unsigned char *s, size_t n)
{
	static const unsigned char plain[] = { 0, 0x21, 1 }; /* no sizes, LZMA2 alone */
	const size_t block = 12;

	if (n < block + 5 || memcmp(s + block + 1, plain, sizeof(plain)) != 0 || s[block + 4] > 39)
		return UINT64_MAX;
	return (UINT64_C(2) | (s[block + 4] & 1)) << (s[block + 4] / 2 + 11);
}

uint64_t journalfile_unpacked(struct journalfile *f, const struct journal_object *o)
{
	uint64_t n = o->size - f->layout.payload;
	unsigned char s[32] = { 0 };

	if (!o->flags)
		return 0;
	if (n > sizeof(s))
		n = sizeof(s);
	if (!journalfile_bytes(f, o->at + f->layout.payload, s, (size_t)n))
		return UINT64_MAX;
	switch (o->flags) {
	case JOURNAL_LZ4:
		return le64_at(s);
	case PACKED_ZSTD:
		/* What is not known is larger than any size. */
		return ZSTD_getFrameContentSize(s, (size_t)n);
	default:
		return xz_memory(s, (size_t)n);
	}
}

/* --- the file --- */

/* Objects that make sense in the first bytes. */
static size_t sensible(struct journalfile *f, struct layout layout)
{
	uint64_t size = f->source.size;
	struct journal_object o;
	size_t n = 0;

	f->layout = layout;
	f->at = HEADER_MIN;
	f->source.size = size < GUESS ? size : GUESS;
	while (journalfile_step(f, &o))
		n += o.type == JOURNAL_DATA || o.type == JOURNAL_ENTRY;
	f->source.size = size;
	return n;
}

static void guess(struct journalfile *f)
{
	size_t n = sensible(f, compact);

	if (sensible(f, regular) >= n)
		f->layout = regular;
	else
		f->layout = compact;
	f->at = f->sound = HEADER_MIN;
	f->lost = 0;
}

static bool is_closed(const struct journalfile *f, const unsigned char *b, uint64_t header)
{
	return b[STATE] <= STATE_ARCHIVED && b[STATE] != STATE_ONLINE && f->end &&
	       f->end <= f->source.size && le64_at(b + TAIL_OBJECT) >= header &&
	       le64_at(b + TAIL_OBJECT) < f->end && le64_at(b + N_ENTRIES) &&
	       le64_at(b + N_ENTRIES) < le64_at(b + N_OBJECTS) &&
	       le64_at(b + N_OBJECTS) <= (f->end - header) / HEAD;
}

static bool read_header(struct journalfile *f)
{
	unsigned char b[HEADER_MIN];
	uint64_t header;

	if (!journalfile_bytes(f, 0, b, sizeof(b)) || memcmp(b, JOURNAL_MAGIC, 8) != 0)
		return false;
	header = le64_at(b + HEADER_SIZE);
	if (header < HEADER_MIN || header > HEADER_MAX || header % 8)
		return false;
	f->layout = le32_at(b + INCOMPATIBLE) & FLAG_COMPACT ? compact : regular;
	f->at = f->sound = header;
	if (le64_at(b + ARENA_SIZE) < UINT64_C(1) << 40)
		f->end = header + le64_at(b + ARENA_SIZE);
	f->closed = is_closed(f, b, header);
	return true;
}

struct journalfile *journalfile_open(const struct journal_source *source)
{
	struct journalfile *f = xcalloc(1, sizeof(*f));

	f->source = *source;
	/* An entry takes more of a file than its words, unless they are the same again and again.
	 */
	f->room = (f->source.size < UINT64_C(1) << 40 ? f->source.size : 0) * 16 + (64u << 20);
	f->blocks = xcalloc(JOURNALFILE_BLOCKS, sizeof(*f->blocks));
	allow_loads(f);
	if (!read_header(f))
		guess(f);
	return f;
}

void journalfile_close(struct journalfile *f)
{
	if (!f)
		return;
	free(f->blocks);
	free(f);
}

bool journalfile_is_closed(const struct journalfile *f)
{
	return f->closed;
}

uint64_t journalfile_lost(const struct journalfile *f)
{
	/* What the header promises and a cut took away. */
	return f->lost + (f->end > f->source.size ? f->end - f->source.size : 0);
}

int journalfile_error(const struct journalfile *f)
{
	return f->error;
}
