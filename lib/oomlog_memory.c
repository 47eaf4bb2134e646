/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the memory was: Mem-Info, zones, swap, the statistics of a cgroup, slab caches. */
#include "lib/oomlog_parts.h"

#define VALUE_MAX (INT64_MAX >> 16) /* what is larger was never a size; sums cannot overflow */

struct key {
	const char *name;
	size_t field;
};

#define MEM(member) offsetof(struct oom_memory, member)
static const struct key counts[] = {
	{ "active_anon", MEM(active_anon) },
	{ "inactive_anon", MEM(inactive_anon) },
	{ "active_file", MEM(active_file) },
	{ "inactive_file", MEM(inactive_file) },
	{ "unevictable", MEM(unevictable) },
	{ "shmem", MEM(shmem) },
	{ "slab_reclaimable", MEM(slab_reclaimable) },
	{ "slab_unreclaimable", MEM(slab_unreclaimable) },
	{ "pagetables", MEM(pagetables) },
	{ "free", MEM(free) },
};

static int64_t *field_of(void *in, const struct key *keys, size_t n, struct slice name)
{
	for (size_t i = 0; i < n; i++) {
		if (slice_is(name, keys[i].name))
			return (int64_t *)((char *)in + keys[i].field);
	}
	return NULL;
}

/* "name:123" or "name:123kB", the name and what stands behind the colon. */
static bool split_pair(struct slice word, struct slice *name, int64_t *value, struct slice *unit)
{
	const char *colon = word.n ? memrchr(word.s, ':', word.n) : NULL;

	if (!colon)
		return false;
	*name = slice_until(word, colon);
	*unit = slice_from(word, colon + 1);
	return slice_take_i64(unit, value) && *value >= 0 && *value <= VALUE_MAX;
}

/* --- Mem-Info: "active_anon:12 inactive_anon:3 ..." in pages --- */

bool oomlog_is_counts(struct slice text)
{
	static const char *const first[] = { "active_anon:",	  "active_file:",   "unevictable:",
					     "slab_reclaimable:", "mapped:",	    "free:",
					     "pagetables:",	  "inactive_anon:", "dirty:" };
	struct slice word, name, unit;
	int64_t v;

	text = slice_trimmed(text);
	for (size_t i = 0; i < ARRAY_SIZE(first); i++) {
		if (slice_starts(text, first[i]))
			return slice_take_word(&text, &word) &&
			       split_pair(word, &name, &v, &unit) && !unit.n;
	}
	return false;
}

void oomlog_counts(struct oom_open *o, struct slice text)
{
	struct slice word, name, unit;
	int64_t v, *to;

	o->e.has_meminfo = true;
	for (slice_skip_blanks(&text); slice_take_word(&text, &word); slice_skip_blanks(&text)) {
		if (!split_pair(word, &name, &v, &unit) || unit.n)
			continue;
		to = field_of(&o->e.mem, counts, ARRAY_SIZE(counts), name);
		if (to)
			oomlog_set(to, v);
	}
}

/* --- zones --- */

static const char *const zone_names[] = {
	"DMA", "DMA32", "Normal", "HighMem", "Movable", "Device"
};

static bool is_zone(struct slice name)
{
	for (size_t i = 0; i < ARRAY_SIZE(zone_names); i++) {
		if (slice_is(name, zone_names[i]))
			return true;
	}
	return false;
}

/* "Node 0 DMA free:", "DMA free:" of kernels without nodes, and the same with a colon. */
static bool take_zone(struct slice *s, int64_t *node, struct slice *name)
{
	struct slice r = *s;

	*node = 0;
	if (slice_take(&r, "Node ") && (!slice_take_i64(&r, node) || !slice_take_char(&r, ' ')))
		return false;
	if (!slice_take_word(&r, name))
		return false;
	if (name->n && name->s[name->n - 1] == ':')
		name->n--;
	if (!is_zone(*name))
		return false;
	slice_skip_blanks(&r);
	*s = r;
	return true;
}

bool oomlog_is_node(struct slice text)
{
	struct slice name, rest = text;
	int64_t node;

	if (slice_take(&rest, "Node "))
		return slice_take_i64(&rest, &node) && slice_starts(rest, " ");
	return take_zone(&text, &node, &name) &&
	       (slice_starts(text, "free:") || slice_find(text, "kB = ") ||
		slice_find(text, "*4kB"));
}

static struct oom_zone *zone_at(struct oom_event *e, int64_t node, struct slice name)
{
	struct oom_zone *z;

	for (size_t i = 0; i < e->zones; i++) {
		if (e->zone[i].node == node && slice_is(name, e->zone[i].name))
			return &e->zone[i];
	}
	if (e->zones == OOM_ZONES)
		return NULL;
	z = &e->zone[e->zones++];
	*z = (struct oom_zone){ .node = node,
				.free = OOM_UNKNOWN,
				.min = OOM_UNKNOWN,
				.low = OOM_UNKNOWN,
				.high = OOM_UNKNOWN,
				.present = OOM_UNKNOWN,
				.managed = OOM_UNKNOWN,
				.active_anon = OOM_UNKNOWN,
				.inactive_anon = OOM_UNKNOWN };
	SLICE_COPY(name, z->name);
	return z;
}

