/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <endian.h>
#include <errno.h>
#include <limits.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/ext2_io.h"
#include "lib/root_backend.h"
#include "lib/root_ext2.h"

#define DEPTH_MAX 256 /* as the other back end's walk */
#define GROUPS_BYTES_MAX (64u << 20)
#define LIST_MAX 1000000u
#define SUPER_AT 1024

/* A directory or file in one of the file systems. */
struct pos {
	unsigned fs;
	ext2_ino_t ino;
};

struct hung {
	ext2_filsys fs;
	struct pos over; /* the directory it covers; of the first: nothing */
};

struct ext2_root {
	struct hung *h; /* h[0] is the root */
	size_t n, cap;
};

struct node_at {
	struct pos at;
	struct ext2_inode_large inode;
};

static int to_errno(errcode_t e)
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

static ext2_filsys fs_of(const struct ext2_root *r, struct pos p)
{
	ext2_filsys fs = r->h[p.fs].fs;

	ext2_io_budget(fs->io);
	return fs;
}

static struct ext2_inode *small(struct ext2_inode_large *i)
{
	return (struct ext2_inode *)i;
}

static int read_inode(const struct ext2_root *r, struct pos p, struct node_at *out)
{
	ext2_filsys fs = fs_of(r, p);
	struct node_at n = { .at = p };
	errcode_t e = ext2fs_read_inode_full(fs, p.ino, small(&n.inode), sizeof(n.inode));

	if (e)
		return to_errno(e);
	/* Freed, yet a name leads to it. */
	if (n.inode.i_mode == 0 || (n.inode.i_links_count == 0 && p.ino != EXT2_ROOT_INO))
		return -EUCLEAN;
	*out = n;
	return 0;
}

/* --- the walk by name: the answers of openat2(2) with RESOLVE_IN_ROOT --- */

struct walk {
	const struct ext2_root *r;
	struct pos stack[DEPTH_MAX];
	int depth;
	char *todo; /* owned */
	char *next;
	int links;
};

/* What covers p, and what covers that, … */
static struct pos cross(const struct ext2_root *r, struct pos p)
{
	for (size_t i = 1; i < r->n; i++) {
		if (r->h[i].over.fs == p.fs && r->h[i].over.ino == p.ino)
			p = (struct pos){ .fs = (unsigned)i, .ino = EXT2_ROOT_INO };
	}
	return p;
}

static int look_up(const struct ext2_root *r, struct pos dir, const char *name, size_t n,
		   struct node_at *out)
{
	struct pos p = { .fs = dir.fs };
	errcode_t e = ext2fs_lookup(fs_of(r, dir), dir.ino, name, (int)n, NULL, &p.ino);

	if (e)
		return to_errno(e);
	return read_inode(r, p, out);
}

static int read_file(const struct ext2_root *r, struct node_at *n, uint64_t off, size_t max,
		     struct bytes *out);

static int read_link(const struct ext2_root *r, struct node_at *n, char **out)
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
	e = read_file(r, n, 0, PATH_MAX - 1, &b);
	if (e < 0)
		return e;
	*out = xstrndup(b.data ? b.data : "", b.len);
	return 0;
}

