/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the firmware to GRUB's menu: what a BIOS starts, what UEFI starts, and the modules either
 * goes on with. Systems that something outside of the disk boots, containers and file systems on a
 * whole disk have nothing of this and are not judged; neither is a loader that is not GRUB, but for
 * its being there.
 */
#include <errno.h>

#include "checks/checks.h"
#include "checks/loader_parts.h"
#include "lib/bootmenu.h"
#include "lib/unseen.h"

/* --- what the parts share --- */

bool loader_starts_by_efi(const struct loader_look *l)
{
	return l->efi.way == WAY_STARTS;
}

bool loader_starts_by_bios(const struct loader_look *l)
{
	return l->means_bios && l->bios.way == WAY_STARTS;
}

const char *loader_platform_dir(const struct loader_look *l, const char *platform)
{
	const char *dir = l->s->facts->loader.grub2_dir;

	return scan_printf(l->s, "%s/%s", dir ? dir : "/boot/grub", platform);
}

static const struct partition *numbered(const struct devices *d, unsigned disk, const char *place)
{
	const char *digits = after(place, "msdos");
	uint64_t n;

	digits = digits ? digits : after(place, "gpt");
	if (!digits || !parse_u64(digits, &n))
		return NULL;
	for (size_t i = 0; i < d->n; i++) {
		if (d->p[i].disk == disk && d->p[i].number > 0 && (uint64_t)d->p[i].number == n)
			return &d->p[i];
	}
	return NULL;
}

static bool is_number(const char *place)
{
	return startswith(place, "msdos") || startswith(place, "gpt");
}

/* The partition an image names, NULL when it is none of this disk's or cannot be told. */
static const struct partition *place_of(const struct loader_look *l, const struct grubimage *image,
					unsigned disk, const char **place, const char **dir)
{
	const struct devices *d = l->s->facts->devices;
	const struct partition *p = NULL;

	*place = grubimage_place(image, l->s->arena, dir);
	if (!*place)
		return NULL;
	if (is_number(*place))
		return numbered(d, disk, *place);
	return devices_find(d, *place, &p) == SPEC_FOUND ? p : NULL;
}

const char *loader_lost_place(const struct loader_look *l, const struct grubimage *image,
			      unsigned disk)
{
	const struct devices *d = l->s->facts->devices;
	const struct partition *p;
	const char *place, *dir;

	if (!d->known || !d->complete || place_of(l, image, disk, &place, &dir) || !place)
		return NULL;
	if (!is_number(place))
		return devices_find(d, place, &p) == SPEC_ABSENT ? place : NULL;
	return scan_printf(l->s, "partition %s", place + strcspn(place, "0123456789"));
}

/* The directory as the image names it: below the partition, maybe in a btrfs subvolume. */
static bool same_dir(const struct loader_look *l, const char *dir)
{
	const struct bootmenu_at at = { .arena = l->s->arena,
					.root = l->s->root,
					.facts = l->s->facts };

	return dir && endswith(dir, bootmenu_loader_path(&at, l->s->facts->loader.grub2_dir));
}

bool loader_is_ours(const struct loader_look *l, const struct grubimage *image, unsigned disk)
{
	const char *place, *dir = NULL;
	const struct partition *p = place_of(l, image, disk, &place, &dir);

	if (place)
		return p && p == l->boot && same_dir(l, dir);
	/* LVM, md and the like: there is but one system here. */
	return !image->config && image->prefix && same_dir(l, image->prefix);
}

/* --- what was installed --- */

static bool has_dir(const struct loader_look *l, const char *platform)
{
	return l->s->facts->loader.grub2_dir &&
	       root_is_dir(l->s->root, loader_platform_dir(l, platform));
}

static bool means_bios(const struct loader_look *l)
{
	static const char *const legacy[] = { "/boot/grub/stage2", "/boot/grub/stage1" };
	const struct loader_facts *f = &l->s->facts->loader;
	const struct devices *d = l->s->facts->devices;

	for (size_t i = 0; i < ARRAY_SIZE(legacy); i++) {
		if (root_is_file(l->s->root, legacy[i]))
			return true;
	}
	if (has_dir(l, "i386-pc"))
		return true;
	return f->has_grub2 && devices_has_role(d, ROLE_BIOS_BOOT) &&
	       !devices_has_role(d, ROLE_ESP);
}

static bool fstab_wants_esp(const struct loader_look *l)
{
	const struct bootmenu_at at = { .arena = l->s->arena,
					.root = l->s->root,
					.facts = l->s->facts };
	const struct fstab *tab = bootmenu_fstab(&at);

	for (size_t i = 0; i < tab->n; i++) {
		const struct fstab_entry *e = &tab->e[i];

		if (streq(e->where, "/boot/efi") || streq(e->where, "/efi"))
			return true;
	}
	return false;
}

static bool means_efi(const struct loader_look *l)
{
	return has_dir(l, "x86_64-efi") || has_dir(l, "arm64-efi") || fstab_wants_esp(l) ||
	       l->efi.n > 0;
}

/* --- the firmware that was asked for --- */

static void look_for_bios(struct loader_look *l)
{
	const struct devices *d = l->s->facts->devices;

	if (!d->known || !d->pttype)
		return;
	if (streq(d->pttype, "gpt") && !devices_has_role(d, ROLE_BIOS_BOOT))
		scan_find(l->s, &loader_firmware, NULL,
			  "a BIOS shall start it, but its GPT has no BIOS boot partition");
	else if (!l->means_bios)
		scan_find(l->s, &loader_firmware, NULL,
			  "a BIOS shall start it, but no loader for BIOS is installed");
}

static void look_for_efi(struct loader_look *l)
{
	const struct devices *d = l->s->facts->devices;

	if (d->known && d->complete && !l->efi.part && d->pttype)
		scan_find(l->s, &loader_firmware, NULL,
			  "UEFI shall start it, but the disk has no EFI system partition");
}

/* --- running --- */

static const struct partition *boot_partition(const struct scan *s)
{
	const char *dir = s->facts->loader.grub2_dir;

	return s->facts->devices->known ? devices_holding(s->facts->devices, dir ? dir : "/boot")
					: NULL;
}

/* /boot is a partition that this view does not show: what is there says nothing. */
static bool boot_is_unseen(struct scan *s)
{
	const char *dir = s->facts->loader.grub2_dir;

	return unseen(unseen_find(s), dir ? dir : "/boot");
}

static void look(struct loader_look *l)
{
	enum firmware wish = l->s->facts->wishes.firmware;

	l->boot = boot_partition(l->s);
	l->means_bios = means_bios(l);
	loader_efi_look(l);
	l->means_efi = means_efi(l);
	loader_bios_look(l);
	if (wish != FIRMWARE_EFI)
		loader_bios_tell(l);
	loader_modules_tell(l);
	loader_stages_tell(l);
	if (wish != FIRMWARE_BIOS)
		loader_esp_tell(l);
	if (wish == FIRMWARE_BIOS)
		look_for_bios(l);
	if (wish == FIRMWARE_EFI)
		look_for_efi(l);
}

static void run(struct scan *s)
{
	struct loader_look l = { .s = s };

	if (!s->facts->boots_itself || boot_is_unseen(s))
		return;
	look(&l);
	esp_close(l.efi.esp);
}

static const struct problem *const problems[] = {
	&loader_firmware, &loader_mbr, &loader_core, &loader_modules,
	&loader_skew,	  &loader_esp, NULL
};

const struct check loader_check = {
	.name = "loader",
	.summary =
		"what the firmware starts: boot sector, core image, EFI programs, GRUB's modules",
	.problems = problems,
	.run = run,
};
