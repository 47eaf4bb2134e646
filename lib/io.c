/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/io.h"

#define OPEN_DIRS 16 /* that nftw() keeps at once */

int io_write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int io_read_at(int fd, uint64_t offset, void *buf, size_t len)
{
	char *to = buf;

	while (len) {
		ssize_t n = pread(fd, to, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		to += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

static int open_by_number(dev_t number)
{
	char name[] = "/dev/.bootmend-XXXXXX";
	_cleanup_close_ int placeholder = mkostemp(name, O_CLOEXEC);
	int fd, e;

	if (placeholder < 0 || unlink(name) < 0)
		return -errno;
	if (mknod(name, S_IFCHR | 0600, number) < 0)
		return -errno;
	fd = open(name, O_RDWR | O_CLOEXEC);
	e = fd < 0 ? -errno : 0;
	unlink(name);
	return fd < 0 ? e : fd;
}

int io_open_driver(const char *path, unsigned major, unsigned minor)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		fd = open_by_number(makedev(major, minor));
	else if (fd < 0)
		fd = -errno;
	return fd == -ENOENT || fd == -ENXIO ? -ENODEV : fd;
}

int io_make_parents(const char *path, mode_t mode)
{
	_cleanup_free_ char *s = xstrdup(path);

	for (char *p = strchr(s + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdir(s, mode) < 0 && errno != EEXIST)
			return -errno;
		*p = '/';
	}
	return 0;
}

static int remove_one(const char *path, const struct stat *st UNUSED, int type UNUSED,
		      struct FTW *ftw UNUSED)
{
	return remove(path);
}

void io_remove_tree(const char *dir)
{
	nftw(dir, remove_one, OPEN_DIRS, FTW_DEPTH | FTW_PHYS);
}
