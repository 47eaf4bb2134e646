/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two file systems that answer to one UUID or one label: which is the copy, what it gets instead,
 * and which lines of fstab meant it. Those are rewritten when the copy has its own UUID (lib/twin.h
 * tells), in the same run or, when that was killed, in a later one.
 *
 * Source: tune2fs(8), xfs_admin(8), btrfstune(8); s_mtime of the ext superblock; udev's
 * 60-persistent-storage.rules.
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
#define FINDINGS_MAX 100u
#define PAIRS_MAX 100u /* of one label each that are looked at */
#define LINES_MAX 16u  /* of fstab that mean one copy */

/* What all pairs are judged by. */
struct names {
	struct scan *s;
	const struct text *text; /* of fstab; NULL: none */
	struct fstab tab;
	const bool *own; /* of every partition: the name is that of no array or pool */
	size_t findings, pairs;
};

struct twins {
	const struct names *n;
	struct scan *s;
	const struct partition *original, *copy; /* NULL: nobody knows which is which */
	const char *why;
	const char *uuid, *label;		       /* what both have; one of them is NULL */
	const struct fstab_entry *line[LINES_MAX + 1]; /* those that mean the copy */
	size_t n_lines, named;			       /* how many have that name at all */
	size_t have;				       /* partitions of that name */
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
	for (size_t i = 0; i < t->n->tab.n; i++) {
		const struct fstab_entry *e = &t->n->tab.e[i];

		if (!has_their_name(t, e))
			continue;
		t->named++;
		if (t->n_lines <= LINES_MAX && means_copy(t, e))
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
	propose_line(f, t->n->text, e->line, "%s",
		     fstab_replace_field(t->s->arena, text_line(t->n->text, e->line), FSTAB_SPEC,
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

/* Of three and more a line may mean each of the copies, and each but the root may be the first. */
static const char *why_unclear(const struct twins *t)
{
	if (t->have > 2 && t->original != t->s->facts->root_part)
		return "there are several of that name, and none of them is the root";
	if (t->n_lines > LINES_MAX || (t->have > 2 && t->n_lines))
		return "there are several copies, and fstab does not tell which one it means";
	return t->copy ? NULL : "nothing tells which one is the copy";
}

/* The copy gets another UUID, where it is plain which one that is. */
static void propose_uuid(struct twins *t, struct finding *f)
{
	const char *unclear = why_unclear(t);

	if (unclear) {
		leave(f, scan_printf(t->s, "%s: give it another UUID by hand", unclear));
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

static bool same_uuid(const struct partition *a, const struct partition *b)
{
	return a->uuid && b->uuid && strcasecmp(a->uuid, b->uuid) == 0;
}

static bool is_crypto(const struct partition *p)
{
	return startswith(p->type, "crypto_");
}

/* Of a file system: what goes by a label never means the header of LUKS. */
static bool same_label(const struct partition *p, const struct partition *fs)
{
	return p->label && fs->label && *p->label && streq(p->label, fs->label) && !is_crypto(fs);
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

/*
 * The one that all others of a name are compared with, and how many have it: the root, or else the
 * first.
 */
static const struct partition *
first_of(const struct names *n, const struct partition *p,
	 bool (*same)(const struct partition *, const struct partition *), size_t *have)
{
	const struct devices *d = n->s->facts->devices;
	const struct partition *first = NULL;

	*have = 0;
	for (size_t i = 0; i < d->n; i++) {
		const struct partition *q = &d->p[i];

		if (!n->own[i] || !same(p, q))
			continue;
		++*have;
		if (!first || q == n->s->facts->root_part)
			first = q;
	}
	return first;
}

static struct twins twins_of(const struct names *n, const struct partition *a,
			     const struct partition *b, size_t have)
{
	struct twins t = { .n = n, .s = n->s, .have = have };

	tell_apart(&t, a, b);
	return t;
}

/* In the order of the disk. */
static struct finding *tell_pair(struct names *n, const char *name, const struct partition *a,
				 const struct partition *b)
{
	struct arena *arena = n->s->arena;

	n->findings++;
	return scan_find(n->s, &disk_duplicate_uuid, NULL, "%s: %s and %s", name,
			 partition_describe(arena, a < b ? a : b),
			 partition_describe(arena, a < b ? b : a));
}

static void judge_uuid(struct names *n, const struct partition *p)
{
	size_t have;
	const struct partition *first = first_of(n, p, same_uuid, &have);
	struct finding *f;
	struct twins t;

	if (!first || first == p || n->findings >= FINDINGS_MAX)
		return;
	t = twins_of(n, first, p, have);
	t.uuid = first->uuid;
	find_lines(&t);
	f = tell_pair(n, scan_printf(n->s, "UUID=%s", first->uuid), first, p);
	propose_uuid(&t, f);
	grade(f, first, p);
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
	const char *unclear = why_unclear(t);

	if (unclear) {
		leave(f, scan_printf(t->s, "%s: give it another label by hand", unclear));
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
static bool is_meant(struct twins *t, const char *label)
{
	t->label = label;
	find_lines(t);
	return t->named || loader_names(t->s, label);
}

static void judge_file_systems(struct names *n, const struct partition *first,
			       const struct partition *p, size_t have)
{
	struct twins t = twins_of(n, first, p, have);
	struct finding *f;

	if (is_either(first, p) || !is_meant(&t, p->label))
		return;
	f = tell_pair(n, scan_printf(n->s, "LABEL=%s", p->label), first, p);
	/* Its UUID comes first, and what is to be written with it. */
	if (t.copy && t.n_lines && (!t.copy->uuid || same_uuid(first, p)))
		leave(f, "a line of fstab means the copy: it needs a UUID of its own first");
	else
		propose_label(&t, f);
	grade(f, first, p);
}

/* The rule of udev that says whose labels become links: since systemd 239 also those of LUKS. */
static bool crypto_has_label(struct scan *s)
{
	static const char *const dirs[] = { "/etc/udev/rules.d", "/usr/lib/udev/rules.d",
					    "/lib/udev/rules.d" };
	const struct text *t = NULL;

	for (size_t i = 0; s->root && i < ARRAY_SIZE(dirs) && !t; i++)
		t = scan_text(s, scan_printf(s, "%s/60-persistent-storage.rules", dirs[i]));
	for (size_t i = 1; t && i <= t->lines; i++) {
		const char *line = text_line(t, i);

		if (line[strspn(line, " \t")] != '#' && strstr(line, "\"disk/by-label/") &&
		    strstr(line, "crypto"))
			return true;
	}
	return false;
}

/*
 * By udev it is chance which of the two gets the link, and a mount of the header fails. What lies
 * in LUKS itself comes after the header and takes it.
 */
static void judge_header(struct names *n, const struct partition *fs, const struct partition *luks)
{
	struct twins t = { .n = n, .s = n->s };
	struct finding *f;

	if (fs->in & ROLE_BIT(ROLE_LUKS) || !crypto_has_label(n->s) || !is_meant(&t, fs->label))
		return;
	f = tell_pair(n, scan_printf(n->s, "LABEL=%s", fs->label), fs, luks);
	leave(f, "the label of a LUKS header counts, too: give the header another one ('cryptsetup "
		 "config --label'), or name the file system by its UUID");
}

static void judge_label(struct names *n, const struct partition *p)
{
	size_t have;
	const struct partition *first = first_of(n, p, same_label, &have);

	if (!first || first == p || n->findings >= FINDINGS_MAX || n->pairs >= PAIRS_MAX)
		return;
	n->pairs++;
	if (is_crypto(p))
		judge_header(n, first, p);
	else
		judge_file_systems(n, first, p, have);
}

/* --- the lines that meant a copy which has its own UUID now --- */

static size_t copies_of(struct scan *s, const struct partition *p)
{
	const struct devices *d = s->facts->devices;
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		n += twin_was(p, &d->p[i]);
	return n;
}

static void judge_lines(struct names *n, const struct partition *p, const struct partition *copy)
{
	struct twins t = { .n = n, .s = n->s, .original = p, .copy = copy, .uuid = p->uuid };

	find_lines(&t);
	for (size_t i = 0; i < t.n_lines && n->findings < FINDINGS_MAX; i++) {
		struct finding *f =
			scan_find(n->s, &disk_duplicate_uuid, FSTAB,
				  "'%s' was on %s, which has another UUID now", t.line[i]->where,
				  partition_describe(n->s->arena, copy));

		n->findings++;
		finding_at(f, n->text, t.line[i]->line);
		if (copies_of(n->s, p) > 1)
			leave(f, "there are several copies: name the right one by hand");
		else
			rewrite_line(&t, f, t.line[i]);
	}
}

/* --- all --- */

static void gather(struct scan *s, struct names *n)
{
	const struct devices *d = s->facts->devices;
	bool *own = arena_alloc(s->arena, (d->n + 1) * sizeof(*own));

	for (size_t i = 0; i < d->n; i++)
		own[i] = has_name_of_its_own(s, &d->p[i]);
	*n = (struct names){ .s = s, .own = own };
	n->text = s->root ? scan_text(s, FSTAB) : NULL;
	if (n->text)
		fstab_parse(s->arena, n->text, &n->tab);
}

void disk_judge_twins(struct scan *s)
{
	const struct devices *d = s->facts->devices;
	struct names n;

	gather(s, &n);
	for (size_t i = 0; i < d->n; i++) {
		if (!n.own[i])
			continue;
		judge_uuid(&n, &d->p[i]);
		judge_label(&n, &d->p[i]);
		for (size_t k = 0; k < d->n; k++) {
			if (n.own[k] && twin_was(&d->p[k], &d->p[i]))
				judge_lines(&n, &d->p[k], &d->p[i]);
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
