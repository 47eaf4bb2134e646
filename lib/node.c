/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "lib/io.h"
#include "lib/node.h"

/* One at a time and always this name, so that undo can clear what a killed run left behind. */
#define TEMP_NAME ".bootmend.tmp"

void node_free(struct node *n)
{
	for (size_t i = 0; i < n->xattrs; i++) {
		free(n->xattr[i].name);
		bytes_free(&n->xattr[i].value);
	}
	free(n->xattr);
	bytes_free(&n->content);
	*n = (struct node){ 0 };
}

void node_copy(const struct node *from, struct node *to)
{
	struct node n = *from;

	n.content = (struct bytes){ 0 };
	n.xattr = xcalloc(from->xattrs, sizeof(*n.xattr));
	if (from->content.data)
		bytes_add(&n.content, from->content.data, from->content.len);
	for (size_t i = 0; i < from->xattrs; i++) {
		n.xattr[i].name = xstrdup(from->xattr[i].name);
		bytes_add(&n.xattr[i].value, from->xattr[i].value.data, from->xattr[i].value.len);
	}
	*to = n;
}

static bool xattrs_equal(const struct node *a, const struct node *b)
{
	if (a->xattrs != b->xattrs)
		return false;
	for (size_t i = 0; i < a->xattrs; i++) {
		if (!streq(a->xattr[i].name, b->xattr[i].name) ||
		    !bytes_equal(&a->xattr[i].value, &b->xattr[i].value))
			return false;
	}
	return true;
}

bool node_equal(const struct node *a, const struct node *b)
{
	if (a->type != b->type)
		return false;
	if (a->type == NODE_ABSENT)
		return true;
	if (a->uid != b->uid || a->gid != b->gid || !xattrs_equal(a, b))
		return false;
	if (a->type == NODE_LINK)
		return bytes_equal(&a->content, &b->content);
	if (a->mode != b->mode)
		return false;
	return !a->content_kept || !b->content_kept || bytes_equal(&a->content, &b->content);
}

/* --- reading --- */

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct node_xattr *)a)->name, ((const struct node_xattr *)b)->name);
}

static int read_xattrs(const struct root *r, const char *path, struct node *n)
{
	_cleanup_bytes_ struct bytes names = { 0 };
	size_t cap = 0;
	int e = root_listxattr(r, path, &names);

	if (e < 0)
		return e;
	for (const char *name = names.data; name && name < names.data + names.len;
	     name += strlen(name) + 1) {
		struct bytes value = { 0 };

		e = root_getxattr(r, path, name, &value);
		if (e == -ENODATA || e == -EPERM)
			continue;
		if (e < 0)
			return e;
		GROW(n->xattr, n->xattrs, cap);
		n->xattr[n->xattrs++] =
			(struct node_xattr){ .name = xstrdup(name), .value = value };
	}
	if (n->xattrs)
		qsort(n->xattr, n->xattrs, sizeof(*n->xattr), by_name);
	return 0;
}

static enum node_type type_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return NODE_FILE;
	case S_IFLNK:
		return NODE_LINK;
	case S_IFDIR:
		return NODE_DIR;
	default:
		return NODE_OTHER;
	}
}

static int read_content(const struct root *r, const char *path, enum node_depth depth,
			struct node *n)
{
	char *target = NULL;
	int e;

	if (n->type == NODE_FILE && depth == NODE_WHOLE) {
		n->content_kept = true;
		return root_read(r, path, NODE_BYTES, &n->content);
	}
	if (n->type != NODE_LINK)
		return 0;
	e = root_readlink(r, path, &target);
	if (e < 0)
		return e;
	bytes_adds(&n->content, target);
	free(target);
	return 0;
}

int node_read(const struct root *r, const char *path, enum node_depth depth, struct node *out)
{
	struct node n = { 0 };
	struct stat st;
	int e = root_lstat(r, path, &st);

	if (root_is_absent(e)) {
		*out = n;
		return 0;
	}
	if (e < 0)
		return e;
	n.type = type_of(st.st_mode);
	n.mode = st.st_mode & 07777;
	n.uid = st.st_uid;
	n.gid = st.st_gid;
	n.mtime = st.st_mtim;
	e = read_content(r, path, depth, &n);
	if (e == 0)
		e = read_xattrs(r, path, &n);
	if (e < 0) {
		node_free(&n);
		return e;
	}
	*out = n;
	return 0;
}

/* --- writing --- */

/* A place in an open directory; set only through these names, links never followed. */
struct place {
	int dirfd;
	const char *name;
};

