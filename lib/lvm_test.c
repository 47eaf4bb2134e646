/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "lib/lvm.h"

#define MIB 1048576ull
#define AREA 4096u
#define AREA_SIZE 8192u

#define PV_UUID "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define PV_ID "AAAAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAAAA"
#define PV2_ID "BBBBBB-BBBB-BBBB-BBBB-BBBB-BBBB-BBBBBB"
#define VG_ID "CCCCCC-CCCC-CCCC-CCCC-CCCC-CCCC-CCCCCC"
#define LV_ID "DDDDDD-DDDD-DDDD-DDDD-DDDD-DDDD-DDDDDD"
#define LV_UUID "DDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDD"

static const char head[] = "id = \"" VG_ID "\"\nseqno = 7\nextent_size = 8192\n"
			   "physical_volumes {\npv0 {\nid = \"" PV_ID "\"\n"
			   "pe_start = 2048\npe_count = 100\n}\n"
			   "pv1 {\nid = \"" PV2_ID "\"\npe_start = 2048\npe_count = 100\n}\n}\n";

static const char plain_lv[] = "root {\nid = \"" LV_ID "\"\nstatus = [\"READ\", \"WRITE\", "
			       "\"VISIBLE\"]\nsegment_count = 1\nsegment1 {\nstart_extent = 0\n"
			       "extent_count = 10\ntype = \"striped\"\nstripe_count = 1\n"
			       "stripes = [\"pv0\", 5]\n}\n}\n";

static void put32(unsigned char *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(v >> (8 * i));
}

static void put64(unsigned char *p, uint64_t v)
{
	put32(p, (uint32_t)v);
	put32(p + 4, (uint32_t)(v >> 32));
}

static uint32_t sum(const void *p, size_t n)
{
	return (uint32_t)~crc32(~0xf597a6cfu & 0xffffffffu, p, (uInt)n);
}

/* A physical volume of 1 MiB whose text begins at offset of its metadata area, a ring. */
static void make_pv(unsigned char *b, const char *text, size_t offset)
{
	unsigned char *label = b + 512, *area = b + AREA;
	size_t len = strlen(text);

	memset(b, 0, MIB);
	memcpy(label, "LABELONE", 8);
	put64(label + 8, 1);
	put32(label + 20, 32);
	memcpy(label + 24, "LVM2 001", 8);
	memcpy(label + 32, PV_UUID, 32);
	put64(label + 64, MIB);
	put64(label + 72, MIB / 2); /* the data area; a zero pair ends the list */
	put64(label + 104, AREA);
	put64(label + 112, AREA_SIZE);
	put32(label + 16, sum(label + 20, 512 - 20));
	for (size_t i = 0; i < len; i++) {
		size_t at = offset + i;

		if (at >= AREA_SIZE)
			at = at - AREA_SIZE + 512;
		area[at] = (unsigned char)text[i];
	}
	memcpy(area + 4, " LVM2 x[5A%r0N*>", 16);
	put32(area + 20, 1);
	put64(area + 24, AREA);
	put64(area + 32, AREA_SIZE);
	put64(area + 40, offset);
	put64(area + 48, len);
	put32(area + 56, sum(text, len));
	put32(area, sum(area + 4, 512 - 4));
}

static int as_file(const unsigned char *b)
{
	int fd = memfd_create("pv", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, b, MIB, 0), MIB);
	return fd;
}

static char *text_of(struct arena *a, const char *lvs)
{
	return arena_printf(a, "vg-1 {\n%slogical_volumes {\n%s}\n}\nversion = 1\n", head, lvs);
}

static int read_bytes(struct arena *a, const unsigned char *b, struct lvm_member *m)
{
	_cleanup_close_ int fd = as_file(b);

	*m = (struct lvm_member){ 0 };
	return lvm_member_read(fd, 0, MIB, a, m);
}

static int read_pv(struct arena *a, const char *text, size_t offset, struct lvm_member *m)
{
	_cleanup_free_ unsigned char *b = xmalloc(MIB);

	make_pv(b, text, offset);
	return read_bytes(a, b, m);
}

/* The one group of the one member whose logical volumes are given as text. */
static const struct lvm_group *group(struct arena *a, const char *lvs)
{
	struct lvm_member m;
	struct lvm_group *g;

	assert_int_equal(read_pv(a, text_of(a, lvs), 512, &m), 0);
	return lvm_groups(a, &m, 1, &g) == 1 ? g : NULL;
}

