/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers are big endian, 32 bits. Behind a head of three (magic, version, the first node) come the
 * nodes, children before parents. The place of a node says in its top bits what the node has:
 *
 *	HAS_PREFIX	characters that all keys below share, and a NUL
 *	HAS_CHILDREN	the first and the last character there is a child for, and a place for each
 *			character between them (0: none)
 *	HAS_TEXTS	how many texts the key that ends here has; a number to order them by, the
 *			text and a NUL for each
 */
#include <errno.h>

#include "lib/be.h"
#include "lib/modindex.h"

#define MAGIC 0xb007f457u
#define VERSION 0x00020001u
#define HEAD 12u
#define HAS_PREFIX 0x80000000u
#define HAS_TEXTS 0x40000000u
#define HAS_CHILDREN 0x20000000u
#define PLACE_MAX 0x0fffffffu
#define CHARACTERS 128u
#define KEY_MAX 255u /* the nodes are as deep at most */

static void put_number(char *at, uint32_t v)
{
	for (size_t i = 0; i < 4; i++)
		at[i] = (char)(v >> (24 - 8 * i) & 0xff);
}

static void add_number(struct bytes *b, uint32_t v)
{
	char number[4];

	put_number(number, v);
	bytes_add(b, number, sizeof(number));
}

bool modindex_is_sound(const void *data, size_t len)
{
	const char *p = data;
	uint32_t place;

	if (len < HEAD || be32_at(p) != MAGIC || be32_at(p + 4) >> 16 != VERSION >> 16)
		return false;
	place = be32_at(p + 8) & PLACE_MAX;
	return place >= HEAD && place < len;
}

/* --- making one --- */

struct maker {
	const struct modindex_entry *e;
	struct bytes *out;
	bool full;
};

/* Keys from first up to last (not with it) that are the same up to depth. */
struct range {
	size_t first, last, depth;
};

static size_t shared(const struct maker *m, const struct range *r)
{
	const char *a = m->e[r->first].key + r->depth, *b = m->e[r->last - 1].key + r->depth;
	size_t n = 0;

	while (a[n] && a[n] == b[n])
		n++;
	return n;
}

static uint32_t put_node(struct maker *m, const struct range *r);

/* Those of the range whose next character is that of its first key. */
static struct range next_child(const struct maker *m, const struct range *r)
{
	struct range child = { r->first, r->first, r->depth + 1 };
	char c = m->e[r->first].key[r->depth];

	while (child.last < r->last && m->e[child.last].key[r->depth] == c)
		child.last++;
	return child;
}

static void put_children(struct maker *m, const struct range *r, uint32_t *place)
{
	for (struct range left = *r; left.first < left.last;) {
		struct range child = next_child(m, &left);

		place[(unsigned char)m->e[child.first].key[r->depth]] = put_node(m, &child);
		left.first = child.last;
	}
}

static void add_children(struct maker *m, const struct range *r, const uint32_t *place)
{
	unsigned char first = (unsigned char)m->e[r->first].key[r->depth];
	unsigned char last = (unsigned char)m->e[r->last - 1].key[r->depth];

	bytes_addc(m->out, (char)first);
	bytes_addc(m->out, (char)last);
	for (size_t c = first; c <= last; c++)
		add_number(m->out, place[c]);
}

static void add_text(struct maker *m, const struct modindex_entry *e)
{
	add_number(m->out, 1);
	add_number(m->out, 0);
	bytes_add(m->out, e->text, strlen(e->text) + 1);
}

static uint32_t put_node(struct maker *m, const struct range *r)
{
	uint32_t place[CHARACTERS] = { 0 }, flags = 0, at;
	struct range below = *r;
	size_t prefix = shared(m, r);
	const char *key = m->e[r->first].key + r->depth;
	bool ends = key[prefix] == '\0';

	below.depth += prefix;
	below.first += ends;
	put_children(m, &below, place);
	m->full |= m->out->len > PLACE_MAX;
	at = (uint32_t)m->out->len;
	if (prefix) {
		bytes_add(m->out, key, prefix);
		bytes_addc(m->out, '\0');
		flags |= HAS_PREFIX;
	}
	if (below.first < below.last) {
		add_children(m, &below, place);
		flags |= HAS_CHILDREN;
	}
	if (ends) {
		add_text(m, &m->e[r->first]);
		flags |= HAS_TEXTS;
	}
	return at | flags;
}

static bool is_key(const char *s)
{
	size_t n = 0;

	while (s[n] && (unsigned char)s[n] < CHARACTERS && n <= KEY_MAX)
		n++;
	return n > 0 && n <= KEY_MAX && s[n] == '\0';
}

int modindex_make(const struct modindex_entry *e, size_t n, struct bytes *out)
{
	struct maker m = { .e = e, .out = out };
	struct range all = { 0, n, 0 };
	uint32_t first;

	for (size_t i = 0; i < n; i++) {
		if (!is_key(e[i].key) || (i && strcmp(e[i - 1].key, e[i].key) >= 0))
			return -EINVAL;
	}
	if (out->len || n == 0)
		return -EINVAL;
	add_number(out, MAGIC);
	add_number(out, VERSION);
	add_number(out, 0);
	/* The bytes may move while nodes are added. */
	first = put_node(&m, &all);
	put_number(out->data + 8, first);
	return m.full ? -EFBIG : 0;
}
