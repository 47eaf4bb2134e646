/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two file systems that answer to one UUID or one label: which is the copy, what it gets instead,
 * and which lines of fstab meant it. Those are rewritten when the copy has its own UUID (lib/twin.h
 * tells), in the same run or, when that was killed, in a later one.
 *
 * Source: tune2fs(8), xfs_admin(8), btrfstune(8); s_mtime of the ext superblock.
 */
#include <strings.h>

#include "checks/disk_parts.h"
#include "lib/fstab.h"
#include "lib/helper.h"
#include "lib/le.h"
#include "lib/twin.h"

#define FSTAB "/etc/fstab"
#define EXT_MTIME (1024 + 0x2c) /* s_mtime: when it was last mounted */
#define BTRFS_DEVICES (65536 + 0x88)

struct twins {
	struct scan *s;
	const struct partition *original, *copy; /* NULL: nobody knows which is which */
	const char *why;
	const char *uuid, *label; /* what both have; one of them is NULL */
	const struct text *text;
	const struct fstab_entry **line; /* those that mean the copy */
	size_t n_lines, named;		 /* how many have that name at all */
};

static bool is_ext(const struct partition *p)
{
	static const char *const types[] = { "ext2", "ext3", "ext4", NULL };

	return in_list(p->type, types);
}

/* Members of one array or pool share theirs; so do the halves of a btrfs or bcachefs. */
static bool has_name_of_its_own(const struct scan *s, const struct partition *p)
{
	unsigned char devices[8];

	if (!p->type || p->role == ROLE_MD || p->role == ROLE_LVM || streq(p->type, "zfs_member") ||
	    streq(p->type, "bcache") || streq(p->type, "bcachefs"))
		return false;
	if (!streq(p->type, "btrfs"))
		return true;
	return scan_part_read(s, p, BTRFS_DEVICES, devices, sizeof(devices)) == 0 &&
	       le64_at(devices) == 1;
}

/* Mirrored ESPs and swap areas: one does as well as the other. */
static bool is_either(const struct partition *a, const struct partition *b)
{
	return a->role == b->role && (a->role == ROLE_ESP || a->role == ROLE_SWAP);
}

/* --- which is the copy --- */

/* On the root's disk, or it is what boots itself: the other one is the copy. */
static const char *is_original(const struct scan *s, const struct partition *p,
			       const struct partition *other)
{
	const struct partition *root = s->facts->root_part;

	if (!root || other == root)
		return NULL;
	if (p == root)
		return "the other one is the root";
	return p->disk == root->disk && other->disk != root->disk
		       ? "the other one is on the root's disk"
		       : NULL;
}

/* The one in use was mounted after the copy was made. */
static const char *is_used_later(const struct scan *s, const struct partition *p,
				 const struct partition *other)
{
	unsigned char a[4], b[4];

	if (!is_ext(p) || !is_ext(other) || other == s->facts->root_part ||
	    scan_part_read(s, p, EXT_MTIME, a, sizeof(a)) < 0 ||
	    scan_part_read(s, other, EXT_MTIME, b, sizeof(b)) < 0)
		return NULL;
	return le32_at(a) > le32_at(b) ? "the other one was mounted later" : NULL;
}

static void tell_apart(struct twins *t, const struct partition *a, const struct partition *b)
{
	const char *(*const signs[])(const struct scan *, const struct partition *,
				     const struct partition *) = { is_original, is_used_later };

	for (size_t i = 0; !t->copy && i < ARRAY_SIZE(signs); i++) {
		const char *first = signs[i](t->s, a, b), *second = signs[i](t->s, b, a);

		t->why = first ? first : second;
		t->original = first ? a : second ? b : NULL;
		t->copy = first ? b : second ? a : NULL;
	}
}

/* --- which lines mean it --- */

static bool has_their_name(const struct twins *t, const struct fstab_entry *e)
{
	struct partition p = { .uuid = t->uuid, .label = t->label };
	const struct devices only = { .known = true, .p = &p, .n = 1 };
	const struct partition *found;

	return !e->bad && !e->bind && !e->swap && !fstab_option(e->options, "subvol", NULL) &&
	       !fstab_option(e->options, "subvolid", NULL) && !spec_is_kernel_name(e->spec) &&
	       devices_find(&only, e->spec, &found) == SPEC_FOUND;
}

/* No file system is mounted twice: the root's own line is the root's, else the first one's. */
static bool means_copy(const struct twins *t, const struct fstab_entry *e)
{
	if (t->original && t->original == t->s->facts->root_part)
		return !streq(e->where, "/");
	return t->original && t->named > 1;
}

