/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/grub_parts.h"
#include "lib/cmdline.h"
#include "lib/grubdefaults.h"

/* A value of root= with the entries of this system that have it. */
struct named {
	const char *value;
	size_t *entry;
	size_t entries;
	size_t shown;	 /* the entry whose line is shown */
	bool is_default; /* the default entry is among them */
	bool initrd;	 /* all of them load an initramfs, which can look up a UUID */
	bool old_ide;	 /* some of their kernels have the old IDE drivers */
};

static const char *kernel_version(const struct bootentry *e)
{
	const char *name = strrchr(e->kernel.word, '/'), *dash = name ? strchr(name, '-') : NULL;

	return dash ? dash + 1 : NULL;
}

static void gather(struct grub *g, struct named *x)
{
	x->entry = arena_alloc(g->s->arena, (g->menu.n + 1) * sizeof(*x->entry));
	x->initrd = true;
	for (size_t i = 0; i < g->menu.n; i++) {
		const struct bootentry *e = &g->menu.entry[i];
		const char *version = kernel_version(e);

		if (!e->ours || !streq_null(e->root, x->value))
			continue;
		x->entry[x->entries++] = i;
		x->initrd &= e->initrds > 0;
		x->old_ide |= version && grub_has_old_ide(version);
		if (e->is_default)
			x->shown = i;
		x->is_default |= e->is_default;
	}
}

/* --- judging --- */

enum verdict {
	FITS,
	FITS_BY_NAME, /* a driver's name, for the right partition or one that cannot be judged */
	DEAD,	      /* nothing answers to it */
	HIDDEN,	      /* nothing seen does, but not all could be read */
	NO_SYSTEM,    /* a partition that cannot be the root */
	OTHER_DISK,   /* a driver's name, for a disk that was not given */
	NO_DRIVER,    /* /dev/hda1 */
};

static bool is_on_first_disk(const char *spec)
{
	static const char *const first[] = { "/dev/sda",     "/dev/vda", "/dev/xvda",
					     "/dev/nvme0n1", "/dev/hda", "/dev/mmcblk0" };

	for (size_t i = 0; i < ARRAY_SIZE(first); i++) {
		if (startswith(spec, first[i]))
			return true;
	}
	return false;
}

/* A whole disk with a file system and no table has whatever name the hypervisor gives it. */
static bool is_without_table(const struct devices *d)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->p[i].number == 0)
			return true;
	}
	return false;
}

static bool cannot_be_root(const struct partition *p)
{
	static const enum role roles[] = { ROLE_SWAP, ROLE_BOOT, ROLE_ESP, ROLE_BIOS_BOOT,
					   ROLE_EXTENDED };

	for (size_t i = 0; i < ARRAY_SIZE(roles); i++) {
		if (p->role == roles[i])
			return true;
	}
	return false;
}

static enum verdict judge_name(const struct devices *d, const struct named *x)
{
	const struct partition *p = NULL;

	if (startswith(x->value, "/dev/hd"))
		return x->old_ide ? FITS_BY_NAME : NO_DRIVER;
	if (!d->known || is_without_table(d))
		return FITS_BY_NAME;
	switch (devices_find(d, x->value, &p)) {
	case SPEC_FOUND:
		return cannot_be_root(p) ? NO_SYSTEM : FITS_BY_NAME;
	case SPEC_ABSENT:
		return is_on_first_disk(x->value) ? DEAD : OTHER_DISK;
	case SPEC_UNKNOWN:
		break;
	}
	return FITS_BY_NAME;
}

static enum verdict judge(const struct grub *g, const struct named *x)
{
	const struct facts *f = g->s->facts;
	const struct devices *d = f->devices;
	const struct partition *p = NULL;

	if (spec_is_kernel_name(x->value))
		return judge_name(d, x);
	/* Other paths say nothing, but for a logical volume that is not there. */
	if (!d->known ||
	    (!spec_is_judgeable(x->value) && devices_find(d, x->value, &p) != SPEC_ABSENT))
		return FITS;
	switch (devices_find(d, x->value, &p)) {
	case SPEC_FOUND:
		return p != f->root_part && cannot_be_root(p) ? NO_SYSTEM : FITS;
	case SPEC_ABSENT:
		if (bootmenu_root_is_inside(&g->at, x->value))
			return FITS;
		return d->complete ? DEAD : HIDDEN;
	case SPEC_UNKNOWN:
		break;
	}
	return FITS;
}

