/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>

#include "lib/cmdline.h"
#include "lib/stacked.h"

#define UUID_DIGITS 32u

/* --- what may hide more --- */

/* It could not be looked into, though there may be something in it. */
static bool is_closed(const struct partition *p, unsigned but)
{
	if (p->role == ROLE_EXTENDED || (but & ROLE_BIT(p->role)))
		return false;
	if (p->role == ROLE_LVM || p->role == ROLE_LUKS || p->role == ROLE_MD)
		return !p->opened;
	return (p->error || p->fault) && !p->uuid;
}

/* but: roles that hide nothing of what is asked for. */
static bool all_was_read(const struct devices *d, unsigned but)
{
	if (!d->known || d->partial)
		return false;
	for (size_t i = 0; i < d->n; i++) {
		if (is_closed(&d->p[i], but))
			return false;
	}
	return true;
}

/* A physical volume whose group's metadata was read tells all names, also of volumes not shown. */
static bool all_groups_are_known(const struct devices *d)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct partition *p = &d->p[i];

		if (p->role == ROLE_LVM && !p->group && !p->opened)
			return false;
	}
	return all_was_read(d, ROLE_BIT(ROLE_LVM));
}

/* --- LVM --- */

static const struct volume_names *group_of(const struct devices *d, const char *name, size_t n)
{
	for (size_t i = 0; i < d->n_groups; i++) {
		const char *have = d->group[i].name;

		if (strlen(have) == n && strncmp(have, name, n) == 0)
			return &d->group[i];
	}
	return NULL;
}

static enum spec_match unless_hidden(const struct devices *d)
{
	return all_groups_are_known(d) ? SPEC_ABSENT : SPEC_UNKNOWN;
}

enum spec_match stacked_group(const struct devices *d, const char *name)
{
	if (group_of(d, name, strlen(name)))
		return SPEC_FOUND;
	/* One command line for all machines: those without LVM boot with it, too. */
	return d->n_groups ? unless_hidden(d) : SPEC_UNKNOWN;
}

static bool has_volume(const struct volume_names *g, const char *name)
{
	for (size_t i = 0; g->names[i]; i++) {
		const char *rest = after(g->names[i], g->dir);

		if (rest && streq(rest, name))
			return true;
	}
	return false;
}

enum spec_match stacked_volume(const struct devices *d, const char *name)
{
	const char *slash = strchr(name, '/');
	const struct volume_names *g;

	if (!slash || slash == name || !slash[1] || strchr(slash + 1, '/'))
		return SPEC_UNKNOWN;
	g = group_of(d, name, (size_t)(slash - name));
	if (!g)
		return unless_hidden(d);
	return has_volume(g, slash + 1) ? SPEC_FOUND : SPEC_ABSENT;
}

/* --- LUKS, md --- */

/* Hexadecimal digits in lower case, in order; at most what a UUID has. */
static size_t digits_of(const char *s, char out[UUID_DIGITS + 1])
{
	size_t n = 0;

	for (; *s && n < UUID_DIGITS; s++) {
		if (*s == '-' || *s == ':')
			continue;
		if (!isxdigit((unsigned char)*s))
			return 0;
		out[n++] = (char)tolower((unsigned char)*s);
	}
	out[n] = '\0';
	return n;
}

static bool any_has(const struct devices *d, enum role role, const char *digits)
{
	char have[UUID_DIGITS + 1];

	for (size_t i = 0; i < d->n; i++) {
		const struct partition *p = &d->p[i];

		if (p->role == role && p->uuid && digits_of(p->uuid, have) && strstr(have, digits))
			return true;
	}
	return false;
}

enum spec_match stacked_luks(const struct devices *d, const char *uuid)
{
	const char *rest = after(uuid, "luks-");
	char digits[UUID_DIGITS + 1];

	if (!digits_of(rest ? rest : uuid, digits))
		return SPEC_UNKNOWN;
	if (any_has(d, ROLE_LUKS, digits))
		return SPEC_FOUND;
	/* Nobody puts one LUKS into another. */
	return all_was_read(d, ROLE_BIT(ROLE_LUKS)) ? SPEC_ABSENT : SPEC_UNKNOWN;
}

