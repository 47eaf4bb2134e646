/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drivers between the kernel and its root: the disk's, the layers' on it, the file system's. */
#include "checks/initramfs_parts.h"
#include "lib/cmdline.h"

/* --- the disk --- */

static bool has_disk(struct initramfs_look *l, const struct kernel *k)
{
	struct platform_wanted w;
	struct drivers d;

	drivers_gather(l->s, k, &d);
	platform_wanted(l->s, l->k, &w);
	return platform_satisfied(&d, &w);
}

static const char *words(struct initramfs_look *l, const struct platform_wanted *w)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	for (size_t i = 0; i < w->n; i++)
		bytes_addf(&b, "%s%s", i == 0 ? "" : i + 1 == w->n ? " or " : ", ", w->name[i]);
	return scan_printf(l->s, "%s", b.len ? b.data : "");
}

/* One finding for all that the user named; the network's driver stops no boot. */
static void check_named(struct initramfs_look *l, const struct platform_wanted *w)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	bool disk = false;
	struct finding *f;

	for (size_t i = 0; i < w->n; i++) {
		if (platform_ready(&l->d, w->name[i]))
			continue;
		disk |= !streq(w->name[i], "ena");
		bytes_addf(&b, "%s%s for %s", b.len ? ", " : "", platform_lacks(&l->d, w->name[i]),
			   w->name[i]);
	}
	if (!b.len)
		return;
	f = scan_find(l->s, &initramfs_driver, l->k->initrd,
		      "it lacks %s (as --platform says), and its kernel has no such driver "
		      "built in",
		      b.data);
	if (!disk)
		finding_severity(f, BLOCKS_LOGIN);
	finding_absence(f);
	initramfs_move_default(l, f, has_disk);
}

/* Drivers of disks that no platform of a cloud has. */
static const char *const other_disks[] = { "sd_mod",	"mmc_block", "usb_storage", "dasd_mod",
					   "nbd",	"vmd",	     "virtiofs",    "cciss",
					   "sym53c8xx", "ide_disk",  "ide_gd_mod",  "rbd" };

static bool has_any_disk(const struct drivers *d)
{
	for (size_t i = 0; i < ARRAY_SIZE(other_disks); i++) {
		if (driver_is_ready(d, other_disks[i]))
			return true;
	}
	return *platform_list(d) != '\0';
}

static bool passes_any(struct initramfs_look *l, const struct kernel *k)
{
	struct drivers d;

	drivers_gather(l->s, k, &d);
	return *platform_list(&d) != '\0';
}

static void check_guessed(struct initramfs_look *l, const struct platform_wanted *w)
{
	struct finding *f;

	if (!platform_satisfied(&l->d, w)) {
		f = scan_find(l->s, &initramfs_driver, l->k->initrd,
			      "neither it nor its kernel has a disk driver for %s, where the "
			      "system ran by '%s'",
			      words(l, w), w->from);
		finding_absence(f);
		initramfs_move_default(l, f, has_disk);
	} else if (w->need == NEED_NOTHING && l->s->facts->devices->known && !has_any_disk(&l->d)) {
		f = scan_find(l->s, &initramfs_driver, l->k->initrd,
			      "neither it nor its kernel has a driver for any disk");
		finding_absence(f);
		initramfs_move_default(l, f, passes_any);
	}
}

static const char *const usual[] = { "virtio", "nvme", "xen", "hyperv", "scsi" };

/* Made for every machine, as most are: then nothing needs to be guessed. */
static bool is_generic(const struct drivers *d)
{
	for (size_t i = 0; i < ARRAY_SIZE(usual); i++) {
		if (!platform_ready(d, usual[i]))
			return false;
	}
	return true;
}

static void check_disk(struct initramfs_look *l)
{
	struct platform_wanted w;

	if (!l->s->facts->wishes.platform && is_generic(&l->d))
		return;
	platform_wanted(l->s, l->k, &w);
	if (w.need == NEED_ALL)
		check_named(l, &w);
	else
		check_guessed(l, &w);
}

/* --- the file system --- */

static const char *root_module(const struct initramfs_look *l, const struct drivers *d)
{
	const struct partition *root = l->s->facts->root_part;

	return root && root->type ? driver_of_type(d, root->type) : NULL;
}

static bool has_fs(struct initramfs_look *l, const struct kernel *k)
{
	struct drivers d;
	const char *module;

	drivers_gather(l->s, k, &d);
	module = root_module(l, &d);
	return module && driver_is_ready(&d, module);
}

static void check_fs(struct initramfs_look *l)
{
	const char *module = root_module(l, &l->d);
	struct finding *f;

	if (!module || driver_is_ready(&l->d, module))
		return;
	f = scan_find(l->s, &initramfs_driver, l->k->initrd,
		      "neither it nor its kernel has '%s', the driver of the root's file system",
		      module);
	finding_absence(f);
	initramfs_move_default(l, f, has_fs);
}

/* --- what lies between --- */

static bool has_role(const struct devices *d, enum role r)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->p[i].role == r)
			return true;
	}
	return false;
}

/* First match wins: LVM may lie inside LUKS or md, never the other way round where it is seen. */
static const struct layer {
	enum role role;
	const char *device; /* how root= starts */
	const char *module, *program;
	unsigned tool;
} layers[] = {
	{ ROLE_LVM, "/dev/mapper/", "dm_mod", "lvm", TOOL_LVM },
	{ ROLE_LUKS, "/dev/mapper/", "dm_crypt", "cryptsetup", TOOL_CRYPTSETUP },
	{ ROLE_MD, "/dev/md", "md_mod", "mdadm", TOOL_MDADM },
};

static const struct layer *root_layer(const struct initramfs_look *l)
{
	const char *args = l->choice ? l->choice->args : NULL;
	const char *root = args ? cmdline_get(l->s->arena, args, "root") : NULL;

	for (size_t i = 0; root && i < ARRAY_SIZE(layers); i++) {
		if (has_role(l->s->facts->devices, layers[i].role) &&
		    startswith(root, layers[i].device))
			return &layers[i];
	}
	return NULL;
}

static bool has_layer(struct initramfs_look *l, const struct kernel *k)
{
	const struct layer *need = root_layer(l);
	const struct initramfs *i = scan_initramfs(l->s, k);
	struct drivers d;

	drivers_gather(l->s, k, &d);
	return need && i && driver_is_ready(&d, need->module) && i->tools & need->tool;
}

static void check_layer(struct initramfs_look *l)
{
	const struct layer *need = root_layer(l);
	struct finding *f;

	if (!need || has_layer(l, l->k))
		return;
	f = scan_find(l->s, &initramfs_driver, l->k->initrd,
		      "the root lies in %s, and it lacks the %s '%s'", role_name(need->role),
		      driver_is_ready(&l->d, need->module) ? "program" : "driver",
		      driver_is_ready(&l->d, need->module) ? need->program : need->module);
	finding_absence(f);
	initramfs_move_default(l, f, has_layer);
}

void initramfs_check_driver(struct initramfs_look *l)
{
	check_disk(l);
	check_fs(l);
	check_layer(l);
}