#define ZONE(member) offsetof(struct oom_zone, member)
static const struct key zone_keys[] = {
	{ "free", ZONE(free) },
	{ "min", ZONE(min) },
	{ "low", ZONE(low) },
	{ "high", ZONE(high) },
	{ "present", ZONE(present) },
	{ "managed", ZONE(managed) },
	{ "active_anon", ZONE(active_anon) },
	{ "inactive_anon", ZONE(inactive_anon) },
};

static void read_zone(struct oom_zone *z, struct slice s)
{
	struct slice word, name, unit;
	int64_t v, *to;

	for (; slice_take_word(&s, &word); slice_skip_blanks(&s)) {
		if (!split_pair(word, &name, &v, &unit) || !slice_is(unit, "kB"))
			continue;
		to = field_of(z, zone_keys, ARRAY_SIZE(zone_keys), name);
		if (to)
			oomlog_set(to, v);
	}
}

/* The number that ends right before p. */
static int64_t number_before(struct slice s, const char *p)
{
	const char *from = p;
	int64_t n = -1;

	while (from > s.s && from[-1] >= '0' && from[-1] <= '9')
		from--;
	s = slice_until(slice_from(s, from), p);
	return slice_take_i64(&s, &n) ? n : -1;
}

static void read_block(struct oom_event *e, struct oom_zone *z, int64_t n, int64_t kb)
{
	size_t order = 0;

	if (!z->blocks_known && kb <= 1024)
		e->page_kb = kb;
	while (order < OOM_ORDERS && e->page_kb << order < kb)
		order++;
	if (order == OOM_ORDERS || e->page_kb << order != kb)
		return;
	z->block[order] = n;
	z->blocks_known = true;
}

/*
 * "1*4kB (U) 0*8kB ... = 15908kB": the first size is that of a page. Logs that were pasted lack a
 * blank here and there.
 */
static void read_blocks(struct oom_event *e, struct oom_zone *z, struct slice s)
{
	const char *star;

	if (z->blocks_known)
		return;
	while (star = slice_find(s, "*"), star) {
		int64_t n = number_before(s, star), kb;

		s = slice_from(s, star + 1);
		if (n >= 0 && slice_take_i64(&s, &kb) && kb > 0 && kb <= VALUE_MAX)
			read_block(e, z, n, kb);
	}
}

/* "Node 0 hugepages_total=0 hugepages_free=0 hugepages_surp=0 hugepages_size=2048kB" */
static void read_huge(struct oom_memory *m, struct slice s)
{
	int64_t total, unused, size;
	struct slice r = s, f = s, k = s;

	if (!slice_past(&r, "hugepages_total=") || !slice_take_i64(&r, &total) ||
	    !slice_past(&f, "hugepages_free=") || !slice_take_i64(&f, &unused) ||
	    !slice_past(&k, "hugepages_size=") || !slice_take_i64(&k, &size))
		return;
	if (total < 0 || unused < 0 || size < 0 || __builtin_mul_overflow(total, size, &total) ||
	    __builtin_mul_overflow(unused, size, &unused) || total > VALUE_MAX ||
	    unused > VALUE_MAX)
		return;
	oomlog_set(&m->huge_total, 0);
	oomlog_set(&m->huge_free, 0);
	if (m->huge_total < VALUE_MAX && m->huge_free < VALUE_MAX) {
		m->huge_total += total;
		m->huge_free += unused;
	}
}

static void read_node(struct oom_open *o, struct slice s)
{
	struct slice name;
	struct oom_zone *z;
	int64_t node;
	bool blocks;

	if (slice_find(s, "hugepages_total=")) {
		read_huge(&o->e.mem, s);
		return;
	}
	if (!take_zone(&s, &node, &name))
		return;
	blocks = slice_find(s, "free:") == NULL;
	z = zone_at(&o->e, node, name);
	if (z && blocks)
		read_blocks(&o->e, z, s);
	else if (z)
		read_zone(z, s);
}

/* Pasted logs have several of them in a line. */
void oomlog_node(struct oom_open *o, struct slice text)
{
	const char *next;

	o->e.has_meminfo = true;
	while (next = slice_find(slice_skip(text, text.n ? 1 : 0), " Node "), next) {
		read_node(o, slice_until(text, next));
		text = slice_from(text, next + 1);
	}
	read_node(o, text);
}

/* --- "2097054 pages RAM" --- */

static const struct key page_keys[] = {
	{ "total pagecache pages", MEM(pagecache) },
	{ "pages in swap cache", MEM(swap_cached) },
	{ "pages RAM", MEM(ram) },
	{ "pages reserved", MEM(reserved) },
	{ "reserved pages", MEM(reserved) },
};

