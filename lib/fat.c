/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <strings.h>

#include "lib/fat.h"
#include "lib/le.h"

#define SECTOR_MAX 4096u
#define CLUSTER_MAX (64u << 10) /* Windows and Linux agree on it */
#define ENTRY 32u
#define ENTRIES_MAX 65536u
#define LONG_SLOTS 20u
#define LONG_UNITS 13u
#define ATTR_VOLUME 0x08
#define ATTR_DIR 0x10
#define ATTR_LONG 0x0f

struct fat {
	struct reader from;
	unsigned bits;	       /* 12, 16 or 32 */
	uint32_t cluster_size; /* bytes */
	uint32_t clusters;
	uint64_t table;	       /* byte offset of the first FAT */
	uint64_t table_size;   /* bytes */
	uint64_t data;	       /* byte offset of cluster 2 */
	uint64_t root;	       /* FAT12 and FAT16: byte offset of the root directory */
	uint32_t root_size;    /* the same: bytes */
	uint32_t root_cluster; /* FAT32 */
	uint32_t cached;       /* cluster in cluster[]; 0: none */
	unsigned char cluster[CLUSTER_MAX];
};

static bool is_power_of_2(uint32_t n)
{
	return n && !(n & (n - 1));
}

/* --- the boot sector --- */

static int read_layout(struct fat *f, const unsigned char *b, uint64_t size)
{
	uint32_t sector = le16_at(b + 11), per_cluster = b[13], reserved = le16_at(b + 14);
	uint32_t fats = b[16], entries = le16_at(b + 17), total = le16_at(b + 19);
	uint64_t fat_sectors = le16_at(b + 22), first;

	if (!is_power_of_2(sector) || sector < 512 || sector > SECTOR_MAX || !reserved || !fats)
		return -EINVAL;
	if (!is_power_of_2(per_cluster) || sector * per_cluster > CLUSTER_MAX)
		return -EINVAL;
	total = total ? total : le32_at(b + 32);
	f->bits = fat_sectors ? 16 : 32;
	fat_sectors = fat_sectors ? fat_sectors : le32_at(b + 36);
	f->root_size = entries * ENTRY;
	first = reserved + fats * fat_sectors + (f->root_size + sector - 1) / sector;
	if (!fat_sectors || first >= total || (uint64_t)total * sector > size)
		return -EINVAL;
	f->cluster_size = sector * per_cluster;
	f->clusters = (uint32_t)((total - first) / per_cluster);
	if (f->bits == 16 && f->clusters < 4085)
		f->bits = 12;
	f->table = (uint64_t)reserved * sector;
	f->table_size = fat_sectors * sector;
	f->root = f->table + fats * f->table_size;
	f->data = first * sector;
	f->root_cluster = f->bits == 32 ? le32_at(b + 44) : 0;
	return f->clusters ? 0 : -EINVAL;
}

int fat_open(const struct reader *r, struct fat **out)
{
	unsigned char b[512];
	struct fat *f;
	int e = reader_read(r, 0, b, sizeof(b));

	if (e < 0)
		return e;
	if (b[510] != 0x55 || b[511] != 0xaa)
		return -EINVAL;
	f = xcalloc(1, sizeof(*f));
	f->from = *r;
	e = read_layout(f, b, r->size);
	if (e < 0) {
		fat_close(f);
		return e;
	}
	*out = f;
	return 0;
}

void fat_close(struct fat *f)
{
	free(f);
}

/* --- clusters --- */

static bool is_data(const struct fat *f, uint32_t cluster)
{
	return cluster >= 2 && cluster - 2 < f->clusters;
}

/* *next is the following cluster, 0 at the end of the chain. */
static int next_cluster(struct fat *f, uint32_t cluster, uint32_t *next)
{
	uint64_t at = f->bits == 12 ? cluster + cluster / 2 : (uint64_t)cluster * (f->bits / 8);
	size_t len = f->bits == 32 ? 4 : 2;
	unsigned char b[4];
	uint32_t n;
	int e;

	if (at + len > f->table_size)
		return -EUCLEAN;
	e = reader_read(&f->from, f->table + at, b, len);
	if (e < 0)
		return e;
	n = f->bits == 32 ? le32_at(b) & 0x0fffffff : le16_at(b);
	if (f->bits == 12)
		n = cluster & 1 ? n >> 4 : n & 0xfff;
	*next = is_data(f, n) ? n : 0;
	/* Anything but a mark of the end is a chain that leads nowhere. */
	return *next || n >= (f->bits == 32   ? 0x0ffffff8u
			      : f->bits == 16 ? 0xfff8u
					      : 0xff8u)
		       ? 0
		       : -EUCLEAN;
}

