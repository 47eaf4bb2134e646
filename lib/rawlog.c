/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file: a line of text, then entries of at (le64), length (le32), checksum (le32, CRC-32C of
 * what follows), the bytes before and the bytes after.
 */
#include <endian.h>
#include <errno.h>
#include <ext2fs/ext2fs.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uthash.h>

#include "lib/rawlog.h"

#define MAGIC "bootmend raw log 1\n"
#define MAGIC_LEN (sizeof(MAGIC) - 1)
#define CHUNK (1u << 20)
#define LOG_MAX (16ull << 30)

struct entry {
	uint64_t at;
	uint32_t len;
	uint64_t file_at; /* where its bytes before are in the log */
};

struct rawlog {
	int fd;
	uint64_t end; /* of the last whole entry */
	struct entry *e;
	size_t n, cap;
};

struct head {
	uint64_t at;
	uint32_t len, crc;
};

static int read_whole(int fd, void *buf, size_t n, uint64_t at)
{
	char *p = buf;

	while (n) {
		ssize_t r = pread(fd, p, n, (off_t)at);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return r < 0 ? -errno : -ENODATA;
		p += r;
		at += (uint64_t)r;
		n -= (size_t)r;
	}
	return 0;
}

static int write_whole(int fd, const void *buf, size_t n, uint64_t at)
{
	const char *p = buf;

	while (n) {
		ssize_t r = pwrite(fd, p, n, (off_t)at);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return r < 0 ? -errno : -EIO;
		p += r;
		at += (uint64_t)r;
		n -= (size_t)r;
	}
	return 0;
}

static void remember(struct rawlog *l, uint64_t at, uint32_t len, uint64_t file_at)
{
	GROW(l->e, l->n, l->cap);
	l->e[l->n++] = (struct entry){ at, len, file_at };
	l->end = file_at + 2ull * len;
}

/* False at the end, also when it is a torn one. */
static bool load_entry(struct rawlog *l, char *buf)
{
	struct head h;
	uint32_t len;

	if (read_whole(l->fd, &h, sizeof(h), l->end) < 0)
		return false;
	len = le32toh(h.len);
	if (len == 0 || len > CHUNK || len % RAWLOG_SECTOR || le64toh(h.at) % RAWLOG_SECTOR ||
	    read_whole(l->fd, buf, 2 * (size_t)len, l->end + sizeof(h)) < 0 ||
	    ext2fs_crc32c_le(~0u, (unsigned char *)buf, 2 * (size_t)len) != le32toh(h.crc))
		return false;
	remember(l, le64toh(h.at), len, l->end + sizeof(h));
	return true;
}

int rawlog_open(int fd, struct rawlog **out)
{
	_cleanup_free_ char *buf = xmalloc(2 * CHUNK);
	struct rawlog *l;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size > LOG_MAX)
		return -EINVAL;
	if (st.st_size == 0 && write_whole(fd, MAGIC, MAGIC_LEN, 0) < 0)
		return -EIO;
	if (read_whole(fd, buf, MAGIC_LEN, 0) < 0 || memcmp(buf, MAGIC, MAGIC_LEN) != 0)
		return -EBADMSG;
	l = xcalloc(1, sizeof(*l));
	l->fd = fd;
	l->end = MAGIC_LEN;
	while (load_entry(l, buf))
		;
	*out = l;
	return 0;
}

void rawlog_close(struct rawlog *l)
{
	if (!l)
		return;
	free(l->e);
	free(l);
}

uint64_t rawlog_bytes(const struct rawlog *l)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < l->n; i++)
		sum += l->e[i].len;
	return sum;
}

/* --- adding --- */

static int add_chunk(struct rawlog *l, int device, uint64_t at, const char *data, size_t n)
{
	uint64_t from = at & ~(uint64_t)(RAWLOG_SECTOR - 1);
	uint32_t len = (uint32_t)((at + n - from + RAWLOG_SECTOR - 1) & ~(RAWLOG_SECTOR - 1ull));
	size_t all = sizeof(struct head) + 2 * (size_t)len;
	_cleanup_free_ char *buf = xmalloc(all);
	char *before = buf + sizeof(struct head), *now = before + len;
	struct head h = { .at = htole64(from), .len = htole32(len) };
	int e = read_whole(device, before, len, from);

	if (e < 0)
		return e;
	memcpy(now, before, len);
	memcpy(now + (at - from), data, n);
	if (memcmp(before, now, len) == 0)
		return 0;
	h.crc = htole32(ext2fs_crc32c_le(~0u, (unsigned char *)before, 2 * (size_t)len));
	memcpy(buf, &h, sizeof(h));
	if (l->end + all > LOG_MAX)
		return -EFBIG;
	e = write_whole(l->fd, buf, all, l->end);
	if (e == 0 && fdatasync(l->fd) < 0)
		e = -errno;
	if (e == 0)
		remember(l, from, len, l->end + sizeof(h));
	return e;
}

