/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/bytechange.h"
#include "lib/disk_internal.h"

#define SECTOR 512u

static const struct disk *disk_of(struct disk *const *disks, size_t n, const struct change *c)
{
	return c->disk && c->disk <= n ? disks[c->disk - 1] : NULL;
}

int bytechange_read(struct disk *const *disks, size_t n_disks, const struct change *c, size_t len,
		    struct node *out)
{
	const struct disk *d = disk_of(disks, n_disks, c);
	_cleanup_free_ char *buf = NULL;
	int e;

	if (!d)
		return -ENODEV;
	if (len > BYTECHANGE_MAX)
		return -EFBIG;
	buf = xmalloc(len + 1);
	e = disk_read(d, c->offset, buf, len);
	if (e < 0)
		return e;
	*out = (struct node){ .type = NODE_FILE, .content_kept = true, .mtime = NODE_NOW };
	bytes_add(&out->content, buf, len);
	return 0;
}

static int write_all(int fd, const char *data, size_t len, uint64_t at)
{
	while (len) {
		ssize_t n = pwrite(fd, data, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		data += n;
		len -= (size_t)n;
		at += (uint64_t)n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

int bytechange_store(struct disk *const *disks, size_t n_disks, const struct change *c,
		     const struct node *n)
{
	const struct disk *d = disk_of(disks, n_disks, c);
	_cleanup_close_ int fd = -1;
	char path[64];

	if (!d)
		return -ENODEV;
	if (c->offset > d->size || n->content.len > d->size - c->offset)
		return -ERANGE;
	/* The same file or device that was looked at, whatever its name means by now. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", d->fd);
	fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	return write_all(fd, n->content.data, n->content.len, c->offset);
}

bool bytechange_is_between(const struct bytes *now, const struct bytes *a, const struct bytes *b)
{
	if (now->len != a->len || now->len != b->len)
		return false;
	for (size_t i = 0; i < now->len; i += SECTOR) {
		size_t n = now->len - i < SECTOR ? now->len - i : SECTOR;

		if (memcmp(now->data + i, a->data + i, n) != 0 &&
		    memcmp(now->data + i, b->data + i, n) != 0)
			return false;
	}
	return true;
}
