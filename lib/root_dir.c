/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The back end for a mounted directory. openat2(2) with RESOLVE_IN_ROOT does the confining; where a
 * kernel before 5.6 or a seccomp filter denies it, a walk by name gives the same answers.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "lib/root_backend.h"

#ifndef __NR_openat2
#define __NR_openat2 437
#endif

#define DEPTH_MAX 256	       /* directories below one another in a walk */
#define XATTR_BYTES (64 << 10) /* XATTR_SIZE_MAX and XATTR_LIST_MAX of the kernel */
#define RETRIES 16	       /* openat2 answers EAGAIN when a rename races with it */

struct dir_root {
	int fd; /* O_PATH */
	bool walk;
};

/* Where a path ends: its name in an open directory, no link left to follow but as asked. */
struct place {
	int dirfd;
	char name[NAME_MAX + 1];
};

static void place_close(struct place *p)
{
	p->dirfd = close_fd(p->dirfd);
}
#define _cleanup_place_ _cleanup_(place_close)
#define NO_PLACE ((struct place){ .dirfd = -1 })

static int openat2_in(int dirfd, const char *path, uint64_t flags)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	for (int i = 0; i < RETRIES; i++) {
		int fd = (int)syscall(__NR_openat2, dirfd, *path ? path : ".", &how, sizeof(how));

		if (fd >= 0)
			return fd;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
	}
	return -EAGAIN;
}

/* --- the walk by name --- */

struct walk {
	int fds[DEPTH_MAX];
	int depth;  /* fds[0] is the root, not ours to close */
	char *todo; /* what is left of the path; owned */
	char *next; /* position in todo */
	int links;
};

static void walk_pop(struct walk *w, int depth)
{
	while (w->depth > depth)
		close(w->fds[w->depth--]);
}

static void walk_done(struct walk *w)
{
	walk_pop(w, 0);
	free(w->todo);
}

static int walk_push(struct walk *w, int fd)
{
	if (w->depth + 1 >= DEPTH_MAX) {
		close(fd);
		return -ENAMETOOLONG;
	}
	w->fds[++w->depth] = fd;
	return 0;
}

/* The link named by name in the current directory replaces it in what is left to walk. */
static int walk_link(struct walk *w, const char *name, const char *rest)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(w->fds[w->depth], name, target, sizeof(target) - 1);
	char *todo;

	if (n < 0)
		return -errno;
	if (++w->links > ROOT_LINKS_MAX)
		return -ELOOP;
	target[n] = '\0';
	if (n == 0)
		return -ENOENT;
	if (strlen(rest) + (size_t)n > 4 * PATH_MAX)
		return -ENAMETOOLONG;
	if (target[0] == '/')
		walk_pop(w, 0);
	/* A slash behind asks for a directory: only where there was one. */
	todo = xasprintf("%s%s%s", target, *w->next == '/' ? "/" : "", rest);
	free(w->todo);
	w->todo = w->next = todo;
	return 0;
}

