/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Logical volumes as partitions. One that lies in one piece is just that piece of its physical
 * volume, so no device mapper is needed to look at it or to repair it; where this machine has it
 * activated already, its node is used.
 */
#include <unistd.h>

#include "lib/lvm.h"
#include "lib/partitions_internal.h"
#include "lib/sysfs.h"
#include "lib/volume.h"

#define NAMES 4

struct members {
	struct lvm_member *m; /* m[i].uuid NULL: it could not be read */
	size_t *part;	      /* index in the devices */
	size_t n;
};

static bool is_member(const struct partition *p)
{
	return p->role == ROLE_LVM && !p->opened;
}

static int read_member(struct probing *s, const struct partition *p, struct lvm_member *out)
{
	uint64_t start;
	_cleanup_close_ int fd = volume_bytes(s->disks[p->disk], p, &start);

	return fd < 0 ? fd : lvm_member_read(fd, start, p->size, s->a, out);
}

static void read_members(struct probing *s, struct members *ms)
{
	size_t n = s->out->n;

	*ms = (struct members){ .m = arena_alloc(s->a, (n + 1) * sizeof(*ms->m)),
				.part = arena_alloc(s->a, (n + 1) * sizeof(*ms->part)) };
	for (size_t i = 0; i < n; i++) {
		struct partition *p = &s->out->p[i];

		if (!is_member(p))
			continue;
		if (read_member(s, p, &ms->m[ms->n]) < 0)
			p->error = "an LVM physical volume whose label or metadata is damaged; see "
				   "'pvck' and 'vgcfgrestore'";
		ms->part[ms->n++] = i;
	}
}

/* --- one logical volume --- */

static const char *const *names_of(struct arena *a, const struct lvm_group *g,
				   const struct lvm_lv *lv)
{
	const char **names = arena_alloc(a, (NAMES + 1) * sizeof(*names));
	const char *mapped = lvm_mapper_name(a, g, lv);

	names[0] = arena_printf(a, "/dev/mapper/%s", mapped);
	names[1] = arena_printf(a, "/dev/%s/%s", g->name, lv->name);
	names[2] = arena_printf(a, "/dev/disk/by-id/dm-name-%s", mapped);
	names[3] = arena_printf(a, "/dev/disk/by-id/dm-uuid-LVM-%s%s", g->uuid, lv->uuid);
	return names;
}

/* The node where this machine has activated it; not that of a clone with the same UUID. */
static const char *active_node(struct probing *s, const struct lvm_group *g,
			       const struct lvm_lv *lv, const struct disk *d)
{
	if (!d->block)
		return NULL;
	return sysfs_mapped(s->a, arena_printf(s->a, "LVM-%s%s", g->uuid, lv->uuid), d->rdev);
}

/* It is a TARGET besides, or was opened: then it only lacks its names. */
static bool is_there(struct probing *s, const struct lvm_group *g, const struct lvm_lv *lv,
		     const char *node, const char *const *names)
{
	for (size_t i = 0; i < s->out->n; i++) {
		struct partition *p = &s->out->p[i];
		const struct layer *l = s->disks[p->disk]->layer;
		bool same = l && l->lv && streq(l->lv, lv->uuid);

		/* A TARGET of its own is known by its node. */
		same |= node && p->node && streq(p->node, node);
		if (!same)
			continue;
		p->names = names;
		p->group = g->name;
		p->in |= ROLE_BIT(ROLE_LVM);
		return true;
	}
	return false;
}

static const char *look_only(struct probing *s, const struct lvm_group *g, const struct lvm_lv *lv)
{
	if (!lv->writable)
		return "the logical volume is set read-only";
	if (lv->has_snapshots)
		return arena_printf(s->a, "it has snapshots; run 'vgchange -ay %s' first", g->name);
	return NULL;
}

/* Device mapper can join the pieces, or has it already, whatever its type. */
static void wish(struct probing *s, const struct members *ms, const struct lvm_group *g,
		 const struct lvm_lv *lv, const char *const *names)
{
	struct layer_wish w = { .group = g, .lv = lv, .part = ms->part };

	for (size_t i = 0; i < g->n_pv && !w.node; i++) {
		if (g->pv[i].member != LVM_MISSING)
			w.node = active_node(s, g, lv,
					     s->disks[s->out->p[ms->part[g->pv[i].member]].disk]);
	}
	if (!w.node && lvm_obstacle(s->a, g, lv))
		return;
	w.layer =
		(struct layer){ .what = arena_printf(s->a, "logical volume %s/%s", g->name,
						     lv->name),
				.names = names,
				.lv = lv->uuid,
				.look_only = w.node && lv->writable ? NULL : look_only(s, g, lv) };
	ARENA_GROW(s->a, s->wish, s->out->n_wishes, s->wishes_cap);
	s->wish[s->out->n_wishes++] = w;
	s->out->wish = s->wish;
}

