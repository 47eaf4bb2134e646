/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a path to an inode and from an inode to its bytes. */
#include <errno.h>
#include <limits.h>

#include "lib/ext2_io.h"
#include "lib/root_ext2_parts.h"

#define DEPTH_MAX 256 /* as the other back end's walk */

int root_ext2_errno(errcode_t e)
{
	static const struct {
		errcode_t e;
		int err;
	} known[] = {
		{ EXT2_ET_FILE_NOT_FOUND, ENOENT },
		{ EXT2_ET_NO_DIRECTORY, ENOTDIR },
		{ EXT2_ET_NO_MEMORY, ENOMEM },
		{ EXT2_ET_SHORT_READ, EIO },
		{ EXT2_ET_EA_KEY_NOT_FOUND, ENODATA },
		{ EXT2_ET_UNSUPP_FEATURE, EOPNOTSUPP },
		{ EXT2_ET_RO_UNSUPP_FEATURE, EOPNOTSUPP },
		{ EXT2_ET_BAD_MAGIC, EINVAL },
	};

	if (e >= 0 && e < 4096)
		return -(int)e;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (known[i].e == e)
			return -known[i].err;
	}
	return -EUCLEAN;
}

ext2_filsys root_ext2_fs(const struct ext2_root *r, struct ext2_pos p)
{
	ext2_filsys fs = r->h[p.fs].fs;

	ext2_io_budget(fs->io);
	return fs;
}

static struct ext2_inode *small(struct ext2_inode_large *i)
{
	return (struct ext2_inode *)i;
}

static int read_inode(const struct ext2_root *r, struct ext2_pos p, struct ext2_node *out)
{
	ext2_filsys fs = root_ext2_fs(r, p);
	struct ext2_node n = { .at = p };
	errcode_t e = ext2fs_read_inode_full(fs, p.ino, small(&n.inode), sizeof(n.inode));

	if (e)
		return root_ext2_errno(e);
	/* Freed, yet a name leads to it. */
	if (n.inode.i_mode == 0 || (n.inode.i_links_count == 0 && p.ino != EXT2_ROOT_INO))
		return -EUCLEAN;
	*out = n;
	return 0;
}

/* --- the walk by name: the answers of openat2(2) with RESOLVE_IN_ROOT --- */

struct walk {
	const struct ext2_root *r;
	struct ext2_pos stack[DEPTH_MAX];
	int depth;
	char *todo; /* owned */
	char *next;
	int links;
};

/* What covers p, and what covers that, … */
static struct ext2_pos cross(const struct ext2_root *r, struct ext2_pos p)
{
	for (size_t i = 1; i < r->n; i++) {
		if (r->h[i].over.fs == p.fs && r->h[i].over.ino == p.ino)
			p = (struct ext2_pos){ .fs = (unsigned)i, .ino = EXT2_ROOT_INO };
	}
	return p;
}

static int look_up(const struct ext2_root *r, struct ext2_pos dir, const char *name, size_t n,
		   struct ext2_node *out)
{
	struct ext2_pos p = { .fs = dir.fs };
	errcode_t e = ext2fs_lookup(root_ext2_fs(r, dir), dir.ino, name, (int)n, NULL, &p.ino);

	if (e)
		return root_ext2_errno(e);
	return read_inode(r, p, out);
}

int root_ext2_read_link(const struct ext2_root *r, struct ext2_node *n, char **out)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	uint64_t size = EXT2_I_SIZE(&n->inode);
	int e;

	if (n->inode.i_flags & EXT4_ENCRYPT_FL)
		return -ENOKEY;
	if (size >= PATH_MAX)
		return -EUCLEAN;
	if (!(n->inode.i_flags & EXT4_INLINE_DATA_FL) && size < sizeof(n->inode.i_block)) {
		*out = xstrndup((const char *)n->inode.i_block, size);
		return 0;
	}
	e = root_ext2_read_file(r, n, 0, PATH_MAX - 1, &b);
	if (e < 0)
		return e;
	*out = xstrndup(b.data ? b.data : "", b.len);
	return 0;
}

