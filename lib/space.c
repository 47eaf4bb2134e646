/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>

#include "lib/space.h"

#define MIB (1ull << 20)
#define TOP_MAX 6
#define SPARE_MAX 4000

/* --- how full --- */

static enum space_room judge_blocks(const struct space *s, uint64_t for_users)
{
	uint64_t least = s->size / 100 < 4 * MIB ? s->size / 100 : 4 * MIB;

	if (s->free < least)
		return SPACE_NONE;
	return for_users < least ? SPACE_LOW : SPACE_ENOUGH;
}

static enum space_room judge_inodes(const struct space *s)
{
	if (s->inodes == 0 || s->inodes_free > 64)
		return s->inodes && s->inodes_free < s->inodes / 200 ? SPACE_LOW : SPACE_ENOUGH;
	return s->inodes_free < 16 ? SPACE_NONE : SPACE_LOW;
}

/*
 * xfs sets blocks aside when it is mounted writable, so that it can still free some: 5 % of all,
 * the log among them, at most 8192 blocks; and with shared extents room for the trees that know of
 * them, some 0.7 %. A read-only mount shows all of these as free.
 */
#define XFS_ASIDE_MAX 8192u
#define XFS_LOG 16384u /* blocks of a log, which statfs leaves out; older ones are smaller */
#define XFS_TREES 140u /* one block for so many */

static uint64_t aside(const struct space_fs *fs, const struct statvfs *st)
{
	uint64_t blocks = ((uint64_t)st->f_blocks + XFS_LOG) / 20;

	if (!streq(fs->type, "xfs") || !(st->f_flag & ST_RDONLY))
		return 0;
	blocks = blocks < XFS_ASIDE_MAX ? blocks : XFS_ASIDE_MAX;
	if (fs->features & SPACE_XFS_REFLINK)
		blocks += st->f_blocks / XFS_TREES;
	return blocks * st->f_frsize;
}

