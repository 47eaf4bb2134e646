/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>

#include "lib/bytechange.h"
#include "lib/command_parts.h"

#define NODES_MAX 20000u
#define BYTES_MAX (1ull << 30)
#define DEPTH_MAX 24u
#define SECTOR 512u

/* --- one path --- */

/* A FAT file system keeps no owners and modes: all have those of its mount. */
static int as_on_fat(const struct gather *g, const char *path, struct node *n)
{
	const struct partition *p = devices_holding(g->at->devices, path);
	struct stat st;

	if (!p || !p->type || !streq(p->type, "vfat") || n->type == NODE_ABSENT)
		return 0;
	if (root_lstat(g->at->root, p->mounted, &st) < 0)
		return -EIO;
	n->mode = st.st_mode & 0777;
	n->uid = st.st_uid;
	n->gid = st.st_gid;
	for (size_t i = 0; i < n->xattrs; i++) {
		free(n->xattr[i].name);
		bytes_free(&n->xattr[i].value);
	}
	n->xattrs = 0;
	return n->type == NODE_FILE || n->type == NODE_DIR ? 0 : -EOPNOTSUPP;
}

/* At its place among the others, which are sorted by name. */
static void put_label(struct node *n, const struct node_xattr *label)
{
	size_t at = n->xattrs++;

	n->xattr = xreallocarray(n->xattr, n->xattrs, sizeof(*n->xattr));
	for (; at && strcmp(n->xattr[at - 1].name, label->name) > 0; at--)
		n->xattr[at] = n->xattr[at - 1];
	n->xattr[at] = (struct node_xattr){ .name = xstrdup(label->name) };
	bytes_add(&n->xattr[at].value, label->value.data, label->value.len);
}

/* A file written anew has no label yet; it is the old one's. */
static void keep_label(const struct node *before, struct node *after)
{
	static const char name[] = "security.selinux";

	if (before->type != after->type)
		return;
	for (size_t i = 0; i < after->xattrs; i++) {
		if (streq(after->xattr[i].name, name))
			return;
	}
	for (size_t i = 0; i < before->xattrs; i++) {
		if (streq(before->xattr[i].name, name))
			put_label(after, &before->xattr[i]);
	}
}

static int odd(const struct gather *g, const char *path, const char *what, int e)
{
	trouble_set(g->why, "the programs of the disk left '%s' %s: nothing is taken over", path,
		    what);
	return e;
}

static int count(struct gather *g, const char *path, const struct node *n)
{
	g->bytes += n->content.len;
	if (++g->nodes > NODES_MAX || g->bytes > BYTES_MAX)
		return odd(g, path, "and more than belongs there", -EFBIG);
	return 0;
}

/* What may stand there at all, and take the place of what stood there. */
static int is_fit(const struct gather *g, const char *path, const struct node *before,
		  const struct node *after)
{
	if (node_equal(before, after))
		return 0;
	if (before->type == NODE_OTHER || after->type == NODE_OTHER)
		return odd(g, path, "as a device or FIFO", -EINVAL);
	if ((before->type == NODE_DIR) != (after->type == NODE_DIR) &&
	    before->type != NODE_ABSENT && after->type != NODE_ABSENT)
		return odd(g, path, "as another kind of thing than it was", -EINVAL);
	return 0;
}

static int read_both(struct gather *g, const char *path, struct node *before, struct node *after)
{
	int e = node_read(g->at->root, path, NODE_WHOLE, before);

	if (e == 0)
		e = node_read(sandbox_root(g->sb), path, NODE_WHOLE, after);
	if (e == 0)
		e = as_on_fat(g, path, after);
	if (e < 0)
		return odd(g, path, strerror(-e), e);
	keep_label(before, after);
	if (!node_equal(before, after))
		plan_label(g->at->root, path, before, after);
	return count(g, path, after);
}

static void add(struct gather *g, const char *path, struct node *before, struct node *after)
{
	after->mtime = NODE_NOW;
	if (!node_equal(before, after))
		plan_add(g->plan, path, before, after);
}

static int gather_file(struct gather *g, const char *path)
{
	_cleanup_node_ struct node before = { 0 }, after = { 0 };
	_cleanup_free_ char *real = NULL;
	int e = root_resolve(g->at->root, path, &real);

	if (e < 0)
		return odd(g, path, strerror(-e), e);
	e = read_both(g, real, &before, &after);
	if (e == 0 && (after.type != NODE_FILE || after.content.len == 0))
		e = odd(g, path, after.type == NODE_FILE ? "empty" : "without a regular file",
			-ENOENT);
	if (e == 0)
		e = is_fit(g, real, &before, &after);
	if (e == 0)
		add(g, real, &before, &after);
	return e;
}

/* --- a tree --- */

struct names {
	char **s;
	size_t n, cap;
};

static void names_free(struct names *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->s[i]);
	free(l->s);
}