/* The link's target takes the place of its name in what is left to walk. */
static int walk_link(struct walk *w, struct ext2_node *link)
{
	_cleanup_free_ char *target = NULL;
	char *todo;
	int e;

	if (++w->links > ROOT_LINKS_MAX)
		return -ELOOP;
	e = root_ext2_read_link(w->r, link, &target);
	if (e < 0)
		return e;
	if (!*target)
		return -ENOENT;
	if (strlen(target) + strlen(w->next) > 4 * PATH_MAX)
		return -ENAMETOOLONG;
	if (target[0] == '/')
		w->depth = 0;
	todo = xasprintf("%s%s", target, w->next);
	free(w->todo);
	w->todo = w->next = todo;
	return 0;
}

static bool is_dots(struct walk *w, const char *name, size_t n)
{
	if (n == 2 && name[0] == '.' && name[1] == '.') {
		w->depth -= w->depth > 0;
		return true;
	}
	return n == 1 && name[0] == '.';
}

/* One name further; 1 when out is where the path ends. */
static int walk_step(struct walk *w, enum follow follow, struct ext2_node *out)
{
	char *name = w->next + strspn(w->next, "/");
	size_t n = strcspn(name, "/");
	bool last = name[n + strspn(name + n, "/")] == '\0', slash = name[n] == '/';
	int e;

	w->next = name + n;
	if (n == 0) {
		e = read_inode(w->r, w->stack[w->depth], out);
		return e < 0 ? e : 1;
	}
	if (is_dots(w, name, n))
		return 0;
	if (n > NAME_MAX)
		return -ENAMETOOLONG;
	e = look_up(w->r, w->stack[w->depth], name, n, out);
	if (e < 0)
		return e;
	if (LINUX_S_ISLNK(out->inode.i_mode) && (!last || slash || follow == FOLLOW))
		return walk_link(w, out);
	if (!LINUX_S_ISDIR(out->inode.i_mode))
		return last && !slash ? 1 : -ENOTDIR;
	if (w->depth + 1 >= DEPTH_MAX)
		return -ENAMETOOLONG;
	w->stack[++w->depth] = cross(w->r, out->at);
	return 0;
}

int root_ext2_walk(const struct ext2_root *r, const char *path, enum follow follow,
		   struct ext2_node *out)
{
	struct walk w = { .r = r };
	int e = 0;

	if (strlen(path) >= PATH_MAX)
		return -ENAMETOOLONG;
	w.stack[0] = cross(r, (struct ext2_pos){ .fs = 0, .ino = EXT2_ROOT_INO });
	w.todo = w.next = xstrdup(path);
	while (e == 0)
		e = walk_step(&w, follow, out);
	free(w.todo);
	return e < 0 ? e : 0;
}

/* --- bytes --- */

static int read_open(ext2_file_t file, uint64_t off, size_t max, struct bytes *out)
{
	char buf[32768];
	errcode_t e = ext2fs_file_llseek(file, off, EXT2_SEEK_SET, NULL);

	while (e == 0 && out->len < max) {
		size_t want = max - out->len < sizeof(buf) ? max - out->len : sizeof(buf);
		unsigned got = 0;

		e = ext2fs_file_read(file, buf, (unsigned)want, &got);
		if (got == 0)
			break;
		bytes_add(out, buf, got);
	}
	return root_ext2_errno(e);
}

int root_ext2_read_file(const struct ext2_root *r, struct ext2_node *n, uint64_t off, size_t max,
			struct bytes *out)
{
	ext2_filsys fs = root_ext2_fs(r, n->at);
	uint64_t size = EXT2_I_SIZE(&n->inode);
	ext2_file_t file;
	errcode_t e;
	int err;

	if (n->inode.i_flags & EXT4_ENCRYPT_FL)
		return -ENOKEY;
	/* Of a file kept in its inode the library gives the whole room there. */
	if (off >= size)
		return 0;
	if (max > size - off)
		max = (size_t)(size - off);
	e = ext2fs_file_open2(fs, n->at.ino, small(&n->inode), 0, &file);
	if (e)
		return root_ext2_errno(e);
	err = read_open(file, off, max, out);
	ext2fs_file_close(file);
	return err;
}
