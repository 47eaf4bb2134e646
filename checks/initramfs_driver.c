/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drivers between the kernel and its root: the disk's and the file system's. */
#include "checks/initramfs_parts.h"

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

/* The network's driver is wanted later than the root, and stops no boot. */
static bool is_of_network(const char *name)
{
	return streq(name, "ena");
}

static struct finding *find_named(struct initramfs_look *l, const struct platform_wanted *w,
				  bool (*skip)(const char *name))
{
	_cleanup_bytes_ struct bytes b = { 0 };
	struct finding *f;

	for (size_t i = 0; i < w->n; i++) {
		if (skip(w->name[i]) || platform_ready(&l->d, w->name[i]))
			continue;
		bytes_addf(&b, "%s%s for %s", b.len ? ", " : "", platform_lacks(&l->d, w->name[i]),
			   w->name[i]);
	}
	if (!b.len)
		return NULL;
	f = scan_find(l->s, &initramfs_driver, l->k->initrd,
		      "it lacks %s (as --platform says), and its kernel has no such driver "
		      "built in",
		      b.data);
	finding_absence(f);
	return f;
}

static bool is_of_disk(const char *name)
{
	return !is_of_network(name);
}

/* One finding for all disks that the user named. */
static void check_named(struct initramfs_look *l, const struct platform_wanted *w)
{
	struct finding *disk = find_named(l, w, is_of_network), *net = find_named(l, w, is_of_disk);

	if (disk)
		initramfs_propose(l, disk, has_disk);
	if (!net)
		return;
	finding_severity(net, BLOCKS_LOGIN);
	initramfs_move_default(l, net, has_disk);
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

/*
 * A cloud's name is a weak hint where there is a driver of another disk: its machine may be one of
 * bare metal. Drivers that are put in do no harm then, another kernel might. A journal that tells
 * of several machines is a weak hint, too.
 */
static void weaken(const struct initramfs_look *l, const struct platform_wanted *w,
		   struct finding *f)
{
	if (platform_unsure(&l->d, w)) {
		initramfs_doubt(f);
		return;
	}
	if (!startswith(w->from, "/var/lib/cloud/") || !has_any_disk(&l->d))
		return;
	if (l->add->data)
		finding_severity(f, DEGRADES);
	else
		initramfs_doubt(f);
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
		initramfs_propose(l, f, has_disk);
		weaken(l, w, f);
	} else if (w->need == NEED_NOTHING && l->s->facts->devices->known && !has_any_disk(&l->d)) {
		f = scan_find(l->s, &initramfs_driver, l->k->initrd,
			      "neither it nor its kernel has a driver for any disk");
		finding_absence(f);
		initramfs_propose(l, f, passes_any);
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

static bool is_worth_asking(const struct initramfs_look *l)
{
	return l->s->facts->wishes.platform || !is_generic(&l->d);
}

static void check_disk(struct initramfs_look *l)
{
	struct platform_wanted w;

	if (!is_worth_asking(l))
		return;
	platform_wanted(l->s, l->k, &w);
	if (w.need == NEED_ALL)
		check_named(l, &w);
	else
		check_guessed(l, &w);
}

/* Every driver there is for it. How many; 0: none can be had. */
static size_t want_platform(struct initramfs_look *l, struct initramfs_add *a, const char *name)
{
	const char *module[PLATFORM_MODULES];
	size_t n = platform_modules(&l->d, name, module, ARRAY_SIZE(module));

	for (size_t i = 0; i < n; i++)
		initramfs_add_want(a, module[i]);
	return n;
}

static void want_named(struct initramfs_look *l, struct initramfs_add *a,
		       const struct platform_wanted *w)
{
	for (size_t i = 0; i < w->n; i++) {
		if (!is_of_network(w->name[i]) && !platform_ready(&l->d, w->name[i]) &&
		    want_platform(l, a, w->name[i]) == 0)
			initramfs_add_nowhere(a, scan_printf(l->s, "driver for %s", w->name[i]));
	}
}

static void want_some(struct initramfs_look *l, struct initramfs_add *a, const char *const *names,
		      size_t n)
{
	size_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += want_platform(l, a, names[i]);
	if (sum == 0)
		initramfs_add_nowhere(a, "driver for it");
}

static void want_disk(struct initramfs_look *l, struct initramfs_add *a)
{
	struct platform_wanted w;

	if (!is_worth_asking(l))
		return;
	platform_wanted(l->s, l->k, &w);
	if (w.need == NEED_ALL)
		want_named(l, a, &w);
	else if (!platform_satisfied(&l->d, &w))
		want_some(l, a, w.name, w.n);
	else if (w.need == NEED_NOTHING && !has_any_disk(&l->d))
		want_some(l, a, usual, ARRAY_SIZE(usual));
}

void initramfs_check_hidden(struct initramfs_look *l)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	struct platform_wanted w;
	struct finding *f;

	platform_wanted(l->s, l->k, &w);
	for (size_t i = 0; w.need == NEED_ALL && i < w.n; i++) {
		if (!is_of_network(w.name[i]) && !platform_seen(&l->d, w.name[i]))
			bytes_addf(&b, "%s%s", b.len ? ", " : "", w.name[i]);
	}
	if (!b.len)
		return;
	f = scan_find(l->s, &initramfs_driver, l->k->initrd,
		      "its modules are in a squash image: whether it has drivers for %s (as "
		      "--platform says) cannot be seen",
		      b.data);
	finding_severity(f, NOTE);
	initramfs_rebuild(l, f);
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
	initramfs_propose(l, f, has_fs);
}

static void want_fs(struct initramfs_look *l, struct initramfs_add *a)
{
	const char *module = root_module(l, &l->d);

	if (module && !driver_is_ready(&l->d, module))
		initramfs_add_want(a, module);
}

void initramfs_want_all(struct initramfs_look *l, struct initramfs_add *a)
{
	want_disk(l, a);
	want_fs(l, a);
	initramfs_want_layers(l, a);
}

void initramfs_check_driver(struct initramfs_look *l)
{
	check_disk(l);
	check_fs(l);
	initramfs_check_layers(l);
}
