/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <linux/major.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/dm.h"
#include "lib/io.h"

#define DEFERRED_MINOR 27 /* of the interface that knows it */
#define TABLE_MAX (1u << 20)
#define CONTROL_MINOR 236 /* linux/miscdevice.h, which user space does not get */

static int open_control(void)
{
	return io_open_driver("/dev/mapper/control", MISC_MAJOR, CONTROL_MINOR);
}

bool dm_is_there(void)
{
	_cleanup_close_ int fd = open_control();

	return fd >= 0;
}

static int ask(int control, unsigned long request, struct dm_ioctl *io, const char *name,
	       unsigned flags)
{
	io->version[0] = DM_VERSION_MAJOR;
	io->version[1] = flags & DM_DEFERRED_REMOVE ? DEFERRED_MINOR : 0;
	io->version[2] = 0;
	io->data_size = io->data_size ? io->data_size : sizeof(*io);
	io->data_start = sizeof(*io);
	io->flags = flags;
	snprintf(io->name, sizeof(io->name), "%s", name);
	return ioctl(control, request, io) < 0 ? -errno : 0;
}

/* Each: its header, its words, a NUL, and padding to eight bytes. */
static size_t length_of(const struct dm_piece *p)
{
	return (sizeof(struct dm_target_spec) + strlen(p->words) + 1 + 7) & ~(size_t)7;
}

static int load(int control, const char *name, const struct dm_piece *p, size_t n, unsigned flags)
{
	_cleanup_free_ struct dm_ioctl *io = NULL;
	size_t size = sizeof(*io);
	char *at;

	for (size_t i = 0; i < n; i++)
		size += length_of(&p[i]);
	if (size > TABLE_MAX)
		return -E2BIG;
	io = xcalloc(1, size);
	io->data_size = (uint32_t)size;
	io->target_count = (uint32_t)n;
	at = (char *)(io + 1);
	for (size_t i = 0; i < n; i++) {
		struct dm_target_spec spec = { .sector_start = p[i].start,
					       .length = p[i].len,
					       .next = (uint32_t)length_of(&p[i]) };

		snprintf(spec.target_type, sizeof(spec.target_type), "%s", p[i].type);
		memcpy(at, &spec, sizeof(spec));
		memcpy(at + sizeof(spec), p[i].words, strlen(p[i].words));
		at += length_of(&p[i]);
	}
	return ask(control, DM_TABLE_LOAD, io, name, flags);
}

int dm_create(const char *name, const struct dm_piece *p, size_t n, enum dm_mode mode, dev_t *out)
{
	_cleanup_close_ int control = open_control();
	unsigned flags = mode == DM_READ ? DM_READONLY_FLAG : 0;
	struct dm_ioctl io = { 0 };
	int e;

	if (control < 0)
		return control;
	e = ask(control, DM_DEV_CREATE, &io, name, flags);
	if (e < 0)
		return e;
	*out = makedev((unsigned)(io.dev >> 8) & 0xfff,
		       (unsigned)(io.dev & 0xff) | (unsigned)((io.dev >> 12) & 0xfff00));
	e = load(control, name, p, n, flags);
	if (e == 0) {
		/* Not suspended: resumed, which puts the table in force. */
		io = (struct dm_ioctl){ 0 };
		e = ask(control, DM_DEV_SUSPEND, &io, name, flags);
	}
	if (e < 0)
		dm_remove(name);
	return e;
}

int dm_remove_when_closed(const char *name)
{
	_cleanup_close_ int control = open_control();
	struct dm_ioctl io = { 0 };

	return control < 0 ? control : ask(control, DM_DEV_REMOVE, &io, name, DM_DEFERRED_REMOVE);
}

int dm_remove(const char *name)
{
	_cleanup_close_ int control = open_control();
	_cleanup_free_ char *node = xasprintf("/dev/mapper/%s", name);
	struct dm_ioctl io = { 0 };
	int e;

	if (control < 0)
		return control == -ENODEV ? 0 : control;
	e = ask(control, DM_DEV_REMOVE, &io, name, 0);
	if (e < 0 && e != -ENXIO)
		return e;
	unlink(node);
	return 0;
}
