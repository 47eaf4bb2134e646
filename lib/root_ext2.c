/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The calls of root.h on ext file systems; reaching a name or a byte is in root_ext2_walk.c. */
#include <endian.h>
#include <errno.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/ext2_io.h"
#include "lib/root_ext2.h"
#include "lib/root_ext2_parts.h"

#define GROUPS_BYTES_MAX (64u << 20)
#define LIST_MAX 1000000u
#define SUPER_AT 1024

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

static void fill_stat(const struct ext2_root *r, const struct ext2_node *n, struct stat *st)
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
	struct ext2_node n;
	int e = root_ext2_walk(self, path, follow, &n);

	if (e == 0)
		fill_stat(self, &n, st);
	return e;
}

static int ext2_read(void *self, const char *path, uint64_t off, size_t max, struct bytes *out,
		     struct stat *st)
{
	struct ext2_node n;
	int e = root_ext2_walk(self, path, FOLLOW, &n);

	if (e < 0)
		return e;
	fill_stat(self, &n, st);
	if (!S_ISREG(st->st_mode))
		return -EINVAL;
	return root_ext2_read_file(self, &n, off, max, out);
}

static int ext2_readlink(void *self, const char *path, char **target)
{
	struct ext2_node n;
	int e = root_ext2_walk(self, path, NO_FOLLOW, &n);

	if (e < 0)
		return e;
	if (!LINUX_S_ISLNK(n.inode.i_mode))
		return -EINVAL;
	return root_ext2_read_link(self, &n, target);
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
	struct ext2_node n;
	int e = root_ext2_walk(self, path, FOLLOW, &n);
	errcode_t err;

	if (e < 0)
		return e;
	if (!LINUX_S_ISDIR(n.inode.i_mode))
		return -ENOTDIR;
	if (n.inode.i_flags & EXT4_ENCRYPT_FL)
		return -ENOKEY;
	err = ext2fs_dir_iterate2(root_ext2_fs(self, n.at), n.at.ino, 0, NULL, list_one, &l);
	return l.e ? l.e : root_ext2_errno(err);
}

static int ext2_statvfs(void *self, const char *path, struct statvfs *out)
{
	struct ext2_root *r = self;
	struct ext2_super_block *sb;
	struct ext2_node n;
	int e = root_ext2_walk(r, path, FOLLOW, &n);
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
	struct ext2_node n;
	int e = root_ext2_walk(r, path, NO_FOLLOW, &n);
	errcode_t err;

	if (e < 0)
		return e;
	err = ext2fs_xattrs_open(root_ext2_fs(r, n.at), n.at.ino, &h);
	if (err)
		return root_ext2_errno(err);
	err = ext2fs_xattrs_read(h);
	if (err) {
		ext2fs_xattrs_close(&h);
		return root_ext2_errno(err);
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
	e = root_ext2_errno(ext2fs_xattr_get(h, name, &value, &n));
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
	e = root_ext2_errno(ext2fs_xattrs_iterate(h, list_xattr, out));
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

static int ext2_getflags(void *self, const char *path, unsigned *out)
{
	struct ext2_node n;
	int e = root_ext2_walk(self, path, FOLLOW, &n);

	if (e == 0)
		*out = n.inode.i_flags;
	return e;
}

static const struct root_ops ext2_ops = {
	.stat = ext2_stat,
	.read = ext2_read,
	.readlink = ext2_readlink,
	.list = ext2_list,
	.statvfs = ext2_statvfs,
	.getxattr = ext2_getxattr,
	.getflags = ext2_getflags,
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
		return root_ext2_errno(err);
	*out = fs;
	return 0;
}

static void hang(struct ext2_root *r, ext2_filsys fs, struct ext2_pos over)
{
	GROW(r->h, r->n, r->cap);
	r->h[r->n++] = (struct ext2_hung){ .fs = fs, .over = over };
}

int root_open_ext2(int fd, uint64_t start, uint64_t size, struct root **out)
{
	struct ext2_root *r;
	ext2_filsys fs = NULL;
	int e = open_fs(fd, start, size, &fs);

	if (e < 0)
		return e;
	r = xcalloc(1, sizeof(*r));
	hang(r, fs, (struct ext2_pos){ 0 });
	*out = xcalloc(1, sizeof(**out));
	(*out)->ops = &ext2_ops;
	(*out)->self = r;
	return 0;
}

int root_ext2_hang(struct root *root, const char *at, int fd, uint64_t start, uint64_t size)
{
	struct ext2_root *r = root->self;
	struct ext2_node n;
	ext2_filsys fs = NULL;
	int e;

	if (root->ops != &ext2_ops)
		return -EINVAL;
	e = root_ext2_walk(r, at, FOLLOW, &n);
	if (e == 0 && !LINUX_S_ISDIR(n.inode.i_mode))
		e = -ENOTDIR;
	if (e == 0)
		e = open_fs(fd, start, size, &fs);
	if (e == 0)
		hang(r, fs, n.at);
	return e;
}
