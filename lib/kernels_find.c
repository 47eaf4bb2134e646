/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The images of /boot and of kernel-install's directories, a kernel each. */
#include <ctype.h>
#include <dirent.h>

#include "lib/kernels_parts.h"
#include "lib/paths.h"

#define BOOT_FILES_MAX 4096u
#define MODULE_DIRS_MAX 512u
#define MACHINE_ID_LEN 32u

/* --- the names in /boot --- */

static int add_file(void *arg, const struct root_entry *e)
{
	struct kernels_search *g = arg;

	if (e->type == DT_DIR || e->name[0] == '.')
		return 0;
	ARENA_GROW(g->arena, g->file, g->files, g->files_cap);
	g->file[g->files++] =
		(struct kernels_file){ .name = arena_strdup(g->arena, e->name), .type = e->type };
	return g->files >= BOOT_FILES_MAX;
}

const struct kernels_file *kernels_find_file(const struct kernels_search *g, const char *name)
{
	for (size_t i = 0; i < g->files; i++) {
		if (streq(g->file[i].name, name))
			return &g->file[i];
	}
	return NULL;
}

/* What package managers, editors and signers leave beside an image. */
static const char *const leftovers[] = {
	".rpmsave", ".rpmnew", ".rpmorig", ".old", ".bak",  ".hmac",   ".orig",	   ".sig", ".p7s",
	".signed",  ".tmp",    ".new",	   "~",	   ".save", ".backup", ".pre-v2v", ".asc",
};

static bool is_leftover(const char *name)
{
	if (strstr(name, ".dpkg-") || strstr(name, "kdump"))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(leftovers); i++) {
		if (endswith(name, leftovers[i]))
			return true;
	}
	return false;
}

/* In the order of preference when one version has several. */
static const struct {
	const char *prefix;
	bool numbered; /* the prefix is used for other things too: a digit must follow */
} image_prefixes[] = {
	{ "vmlinuz-", false }, { "bzImage-", true },  { "Image-", true },
	{ "image-", true },    { "zImage-", true },   { "kernel-genkernel-", false },
	{ "kernel-", true },   { "vmlinux-", false },
};

static const char *image_version(struct arena *a, const char *name, size_t prefix)
{
	const char *version = after(name, image_prefixes[prefix].prefix);

	if (!version || !*version || is_leftover(version))
		return NULL;
	if (image_prefixes[prefix].numbered && !isdigit((unsigned char)*version))
		return NULL;
	if (endswith(version, ".gz") || endswith(version, ".xz"))
		return arena_strndup(a, version, strlen(version) - 3);
	return version;
}

/* A link to another versioned image of /boot is a second name, not a version. */
static bool is_alias(const struct kernels_search *g, const struct kernels_file *f)
{
	_cleanup_free_ char *target = NULL;
	const char *path = arena_printf(g->arena, "/boot/%s", f->name);

	if (f->type != DT_LNK || root_readlink(g->root, path, &target) < 0)
		return false;
	if (streq(paths_base(target), f->name))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(image_prefixes); i++) {
		if (image_version(g->arena, paths_base(target), i))
			return true;
	}
	return false;
}

struct kernel *kernels_find_version(const struct kernels_search *g, const char *version)
{
	for (size_t i = 0; i < g->out->n; i++) {
		if (streq(g->out->k[i].version, version))
			return &g->out->k[i];
	}
	return NULL;
}

struct kernel *kernels_add(struct kernels_search *g, const char *version)
{
	struct kernel *k;

	ARENA_GROW(g->arena, g->out->k, g->out->n, g->cap);
	k = &g->out->k[g->out->n++];
	*k = (struct kernel){ .version = arena_strdup(g->arena, version),
			      .rescue = strstr(version, "rescue") != NULL };
	return k;
}

void kernels_find_images(struct kernels_search *g)
{
	root_list(g->root, "/boot", add_file, g);
	for (size_t p = 0; p < ARRAY_SIZE(image_prefixes); p++) {
		for (size_t i = 0; i < g->files; i++) {
			const struct kernels_file *f = &g->file[i];
			const char *version = image_version(g->arena, f->name, p);

			if (!version || kernels_find_version(g, version) || is_alias(g, f))
				continue;
			kernels_add(g, version)->image =
				arena_printf(g->arena, "/boot/%s", f->name);
		}
	}
}

/* --- kernel-install's layout: /boot/MACHINE-ID/VERSION/linux --- */

static const char *const entry_bases[] = { "/boot", "/boot/efi", "/efi" };

static int add_dir(void *arg, const struct root_entry *e)
{
	struct kernels_names *d = arg;

	if (e->type != DT_DIR && e->type != DT_LNK)
		return 0;
	ARENA_GROW(d->arena, d->name, d->n, d->cap);
	d->name[d->n++] = arena_strdup(d->arena, e->name);
	return d->n >= d->max;
}

struct kernels_names kernels_list_dirs(const struct kernels_search *g, const char *dir)
{
	struct kernels_names d = { .arena = g->arena, .max = MODULE_DIRS_MAX };

	root_list(g->root, dir, add_dir, &d);
	return d;
}

static bool is_machine_id(const char *s)
{
	return strlen(s) == MACHINE_ID_LEN && strspn(s, "0123456789abcdef") == MACHINE_ID_LEN;
}

static void gather_installed(struct kernels_search *g, const char *dir)
{
	struct kernels_names d = kernels_list_dirs(g, dir);

	for (size_t i = 0; i < d.n; i++) {
		const char *image = arena_printf(g->arena, "%s/%s/linux", dir, d.name[i]);
		const char *initrd = arena_printf(g->arena, "%s/%s/initrd", dir, d.name[i]);
		struct kernel *k;

		if (!root_exists(g->root, image) || kernels_find_version(g, d.name[i]))
			continue;
		k = kernels_add(g, d.name[i]);
		k->image = image;
		k->initrd = root_exists(g->root, initrd) ? initrd : NULL;
	}
}

void kernels_find_layouts(struct kernels_search *g)
{
	for (size_t i = 0; i < ARRAY_SIZE(entry_bases); i++) {
		struct kernels_names d = kernels_list_dirs(g, entry_bases[i]);

		for (size_t n = 0; n < d.n; n++) {
			if (is_machine_id(d.name[n]))
				gather_installed(g, arena_printf(g->arena, "%s/%s", entry_bases[i],
								 d.name[n]));
		}
	}
}
