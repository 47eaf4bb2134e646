/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the metadata of a volume group says: its members, its logical volumes, where they lie. */
#include "lib/lvm.h"

#define SECTOR 512u
#define VOLUMES_MAX 4096u
#define SEGMENTS_MAX 4096u /* of one logical volume */
#define NAME_MAX_LEN 128u
#define UUID_LEN 32u

/* --- words of the text --- */

/* "abcdef-ghij-…" without its hyphens; NULL: it is no UUID. */
static const char *uuid_of(struct arena *a, const struct lvmtext *t)
{
	const char *s = lvmtext_word(t, "id");
	char *out = arena_alloc(a, UUID_LEN + 1);
	size_t n = 0;

	for (; s && *s && n < UUID_LEN; s++) {
		if (*s != '-')
			out[n++] = *s;
	}
	return s && !*s && n == UUID_LEN ? out : NULL;
}

/* Such names LVM gives; no other may get into a path. */
static bool is_name(const char *s)
{
	size_t n = strlen(s);

	return n > 0 && n <= NAME_MAX_LEN && s[0] != '-' && s[0] != '.' &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+_.-") == n;
}

static size_t sections(const struct lvmtext *t)
{
	size_t n = 0;

	for (t = t ? t->child : NULL; t; t = t->next)
		n += t->value == NULL;
	return n;
}

static bool multiplied(uint64_t a, uint64_t b, uint64_t *out)
{
	return !__builtin_mul_overflow(a, b, out);
}

/* --- physical volumes --- */

static void find_member(struct lvm_pv *pv, const struct lvm_member *m, size_t n)
{
	pv->member = LVM_MISSING;
	for (size_t i = 0; i < n; i++) {
		if (!m[i].uuid || !streq(m[i].uuid, pv->uuid))
			continue;
		/* Two that answer to one name: which is meant cannot be known. */
		if (pv->member != LVM_MISSING) {
			pv->member = LVM_MISSING;
			return;
		}
		pv->member = i;
	}
}

static bool read_pv(struct arena *a, const struct lvmtext *t, struct lvm_pv *out)
{
	uint64_t sectors;

	*out = (struct lvm_pv){ .name = t->name, .uuid = uuid_of(a, t) };
	return out->uuid && lvmtext_number(t, "pe_start", &sectors) &&
	       multiplied(sectors, SECTOR, &out->start) &&
	       lvmtext_number(t, "pe_count", &out->extents);
}

static bool read_pvs(struct arena *a, const struct lvmtext *group, const struct lvm_member *m,
		     size_t n, struct lvm_group *g)
{
	const struct lvmtext *t = lvmtext_section(group, "physical_volumes");
	size_t count = sections(t);

	if (count > VOLUMES_MAX)
		return false;
	g->pv = arena_alloc(a, (count + 1) * sizeof(*g->pv));
	for (t = t ? t->child : NULL; t; t = t->next) {
		if (t->value)
			continue;
		if (!read_pv(a, t, &g->pv[g->n_pv]))
			return false;
		find_member(&g->pv[g->n_pv++], m, n);
	}
	return true;
}

/* --- logical volumes --- */

static bool pv_named(const struct lvm_group *g, const char *name, size_t *out)
{
	for (size_t i = 0; i < g->n_pv; i++) {
		if (streq(g->pv[i].name, name)) {
			*out = i;
			return true;
		}
	}
	return false;
}

/* stripes = [ "pv0", 0, "pv1", 17 ] */
static bool read_areas(struct arena *a, const struct lvm_group *g, const struct lvmtext *t,
		       struct lvm_segment *s)
{
	const struct lvmtext *list = lvmtext_find(t, "stripes");
	uint64_t count, sectors = 0;

	if (!list || !list->value || !lvmtext_number(t, "stripe_count", &count) || count == 0 ||
	    count != list->n / 2 || list->n % 2)
		return false;
	if (count > 1 && (!lvmtext_number(t, "stripe_size", &sectors) ||
			  !multiplied(sectors, SECTOR, &s->stripe)))
		return false;
	s->n = (size_t)count;
	s->area = arena_alloc(a, s->n * sizeof(*s->area));
	for (size_t i = 0; i < s->n; i++) {
		if (!pv_named(g, list->value[2 * i], &s->area[i].pv) ||
		    !parse_u64(list->value[2 * i + 1], &s->area[i].extent))
			return false;
	}
	return true;
}

