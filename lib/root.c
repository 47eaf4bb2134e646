/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is the same for every back end: predicates, sorting, limits, and following links to a path.
 */
#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "lib/root_backend.h"

#define LIST_MAX 1000000u

bool root_is_absent(int err)
{
	return err == -ENOENT || err == -ENOTDIR;
}

bool root_is_writable(const struct root *r)
{
	return r->ops->parent != NULL;
}

void root_close(struct root *r)
{
	if (!r)
		return;
	r->ops->close(r->self);
	free(r);
}

void cleanup_root(struct root **r)
{
	root_close(*r);
}

int root_lstat(const struct root *r, const char *path, struct stat *st)
{
	struct stat got;
	int e = r->ops->stat(r->self, path, NO_FOLLOW, &got);

	if (e == 0)
		*st = got;
	return e;
}

int root_stat(const struct root *r, const char *path, struct stat *st)
{
	struct stat got;
	int e = r->ops->stat(r->self, path, FOLLOW, &got);

	if (e == 0)
		*st = got;
	return e;
}

bool root_exists(const struct root *r, const char *path)
{
	struct stat st;

	return root_stat(r, path, &st) == 0;
}

bool root_is_file(const struct root *r, const char *path)
{
	struct stat st;

	return root_stat(r, path, &st) == 0 && S_ISREG(st.st_mode);
}

bool root_is_dir(const struct root *r, const char *path)
{
	struct stat st;

	return root_stat(r, path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool root_is_program(const struct root *r, const char *path)
{
	struct stat st;

	return root_stat(r, path, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0111);
}

int root_read(const struct root *r, const char *path, size_t max, struct bytes *out)
{
	struct bytes got = { 0 };
	struct stat st;
	int e = r->ops->read(r->self, path, 0, max + 1, &got, &st);

	if (e == 0 && got.len > max)
		e = -EFBIG;
	if (e < 0) {
		bytes_free(&got);
		return e;
	}
	bytes_add(&got, "", 0); /* an empty file is "" too, not NULL */
	*out = got;
	return 0;
}

int root_pread(const struct root *r, const char *path, uint64_t offset, void *buf, size_t len,
	       size_t *got)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	struct stat st;
	int e;

	if (offset > INT64_MAX - len)
		return -EINVAL;
	e = r->ops->read(r->self, path, offset, len, &b, &st);
	if (e < 0)
		return e;
	if (b.len)
		memcpy(buf, b.data, b.len);
	*got = b.len;
	return 0;
}

int root_readlink(const struct root *r, const char *path, char **target)
{
	return r->ops->readlink(r->self, path, target);
}

/* --- listing --- */

struct listing {
	struct root_entry *e;
	size_t n, cap;
};

static int collect(void *arg, const struct root_entry *e)
{
	struct listing *l = arg;

	if (streq(e->name, ".") || streq(e->name, ".."))
		return 0;
	if (l->n == LIST_MAX)
		return -EFBIG;
	GROW(l->e, l->n, l->cap);
	l->e[l->n++] = (struct root_entry){ .name = xstrdup(e->name), .type = e->type };
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct root_entry *)a)->name, ((const struct root_entry *)b)->name);
}

static unsigned char type_of(const struct root *r, const char *dir, const char *name)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", dir, name);
	struct stat st;

	return root_lstat(r, path, &st) == 0 ? (unsigned char)IFTODT(st.st_mode) : DT_REG;
}

int root_list(const struct root *r, const char *dir,
	      int (*each)(void *arg, const struct root_entry *e), void *arg)
{
	struct listing l = { 0 };
	int e = r->ops->list(r->self, dir, collect, &l);

	if (e == 0 && l.n)
		qsort(l.e, l.n, sizeof(*l.e), by_name);
	for (size_t i = 0; e == 0 && i < l.n; i++) {
		if (l.e[i].type == DT_UNKNOWN)
			l.e[i].type = type_of(r, dir, l.e[i].name);
		e = each(arg, &l.e[i]);
	}
	for (size_t i = 0; i < l.n; i++)
		free((char *)l.e[i].name);
	free(l.e);
	return e;
}

/* --- the path behind the links --- */

/* "/a/b" and "c" give "/a/b/c"; ".." gives "/a". */
static void path_add(struct bytes *path, const char *name, size_t n)
{
	if (n == 0 || (n == 1 && name[0] == '.'))
		return;
	if (n == 2 && name[0] == '.' && name[1] == '.') {
		while (path->len && path->data[--path->len] != '/')
			;
		path->data[path->len] = '\0';
		return;
	}
	bytes_addc(path, '/');
	bytes_add(path, name, n);
}

/* The link at done + name, if it is one: its target, else NULL. */
static char *link_at(const struct root *r, const char *path)
{
	char *target = NULL;
	struct stat st;

	if (root_lstat(r, path, &st) < 0 || !S_ISLNK(st.st_mode))
		return NULL;
	return root_readlink(r, path, &target) == 0 ? target : NULL;
}

int root_resolve(const struct root *r, const char *path, char **out)
{
	_cleanup_bytes_ struct bytes done = { 0 };
	_cleanup_free_ char *todo = xstrdup(path);
	const char *next = todo;
	int links = 0;

	bytes_adds(&done, "");
	while (*(next += strspn(next, "/"))) {
		size_t n = strcspn(next, "/"), before = done.len;
		_cleanup_free_ char *target = NULL;
		char *rest;

		if (done.len > 4 * PATH_MAX)
			return -ENAMETOOLONG;
		path_add(&done, next, n);
		next += n;
		if (done.len > before)
			target = link_at(r, done.data);
		if (!target)
			continue;
		if (++links > ROOT_LINKS_MAX)
			return -ELOOP;
		done.len = target[0] == '/' ? 0 : before;
		done.data[done.len] = '\0';
		rest = xasprintf("%s/%s", target, next);
		free(todo);
		next = todo = rest;
	}
	*out = xstrdup(done.len ? done.data : "/");
	return 0;
}

int root_statvfs(const struct root *r, const char *path, struct statvfs *out)
{
	return r->ops->statvfs(r->self, path, out);
}

int root_getxattr(const struct root *r, const char *path, const char *name, struct bytes *out)
{
	struct bytes got = { 0 };
	int e = r->ops->getxattr(r->self, path, name, &got);

	if (e == 0)
		*out = got;
	else
		bytes_free(&got);
	return e;
}

/* Opening other nodes may wait or do something. */
int root_getflags(const struct root *r, const char *path, unsigned *out)
{
	struct stat st;
	int e = root_stat(r, path, &st);

	if (e < 0)
		return e;
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return -EINVAL;
	return r->ops->getflags(r->self, path, out);
}

int root_listxattr(const struct root *r, const char *path, struct bytes *out)
{
	struct bytes got = { 0 };
	int e = r->ops->listxattr(r->self, path, &got);

	if (e == 0)
		*out = got;
	else
		bytes_free(&got);
	return e;
}

int root_parent(const struct root *r, const char *path, int *dirfd, const char **name)
{
	return r->ops->parent ? r->ops->parent(r->self, path, dirfd, name) : -EROFS;
}