/* The link's target takes the place of its name in what is left to walk. */
static int walk_link(struct walk *w, struct node_at *link)
{
	_cleanup_free_ char *target = NULL;
	char *todo;
	int e;

	if (++w->links > ROOT_LINKS_MAX)
		return -ELOOP;
	e = read_link(w->r, link, &target);
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
static int walk_step(struct walk *w, enum follow follow, struct node_at *out)
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

static int walk_to(const struct ext2_root *r, const char *path, enum follow follow,
		   struct node_at *out)
{
	struct walk w = { .r = r };
	int e = 0;

	if (strlen(path) >= PATH_MAX)
		return -ENAMETOOLONG;
	w.stack[0] = cross(r, (struct pos){ .fs = 0, .ino = EXT2_ROOT_INO });
	w.todo = w.next = xstrdup(path);
	while (e == 0)
		e = walk_step(&w, follow, out);
	free(w.todo);
	return e < 0 ? e : 0;
}

/* --- the calls --- */

static struct timespec when(uint32_t seconds, uint32_t extra, bool has_extra)
{
	struct timespec t = { .tv_sec = (int32_t)seconds };

	if (has_extra) {
		t.tv_sec += (time_t)((uint64_t)(extra & 3) << 32);
		t.tv_nsec = (long)(extra >> 2);
	}
	return t;
}

#define HAS(inode, field)                                             \
	((size_t)(inode)->i_extra_isize + EXT2_GOOD_OLD_INODE_SIZE >= \
	 offsetof(struct ext2_inode_large, field) + sizeof((inode)->field))

static dev_t device_number(const struct ext2_inode_large *i)
{
	uint32_t v = i->i_block[1];

	if (i->i_block[0])
		return makedev(i->i_block[0] >> 8 & 0xff, i->i_block[0] & 0xff);
	return makedev((v & 0xfff00) >> 8, (v & 0xff) | (v >> 12 & 0xfff00));
}

static void fill_stat(const struct ext2_root *r, const struct node_at *n, struct stat *st)
{
	const struct ext2_inode_large *i = &n->inode;
	ext2_filsys fs = r->h[n->at.fs].fs;

	memset(st, 0, sizeof(*st));
	st->st_dev = makedev(0, n->at.fs + 1);
	st->st_ino = n->at.ino;
	st->st_mode = i->i_mode;
	st->st_nlink = i->i_links_count;
	st->st_uid = inode_uid(*i);
	st->st_gid = inode_gid(*i);
	st->st_size = (off_t)(EXT2_I_SIZE(i) & INT64_MAX);
	st->st_blksize = (blksize_t)fs->blocksize;
	st->st_blocks = (blkcnt_t)ext2fs_inode_i_blocks(fs, (struct ext2_inode *)i);
	if (LINUX_S_ISCHR(i->i_mode) || LINUX_S_ISBLK(i->i_mode))
		st->st_rdev = device_number(i);
	st->st_atim = when(i->i_atime, i->i_atime_extra, HAS(i, i_atime_extra));
	st->st_mtim = when(i->i_mtime, i->i_mtime_extra, HAS(i, i_mtime_extra));
	st->st_ctim = when(i->i_ctime, i->i_ctime_extra, HAS(i, i_ctime_extra));
}

static int ext2_stat(void *self, const char *path, enum follow follow, struct stat *st)
{
	struct node_at n;
	int e = walk_to(self, path, follow, &n);

	if (e == 0)
		fill_stat(self, &n, st);
	return e;
}

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
	return to_errno(e);
}

static int read_file(const struct ext2_root *r, struct node_at *n, uint64_t off, size_t max,
		     struct bytes *out)
{
	ext2_filsys fs = fs_of(r, n->at);
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
		return to_errno(e);
	err = read_open(file, off, max, out);
	ext2fs_file_close(file);
	return err;
}

static int ext2_read(void *self, const char *path, uint64_t off, size_t max, struct bytes *out,
		     struct stat *st)
{
	struct node_at n;
	int e = walk_to(self, path, FOLLOW, &n);

	if (e < 0)
		return e;
	fill_stat(self, &n, st);
	if (!S_ISREG(st->st_mode))
		return -EINVAL;
	return read_file(self, &n, off, max, out);
}

static int ext2_readlink(void *self, const char *path, char **target)
{
	struct node_at n;
	int e = walk_to(self, path, NO_FOLLOW, &n);

	if (e < 0)
		return e;
	if (!LINUX_S_ISLNK(n.inode.i_mode))
		return -EINVAL;
	return read_link(self, &n, target);
}

/* --- listing --- */

struct listing {
	int (*each)(void *arg, const struct root_entry *e);
	void *arg;
	size_t seen;
	int e;
};

static unsigned char entry_type(const struct ext2_dir_entry *d)
{
	static const unsigned char types[EXT2_FT_MAX] = {
		[EXT2_FT_REG_FILE] = DT_REG, [EXT2_FT_DIR] = DT_DIR,   [EXT2_FT_CHRDEV] = DT_CHR,
		[EXT2_FT_BLKDEV] = DT_BLK,   [EXT2_FT_FIFO] = DT_FIFO, [EXT2_FT_SOCK] = DT_SOCK,
		[EXT2_FT_SYMLINK] = DT_LNK,
	};
	int t = ext2fs_dirent_file_type(d);

	return t > 0 && t < EXT2_FT_MAX ? types[t] : DT_UNKNOWN;
}