static int sync_dir(int dirfd)
{
	_cleanup_close_ int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return fsync(fd) < 0 ? -errno : 0;
}

static bool has_xattr(const struct node *n, const char *name)
{
	for (size_t i = 0; i < n->xattrs; i++) {
		if (streq(n->xattr[i].name, name))
			return true;
	}
	return false;
}

static void place_proc(const struct place *at, char *buf, size_t n)
{
	snprintf(buf, n, "/proc/self/fd/%d/%s", at->dirfd, at->name);
}

/* Attributes the node does not have and the file does: taken off. */
static void drop_xattrs(const char *proc, const struct node *n)
{
	char names[65536];
	ssize_t len = llistxattr(proc, names, sizeof(names));

	for (char *name = names; len > 0 && name < names + len; name += strlen(name) + 1) {
		if (!has_xattr(n, name))
			lremovexattr(proc, name);
	}
}

static bool has_value(const char *proc, const struct node_xattr *x)
{
	_cleanup_free_ char *now = xmalloc(x->value.len + 1);
	ssize_t n = lgetxattr(proc, x->name, now, x->value.len + 1);

	return n >= 0 && (size_t)n == x->value.len &&
	       (n == 0 || memcmp(now, x->value.data, (size_t)n) == 0);
}

/* Without these the node would grant other rights than it did. */
static bool grants_rights(const char *name)
{
	return startswith(name, "system.posix_acl_") || streq(name, "security.capability");
}

static int set_xattrs(const struct place *at, const struct node *n, bool *unlabelled)
{
	char proc[64 + NAME_MAX];

	place_proc(at, proc, sizeof(proc));
	drop_xattrs(proc, n);
	for (size_t i = 0; i < n->xattrs; i++) {
		const struct node_xattr *x = &n->xattr[i];

		/* A label that stays needs no privilege and no policy that knows it. */
		if (has_value(proc, x) ||
		    lsetxattr(proc, x->name, x->value.data, x->value.len, 0) == 0)
			continue;
		if ((errno != ENOTSUP && errno != EPERM && errno != EINVAL) ||
		    grants_rights(x->name))
			return -errno;
		if (unlabelled && streq(x->name, "security.selinux"))
			*unlabelled = true;
	}
	return 0;
}

