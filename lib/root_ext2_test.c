/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The same tree as a directory and as file systems made of it by "mke2fs -d": both back ends must
 * give the same answers. Then file systems bent at random: any answer but no crash and no end.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/xattr.h>

#include "lib/root_ext2.h"
#include "lib/testtree.h"

#define PART (1u << 20) /* where the file system begins in the image */
#define FS_SIZE (16u << 20)
#define BENDS 60

struct place {
	char dir[64], tree[80], image[80];
};

static void write_file(const struct place *p, const char *name, const void *data, size_t len)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", p->tree, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0640);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), (ssize_t)len);
	close(fd);
}

static void write_big(const struct place *p, const char *name, size_t len)
{
	_cleanup_free_ char *data = xmalloc(len);

	for (size_t i = 0; i < len; i++)
		data[i] = (char)(i * 2654435761u >> 13);
	write_file(p, name, data, len);
}

static void make_link(const struct place *p, const char *name, const char *target)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", p->tree, name);

	assert_int_equal(symlink(target, path), 0);
}

static void make_dir(const struct place *p, const char *name)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", p->tree, name);

	assert_int_equal(mkdir(path, 0755), 0);
}

static void make_chain(const struct place *p, unsigned n)
{
	for (unsigned i = 1; i <= n; i++) {
		_cleanup_free_ char *name = xasprintf("c%u", i), *target = xasprintf("c%u", i - 1);

		make_link(p, name, i == 1 ? "etc/passwd" : target);
	}
}

static void make_tree(const struct place *p)
{
	static const char *const dirs[] = { "",	       "etc",  "usr",  "usr/bin",
					    "usr/lib", "boot", "many", "deep" };
	char long_target[200];

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		make_dir(p, dirs[i]);
	write_file(p, "etc/passwd", "root:x:0:0::/:/bin/sh\n", 22);
	write_file(p, "etc/empty", "", 0);
	write_file(p, "etc/sp ace", "x", 1);
	write_big(p, "usr/bin/big", 300000);
	write_big(p, "usr/lib/one", 4096);
	write_file(p, "boot/own", "beneath", 7);
	make_link(p, "bin", "usr/bin");
	make_link(p, "lib", "/usr/lib");
	make_link(p, "etc/out", "../../../../etc/passwd");
	make_link(p, "etc/abs", "/etc/passwd");
	make_link(p, "etc/dir", "/etc/");
	make_link(p, "etc/dangling", "/nowhere/at/all");
	make_link(p, "etc/self", "self");
	make_link(p, "etc/proc", "/proc/self/root/etc/passwd");
	make_link(p, "loop1", "loop2");
	make_link(p, "loop2", "loop1");
	memset(long_target, '/', sizeof(long_target));
	strcpy(long_target + 150, "etc/passwd");
	make_link(p, "slow", long_target);
	make_chain(p, 42);
	for (int i = 0; i < 400; i++) {
		_cleanup_free_ char *name = xasprintf("many/a-name-to-fill-blocks-%d", i);

		write_file(p, name, name, strlen(name));
	}
}

static int setup(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));
	_cleanup_free_ char *fifo = NULL, *sticky = NULL;

	snprintf(p->dir, sizeof(p->dir), "/tmp/root-ext2-test.XXXXXX");
	if (!mkdtemp(p->dir))
		return -1;
	snprintf(p->tree, sizeof(p->tree), "%s/tree", p->dir);
	snprintf(p->image, sizeof(p->image), "%s/image", p->dir);
	make_tree(p);
	fifo = xasprintf("%s/etc/fifo", p->tree);
	sticky = xasprintf("%s/usr/bin/big", p->tree);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(chmod(sticky, 04755), 0);
	setxattr(sticky, "user.colour", "green", 5, 0); /* not every /tmp takes it */
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;

	io_remove_tree(p->dir);
	free(p);
	return 0;
}

/* A file system made of the tree at offset PART of the image. */
static void make_image(const struct place *p, const char *type, const char *features,
		       const char *block)
{
	_cleanup_free_ char *extended = xasprintf("offset=%u", PART);
	const char *const argv[] = { "mke2fs", "-q", "-F",     "-t",	 type,	"-O",
				     features, "-b", block,    "-I",	 "256", "-d",
				     p->tree,  "-E", extended, p->image, "16M", NULL };
	int fd;

	unlink(p->image);
	fd = open(p->image, O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, PART + FS_SIZE), 0);
	close(fd);
	assert_int_equal(testtree_run(argv), 0);
}