static int load_cluster(struct fat *f, uint32_t cluster)
{
	int e;

	if (!is_data(f, cluster))
		return -EUCLEAN;
	if (f->cached == cluster)
		return 0;
	f->cached = 0;
	e = reader_read(&f->from, f->data + (uint64_t)(cluster - 2) * f->cluster_size, f->cluster,
			f->cluster_size);
	if (e == 0)
		f->cached = cluster;
	return e;
}

/* --- directories --- */

/* Where a walk through a directory is. */
struct place {
	uint32_t cluster; /* 0: the fixed root of FAT12 and FAT16 */
	uint32_t at;	  /* entry in the cluster, or in the fixed root */
	uint32_t seen;
};

struct name {
	char utf8[LONG_SLOTS * LONG_UNITS * 3 + 1];
	uint16_t unit[LONG_SLOTS * LONG_UNITS];
	unsigned slots; /* of a long name; 0: none so far */
	unsigned left;	/* slots that must follow */
	unsigned char sum;
};

/* The next 32 bytes of a directory; 0, 1 at its end, or -errno. */
static int next_entry(struct fat *f, struct place *p, unsigned char *out)
{
	uint32_t per = f->cluster_size / ENTRY, next;
	int e;

	if (p->seen++ >= ENTRIES_MAX)
		return 1;
	if (!p->cluster) {
		if (p->at >= f->root_size / ENTRY)
			return 1;
		return reader_read(&f->from, f->root + (uint64_t)p->at++ * ENTRY, out, ENTRY);
	}
	if (p->at == per) {
		e = next_cluster(f, p->cluster, &next);
		if (e < 0 || !next)
			return e < 0 ? e : 1;
		p->cluster = next;
		p->at = 0;
	}
	e = load_cluster(f, p->cluster);
	if (e == 0)
		memcpy(out, f->cluster + (size_t)p->at++ * ENTRY, ENTRY);
	return e;
}

static unsigned char short_sum(const unsigned char *name)
{
	unsigned sum = 0;

	for (int i = 0; i < 11; i++)
		sum = ((sum & 1) << 7 | sum >> 1) + name[i], sum &= 0xff;
	return (unsigned char)sum;
}

/* One part of a long name; parts come last first. */
static void long_part(struct name *n, const unsigned char *b)
{
	static const unsigned char where[LONG_UNITS] = { 1,  3,	 5,  7,	 9,  14, 16,
							 18, 20, 22, 24, 28, 30 };
	unsigned order = b[0] & 0x3f;

	if (b[0] & 0x40) {
		n->slots = order <= LONG_SLOTS ? order : 0;
		n->left = n->slots;
		n->sum = b[13];
	}
	if (!n->slots || order != n->left || b[13] != n->sum) {
		n->slots = 0;
		return;
	}
	n->left--;
	for (unsigned i = 0; i < LONG_UNITS; i++)
		n->unit[n->left * LONG_UNITS + i] = le16_at(b + where[i]);
}

static size_t put_utf8(char *to, uint32_t c)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	to[0] = (char)(0xe0 | c >> 12);
	to[1] = (char)(0x80 | (c >> 6 & 0x3f));
	to[2] = (char)(0x80 | (c & 0x3f));
	return 3;
}

static void long_name(struct name *n)
{
	size_t len = 0;

	for (unsigned i = 0; i < n->slots * LONG_UNITS && n->unit[i]; i++)
		len += put_utf8(n->utf8 + len, n->unit[i]);
	n->utf8[len] = '\0';
}

static size_t short_part(char *to, const unsigned char *from, size_t max, bool lower)
{
	size_t n = 0;

	while (max && from[max - 1] == ' ')
		max--;
	for (; n < max; n++) {
		unsigned char c = n == 0 && from[0] == 0x05 ? 0xe5 : from[n];

		if (c >= 0x80)
			c = '_'; /* the code page is not known */
		to[n] = (char)(lower && c >= 'A' && c <= 'Z' ? c + 32 : c);
	}
	return n;
}

