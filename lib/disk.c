/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/disk_internal.h"
#include "lib/gpt.h"
#include "lib/image.h"
#include "lib/io.h"

static int cannot_open(const char *path, int e, struct trouble *t)
{
	const char *hint = "";

	if (e == EACCES || e == EPERM)
		hint = geteuid() ? "; run as root" : "";
	trouble_set(t, "cannot open '%s': %s%s", path, strerror(e), hint);
	return -e;
}

/* Never a FIFO or a character device: opening alone may do something. */
static int open_target(const char *path, struct stat *st, struct trouble *t)
{
	int fd;

	if (stat(path, st) < 0)
		return cannot_open(path, errno, t);
	if (!S_ISBLK(st->st_mode) && !S_ISREG(st->st_mode)) {
		trouble_set(t, "'%s' is neither a block device nor a disk image", path);
		return -ENOTBLK;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return cannot_open(path, errno, t);
	if (fstat(fd, st) == 0 && (S_ISBLK(st->st_mode) || S_ISREG(st->st_mode)))
		return fd;
	close(fd);
	trouble_set(t, "'%s' changed while it was opened", path);
	return -EAGAIN;
}

static int measure(struct disk *d, const struct stat *st)
{
	d->block = S_ISBLK(st->st_mode);
	d->rdev = st->st_rdev;
	d->dev = st->st_dev;
	d->ino = st->st_ino;
	d->size = (uint64_t)st->st_size;
	if (d->block && ioctl(d->fd, BLKGETSIZE64, &d->size) < 0)
		return -errno;
	if (!d->block)
		d->size -= image_footer(d->fd, d->size);
	return 0;
}

static int refuse_formats(const struct disk *d, struct trouble *t)
{
	const char *format = d->block ? NULL : image_format(d->fd, d->size);

	if (d->size == 0) {
		trouble_set(t, "'%s' is empty", d->path);
		return -ENODATA;
	}
	if (!format)
		return 0;
	image_advice(format, d->path, t);
	return -EMEDIUMTYPE;
}

int disk_open(const char *path, struct disk **out, struct trouble *t)
{
	struct stat st;
	int e, fd = open_target(path, &st, t);
	struct disk *d;

	if (fd < 0)
		return fd;
	d = xcalloc(1, sizeof(*d));
	d->path = xstrdup(path);
	d->fd = fd;
	e = measure(d, &st);
	if (e < 0)
		trouble_set(t, "cannot learn the size of '%s': %s", path, strerror(-e));
	else
		e = refuse_formats(d, t);
	if (e < 0) {
		disk_close(d);
		return e;
	}
	*out = d;
	return 0;
}

void disk_close(struct disk *d)
{
	if (!d)
		return;
	close_fd(d->fd);
	free(d->path);
	free(d);
}

bool disk_is_block(const struct disk *d)
{
	return d->block;
}

uint64_t disk_size(const struct disk *d)
{
	return d->size;
}

int disk_read(const struct disk *d, uint64_t offset, void *buf, size_t len)
{
	if (offset > d->size || len > d->size - offset)
		return -ERANGE;
	return io_read_at(d->fd, offset, buf, len);
}

int disk_gpt(const struct disk *d, struct gpt *out)
{
	return gpt_look(d->fd, d->size, out);
}

bool layer_is_in(const struct layer *l, const struct partition *p)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->in[i].disk == p->disk && l->in[i].start == p->start)
			return true;
	}
	return false;
}
