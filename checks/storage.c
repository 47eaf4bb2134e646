/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands between the disk and its file systems: LUKS, md and LVM, as their files say. */
#include "checks/storage_parts.h"
#include "lib/cmdline.h"
#include "lib/fstab_meant.h"
#include "lib/loader_default.h"

static const struct problem *const problems[] = { &crypttab_device, &mdadm_array, &lvm_filter,
						  NULL };

bool storage_root_is_plain(const struct storage_look *l)
{
	const struct partition *root = l->s->facts->root_part;

	return root && !root->layer && root->number >= 0;
}

static bool is_named(const char *spec, const char *const names[])
{
	for (size_t i = 0; names[i]; i++) {
		size_t n = strlen(names[i]);

		if (names[i][n - 1] == '*' ? strncmp(spec, names[i], n - 1) == 0
					   : streq(spec, names[i]))
			return true;
	}
	return false;
}

static bool is_root(const struct fstab_entry *e)
{
	return !e->swap && streq(e->where, "/");
}

enum storage_need storage_needs(const struct storage_look *l, const char *const names[])
{
	enum storage_need need = STORAGE_NOTHING;

	if (l->root_arg && is_named(l->root_arg, names))
		return STORAGE_REQUIRED;
	for (size_t i = 0; i < l->tab.n; i++) {
		const struct fstab_entry *e = &l->tab.e[i];

		if (e->bad || !is_named(e->spec, names))
			continue;
		if (is_root(e) || fstab_critical_for(e, l->how) == CRIT_REQUIRED)
			return STORAGE_REQUIRED;
		if (!e->noauto)
			need = STORAGE_WANTED;
	}
	return need;
}

void storage_tolerate(const struct storage_look *l, struct finding *f, const char *const names[])
{
	for (size_t i = 0; i < l->tab.n; i++) {
		const struct fstab_entry *e = &l->tab.e[i];

		if (e->bad || is_root(e) || !is_named(e->spec, names) ||
		    fstab_critical_for(e, l->how) != CRIT_REQUIRED)
			continue;
		propose_line(f, l->fstab, e->line, "%s",
			     fstab_tolerate(l->s->arena, text_line(l->fstab, e->line), e, l->how));
	}
}

static void run(struct scan *s)
{
	struct storage_look l = { .s = s, .d = s->facts->devices };
	const struct boot_choice *choice;

	/* Without a word on the disk nothing can be called hidden. */
	if (!l.d->known)
		return;
	choice = loader_default(s);
	if (choice && choice->args)
		l.root_arg = cmdline_get(s->arena, choice->args, "root");
	l.how = fstab_meant_mounter(s->root, s->facts);
	l.fstab = scan_text(s, "/etc/fstab");
	if (l.fstab)
		fstab_parse(s->arena, l.fstab, &l.tab);
	storage_crypttab(&l);
	storage_mdadm(&l);
	storage_lvm(&l);
}

const struct check storage_check = {
	.name = "storage",
	.summary = "what crypttab, mdadm.conf and lvm.conf make of the disk",
	.problems = problems,
	.run = run,
};
