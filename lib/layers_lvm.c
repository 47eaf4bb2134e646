/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Logical volumes of several pieces, joined by device mapper from what their metadata says; and
 * those of any type that this machine has activated already.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "lib/dm.h"
#include "lib/layers_internal.h"
#include "lib/lvm.h"

#define SECTOR 512u

struct joining {
	struct layers *l;
	struct opening *o;
	const struct layer_wish *w;
	const char **path; /* of each physical volume, once it is needed */
	struct dm_piece *piece;
	size_t n;
};

static int path_of(struct joining *j, size_t pv, const char **out)
{
	const struct lvm_pv *p = &j->w->group->pv[pv];
	int e = 0;

	if (p->member == LVM_MISSING)
		return -ENODEV;
	if (!j->path[pv])
		e = layers_below(j->o, j->l, &j->l->d->p[j->w->part[p->member]], &j->path[pv]);
	*out = j->path[pv];
	return e;
}

/* "7:3 2048 7:4 2048": the device and the sector where each stripe begins. */
static int add_area(struct joining *j, const struct lvm_segment *s, size_t i, struct bytes *b)
{
	const struct lvm_pv *pv = &j->w->group->pv[s->area[i].pv];
	uint64_t from, each = s->extents / s->n;
	const char *path;
	struct stat st;
	int e = path_of(j, s->area[i].pv, &path);

	if (e < 0)
		return e;
	if (s->area[i].extent > pv->extents || each > pv->extents - s->area[i].extent ||
	    __builtin_mul_overflow(s->area[i].extent, j->w->group->extent, &from) ||
	    __builtin_add_overflow(from, pv->start, &from))
		return -ERANGE;
	if (stat(path, &st) < 0)
		return -errno;
	bytes_addf(b, "%s%u:%u %llu", b->len ? " " : "", major(st.st_rdev), minor(st.st_rdev),
		   (unsigned long long)from / SECTOR);
	return 0;
}

static int add_piece(struct joining *j, const struct lvm_segment *s)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	struct dm_piece *p = &j->piece[j->n++];
	int e = 0;

	if (s->extents % s->n || (s->n > 1 && !s->stripe) ||
	    __builtin_mul_overflow(s->start, j->w->group->extent, &p->start) ||
	    __builtin_mul_overflow(s->extents, j->w->group->extent, &p->len))
		return -ERANGE;
	p->start /= SECTOR;
	p->len /= SECTOR;
	for (size_t i = 0; e == 0 && i < s->n; i++)
		e = add_area(j, s, i, &b);
	if (e < 0)
		return e;
	p->type = s->n > 1 ? "striped" : "linear";
	p->words = arena_strdup(j->l->a, b.data);
	if (s->n > 1)
		p->words = arena_printf(j->l->a, "%zu %llu %s", s->n,
					(unsigned long long)s->stripe / SECTOR, b.data);
	return 0;
}

static int create(struct joining *j, const char *name, const char **node)
{
	struct layers *l = j->l;
	dev_t dev;
	int e = 0;

	j->path = arena_alloc(l->a, (j->w->group->n_pv + 1) * sizeof(*j->path));
	j->piece = arena_alloc(l->a, (j->w->lv->n + 1) * sizeof(*j->piece));
	for (size_t i = 0; e == 0 && i < j->w->lv->n; i++)
		e = add_piece(j, &j->w->lv->segment[i]);
	if (e == 0)
		e = dm_create(name, j->piece, j->n, l->access == LOOK ? DM_READ : DM_WRITE, &dev);
	if (e == 0)
		*node = arena_printf(l->a, "/dev/dm-%u", minor(dev));
	return e;
}

static int join(struct layers *l, const struct layer_wish *w)
{
	_cleanup_free_ char *name = layers_name(l);
	struct joining j = { .l = l, .w = w };
	const char *node = NULL;
	int e = layers_begin(l, dm_remove, name, &j.o);

	if (e < 0)
		return e;
	e = create(&j, name, &node);
	if (e < 0) {
		layers_undo(j.o);
		return e;
	}
	e = layers_end(l, j.o, node, &w->layer);
	if (e == 0)
		dm_remove_when_closed(name);
	return e;
}

static bool is_open(const struct layers *l, const struct layer_wish *w)
{
	for (size_t i = 0; i < l->n_openings; i++) {
		const char *lv = l->opening[i]->layer.lv;

		if (lv && streq(lv, w->layer.lv))
			return true;
	}
	return false;
}

static bool use_active(struct layers *l, const struct layer_wish *w)
{
	struct opening *o;

	return layers_begin(l, NULL, NULL, &o) == 0 && layers_end(l, o, w->node, &w->layer) == 0;
}

bool layers_open_lvm(struct layers *l)
{
	/* Asking loads the driver. */
	bool any = false, can_join = l->d->n_wishes && dm_is_there();

	for (size_t i = 0; i < l->d->n_wishes; i++) {
		const struct layer_wish *w = &l->d->wish[i];

		if (is_open(l, w))
			continue;
		if (w->node)
			any |= use_active(l, w);
		else if (can_join && !(w->layer.look_only && l->access == CHANGE))
			any |= join(l, w) == 0;
	}
	return any;
}
