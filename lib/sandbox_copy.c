/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tree of plain files and directories copied from one directory to another: an ESP has nothing
 * else. Bounded in files, bytes and depth.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/io.h"
#include "lib/sandbox_parts.h"

#define FILES_MAX 20000u
#define BYTES_MAX (512ull << 20)
#define DEPTH_MAX 16u

struct copy {
	size_t files;
	uint64_t bytes;
	unsigned depth;
};

static int copy_bytes(struct copy *c, int in, int out)
{
	char buf[65536];
	ssize_t n;

	while ((n = read(in, buf, sizeof(buf))) != 0) {
		int e;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		c->bytes += (uint64_t)n;
		if (c->bytes > BYTES_MAX)
			return -EFBIG;
		e = io_write_all(out, buf, (size_t)n);
		if (e < 0)
			return e;
	}
	return 0;
}

static int copy_file(struct copy *c, int from, int to, const char *name, mode_t mode)
{
	_cleanup_close_ int in = openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	_cleanup_close_ int out = -1;

	if (in < 0)
		return -errno;
	out = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (out < 0)
		return -errno;
	return fchmod(out, mode) < 0 ? -errno : copy_bytes(c, in, out);
}

static int copy_dir(struct copy *c, int from, int to);

static int copy_entry(struct copy *c, int from, int to, const char *name)
{
	_cleanup_close_ int below_from = -1, below_to = -1;
	struct stat st;

	if (++c->files > FILES_MAX)
		return -EMFILE;
	if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (S_ISREG(st.st_mode))
		return copy_file(c, from, to, name, st.st_mode & 0777);
	if (!S_ISDIR(st.st_mode))
		return 0;
	if (mkdirat(to, name, 0700) < 0 || fchmodat(to, name, st.st_mode & 0777, 0) < 0)
		return -errno;
	below_from = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	below_to = openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return below_from < 0 || below_to < 0 ? -errno : copy_dir(c, below_from, below_to);
}

static int copy_dir(struct copy *c, int from, int to)
{
	int fd = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), e = 0;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *d;

	if (!dir) {
		e = -errno;
		close_fd(fd);
		return e;
	}
	if (c->depth == DEPTH_MAX)
		e = -ELOOP;
	c->depth++;
	while (e == 0 && (d = readdir(dir))) {
		if (!streq(d->d_name, ".") && !streq(d->d_name, ".."))
			e = copy_entry(c, from, to, d->d_name);
	}
	c->depth--;
	closedir(dir);
	return e;
}

int sandbox_copy(int from, int to)
{
	struct copy c = { 0 };

	return copy_dir(&c, from, to);
}
