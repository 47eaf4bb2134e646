/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <unistd.h>
#include <zlib.h>

#include "lib/gpt.h"
#include "lib/le.h"

#define SECTOR_MAX 4096u
#define ENTRIES_MAX (1u << 20)

struct header {
	uint64_t self, other, entries_at;
	uint32_t entries, entry_size, entries_sum;
};

static bool read_at(int fd, uint64_t size, uint64_t at, void *buf, size_t n)
{
	return at <= size && n <= size - at && pread(fd, buf, n, (off_t)at) == (ssize_t)n;
}

static bool entries_are_whole(int fd, uint64_t size, unsigned sector, const struct header *h)
{
	uint64_t len = (uint64_t)h->entries * h->entry_size;
	_cleanup_free_ unsigned char *buf = NULL;

	if (h->entry_size < 128 || len == 0 || len > ENTRIES_MAX || h->entries_at > size / sector)
		return false;
	buf = xmalloc((size_t)len);
	return read_at(fd, size, h->entries_at * sector, buf, (size_t)len) &&
	       crc32(0, buf, (uInt)len) == h->entries_sum;
}

/* The header in that sector and the entries it names. */
static bool copy_is_whole(int fd, uint64_t size, unsigned sector, uint64_t lba, struct header *out)
{
	unsigned char b[SECTOR_MAX];
	struct header h;
	uint32_t len, sum;

	if (lba > size / sector || !read_at(fd, size, lba * sector, b, sector) ||
	    memcmp(b, "EFI PART", 8) != 0)
		return false;
	len = le32_at(b + 12);
	sum = le32_at(b + 16);
	if (len < 92 || len > sector)
		return false;
	memset(b + 16, 0, 4);
	h = (struct header){ .self = le64_at(b + 24),
			     .other = le64_at(b + 32),
			     .entries_at = le64_at(b + 72),
			     .entries = le32_at(b + 80),
			     .entry_size = le32_at(b + 84),
			     .entries_sum = le32_at(b + 88) };
	if (crc32(0, b, len) != sum || h.self != lba || !entries_are_whole(fd, size, sector, &h))
		return false;
	*out = h;
	return true;
}

/* An MBR whose only partition covers the disk for those who know no GPT. */
static bool is_protective(int fd, uint64_t size)
{
	unsigned char b[512];

	if (!read_at(fd, size, 0, b, sizeof(b)) || b[510] != 0x55 || b[511] != 0xaa)
		return false;
	for (size_t i = 446; i < 510; i += 16) {
		if (b[i + 4] == 0xee)
			return true;
	}
	return false;
}

static bool look_as(int fd, uint64_t size, unsigned sector, struct gpt *out)
{
	uint64_t last = size / sector - 1;
	struct header first = { 0 }, second = { 0 };
	struct gpt g = { .sector = sector };

	g.primary = copy_is_whole(fd, size, sector, 1, &first);
	g.at_end = g.backup = copy_is_whole(fd, size, sector, last, &second);
	if (!g.backup && g.primary && first.other != last)
		g.backup = copy_is_whole(fd, size, sector, first.other, &second);
	*out = g;
	return g.primary || g.backup;
}

int gpt_look(int fd, uint64_t size, struct gpt *out)
{
	if (size < 64 * SECTOR_MAX || !is_protective(fd, size))
		return -ENODATA;
	if (look_as(fd, size, 512, out) || look_as(fd, size, 4096, out))
		return 0;
	return -ENODATA;
}
