/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two lines that want the same mount point or the same device. */
#include "checks/fstab_parts.h"
#include "lib/fstab_words.h"
#include "lib/paths.h"

static bool may_stand_twice(const struct fstab_entry *e)
{
	return e->swap || e->bind || e->noauto || e->bad || !*e->where ||
	       fstab_is_api_mount(e->where) || fstab_words_is_virtual_type(e->type) ||
	       fstab_option(e->options, "subvol", NULL) ||
	       fstab_option(e->options, "subvolid", NULL);
}

void fstab_find_places(struct fstab_view *v)
{
	v->place = arena_alloc(v->s->arena, (v->tab.n + 1) * sizeof(*v->place));
	for (size_t i = 0; i < v->tab.n && i < FSTAB_LINES_MAX; i++) {
		const struct fstab_entry *e = &v->tab.e[i];
		struct fstab_spot *p = &v->place[i];

		p->single = !may_stand_twice(e);
		if (!p->single)
			continue;
		p->target = paths_real_or_same(v->s->root, v->s->arena, e->where);
		if (devices_find(v->d, e->spec, &p->p) != SPEC_FOUND)
			p->p = NULL;
	}
}

static void same_target(struct fstab_view *v, const struct fstab_entry *x,
			const struct fstab_entry *e)
{
	const struct partition *p;
	bool first_is_dead = devices_find(v->d, x->spec, &p) == SPEC_ABSENT &&
			     devices_find(v->d, e->spec, &p) != SPEC_ABSENT;
	const struct fstab_entry *out = first_is_dead ? x : e;
	struct finding *f =
		fstab_find_at(v, &fstab_duplicate_target, e,
			      scan_printf(v->s, "line %zu mounts at '%s' too", x->line, e->target));

	finding_choice(f, "make line %zu a comment", out->line);
	finding_choice(f, "make line %zu a comment", out == e ? x->line : e->line);
	propose_comment(f, v->t, out->line);
}

static void same_device(struct fstab_view *v, const struct fstab_entry *x,
			const struct fstab_entry *e, const struct partition *p)
{
	struct finding *f;

	/* A line for / that names another partition has its own finding. */
	if ((p->type && streq(p->type, "btrfs")) ||
	    ((fstab_is_root(x) || fstab_is_root(e)) && p != v->s->facts->root_part))
		return;
	f = fstab_find_at(v, &fstab_duplicate_uuid_line, e,
			  scan_printf(v->s, "line %zu mounts %s at '%s' already", x->line,
				      partition_describe(v->s->arena, p), x->target));
	finding_choice(f, "make line %zu a comment", e->line);
	finding_choice(f, "make line %zu a comment", x->line);
	propose_comment(f, v->t, e->line);
}

void fstab_judge_pair(struct fstab_view *v, const struct fstab_entry *e)
{
	const struct fstab_spot *at = &v->place[e - v->tab.e];

	for (const struct fstab_spot *x = v->place; x < at && at->single; x++) {
		const struct fstab_entry *earlier = &v->tab.e[x - v->place];

		if (!x->single)
			continue;
		if (streq(x->target, at->target)) {
			same_target(v, earlier, e);
			return;
		}
		if (at->p && at->p == x->p) {
			same_device(v, earlier, e, at->p);
			return;
		}
	}
}