static void find_lines(struct twins *t)
{
	struct fstab *tab = arena_new_struct(t->s->arena, struct fstab);

	t->text = t->s->root ? scan_text(t->s, FSTAB) : NULL;
	if (!t->text)
		return;
	fstab_parse(t->s->arena, t->text, tab);
	t->line = arena_alloc(t->s->arena, (tab->n + 1) * sizeof(*t->line));
	for (size_t i = 0; i < tab->n; i++) {
		const struct fstab_entry *e = &tab->e[i];

		if (!has_their_name(t, e))
			continue;
		t->named++;
		if (means_copy(t, e))
			t->line[t->n_lines++] = e;
	}
}

/* GRUB finds its own files by that UUID, also from inside its core image. */
static bool is_loaders(const struct twins *t)
{
	for (size_t i = 0; i < t->n_lines; i++) {
		if (streq(t->line[i]->where, "/boot") || startswith(t->line[i]->where, "/boot/"))
			return true;
	}
	return false;
}

static void rewrite_line(const struct twins *t, struct finding *f, const struct fstab_entry *e)
{
	propose_line(f, t->text, e->line, "%s",
		     fstab_replace_field(t->s->arena, text_line(t->text, e->line), FSTAB_SPEC,
					 partition_spec(t->s->arena, t->copy)));
}

/* --- what the copy gets --- */

static void propose_below_for(const struct twins *t, struct finding *f, enum fs_fault fault)
{
	struct partition *p = arena_new_struct(t->s->arena, struct partition);

	*p = *t->copy;
	p->fault = fault;
	p->fault_why = "it carries the name of another";
	propose_below(f, BELOW_FS, p);
}

static bool can_be_changed(const struct twins *t)
{
	const struct partition *p = t->copy;

	return p && (is_ext(p) || streq(p->type, "xfs") || streq(p->type, "btrfs")) &&
	       p->fault == FS_FINE && !p->look_only && t->s->facts->n_disks;
}

static void leave(struct finding *f, const char *why)
{
	finding_safety(f, FIX_NONE);
	finding_choice(f, "%s", why);
}

static void tell_lines(const struct twins *t, struct finding *f)
{
	if (!t->n_lines)
		finding_choice(f, "no line of fstab and no loader means the copy: none has to be "
				  "rewritten");
	for (size_t i = 0; i < t->n_lines; i++)
		finding_choice(f, "line %zu of fstab ('%s') means the copy and gets UUID=%s",
			       t->line[i]->line, t->line[i]->where,
			       twin_uuid(t->s->arena, t->uuid, t->copy));
}

/* The copy gets another UUID, where it is plain which one that is. */
static void propose_uuid(struct twins *t, struct finding *f)
{
	if (!t->copy) {
		leave(f, "nothing tells which one is the copy: give it another UUID by hand");
		return;
	}
	if (is_loaders(t)) {
		leave(f, "the copy is the one with /boot, which the loader finds by its UUID: give "
			 "it another one by hand, and reinstall the loader");
		return;
	}
	finding_choice(f, "%s is the copy (%s) and gets another UUID",
		       partition_describe(t->s->arena, t->copy), t->why);
	tell_lines(t, f);
	if (can_be_changed(t))
		propose_below_for(t, f, FS_TWIN);
	else
		finding_safety(f, FIX_NONE);
}

/* --- one UUID --- */

static struct twins twins_of(struct scan *s, const struct partition *a, const struct partition *b)
{
	struct twins t = { .s = s };

	tell_apart(&t, a, b);
	return t;
}

/* A snapshot carries the names of its origin, and is called by its own. */
static void grade(struct finding *f, const struct partition *a, const struct partition *b)
{
	if (a->layer && b->layer) {
		finding_severity(f, NOTE);
		finding_safety(f, FIX_NONE);
	} else if (is_either(a, b)) {
		finding_severity(f, NOTE);
	}
}

static void judge_uuid(struct scan *s, const struct partition *a, const struct partition *b)
{
	struct twins t = twins_of(s, a, b);
	struct finding *f;

	if (!a->uuid || !b->uuid || strcasecmp(a->uuid, b->uuid) != 0)
		return;
	t.uuid = a->uuid;
	find_lines(&t);
	f = scan_find(s, &disk_duplicate_uuid, NULL, "UUID=%s: %s and %s", a->uuid,
		      partition_describe(s->arena, a), partition_describe(s->arena, b));
	propose_uuid(&t, f);
	grade(f, a, b);
}

/* --- one label --- */

