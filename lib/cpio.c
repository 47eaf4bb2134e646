/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>

#include "lib/cpio.h"

/* Fields of eight hexadecimal digits behind the magic. */
enum { FIELD_MODE = 1, FIELD_SIZE = 6, FIELD_NAME = 11, FIELDS = 13 };

static uint64_t padding(uint64_t n)
{
	return (4 - n % 4) % 4;
}

void cpio_begin(struct cpio *c, const struct cpio_ops *ops, void *arg)
{
	*c = (struct cpio){ .ops = ops, .arg = arg };
}

static bool hex(const char *p, uint32_t *out)
{
	uint32_t v = 0;

	for (size_t i = 0; i < 8; i++) {
		unsigned char ch = (unsigned char)p[i];

		if (!isxdigit(ch))
			return false;
		v = v << 4 | (uint32_t)(isdigit(ch) ? ch - '0' : (ch | 0x20) - 'a' + 10);
	}
	*out = v;
	return true;
}

static void await(struct cpio *c, enum cpio_state state, uint64_t left)
{
	c->state = state;
	c->left = left;
	c->got = 0;
}

static bool take_header(struct cpio *c)
{
	uint32_t field[FIELDS];

	if (memcmp(c->head, "070701", 6) != 0 && memcmp(c->head, "070702", 6) != 0)
		return false;
	for (size_t i = 0; i < FIELDS; i++) {
		if (!hex(c->head + 6 + 8 * i, &field[i]))
			return false;
	}
	c->e = (struct cpio_entry){ .mode = field[FIELD_MODE], .size = field[FIELD_SIZE] };
	c->size = field[FIELD_SIZE];
	c->name_len = field[FIELD_NAME];
	await(c, CPIO_NAME, c->name_len + padding(CPIO_HEADER_LEN + (uint64_t)c->name_len));
	return true;
}

/* The kernel passes over an entry whose name is empty or too long for it. */
static void take_name(struct cpio *c)
{
	size_t n = c->name_len < sizeof(c->name) ? c->name_len : 0;
	const char *name = c->name;

	c->name[n ? n - 1 : 0] = '\0';
	while (startswith(name, "./"))
		name += 2;
	name += strspn(name, "/");
	c->e.name = name;
	c->trailer = streq(c->name, "TRAILER!!!");
	c->wanted = n && !c->trailer && c->ops->entry && c->ops->entry(c->arg, &c->e);
	await(c, CPIO_CONTENT, c->size);
}

/* What comes next once nothing is left of a state. */
static bool next_state(struct cpio *c)
{
	switch (c->state) {
	case CPIO_HEADER:
		return take_header(c);
	case CPIO_NAME:
		take_name(c);
		break;
	case CPIO_CONTENT:
		if (c->wanted && c->ops->done)
			c->ops->done(c->arg);
		await(c, CPIO_PADDING, padding(c->size));
		break;
	default:
		await(c, CPIO_BETWEEN, 0);
		break;
	}
	return true;
}

static void take(struct cpio *c, const unsigned char *p, size_t n)
{
	if (c->state == CPIO_HEADER) {
		memcpy(c->head + c->got, p, n);
	} else if (c->state == CPIO_NAME && c->got < sizeof(c->name)) {
		size_t room = sizeof(c->name) - c->got;

		memcpy(c->name + c->got, p, n < room ? n : room);
	} else if (c->state == CPIO_CONTENT && c->wanted && c->ops->content) {
		c->ops->content(c->arg, p, n);
	}
	c->got += n;
	c->left -= n;
	c->at += n;
}

/*
 * Zeros between archives, never between the entries of one: there the kernel wants a header. Then
 * an entry or something else.
 */
static enum cpio_result between(struct cpio *c, const unsigned char *p, size_t n, size_t *taken)
{
	size_t zeros = 0;

	while (zeros < n && p[zeros] == 0)
		zeros++;
	if (zeros && c->entries && !c->trailer) {
		c->entry_at = c->at;
		return CPIO_BAD;
	}
	*taken += zeros;
	c->at += zeros;
	c->zeros += (uint32_t)zeros;
	if (c->zeros > CPIO_ZEROS_MAX)
		return CPIO_LIMIT;
	if (zeros == n)
		return CPIO_MORE;
	c->zeros = 0;
	if (p[zeros] != '0')
		return CPIO_OTHER;
	if (++c->entries > CPIO_ENTRIES_MAX)
		return CPIO_LIMIT;
	c->entry_at = c->at;
	await(c, CPIO_HEADER, CPIO_HEADER_LEN);
	return CPIO_MORE;
}

enum cpio_result cpio_feed(struct cpio *c, const unsigned char *p, size_t n, size_t *taken)
{
	enum cpio_result r = CPIO_MORE;

	*taken = 0;
	while (r == CPIO_MORE) {
		size_t m = n - *taken < c->left ? n - *taken : (size_t)c->left;

		if (c->state == CPIO_BETWEEN) {
			if (*taken == n)
				break;
			r = between(c, p + *taken, n - *taken, taken);
			continue;
		}
		if (m)
			take(c, p + *taken, m);
		*taken += m;
		if (c->left > 0)
			break;
		if (!next_state(c))
			r = CPIO_BAD;
	}
	return r;
}

bool cpio_is_between(const struct cpio *c)
{
	return c->state == CPIO_BETWEEN;
}

uint64_t cpio_skippable(const struct cpio *c)
{
	if (c->state == CPIO_PADDING || (c->state == CPIO_CONTENT && !c->wanted))
		return c->left;
	return 0;
}

void cpio_skip(struct cpio *c, uint64_t n)
{
	c->left -= n;
	c->at += n;
}