uint32_t space_xfs_features(const unsigned char *super)
{
	const unsigned char *p = super + 212;

	if (memcmp(super, "XFSB", 4) != 0 || (super[101] & 0xf) != 5)
		return 0;
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

int space_measure(const struct root *r, const char *dir, const struct space_fs *fs,
		  struct space *out)
{
	struct space s = { 0 };
	struct statvfs st;
	uint64_t for_users;
	int e = root_statvfs(r, dir, &st);

	if (e < 0)
		return e;
	if (!st.f_blocks || !st.f_frsize || st.f_bfree > st.f_blocks)
		return -ENODATA;
	s.size = (uint64_t)st.f_blocks * st.f_frsize;
	for_users = less((uint64_t)st.f_bavail * st.f_frsize, aside(fs, &st));
	/* What btrfs calls free may be of a kind that files cannot use. */
	s.free = (uint64_t)st.f_bfree * st.f_frsize;
	s.free = streq(fs->type, "btrfs") ? for_users : less(s.free, aside(fs, &st));
	s.reserved = s.free > for_users ? s.free - for_users : 0;
	if (startswith(fs->type, "ext")) {
		s.inodes = st.f_files;
		s.inodes_free = st.f_ffree;
	}
	s.blocks = judge_blocks(&s, for_users);
	s.inode_room = judge_inodes(&s);
	*out = s;
	return 0;
}

/* --- what could go --- */

static const struct {
	const char *pattern; /* fnmatch(3), '*' also takes slashes */
	enum space_kind kind;
} spares[] = {
	{ "/var/cache/apt/archives/*.deb", SPACE_FETCHED },
	{ "/var/cache/apt/*.bin", SPACE_FETCHED },
	{ "/var/cache/yum/*.rpm", SPACE_FETCHED },
	{ "/var/cache/dnf/*.rpm", SPACE_FETCHED },
	{ "/var/cache/dnf/*.solv", SPACE_FETCHED },
	{ "/var/cache/PackageKit/*.rpm", SPACE_FETCHED },
	{ "/var/cache/zypp/packages/*.rpm", SPACE_FETCHED },
	{ "/var/cache/pacman/pkg/*.pkg.tar.*", SPACE_FETCHED },
	{ "/var/cache/apk/*.apk", SPACE_FETCHED },
	{ "/var/log/journal/*@*.journal", SPACE_LOG },
	{ "/var/log/journal/*@*.journal~", SPACE_LOG },
	{ "/var/log/*.gz", SPACE_LOG },
	{ "/var/log/*.xz", SPACE_LOG },
	{ "/var/log/*.bz2", SPACE_LOG },
	{ "/var/log/*.zst", SPACE_LOG },
	{ "/var/log/*.[2-9]", SPACE_LOG },
	{ "/var/log/*.[1-9][0-9]", SPACE_LOG },
	{ "/var/log/*-20[0-9][0-9][01][0-9][0-3][0-9]", SPACE_LOG },
	{ "/var/crash/*", SPACE_DUMP },
	{ "/var/lib/systemd/coredump/*", SPACE_DUMP },
	{ "/var/spool/abrt/*", SPACE_DUMP },
};

struct walk {
	const struct root *r;
	struct arena *a;
	enum space_order order;
	dev_t dev;
	uint64_t total; /* of what was seen, in the unit of order */
	size_t seen;
	struct space_item *top;
	size_t n_top, cap_top;
	struct space_spare *spare;
	size_t n_spare, cap_spare;
	bool all;
};

static void keep_spare(struct walk *w, const char *path, uint64_t bytes)
{
	for (size_t i = 0; w->n_spare < SPARE_MAX && i < ARRAY_SIZE(spares); i++) {
		if (fnmatch(spares[i].pattern, path, 0) != 0)
			continue;
		ARENA_GROW(w->a, w->spare, w->n_spare, w->cap_spare);
		w->spare[w->n_spare++] =
			(struct space_spare){ arena_strdup(w->a, path), bytes, spares[i].kind };
		return;
	}
}

/* "/var/log/syslog" of "/var/log/syslog.2.gz" and "/var/log/messages-20260101": one log's name. */
static size_t log_name(const char *path)
{
	const char *name = strrchr(path, '/') + 1, *at = strpbrk(name, ".@");
	const char *dash = strstr(name, "-20");
	size_t n = at ? (size_t)(at - path) : strlen(path);

	if (at && startswith(at, ".log"))
		n = (size_t)(at + 4 - path);
	if (dash && (size_t)(dash - path) < n)
		n = (size_t)(dash - path);
	return n;
}

/* What a number or a date in a log's name says: larger is older for numbers, newer for dates. */
static int by_age(const char *a, const char *b)
{
	bool dated = strstr(a, "-20") || strchr(a, '@');
	int r = strverscmp(a, b);

	return dated ? -r : r;
}

static int by_path(const void *a, const void *b)
{
	const struct space_spare *x = a, *y = b;
	size_t nx, ny;
	int r;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->kind != SPACE_LOG)
		return strcmp(x->path, y->path);
	nx = log_name(x->path);
	ny = log_name(y->path);
	r = strncmp(x->path, y->path, nx < ny ? nx : ny);
	if (r == 0 && nx != ny)
		r = nx < ny ? -1 : 1;
	return r ? r : by_age(x->path, y->path);
}

/* The newest rotated one of each log stays. */
static void sort_spares(struct walk *w)
{
	struct space_spare *s = w->spare;
	const char *log = NULL;
	size_t kept = 0;

	if (w->n_spare)
		qsort(s, w->n_spare, sizeof(*s), by_path);
	for (size_t i = 0; i < w->n_spare; i++) {
		const char *path = s[i].path;
		bool newest = s[i].kind == SPACE_LOG && (!log || log_name(log) != log_name(path) ||
							 strncmp(log, path, log_name(path)) != 0);

		if (s[i].kind == SPACE_LOG)
			log = path;
		if (!newest)
			s[kept++] = s[i];
	}
	w->n_spare = kept;
}

/* --- what takes the most --- */

struct names {
	struct arena *a;
	char **name;
	size_t n, cap, max;
};

static int add_name(void *arg, const struct root_entry *e)
{
	struct names *n = arg;

	if (n->n >= n->max)
		return 1;
	ARENA_GROW(n->a, n->name, n->n, n->cap);
	n->name[n->n++] = arena_strdup(n->a, e->name);
	return 0;
}