/* NULL: it is among the partitions; else why it is not. */
static const char *add_volume(struct probing *s, const struct members *ms,
			      const struct lvm_group *g, const struct lvm_lv *lv)
{
	const char *const *names = names_of(s->a, g, lv), *why = lvm_obstacle(s->a, g, lv);
	struct partition p = { .number = s->last_layer - 1, .names = names };
	const struct partition *pv;
	struct lvm_place at;

	if (is_there(s, g, lv, NULL, names))
		return NULL;
	if (why || !lvm_place(s->a, g, lv, &at)) {
		wish(s, ms, g, lv, names);
		if (why)
			return why;
		return lv->has_snapshots ? "it lies in several pieces and has snapshots"
					 : "it lies in several pieces, which needs device mapper";
	}
	pv = &s->out->p[ms->part[at.pv->member]];
	if (at.size > pv->size || at.start > pv->size - at.size)
		return "it lies outside its physical volume";
	if (s->out->n >= PARTITIONS_MAX)
		return "there are too many";
	p.layer = arena_printf(s->a, "logical volume %s/%s", g->name, lv->name);
	p.disk = s->index = pv->disk;
	s->disk = s->disks[pv->disk];
	p.start = pv->start + at.start;
	p.size = at.size;
	p.node = active_node(s, g, lv, s->disk);
	if (p.node && is_there(s, g, lv, p.node, names))
		return NULL;
	p.group = g->name;
	p.in = ROLE_BIT(ROLE_LVM);
	p.within = pv->node;
	p.within_start = at.start;
	p.look_only = p.node && lv->writable ? NULL : look_only(s, g, lv);
	s->last_layer--;
	partitions_fill(s, &p);
	/* A guest's disk: not of this system. */
	if (p.role == ROLE_LVM) {
		p.opened = true;
		p.error = NULL;
		p.group = NULL;
	}
	partitions_add(s, &p);
	return NULL;
}

/* --- groups --- */

static bool holds_files(const struct lvm_lv *lv)
{
	return lv->visible && !lv->is_store && !streq(lv->segment[0].type, "thin-pool") &&
	       !streq(lv->segment[0].type, "cache-pool");
}

/* What was not shown, on every physical volume that is here: a NULL text is good news. */
static void judge_members(struct probing *s, const struct members *ms, const struct lvm_group *g,
			  const char *hidden)
{
	for (size_t i = 0; i < g->n_pv; i++) {
		struct partition *p;

		if (g->pv[i].member == LVM_MISSING)
			continue;
		p = &s->out->p[ms->part[g->pv[i].member]];
		p->opened = hidden == NULL;
		p->error = hidden;
		p->group = g->name;
	}
}

static void add_names(struct probing *s, const struct lvm_group *g)
{
	const char **all = arena_alloc(s->a, (g->n_lv * NAMES + 1) * sizeof(*all));
	struct lvm_lv none = { .name = "" };
	struct volume_names v = { .name = g->name, .names = all };

	for (size_t i = 0; i < g->n_lv; i++)
		memcpy(all + i * NAMES, names_of(s->a, g, &g->lv[i]), NAMES * sizeof(*all));
	v.dir = arena_printf(s->a, "/dev/%s/", g->name);
	v.mapper = arena_printf(s->a, "/dev/mapper/%s", lvm_mapper_name(s->a, g, &none));
	ARENA_GROW(s->a, s->group, s->out->n_groups, s->groups_cap);
	s->group[s->out->n_groups++] = v;
	s->out->group = s->group;
}

static void add_group(struct probing *s, const struct members *ms, const struct lvm_group *g)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	size_t hidden = 0;

	for (size_t i = 0; i < g->n_lv; i++) {
		const char *why = holds_files(&g->lv[i]) ? add_volume(s, ms, g, &g->lv[i]) : NULL;

		if (why && hidden++ == 0)
			bytes_addf(&b, "logical volume %s/%s is not read: %s", g->name,
				   g->lv[i].name, why);
	}
	if (hidden > 1)
		bytes_addf(&b, " (and %zu more)", hidden - 1);
	if (hidden)
		bytes_addf(&b, "; run 'vgchange -ay %s' and give it as one more TARGET", g->name);
	add_names(s, g);
	judge_members(s, ms, g, hidden ? arena_memdup(s->a, b.data, b.len) : NULL);
}

/* A label, and no group yet: there is nothing in it. */
static bool is_blank(const struct lvm_group *g, size_t n, const struct members *ms, size_t member)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < g[i].n_pv; k++) {
			if (g[i].pv[k].member == member)
				return false;
		}
	}
	return ms->m[member].uuid && ms->m[member].blank;
}

void partitions_add_lvm(struct probing *s)
{
	struct lvm_group *g;
	struct members ms;
	size_t n;

	read_members(s, &ms);
	n = lvm_groups(s->a, ms.m, ms.n, &g);
	for (size_t i = 0; i < n; i++)
		add_group(s, &ms, &g[i]);
	for (size_t i = 0; i < ms.n; i++) {
		struct partition *p = &s->out->p[ms.part[i]];

		if (!is_blank(g, n, &ms, i))
			continue;
		p->opened = true;
		p->error = NULL;
	}
}