static bool read_segment(struct arena *a, const struct lvm_group *g, const struct lvmtext *t,
			 struct lvm_segment *s)
{
	*s = (struct lvm_segment){ .type = lvmtext_word(t, "type") };
	if (!s->type || !lvmtext_number(t, "start_extent", &s->start) ||
	    !lvmtext_number(t, "extent_count", &s->extents))
		return false;
	return !streq(s->type, "striped") || read_areas(a, g, t, s);
}

static bool is_segment(const struct lvmtext *t)
{
	return !t->value && startswith(t->name, "segment");
}

static bool read_segments(struct arena *a, const struct lvm_group *g, const struct lvmtext *t,
			  struct lvm_lv *lv)
{
	size_t count = sections(t);

	if (count == 0 || count > SEGMENTS_MAX)
		return false;
	lv->segment = arena_alloc(a, count * sizeof(*lv->segment));
	for (t = t->child; t; t = t->next) {
		struct lvm_segment *s = &lv->segment[lv->n];

		if (!is_segment(t))
			continue;
		/* They are written in order and leave no gap. */
		if (!read_segment(a, g, t, s) || s->start != lv->extents ||
		    __builtin_add_overflow(lv->extents, s->extents, &lv->extents))
			return false;
		lv->n++;
	}
	return lv->n > 0;
}

static bool read_lv(struct arena *a, const struct lvm_group *g, const struct lvmtext *t,
		    struct lvm_lv *out)
{
	*out = (struct lvm_lv){
		.name = t->name,
		.uuid = uuid_of(a, t),
		.visible = lvmtext_has(t, "status", "VISIBLE"),
		.writable = lvmtext_has(t, "status", "WRITE"),
	};
	return out->uuid && is_name(out->name) && read_segments(a, g, t, out);
}

static struct lvm_lv *lv_named(const struct lvm_group *g, const char *name)
{
	for (size_t i = 0; name && i < g->n_lv; i++) {
		if (streq(g->lv[i].name, name))
			return &g->lv[i];
	}
	return NULL;
}

/* A snapshot is a hidden volume that names two others. */
static void read_snapshot(const struct lvm_group *g, const struct lvmtext *t)
{
	const char *merging = lvmtext_word(t, "merging_store");
	struct lvm_lv *origin = lv_named(g, lvmtext_word(t, "origin")),
		      *store = lv_named(g, merging ? merging : lvmtext_word(t, "cow_store"));

	if (!streq(lvmtext_word(t, "type") ? lvmtext_word(t, "type") : "", "snapshot"))
		return;
	if (origin) {
		origin->has_snapshots = true;
		origin->merging |= merging != NULL;
	}
	if (store)
		store->is_store = true;
}

static void read_snapshots(const struct lvm_group *g, const struct lvmtext *t)
{
	for (t = t ? t->child : NULL; t; t = t->next) {
		const struct lvmtext *s = lvmtext_section(t, "segment1");

		if (s && lvmtext_find(s, "origin"))
			read_snapshot(g, s);
	}
}

static bool read_lvs(struct arena *a, const struct lvmtext *group, struct lvm_group *g)
{
	const struct lvmtext *list = lvmtext_section(group, "logical_volumes"), *t;
	size_t count = sections(list);

	if (count > VOLUMES_MAX)
		return false;
	g->lv = arena_alloc(a, (count + 1) * sizeof(*g->lv));
	for (t = list ? list->child : NULL; t; t = t->next) {
		if (t->value)
			continue;
		if (!read_lv(a, g, t, &g->lv[g->n_lv]))
			return false;
		g->n_lv++;
	}
	read_snapshots(g, list);
	return true;
}

/* --- groups --- */

