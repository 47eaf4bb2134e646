/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <zlib.h>

#include "lib/kernel_sum.h"
#include "lib/le.h"

#define HEAD 4096u
#define CHUNK (1u << 20)
#define SUMMED_MAX (128u << 20)
#define PROTOCOL_WITH_SUM 0x0208u
#define PADDING_MAX (64u << 10) /* zeros at the end of an image that may be its own */
#define OTHERS_MAX 3u		/* images of other kernels that are read */

struct image {
	const struct root *root;
	const char *path;
	unsigned char head[HEAD];
	uint64_t end;	 /* of what is summed; the sum itself is its last word */
	size_t checksum; /* of the EFI program inside, and the place of its signature; 0: none */
	size_t signature;
};

/* 6.1 of "6.1.0-50-amd64 (debian-kernel@…"; later builds have no sum. */
static bool has_sum_by_version(const struct image *i)
{
	uint64_t at = le16_at(i->head + 0x20e);
	char text[16] = "", *end;
	unsigned long major, minor;
	size_t got;

	if (!at || root_pread(i->root, i->path, at + 0x200, text, sizeof(text) - 1, &got) < 0 ||
	    !isdigit((unsigned char)text[0]))
		return false;
	major = strtoul(text, &end, 10);
	if (*end != '.' || !isdigit((unsigned char)end[1]))
		return false;
	minor = strtoul(end + 1, NULL, 10);
	return major < 6 || (major == 6 && minor < 15);
}

/* An EFI program is in it when it starts with MZ: fields that a signer writes. */
static void find_signature(struct image *i)
{
	size_t pe = le32_at(i->head + 0x3c), optional = pe + 24;

	if (le16_at(i->head) != 0x5a4d || pe > HEAD - 256 || memcmp(i->head + pe, "PE\0\0", 4) != 0)
		return;
	i->checksum = optional + 64;
	i->signature = optional + (le16_at(i->head + optional) == 0x20b ? 112 : 96) + 4 * 8;
}

static bool look(struct image *i)
{
	size_t got = 0;
	uint64_t setup;

	if (root_pread(i->root, i->path, 0, i->head, HEAD, &got) < 0 || got < HEAD ||
	    memcmp(i->head + 0x202, "HdrS", 4) != 0 ||
	    le16_at(i->head + 0x206) < PROTOCOL_WITH_SUM || !has_sum_by_version(i))
		return false;
	setup = i->head[0x1f1] ? i->head[0x1f1] : 4;
	i->end = (setup + 1) * 512 + (uint64_t)le32_at(i->head + 0x1f4) * 16;
	find_signature(i);
	return i->end > HEAD && i->end <= SUMMED_MAX;
}

static void wipe_signature(const struct image *i, unsigned char *head)
{
	if (!i->checksum)
		return;
	memset(head + i->checksum, 0, 4);
	memset(head + i->signature, 0, 8);
}

/* Zeros stand for the sum, and no more of them than a linker puts at the end. */
static bool is_left_out(const struct image *i)
{
	size_t n = i->end < PADDING_MAX ? (size_t)i->end : PADDING_MAX, got, zeros = 0;
	_cleanup_free_ unsigned char *tail = xmalloc(n);

	if (root_pread(i->root, i->path, i->end - n, tail, n, &got) < 0 || got < n)
		return false;
	while (zeros < n && !tail[n - 1 - zeros])
		zeros++;
	return zeros >= 4 && zeros < n;
}

enum kernel_sum kernel_sum(const struct root *r, const char *path)
{
	struct image i = { .root = r, .path = path };
	_cleanup_free_ unsigned char *chunk = NULL;
	uLong sum = crc32(0, NULL, 0);

	if (!look(&i))
		return KERNEL_SUM_NONE;
	chunk = xcalloc(1, CHUNK);
	for (uint64_t at = 0; at < i.end;) {
		size_t want = i.end - at < CHUNK ? (size_t)(i.end - at) : CHUNK, got = 0;

		if (root_pread(r, path, at, chunk, want, &got) < 0 || !got)
			return KERNEL_SUM_NONE;
		if (at == 0 && got < HEAD)
			return KERNEL_SUM_NONE;
		if (at == 0)
			wipe_signature(&i, chunk);
		sum = crc32(sum, chunk, (uInt)got);
		at += got;
	}
	/* zlib inverts at the end, the build does not: what is left of all of it is zero. */
	if (sum == 0xffffffff)
		return KERNEL_SUM_GOOD;
	return is_left_out(&i) ? KERNEL_SUM_NONE : KERNEL_SUM_WRONG;
}

/* --- of a scan --- */

struct kernel_sums {
	bool *known;
	enum kernel_sum *sum; /* of facts->kernels, by number */
};

static enum kernel_sum sum_of(struct scan *s, const struct kernel *k)
{
	const struct kernels *ks = &s->facts->kernels;
	size_t n = (size_t)(k - ks->k);

	if (!s->sums) {
		s->sums = arena_new_struct(s->arena, struct kernel_sums);
		s->sums->known = arena_alloc(s->arena, ks->n * sizeof(*s->sums->known));
		s->sums->sum = arena_alloc(s->arena, ks->n * sizeof(*s->sums->sum));
	}
	if (!s->sums->known[n]) {
		s->sums->known[n] = true;
		s->sums->sum[n] = k->image && k->image_state == IMAGE_OK
					  ? kernel_sum(s->root, k->image)
					  : KERNEL_SUM_NONE;
	}
	return s->sums->sum[n];
}

/* 5.14.0 of "5.14.0-503.el9", 6.12.43 of "6.12.43+deb13-amd64". */
static size_t upstream(const struct kernel *k, const char **version)
{
	*version = k->inner_version ? k->inner_version : k->version;
	return *version ? strspn(*version, "0123456789.") : 0;
}

static bool is_same_upstream(const struct kernel *a, const struct kernel *b)
{
	const char *of_a, *of_b;
	size_t n = upstream(a, &of_a);

	return n && n == upstream(b, &of_b) && memcmp(of_a, of_b, n) == 0;
}

static bool is_other_upstream(const struct kernel *a, const struct kernel *b)
{
	return !is_same_upstream(a, b);
}

/* A kernel beside it whose sum is right, where its own is wrong; NULL: there is none. */
static const struct kernel *witness(struct scan *s, const struct kernel *k,
				    bool (*counts)(const struct kernel *, const struct kernel *))
{
	const struct kernels *ks = &s->facts->kernels;
	unsigned read = 0;

	if (k < ks->k || k >= ks->k + ks->n || sum_of(s, k) != KERNEL_SUM_WRONG)
		return NULL;
	for (size_t i = 0; i < ks->n && read < OTHERS_MAX; i++) {
		const struct kernel *other = &ks->k[i];

		if (other == k || other->rescue || !other->image || !counts(k, other))
			continue;
		if (sum_of(s, other) == KERNEL_SUM_GOOD)
			return other;
		read++;
	}
	return NULL;
}

const char *scan_kernel_fault(struct scan *s, const struct kernel *k)
{
	const struct kernel *other = witness(s, k, is_same_upstream);

	return other ? scan_printf(s, "its checksum is wrong, while that of '%s' is right",
				   other->image)
		     : NULL;
}

const char *scan_kernel_doubt(struct scan *s, const struct kernel *k)
{
	const struct kernel *other = witness(s, k, is_other_upstream);

	if (!other || witness(s, k, is_same_upstream))
		return NULL;
	return scan_printf(
		s, "its checksum is wrong, while that of '%s', of another version, is right",
		other->image);
}
