/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/check.h"
#include "lib/initramfs_scan.h"
#include "lib/kernel_image.h"
#include "lib/kernel_sum.h"
#include "lib/loader_default.h"
#include "lib/tools.h"
#include "lib/paths.h"
#include "lib/unseen.h"
#include "checks/checks.h"

#define CONFIG_MAX (2u << 20)

static const struct problem none = {
	.id = "kernel.none",
	.severity = STOPS_BOOT,
	.stage = AT_KERNEL,
	.safety = FIX_NONE,
	.title = "no kernel in /boot",
	.why = "A boot loader is installed, but there is nothing for it to load: /boot holds no kernel image. "
	       "An emptied /boot, an interrupted removal of the last kernel package, or a /boot partition "
	       "whose content was lost leaves a disk in this state.",
	.console = "error: file `/boot/vmlinuz-6.1.0-31-amd64' not found.\n"
		   "error: you need to load the kernel first.",
	.by_hand = "chroot /mnt apt-get install --reinstall linux-image-amd64   (Debian, Ubuntu)\n"
		   "chroot /mnt dnf reinstall kernel-core                       (RHEL and kin)",
};

static const struct problem empty = {
	.id = "kernel.empty",
	.severity = STOPS_BOOT,
	.stage = AT_KERNEL,
	.safety = FIX_SAFE,
	.title = "the kernel that boots is an empty file",
	.why = "The boot loader opens the image, finds no bytes in it and stops. A full /boot or a power loss "
	       "during a kernel update leaves files of size 0.",
	.console = "error: premature end of file /boot/vmlinuz-6.1.0-31-amd64.\n"
		   "error: you need to load the kernel first.",
	.by_hand =
		"cp /mnt/lib/modules/VERSION/vmlinuz /mnt/boot/vmlinuz-VERSION   (when that copy is there)\n"
		"or boot another kernel: grub-editenv /mnt/boot/grub/grubenv set saved_entry=ENTRY",
	.fix = "restores the image from the copy that its package keeps below /lib/modules; without such a "
	       "copy makes the newest complete kernel the default entry",
};

static const struct problem damaged = {
	.id = "kernel.damaged",
	.severity = STOPS_BOOT,
	.stage = AT_KERNEL,
	.safety = FIX_SAFE,
	.title = "the kernel that boots is damaged",
	.why = "The image does not start like a kernel, it is shorter than its own header says, or what is in "
	       "it is not what was built: its checksum is wrong. The loader refuses it, or the kernel fails "
	       "while it unpacks itself, which most consoles do not show.",
	.console = "error: invalid magic number.\n"
		   "XZ-compressed data is corrupt\n"
		   " -- System halted",
	.by_hand =
		"cp /mnt/lib/modules/VERSION/vmlinuz /mnt/boot/vmlinuz-VERSION   (when that copy is there)\n"
		"or boot another kernel: grub-editenv /mnt/boot/grub/grubenv set saved_entry=ENTRY",
	.fix = "restores the image from the copy that its package keeps below /lib/modules; without such a "
	       "copy makes the newest complete kernel the default entry",
};

static const struct problem initrd = {
	.id = "kernel.initrd",
	.severity = STOPS_BOOT,
	.stage = AT_INITRAMFS,
	.safety = FIX_SAFE,
	.title = "the kernel that boots has no usable initramfs",
	.why = "This kernel finds its root file system with programs and drivers of the initramfs. Without one, "
	       "or with one that is empty, cut short or damaged, it cannot mount the root and panics. A full "
	       "/boot or a power loss during an update leaves such files. The initramfs of the kernel that boots "
	       "is unpacked to its end to find out; of the others only the first bytes are looked at.",
	.console = "Initramfs unpacking failed: ZSTD-compressed data is truncated\n"
		   "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)",
	.by_hand =
		"chroot /mnt update-initramfs -c -k VERSION                        (Debian, Ubuntu)\n"
		"chroot /mnt dracut -f /boot/initramfs-VERSION.img VERSION         (RHEL and kin)\n"
		"or boot another kernel: grub-editenv /mnt/boot/grub/grubenv set saved_entry=ENTRY",
	.fix = "makes the newest complete kernel the default entry; without such a kernel, when asked by "
	       "--fix=kernel.initrd, builds the initramfs anew with update-initramfs, dracut, mkinitcpio or "
	       "mkinitrd of the disk itself: programs of the disk are run, on a copy of it and shut off from "
	       "this machine, and only the new initramfs is taken over",
};

