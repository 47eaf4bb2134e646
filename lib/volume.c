/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/fstab.h"
#include "lib/root_ext2.h"
#include "lib/volume.h"

static bool is_ext(const struct partition *p)
{
	return p->type &&
	       (streq(p->type, "ext2") || streq(p->type, "ext3") || streq(p->type, "ext4"));
}

bool volume_is_possible(const struct partition *p)
{
	return p->type && mounts_knows(p->type);
}

int volume_bytes(const struct disk *d, const struct partition *p, uint64_t *start)
{
	const char *node = p->node ? p->node : p->within;
	int fd = node ? open(node, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;

	/* The page cache of a partition's node and that of the whole disk know nothing of each
	 * other. */
	*start = fd < 0 ? p->start : p->node ? 0 : p->within_start;
	if (fd < 0)
		fd = fcntl(d->fd, F_DUPFD_CLOEXEC, 3);
	return fd < 0 ? -errno : fd;
}

/* --- where to mount from --- */

static int attach_read(const struct disk *d, const struct partition *p, struct loop *out)
{
	uint64_t start;
	_cleanup_close_ int fd = volume_bytes(d, p, &start);

	if (fd < 0)
		return fd;
	return loop_attach(fd, start, p->size, LOOP_READ, out);
}

/* Without a node the kernel guards nothing, so the whole disk must be free for a moment. */
static int attach_write(const struct disk *d, const struct partition *p, struct loop *out)
{
	_cleanup_close_ int fd = -1, alone = -1;
	char own[64];
	const char *path = p->within ? p->within : own;

	snprintf(own, sizeof(own), "/proc/self/fd/%d", d->fd);
	if (d->block) {
		alone = open(path, O_RDONLY | O_EXCL | O_CLOEXEC | O_NONBLOCK);
		if (alone < 0)
			return -errno;
	}
	fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	return loop_attach(fd, p->within ? p->within_start : p->start, p->size, LOOP_WRITE, out);
}

int volume_source(struct volume *v, enum access access, const char **out)
{
	int e;

	if (access == CHANGE && v->part->look_only)
		return -EROFS;
	if (access == CHANGE && v->part->node) {
		*out = v->part->node;
		return 0;
	}
	e = access == LOOK ? attach_read(v->disk, v->part, &v->loop)
			   : attach_write(v->disk, v->part, &v->loop);
	if (e == 0)
		*out = v->loop.path;
	return e;
}

/* --- mounting --- */

static int mount_source(struct mounts *m, struct volume *v, const char *source, size_t index,
			enum access access, struct trouble *why)
{
	char name[32], top[40];
	int e;

	snprintf(name, sizeof(name), "%zu", index);
	snprintf(top, sizeof(top), "%zu.top", index);
	e = mounts_mount(m, source, name, v->part->type, access, NULL, &v->plain, why);
	if (e < 0)
		return e;
	v->top = v->plain;
	if (!streq(v->part->type, "btrfs"))
		return 0;
	return mounts_mount(m, source, top, "btrfs", access, "subvolid=5", &v->top, why);
}

static int mount_volume(struct mounts *m, struct volume *v, size_t index, enum access access,
			struct trouble *why)
{
	const char *source;
	int e = volume_source(v, access, &source);

	if (e == -ENODEV)
		trouble_set(why, "this machine's kernel has no loop devices (modprobe loop)");
	else if (e == -EROFS && v->part->look_only)
		trouble_set(why, "it must not be written to: %s", v->part->look_only);
	else if (e < 0)
		trouble_set(why, "cannot be attached to a loop device: %s", strerror(-e));
	if (e < 0)
		return e;
	e = mount_source(m, v, source, index, access, why);
	if (e < 0) {
		v->top = v->plain = NULL;
		return e;
	}
	return root_open_dir(v->plain, &v->root);
}

/* --- ext without mounting --- */

int volume_read_ext2(const struct disk *d, const struct partition *p, struct root **out)
{
	uint64_t start;
	_cleanup_close_ int fd = volume_bytes(d, p, &start);

	return fd < 0 ? fd : root_open_ext2(fd, start, p->size, out);
}

static bool is_denied(int e)
{
	return e == -EPERM || e == -EACCES;
}

static void set_error(struct volume *v, struct arena *a, int e, const struct trouble *why)
{
	if (v->part->error)
		return;
	if (is_denied(e))
		v->part->error = arena_printf(
			a, "%s cannot be mounted: that needs root's privileges", v->part->type);
	else
		v->part->error = arena_strdup(a, why->text[0] ? why->text : strerror(-e));
}

int volume_open(struct mounts *m, const struct disk *d, struct partition *p, size_t index,
		enum access access, struct arena *a, struct volume *out)
{
	struct volume v = { .part = p, .disk = d, .loop = LOOP_NONE, .access = access };
	struct trouble why = { 0 };
	int e = -EPERM;

	if (!volume_is_possible(p)) {
		trouble_set(&why, "%s is a type that this program does not look into",
			    p->type ? p->type : "it");
		set_error(&v, a, -EOPNOTSUPP, &why);
		return -EOPNOTSUPP;
	}
	if (m)
		e = mount_volume(m, &v, index, access, &why);
	/* Denied, no driver, or damaged so that the kernel refuses: libext2fs may still read it. */
	if (e < 0 && access == LOOK && is_ext(p) && volume_read_ext2(d, p, &v.root) == 0) {
		if (!is_denied(e) && e != -ENODEV && !p->error)
			p->error = arena_printf(a, "%s; it is read without mounting", why.text);
		v.refused = arena_strdup(a, why.text[0] ? why.text : strerror(-e));
		e = 0;
	}
	if (e < 0) {
		loop_detach(&v.loop);
		set_error(&v, a, e, &why);
		return is_denied(e) ? -EPERM : e;
	}
	v.opened = true;
	*out = v;
	return 0;
}

void volume_close(struct volume *v)
{
	root_close(v->root);
	v->root = NULL;
	loop_detach(&v->loop);
	v->opened = false;
}

/* --- subvolumes --- */

int volume_subvolume(const struct volume *v, const char *path)
{
	_cleanup_free_ char *copy = xstrdup(path);
	char *save = NULL;
	int next, fd = open(v->top, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	for (char *s = strtok_r(copy, "/", &save); s; s = strtok_r(NULL, "/", &save)) {
		if (streq(s, ".."))
			next = -1, errno = ENOENT;
		else
			next = openat(fd, s, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (next < 0) {
			next = -errno;
			close(fd);
			return next;
		}
		close(fd);
		fd = next;
	}
	return fd;
}

/* A subvolume given by number has no directory of known name: it is mounted by its number. */
static int by_number(struct mounts *m, const struct volume *v, uint64_t id)
{
	char name[64], option[64];
	struct trouble why = { 0 };
	const char *at, *source = v->loop.fd >= 0 ? v->loop.path : v->part->node;
	int e;

	if (!source)
		return -ENOENT;
	snprintf(name, sizeof(name), "%zu.id", m->n);
	snprintf(option, sizeof(option), "subvolid=%llu", (unsigned long long)id);
	e = mounts_mount(m, source, name, "btrfs", v->access, option, &at, &why);
	if (e < 0)
		return e;
	e = open(at, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return e < 0 ? -errno : e;
}

int volume_directory(struct mounts *m, const struct volume *v, const char *options)
{
	const char *value;
	uint64_t id;
	int fd;

	if (streq(v->part->type, "btrfs") && options) {
		_cleanup_free_ char *word = NULL;

		if (fstab_option(options, "subvol", &value)) {
			word = xstrndup(value, strcspn(value, ","));
			return volume_subvolume(v, word);
		}
		if (fstab_option(options, "subvolid", &value)) {
			word = xstrndup(value, strcspn(value, ","));
			if (parse_u64(word, &id))
				return id == 5 || id == 0 ? volume_subvolume(v, "/")
							  : by_number(m, v, id);
		}
	}
	fd = open(v->plain, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}