static int next_name(struct walk *w, char *name, const char **rest)
{
	char *s = w->next + strspn(w->next, "/");
	size_t n = strcspn(s, "/");

	if (n > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(name, s, n);
	name[n] = '\0';
	w->next = s + n;
	*rest = w->next + strspn(w->next, "/");
	return 0;
}

/* One name further; 1 when this was the last and *name is it. */
static int walk_step(struct walk *w, enum follow follow, char *name)
{
	const char *rest;
	struct stat st;
	int fd, r = next_name(w, name, &rest);

	if (r < 0)
		return r;
	if (!*name || streq(name, ".") || streq(name, "..")) {
		if (streq(name, "..") && w->depth > 0)
			walk_pop(w, w->depth - 1);
		strcpy(name, ".");
		return *rest ? 0 : 1;
	}
	if (fstatat(w->fds[w->depth], name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT && !*rest ? 1 : -errno;
	if (S_ISLNK(st.st_mode) && (*rest || *w->next == '/' || follow == FOLLOW))
		return walk_link(w, name, rest);
	if (!*rest)
		return *w->next == '/' && !S_ISDIR(st.st_mode) ? -ENOTDIR : 1;
	fd = openat(w->fds[w->depth], name, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : walk_push(w, fd);
}

static int walk_to(int rootfd, const char *path, enum follow follow, struct place *out)
{
	struct walk w = { .fds = { rootfd }, .todo = xstrdup(path) };
	char name[NAME_MAX + 1];
	int r = 0;

	w.next = w.todo;
	while (r == 0)
		r = walk_step(&w, follow, name);
	if (r == 1) {
		out->dirfd = fcntl(w.fds[w.depth], F_DUPFD_CLOEXEC, 3);
		strcpy(out->name, name);
		r = out->dirfd < 0 ? -errno : 0;
	}
	walk_done(&w);
	return r;
}

/* --- opening --- */

static int dir_open(const struct dir_root *d, const char *path, enum follow follow, int flags)
{
	_cleanup_place_ struct place at = NO_PLACE;
	int fd, r;

	if (follow == NO_FOLLOW)
		flags |= O_NOFOLLOW;
	if (!d->walk)
		return openat2_in(d->fd, path, (uint64_t)flags);
	r = walk_to(d->fd, path, follow, &at);
	if (r < 0)
		return r;
	fd = openat(at.dirfd, at.name, flags | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int dir_stat(void *self, const char *path, enum follow follow, struct stat *st)
{
	_cleanup_close_ int fd = dir_open(self, path, follow, O_PATH);

	if (fd < 0)
		return fd;
	return fstat(fd, st) < 0 ? -errno : 0;
}

static int read_fd(int fd, uint64_t off, size_t max, struct bytes *out)
{
	char buf[32768];

	while (out->len < max) {
		size_t want = max - out->len < sizeof(buf) ? max - out->len : sizeof(buf);
		ssize_t n = pread(fd, buf, want, (off_t)(off + out->len));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		bytes_add(out, buf, (size_t)n);
	}
	return 0;
}

static int dir_read(void *self, const char *path, uint64_t off, size_t max, struct bytes *out,
		    struct stat *st)
{
	_cleanup_close_ int fd = -1;
	int r = dir_stat(self, path, FOLLOW, st);

	/* A device or FIFO is never opened: opening alone may do something. */
	if (r < 0)
		return r;
	if (!S_ISREG(st->st_mode))
		return -EINVAL;
	fd = dir_open(self, path, FOLLOW, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return fd;
	if (fstat(fd, st) < 0)
		return -errno;
	if (!S_ISREG(st->st_mode))
		return -EINVAL;
	return read_fd(fd, off, max, out);
}

static int dir_readlink(void *self, const char *path, char **target)
{
	_cleanup_close_ int fd = dir_open(self, path, NO_FOLLOW, O_PATH);
	char buf[PATH_MAX];
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISLNK(st.st_mode))
		return -EINVAL;
	n = readlinkat(fd, "", buf, sizeof(buf));
	if (n < 0)
		return -errno;
	*target = xstrndup(buf, (size_t)n);
	return 0;
}

static int dir_list(void *self, const char *path,
		    int (*each)(void *arg, const struct root_entry *e), void *arg)
{
	int r = 0, fd = dir_open(self, path, FOLLOW, O_RDONLY | O_DIRECTORY);
	struct dirent *e;
	DIR *dir;

	if (fd < 0)
		return fd;
	dir = fdopendir(fd);
	if (!dir) {
		r = -errno;
		close(fd);
		return r;
	}
	for (errno = 0; r == 0 && (e = readdir(dir)); errno = 0)
		r = each(arg, &(struct root_entry){ .name = e->d_name, .type = e->d_type });
	if (r == 0 && errno)
		r = -errno;
	closedir(dir);
	return r;
}

static int dir_statvfs(void *self, const char *path, struct statvfs *out)
{
	_cleanup_close_ int fd = dir_open(self, path, FOLLOW, O_PATH);

	if (fd < 0)
		return fd;
	return fstatvfs(fd, out) < 0 ? -errno : 0;
}

/* getxattr(2) takes no O_PATH fd; its name in /proc leads to the same node, links not followed. */
static int dir_getxattr(void *self, const char *path, const char *name, struct bytes *out)
{
	_cleanup_close_ int fd = dir_open(self, path, NO_FOLLOW, O_PATH);
	_cleanup_free_ char *buf = NULL;
	char proc[64];
	ssize_t n;

	if (fd < 0)
		return fd;
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	buf = xmalloc(XATTR_BYTES);
	n = getxattr(proc, name, buf, XATTR_BYTES);
	if (n < 0)
		return errno == ENOTSUP ? -ENODATA : -errno;
	bytes_add(out, buf, (size_t)n);
	return 0;
}

static int dir_listxattr(void *self, const char *path, struct bytes *out)
{
	_cleanup_close_ int fd = dir_open(self, path, NO_FOLLOW, O_PATH);
	_cleanup_free_ char *buf = NULL;
	char proc[64];
	ssize_t n;

	if (fd < 0)
		return fd;
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	buf = xmalloc(XATTR_BYTES);
	n = listxattr(proc, buf, XATTR_BYTES);
	if (n < 0)
		return errno == ENOTSUP ? 0 : -errno;
	bytes_add(out, buf, (size_t)n);
	return 0;
}

static int dir_parent(void *self, const char *path, int *dirfd, const char **name)
{
	const char *slash = strrchr(path, '/');
	_cleanup_free_ char *parent = slash ? xstrndup(path, (size_t)(slash - path)) : xstrdup("");
	int fd;

	if (slash)
		path = slash + 1;
	if (!*path || streq(path, ".") || streq(path, ".."))
		return -EINVAL;
	fd = dir_open(self, *parent ? parent : "/", FOLLOW, O_PATH | O_DIRECTORY);
	if (fd < 0)
		return fd;
	*dirfd = fd;
	*name = path;
	return 0;
}

static int dir_getflags(void *self, const char *path, unsigned *out)
{
	_cleanup_close_ int fd = dir_open(self, path, FOLLOW, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	int flags = 0; /* the kernel writes an int, whatever its name for it says */

	if (fd < 0)
		return fd;
	if (ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0)
		return -errno;
	*out = (unsigned)flags;
	return 0;
}

static void dir_close(void *self)
{
	struct dir_root *d = self;

	close(d->fd);
	free(d);
}

static const struct root_ops dir_ops = {
	.stat = dir_stat,
	.read = dir_read,
	.readlink = dir_readlink,
	.list = dir_list,
	.statvfs = dir_statvfs,
	.getxattr = dir_getxattr,
	.listxattr = dir_listxattr,
	.getflags = dir_getflags,
	.parent = dir_parent,
	.close = dir_close,
};

int root_open_fd(int fd, struct root **out)
{
	struct root *r = xcalloc(1, sizeof(*r));
	struct dir_root *d = xcalloc(1, sizeof(*d));
	int probe = openat2_in(fd, ".", O_PATH | O_DIRECTORY);

	d->fd = fd;
	d->walk = probe == -ENOSYS || probe == -EPERM || probe == -EINVAL || probe == -E2BIG;
	close_fd(probe);
	r->ops = &dir_ops;
	r->self = d;
	*out = r;
	return 0;
}

int root_open_dir(const char *dir, struct root **out)
{
	int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : root_open_fd(fd, out);
}
