/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/ext2_io.h"

#define BUDGET (1ull << 30) /* bytes one operation may read: a 64 MB file is read with ease */

struct part {
	int fd;
	uint64_t start, size, left;
};

static errcode_t part_open(const char *name, int flags, io_channel *out)
{
	struct part p = { .fd = -1, .left = BUDGET };
	io_channel ch;
	int fd;

	if (flags & IO_FLAG_RW)
		return EROFS;
	if (sscanf(name, "%d:%" SCNu64 ":%" SCNu64, &fd, &p.start, &p.size) != 3)
		return EXT2_ET_BAD_DEVICE_NAME;
	p.fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (p.fd < 0)
		return errno;
	ch = xcalloc(1, sizeof(*ch));
	ch->magic = EXT2_ET_MAGIC_IO_CHANNEL;
	ch->manager = ext2_io_manager();
	ch->name = xstrdup(name);
	ch->block_size = 1024;
	ch->refcount = 1;
	ch->private_data = xmalloc(sizeof(p));
	memcpy(ch->private_data, &p, sizeof(p));
	*out = ch;
	return 0;
}

static errcode_t part_close(io_channel ch)
{
	struct part *p = ch->private_data;

	if (--ch->refcount > 0)
		return 0;
	close_fd(p->fd);
	free(p);
	free(ch->name);
	free(ch);
	return 0;
}

static errcode_t part_blksize(io_channel ch, int size)
{
	if (size <= 0 || size > 65536)
		return EXT2_ET_INVALID_ARGUMENT;
	ch->block_size = size;
	return 0;
}

static errcode_t read_all(struct part *p, uint64_t at, char *buf, size_t n)
{
	while (n) {
		ssize_t r = pread(p->fd, buf, n, (off_t)(p->start + at));

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return r < 0 ? EIO : EXT2_ET_SHORT_READ;
		buf += r;
		at += (uint64_t)r;
		n -= (size_t)r;
	}
	return 0;
}

/* A negative count is in bytes. */
static errcode_t part_read64(io_channel ch, unsigned long long block, int count, void *data)
{
	struct part *p = ch->private_data;
	uint64_t unit = (uint64_t)ch->block_size, n, at;

	n = count < 0 ? (uint64_t) - (int64_t)count : (uint64_t)count * unit;
	if (__builtin_mul_overflow((uint64_t)block, unit, &at) || at > p->size || n > p->size - at)
		return EXT2_ET_SHORT_READ;
	if (n > p->left)
		return EIO;
	p->left -= n;
	return read_all(p, at, data, n);
}

static errcode_t part_read(io_channel ch, unsigned long block, int count, void *data)
{
	return part_read64(ch, block, count, data);
}

static errcode_t no_write64(io_channel ch UNUSED, unsigned long long block UNUSED, int count UNUSED,
			    const void *data UNUSED)
{
	return EROFS;
}

static errcode_t no_write(io_channel ch UNUSED, unsigned long block UNUSED, int count UNUSED,
			  const void *data UNUSED)
{
	return EROFS;
}

static errcode_t part_flush(io_channel ch UNUSED)
{
	return 0;
}

static const struct struct_io_manager manager = {
	.magic = EXT2_ET_MAGIC_IO_MANAGER,
	.name = "part of a file, read-only",
	.open = part_open,
	.close = part_close,
	.set_blksize = part_blksize,
	.read_blk = part_read,
	.write_blk = no_write,
	.flush = part_flush,
	.read_blk64 = part_read64,
	.write_blk64 = no_write64,
};

io_manager ext2_io_manager(void)
{
	return (io_manager)&manager; /* libext2fs only reads it */
}

void ext2_io_name(char buf[EXT2_IO_NAME_MAX], int fd, uint64_t start, uint64_t size)
{
	snprintf(buf, EXT2_IO_NAME_MAX, "%d:%" PRIu64 ":%" PRIu64, fd, start, size);
}

void ext2_io_budget(io_channel ch)
{
	struct part *p = ch->private_data;

	p->left = BUDGET;
}
