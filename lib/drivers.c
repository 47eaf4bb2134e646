/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/drivers.h"
#include "lib/kernel_config.h"
#include "lib/paths.h"

#define LIST_MAX (4u << 20)
#define NAMES_MAX 30000u
#define DEPTH_MAX 8u
#define VISITS_MAX 500u

/* Options of the modules that are asked for; the others are told by modules.builtin alone. */
static const struct {
	const char *module, *option;
} options[] = {
	{ "virtio_blk", "CONFIG_VIRTIO_BLK" },
	{ "virtio_pci", "CONFIG_VIRTIO_PCI" },
	{ "virtio_scsi", "CONFIG_SCSI_VIRTIO" },
	{ "sd_mod", "CONFIG_BLK_DEV_SD" },
	{ "nvme", "CONFIG_BLK_DEV_NVME" },
	{ "xen_blkfront", "CONFIG_XEN_BLKDEV_FRONTEND" },
	{ "hv_storvsc", "CONFIG_HYPERV_STORAGE" },
	{ "hv_vmbus", "CONFIG_HYPERV" },
	{ "ena", "CONFIG_ENA_ETHERNET" },
	{ "vmw_pvscsi", "CONFIG_VMWARE_PVSCSI" },
	{ "mptspi", "CONFIG_FUSION_SPI" },
	{ "mptsas", "CONFIG_FUSION_SAS" },
	{ "ahci", "CONFIG_SATA_AHCI" },
	{ "ata_piix", "CONFIG_ATA_PIIX" },
	{ "mmc_block", "CONFIG_MMC_BLOCK" },
	{ "ext4", "CONFIG_EXT4_FS" },
	{ "ext3", "CONFIG_EXT3_FS" },
	{ "ext2", "CONFIG_EXT2_FS" },
	{ "xfs", "CONFIG_XFS_FS" },
	{ "btrfs", "CONFIG_BTRFS_FS" },
	{ "vfat", "CONFIG_VFAT_FS" },
	{ "dm_mod", "CONFIG_BLK_DEV_DM" },
	{ "dm_crypt", "CONFIG_DM_CRYPT" },
	{ "md_mod", "CONFIG_BLK_DEV_MD" },
	{ "raid0", "CONFIG_MD_RAID0" },
	{ "raid1", "CONFIG_MD_RAID1" },
	{ "raid10", "CONFIG_MD_RAID10" },
	{ "raid456", "CONFIG_MD_RAID456" },
};

static const char *const places[] = {
	[DRIVER_UNKNOWN] = "?",
	[DRIVER_NOWHERE] = "no",
	[DRIVER_ON_ROOT] = "root",
	[DRIVER_BUILT_IN] = "built-in",
	[DRIVER_IN_INITRAMFS] = "initramfs",
};

const char *driver_place_name(enum driver_place p)
{
	return places[p];
}

/* --- gathering --- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_dep_name(const void *a, const void *b)
{
	const struct drivers_dep *da = a, *db = b;

	return strcmp(da->name, db->name);
}

static void take_built_ins(struct drivers *d, const char *list)
{
	struct arena *a = d->scan->arena;
	char *save = NULL, *copy = arena_strdup(a, list);

	for (char *s = strtok_r(copy, " \t\r\n", &save); s && d->built_ins < NAMES_MAX;
	     s = strtok_r(NULL, " \t\r\n", &save)) {
		char *name = module_name(a, paths_base(s));

		if (!name)
			continue;
		ARENA_GROW(a, d->built_in, d->built_ins, d->built_ins_cap);
		d->built_in[d->built_ins++] = name;
	}
	if (d->built_ins)
		qsort(d->built_in, d->built_ins, sizeof(*d->built_in), by_text);
}

/* "PATH: PATH PATH", a line each. */
static void take_deps(struct drivers *d, const char *list)
{
	struct arena *a = d->scan->arena;
	char *save = NULL, *copy = arena_strdup(a, list);

	for (char *s = strtok_r(copy, "\r\n", &save); s && d->deps < NAMES_MAX;
	     s = strtok_r(NULL, "\r\n", &save)) {
		char *colon = strchr(s, ':'), *name;

		if (!colon)
			continue;
		*colon = '\0';
		name = module_name(a, paths_base(s));
		if (!name)
			continue;
		ARENA_GROW(a, d->dep, d->deps, d->deps_cap);
		d->dep[d->deps++] =
			(struct drivers_dep){ .name = name, .path = s, .needs = colon + 1 };
	}
	if (d->deps)
		qsort(d->dep, d->deps, sizeof(*d->dep), by_dep_name);
}

static void take_file(struct drivers *d, const char *name,
		      void (*take)(struct drivers *d, const char *list))
{
	_cleanup_bytes_ struct bytes b = { 0 };
	const char *path = scan_printf(d->scan, "%s/%s", d->kernel->modules, name);

	if (root_read(d->scan->root, path, LIST_MAX, &b) == 0)
		take(d, b.data);
}

/* The list of the initramfs, where the root's is gone. */
static void take_inner_built_ins(struct drivers *d)
{
	const struct initramfs *i = d->initramfs;

	for (size_t n = 0; i && n < i->files; n++) {
		if (endswith(i->file[n].path, "/modules.builtin"))
			take_built_ins(d, i->file[n].data);
	}
}