static const struct problem modules = {
	.id = "kernel.modules",
	.severity = STOPS_BOOT,
	.stage = AT_INITRAMFS,
	.safety = FIX_ASK,
	.title = "a kernel's modules are missing or have no modules.dep",
	.why = "Once the root is mounted, drivers for the network and for further file systems are loaded from "
	       "/lib/modules/VERSION by way of modules.dep. Without them the machine has no network, and a "
	       "/boot or /boot/efi that needs a module fails to mount, which ends in emergency mode.",
	.console =
		"modprobe: FATAL: Could not load /lib/modules/6.1.0-31-amd64/modules.dep: No such file or directory\n"
		"[FAILED] Failed to start Load Kernel Modules.\n"
		"mount: unknown filesystem type 'vfat'",
	.by_hand = "depmod -b /mnt VERSION   (the modules are there, modules.dep is not)\n"
		   "reinstall the kernel package in a chroot when the modules themselves are gone",
	.fix = "makes modules.dep and what belongs to it anew with this machine's depmod; nothing when the "
	       "modules themselves are gone",
};

static const struct problem spare = {
	.id = "kernel.spare",
	.severity = DEGRADES,
	.stage = AT_KERNEL,
	.safety = FIX_ASK,
	.title = "a kernel that is not the default cannot boot",
	.why = "The menu offers this kernel, but its image or its initramfs is empty, damaged or missing. It does "
	       "not matter until somebody chooses it, or until it becomes the default.",
	.by_hand =
		"reinstall its package in a chroot, or remove the package\n"
		"chroot /mnt update-initramfs -c -k VERSION   (when only its initramfs is missing)",
	.fix = "builds a missing or damaged initramfs anew with the programs of the disk itself, which are "
	       "run on a copy of it and shut off from this machine; nothing for a damaged image",
};

static const struct problem incomplete = {
	.id = "kernel.incomplete",
	.severity = NOTE,
	.stage = AT_KERNEL,
	.safety = FIX_NONE,
	.title = "a kernel lacks the config or System.map that others have",
	.why = "Neither file is read while the system boots; their absence only shows that something else than "
	       "the package manager was at work in /boot.",
	.by_hand = "reinstall the kernel package if its config or System.map is wanted",
};

static const struct problem *const problems[] = { &none,       &empty,	&damaged, &spare,
						  &incomplete, &initrd, &modules, NULL };

struct look {
	struct scan *s;
	struct loader loader;
	const struct boot_choice *choice; /* NULL: what boots cannot be told */
	const struct kernel *def;	  /* NULL: the image that boots is not there at all */
};

static bool config_says(struct scan *s, const struct kernel *k, const char *const lines[])
{
	_cleanup_bytes_ struct bytes b = { 0 };

	if (!k->config || root_read(s->root, k->config, CONFIG_MAX, &b) < 0)
		return false;
	for (size_t i = 0; lines[i]; i++) {
		if (memmem(b.data, b.len, lines[i], strlen(lines[i])))
			return true;
	}
	return false;
}

/* --- no kernel --- */

static const char *const elsewhere[] = { "/ostree",	 "/boot/ostree", "/boot/firmware",
					 "/nix",	 "/boot/zipl",	 "/boot/extlinux",
					 "/boot/coreos", "/boot/flatcar" };