enum spec_match stacked_array(const struct devices *d, const char *uuid)
{
	char digits[UUID_DIGITS + 1];

	if (digits_of(uuid, digits) != UUID_DIGITS)
		return SPEC_UNKNOWN;
	if (any_has(d, ROLE_MD, digits))
		return SPEC_FOUND;
	return all_was_read(d, ROLE_BIT(ROLE_MD)) ? SPEC_ABSENT : SPEC_UNKNOWN;
}

/* --- words of the command line --- */

static const struct {
	const char *word;
	enum spec_match (*find)(const struct devices *d, const char *name);
	const char *what;
	const char *off, *old_off; /* with these it is not read */
} words[] = {
	{ "rd.luks.uuid=", stacked_luks, "encrypted partition", "rd.luks=0", "rd_NO_LUKS" },
	{ "rd_LUKS_UUID=", stacked_luks, "encrypted partition", "rd.luks=0", "rd_NO_LUKS" },
	{ "rd.lvm.lv=", stacked_volume, "logical volume", "rd.lvm=0", "rd_NO_LVM" },
	{ "rd_LVM_LV=", stacked_volume, "logical volume", "rd.lvm=0", "rd_NO_LVM" },
	{ "rd.lvm.vg=", stacked_group, "volume group", "rd.lvm=0", "rd_NO_LVM" },
	{ "rd_LVM_VG=", stacked_group, "volume group", "rd.lvm=0", "rd_NO_LVM" },
	{ "rd.md.uuid=", stacked_array, "software RAID", "rd.md=0", "rd_NO_MD" },
	{ "rd_MD_UUID=", stacked_array, "software RAID", "rd.md=0", "rd_NO_MD" },
};

enum spec_match stacked_word(const struct devices *d, const char *args, const char *word,
			     const char **what)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		const char *name = after(word, words[i].word);
		enum spec_match m = name ? words[i].find(d, name) : SPEC_UNKNOWN;

		if (m == SPEC_UNKNOWN || cmdline_has(args, words[i].off) ||
		    cmdline_has(args, words[i].old_off))
			continue;
		*what = words[i].what;
		return m;
	}
	return SPEC_UNKNOWN;
}

/* --- paths --- */

/* "my--group-root" is "my-group/root"; empty when it is no such name. */
static void unmapped(const char *s, char *out, size_t size)
{
	bool split = false;
	size_t n = 0;

	for (; *s && n + 1 < size; s++) {
		bool doubled = s[0] == '-' && s[1] == '-';

		if (*s == '-' && !doubled && split)
			break;
		out[n++] = *s == '-' && !doubled ? '/' : *s;
		split |= *s == '-' && !doubled;
		s += doubled;
	}
	out[*s || !split ? 0 : n] = '\0';
}

enum spec_match stacked_path(const struct devices *d, const char *path)
{
	static const char *const others[] = { "/dev/disk/",  "/dev/md/",  "/dev/block/",
					      "/dev/cciss/", "/dev/ida/", "/dev/i2o/",
					      "/dev/rd/" };
	const char *name = after(path, "/dev/mapper/");
	char volume[256];

	if (name && (strstr(name, "crypt") || strstr(name, "luks") || startswith(name, "mpath")))
		return SPEC_UNKNOWN;
	if (name) {
		unmapped(name, volume, sizeof(volume));
		return stacked_volume(d, volume);
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (startswith(path, others[i]))
			return SPEC_UNKNOWN;
	}
	name = after(path, "/dev/");
	return name ? stacked_volume(d, name) : SPEC_UNKNOWN;
}

const char *const *stacked_nodes(struct arena *a, const struct devices *d,
				 const struct partition *p)
{
	static const char *const forms[] = { "sd", "vd", "xvd" };
	const char **names = arena_alloc(a, 5 * sizeof(*names));
	const char *part = p->number ? arena_printf(a, "%d", p->number) : "";

	if (d->own_names) {
		names[0] = p->node;
		return names;
	}
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		names[i] =
			arena_printf(a, "/dev/%s%c%s", forms[i], 'a' + (int)(p->disk % 26), part);
	names[3] = arena_printf(a, "/dev/nvme%un1%s%s", p->disk, p->number ? "p" : "", part);
	return names;
}
