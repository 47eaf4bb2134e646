/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/grub_parts.h"
#include "lib/cmdline.h"

/* A value that leads to no partition, or to the wrong one, with all that say so. */
struct lost {
	const struct bootplace *first; /* the line to show */
	size_t *entry;		       /* indexes of the menu's entries that say it */
	size_t entries;
	size_t lines;	 /* how many lines say it */
	bool is_default; /* the default entry is among them */
	bool goes_on;	 /* that one still gets at its kernel, after an error */
	bool header;	 /* it stands outside of entries too */
	bool absent;	 /* no partition answers; else another one does */
};

static bool is_tag(const struct bootplace *p)
{
	return p->kind == SEARCH_UUID || p->kind == SEARCH_LABEL;
}

static bool same_value(const struct bootplace *a, const struct bootplace *b)
{
	return a->value && b->value && a->kind == b->kind && strcasecmp(a->value, b->value) == 0;
}

/* The line is at fault: nothing answers to it, or what does has not got the file. */
static bool is_lost(const struct bootentry *e, const struct bootplace *p)
{
	if (!p->value || !p->var || !p->runs)
		return false;
	if (is_tag(p) && p->match == SPEC_ABSENT)
		return true;
	if (!e || !p->in_effect)
		return false;
	return e->kernel.state == BOOTFILE_ELSEWHERE || p->match == SPEC_ABSENT;
}

/*
 * A search in vain leaves GRUB's root as it was: set by number, or the partition the menu was read
 * from (tried with GRUB 2.06: an error, "Press any key", ten seconds, and the kernel starts).
 */
static bool goes_on(const struct grub *g, const struct bootentry *e)
{
	bool named = false;

	if (e->kernel.state != BOOTFILE_OK)
		return false;
	for (size_t i = 0; i < e->places; i++) {
		if (e->place[i].in_effect && e->place[i].match == SPEC_FOUND)
			return true;
		named |= e->place[i].in_effect;
	}
	/* The first grub.cfg of an EFI system may have left it at the ESP. */
	return !named && !g->menu.legacy && g->s->facts->firmware == FIRMWARE_BIOS;
}

/* The same for the lines before blscfg. */
static bool header_goes_on(const struct grub *g)
{
	const struct partition *boot = bootmenu_boot_part(g->s->facts);

	for (size_t i = 0; i < g->menu.headers; i++) {
		const struct bootplace *p = &g->menu.header[i];

		if (p->kind == SEARCH_SET_ROOT && p->runs && p->part && p->part == boot)
			return true;
	}
	return g->s->facts->firmware == FIRMWARE_BIOS;
}

/* Adds the entry, when it says the value at all. */
static void gather_entry(struct grub *g, struct lost *l, size_t index)
{
	const struct bootentry *e = &g->menu.entry[index];
	size_t lines = 0;

	for (size_t i = 0; e->ours && i < e->places; i++)
		lines += same_value(&e->place[i], l->first);
	if (!lines)
		return;
	l->lines += lines;
	l->entry[l->entries++] = index;
	l->is_default |= e->is_default;
	l->goes_on |= e->is_default && goes_on(g, e);
}

static void gather(struct grub *g, struct lost *l)
{
	l->absent = l->first->match == SPEC_ABSENT;
	l->entry = arena_alloc(g->s->arena, (g->menu.n + 1) * sizeof(*l->entry));
	for (size_t i = 0; i < g->menu.n; i++)
		gather_entry(g, l, i);
	for (size_t i = 0; i < g->menu.headers; i++) {
		if (same_value(&g->menu.header[i], l->first)) {
			l->header = true;
			l->lines++;
		}
	}
}

/* --- what it should say --- */

/* A FAT's serial number, as in 12AB-34CD: only the ESP has one. */
static bool is_fat_uuid(const char *s)
{
	return strlen(s) == 9 && s[4] == '-';
}

/* The value is also what the kernel gets as its root. */
static bool is_root_too(const struct grub *g, const char *value)
{
	for (size_t i = 0; i < g->menu.n; i++) {
		const char *root = g->menu.entry[i].root,
			   *uuid = root ? after(root, "UUID=") : NULL;

		if (uuid && strcasecmp(uuid, value) == 0)
			return true;
	}
	return false;
}

/* The partition meant; NULL: it cannot be told. */
static const struct partition *meant(const struct grub *g, const struct lost *l)
{
	const struct facts *f = g->s->facts;
	const struct partition *boot = bootmenu_boot_part(f);
	bool fat = l->first->kind == SEARCH_UUID && is_fat_uuid(l->first->value);

	if (fat && (!boot || !boot->type || !streq(boot->type, "vfat")))
		return devices_by_role(f->devices, ROLE_ESP);
	if (l->entries || g->l.kind == LOADER_BLS || boot == f->root_part)
		return boot;
	/* Only the header says it, where fonts are looked up: on the root. */
	return is_root_too(g, l->first->value) ? f->root_part : NULL;
}

/* How the number is written: "hd0,gpt2" (in brackets as before), or from 0 for GRUB legacy. */
static const char *number_of(const struct grub *g, const struct partition *p, const char *was)
{
	const char *table = g->s->facts->devices->pttype;
	bool brackets = *was == '(';

	if (p->number <= 0 || p->disk != 0)
		return NULL;
	if (g->menu.legacy)
		return scan_printf(g->s, "hd0,%d", p->number - 1);
	table = !table ? "" : streq(table, "gpt") ? "gpt" : "msdos";
	return scan_printf(g->s, "%shd0,%s%d%s", brackets ? "(" : "", table, p->number,
			   brackets ? ")" : "");
}

/* The word of a line that names a device. */
static const char *as_written(struct grub *g, const char *device)
{
	return scan_printf(g->s, g->menu.legacy ? "(%s)" : "root=%s", device);
}