static const char *const uki_dirs[] = { "/boot/EFI/Linux", "/boot/efi/EFI/Linux",
					"/efi/EFI/Linux" };
static const char *const image_names[] = { "kernel", "vmlinu", "bzImage", "zImage", "uImage",
					   "Image",  "image",  "linux",	  "fit",    "uki" };

/* A unified kernel image, a board's own names, an image-based system: kernels of another kind. */
static bool has_other_kernels(struct scan *s)
{
	const char *const *name;

	for (size_t i = 0; i < ARRAY_SIZE(elsewhere); i++) {
		if (root_exists(s->root, elsewhere[i]))
			return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(uki_dirs); i++) {
		if (*scan_dir(s, uki_dirs[i]))
			return true;
	}
	for (name = scan_dir(s, "/boot"); *name; name++) {
		for (size_t i = 0; i < ARRAY_SIZE(image_names); i++) {
			if (startswith(*name, image_names[i]))
				return true;
		}
	}
	return false;
}

/* /boot is there to be looked at: nothing that belongs on it is left unmounted. */
static bool boot_is_visible(struct scan *s)
{
	const struct devices *d = s->facts->devices;

	if (unseen(unseen_find(s), "/boot"))
		return false;
	for (size_t i = 0; i < d->n; i++) {
		if (d->p[i].role == ROLE_BOOT && !d->p[i].mounted)
			return false;
	}
	return true;
}

static void check_none(struct scan *s)
{
	const struct kernels *ks = &s->facts->kernels;
	const char *copy = NULL;
	struct finding *f;

	for (size_t i = 0; i < ks->n; i++) {
		if (ks->k[i].image)
			return;
		if (!copy && ks->k[i].modules)
			copy = scan_printf(s, "%s/vmlinuz", ks->k[i].modules);
	}
	if (!s->facts->boots_itself || !boot_is_visible(s) || has_other_kernels(s))
		return;
	if (copy && root_is_file(s->root, copy))
		f = scan_find(s, &none, "/boot", "no kernel image, but a copy of one is '%s'",
			      copy);
	else
		f = scan_find(s, &none, "/boot", "no kernel image");
	finding_absence(f);
}

/* --- the kernel that boots --- */

static const char *how_chosen(struct look *l)
{
	return l->choice ? "boots by default" : "is the newest kernel";
}

/* What its headers say against it, or the sum of all of it; NULL: nothing is known. */
static const char *image_fault(struct look *l, const struct kernel *k)
{
	if (k->image_state == IMAGE_DAMAGED || k->image_state == IMAGE_UNREADABLE)
		return k->image_why;
	return scan_kernel_fault(l->s, k);
}