/* --- mending --- */

/* "root=UUID=…"; without an initramfs the kernel itself only knows a PARTUUID. */
static const char *right_root(struct grub *g, const struct named *x)
{
	const struct partition *p = g->s->facts->root_part;
	const char *right = NULL;

	if (x->initrd)
		right = facts_root_arg(g->s->arena, g->s->facts);
	else if (p && p->partuuid)
		right = scan_printf(g->s, "root=PARTUUID=%s", p->partuuid);
	return right && cmdline_is_plain(right) ? right : NULL;
}

static void mend_defaults(struct grub *g, struct finding *f, const char *was, const char *right)
{
	const struct text *t = scan_text(g->s, "/etc/default/grub");

	for (size_t n = 1; t && n <= t->lines; n++) {
		const char *s = text_line(t, n), *to = NULL;

		if (startswith(s + strspn(s, " \t"), "GRUB_CMDLINE_LINUX"))
			to = cmdline_replace(g->s->arena, s, was, right);
		if (to)
			propose_line(f, t, n, "%s", to);
	}
}

static void mend(struct grub *g, struct finding *f, const struct named *x)
{
	const char *right = right_root(g, x), *was = scan_printf(g->s, "root=%s", x->value);

	for (size_t i = 0; right && i < x->entries; i++) {
		const struct bootentry *e = &g->menu.entry[x->entry[i]];

		grub_replace(g, f, e->line, e->last_line, was, right);
	}
	if (f->edits && !g->menu.legacy)
		mend_defaults(g, f, was, right);
	if (!f->edits)
		finding_safety(f, FIX_NONE);
}

/* --- saying it --- */

static const struct {
	const struct problem *problem;
	const char *detail; /* with the value and the entries */
	enum severity of_default, of_others;
	enum safety safety;
} sayings[] = {
	[FITS_BY_NAME] = { &grub_root_devname, "root '%s' is a name the driver gives (%s)", NOTE,
			   NOTE, FIX_ASK },
	[DEAD] = { &grub_root_unknown, "no partition answers to %s (%s)", STOPS_BOOT, DEGRADES,
		   FIX_SAFE },
	[HIDDEN] = { &grub_root_unknown,
		     "no partition seen answers to %s, but not all could be read (%s)", NOTE, NOTE,
		     FIX_ASK },
	[NO_SYSTEM] = { &grub_root_unknown, "%s is a partition without a system (%s)", STOPS_BOOT,
			DEGRADES, FIX_SAFE },
	[OTHER_DISK] = { &grub_root_devname, "root '%s' is on a disk that is not here (%s)",
			 DEGRADES, DEGRADES, FIX_ASK },
	[NO_DRIVER] = { &grub_root_devname, "no driver makes the root '%s' (%s)", STOPS_BOOT,
			DEGRADES, FIX_SAFE },
};

static void report(struct grub *g, const struct named *x, enum verdict v)
{
	const struct bootentry *e = &g->menu.entry[x->shown];
	const char *entries = grub_entries(g, x->entry, x->entries);
	struct finding *f;

	f = scan_find(g->s, sayings[v].problem, g->menu.text->path, sayings[v].detail, x->value,
		      entries);
	finding_at(f, g->menu.text, e->kernel.line);
	finding_severity(f, x->is_default ? sayings[v].of_default : sayings[v].of_others);
	finding_safety(f, sayings[v].safety);
	mend(g, f, x);
}

/* Some entry before this one has the same value. */
static bool was_seen(const struct grub *g, size_t index)
{
	const struct bootentry *e = g->menu.entry;

	for (size_t i = 0; i < index; i++) {
		if (e[i].ours && streq_null(e[i].root, e[index].root))
			return true;
	}
	return false;
}

void grub_look_root(struct grub *g)
{
	for (size_t i = 0; i < g->menu.n; i++) {
		const struct bootentry *e = &g->menu.entry[i];
		struct named x = { .value = e->root, .shown = i };
		enum verdict v;

		if (!e->ours || !e->root || !*e->root || strchr(e->root, '$') || was_seen(g, i))
			continue;
		gather(g, &x);
		v = judge(g, &x);
		if (v != FITS)
			report(g, &x, v);
	}
}