/* One line: the wrong word and what becomes of it. */
static void mend_line(struct grub *g, struct finding *f, const struct bootplace *p,
		      const struct partition *to)
{
	const struct text *t = g->menu.text;
	const char *line = text_line(t, p->line), *mended = NULL, *number;
	struct arena *a = g->s->arena;

	if (p->kind == SEARCH_UUID && to->uuid && cmdline_is_plain(to->uuid)) {
		mended = cmdline_replace(a, line, p->value, to->uuid);
	} else if (p->kind == SEARCH_LABEL && to->label && cmdline_is_plain(to->label)) {
		mended = cmdline_replace(a, line, p->value, to->label);
	} else if (p->kind == SEARCH_SET_ROOT && (number = number_of(g, to, p->value))) {
		mended = cmdline_replace(a, line, as_written(g, p->value), as_written(g, number));
	}
	if (mended)
		propose_line(f, t, p->line, "%s", mended);
}

static void mend_places(struct grub *g, struct finding *f, const struct lost *l,
			const struct bootplace *p, size_t n, const struct partition *to)
{
	for (size_t i = 0; i < n; i++) {
		if (same_value(&p[i], l->first))
			mend_line(g, f, &p[i], to);
	}
}

static void mend(struct grub *g, struct finding *f, const struct lost *l)
{
	const struct partition *to = meant(g, l);

	if (to) {
		mend_places(g, f, l, g->menu.header, g->menu.headers, to);
		for (size_t i = 0; i < l->entries; i++) {
			const struct bootentry *e = &g->menu.entry[l->entry[i]];

			mend_places(g, f, l, e->place, e->places, to);
		}
	}
	if (!f->edits)
		finding_safety(f, FIX_NONE);
	else if (!g->s->facts->devices->complete)
		finding_safety(f, FIX_ASK);
}

/* --- saying it --- */

static const char *kind_name(const struct grub *g, const struct bootplace *p)
{
	if (p->kind == SEARCH_SET_ROOT)
		return g->menu.legacy ? "root" : "set root=";
	return p->kind == SEARCH_UUID ? "UUID" : "label";
}

static const char *describe(struct grub *g, const struct lost *l)
{
	const struct bootplace *p = l->first;
	const char *what = kind_name(g, p), *lines = "";

	if (l->lines > 1)
		lines = scan_printf(g->s, " (%zu lines)", l->lines);
	if (!g->s->facts->devices->complete && l->absent)
		return scan_printf(g->s,
				   "no partition seen has %s '%s', but not all could be read%s",
				   what, p->value, lines);
	if (l->absent)
		return p->kind == SEARCH_SET_ROOT
			       ? scan_printf(g->s, "there is no partition '%s'%s", p->value, lines)
			       : scan_printf(g->s, "no partition has %s '%s'%s", what, p->value,
					     lines);
	return scan_printf(g->s, "%s '%s' is not the partition that holds /boot%s", what, p->value,
			   lines);
}

static enum severity severity_of(const struct grub *g, const struct lost *l)
{
	if (!g->s->facts->devices->complete && l->absent)
		return NOTE;
	if (l->is_default)
		return l->goes_on ? DEGRADES : STOPS_BOOT;
	if (g->l.kind == LOADER_BLS && l->header && streq(l->first->var, "root"))
		return header_goes_on(g) ? DEGRADES : STOPS_BOOT;
	return DEGRADES;
}

/* /boot lies where this disk cannot show it, inside LUKS, md or a pool: so does what is named. */
static bool is_inside(const struct grub *g, const struct bootplace *p)
{
	const struct facts *f = g->s->facts;

	return is_tag(p) && p->match == SPEC_ABSENT && !f->devices->complete && !f->root_part &&
	       !bootmenu_boot_part(f);
}

static void report(struct grub *g, const struct bootplace *first)
{
	struct lost l = { .first = first };
	struct finding *f;

	gather(g, &l);
	f = scan_find(g->s, &grub_search_unknown, g->menu.text->path, "%s", describe(g, &l));
	finding_at(f, g->menu.text, first->line);
	finding_severity(f, severity_of(g, &l));
	mend(g, f, &l);
}

/* The value was reported already. */
static bool is_known(const struct bootplace *const *known, size_t n, const struct bootplace *p)
{
	for (size_t i = 0; i < n; i++) {
		if (same_value(known[i], p))
			return true;
	}
	return false;
}

#define LOST_MAX 50u

struct reported {
	const struct bootplace *p[LOST_MAX];
	size_t n;
};

static void look_places(struct grub *g, const struct bootentry *e, const struct bootplace *p,
			size_t n, struct reported *done)
{
	for (size_t i = 0; i < n && done->n < LOST_MAX; i++) {
		if (!is_lost(e, &p[i]) || is_inside(g, &p[i]) || is_known(done->p, done->n, &p[i]))
			continue;
		done->p[done->n++] = &p[i];
		report(g, &p[i]);
	}
}

void grub_look_search(struct grub *g)
{
	struct reported done = { .n = 0 };

	if (!g->menu.text || !g->s->facts->devices->known)
		return;
	/* The default entry's lines are the ones to show. */
	if (g->menu.def != BOOTMENU_NONE) {
		const struct bootentry *e = &g->menu.entry[g->menu.def];

		if (e->ours)
			look_places(g, e, e->place, e->places, &done);
	}
	look_places(g, NULL, g->menu.header, g->menu.headers, &done);
	for (size_t i = 0; i < g->menu.n; i++) {
		const struct bootentry *e = &g->menu.entry[i];

		if (e->ours)
			look_places(g, e, e->place, e->places, &done);
	}
}