/* The package's own copy of the image, when it is sound and of the same version. */
static bool restore_image(struct look *l, struct finding *f)
{
	const struct kernel *k = l->def;
	struct image_verdict v;
	struct stat st;
	const char *copy;

	if (!k->modules || root_lstat(l->s->root, k->image, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	copy = scan_printf(l->s, "%s/vmlinuz", k->modules);
	kernel_image_judge(l->s->root, l->s->arena, MACHINE_UNKNOWN, copy, &v);
	if (v.state != IMAGE_OK || !v.version || !streq(v.version, strrchr(k->modules, '/') + 1))
		return false;
	if (k->image_state == IMAGE_OK && kernel_sum(l->s->root, copy) != KERNEL_SUM_GOOD)
		return false;
	propose_copy(f, k->image, copy, st.st_mode & 07777, st.st_uid, st.st_gid);
	return true;
}

static void move_default(struct look *l, struct finding *f)
{
	if (!l->choice || !propose_newest(f, l->s))
		finding_safety(f, FIX_NONE);
}

/* The sum of a kernel of another version may say nothing; that of its own copy does. */
static void check_doubtful_image(struct look *l)
{
	const struct kernel *k = l->def;
	const char *why = scan_kernel_doubt(l->s, k);
	struct finding *f;

	if (!why)
		return;
	f = scan_find(l->s, &damaged, k->image, "%s, and %s", why, how_chosen(l));
	if (restore_image(l, f))
		return;
	finding_severity(f, DEGRADES);
	finding_safety(f, FIX_ASK);
	move_default(l, f);
}

static void check_default_image(struct look *l)
{
	const struct kernel *k = l->def;
	const char *why = image_fault(l, k);
	struct finding *f;

	if (k->image_state == IMAGE_EMPTY) {
		f = scan_find(l->s, &empty, k->image, "is empty and %s", how_chosen(l));
		finding_absence(f);
	} else if (why) {
		f = scan_find(l->s, &damaged, k->image, "%s, and %s", why, how_chosen(l));
	} else {
		check_doubtful_image(l);
		return;
	}
	if (!restore_image(l, f))
		move_default(l, f);
}

/* What boots loads the initramfs that goes by the kernel's version. */
static bool loads_its_own(struct look *l, const struct kernel *k)
{
	if (!l->choice)
		return true;
	return l->choice->initrd &&
	       streq(l->choice->initrd, paths_real_or_same(l->s->root, l->s->arena, k->initrd));
}

/* What the first bytes of an initramfs do not show; NULL: nothing is known against it. */
static const char *inner_fault(struct look *l, const struct kernel *k)
{
	return loads_its_own(l, k) ? scan_initramfs_fault(l->s, k) : NULL;
}

static void check_default_initrd(struct look *l)
{
	const struct kernel *k = l->def;
	const char *why = k->initrd_why;
	struct finding *f;

	if (k->initrd_state == IMAGE_OK)
		why = inner_fault(l, k);
	if (!k->initrd && k->needs_initrd) {
		/* An entry that names a file which is not there is told by the loader's checks. */
		if (l->choice && l->choice->initrd)
			return;
		f = scan_find(l->s, &initrd, k->image, "has no initramfs and %s", how_chosen(l));
		finding_absence(f);
	} else if (k->initrd_state == IMAGE_EMPTY) {
		f = scan_find(l->s, &initrd, k->initrd, "is empty, and its kernel %s",
			      how_chosen(l));
		finding_absence(f);
	} else if (k->initrd && why) {
		f = scan_find(l->s, &initrd, k->initrd, "%s, and its kernel %s", why,
			      how_chosen(l));
		finding_absence(f);
	} else {
		return;
	}
	if (l->choice && propose_newest(f, l->s))
		return;
	if (!tools_rebuild_initramfs(f, l->s, tools_initramfs_path(l->s, k)))
		finding_safety(f, FIX_NONE);
}

/* --- the others --- */

static const char *const states[] = {
	[IMAGE_ABSENT] = "leads nowhere",
	[IMAGE_EMPTY] = "is empty",
};

/* Why a file of a kernel that does not boot by default is of no use; NULL: nothing is wrong. */
static const char *fault(enum image_state state, const char *why)
{
	if (state == IMAGE_DAMAGED || state == IMAGE_UNREADABLE)
		return why;
	return state == IMAGE_ABSENT || state == IMAGE_EMPTY ? states[state] : NULL;
}

static void check_spare(struct look *l, const struct kernel *k)
{
	const struct boot_choice *entry = loader_entry(l->s, &l->loader, k);
	const char *path = k->image, *why = fault(k->image_state, k->image_why);
	const char *rebuilt = NULL;
	struct finding *f;

	if (!why && k->initrd) {
		path = rebuilt = k->initrd;
		why = fault(k->initrd_state, k->initrd_why);
	} else if (!why && k->needs_initrd && !k->rescue && (!entry || !entry->initrd)) {
		rebuilt = tools_initramfs_path(l->s, k);
		why = "has no initramfs"; /* a name without a file is told by the loader's checks */
	}
	if (!why)
		return;
	f = scan_find(l->s, &spare, path, "%s", why);
	finding_absence(f);
	if (!rebuilt || !tools_rebuild_initramfs(f, l->s, rebuilt))
		finding_safety(f, FIX_NONE);
	if (l->loader.kind != LOADER_NONE && !entry)
		finding_severity(f, NOTE);
}

/* --- modules --- */

static const char *const no_modules[] = { "# CONFIG_MODULES is not set\n", NULL };
static const char *const has_modules[] = { "\nCONFIG_MODULES=y\n", NULL };

/* The name of its modules' directory is known, and it must have one. */
static bool must_have_modules(struct scan *s, const struct kernel *k)
{
	if (k->version[0] < '0' || k->version[0] > '9' || config_says(s, k, no_modules))
		return false;
	if (k->image_state == IMAGE_EMPTY || k->image_state == IMAGE_DAMAGED)
		return false;
	return k->needs_initrd || config_says(s, k, has_modules);
}

static void check_modules(struct look *l, const struct kernel *k)
{
	struct scan *s = l->s;
	struct finding *f;

	if (k->modules && (k->modules_dep || k->modules_builtin_only))
		return;
	if (!k->modules) {
		if (!must_have_modules(s, k))
			return;
		f = scan_find(s, &modules, scan_printf(s, "/lib/modules/%s", k->version),
			      "the directory is missing");
		finding_safety(f, FIX_NONE);
	} else {
		const char *dep = scan_printf(s, "%s/modules.dep", k->modules);

		f = scan_find(s, &modules, dep, "%s",
			      root_exists(s->root, dep) ? "is empty" : "is missing");
		propose_depmod(f, strrchr(k->modules, '/') + 1);
	}
	finding_absence(f);
	if (k != l->def)
		finding_severity(f, DEGRADES);
}

/* --- what nobody needs --- */

static bool counts(const struct kernel *k)
{
	return k->image && !k->rescue;
}

static void check_incomplete(struct scan *s)
{
	const struct kernels *ks = &s->facts->kernels;
	bool configs = false, maps = false;
	_cleanup_bytes_ struct bytes b = { 0 };

	for (size_t i = 0; i < ks->n; i++) {
		configs |= counts(&ks->k[i]) && ks->k[i].config;
		maps |= counts(&ks->k[i]) && ks->k[i].system_map;
	}
	for (size_t i = 0; i < ks->n; i++) {
		const struct kernel *k = &ks->k[i];
		bool config = configs && !k->config, map = maps && !k->system_map;

		if (!counts(k) || (!config && !map))
			continue;
		bytes_addf(&b, "%s'%s' has no %s%s%s", b.len ? ", " : "", k->version,
			   config ? "config" : "", config && map ? " and no " : "",
			   map ? "System.map" : "");
	}
	if (b.len)
		finding_absence(scan_find(s, &incomplete, "/boot", "%s", b.data));
}

static void run(struct scan *s)
{
	const struct kernels *ks = &s->facts->kernels;
	struct look l = { .s = s };
	bool visible = !unseen(unseen_find(s), "/lib/modules/x") &&
		       !unseen(unseen_find(s), "/usr/lib/modules/x");

	check_none(s);
	loader_read(s, &l.loader);
	l.choice = loader_choice(s, &l.loader, NULL);
	l.def = loader_default_kernel(s);
	if (l.def) {
		check_default_image(&l);
		check_default_initrd(&l);
	}
	for (size_t i = 0; i < ks->n; i++) {
		const struct kernel *k = &ks->k[i];

		if (!k->image)
			continue;
		if (k != l.def)
			check_spare(&l, k);
		if (visible && !k->rescue)
			check_modules(&l, k);
	}
	check_incomplete(s);
}

const struct check kernels_check = {
	.name = "kernels",
	.summary = "kernel images, their initramfs and modules",
	.problems = problems,
	.run = run,
};