static int64_t *pages_field(struct oom_memory *m, struct slice text, int64_t *v)
{
	if (!slice_take_i64(&text, v) || *v < 0 || *v > VALUE_MAX || !slice_take_char(&text, ' '))
		return NULL;
	return field_of(m, page_keys, ARRAY_SIZE(page_keys), slice_trimmed(text));
}

bool oomlog_is_pages(struct slice text)
{
	struct oom_memory m;
	int64_t v;

	return pages_field(&m, text, &v) != NULL;
}

void oomlog_pages(struct oom_open *o, struct slice text)
{
	int64_t v, *to = pages_field(&o->e.mem, text, &v);

	if (to)
		oomlog_set(to, v);
}

/* "Free swap  = 0kB", "Total swap = 0kB" */
void oomlog_swap(struct oom_open *o, struct slice text)
{
	int64_t *to = slice_starts(text, "Free") ? &o->e.mem.swap_free : &o->e.mem.swap_total;
	int64_t v;

	if (!slice_past(&text, "="))
		return;
	slice_skip_blanks(&text);
	if (slice_take_i64(&text, &v) && v >= 0 && v <= VALUE_MAX)
		oomlog_set(to, v);
}

/* --- a cgroup's --- */

#define STAT(member) offsetof(struct oom_stats, member)
static const struct key stat_keys[] = {
	{ "anon", STAT(anon) },
	{ "rss", STAT(anon) },
	{ "file", STAT(file) },
	{ "cache", STAT(file) },
	{ "shmem", STAT(shmem) },
	{ "slab", STAT(slab) },
	{ "slab_unreclaimable", STAT(slab_unreclaimable) },
	{ "kernel_stack", STAT(kernel_stack) },
	{ "pagetables", STAT(pagetables) },
	{ "kernel", STAT(kernel) },
	{ "sock", STAT(sock) },
	{ "swap", STAT(swap) },
};

/* Cgroup 1 up to 5.2 has one line for each cgroup below the limit: they add up. */
void oomlog_stats(struct oom_open *o, struct slice text)
{
	struct slice word, name, unit;
	int64_t v, *to;

	o->memcg = o->e.has_stats = true;
	for (; slice_take_word(&text, &word); slice_skip_blanks(&text)) {
		if (!split_pair(word, &name, &v, &unit) || !slice_is(unit, "KB"))
			continue;
		to = field_of(&o->e.stats, stat_keys, ARRAY_SIZE(stat_keys), name);
		if (!to || v > VALUE_MAX / 1024)
			continue;
		oomlog_set(to, 0);
		if (*to < VALUE_MAX)
			*to += v * 1024;
	}
}

static int64_t *stat_field(struct oom_stats *stats, struct slice text, int64_t *v)
{
	struct slice word;

	if (!slice_take_word(&text, &word) || !slice_take_char(&text, ' ') ||
	    !slice_take_i64(&text, v) || text.n || *v < 0 || *v > VALUE_MAX)
		return NULL;
	return field_of(stats, stat_keys, ARRAY_SIZE(stat_keys), word);
}

/* "anon 31252480", in bytes */
bool oomlog_is_stat(struct slice text)
{
	struct oom_stats s;
	int64_t v;

	return stat_field(&s, text, &v) != NULL;
}

void oomlog_stat(struct oom_open *o, struct slice text)
{
	int64_t v, *to = stat_field(&o->e.stats, text, &v);

	if (to && o->e.has_stats)
		oomlog_set(to, v);
}

/* --- "kmalloc-512   12345KB   12400KB" --- */

static bool take_kb(struct slice *s, int64_t *out)
{
	slice_skip_blanks(s);
	return slice_take_i64(s, out) && *out >= 0 && *out <= VALUE_MAX && slice_take(s, "KB");
}

static bool read_slab(struct slice text, struct oom_slab *slab)
{
	struct slice name;

	if (!slice_take_word(&text, &name) || !slice_starts(text, " ") ||
	    !take_kb(&text, &slab->used) || !take_kb(&text, &slab->total) || slice_trimmed(text).n)
		return false;
	SLICE_COPY(name, slab->name);
	return true;
}

bool oomlog_is_slab(struct slice text)
{
	struct oom_slab slab;

	return text.n && text.s[text.n - 1] == 'B' && read_slab(text, &slab);
}

void oomlog_slab(struct oom_open *o, struct slice text)
{
	struct oom_event *e = &o->e;
	struct oom_slab slab = { 0 };
	size_t at = e->slabs;

	if (!read_slab(text, &slab))
		return;
	while (at && e->slab[at - 1].total < slab.total)
		at--;
	if (at == OOM_SLABS)
		return;
	if (e->slabs < OOM_SLABS)
		e->slabs++;
	memmove(&e->slab[at + 1], &e->slab[at], (e->slabs - at - 1) * sizeof(slab));
	e->slab[at] = slab;
}