static void finds_a_volume(void **state UNUSED)
{
	_cleanup_arena_ struct arena *a = arena_new();
	const struct lvm_group *g = group(a, plain_lv);
	struct lvm_place at;

	assert_non_null(g);
	assert_string_equal(g->name, "vg-1");
	assert_int_equal(g->n_pv, 2);
	assert_int_equal(g->pv[0].member, 0);
	assert_int_equal(g->pv[1].member, LVM_MISSING);
	assert_int_equal(g->n_lv, 1);
	assert_true(g->lv[0].visible && g->lv[0].writable);
	assert_string_equal(g->lv[0].uuid, LV_UUID);
	assert_null(lvm_obstacle(a, g, &g->lv[0]));
	assert_true(lvm_place(a, g, &g->lv[0], &at));
	assert_int_equal(at.start, MIB + 5 * 4 * MIB);
	assert_int_equal(at.size, 10 * 4 * MIB);
	assert_string_equal(lvm_mapper_name(a, g, &g->lv[0]), "vg--1-root");
}

static void reads_a_text_that_wraps(void **state UNUSED)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct lvm_member m;

	for (size_t at = AREA_SIZE - 600; at < AREA_SIZE; at += 100) {
		assert_int_equal(read_pv(a, text_of(a, plain_lv), at, &m), 0);
		assert_non_null(m.text);
		assert_string_equal(m.uuid, PV_UUID);
		assert_int_equal(m.seqno, 7);
	}
}

static void tells_damage_from_nothing(void **state UNUSED)
{
	_cleanup_arena_ struct arena *a = arena_new();
	_cleanup_free_ unsigned char *b = xmalloc(MIB);
	static const size_t flips[] = { 512 + 40, AREA + 44, AREA + 600 };
	struct lvm_member m;

	for (size_t i = 0; i < ARRAY_SIZE(flips); i++) {
		make_pv(b, text_of(a, plain_lv), 512);
		b[flips[i]] ^= 1;
		assert_int_equal(read_bytes(a, b, &m), -EBADMSG);
	}
	memset(b, 0, MIB);
	assert_int_equal(read_bytes(a, b, &m), -ENODATA);
	make_pv(b, "", 512);
	assert_int_equal(read_bytes(a, b, &m), 0);
	assert_null(m.text);
	assert_false(!m.blank);
}

static void a_lying_area_is_damage(void **state UNUSED)
{
	_cleanup_arena_ struct arena *a = arena_new();
	_cleanup_free_ unsigned char *b = xmalloc(MIB);
	static const struct {
		size_t at;
		uint64_t value;
	} lies[] = { { 40, 5 },		{ 40, AREA_SIZE },  { 40, UINT64_MAX },
		     { 48, AREA_SIZE }, { 48, UINT64_MAX }, { 24, 512 } };
	struct lvm_member m;

	for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
		make_pv(b, text_of(a, plain_lv), 512);
		put64(b + AREA + lies[i].at, lies[i].value);
		put32(b + AREA, sum(b + AREA + 4, 512 - 4));
		assert_int_equal(read_bytes(a, b, &m), -EBADMSG);
	}
	make_pv(b, text_of(a, plain_lv), 512);
	put64(b + 512 + 112, UINT64_MAX);
	put32(b + 512 + 16, sum(b + 512 + 20, 512 - 20));
	assert_int_equal(read_bytes(a, b, &m), -EBADMSG);
}

/* What the text says of the volume, and what comes of it. */
static const struct {
	const char *from, *to;
	bool group;	      /* it is still one */
	const char *obstacle; /* a part of it */
	bool place;
} edits[] = {
	{ "\"striped\"", "\"thin\"", true, "type thin", false },
	{ "\"pv0\", 5", "\"pv1\", 5", true, "is not among", false },
	{ "\"pv0\", 5", "\"pv7\", 5", false, NULL, false },
	{ "\"pv0\", 5", "\"pv0\", 95", true, NULL, false },
	{ "\"pv0\", 5", "\"pv0\", 18446744073709551615", true, NULL, false },
	{ "\"pv0\", 5", "\"pv0\", -1", false, NULL, false },
	{ "\"pv0\", 5", "\"pv0\", 90", true, NULL, true },
	{ "extent_count = 10", "extent_count = 18446744073709551615", true, NULL, false },
	{ "start_extent = 0", "start_extent = 1", false, NULL, false },
	{ "stripe_count = 1", "stripe_count = 9999999999", false, NULL, false },
	{ "stripe_count = 1", "stripe_count = 0", false, NULL, false },
	{ "root {", "\"../../etc\" {", false, NULL, false },
	{ "root {", "\"a b\" {", false, NULL, false },
	{ "root {", "\"\" {", false, NULL, false },
	{ LV_ID, "short", false, NULL, false },
};