/* Owner first: changing it clears setuid bits and capabilities. */
static int set_meta(const struct place *at, const struct node *n, bool *unlabelled)
{
	struct stat st;

	if (fstatat(at->dirfd, at->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if ((st.st_uid != n->uid || st.st_gid != n->gid) &&
	    fchownat(at->dirfd, at->name, n->uid, n->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (n->type != NODE_LINK && fchmodat(at->dirfd, at->name, n->mode, 0) < 0)
		return -errno;
	return set_xattrs(at, n, unlabelled);
}

static int make_file(const struct place *temp, const struct node *n, bool *unlabelled)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, n->mtime };
	_cleanup_close_ int fd = openat(temp->dirfd, temp->name,
					O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int e;

	if (fd < 0)
		return -errno;
	e = io_write_all(fd, n->content.data, n->content.len);
	if (e == 0)
		e = set_meta(temp, n, unlabelled);
	if (e == 0 && futimens(fd, times) < 0)
		e = -errno;
	if (e == 0 && fsync(fd) < 0)
		e = -errno;
	return e;
}

static int make_link(const struct place *temp, const struct node *n, bool *unlabelled)
{
	if (symlinkat(n->content.data, temp->dirfd, temp->name) < 0)
		return -errno;
	return set_meta(temp, n, unlabelled);
}

/* A new file or link takes the name in one step. */
static int replace(const struct place *at, const struct node *n, bool *unlabelled)
{
	struct place temp = { .dirfd = at->dirfd, .name = TEMP_NAME };
	struct stat st;
	int e;

	unlinkat(temp.dirfd, temp.name, 0);
	e = n->type == NODE_LINK ? make_link(&temp, n, unlabelled)
				 : make_file(&temp, n, unlabelled);
	if (e == 0 && fstatat(at->dirfd, at->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISDIR(st.st_mode) && unlinkat(at->dirfd, at->name, AT_REMOVEDIR) < 0)
		e = -errno;
	if (e == 0 && renameat(temp.dirfd, temp.name, at->dirfd, at->name) < 0)
		e = -errno;
	if (e < 0) {
		unlinkat(temp.dirfd, temp.name, 0);
		return e;
	}
	return sync_dir(at->dirfd);
}

static int remove_node(const struct place *at)
{
	struct stat st;

	if (fstatat(at->dirfd, at->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (unlinkat(at->dirfd, at->name, S_ISDIR(st.st_mode) ? AT_REMOVEDIR : 0) < 0)
		return -errno;
	return sync_dir(at->dirfd);
}

static int make_dir(const struct place *at, const struct node *n, bool *unlabelled)
{
	struct stat st;
	int e;

	/* A link may give way, a file with somebody's data does not. */
	if (fstatat(at->dirfd, at->name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode) &&
	    unlinkat(at->dirfd, at->name, 0) < 0)
		return -errno;
	if (mkdirat(at->dirfd, at->name, NODE_NEW_DIR) < 0 &&
	    (errno != EEXIST || fstatat(at->dirfd, at->name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	     !S_ISDIR(st.st_mode)))
		return -EEXIST;
	e = set_meta(at, n, unlabelled);
	return e == 0 ? sync_dir(at->dirfd) : e;
}

/* Mode and owner change in place: the bytes of a program are not copied for a lost x bit. */
static int change_meta(const struct place *at, const struct node *n, bool *unlabelled)
{
	struct stat st;
	int e;

	if (fstatat(at->dirfd, at->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (type_of(st.st_mode) != n->type)
		return -ESTALE;
	e = set_meta(at, n, unlabelled);
	return e == 0 ? sync_dir(at->dirfd) : e;
}

int node_store(const struct root *r, const char *path, const struct node *n, bool *unlabelled)
{
	_cleanup_close_ int dirfd = -1;
	struct place at;
	int e;

	if (streq(path, "/")) {
		/* The root itself has no name in a parent; "." of its own directory is it. */
		e = root_parent(r, "/x", &dirfd, &at.name);
		at.name = ".";
	} else {
		e = root_parent(r, path, &dirfd, &at.name);
	}
	if (e < 0)
		return n->type == NODE_ABSENT && root_is_absent(e) ? 0 : e;
	at.dirfd = dirfd;
	switch (n->type) {
	case NODE_ABSENT:
		return remove_node(&at);
	case NODE_DIR:
		return streq(at.name, ".") ? change_meta(&at, n, unlabelled)
					   : make_dir(&at, n, unlabelled);
	case NODE_LINK:
		return replace(&at, n, unlabelled);
	case NODE_FILE:
		return n->content_kept ? replace(&at, n, unlabelled)
				       : change_meta(&at, n, unlabelled);
	default: /* a device or FIFO: its mode and owner */
		return change_meta(&at, n, unlabelled);
	}
}

/* --- what speaks against it --- */

static int locked(int dirfd, const char *name)
{
	struct statx st;

	if (statx(dirfd, name, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH, STATX_MODE, &st) < 0)
		return 0;
	return st.stx_attributes & (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND) ? -EPERM : 0;
}

static int stop_listing(void *arg UNUSED, const struct root_entry *e UNUSED)
{
	return 1;
}

/* An empty directory that nothing is mounted on may go. */
static int may_go(const struct root *r, const char *path, int dirfd)
{
	struct stat st, parent;
	int n;

	if (root_lstat(r, path, &st) == 0 && fstat(dirfd, &parent) == 0 &&
	    st.st_dev != parent.st_dev)
		return -EBUSY;
	n = root_list(r, path, stop_listing, NULL);
	return n > 0 ? -ENOTEMPTY : n;
}

int node_may_become(const struct root *r, const char *path, const struct node *before,
		    const struct node *after)
{
	bool renames =
		before->type != after->type || after->type == NODE_LINK || after->content_kept;
	_cleanup_close_ int dirfd = -1;
	const char *name = "";
	int e;

	if (before->type == NODE_OTHER && renames)
		return -EEXIST; /* undo could not bring it back */
	e = root_parent(r, streq(path, "/") ? "/x" : path, &dirfd, &name);
	if (e < 0)
		return root_is_absent(e) || e == -EROFS ? 0 : e; /* EROFS: only looking */
	e = locked(dirfd, streq(path, "/") ? "" : name);
	if (e == 0 && renames)
		e = locked(dirfd, "");
	if (e == 0 && before->type == NODE_DIR && renames)
		e = may_go(r, path, dirfd);
	return e;
}

int node_clear_temp(const struct root *r, const char *path)
{
	_cleanup_close_ int dirfd = -1;
	const char *name;
	int e = root_parent(r, path, &dirfd, &name);

	if (e < 0)
		return e;
	return unlinkat(dirfd, TEMP_NAME, 0) < 0 && errno != ENOENT ? -errno : 0;
}