static bool read_group(struct arena *a, const struct lvmtext *t, const struct lvm_member *m,
		       size_t n, struct lvm_group *out)
{
	struct lvm_group g = { .name = t->name, .uuid = uuid_of(a, t) };
	uint64_t sectors;

	if (!g.uuid || !is_name(g.name) || !lvmtext_number(t, "seqno", &g.seqno) ||
	    !lvmtext_number(t, "extent_size", &sectors) || sectors == 0 ||
	    !multiplied(sectors, SECTOR, &g.extent))
		return false;
	if (!read_pvs(a, t, m, n, &g) || !read_lvs(a, t, &g))
		return false;
	*out = g;
	return true;
}

static bool is_same_group(const struct lvmtext *a, const struct lvmtext *b)
{
	const char *x = lvmtext_word(a, "id"), *y = lvmtext_word(b, "id");

	return x && y && streq(x, y);
}

/* Its text is the newest of its group, and the first of those. */
static bool is_newest(const struct lvm_member *m, size_t n, size_t i)
{
	for (size_t k = 0; k < n; k++) {
		if (k == i || !m[k].text || !is_same_group(m[k].text, m[i].text))
			continue;
		if (m[k].seqno > m[i].seqno || (m[k].seqno == m[i].seqno && k < i))
			return false;
	}
	return true;
}

size_t lvm_groups(struct arena *a, const struct lvm_member *m, size_t n, struct lvm_group **out)
{
	size_t found = 0;

	*out = arena_alloc(a, (n + 1) * sizeof(**out));
	for (size_t i = 0; i < n; i++) {
		if (m[i].text && is_newest(m, n, i))
			found += read_group(a, m[i].text, m, n, &(*out)[found]);
	}
	return found;
}

/* --- where they lie --- */

static const char *obstacle_of(struct arena *a, const struct lvm_group *g,
			       const struct lvm_segment *s)
{
	if (!streq(s->type, "striped"))
		return arena_printf(a, "it is of type %s", s->type);
	for (size_t i = 0; i < s->n; i++) {
		const struct lvm_pv *pv = &g->pv[s->area[i].pv];

		if (pv->member == LVM_MISSING)
			return arena_printf(a, "its physical volume %s is not among the TARGETs",
					    pv->uuid);
	}
	return NULL;
}

const char *lvm_obstacle(struct arena *a, const struct lvm_group *g, const struct lvm_lv *lv)
{
	if (lv->merging)
		return "a snapshot is to be merged into it when it is next activated";
	for (size_t i = 0; i < lv->n; i++) {
		const char *why = obstacle_of(a, g, &lv->segment[i]);

		if (why)
			return why;
	}
	return NULL;
}

/* The bytes of an area, which must all be within its physical volume. */
static bool area_bytes(const struct lvm_group *g, const struct lvm_segment *s,
		       struct lvm_place *out)
{
	const struct lvm_pv *pv = &g->pv[s->area[0].pv];
	uint64_t from, end;

	if (s->area[0].extent > pv->extents || s->extents > pv->extents - s->area[0].extent)
		return false;
	if (!multiplied(s->area[0].extent, g->extent, &from) ||
	    __builtin_add_overflow(from, pv->start, &from) ||
	    !multiplied(s->extents, g->extent, &out->size) ||
	    __builtin_add_overflow(from, out->size, &end))
		return false;
	out->pv = pv;
	out->start = from;
	return true;
}

bool lvm_place(struct arena *a, const struct lvm_group *g, const struct lvm_lv *lv,
	       struct lvm_place *out)
{
	struct lvm_place all = { 0 };

	if (lvm_obstacle(a, g, lv))
		return false;
	for (size_t i = 0; i < lv->n; i++) {
		struct lvm_place p;

		if (lv->segment[i].n != 1 || !area_bytes(g, &lv->segment[i], &p))
			return false;
		if (i == 0)
			all = p;
		else if (p.pv != all.pv || p.start != all.start + all.size)
			return false;
		else
			all.size += p.size;
	}
	*out = all;
	return all.size > 0;
}

static void add_doubled(struct bytes *b, const char *s)
{
	for (; *s; s++) {
		if (*s == '-')
			bytes_addc(b, '-');
		bytes_addc(b, *s);
	}
}

const char *lvm_mapper_name(struct arena *a, const struct lvm_group *g, const struct lvm_lv *lv)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	add_doubled(&b, g->name);
	bytes_addc(&b, '-');
	add_doubled(&b, lv->name);
	return arena_memdup(a, b.data, b.len);
}