static struct root *open_image(const struct place *p)
{
	_cleanup_close_ int fd = open(p->image, O_RDONLY);
	struct root *r = NULL;

	assert_true(fd >= 0);
	assert_int_equal(root_open_ext2(fd, PART, FS_SIZE, &r), 0);
	return r;
}

static const char *const paths[] = {
	"/",
	"",
	".",
	"..",
	"//etc//passwd",
	"/etc/passwd/",
	"/etc/passwd/x",
	"/etc/./../etc/passwd",
	"etc/passwd",
	"/etc/empty",
	"/etc/sp ace",
	"/etc",
	"/etc/",
	"/etc/none",
	"/none/none",
	"/usr/bin/big",
	"/bin",
	"/bin/",
	"/bin/big",
	"/lib/one",
	"/lib",
	"/etc/out",
	"/etc/abs",
	"/etc/dir",
	"/etc/dir/passwd",
	"/etc/dangling",
	"/etc/dangling/",
	"/etc/self",
	"/etc/proc",
	"/etc/fifo",
	"/loop1",
	"/loop1/x",
	"/slow",
	"/slow/",
	"/c1",
	"/c40",
	"/c41",
	"/../../etc/passwd",
	"/etc/../../../../../etc/passwd",
	"/many/a-name-to-fill-blocks-399",
	"/many/a-name-to-fill-blocks-400",
	"/boot/own",
	"/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
};

static void same_stat(const char *path, const struct stat *x, const struct stat *y)
{
	if (x->st_mode != y->st_mode || x->st_uid != y->st_uid || x->st_gid != y->st_gid)
		fail_msg("'%s': mode or owner differ", path);
	if (!S_ISDIR(x->st_mode) && (x->st_size != y->st_size || x->st_nlink != y->st_nlink))
		fail_msg("'%s': size or links differ", path);
	if (S_ISREG(x->st_mode) && x->st_mtim.tv_sec != y->st_mtim.tv_sec)
		fail_msg("'%s': time differs", path);
}

static void same_errors(const char *what, const char *path, int x, int y)
{
	if (x != y)
		fail_msg("%s '%s': directory says %d, ext2 %d", what, path, x, y);
}

static void compare_stat(const struct root *d, const struct root *e, const char *path)
{
	struct stat x, y;
	int r = root_stat(d, path, &x);

	same_errors("stat", path, r, root_stat(e, path, &y));
	if (r == 0)
		same_stat(path, &x, &y);
	r = root_lstat(d, path, &x);
	same_errors("lstat", path, r, root_lstat(e, path, &y));
	if (r == 0)
		same_stat(path, &x, &y);
}

static void compare_content(const struct root *d, const struct root *e, const char *path)
{
	_cleanup_bytes_ struct bytes x = { 0 }, y = { 0 };
	_cleanup_free_ char *l = NULL, *m = NULL, *p = NULL, *q = NULL;
	int r = root_read(d, path, 1 << 20, &x);

	same_errors("read", path, r, root_read(e, path, 1 << 20, &y));
	if (!bytes_equal(&x, &y))
		fail_msg("'%s': %zu and %zu bytes differ", path, x.len, y.len);
	r = root_readlink(d, path, &l);
	same_errors("readlink", path, r, root_readlink(e, path, &m));
	assert_true(streq_null(l, m));
	r = root_resolve(d, path, &p);
	same_errors("resolve", path, r, root_resolve(e, path, &q));
	assert_true(streq_null(p, q));
}

static int join(void *arg, const struct root_entry *e)
{
	if (!streq(e->name, "lost+found"))
		bytes_addf(arg, "%s %d\n", e->name, e->type);
	return 0;
}

static void compare_list(const struct root *d, const struct root *e, const char *path)
{
	_cleanup_bytes_ struct bytes x = { 0 }, y = { 0 };
	int r = root_list(d, path, join, &x);

	same_errors("list", path, r, root_list(e, path, join, &y));
	if (!bytes_equal(&x, &y))
		fail_msg("'%s': lists differ:\n%s---\n%s", path, x.data, y.data);
}

