/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/io.h"
#include "lib/journal_dir.h"

#define MANIFEST "manifest.json"
#define MANIFEST_MAX (64u << 20)
#define BLOB_MAX (512u << 20)

/* --- directories --- */

/* An O_PATH fd cannot be synced itself. */
static int sync_path_fd(int dirfd)
{
	_cleanup_close_ int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : journal_dir_sync(fd);
}

/* Every part of JOURNAL_DIR inside the root; the last is for root only. */
static int make_in_root(const struct root *r)
{
	static const char whole[] = JOURNAL_DIR;

	for (const char *s = &whole[1]; s; s = strchr(s + 1, '/')) {
		const char *end = strchr(s + 1, '/');
		_cleanup_free_ char *part =
			end ? xstrndup(whole, (size_t)(end - whole)) : xstrdup(whole);
		_cleanup_close_ int dirfd = -1;
		const char *name;
		int e;

		if (root_is_dir(r, part))
			continue;
		e = root_parent(r, part, &dirfd, &name);
		if (e < 0)
			return e;
		if (mkdirat(dirfd, name, end ? 0755 : 0700) < 0)
			return errno == EEXIST ? -ENOTDIR : -errno;
		e = sync_path_fd(dirfd);
		if (e < 0)
			return e;
	}
	return 0;
}

