/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which partition a device's name stands for, and which file a word. */
#include "lib/grubcmd_parts.h"

#define DEVICE_MAX 256u

enum spec_match grubcfg_device(const struct devices *d, const char *name,
			       const struct partition **out)
{
	static const char *const tables[] = { "msdos", "gpt", "" };
	const char *comma = strchr(name, ','), *number = NULL;
	uint64_t n;

	if (!d || !d->known || d->disks > 1 || !startswith(name, "hd0,") || !comma)
		return SPEC_UNKNOWN;
	for (size_t i = 0; i < ARRAY_SIZE(tables) && !number; i++)
		number = after(comma + 1, tables[i]);
	if (!number || !parse_u64(number, &n) || n == 0)
		return SPEC_UNKNOWN;
	for (size_t i = 0; i < d->n; i++) {
		if (d->p[i].number >= 0 && (uint64_t)d->p[i].number == n) {
			*out = &d->p[i];
			return SPEC_FOUND;
		}
	}
	return SPEC_ABSENT;
}

enum spec_match grubcmd_look_up(const struct grubrun *r, const char *spec,
				const struct partition **out)
{
	if (!r->env->devices || !r->env->devices->known)
		return SPEC_UNKNOWN;
	return devices_find(r->env->devices, spec, out);
}

const char *grubcmd_bare(struct arena *a, const char *name)
{
	size_t n = strlen(name);

	return n > 2 && name[0] == '(' && name[n - 1] == ')' ? arena_strndup(a, name + 1, n - 2)
							     : name;
}

/* What a device's name or mark stands for. */
static struct grubcfg_place place_of(struct grubrun *r, const char *s, size_t len)
{
	struct grubcfg_place at = { .kind = PLACE_UNKNOWN, .name = "" };
	char *name;

	if (!len || len > DEVICE_MAX)
		return at;
	name = arena_strndup(r->a, s, len);
	if (name[0] == MARK_HOME && len == 1) {
		at.kind = PLACE_HOME;
		if (r->env->devices && r->env->devices->known && r->env->dir)
			at.part = devices_holding(r->env->devices, r->env->dir);
	} else if (name[0] == MARK_TAG && len > 2 && name[len - 1] == MARK_TAG) {
		name[len - 1] = '\0';
		at.kind = PLACE_TAG;
		at.name = name + 1;
		grubcmd_look_up(r, at.name, &at.part);
	} else if (name[0] > MARK_DIR && !strchr(name, '$')) {
		at.kind = PLACE_DEVICE;
		at.name = name;
		grubcfg_device(r->env->devices, grubcmd_bare(r->a, name), &at.part);
	}
	return at;
}

void grubcmd_take_file(struct grubrun *r, const struct grubarg *arg, struct grubcfg_file *f)
{
	const char *s = arg->s, *close, *root;

	f->word = arg->shown;
	if (startswith(s, "newc:") && strchr(s + 5, ':'))
		s = strchr(s + 5, ':') + 1;
	if (*s == '(') {
		close = strchr(s, ')');
		if (!close)
			return;
		f->place = place_of(r, s + 1, (size_t)(close - s - 1));
		s = close + 1;
	} else {
		root = grubvars_get(r, "root");
		if (root)
			f->place = place_of(r, root, strlen(root));
	}
	if (*s == '/' && !arg->unknown && !strchr(s, MARK_DIR) && !strchr(s, MARK_TAG))
		f->path = s;
}
