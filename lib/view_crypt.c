/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the system on the disk calls its encrypted volumes: crypttab(5) of its root. */
#include "lib/view_internal.h"

#define LINES_MAX 256

/* The opened volume that lies in that partition. */
static struct partition *opened_in(struct view *v, const struct partition *p)
{
	for (size_t i = 0; i < v->d->n; i++) {
		const struct layer *l = v->disks[v->d->p[i].disk]->layer;

		if (l && v->d->p[i].layer && !l->lv && layer_is_in(l, p) &&
		    streq(l->what, v->d->p[i].layer))
			return &v->d->p[i];
	}
	return NULL;
}

static void add_name(struct view *v, struct partition *p, const char *name)
{
	const char **names;
	size_t n = 0;

	while (p->names && p->names[n])
		n++;
	names = arena_alloc(v->a, (n + 2) * sizeof(*names));
	for (size_t i = 0; i < n; i++)
		names[i] = p->names[i];
	names[n] = arena_printf(v->a, "/dev/mapper/%s", name);
	p->names = names;
}

/* NAME DEVICE KEY OPTIONS */
static void read_entry(struct view *v, char *line)
{
	const struct partition *luks;
	char *save = NULL, *name = strtok_r(line, " \t\r", &save),
	     *spec = name ? strtok_r(NULL, " \t\r", &save) : NULL;
	struct partition *p;

	if (!spec || name[0] == '#' || strchr(name, '/') ||
	    devices_find(v->d, spec, &luks) != SPEC_FOUND)
		return;
	p = opened_in(v, luks);
	if (p)
		add_name(v, p, name);
}

void view_crypt_names(struct view *v)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	char *save = NULL;
	size_t n = 0;

	if (root_read(v->root, "/etc/crypttab", ROOT_TEXT_MAX, &b) < 0 || !b.data ||
	    memchr(b.data, '\0', b.len))
		return;
	for (char *line = strtok_r(b.data, "\n", &save); line && n++ < LINES_MAX;
	     line = strtok_r(NULL, "\n", &save))
		read_entry(v, arena_strdup(v->a, line));
}
