/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What belongs to each kernel, and which of them can boot. */
#include <dirent.h>

#include "lib/depmod.h"
#include "lib/kernels_parts.h"
#include "lib/paths.h"
#include "lib/version.h"

#define WALK_MAX 20000u
#define WALK_DEPTH 10u
#define CONFIG_MAX (2u << 20)

/* --- what belongs to a version --- */

/* Before and after the version; the first that is there. */
static const char *const initrd_names[][2] = {
	{ "initrd.img-", "" },	     { "initramfs-", ".img" },
	{ "initrd-", ".img" },	     { "initrd-", "" },
	{ "initramfs-", "" },	     { "initramfs-genkernel-", "" },
	{ "initramfs-", ".img.gz" }, { "initramfs-genkernel-", ".img" },
	{ "initrd-", ".gz" },
};

static const char *boot_file(const struct kernels_search *g, const char *prefix,
			     const char *version, const char *suffix)
{
	const char *name = arena_printf(g->arena, "%s%s%s", prefix, version, suffix);

	return kernels_find_file(g, name) ? arena_printf(g->arena, "/boot/%s", name) : NULL;
}

static const char *find_initrd(const struct kernels_search *g, const char *version)
{
	const char *path = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(initrd_names) && !path; i++)
		path = boot_file(g, initrd_names[i][0], version, initrd_names[i][1]);
	return path;
}

static const char *const module_bases[] = { "/lib/modules", "/usr/lib/modules" };

static const char *find_modules(const struct kernels_search *g, const char *version)
{
	if (!version || !*version || strchr(version, '/') || streq(version, "..") ||
	    streq(version, "."))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(module_bases); i++) {
		const char *dir = arena_printf(g->arena, "%s/%s", module_bases[i], version);

		if (root_is_dir(g->root, dir))
			return dir;
	}
	return NULL;
}

static const char *beside_modules(const struct kernels_search *g, const struct kernel *k,
				  const char *name)
{
	const char *path;

	if (!k->modules)
		return NULL;
	path = arena_printf(g->arena, "%s/%s", k->modules, name);
	return root_is_file(g->root, path) ? path : NULL;
}

static bool file_has_bytes(const struct root *r, const char *path)
{
	struct stat st;

	return root_stat(r, path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0;
}

/* --- are there modules at all --- */

struct walk {
	const struct root *root;
	struct arena *arena;
	const char *dir;
	unsigned depth, *left;
	bool found;
};

static int walk_entry(void *arg, const struct root_entry *e)
{
	struct walk *w = arg;
	struct walk below;

	if (*w->left == 0)
		return 1;
	--*w->left;
	if (e->type != DT_DIR) {
		w->found = e->type == DT_REG && depmod_is_module(e->name);
		return w->found;
	}
	if (w->depth == WALK_DEPTH)
		return 0;
	below = *w;
	below.dir = arena_printf(w->arena, "%s/%s", w->dir, e->name);
	below.depth++;
	root_list(w->root, below.dir, walk_entry, &below);
	w->found = below.found;
	return w->found;
}

/* An honest kernel without modules has no file below, and none in the list its build made. */
static bool has_no_modules(const struct kernels_search *g, const char *dir)
{
	unsigned left = WALK_MAX;
	struct walk w = { .root = g->root, .arena = g->arena, .dir = dir, .left = &left };

	if (!root_is_file(g->root, arena_printf(g->arena, "%s/modules.builtin", dir)) ||
	    file_has_bytes(g->root, arena_printf(g->arena, "%s/modules.order", dir)))
		return false;
	root_list(g->root, dir, walk_entry, &w);
	return !w.found && left > 0;
}

static void gather_modules(struct kernels_search *g, struct kernel *k)
{
	if (k->rescue)
		return;
	k->modules = find_modules(g, k->version);
	if (!k->modules && k->inner_version)
		k->modules = find_modules(g, k->inner_version);
	if (!k->modules)
		return;
	k->modules_dep =
		file_has_bytes(g->root, arena_printf(g->arena, "%s/modules.dep", k->modules));
	k->modules_builtin_only = !k->modules_dep && has_no_modules(g, k->modules);
}

static void fill(struct kernels_search *g, struct kernel *k)
{
	struct image_verdict v = { .state = IMAGE_ABSENT };

	if (k->image)
		kernel_image_judge(g->root, g->arena, g->machine, k->image, &v);
	k->image_state = v.state;
	k->image_why = v.why;
	k->image_size = v.size;
	k->inner_version = v.version;

	if (!k->initrd)
		k->initrd = find_initrd(g, k->version);
	v = (struct image_verdict){ .state = IMAGE_ABSENT };
	if (k->initrd)
		initrd_judge(g->root, g->arena, k->initrd, &v);
	k->initrd_state = v.state;
	k->initrd_why = v.why;
	k->initrd_size = v.size;

	gather_modules(g, k);
	k->config = boot_file(g, "config-", k->version, "");
	if (!k->config)
		k->config = beside_modules(g, k, "config");
	k->system_map = boot_file(g, "System.map-", k->version, "");
	if (!k->system_map)
		k->system_map = beside_modules(g, k, "System.map");
}

static bool modules_claimed(const struct kernels_search *g, const char *name)
{
	for (size_t i = 0; i < g->out->n; i++) {
		if (g->out->k[i].modules && streq(paths_base(g->out->k[i].modules), name))
			return true;
	}
	return false;
}

static void gather_only_modules(struct kernels_search *g)
{
	for (size_t b = 0; b < ARRAY_SIZE(module_bases); b++) {
		struct kernels_names d = kernels_list_dirs(g, module_bases[b]);

		for (size_t i = 0; i < d.n; i++) {
			if (!modules_claimed(g, d.name[i]) && find_modules(g, d.name[i]) &&
			    !kernels_find_version(g, d.name[i]))
				fill(g, kernels_add(g, d.name[i]));
		}
	}
}

/* --- does it need an initramfs --- */

static const char *const initrd_makers[] = {
	"/usr/sbin/update-initramfs",
	"/usr/sbin/mkinitramfs",
	"/usr/bin/dracut",
	"/usr/sbin/dracut",
	"/sbin/dracut",
	"/usr/bin/mkinitcpio",
	"/sbin/mkinitrd",
	"/usr/sbin/mkinitrd",
	"/sbin/mkinitfs",
	"/usr/sbin/mkinitfs",
};

static bool system_uses_initrds(const struct kernels_search *g)
{
	for (size_t i = 0; i < g->out->n; i++) {
		if (g->out->k[i].initrd && g->out->k[i].image && !g->out->k[i].rescue)
			return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(initrd_makers); i++) {
		if (root_exists(g->root, initrd_makers[i]))
			return true;
	}
	return false;
}

static const char *const builtin_fs[] = { "\nCONFIG_EXT4_FS=y\n", "\nCONFIG_XFS_FS=y\n",
					  "\nCONFIG_BTRFS_FS=y\n", "\nCONFIG_EXT3_FS=y\n", NULL };

static const char *const builtin_disk[] = { "\nCONFIG_VIRTIO_BLK=y\n", "\nCONFIG_BLK_DEV_NVME=y\n",
					    "\nCONFIG_BLK_DEV_SD=y\n",
					    "\nCONFIG_XEN_BLKDEV_FRONTEND=y\n", NULL };

static bool config_has(const struct bytes *b, const char *const lines[])
{
	for (size_t i = 0; lines[i]; i++) {
		if (memmem(b->data, b->len, lines[i], strlen(lines[i])))
			return true;
	}
	return false;
}

/* A file system and a disk driver are built in: it may well find its root alone. */
static bool boots_alone(const struct kernels_search *g, const struct kernel *k)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	if (!k->config || root_read(g->root, k->config, CONFIG_MAX, &b) < 0)
		return false;
	return config_has(&b, builtin_fs) && config_has(&b, builtin_disk);
}

