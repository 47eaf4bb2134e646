/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Some makers of an initramfs unpack the root's .ko.xz: the same module has another path inside.
 * Then the root's modules.dep does not do, and its index neither.
 */
#include "lib/initramfs_add_parts.h"
#include "lib/modindex.h"
#include "lib/paths.h"

#define TEXT_MAX (16u << 20)

static const char *path_of(const struct initramfs_add *a, const char *path)
{
	const char *name = module_name(a->d->scan->arena, paths_base(path));
	const struct drivers_dep *dep = name ? driver_dep(a->d, name) : NULL;

	return dep && streq(dep->path, path) ? add_path_inside(a, dep) : path;
}

static void put_line(const struct initramfs_add *a, const struct drivers_dep *dep,
		     struct bytes *line)
{
	char *save = NULL, *needs = arena_strdup(a->d->scan->arena, dep->needs);

	bytes_addf(line, "%s:", add_path_inside(a, dep));
	for (char *s = strtok_r(needs, " \t", &save); s; s = strtok_r(NULL, " \t", &save))
		bytes_addf(line, " %s", path_of(a, s));
}

const char *add_dep_make(const struct initramfs_add *a, struct bytes *text, struct bytes *index)
{
	const struct drivers *d = a->d;
	struct arena *arena = d->scan->arena;
	struct modindex_entry *e = arena_alloc(arena, (d->deps + 1) * sizeof(*e));
	size_t n = 0;

	for (size_t i = 0; i < d->deps; i++) {
		_cleanup_bytes_ struct bytes line = { 0 };

		if (n && streq(e[n - 1].key, d->dep[i].name))
			continue;
		put_line(a, &d->dep[i], &line);
		bytes_addf(text, "%s\n", line.data);
		if (text->len > TEXT_MAX)
			return "the root's modules.dep is larger than any";
		e[n++] = (struct modindex_entry){
			.key = d->dep[i].name,
			.text = arena_strdup(arena, line.data),
		};
	}
	return modindex_make(e, n, index) < 0
		       ? "the root's modules.dep has names that no module has"
		       : NULL;
}