static int list_one(ext2_ino_t dir UNUSED, int entry UNUSED, struct ext2_dir_entry *d,
		    int offset UNUSED, int size UNUSED, char *buf UNUSED, void *arg)
{
	struct listing *l = arg;
	char name[EXT2_NAME_LEN + 1];
	size_t n = (size_t)ext2fs_dirent_name_len(d);

	if (n > EXT2_NAME_LEN || memchr(d->name, '/', n) || memchr(d->name, '\0', n) || n == 0)
		l->e = -EUCLEAN;
	else if (l->seen++ > LIST_MAX)
		l->e = -EFBIG;
	if (l->e)
		return DIRENT_ABORT;
	memcpy(name, d->name, n);
	name[n] = '\0';
	l->e = l->each(l->arg, &(struct root_entry){ .name = name, .type = entry_type(d) });
	return l->e ? DIRENT_ABORT : 0;
}

static int ext2_list(void *self, const char *path,
		     int (*each)(void *arg, const struct root_entry *e), void *arg)
{
	struct listing l = { .each = each, .arg = arg };
	struct node_at n;
	int e = walk_to(self, path, FOLLOW, &n);
	errcode_t err;

	if (e < 0)
		return e;
	if (!LINUX_S_ISDIR(n.inode.i_mode))
		return -ENOTDIR;
	if (n.inode.i_flags & EXT4_ENCRYPT_FL)
		return -ENOKEY;
	err = ext2fs_dir_iterate2(fs_of(self, n.at), n.at.ino, 0, NULL, list_one, &l);
	return l.e ? l.e : to_errno(err);
}

static int ext2_statvfs(void *self, const char *path, struct statvfs *out)
{
	struct ext2_root *r = self;
	struct ext2_super_block *sb;
	struct node_at n;
	int e = walk_to(r, path, FOLLOW, &n);
	uint64_t blocks, reserved;

	if (e < 0)
		return e;
	sb = r->h[n.at.fs].fs->super;
	blocks = ext2fs_blocks_count(sb);
	reserved = ext2fs_r_blocks_count(sb);
	*out = (struct statvfs){
		.f_bsize = r->h[n.at.fs].fs->blocksize,
		.f_frsize = r->h[n.at.fs].fs->blocksize,
		.f_blocks = blocks > sb->s_overhead_clusters ? blocks - sb->s_overhead_clusters
							     : blocks,
		.f_bfree = ext2fs_free_blocks_count(sb),
		.f_files = sb->s_inodes_count,
		.f_ffree = sb->s_free_inodes_count,
		.f_favail = sb->s_free_inodes_count,
		.f_flag = ST_RDONLY,
		.f_namemax = EXT2_NAME_LEN,
	};
	out->f_bavail = out->f_bfree > reserved ? out->f_bfree - reserved : 0;
	return 0;
}

/* --- extended attributes --- */

static int open_xattrs(const struct ext2_root *r, const char *path, struct ext2_xattr_handle **out)
{
	struct ext2_xattr_handle *h;
	struct node_at n;
	int e = walk_to(r, path, NO_FOLLOW, &n);
	errcode_t err;

	if (e < 0)
		return e;
	err = ext2fs_xattrs_open(fs_of(r, n.at), n.at.ino, &h);
	if (err)
		return to_errno(err);
	err = ext2fs_xattrs_read(h);
	if (err) {
		ext2fs_xattrs_close(&h);
		return to_errno(err);
	}
	*out = h;
	return 0;
}

static int ext2_getxattr(void *self, const char *path, const char *name, struct bytes *out)
{
	struct ext2_xattr_handle *h;
	int e = open_xattrs(self, path, &h);
	void *value = NULL;
	size_t n = 0;

	if (e < 0)
		return e;
	e = to_errno(ext2fs_xattr_get(h, name, &value, &n));
	if (e == 0)
		bytes_add(out, value, n);
	if (value)
		ext2fs_free_mem(&value);
	ext2fs_xattrs_close(&h);
	return e;
}

static int list_xattr(char *name, char *value UNUSED, size_t n UNUSED, void *arg)
{
	/* Inline file content is kept as an attribute, which the kernel does not show. */
	if (!streq(name, "system.data"))
		bytes_add(arg, name, strlen(name) + 1);
	return 0;
}

