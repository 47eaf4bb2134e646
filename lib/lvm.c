/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <unistd.h>
#include <zlib.h>

#include "lib/io.h"
#include "lib/le.h"
#include "lib/lvm.h"

#define SECTOR 512u
#define LABEL_SECTORS 4u
#define UUID_LEN 32u
#define CRC_START 0xf597a6cfu
#define AREAS_MAX 2u /* LVM writes no more */
#define LOCATION_LEN 24u
#define LOCATION_IGNORED 1u
#define TEXT_MAX (16u << 20)

/* As zlib's, but it starts elsewhere and is not inverted. */
static uint32_t checksum(const void *p, size_t n)
{
	return (uint32_t)~crc32(~CRC_START & 0xffffffffu, p, (uInt)n);
}

/* --- the label --- */

struct pv {
	int fd;
	uint64_t start, size;
	struct arena *a;
	unsigned char sector[SECTOR]; /* with the label */
};

static bool is_label(const unsigned char *b, unsigned number)
{
	return memcmp(b, "LABELONE", 8) == 0 && memcmp(b + 24, "LVM2 001", 8) == 0 &&
	       le64_at(b + 8) == number;
}

static int find_label(struct pv *pv)
{
	for (unsigned i = 0; i < LABEL_SECTORS; i++) {
		if (pv->size < (i + 1) * SECTOR ||
		    io_read_at(pv->fd, pv->start + i * SECTOR, pv->sector, SECTOR) < 0)
			return -ENODATA;
		if (!is_label(pv->sector, i))
			continue;
		return checksum(pv->sector + 20, SECTOR - 20) == le32_at(pv->sector + 16)
			       ? 0
			       : -EBADMSG;
	}
	return -ENODATA;
}

static bool is_uuid(const char *s)
{
	for (size_t i = 0; i < UUID_LEN; i++) {
		bool letter = (s[i] >= 'a' && s[i] <= 'z') || (s[i] >= 'A' && s[i] <= 'Z');

		if (!letter && !(s[i] >= '0' && s[i] <= '9') && !(s[i] && strchr("!#", s[i])))
			return false;
	}
	return true;
}

/* Behind the data areas of the label come the metadata areas; each list ends with a zero. */
static size_t metadata_areas(const struct pv *pv, uint64_t areas[AREAS_MAX][2])
{
	size_t at = le32_at(pv->sector + 20), n = 0;
	bool metadata = false;

	if (at > SECTOR - UUID_LEN - 8)
		return 0;
	for (at += UUID_LEN + 8; at + 16 <= SECTOR && n < AREAS_MAX; at += 16) {
		uint64_t offset = le64_at(pv->sector + at);

		if (!offset && metadata)
			break;
		if (!offset) {
			metadata = true;
		} else if (metadata) {
			areas[n][0] = offset;
			areas[n++][1] = le64_at(pv->sector + at + 8);
		}
	}
	return n;
}

/* --- a metadata area --- */

struct location {
	uint64_t offset, size;
	uint32_t sum;
};

static int read_location(const struct pv *pv, uint64_t area, uint64_t size, struct location *out)
{
	static const char magic[16] = " LVM2 x[5A%r0N*>";
	unsigned char h[SECTOR];

	if (size <= SECTOR || area > pv->size || size > pv->size - area ||
	    io_read_at(pv->fd, pv->start + area, h, SECTOR) < 0)
		return -EBADMSG;
	if (memcmp(h + 4, magic, sizeof(magic)) != 0 || le64_at(h + 24) != area ||
	    checksum(h + 4, SECTOR - 4) != le32_at(h))
		return -EBADMSG;
	*out = (struct location){ le64_at(h + 40), le64_at(h + 48), le32_at(h + 56) };
	if (le32_at(h + 60) & LOCATION_IGNORED)
		return -ENOENT;
	if (!out->offset || !out->size)
		return -ENODATA;
	if (out->offset < SECTOR || out->offset >= size || out->size > size - SECTOR ||
	    out->size > TEXT_MAX)
		return -EBADMSG;
	return 0;
}

/* The area is a ring behind its header. */
static int read_text(const struct pv *pv, uint64_t area, uint64_t size, const struct location *l,
		     char *buf)
{
	uint64_t first = l->size < size - l->offset ? l->size : size - l->offset;
	int e = io_read_at(pv->fd, pv->start + area + l->offset, buf, first);

	if (e == 0 && first < l->size)
		e = io_read_at(pv->fd, pv->start + area + SECTOR, buf + first, l->size - first);
	if (e == 0 && checksum(buf, l->size) != l->sum)
		e = -EBADMSG;
	return e;
}

/* The section of the group is the one with an id. */
static const struct lvmtext *group_of(const struct lvmtext *top)
{
	for (const struct lvmtext *t = top->child; t; t = t->next) {
		if (!t->value && lvmtext_word(t, "id") && lvmtext_word(t, "seqno"))
			return t;
	}
	return NULL;
}

static int read_area(const struct pv *pv, uint64_t area, uint64_t size, struct lvm_member *m)
{
	const struct lvmtext *top, *group;
	struct location l;
	uint64_t seqno;
	char *buf;
	int e = read_location(pv, area, size, &l);

	if (e < 0)
		return e;
	buf = arena_alloc(pv->a, l.size + 1);
	e = read_text(pv, area, size, &l, buf);
	if (e == 0)
		e = lvmtext_parse(pv->a, buf, l.size, &top);
	if (e < 0)
		return -EBADMSG;
	group = group_of(top);
	if (!group || !lvmtext_number(group, "seqno", &seqno))
		return -EBADMSG;
	if (!m->text || seqno > m->seqno) {
		m->text = group;
		m->seqno = seqno;
	}
	return 0;
}

int lvm_member_read(int fd, uint64_t start, uint64_t size, struct arena *a, struct lvm_member *out)
{
	struct pv pv = { .fd = fd, .start = start, .size = size, .a = a };
	struct lvm_member m = { 0 };
	uint64_t areas[AREAS_MAX][2];
	int damaged = 0, e = find_label(&pv);
	size_t n, empty = 0;
	const char *uuid;

	if (e < 0)
		return e;
	n = metadata_areas(&pv, areas);
	uuid = (const char *)pv.sector + le32_at(pv.sector + 20);
	if (le32_at(pv.sector + 20) > SECTOR - UUID_LEN || !is_uuid(uuid))
		return -EBADMSG;
	m.uuid = arena_strndup(a, uuid, UUID_LEN);
	for (size_t i = 0; i < n; i++) {
		e = read_area(&pv, areas[i][0], areas[i][1], &m);
		empty += e == -ENODATA;
		if (e == -EBADMSG)
			damaged = e;
	}
	m.blank = n > 0 && empty == n;
	*out = m;
	return m.text ? 0 : damaged;
}
