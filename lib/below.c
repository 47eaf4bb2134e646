/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "lib/below.h"

#define LOCK_TRIES 60 /* udev takes the same lock for moments */
#define LOCK_MS 50

static int lock(const struct disk *d, struct trouble *t)
{
	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(d->fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
			return disk_is_free(d, CHANGE, t);
		usleep(LOCK_MS * 1000);
	}
	trouble_set(t, "'%s' is being repaired or read by another process", d->path);
	return -EBUSY;
}

int below_open(const char *const *targets, const struct layers_options *o, struct arena *a,
	       struct below *out, struct trouble *t)
{
	size_t n = 0;
	int e = 0;

	while (targets[n])
		n++;
	*out = (struct below){ .a = a, .disks = arena_alloc(a, n * sizeof(struct disk *)) };
	for (size_t i = 0; e == 0 && i < n; i++) {
		e = disk_open(targets[i], &out->disks[i], t);
		out->n = out->n_targets += e == 0;
	}
	for (size_t i = 0; e == 0 && i < n; i++)
		e = lock(out->disks[i], t);
	if (e < 0)
		return e;
	e = layers_open(out->disks, n, CHANGE, o, a, &out->devices, &out->layers, t);
	out->disks = layers_disks(out->layers, &out->n);
	return e;
}

struct partition *below_find(const struct below *b, unsigned disk, uint64_t start, uint64_t size)
{
	for (size_t i = 0; i < b->devices.n; i++) {
		struct partition *p = &b->devices.p[i];

		if (p->disk == disk && p->start == start && p->size == size)
			return p;
	}
	return NULL;
}

int below_close(struct below *b, struct trouble *t)
{
	int e = 0, left;

	for (size_t i = 0; i < b->n; i++) {
		if (fsync(b->disks[i]->fd) < 0 && e == 0)
			e = -errno;
	}
	left = layers_close(b->layers);
	e = e == 0 ? left : e;
	for (size_t i = 0; i < b->n_targets; i++) {
		flock(b->disks[i]->fd, LOCK_UN);
		disk_close(b->disks[i]);
	}
	b->n = b->n_targets = 0;
	b->layers = NULL;
	if (e < 0)
		trouble_set(t, "cannot finish writing to the disk: %s", strerror(-e));
	return e;
}

/* The kernel's own node is free only when nobody can open it alone. */
static int open_alone(const char *path)
{
	int fd = open(path, O_RDWR | O_EXCL | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return -errno;
	/* The repair program wants to be alone, too. */
	close(fd);
	fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

int below_attach(const struct below *b, struct partition *p, struct attached *out,
		 struct trouble *t)
{
	int e;

	*out = (struct attached){ .fd = -1 };
	out->volume = (struct volume){ .part = p, .disk = b->disks[p->disk], .loop = LOOP_NONE };
	e = volume_source(&out->volume, CHANGE, &out->path);
	if (e == 0) {
		out->fd = open_alone(out->path);
		e = out->fd < 0 ? out->fd : 0;
	}
	if (e < 0) {
		trouble_set(t, "cannot write to %s: %s", partition_describe(b->a, p),
			    p->look_only ? p->look_only : strerror(-e));
		below_detach(out);
	}
	return e;
}

int below_detach(struct attached *at)
{
	int e = at->fd >= 0 && fsync(at->fd) < 0 ? -errno : 0;

	at->fd = close_fd(at->fd);
	loop_detach(&at->volume.loop);
	if (!loop_is_gone(&at->volume.loop, LOOP_GONE_MS) && e == 0)
		e = -EBUSY;
	return e;
}

int below_whole(const struct below *b, unsigned disk)
{
	char path[64];
	int fd;

	if (disk >= b->n)
		return -ENODEV;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", b->disks[disk]->fd);
	if (b->disks[disk]->block)
		return open_alone(path);
	fd = open(path, O_RDWR | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}