static int note_name(void *arg, const struct root_entry *e)
{
	struct names *l = arg;

	if (l->n > 2 * NODES_MAX)
		return -EFBIG;
	GROW(l->s, l->n, l->cap);
	l->s[l->n++] = xstrdup(e->name);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names of both sides, each once. */
static int list_both(const struct gather *g, const char *dir, struct names *out)
{
	const struct root *roots[] = { g->at->root, sandbox_root(g->sb) };
	size_t kept = 0;

	for (size_t i = 0; i < ARRAY_SIZE(roots); i++) {
		int e = root_is_dir(roots[i], dir) ? root_list(roots[i], dir, note_name, out) : 0;

		if (e < 0)
			return e;
	}
	if (out->n)
		qsort(out->s, out->n, sizeof(*out->s), by_name);
	for (size_t i = 0; i < out->n; i++) {
		if (kept && streq(out->s[kept - 1], out->s[i]))
			free(out->s[i]);
		else
			out->s[kept++] = out->s[i];
	}
	out->n = kept;
	return 0;
}

static int gather_node(struct gather *g, const char *path);

static int gather_below(struct gather *g, const char *dir)
{
	_cleanup_(names_free) struct names names = { 0 };
	int e = list_both(g, dir, &names);

	if (e == 0 && g->depth == DEPTH_MAX)
		e = -ELOOP;
	if (e < 0)
		return odd(g, dir, strerror(-e), e);
	g->depth++;
	for (size_t i = 0; e == 0 && i < names.n; i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", dir, names.s[i]);

		e = gather_node(g, path);
	}
	g->depth--;
	return e;
}

/* A new directory comes before what is in it, one that goes after it. */
static int gather_node(struct gather *g, const char *path)
{
	_cleanup_node_ struct node before = { 0 }, after = { 0 };
	bool was_dir, is_dir;
	int e = read_both(g, path, &before, &after);

	if (e == 0)
		e = is_fit(g, path, &before, &after);
	if (e < 0)
		return e;
	was_dir = before.type == NODE_DIR;
	is_dir = after.type == NODE_DIR;
	if (was_dir && !is_dir)
		e = gather_below(g, path);
	if (e == 0)
		add(g, path, &before, &after);
	if (e == 0 && is_dir)
		e = gather_below(g, path);
	return e;
}

static int gather_tree(struct gather *g, const char *path)
{
	_cleanup_free_ char *real = NULL;
	int e = root_resolve(g->at->root, path, &real);

	if (e < 0 || streq(real, "/"))
		return odd(g, path, e < 0 ? strerror(-e) : "as the whole disk",
			   e < 0 ? e : -EINVAL);
	return gather_node(g, real);
}

int gather_output(struct gather *g, const struct output *o)
{
	if (o->kind == OUTPUT_FILE)
		return gather_file(g, o->path);
	return o->kind == OUTPUT_TREE ? gather_tree(g, o->path) : 0;
}

/* --- bytes of a disk --- */

static void cut(struct bytes *b, size_t from, size_t to)
{
	memmove(b->data, b->data + from, to - from);
	b->len = to - from;
	b->data[b->len] = '\0';
}

/* Only the sectors that differ are kept; how many bytes in front of them are gone. */
static size_t trim(struct bytes *before, struct bytes *after)
{
	size_t from = 0, to = before->len;

	while (from < to && before->data[from] == after->data[from])
		from++;
	while (to > from && before->data[to - 1] == after->data[to - 1])
		to--;
	from -= from % SECTOR;
	to += (SECTOR - to % SECTOR) % SECTOR;
	if (to > before->len)
		to = before->len;
	cut(before, from, to);
	cut(after, from, to);
	return from;
}

int gather_bytes(struct gather *g, const struct output *o)
{
	struct change c = { .disk = o->disk + 1, .offset = o->offset }, *made;
	_cleanup_node_ struct node before = { 0 }, after = { 0 };
	_cleanup_free_ char *buf = NULL, *name = NULL;
	int e;

	if (o->kind != OUTPUT_BYTES)
		return 0;
	name = xasprintf("disk %u, bytes %llu to %llu", c.disk, (unsigned long long)o->offset,
			 (unsigned long long)(o->offset + o->len));
	e = bytechange_read(g->at->disks, g->at->n_disks, &c, (size_t)o->len, &before);
	if (e < 0)
		return odd(g, name, strerror(-e), e);
	buf = xmalloc((size_t)o->len + 1);
	e = sandbox_disk(g->sb, o->disk, o->offset, buf, (size_t)o->len);
	if (e < 0)
		return odd(g, name, strerror(-e), e);
	after = (struct node){ .type = NODE_FILE, .content_kept = true, .mtime = NODE_NOW };
	bytes_add(&after.content, buf, (size_t)o->len);
	if (node_equal(&before, &after))
		return 0;
	c.offset += trim(&before.content, &after.content);
	made = plan_add(g->plan, name, &before, &after);
	made->disk = c.disk;
	made->offset = c.offset;
	return 0;
}