static const char *version_of(const struct kernel *k)
{
	if (k->modules)
		return paths_base(k->modules);
	if (k->inner_version)
		return k->inner_version;
	return k->version[0] >= '0' && k->version[0] <= '9' && !k->rescue ? k->version : NULL;
}

void drivers_gather(struct scan *s, const struct kernel *k, struct drivers *out)
{
	_cleanup_bytes_ struct bytes config = { 0 };

	*out = (struct drivers){ .scan = s, .kernel = k, .version = version_of(k) };
	out->initramfs = scan_initramfs(s, k);
	if (k->modules) {
		take_file(out, "modules.builtin", take_built_ins);
		take_file(out, "modules.dep", take_deps);
	}
	if (!out->built_ins)
		take_inner_built_ins(out);
	if (kernel_config_read(s->root, k, &config) < 0)
		return;
	out->config.data = arena_memdup(s->arena, config.data, config.len);
	out->config.len = config.len;
}

/* --- asking --- */

static enum kernel_option option_of(const struct drivers *d, const char *module)
{
	for (size_t i = 0; d->config.data && i < ARRAY_SIZE(options); i++) {
		if (streq(options[i].module, module))
			return kernel_config_get(&d->config, options[i].option);
	}
	return OPTION_UNTOLD;
}

bool driver_is_built_in(const struct drivers *d, const char *module)
{
	if (d->built_ins &&
	    bsearch(&module, d->built_in, d->built_ins, sizeof(*d->built_in), by_text))
		return true;
	return option_of(d, module) == OPTION_BUILT_IN;
}

const struct drivers_dep *driver_dep(const struct drivers *d, const char *module)
{
	const struct drivers_dep key = { .name = module };

	return d->deps ? bsearch(&key, d->dep, d->deps, sizeof(*d->dep), by_dep_name) : NULL;
}

bool driver_is_inside(const struct drivers *d, const char *module)
{
	return d->initramfs && initramfs_has_module(d->initramfs, module, d->version);
}

static bool has_needs(const struct drivers *d, const char *module, unsigned depth,
		      unsigned *visits);

static bool has_need(const struct drivers *d, const char *path, unsigned depth, unsigned *visits)
{
	const char *name = module_name(d->scan->arena, paths_base(path));

	if (!name || driver_is_built_in(d, name))
		return true;
	return driver_is_inside(d, name) && has_needs(d, name, depth + 1, visits);
}

/* A module without what it depends on is as good as none. */
static bool has_needs(const struct drivers *d, const char *module, unsigned depth, unsigned *visits)
{
	const struct drivers_dep *dep = driver_dep(d, module);
	char *list, *save = NULL;

	if (!dep || depth > DEPTH_MAX || *visits == 0)
		return true;
	--*visits;
	list = arena_strdup(d->scan->arena, dep->needs);
	for (char *s = strtok_r(list, " \t", &save); s; s = strtok_r(NULL, " \t", &save)) {
		if (!has_need(d, s, depth, visits))
			return false;
	}
	return true;
}

/* Nothing says what is built in, or the initramfs could not be seen to its end. */
static bool is_unknown(const struct drivers *d, const char *module)
{
	const struct initramfs *i = d->initramfs;

	if (d->kernel->initrd && (!i || !i->whole || i->hidden))
		return true;
	return d->built_ins == 0 && option_of(d, module) == OPTION_UNTOLD && !driver_dep(d, module);
}

enum driver_place driver_place(const struct drivers *d, const char *module)
{
	unsigned visits = VISITS_MAX;

	if (d->without && in_list(module, d->without))
		return DRIVER_NOWHERE;
	if (driver_is_built_in(d, module))
		return DRIVER_BUILT_IN;
	if (driver_is_inside(d, module) && has_needs(d, module, 0, &visits))
		return DRIVER_IN_INITRAMFS;
	if (is_unknown(d, module))
		return DRIVER_UNKNOWN;
	return driver_dep(d, module) ? DRIVER_ON_ROOT : DRIVER_NOWHERE;
}

bool driver_is_ready(const struct drivers *d, const char *module)
{
	enum driver_place p = driver_place(d, module);

	return p == DRIVER_BUILT_IN || p == DRIVER_IN_INITRAMFS || p == DRIVER_UNKNOWN;
}

/* --- file systems --- */

static const struct {
	const char *type;
	const char *modules[4];
} types[] = {
	{ "ext2", { "ext2", "ext4", "ext3" } },
	{ "ext3", { "ext3", "ext4" } },
	{ "ext4", { "ext4" } },
	{ "xfs", { "xfs" } },
	{ "btrfs", { "btrfs" } },
	{ "f2fs", { "f2fs" } },
	{ "jfs", { "jfs" } },
	{ "reiserfs", { "reiserfs" } },
	{ "vfat", { "vfat" } },
};

const char *driver_of_type(const struct drivers *d, const char *type)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (!streq(types[i].type, type))
			continue;
		for (size_t m = 0; types[i].modules[m]; m++) {
			if (driver_is_ready(d, types[i].modules[m]))
				return types[i].modules[m];
		}
		return types[i].modules[0];
	}
	return NULL;
}