static void keep_top(struct walk *w, const char *path, struct space_item sum)
{
	ARENA_GROW(w->a, w->top, w->n_top, w->cap_top);
	sum.path = arena_strdup(w->a, path);
	w->top[w->n_top++] = sum;
}

static uint64_t weight(const struct walk *w, const struct space_item *i)
{
	return w->order == SPACE_BY_BYTES ? i->bytes : i->inodes;
}

static struct space_item walk_dir(struct walk *w, const char *dir, unsigned depth);

static struct space_item walk_entry(struct walk *w, const char *path, unsigned depth)
{
	struct space_item sum = { 0 };
	struct stat st;

	w->seen++;
	if (root_lstat(w->r, path, &st) < 0 || st.st_dev != w->dev)
		return sum;
	if (S_ISDIR(st.st_mode) && depth < SPACE_DEPTH)
		sum = walk_dir(w, path, depth + 1);
	sum.inodes++;
	/* A file with several names counts once, spread over them. */
	sum.bytes += (uint64_t)st.st_blocks * 512 /
		     (S_ISREG(st.st_mode) && st.st_nlink > 1 ? st.st_nlink : 1);
	if (S_ISREG(st.st_mode) && st.st_blocks)
		keep_spare(w, path, (uint64_t)st.st_blocks * 512);
	return sum;
}

/* Something kept already, inside path, is most of it. */
static bool is_explained(const struct walk *w, size_t from, const char *path, uint64_t all)
{
	for (size_t i = from; i < w->n_top; i++) {
		const char *rest = after(w->top[i].path, path);

		if (rest && *rest == '/' && weight(w, &w->top[i]) * 10 >= all * 7)
			return true;
	}
	return false;
}

static struct space_item walk_dir(struct walk *w, const char *dir, unsigned depth)
{
	_cleanup_arena_ struct arena *own = arena_new();
	struct names names = { .a = own, .max = SPACE_ENTRIES - w->seen };
	struct space_item sum = { 0 };
	size_t before = w->n_top;

	if (root_list(w->r, dir, add_name, &names) > 0)
		w->all = false;
	for (size_t i = 0; i < names.n && w->seen < SPACE_ENTRIES; i++) {
		char *path = arena_printf(own, "%s/%s", streq(dir, "/") ? "" : dir, names.name[i]);
		struct space_item one = walk_entry(w, path, depth);
		uint64_t heavy = weight(w, &one);

		sum.bytes += one.bytes;
		sum.inodes += one.inodes;
		if (heavy && heavy >= w->total / 25 && !is_explained(w, before, path, heavy))
			keep_top(w, path, one);
	}
	w->all &= w->seen < SPACE_ENTRIES;
	return sum;
}

static int by_weight_bytes(const void *a, const void *b)
{
	const struct space_item *x = a, *y = b;

	return x->bytes > y->bytes ? -1 : x->bytes < y->bytes;
}

static int by_weight_inodes(const void *a, const void *b)
{
	const struct space_item *x = a, *y = b;

	return x->inodes > y->inodes ? -1 : x->inodes < y->inodes;
}

void space_look(const struct root *r, const char *dir, enum space_order order, struct arena *a,
		struct space_report *out)
{
	struct walk w = { .r = r, .a = a, .order = order, .all = true };
	struct statvfs vfs;
	struct stat st;

	*out = (struct space_report){ 0 };
	if (root_stat(r, dir, &st) < 0 || root_statvfs(r, dir, &vfs) < 0)
		return;
	w.dev = st.st_dev;
	w.total = order == SPACE_BY_BYTES ? (uint64_t)(vfs.f_blocks - vfs.f_bfree) * vfs.f_frsize
					  : (uint64_t)(vfs.f_files - vfs.f_ffree);
	walk_dir(&w, dir, 0);
	if (w.n_top)
		qsort(w.top, w.n_top, sizeof(*w.top),
		      order == SPACE_BY_BYTES ? by_weight_bytes : by_weight_inodes);
	sort_spares(&w);
	*out = (struct space_report){
		.top = w.top,
		.n_top = w.n_top < TOP_MAX ? w.n_top : TOP_MAX,
		.spare = w.spare,
		.n_spare = w.n_spare,
		.all = w.all,
	};
}
