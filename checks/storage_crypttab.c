/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines of /etc/crypttab against the disk and the key files.
 *
 * Source: crypttab(5) of systemd and of Debian's cryptsetup; systemd src/cryptsetup/
 * cryptsetup-generator.c (nofail, noauto), units/cryptsetup.target (only wanted by sysinit.target);
 * Debian's cryptdisks (passes over a device that is not there); rc.sysinit of RHEL 6.
 */
#include "checks/storage_parts.h"
#include "lib/fstab_place.h"
#include "lib/unseen.h"

#define CRYPTTAB "/etc/crypttab"
#define ENTRIES_MAX 200u

struct entry {
	size_t line, fields;
	const char *name, *device, *key, *options; /* "" when missing */
};

struct table {
	struct storage_look *l;
	const struct text *t;
	struct entry *e;
	size_t n, cap;
};

/* --- the file --- */

static void read_line(struct table *c, size_t n)
{
	const char *word[4] = { "", "", "", "" };
	char *save = NULL, *copy = arena_strdup(c->l->s->arena, text_line(c->t, n));
	size_t fields = 0;

	for (char *w = strtok_r(copy, " \t\r", &save); w && fields < ARRAY_SIZE(word);
	     w = strtok_r(NULL, " \t\r", &save))
		word[fields++] = w;
	if (fields < 2 || word[0][0] == '#')
		return;
	ARENA_GROW(c->l->s->arena, c->e, c->n, c->cap);
	c->e[c->n++] = (struct entry){ n, fields, word[0], word[1], word[2], word[3] };
}

static bool has(const struct entry *e, const char *option)
{
	return fstab_option(e->options, option, NULL);
}

static bool is_in_list(const struct entry *e, const char *const options[])
{
	for (size_t i = 0; options[i]; i++) {
		if (has(e, options[i]))
			return true;
	}
	return false;
}

/* The boot neither needs it nor waits for it. */
static bool is_optional(const struct entry *e)
{
	static const char *const options[] = { "nofail", "noauto", "_netdev", "netdev", NULL };

	return is_in_list(e, options);
}

static bool is_plain(const struct entry *e)
{
	static const char *const options[] = { "plain", "swap", "tmp",		"tcrypt",
					       "bitlk", "loop", "tcrypthidden", NULL };

	return is_in_list(e, options) || startswith(e->key, "/dev/");
}

/* --- what depends on it --- */

static const char *const *names_of(const struct table *c, const struct entry *e)
{
	const char **names = arena_alloc(c->l->s->arena, 3 * sizeof(*names));

	names[0] = scan_printf(c->l->s, "/dev/mapper/%s", e->name);
	names[1] = scan_printf(c->l->s, "/dev/disk/by-id/dm-name-%s", e->name);
	return names;
}

static bool is_waited_for(const struct table *c)
{
	return c->l->how == FSTAB_SYSTEMD;
}

/* --- the device --- */

static bool names_partition(const struct table *c, const struct partition *p)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct partition *q = NULL;

		if (devices_find(c->l->d, c->e[i].device, &q) == SPEC_FOUND && q == p)
			return true;
	}
	return false;
}

/* The only LUKS of the disk that no line names, where only one line names none. */
static const struct partition *meant(const struct table *c, const struct entry *e)
{
	const struct partition *found = NULL, *q;

	if (is_plain(e))
		return NULL;
	for (size_t i = 0; i < c->n; i++) {
		if (&c->e[i] != e && !is_plain(&c->e[i]) &&
		    devices_find(c->l->d, c->e[i].device, &q) != SPEC_FOUND)
			return NULL;
	}
	for (size_t i = 0; i < c->l->d->n; i++) {
		const struct partition *p = &c->l->d->p[i];

		if (p->role != ROLE_LUKS || !p->uuid || names_partition(c, p))
			continue;
		if (found)
			return NULL;
		found = p;
	}
	return found;
}

/* LUKS itself hides no further LUKS; LVM and md may. */
static bool may_be_hidden(const struct table *c, const char *spec)
{
	const struct devices *d = c->l->d;
	bool tag = startswith(spec, "UUID=") || startswith(spec, "LABEL=") ||
		   startswith(spec, "/dev/disk/by-uuid/") ||
		   startswith(spec, "/dev/disk/by-label/");

	if (d->complete || !tag)
		return false;
	for (size_t i = 0; i < d->n; i++) {
		if (d->p[i].role == ROLE_LVM || d->p[i].role == ROLE_MD ||
		    (d->p[i].error && d->p[i].role != ROLE_LUKS))
			return true;
	}
	return !devices_has_role(d, ROLE_LUKS);
}