static bool loader_names(struct scan *s, const char *label)
{
	const char *const files[] = { s->facts->loader.grub2_cfg, s->facts->loader.grubenv,
				      s->facts->loader.legacy_cfg };
	const char *word = scan_printf(s, "root=LABEL=%s", label);

	for (size_t i = 0; s->root && i < ARRAY_SIZE(files); i++) {
		const struct text *t = files[i] ? scan_text(s, files[i]) : NULL;

		for (size_t n = 1; t && n <= t->lines; n++) {
			const char *at = strstr(text_line(t, n), word);

			if (at && (!at[strlen(word)] || strchr(" \t\"'\r", at[strlen(word)])))
				return true;
		}
	}
	return false;
}

static void propose_label(struct twins *t, struct finding *f)
{
	if (!t->copy) {
		leave(f, "nothing tells which one is the copy: give it another label by hand");
		return;
	}
	finding_choice(f, "%s is the copy (%s)", partition_describe(t->s->arena, t->copy), t->why);
	for (size_t i = 0; i < t->n_lines; i++) {
		finding_choice(f, "line %zu of fstab ('%s') means the copy and gets its UUID",
			       t->line[i]->line, t->line[i]->where);
		rewrite_line(t, f, t->line[i]);
	}
	if (t->n_lines)
		return;
	finding_choice(f, "it loses its label; no line of fstab and no loader means it");
	if (can_be_changed(t) && !streq(t->copy->type, "btrfs"))
		propose_below_for(t, f, FS_TWIN_LABEL);
	else
		finding_safety(f, FIX_NONE);
}

/* Only where something goes by the label: many disks have a "data" that nobody asks for. */
static void judge_label(struct scan *s, const struct partition *a, const struct partition *b)
{
	struct twins t = twins_of(s, a, b);
	struct finding *f;

	if (!a->label || !b->label || !*a->label || !streq(a->label, b->label) || is_either(a, b))
		return;
	t.label = a->label;
	find_lines(&t);
	if (!t.named && !loader_names(s, a->label))
		return;
	f = scan_find(s, &disk_duplicate_uuid, NULL, "LABEL=%s: %s and %s", a->label,
		      partition_describe(s->arena, a), partition_describe(s->arena, b));
	/* Its UUID comes first, and what is to be written with it. */
	if (t.n_lines && (!t.copy->uuid || streq_null(a->uuid, b->uuid)))
		leave(f, "a line of fstab means the copy: it needs a UUID of its own first");
	else
		propose_label(&t, f);
	grade(f, a, b);
}

/* --- the lines that meant a copy which has its own UUID now --- */

static size_t copies_of(struct scan *s, const struct partition *p)
{
	const struct devices *d = s->facts->devices;
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		n += twin_was(s->arena, p, &d->p[i]);
	return n;
}

static void judge_lines(struct scan *s, const struct partition *p, const struct partition *copy)
{
	struct twins t = { .s = s, .original = p, .copy = copy, .uuid = p->uuid };

	if (!twin_was(s->arena, p, copy))
		return;
	find_lines(&t);
	for (size_t i = 0; i < t.n_lines; i++) {
		struct finding *f = scan_find(s, &disk_duplicate_uuid, FSTAB,
					      "'%s' was on %s, which has another UUID now",
					      t.line[i]->where, partition_describe(s->arena, copy));

		finding_at(f, t.text, t.line[i]->line);
		if (copies_of(s, p) > 1)
			leave(f, "there are several copies: name the right one by hand");
		else
			rewrite_line(&t, f, t.line[i]);
	}
}

void disk_judge_twins(struct scan *s)
{
	const struct devices *d = s->facts->devices;

	for (size_t i = 0; i < d->n; i++) {
		for (size_t k = 0; k < i; k++) {
			const struct partition *a = &d->p[k], *b = &d->p[i];

			if (!has_name_of_its_own(s, a) || !has_name_of_its_own(s, b))
				continue;
			judge_uuid(s, a, b);
			judge_label(s, a, b);
			judge_lines(s, a, b);
			judge_lines(s, b, a);
		}
	}
}

/* --- this machine's --- */

/* Most often made from the same image: nothing is wrong with the patient. */
void disk_judge_helper(struct scan *s)
{
	const struct devices *d = s->facts->devices;
	const struct helper_fs *own;
	size_t n = s->facts->n_disks
			   ? helper_filesystems(s->facts->disks, s->facts->n_disks, s->arena, &own)
			   : 0;

	for (size_t i = 0; i < d->n; i++) {
		for (size_t k = 0; k < n; k++) {
			struct finding *f;

			if (!d->p[i].uuid || strcasecmp(d->p[i].uuid, own[k].uuid) != 0)
				continue;
			f = scan_find(s, &disk_duplicate_uuid, NULL,
				      "UUID=%s: %s, and %s of this machine", own[k].uuid,
				      partition_describe(s->arena, &d->p[i]), own[k].node);
			finding_severity(f, NOTE);
			finding_safety(f, FIX_NONE);
			break;
		}
	}
}
