/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The drivers that are missing, from the root into the initramfs: all of them at once. */
#include "checks/initramfs_parts.h"

static const struct initramfs_add *made_once(struct initramfs_look *l)
{
	if (l->add)
		return l->add;
	l->add = arena_new_struct(l->s->arena, struct initramfs_add);
	initramfs_add_begin(l->add, &l->d);
	initramfs_want_all(l, l->add);
	initramfs_add_make(l->add);
	return l->add;
}

static bool propose_add(struct initramfs_look *l, struct finding *f)
{
	const struct initramfs_add *a = made_once(l);
	char size[32];

	if (!a->data) {
		finding_choice(f, "the drivers cannot be put into it from the root: %s", a->why);
		return false;
	}
	propose_append(f, l->k->initrd, a->size, a->data, a->len);
	if (!a->unproven)
		return true;
	finding_safety(f, FIX_ASK);
	finding_choice(f,
		       "--fix=%s puts %zu modules of the root behind it (%s more); not every "
		       "kernel reads what stands behind %s data",
		       f->problem->id, a->modules, format_size(a->len, size, sizeof(size)),
		       l->i->compression);
	return true;
}

void initramfs_propose(struct initramfs_look *l, struct finding *f,
		       bool (*passes)(struct initramfs_look *l, const struct kernel *k))
{
	if (propose_add(l, f) || initramfs_move_default(l, f, passes) || l->add->nowhere)
		return;
	initramfs_rebuild(l, f);
}