static void compare_xattr(const struct root *d, const struct root *e, const char *path)
{
	_cleanup_bytes_ struct bytes x = { 0 }, y = { 0 };
	int r = root_getxattr(d, path, "user.colour", &x);

	same_errors("getxattr", path, r, root_getxattr(e, path, "user.colour", &y));
	assert_true(bytes_equal(&x, &y));
}

static void compare(const struct place *p)
{
	_cleanup_root_ struct root *d = NULL, *e = open_image(p);

	assert_int_equal(root_open_dir(p->tree, &d), 0);
	assert_false(root_is_writable(e));
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		compare_stat(d, e, paths[i]);
		compare_content(d, e, paths[i]);
		compare_list(d, e, paths[i]);
		compare_xattr(d, e, paths[i]);
	}
	compare_list(d, e, "/many");
}

static void answers_as_the_directory(void **state)
{
	static const char *const kinds[][3] = {
		{ "ext2", "^dir_index", "1024" },
		{ "ext3", "dir_index", "1024" },
		{ "ext4", "metadata_csum,64bit", "4096" },
		{ "ext4", "inline_data,metadata_csum", "4096" },
		{ "ext4", "^extent,^metadata_csum,^64bit,^flex_bg", "2048" },
		{ "ext4", "bigalloc,^has_journal", "1024" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		print_message("%s -O %s -b %s\n", kinds[i][0], kinds[i][1], kinds[i][2]);
		make_image(*state, kinds[i][0], kinds[i][1], kinds[i][2]);
		compare(*state);
	}
}

static void reads_parts_of_files(void **state)
{
	_cleanup_root_ struct root *d = NULL, *e = NULL;
	char x[5000], y[5000];
	struct place *p = *state;
	size_t n, m;

	make_image(p, "ext4", "metadata_csum", "1024");
	e = open_image(p);
	assert_int_equal(root_open_dir(p->tree, &d), 0);
	for (uint64_t at = 0; at < 310000; at += 4999) {
		assert_int_equal(root_pread(d, "/bin/big", at, x, sizeof(x), &n), 0);
		assert_int_equal(root_pread(e, "/bin/big", at, y, sizeof(y), &m), 0);
		assert_int_equal(n, m);
		assert_memory_equal(x, y, n);
	}
	assert_int_equal(root_pread(e, "/bin/big", 1ull << 60, y, sizeof(y), &m), 0);
	assert_int_equal(m, 0);
}

static void hangs_one_below_the_other(void **state)
{
	struct place *p = *state;
	_cleanup_root_ struct root *r = NULL;
	_cleanup_close_ int fd = -1;
	struct stat st;

	make_image(p, "ext4", "metadata_csum", "1024");
	r = open_image(p);
	fd = open(p->image, O_RDONLY);
	assert_true(root_exists(r, "/boot/own"));
	assert_int_equal(root_ext2_hang(r, "/nowhere", fd, PART, FS_SIZE), -ENOENT);
	assert_int_equal(root_ext2_hang(r, "/etc/passwd", fd, PART, FS_SIZE), -ENOTDIR);
	assert_int_equal(root_ext2_hang(r, "/boot", fd, PART + 512, FS_SIZE - 512), -EINVAL);
	assert_int_equal(root_ext2_hang(r, "/boot", fd, PART, FS_SIZE), 0);
	assert_int_equal(root_ext2_hang(r, "/boot/boot", fd, PART, FS_SIZE), 0);
	assert_false(root_exists(r, "/boot/own"));
	assert_true(root_is_file(r, "/boot/etc/passwd"));
	assert_true(root_is_file(r, "/boot/boot/../etc/passwd"));
	assert_true(root_is_file(r, "/boot/boot/etc/passwd"));
	/* Absolute links of what is below mean the whole root. */
	assert_true(root_is_file(r, "/boot/etc/abs"));
	assert_int_equal(root_stat(r, "/boot/../boot/./boot/..", &st), 0);
	assert_true(S_ISDIR(st.st_mode));
}

static int visit(void *arg, const struct root_entry *e);

struct visit {
	const struct root *r;
	char path[512];
	unsigned depth, seen;
};

static void look(struct visit *v)
{
	_cleanup_bytes_ struct bytes b = { 0 }, x = { 0 };
	_cleanup_free_ char *link = NULL;
	struct statvfs vfs;
	struct stat st;

	root_stat(v->r, v->path, &st);
	root_read(v->r, v->path, 1 << 20, &b);
	root_readlink(v->r, v->path, &link);
	root_listxattr(v->r, v->path, &x);
	root_statvfs(v->r, v->path, &vfs);
}

static int visit(void *arg, const struct root_entry *e)
{
	struct visit *v = arg;
	size_t n = strlen(v->path);

	if (++v->seen > 2000)
		return 1;
	snprintf(v->path + n, sizeof(v->path) - n, "/%s", e->name);
	look(v);
	if (e->type == DT_DIR && v->depth < 6) {
		v->depth++;
		root_list(v->r, v->path, visit, v);
		v->depth--;
	}
	v->path[n] = '\0';
	return 0;
}

/* Bytes that say where things are: superblock, descriptors, inode tables, the first directories. */
static void bend(int fd, unsigned *seed, unsigned n)
{
	while (n--) {
		off_t at = (off_t)(rand_r(seed) % (rand_r(seed) % 4 ? 400 << 10 : 4096));
		unsigned char c = (unsigned char)(rand_r(seed) % 3 ? rand_r(seed) : 0xff);

		if (at >= 1080 && at < 1082) /* not the magic: that ends it at once */
			continue;
		assert_int_equal(pwrite(fd, &c, 1, PART + at), 1);
	}
}

static void survives_bent_structures(void **state)
{
	struct place *p = *state;
	unsigned seed = 4711, opened = 0;

	for (unsigned i = 0; i < BENDS; i++) {
		_cleanup_close_ int fd = -1;
		struct root *r = NULL;
		struct visit v = { 0 };

		if (i % 20 == 0)
			make_image(p, "ext4", i % 40 ? "metadata_csum" : "^metadata_csum", "1024");
		fd = open(p->image, O_RDWR);
		bend(fd, &seed, 1 + i % 20 * 8);
		if (root_open_ext2(fd, PART, FS_SIZE, &r) < 0)
			continue;
		opened++;
		v.r = r;
		root_list(r, "/", visit, &v);
		root_close(r);
	}
	assert_true(opened > 0);
}

static void reads_what_a_cut_image_still_has(void **state)
{
	struct place *p = *state;
	_cleanup_close_ int fd = -1;
	_cleanup_root_ struct root *r = NULL;
	struct visit v = { 0 };

	make_image(p, "ext4", "metadata_csum", "1024");
	fd = open(p->image, O_RDWR);
	assert_int_equal(ftruncate(fd, PART + (1 << 20)), 0);
	assert_int_equal(root_open_ext2(fd, PART, 1 << 20, &r), 0);
	v.r = r;
	root_list(r, "/", visit, &v);
	assert_int_equal(ftruncate(fd, PART + 1500), 0);
	root_close(r);
	r = NULL;
	assert_int_equal(root_open_ext2(fd, PART, 1500, &r), -EINVAL);
}

static void a_bad_checksum_is_unreadable_not_absent(void **state)
{
	struct place *p = *state;
	_cleanup_close_ int fd = -1;
	_cleanup_root_ struct root *r = NULL;
	struct stat st;
	char block[1024];

	make_image(p, "ext4", "metadata_csum", "1024");
	fd = open(p->image, O_RDWR);
	/* Every block with the entry of etc/passwd: its name's last letter changes. */
	for (off_t at = PART; pread(fd, block, sizeof(block), at) == (ssize_t)sizeof(block);
	     at += (off_t)sizeof(block)) {
		char *hit = memmem(block, sizeof(block), "passwd\0\0", 8);

		if (!hit || memmem(block, sizeof(block), "root:x", 6))
			continue;
		hit[5] = 'X';
		assert_int_equal(pwrite(fd, block, sizeof(block), at), (ssize_t)sizeof(block));
	}
	r = open_image(p);
	assert_int_equal(root_stat(r, "/etc/passwd", &st), -EUCLEAN);
	assert_false(root_is_absent(root_stat(r, "/etc/none", &st)));
	assert_int_equal(root_stat(r, "/usr/none", &st), -ENOENT);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_as_the_directory),
		cmocka_unit_test(reads_parts_of_files),
		cmocka_unit_test(hangs_one_below_the_other),
		cmocka_unit_test(survives_bent_structures),
		cmocka_unit_test(reads_what_a_cut_image_still_has),
		cmocka_unit_test(a_bad_checksum_is_unreadable_not_absent),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