static void add_nofail(struct table *c, struct finding *f, const struct entry *e)
{
	const char *raw = text_line(c->t, e->line);
	const char *const *names = names_of(c, e);

	if (e->fields < 3)
		raw = scan_printf(c->l->s, "%s\tnone", raw);
	if (e->fields < 4)
		raw = scan_printf(c->l->s, "%s\tnofail", raw);
	else
		raw = fstab_replace_field(c->l->s->arena, raw, FSTAB_OPTIONS,
					  fstab_add_options(c->l->s->arena, e->options, "nofail"));
	propose_line(f, c->t, e->line, "%s", raw);
	storage_tolerate(c->l, f, names);
	finding_choice(f, "add nofail, so that the boot goes on without '%s'", e->name);
}

/* A line without what the boot can be saved by: the root itself. */
static bool holds_root(const struct table *c, const struct entry *e)
{
	const char *const *names = names_of(c, e);

	for (size_t i = 0; i < c->l->tab.n; i++) {
		const struct fstab_entry *x = &c->l->tab.e[i];

		if (streq(x->where, "/") && !x->swap &&
		    (streq(x->spec, names[0]) || streq(x->spec, names[1])))
			return true;
	}
	return c->l->root_arg && streq(c->l->root_arg, names[0]);
}

static enum severity severity_of(const struct table *c, const struct entry *e,
				 const struct partition *p)
{
	if (storage_needs(c->l, names_of(c, e)) == STORAGE_REQUIRED)
		return STOPS_BOOT;
	/* What lies inside has other names: a volume group, most often with the root. */
	if (p && !storage_root_is_plain(c->l))
		return STOPS_BOOT;
	return is_waited_for(c) ? DEGRADES : NOTE;
}

static void absent_device(struct table *c, const struct entry *e)
{
	const struct partition *p = meant(c, e);
	bool tag = strchr(e->device, '=');
	struct finding *f;

	if (!p && may_be_hidden(c, e->device))
		return;
	f = scan_find(c->l->s, &crypttab_device, CRYPTTAB, "no partition %s %s%s",
		      tag ? "has" : "is", e->device,
		      p ? scan_printf(c->l->s, "; %s is named by no line",
				      partition_describe(c->l->s->arena, p))
			: "");
	finding_at(f, c->t, e->line);
	finding_severity(f, severity_of(c, e, p));
	if (p) {
		const char *spec = partition_spec(c->l->s->arena, p);

		finding_choice(f, "name %s", spec);
		propose_line(f, c->t, e->line, "%s",
			     fstab_replace_field(c->l->s->arena, text_line(c->t, e->line),
						 FSTAB_TARGET, spec));
	} else if (holds_root(c, e)) {
		finding_safety(f, FIX_NONE);
	} else {
		add_nofail(c, f, e);
	}
}

/* --- the key --- */

static bool is_key_judged(const struct table *c, const struct entry *e)
{
	static const char *const options[] = { "keyscript",	  "tpm2-device",
					       "fido2-device",	  "pkcs11-uri",
					       "keyfile-timeout", "initramfs",
					       "x-initrd.attach", NULL };

	return e->key[0] == '/' && !strchr(e->key, ':') && !is_in_list(e, options) &&
	       !fstab_place_is_live(e->key) &&
	       !fstab_place_is_covered(c->l->d, &c->l->tab, NULL, e->key) &&
	       !unseen(unseen_find(c->l->s), e->key);
}

static void judge_key(struct table *c, const struct entry *e)
{
	struct finding *f;
	struct stat st;
	int r;

	if (!is_key_judged(c, e))
		return;
	r = root_stat(c->l->s->root, e->key, &st);
	if (!root_is_absent(r) && !(r == 0 && S_ISREG(st.st_mode) && st.st_size == 0))
		return;
	f = scan_find(c->l->s, &crypttab_device, CRYPTTAB, "its key file '%s' %s", e->key,
		      r == 0 ? "is empty" : "does not exist");
	finding_at(f, c->t, e->line);
	finding_severity(f, severity_of(c, e, NULL));
	finding_absence(f);
	if (holds_root(c, e))
		finding_safety(f, FIX_NONE);
	else
		add_nofail(c, f, e);
}

void storage_crypttab(struct storage_look *l)
{
	struct table c = { .l = l, .t = scan_text(l->s, CRYPTTAB) };
	const struct partition *p;

	for (size_t n = 1; c.t && n <= c.t->lines && c.n < ENTRIES_MAX; n++)
		read_line(&c, n);
	for (size_t i = 0; i < c.n; i++) {
		if (is_optional(&c.e[i]))
			continue;
		if (devices_find(l->d, c.e[i].device, &p) == SPEC_ABSENT)
			absent_device(&c, &c.e[i]);
		else
			judge_key(&c, &c.e[i]);
	}
}