static int base_in_root(const struct root *r, enum journal_make make)
{
	int fd, e = make == JOURNAL_MAKE ? make_in_root(r) : 0;
	_cleanup_close_ int path_fd = -1;
	const char *name;

	if (e < 0)
		return e;
	e = root_parent(r, JOURNAL_DIR "/x", &path_fd, &name);
	if (e < 0)
		return root_is_absent(e) ? -ENOENT : e;
	fd = openat(path_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int journal_base(const struct journal_place *at, enum journal_make make)
{
	int fd;

	if (!at->dir)
		return base_in_root(at->root, make);
	if (make == JOURNAL_MAKE && mkdir(at->dir, 0700) < 0 && errno != EEXIST)
		return -errno;
	fd = open(at->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int journal_dir_sync(int dirfd)
{
	return fsync(dirfd) < 0 ? -errno : 0;
}

/* --- files --- */

int journal_put(int dirfd, const char *name, const void *data, size_t len)
{
	_cleanup_close_ int fd = -1;
	int e;

	unlinkat(dirfd, name, 0);
	fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	e = io_write_all(fd, data, len);
	if (e == 0 && fsync(fd) < 0)
		e = -errno;
	return e;
}

int journal_replace(int dirfd, const char *name, const void *data, size_t len)
{
	_cleanup_free_ char *temp = xasprintf("%s.new", name);
	int e = journal_put(dirfd, temp, data, len);

	if (e == 0 && renameat(dirfd, temp, dirfd, name) < 0)
		e = -errno;
	return e == 0 ? journal_dir_sync(dirfd) : e;
}

int journal_get(int dirfd, const char *name, size_t max, struct bytes *out)
{
	_cleanup_close_ int fd =
		openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	_cleanup_free_ char *buf = NULL;
	struct bytes b = { 0 };
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || (uint64_t)st.st_size > max)
		return -EINVAL;
	buf = xmalloc(65536);
	bytes_add(&b, "", 0);
	while (b.len <= max && (n = read(fd, buf, 65536)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			bytes_free(&b);
			return -errno;
		}
		bytes_add(&b, buf, (size_t)n);
	}
	*out = b;
	return 0;
}

/* --- nodes as JSON --- */

static const char *const types[] = {
	[NODE_ABSENT] = "absent", [NODE_FILE] = "file",	    [NODE_LINK] = "link",
	[NODE_DIR] = "directory", [NODE_OTHER] = "special",
};

struct json_object *journal_node_json(const struct node *n, const char *blob)
{
	struct json_object *o = json_object_new_object(), *xattrs;
	char mode[8];

	json_object_object_add(o, "type", json_object_new_string(types[n->type]));
	if (n->type == NODE_ABSENT)
		return o;
	snprintf(mode, sizeof(mode), "%04o", n->mode);
	json_object_object_add(o, "mode", json_object_new_string(mode));
	json_object_object_add(o, "uid", json_object_new_int64(n->uid));
	json_object_object_add(o, "gid", json_object_new_int64(n->gid));
	if (n->type == NODE_LINK)
		json_object_object_add(o, "target", json_exact(n->content.data, n->content.len));
	if (n->type == NODE_FILE && n->content_kept) {
		json_object_object_add(o, "mtime", json_object_new_int64(n->mtime.tv_sec));
		json_object_object_add(o, "mtime_ns", json_object_new_int64(n->mtime.tv_nsec));
		json_object_object_add(o, "content", json_object_new_string(blob));
	}
	xattrs = json_object_new_object();
	for (size_t i = 0; i < n->xattrs; i++)
		json_object_object_add(
			xattrs, n->xattr[i].name,
			json_exact(n->xattr[i].value.data ? n->xattr[i].value.data : "",
				   n->xattr[i].value.len));
	json_object_object_add(o, "xattrs", xattrs);
	return o;
}

static bool read_type(struct json_object *o, enum node_type *out)
{
	const char *s = json_get_str(o, "type");

	for (size_t i = 0; s && i < ARRAY_SIZE(types); i++) {
		if (streq(s, types[i])) {
			*out = (enum node_type)i;
			return true;
		}
	}
	return false;
}

static bool read_xattrs(struct json_object *o, struct node *n)
{
	struct json_object_iterator it, end;
	struct json_object *xattrs;
	size_t cap = 0;

	if (!json_object_object_get_ex(o, "xattrs", &xattrs))
		return true;
	if (!json_object_is_type(xattrs, json_type_object))
		return false;
	end = json_object_iter_end(xattrs);
	for (it = json_object_iter_begin(xattrs); !json_object_iter_equal(&it, &end);
	     json_object_iter_next(&it)) {
		struct bytes b = { 0 };

		if (!json_exact_read(json_object_iter_peek_value(&it), &b))
			return false;
		GROW(n->xattr, n->xattrs, cap);
		n->xattr[n->xattrs++] = (struct node_xattr){
			.name = xstrdup(json_object_iter_peek_name(&it)),
			.value = b,
		};
	}
	return true;
}

/* Blobs are named by number: nothing else is opened, whatever a manifest on the disk says. */
static bool blob_name(const char *s)
{
	size_t digits = s ? strspn(s, "0123456789") : 0;

	return digits && (streq(s + digits, ".before") || streq(s + digits, ".after"));
}

static int read_content(int dirfd, struct json_object *o, struct node *n)
{
	const char *blob = json_get_str(o, "content");
	struct json_object *target;

	if (n->type == NODE_LINK) {
		if (!json_object_object_get_ex(o, "target", &target) ||
		    !json_exact_read(target, &n->content) || n->content.len == 0)
			return -EBADMSG;
		return 0;
	}
	if (n->type != NODE_FILE || !blob)
		return 0;
	n->content_kept = true;
	n->mtime.tv_sec = json_get_int(o, "mtime", 0);
	n->mtime.tv_nsec = json_get_int(o, "mtime_ns", UTIME_OMIT);
	return blob_name(blob) ? journal_get(dirfd, blob, BLOB_MAX, &n->content) : -EBADMSG;
}

int journal_node_read(int dirfd, struct json_object *o, struct node *out)
{
	const char *mode;
	struct node n = { 0 };
	int e = 0;

	if (!json_object_is_type(o, json_type_object) || !read_type(o, &n.type))
		return -EBADMSG;
	if (n.type == NODE_ABSENT) {
		*out = n;
		return 0;
	}
	mode = json_get_str(o, "mode");
	n.mode = mode ? (mode_t)strtoul(mode, NULL, 8) & 07777 : 0;
	n.uid = (uid_t)json_get_int(o, "uid", 0);
	n.gid = (gid_t)json_get_int(o, "gid", 0);
	e = mode && read_xattrs(o, &n) ? read_content(dirfd, o, &n) : -EBADMSG;
	if (e < 0)
		node_free(&n);
	else
		*out = n;
	return e;
}

/* --- the manifest --- */

struct json_object *journal_manifest(int dirfd)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	struct json_object *o;

	if (journal_get(dirfd, MANIFEST, MANIFEST_MAX, &b) < 0)
		return NULL;
	o = json_tokener_parse(b.data);
	if (o && !json_object_is_type(o, json_type_object)) {
		json_object_put(o);
		o = NULL;
	}
	return o;
}

int journal_manifest_store(int dirfd, struct json_object *manifest)
{
	const char *s = json_object_to_json_string_ext(
		manifest, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE);

	return journal_replace(dirfd, MANIFEST, s, strlen(s));
}