int rawlog_add(struct rawlog *l, int device, uint64_t at, const void *data, size_t n)
{
	const char *p = data;
	int e = 0;

	while (e == 0 && n) {
		size_t part = n > CHUNK / 2 ? CHUNK / 2 : n;

		e = add_chunk(l, device, at, p, part);
		p += part;
		at += part;
		n -= part;
	}
	return e;
}

int rawlog_write(struct rawlog *l, int device, uint64_t at, const void *data, size_t n)
{
	int e = rawlog_add(l, device, at, data, n);

	return e < 0 ? e : write_whole(device, data, n, at);
}

/* --- taking back --- */

struct sector {
	uint64_t number;
	bool known;  /* one of the writes, or what was there first, is there now */
	bool before; /* what was there first is there now */
	UT_hash_handle hh;
};

struct compare {
	struct sector *by_number;
	int device;
};

static void forget(struct compare *c)
{
	struct sector *s, *next;

	HASH_ITER (hh, c->by_number, s, next) {
		HASH_DEL(c->by_number, s);
		free(s);
	}
}

static void compare_sector(struct compare *c, uint64_t number, const char *before,
			   const char *after, const char *now)
{
	bool is_before = memcmp(now, before, RAWLOG_SECTOR) == 0;
	bool is_after = memcmp(now, after, RAWLOG_SECTOR) == 0;
	struct sector *s;

	HASH_FIND(hh, c->by_number, &number, sizeof(number), s);
	if (s) {
		s->known |= is_before || is_after;
		return;
	}
	s = xcalloc(1, sizeof(*s));
	s->number = number;
	s->before = is_before;
	s->known = is_before || is_after;
	HASH_ADD(hh, c->by_number, number, sizeof(number), s);
}

static int compare_entry(const struct rawlog *l, struct compare *c, const struct entry *e,
			 char *buf)
{
	char *now = buf + 2 * (size_t)e->len;
	int r = read_whole(l->fd, buf, 2 * (size_t)e->len, e->file_at);

	if (r == 0)
		r = read_whole(c->device, now, e->len, e->at);
	for (size_t i = 0; r == 0 && i < e->len; i += RAWLOG_SECTOR)
		compare_sector(c, (e->at + i) / RAWLOG_SECTOR, buf + i, buf + e->len + i, now + i);
	return r;
}

int rawlog_compare(struct rawlog *l, int device, enum rawlog_state *out)
{
	struct compare c = { .device = device };
	_cleanup_free_ char *buf = xmalloc(3 * CHUNK);
	bool all_before = true, all_known = true;
	int e = 0;

	for (size_t i = 0; e == 0 && i < l->n; i++)
		e = compare_entry(l, &c, &l->e[i], buf);
	for (struct sector *s = c.by_number; s; s = s->hh.next) {
		all_before &= s->before;
		all_known &= s->known;
	}
	forget(&c);
	if (e == 0)
		*out = all_before ? RAWLOG_BEFORE : all_known ? RAWLOG_AFTER : RAWLOG_OTHER;
	return e;
}

int rawlog_undo(struct rawlog *l, int device)
{
	_cleanup_free_ char *buf = xmalloc(CHUNK);
	enum rawlog_state state;
	int e = rawlog_compare(l, device, &state);

	if (e < 0 || state == RAWLOG_BEFORE)
		return e;
	if (state == RAWLOG_OTHER)
		return -ESTALE;
	for (size_t i = l->n; e == 0 && i-- > 0;) {
		e = read_whole(l->fd, buf, l->e[i].len, l->e[i].file_at);
		if (e == 0)
			e = write_whole(device, buf, l->e[i].len, l->e[i].at);
	}
	return e == 0 && fsync(device) < 0 ? -errno : e;
}
