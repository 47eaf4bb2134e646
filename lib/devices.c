/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which partitions a spec, a role or a path means. */
#include <strings.h>

#include "lib/devices_want.h"

static const char *const role_names[] = {
	[ROLE_UNKNOWN] = "unknown",
	[ROLE_ROOT] = "root",
	[ROLE_BOOT] = "boot",
	[ROLE_ESP] = "esp",
	[ROLE_SWAP] = "swap",
	[ROLE_USR] = "usr",
	[ROLE_BIOS_BOOT] = "bios-boot",
	[ROLE_VAR] = "var",
	[ROLE_HOME] = "home",
	[ROLE_DATA] = "data",
	[ROLE_LVM] = "lvm",
	[ROLE_LUKS] = "luks",
	[ROLE_EXTENDED] = "extended",
	[ROLE_MD] = "md",
};

const char *role_name(enum role r)
{
	return (size_t)r < ARRAY_SIZE(role_names) ? role_names[r] : "unknown";
}

/* The target is one file system: no partition table, no partitions. */
static bool disk_is_whole(const struct devices *d, unsigned disk)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->p[i].disk == disk && d->p[i].number != 0)
			return false;
	}
	return true;
}

static bool matches_position(const struct devices *d, const struct partition *p,
			     const struct devices_want *w)
{
	if (d->own_names)
		return p->node && streq(p->node, w->node);
	if (p->disk != w->disk)
		return false;
	if (p->number == w->part)
		return true;
	return w->xen && w->part == 1 && p->number == 0 && disk_is_whole(d, p->disk);
}

static bool same_id(const char *have, const char *want)
{
	return have && *want && strcasecmp(have, want) == 0;
}

static bool same_label(const char *have, const char *want)
{
	return have && *want && streq(have, want);
}

static bool matches(const struct devices *d, const struct partition *p,
		    const struct devices_want *w)
{
	switch (w->kind) {
	case WANT_UUID:
		return same_id(p->uuid, w->value);
	case WANT_PARTUUID:
		return same_id(p->partuuid, w->value);
	case WANT_LABEL:
		return same_label(p->label, w->value);
	case WANT_PARTLABEL:
		return same_label(p->partlabel, w->value);
	case WANT_POSITION:
		return matches_position(d, p, w);
	case WANT_ROOT:
		return p->role == ROLE_ROOT;
	case WANT_PATH:
		return p->names && in_list(w->value, p->names);
	case WANT_NOTHING:
		break;
	}
	return false;
}

/* What a name stands for can be said from the disk alone, or that nothing has it. */
static bool is_judged(const struct devices_want *w)
{
	return w->kind != WANT_NOTHING && w->kind != WANT_PATH;
}

/*
 * "--" in a mapped name is a hyphen of the group's own name, so it is of another group. Installers
 * name encrypted volumes after the one below, with a "_crypt" behind.
 */
static bool is_in_group(const struct volume_names *g, const char *path)
{
	const char *rest = after(path, g->mapper);

	if (rest)
		return *rest && *rest != '-' && !strstr(rest, "crypt");
	rest = after(path, g->dir);
	return rest && *rest && !strchr(rest, '/');
}

static bool is_lost_volume(const struct devices *d, const struct devices_want *w)
{
	bool lost = false;

	for (size_t i = 0; w->kind == WANT_PATH && i < d->n_groups; i++) {
		if (in_list(w->value, d->group[i].names))
			return false;
		lost |= is_in_group(&d->group[i], w->value);
	}
	return lost;
}

/* A file system that lost its first superblock: nobody finds it by that name, but it is there. */
static bool is_name_of_lost(const struct devices *d, const struct devices_want *w)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct partition *p = &d->p[i];

		if ((w->kind == WANT_UUID && same_id(p->spare_uuid, w->value)) ||
		    (w->kind == WANT_LABEL && same_label(p->spare_label, w->value)))
			return true;
	}
	return false;
}

enum spec_match devices_find(const struct devices *d, const char *spec,
			     const struct partition **out)
{
	_cleanup_(devices_want_free) struct devices_want w = devices_want_parse(spec);

	for (size_t i = 0; i < d->n; i++) {
		if (!matches(d, &d->p[i], &w))
			continue;
		*out = &d->p[i];
		return SPEC_FOUND;
	}
	if (is_lost_volume(d, &w))
		return SPEC_ABSENT;
	if (!d->known || !is_judged(&w) || w.kind == WANT_ROOT || is_name_of_lost(d, &w))
		return SPEC_UNKNOWN;
	return SPEC_ABSENT;
}

size_t devices_count(const struct devices *d, const char *spec)
{
	_cleanup_(devices_want_free) struct devices_want w = devices_want_parse(spec);
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		n += matches(d, &d->p[i], &w);
	return n;
}

bool spec_is_kernel_name(const char *spec)
{
	_cleanup_(devices_want_free) struct devices_want w = devices_want_parse(spec);

	return w.kind == WANT_POSITION;
}

bool spec_is_judgeable(const char *spec)
{
	_cleanup_(devices_want_free) struct devices_want w = devices_want_parse(spec);

	return is_judged(&w);
}

bool devices_has_role(const struct devices *d, enum role r)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->p[i].role == r)
			return true;
	}
	return false;
}

const struct partition *devices_by_role(const struct devices *d, enum role r)
{
	const struct partition *found = NULL;

	for (size_t i = 0; i < d->n; i++) {
		if (d->p[i].role != r)
			continue;
		if (found)
			return NULL;
		found = &d->p[i];
	}
	return found;
}

/* dir is path or a parent of it. */
static bool is_parent(const char *dir, const char *path)
{
	size_t n = strlen(dir);

	while (n > 0 && dir[n - 1] == '/')
		n--;
	return strncmp(dir, path, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

const struct partition *devices_holding(const struct devices *d, const char *path)
{
	const struct partition *best = NULL;

	for (size_t i = 0; i < d->n; i++) {
		const char *m = d->p[i].mounted;

		if (m && is_parent(m, path) && (!best || strlen(m) > strlen(best->mounted)))
			best = &d->p[i];
	}
	return best;
}

const char *partition_spec(struct arena *a, const struct partition *p)
{
	if (p->uuid)
		return arena_printf(a, "UUID=%s", p->uuid);
	if (p->label)
		return arena_printf(a, "LABEL=%s", p->label);
	if (p->partuuid)
		return arena_printf(a, "PARTUUID=%s", p->partuuid);
	return p->node;
}

const char *partition_describe(struct arena *a, const struct partition *p)
{
	const char *type = p->type ? p->type : "no known content";
	const char *where = "the whole disk", *of = "";
	char size[32];

	format_size(p->size, size, sizeof(size));
	if (p->number > 0)
		where = arena_printf(a, "partition %d", p->number);
	if (p->layer)
		where = p->layer;
	if (p->disk && !p->layer)
		of = arena_printf(a, " of disk %u", p->disk + 1);
	if (p->size == 0)
		return arena_printf(a, "%s%s (%s)", where, of, type);
	return arena_printf(a, "%s%s (%s, %s)", where, of, type, size);
}
