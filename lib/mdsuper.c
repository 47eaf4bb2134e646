/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <unistd.h>

#include "lib/le.h"
#include "lib/mdsuper.h"

#define SECTOR 512ull
#define MAGIC 0xa92b4efcu
#define OLD_RESERVED (64ull << 10) /* of format 0.90, at the end */
#define LEVEL_AT 72		   /* in formats 1.x */
#define OLD_LEVEL_AT 28

/* The superblock at offset at of the member; false: there is none. */
static bool level_at(int fd, uint64_t start, uint64_t size, uint64_t at, int *level)
{
	unsigned char b[SECTOR];
	uint32_t major;

	if (size < sizeof(b) || at > size - sizeof(b))
		return false;
	if (pread(fd, b, sizeof(b), (off_t)(start + at)) != (ssize_t)sizeof(b) ||
	    le32_at(b) != MAGIC)
		return false;
	major = le32_at(b + 4);
	if (major > 1)
		return false;
	*level = (int)(int32_t)le32_at(b + (major == 1 ? LEVEL_AT : OLD_LEVEL_AT));
	return true;
}

int mdsuper_read(int fd, uint64_t start, uint64_t size, int *level)
{
	/* 1.2, 1.1, then those at the end: 1.0 and 0.90. */
	const uint64_t at[] = {
		4096,
		0,
		size < 16 * SECTOR ? UINT64_MAX : (size / SECTOR - 16) / 8 * 8 * SECTOR,
		size < 2 * OLD_RESERVED ? UINT64_MAX : (size & ~(OLD_RESERVED - 1)) - OLD_RESERVED,
	};

	if (start > INT64_MAX || size > INT64_MAX - start)
		return -ENODATA;
	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		if (level_at(fd, start, size, at[i], level))
			return 0;
	}
	return -ENODATA;
}

const char *mdsuper_module(int level)
{
	static const struct {
		int level;
		const char *module;
	} modules[] = {
		{ 0, "raid0" },	  { 1, "raid1" },   { 4, "raid456" }, { 5, "raid456" },
		{ 6, "raid456" }, { 10, "raid10" }, { -1, "linear" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(modules); i++) {
		if (modules[i].level == level)
			return modules[i].module;
	}
	return NULL;
}