static int ext2_listxattr(void *self, const char *path, struct bytes *out)
{
	struct ext2_xattr_handle *h;
	int e = open_xattrs(self, path, &h);

	if (e < 0)
		return e;
	e = to_errno(ext2fs_xattrs_iterate(h, list_xattr, out));
	ext2fs_xattrs_close(&h);
	return e;
}

static void ext2_close(void *self)
{
	struct ext2_root *r = self;

	for (size_t i = 0; i < r->n; i++)
		ext2fs_free(r->h[i].fs);
	free(r->h);
	free(r);
}

static const struct root_ops ext2_ops = {
	.stat = ext2_stat,
	.read = ext2_read,
	.readlink = ext2_readlink,
	.list = ext2_list,
	.statvfs = ext2_statvfs,
	.getxattr = ext2_getxattr,
	.listxattr = ext2_listxattr,
	.close = ext2_close,
};

/* --- opening --- */

/* What libext2fs would allocate for the group descriptors must be there to be read. */
static int check_super(int fd, uint64_t start, uint64_t size)
{
	struct ext2_super_block sb;
	uint64_t blocks, groups, bytes;
	uint32_t per_group;

	if (size < SUPER_AT + sizeof(sb))
		return -EINVAL;
	if (pread(fd, &sb, sizeof(sb), (off_t)(start + SUPER_AT)) != (ssize_t)sizeof(sb))
		return -EIO;
	if (le16toh(sb.s_magic) != EXT2_SUPER_MAGIC)
		return -EINVAL;
	per_group = le32toh(sb.s_blocks_per_group);
	if (per_group == 0 || le32toh(sb.s_log_block_size) > 6)
		return -EUCLEAN;
	blocks = le32toh(sb.s_blocks_count);
	if (le32toh(sb.s_feature_incompat) & EXT4_FEATURE_INCOMPAT_64BIT)
		blocks |= (uint64_t)le32toh(sb.s_blocks_count_hi) << 32;
	groups = blocks / per_group + 1;
	bytes = groups > UINT32_MAX ? UINT64_MAX : groups * 64;
	return bytes > GROUPS_BYTES_MAX || bytes / 2 > size ? -EUCLEAN : 0;
}

static int open_fs(int fd, uint64_t start, uint64_t size, ext2_filsys *out)
{
	char name[EXT2_IO_NAME_MAX];
	ext2_filsys fs = NULL;
	int e = check_super(fd, start, size);
	errcode_t err;

	if (e < 0)
		return e;
	ext2_io_name(name, fd, start, size);
	err = ext2fs_open2(name, NULL, EXT2_FLAG_64BITS | EXT2_FLAG_SOFTSUPP_FEATURES, 0, 0,
			   ext2_io_manager(), &fs);
	if (err)
		return to_errno(err);
	*out = fs;
	return 0;
}

static void hang(struct ext2_root *r, ext2_filsys fs, struct pos over)
{
	GROW(r->h, r->n, r->cap);
	r->h[r->n++] = (struct hung){ .fs = fs, .over = over };
}

int root_open_ext2(int fd, uint64_t start, uint64_t size, struct root **out)
{
	struct ext2_root *r;
	ext2_filsys fs = NULL;
	int e = open_fs(fd, start, size, &fs);

	if (e < 0)
		return e;
	r = xcalloc(1, sizeof(*r));
	hang(r, fs, (struct pos){ 0 });
	*out = xcalloc(1, sizeof(**out));
	(*out)->ops = &ext2_ops;
	(*out)->self = r;
	return 0;
}

int root_ext2_hang(struct root *root, const char *at, int fd, uint64_t start, uint64_t size)
{
	struct ext2_root *r = root->self;
	struct node_at n;
	ext2_filsys fs = NULL;
	int e;

	if (root->ops != &ext2_ops)
		return -EINVAL;
	e = walk_to(r, at, FOLLOW, &n);
	if (e == 0 && !LINUX_S_ISDIR(n.inode.i_mode))
		e = -ENOTDIR;
	if (e == 0)
		e = open_fs(fd, start, size, &fs);
	if (e == 0)
		hang(r, fs, n.at);
	return e;
}