static char *replaced(struct arena *a, const char *s, const char *from, const char *to)
{
	const char *at = strstr(s, from);

	assert_non_null(at);
	return arena_printf(a, "%.*s%s%s", (int)(at - s), s, to, at + strlen(from));
}

static void judges_what_the_text_says(void **state UNUSED)
{
	_cleanup_arena_ struct arena *a = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(edits); i++) {
		const struct lvm_group *g =
			group(a, replaced(a, plain_lv, edits[i].from, edits[i].to));
		struct lvm_place at;
		const char *why;

		assert_int_equal(g != NULL, edits[i].group);
		if (!g)
			continue;
		why = lvm_obstacle(a, g, &g->lv[0]);
		assert_int_equal(why != NULL, edits[i].obstacle != NULL);
		assert_true(!why || strstr(why, edits[i].obstacle));
		assert_int_equal(lvm_place(a, g, &g->lv[0], &at), edits[i].place);
	}
}

static void joins_pieces_that_touch(void **state UNUSED)
{
	static const char second[] = "segment2 {\nstart_extent = 10\nextent_count = 2\n"
				     "type = \"striped\"\nstripe_count = 1\nstripes = [\"pv0\", %d]"
				     "\n}\n}\n";
	_cleanup_arena_ struct arena *a = arena_new();
	char *first = arena_strndup(a, plain_lv, strlen(plain_lv) - 2);
	const struct lvm_group *g;
	struct lvm_place at;

	g = group(a, arena_printf(a, "%s%s", first, replaced(a, second, "%d", "15")));
	assert_true(g && lvm_place(a, g, &g->lv[0], &at));
	assert_int_equal(at.size, 12 * 4 * MIB);
	g = group(a, arena_printf(a, "%s%s", first, replaced(a, second, "%d", "16")));
	assert_true(g && !lvm_place(a, g, &g->lv[0], &at));
	assert_null(lvm_obstacle(a, g, &g->lv[0]));
}

static void knows_snapshots(void **state UNUSED)
{
	static const char snap[] = "snapshot0 {\nid = \"EEEEEE-EEEE-EEEE-EEEE-EEEE-EEEE-EEEEEE\"\n"
				   "segment1 {\nstart_extent = 0\nextent_count = 1\n"
				   "type = \"snapshot\"\norigin = \"root\"\n%s = \"cow\"\n}\n}\n";
	_cleanup_arena_ struct arena *a = arena_new();
	const char *cow = replaced(a, replaced(a, plain_lv, "root {", "cow {"), "5]", "50]");
	const struct lvm_group *g;

	g = group(a,
		  arena_printf(a, "%s%s%s", plain_lv, cow, replaced(a, snap, "%s", "cow_store")));
	assert_non_null(g);
	assert_true(g->lv[0].has_snapshots && !g->lv[0].merging && g->lv[1].is_store);
	assert_false(g->lv[2].visible);
	g = group(a, arena_printf(a, "%s%s%s", plain_lv, cow,
				  replaced(a, snap, "%s", "merging_store")));
	assert_true(g && g->lv[0].merging && strstr(lvm_obstacle(a, g, &g->lv[0]), "merged"));
}

static void takes_the_newest_text(void **state UNUSED)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct lvm_member m[3];
	struct lvm_group *g;

	assert_int_equal(read_pv(a, text_of(a, plain_lv), 512, &m[0]), 0);
	assert_int_equal(
		read_pv(a, replaced(a, text_of(a, plain_lv), "seqno = 7", "seqno = 9"), 512, &m[1]),
		0);
	m[1].uuid = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB";
	m[2] = (struct lvm_member){ 0 }; /* one that could not be read */
	assert_int_equal(lvm_groups(a, m, 3, &g), 1);
	assert_int_equal(g->seqno, 9);
	assert_int_equal(g->pv[1].member, 1);
	/* Two with one UUID: neither is taken. */
	m[1].uuid = m[0].uuid;
	assert_int_equal(lvm_groups(a, m, 3, &g), 1);
	assert_int_equal(g->pv[0].member, LVM_MISSING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_a_volume),
		cmocka_unit_test(reads_a_text_that_wraps),
		cmocka_unit_test(tells_damage_from_nothing),
		cmocka_unit_test(a_lying_area_is_damage),
		cmocka_unit_test(judges_what_the_text_says),
		cmocka_unit_test(joins_pieces_that_touch),
		cmocka_unit_test(knows_snapshots),
		cmocka_unit_test(takes_the_newest_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