static void judge_needs(struct kernels_search *g)
{
	bool uses = system_uses_initrds(g);

	for (size_t i = 0; i < g->out->n; i++) {
		struct kernel *k = &g->out->k[i];

		k->needs_initrd = k->initrd || (uses && !k->modules_builtin_only &&
						(!k->image || !boots_alone(g, k)));
	}
}

/* --- all together --- */

static int rank(const struct kernel *k)
{
	if (k->rescue)
		return 2;
	return strstr(k->version, "debug") ? 1 : 0;
}

static int newest_first(const void *a, const void *b)
{
	const struct kernel *ka = a, *kb = b;
	int c = rank(ka) - rank(kb);

	if (c == 0)
		c = version_compare(kb->inner_version ? kb->inner_version : kb->version,
				    ka->inner_version ? ka->inner_version : ka->version);
	if (c == 0)
		c = version_compare(kb->version, ka->version);
	return c ? c : strcmp(kb->version, ka->version);
}

void kernels_gather(const struct root *r, struct arena *a, struct kernels *out)
{
	struct kernels_search g = { .root = r, .arena = a, .out = out };

	*out = (struct kernels){ 0 };
	g.machine = kernel_image_machine(r);
	kernels_find_images(&g);
	kernels_find_layouts(&g);
	for (size_t i = 0; i < out->n; i++)
		fill(&g, &out->k[i]);
	gather_only_modules(&g);
	judge_needs(&g);
	if (out->n > 1)
		qsort(out->k, out->n, sizeof(*out->k), newest_first);
}

bool kernel_is_complete(const struct kernel *k)
{
	if (k->image_state != IMAGE_OK)
		return false;
	if (k->initrd ? k->initrd_state != IMAGE_OK : k->needs_initrd)
		return false;
	return k->rescue || k->modules_dep || k->modules_builtin_only;
}

const struct kernel *kernels_newest_complete(const struct kernels *ks)
{
	for (size_t i = 0; i < ks->n; i++) {
		if (!ks->k[i].rescue && kernel_is_complete(&ks->k[i]))
			return &ks->k[i];
	}
	return NULL;
}

static bool same_path(const char *have, const char *path)
{
	const char *rest = have ? after(path, have) : NULL;

	return rest && (*rest == '\0' || streq(rest, ".efi.signed"));
}

const struct kernel *kernels_by_path(const struct kernels *ks, const char *path)
{
	for (size_t i = 0; i < ks->n; i++) {
		if (same_path(ks->k[i].image, path) || same_path(ks->k[i].initrd, path))
			return &ks->k[i];
	}
	return NULL;
}

const struct kernel *kernels_by_version(const struct kernels *ks, const char *version)
{
	for (size_t i = 0; i < ks->n; i++) {
		if (streq(ks->k[i].version, version))
			return &ks->k[i];
	}
	for (size_t i = 0; i < ks->n; i++) {
		if (!ks->k[i].rescue && streq_null(ks->k[i].inner_version, version))
			return &ks->k[i];
	}
	return NULL;
}
