/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copies inside the initramfs of what /etc says of LUKS and md (for LVM see lvm.filter): they are
 * what counts until the root is there. Told is only a copy that hides the root where the file in
 * /etc would not: what is wrong in both is told of the file.
 *
 * Sources: initramfs-tools' hooks of cryptsetup, mdadm and lvm2; dracut's 90crypt, 90mdraid, 90lvm
 * (rd.luks.crypttab, rd.md.conf, rd.lvm.conf) and dracut.cmdline(7) for cmdline.d.
 */
#include "checks/initramfs_parts.h"
#include "lib/cmdline.h"
#include "lib/mdadmconf.h"
#include "lib/stacked.h"

#define WORDS_MAX 400u

struct copies {
	struct initramfs_look *l;
	const struct devices *d;
	const struct partition *root;
	const char *args; /* of what boots; "" */
};

static const struct text *text_of(const struct copies *c, const struct initramfs_file *f)
{
	return f ? text_new(c->l->s->arena, f->path, f->data, f->len) : NULL;
}

static const struct text *inside(const struct copies *c, const char *const paths[])
{
	for (size_t i = 0; paths[i]; i++) {
		const struct initramfs_file *f = initramfs_file(c->l->i, paths[i]);

		if (f)
			return text_of(c, f);
	}
	return NULL;
}

/* The same on the root. */
static const struct text *outside(const struct copies *c, const char *const paths[])
{
	for (size_t i = 0; paths[i]; i++) {
		const struct text *t = scan_text(c->l->s, scan_printf(c->l->s, "/%s", paths[i]));

		if (t)
			return t;
	}
	return NULL;
}

static void tell(const struct copies *c, const char *path, const char *why)
{
	struct finding *f = scan_find(c->l->s, &initramfs_config, c->l->k->initrd,
				      "'%s' inside it %s", path, why);

	initramfs_rebuild(c->l, f);
}

/* --- crypttab --- */

/* What a line gets its volume from: the second word, or Debian's old "target=…,source=…". */
static const char *source_of(const struct copies *c, const char *line)
{
	const char *old = strstr(line, "source=");
	size_t n;

	if (old && startswith(line, "target=")) {
		old += strlen("source=");
		return arena_strndup(c->l->s->arena, old, strcspn(old, ", \t\r"));
	}
	line += strspn(line, " \t");
	if (*line == '#')
		return "";
	line += strcspn(line, " \t\r");
	line += strspn(line, " \t");
	n = strcspn(line, " \t\r");
	return arena_strndup(c->l->s->arena, line, n);
}

/* The first source that is not there, where no line leads to an encrypted partition; else NULL. */
static const char *lost_source(const struct copies *c, const struct text *t)
{
	const struct partition *p;
	const char *lost = NULL;

	for (size_t n = 1; t && n <= t->lines; n++) {
		const char *source = source_of(c, text_line(t, n));

		if (!*source)
			continue;
		switch (devices_find(c->d, source, &p)) {
		case SPEC_FOUND:
			if (p->role == ROLE_LUKS)
				return NULL;
			break;
		case SPEC_ABSENT:
			lost = lost || spec_is_kernel_name(source) ? lost : source;
			break;
		case SPEC_UNKNOWN:
			return NULL;
		}
	}
	return lost;
}

static void check_crypttab(const struct copies *c)
{
	static const char *const paths[] = { "cryptroot/crypttab", "conf/conf.d/cryptroot",
					     "etc/crypttab", NULL };
	static const char *const own[] = { "etc/crypttab", NULL };
	const struct text *t = inside(c, paths), *right = outside(c, own);
	const char *lost;

	/* dracut takes what the command line names, whatever the file says. */
	if (!t || !right || strstr(c->args, "rd.luks.") || strstr(c->args, "rd_LUKS"))
		return;
	lost = lost_source(c, t);
	if (lost && !lost_source(c, right))
		tell(c, t->path,
		     scan_printf(c->l->s, "opens '%s', which is not there, and nothing else",
				 lost));
}

/* --- mdadm.conf --- */

/* The only array there is; NULL: none, or several. */
static const char *only_array(const struct copies *c)
{
	const char *found = NULL;

	for (size_t i = 0; i < c->d->n; i++) {
		const struct partition *p = &c->d->p[i];
		const char *uuid = p->role == ROLE_MD && p->uuid
					   ? mdadmconf_uuid(c->l->s->arena, p->uuid)
					   : NULL;

		if (p->role == ROLE_MD && (!uuid || (found && !streq(found, uuid))))
			return NULL;
		found = uuid ? uuid : found;
	}
	return found;
}

