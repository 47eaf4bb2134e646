/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program loader, which every program names by a path of its own. */
#include "checks/tree_parts.h"
#include "lib/paths.h"

enum { EM_386_ = 3, EM_X86_64_ = 62, EM_AARCH64_ = 183 };

static const struct loader {
	const char *path;    /* what programs name */
	unsigned machine;    /* of ELF */
	const char *dirs[4]; /* where the file itself may be */
} loaders[] = {
	{ "/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", EM_X86_64_, { NULL } },
	{ "/lib64/ld-linux-x86-64.so.2",
	  EM_X86_64_,
	  { "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", NULL } },
	{ "/lib/aarch64-linux-gnu/ld-linux-aarch64.so.1", EM_AARCH64_, { NULL } },
	{ "/lib/ld-linux-aarch64.so.1",
	  EM_AARCH64_,
	  { "/lib/aarch64-linux-gnu", "/lib64", "/usr/lib64", NULL } },
	{ "/lib/i386-linux-gnu/ld-linux.so.2", EM_386_, { NULL } },
	{ "/lib/ld-linux.so.2", EM_386_, { "/lib/i386-linux-gnu", "/lib32", "/usr/lib32", NULL } },
};

static bool is_elf_of(const struct tree *w, const char *path, unsigned machine)
{
	unsigned char h[20];
	size_t got = 0;

	if (!root_is_file(w->s->root, path) ||
	    root_pread(w->s->root, path, 0, h, sizeof(h), &got) < 0 || got != sizeof(h))
		return false;
	return memcmp(h, "\177ELF", 4) == 0 && h[5] == 1 && (h[18] | h[19] << 8) == (int)machine;
}

static const char *split_path(struct tree *w, const char *path, const char **name)
{
	const char *slash = strrchr(path, '/');

	*name = slash + 1;
	return slash == path ? "/" : arena_strndup(w->s->arena, path, (size_t)(slash - path));
}

/* "2.31.so" of a libc.so.6 that leads to libc-2.31.so; NULL: it does not say. */
static const char *libc_version(struct tree *w, const char *dir)
{
	_cleanup_free_ char *libc = NULL;
	const char *base;

	if (root_resolve(w->s->root, scan_printf(w->s, "%s/libc.so.6", dir), &libc) < 0)
		return NULL;
	base = strrchr(libc, '/');
	base = base ? after(base, "/libc-") : NULL;
	return base ? arena_strdup(w->s->arena, base) : NULL;
}

/* glibc before 2.34: ld-2.31.so, of the same version as the libc in use; else the only one. */
static const char *versioned_in(struct tree *w, const char *dir, unsigned machine)
{
	const char *const *name = scan_dir(w->s, dir);
	const char *version = libc_version(w, dir), *found = NULL;

	for (; *name; name++) {
		const char *path = scan_printf(w->s, "%s/%s", dir, *name);
		const char *own = after(*name, "ld-");

		if (!own || own[0] != '2' || !endswith(own, ".so") || !is_elf_of(w, path, machine))
			continue;
		if (version && streq(version, own))
			return path;
		if (found)
			return NULL;
		found = path;
	}
	return version ? NULL : found;
}

/* The loader's file, other than at its own name; NULL: not found. */
static const char *find_loader(struct tree *w, const struct loader *l)
{
	const char *name, *dir = split_path(w, l->path, &name), *found;

	found = versioned_in(w, tree_after_repair(w, dir), l->machine);
	for (size_t i = 0; !found && l->dirs[i]; i++) {
		const char *d = tree_after_repair(w, l->dirs[i]);
		const char *path = scan_printf(w->s, "%s/%s", d, name);

		if (is_elf_of(w, path, l->machine))
			found = scan_printf(w->s, "%s/%s", l->dirs[i], name);
		else
			found = versioned_in(w, d, l->machine);
	}
	return found;
}

/* The link at path leads to what an earlier proposal makes. */
static bool leads_to_made(struct tree *w, const char *path)
{
	_cleanup_free_ char *to = NULL;

	if (!tree_is_link(w, path) || root_resolve(w->s->root, path, &to) < 0)
		return false;
	if (root_exists(w->s->root, tree_after_repair(w, to)))
		return true;
	for (size_t i = 0; i < w->n; i++) {
		if (streq(w->made[i].link, to))
			return true;
	}
	return false;
}

/* The directory the link stands in; made too where it is gone. */
static const char *loader_dir(struct tree *w, struct finding *f, const char *dir)
{
	const char *to;

	if (root_is_dir(w->s->root, dir))
		return dir;
	if (tree_is_absent(w, dir) && w->merged && !startswith(dir, "/usr/")) {
		to = scan_printf(w->s, "/usr%s", dir);
		if (tree_is_absent(w, to))
			propose_dir(f, to, 0755);
		propose_link(f, dir, to + 1);
		tree_will_be(w, dir, to);
		return to;
	}
	to = paths_real_or_same(w->s->root, w->s->arena, dir);
	propose_dir(f, to, 0755);
	return to;
}

static void check_loader(struct tree *w, const struct loader *l)
{
	const char *name, *dir = split_path(w, l->path, &name);
	const char *path = tree_after_repair(w, l->path), *file, *file_name, *file_dir, *at;
	const char *real;
	struct finding *f;

	if (root_exists(w->s->root, path) || leads_to_made(w, path))
		return;
	/* A directory of Debian's kind that is not there at all is another family's. */
	if (!l->dirs[0] && !root_is_dir(w->s->root, tree_after_repair(w, dir)))
		return;
	file = find_loader(w, l);
	if (!file)
		return;
	file_dir = split_path(w, file, &file_name);
	f = tree_find(w, l->path, STOPS_BOOT,
		      scan_printf(w->s, "the program loader's link is gone; '%s' is there", file));
	at = loader_dir(w, f, tree_after_repair(w, dir));
	path = scan_printf(w->s, "%s/%s", at, name);
	propose_link(f, path, streq(tree_after_repair(w, file_dir), at) ? file_name : file);
	real = paths_real(w->s->root, w->s->arena, path);
	if (real)
		tree_will_be(w, real, file);
}

void tree_check_loaders(struct tree *w)
{
	if (!tree_usr_is_seen(w))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(loaders); i++)
		check_loader(w, &loaders[i]);
}