/* 8.3, with the two bits by which Windows NT keeps a name in small letters. */
static void short_name(struct name *n, const unsigned char *b)
{
	size_t len = short_part(n->utf8, b, 8, b[12] & 0x08), ext;

	n->utf8[len] = '.';
	ext = short_part(n->utf8 + len + 1, b + 8, 3, b[12] & 0x10);
	n->utf8[ext ? len + 1 + ext : len] = '\0';
}

static bool is_dots(const char *name)
{
	return streq(name, ".") || streq(name, "..");
}

struct node {
	bool dir;
	uint32_t cluster, size;
};

/* The next file or directory; 0, 1 at the end, or -errno. */
static int next_node(struct fat *f, struct place *p, struct name *n, struct node *out)
{
	unsigned char b[ENTRY];
	int e;

	for (n->slots = 0; (e = next_entry(f, p, b)) == 0;) {
		if (b[0] == 0)
			return 1;
		if (b[0] != 0xe5 && (b[11] & 0x3f) == ATTR_LONG) {
			long_part(n, b);
			continue;
		}
		if (b[0] == 0xe5 || (b[11] & ATTR_VOLUME)) {
			n->slots = 0;
			continue;
		}
		if (n->slots && !n->left && n->sum == short_sum(b))
			long_name(n);
		else
			short_name(n, b);
		n->slots = 0;
		if (is_dots(n->utf8))
			continue;
		out->dir = b[11] & ATTR_DIR;
		out->size = le32_at(b + 28);
		out->cluster = le16_at(b + 26);
		if (f->bits == 32)
			out->cluster |= (uint32_t)le16_at(b + 20) << 16;
		return 0;
	}
	return e;
}

static struct place start_of(const struct node *dir)
{
	return (struct place){ .cluster = dir->cluster };
}

static int find_in(struct fat *f, const struct node *dir, const char *name, size_t len,
		   struct node *out)
{
	struct place p = start_of(dir);
	struct name n;
	int e;

	if (!dir->dir)
		return -ENOTDIR;
	while ((e = next_node(f, &p, &n, out)) == 0) {
		if (strlen(n.utf8) == len && strncasecmp(n.utf8, name, len) == 0)
			return 0;
	}
	return e < 0 ? e : -ENOENT;
}

static int find(struct fat *f, const char *path, struct node *out)
{
	struct node at = { .dir = true, .cluster = f->root_cluster };

	while (*(path += strspn(path, "/"))) {
		size_t len = strcspn(path, "/");
		struct node next;
		int e = find_in(f, &at, path, len, &next);

		if (e < 0)
			return e;
		at = next;
		/* A directory of its own is never cluster 0: that is the root's number. */
		if (at.dir && !is_data(f, at.cluster))
			return -EUCLEAN;
		path += len;
	}
	*out = at;
	return 0;
}

int fat_list(struct fat *f, const char *dir, int (*each)(void *arg, const struct fat_entry *e),
	     void *arg)
{
	struct node at, it;
	struct place p;
	struct name n;
	int e = find(f, dir, &at);

	if (e < 0)
		return e;
	if (!at.dir)
		return -ENOTDIR;
	p = start_of(&at);
	while ((e = next_node(f, &p, &n, &it)) == 0) {
		struct fat_entry entry = { .name = n.utf8, .dir = it.dir, .size = it.size };

		e = each(arg, &entry);
		if (e)
			return e;
	}
	return e < 0 ? e : 0;
}

int fat_read(struct fat *f, const char *path, size_t max, struct bytes *out, uint64_t *size)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	struct node file;
	uint32_t cluster;
	size_t want;
	int e = find(f, path, &file);

	if (e < 0)
		return e;
	if (file.dir)
		return -EISDIR;
	want = file.size < max ? file.size : max;
	cluster = file.cluster;
	while (b.len < want) {
		size_t n = want - b.len < f->cluster_size ? want - b.len : f->cluster_size;

		e = load_cluster(f, cluster);
		if (e < 0)
			return e;
		bytes_add(&b, f->cluster, n);
		if (b.len == want)
			break;
		e = next_cluster(f, cluster, &cluster);
		if (e < 0)
			return e;
	}
	*out = b;
	b = (struct bytes){ 0 };
	*size = file.size;
	return 0;
}