struct array_lines {
	bool named, ignored, vague, closed; /* closed: AUTO -all */
};

static struct array_lines lines_of(const struct mdadmconf *conf, const char *uuid)
{
	struct array_lines r = { 0 };

	for (size_t i = 0; i < conf->n; i++) {
		const struct mdadmconf_line *x = &conf->line[i];
		bool ignore = x->device && streq(x->device, "<ignore>");

		r.closed |= x->kind == MDADM_AUTO && x->n && streq(x->word[0], "-all");
		if (x->kind != MDADM_ARRAY)
			continue;
		r.vague |= !x->uuid && !ignore;
		if (!x->uuid || !streq(x->uuid, uuid))
			continue;
		r.ignored |= ignore;
		r.named |= !ignore;
	}
	return r;
}

/* The name by which the boot wants its root belongs to another array. */
static bool name_is_taken(const struct copies *c, const struct mdadmconf *conf)
{
	const char *root = cmdline_get(c->l->s->arena, c->args, "root");

	for (size_t i = 0; root && i < conf->n; i++) {
		const struct mdadmconf_line *x = &conf->line[i];
		const char *short_name = x->device ? after(x->device, "/dev/md/") : NULL;

		if (x->kind != MDADM_ARRAY || !x->uuid || !x->device)
			continue;
		if (streq(x->device, root) ||
		    (short_name && streq(scan_printf(c->l->s, "/dev/md%s", short_name), root)))
			return true;
	}
	return false;
}

static const char *hides_array(const struct copies *c, const struct text *t, const char *uuid)
{
	struct mdadmconf conf = { 0 };
	struct array_lines x;

	if (!t)
		return NULL;
	mdadmconf_parse(c->l->s->arena, t, &conf);
	x = lines_of(&conf, uuid);
	if (x.ignored)
		return "ignores the root's software RAID";
	if (x.named || x.vague)
		return NULL;
	if (x.closed)
		return "names other arrays only than the root's, and lets no other be put together";
	return name_is_taken(c, &conf) ? "gives the name of the root's software RAID to another"
				       : NULL;
}

static void check_mdadm(const struct copies *c)
{
	static const char *const paths[] = { "etc/mdadm/mdadm.conf", "etc/mdadm.conf", NULL };
	const char *uuid = only_array(c), *why;
	const struct text *t = inside(c, paths);

	if (!uuid || !t || cmdline_has(c->args, "rd.md.conf=0"))
		return;
	why = hides_array(c, t, uuid);
	if (why && !hides_array(c, outside(c, paths), uuid))
		tell(c, t->path, why);
}

/* --- dracut's own command line --- */

/* The first word that dracut would wait for in vain; NULL: none. */
static const char *dead_word(const struct copies *c, const struct initramfs_file *f,
			     const char **what)
{
	char *save = NULL, *copy = arena_strdup(c->l->s->arena, f->data);
	size_t n = 0;

	for (char *s = strtok_r(copy, " \t\r\n", &save); s && n++ < WORDS_MAX;
	     s = strtok_r(NULL, " \t\r\n", &save)) {
		if (stacked_word(c->d, c->args, s, what) == SPEC_ABSENT)
			return s;
	}
	return NULL;
}

static void check_cmdline(const struct copies *c)
{
	for (size_t i = 0; c->l->i->maker == MAKER_DRACUT && i < c->l->i->files; i++) {
		const struct initramfs_file *f = &c->l->i->file[i];
		const char *what, *word;

		if (!startswith(f->path, "etc/cmdline") || initramfs_file(c->l->i, f->path) != f)
			continue;
		word = dead_word(c, f, &what);
		if (word)
			tell(c, f->path,
			     scan_printf(c->l->s, "has %s, and there is no such %s", word, what));
	}
}

void initramfs_check_copies(struct initramfs_look *l)
{
	struct copies c = { .l = l, .d = l->s->facts->devices, .root = l->s->facts->root_part };

	c.args = l->choice && l->choice->args ? l->choice->args : "";
	if (!c.d->known)
		return;
	check_cmdline(&c);
	if (!c.root)
		return;
	if (c.root->in & ROLE_BIT(ROLE_LUKS))
		check_crypttab(&c);
	if (c.root->in & ROLE_BIT(ROLE_MD))
		check_mdadm(&c);
}
