/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is wrong with the ESP, and the fallback loader made from what the patient has.
 */
#include <errno.h>
#include <strings.h>

#include "checks/loader_parts.h"
#include "lib/bootmenu.h"
#include "lib/tools.h"

#define PROGRAM_MODE 0700 /* what vfat shows under umask=0077, as this view mounts it */

/* --- how bad it is --- */

/* Only UEFI can start it: no BIOS loader was meant, or none is left. */
static bool needs_efi(const struct loader_look *l)
{
	return l->means_efi &&
	       (!l->means_bios || l->bios.way == WAY_NONE || l->bios.way == WAY_BROKEN);
}

static bool asked_for_efi(const struct loader_look *l)
{
	return l->s->facts->wishes.firmware == FIRMWARE_EFI;
}

/* Where a BIOS starts the disk as well, an ESP that does not is half as bad. */
static struct finding *say(struct loader_look *l, const char *path, const char *words)
{
	const char *where = l->efi.part ? partition_describe(l->s->arena, l->efi.part) : NULL;
	struct finding *f = where ? scan_find(l->s, &loader_esp, path, "%s: %s", where, words)
				  : scan_find(l->s, &loader_esp, path, "%s", words);

	if (!needs_efi(l) && !asked_for_efi(l))
		finding_severity(f, DEGRADES);
	finding_safety(f, FIX_NONE);
	return f;
}

/* --- the fallback, from what there is --- */

/* Sources are paths of the patient; a grub.cfg is written when the loader wants one. */
struct fallback {
	const char *program; /* becomes BOOTX64.EFI */
	const char *grub;    /* goes beside it when program is shim; NULL: not needed */
	const char *vendor;  /* "/EFI/debian": where that GRUB reads its grub.cfg; NULL: nowhere */
};

static const struct packaged {
	const char *shim, *grub;
} packaged[] = {
	{ "/usr/lib/shim/shimx64.efi.signed.latest",
	  "/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed" },
	{ "/usr/lib/shim/shimx64.efi.signed",
	  "/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed" },
	{ "/usr/lib/shim/shimaa64.efi.signed.latest",
	  "/usr/lib/grub/arm64-efi-signed/grubaa64.efi.signed" },
	{ "/usr/lib/shim/shimaa64.efi.signed",
	  "/usr/lib/grub/arm64-efi-signed/grubaa64.efi.signed" },
	{ "/usr/share/efi/x86_64/shim.efi", "/usr/share/efi/x86_64/grub.efi" },
	{ NULL, "/usr/lib/grub/x86_64-efi/monolithic/grubx64.efi" },
	{ NULL, "/usr/lib/grub/arm64-efi/monolithic/grubaa64.efi" },
};

/* A whole EFI program for this machine at a path of the patient; *img when it is GRUB. */
static bool is_program(const struct loader_look *l, const char *path, struct grubimage *img)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	struct peimage pe;
	char *kept;

	*img = (struct grubimage){ 0 };
	if (root_read(l->s->root, path, 8u << 20, &b) < 0)
		return false;
	peimage_look(b.data, b.len, b.len, &pe);
	if (pe.kind != PEIMAGE_OK || !streq(pe.machine, l->efi.arch))
		return false;
	kept = arena_memdup(l->s->arena, b.data, b.len);
	grubimage_efi(l->s->arena, kept, b.len, img);
	return true;
}

/* A vendor's directory of the ESP: its shim with its GRUB, else a program that needs none. */
static bool from_vendor(struct loader_look *l, struct fallback *out)
{
	const struct efi_program *best = NULL;

	for (size_t i = 0; i < l->efi.n; i++) {
		const struct efi_program *p = &l->efi.program[i];

		if (p->broken || !streq(p->pe.machine, l->efi.arch) ||
		    strcasecmp(p->dir, "/EFI/BOOT") == 0 || (!p->is_shim && !p->is_grub))
			continue;
		if (!best || (p->is_shim && !best->is_shim))
			best = p;
	}
	if (!best)
		return false;
	*out = (struct fallback){ .program = esp_view_path(l->efi.esp, best->path) };
	if (best->is_shim)
		out->grub = esp_view_path(
			l->efi.esp, scan_printf(l->s, "%s/grub%s.efi", best->dir, l->efi.arch));
	return true;
}

static bool from_packages(const struct loader_look *l, struct fallback *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(packaged); i++) {
		const struct packaged *p = &packaged[i];
		struct grubimage img, none;

		if (!is_program(l, p->grub, &img) || (p->shim && !is_program(l, p->shim, &none)))
			continue;
		if (!img.prefix || !startswith(img.prefix, "/EFI/"))
			continue;
		*out = (struct fallback){ .program = p->shim ? p->shim : p->grub,
					  .grub = p->shim ? p->grub : NULL,
					  .vendor = img.prefix };
		return true;
	}
	return false;
}

static void make_dir(struct loader_look *l, struct finding *f, const char *dir)
{
	const char *at = esp_view_path(l->efi.esp, dir);

	if (!root_is_dir(l->s->root, at))
		propose_dir(f, at, PROGRAM_MODE);
}

static void put(struct loader_look *l, struct finding *f, const char *to, const char *from)
{
	propose_copy(f, esp_view_path(l->efi.esp, to), from, PROGRAM_MODE, 0, 0);
}

/* The little grub.cfg that leads from the ESP to the menu in /boot. */
static const char *leading_config(const struct loader_look *l)
{
	const struct bootmenu_at at = { .arena = l->s->arena,
					.root = l->s->root,
					.facts = l->s->facts };
	const char *dir = l->s->facts->loader.grub2_dir;

	if (!l->boot || !l->boot->uuid || !dir)
		return NULL;
	return scan_printf(l->s,
			   "search.fs_uuid %s root\n"
			   "set prefix=($root)'%s'\n"
			   "configfile $prefix/grub.cfg\n",
			   l->boot->uuid, bootmenu_loader_path(&at, dir));
}

static bool can_write(const struct loader_look *l)
{
	return l->efi.esp && esp_mount_point(l->efi.esp);
}

/* true: the proposal makes the disk start anywhere. */
static bool propose_fallback(struct loader_look *l, struct finding *f)
{
	struct fallback fb;
	const char *cfg = NULL;

	if (!can_write(l) || !(from_vendor(l, &fb) || from_packages(l, &fb)))
		return false;
	if (fb.vendor) {
		cfg = leading_config(l);
		if (!cfg)
			return false;
	}
	make_dir(l, f, "/EFI");
	make_dir(l, f, "/EFI/BOOT");
	put(l, f, l->efi.boot, fb.program);
	if (fb.grub)
		put(l, f, scan_printf(l->s, "/EFI/BOOT/grub%s.efi", l->efi.arch), fb.grub);
	if (cfg) {
		make_dir(l, f, fb.vendor);
		propose_text(f,
			     esp_view_path(l->efi.esp, scan_printf(l->s, "%s/grub.cfg", fb.vendor)),
			     cfg, strlen(cfg), PROGRAM_MODE);
	}
	finding_safety(f, FIX_ASK);
	finding_choice(f, "copy '%s' to '%s'", fb.program, esp_name(l->efi.esp, l->efi.boot));
	return true;
}

static void offer_fallback(struct loader_look *l, struct finding *f)
{
	if (propose_fallback(l, f) || tools_install_grub_efi(f, l->s))
		return;
	if (l->efi.esp && !esp_mount_point(l->efi.esp))
		f->detail = scan_printf(l->s,
					"%s; it is not mounted in this view, so nothing can "
					"be written to it",
					f->detail);
	finding_choice(f, "reinstall GRUB with grub-install --removable --no-nvram in the patient");
}

/* --- telling --- */

static bool is_fat(const struct partition *p)
{
	return p->type && streq(p->type, "vfat");
}

static void tell_missing(struct loader_look *l)
{
	const struct devices *d = l->s->facts->devices;

	if (d->known && d->complete && d->pttype && needs_efi(l) && !asked_for_efi(l))
		say(l, NULL, "the disk has no EFI system partition");
}

static void tell_unread(struct loader_look *l)
{
	const struct partition *p = l->efi.part;

	if (!is_fat(p))
		say(l, NULL,
		    p->type ? scan_printf(l->s, "it holds %s, and UEFI reads FAT", p->type)
			    : "it holds no file system");
	else
		say(l, NULL, "its FAT file system cannot be read");
}

/* A loader by its name: kernels and tools beside it are not judged. */
static bool is_loader(const struct efi_program *p)
{
	static const char *const names[] = { "shim", "grub", "boot", "systemd-boot" };
	const char *name = strrchr(p->path, '/') + 1;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strncasecmp(name, names[i], strlen(names[i])) == 0)
			return true;
	}
	return false;
}

/* Of several broken programs the one firmware comes to first. */
static const struct efi_program *worst(const struct loader_look *l)
{
	const struct efi_program *first = NULL;

	for (size_t i = 0; i < l->efi.n; i++) {
		const struct efi_program *p = &l->efi.program[i];

		if (!p->broken || !is_loader(p))
			continue;
		if (strcasecmp(p->path, l->efi.boot) == 0)
			return p;
		first = first ? first : p;
	}
	return first;
}

static void tell_broken(struct loader_look *l)
{
	const struct efi_program *p = worst(l);
	struct finding *f;

	if (!p)
		return;
	f = say(l, esp_mount_point(l->efi.esp) ? esp_view_path(l->efi.esp, p->path) : NULL,
		scan_printf(l->s, "%s does not start the system: %s", esp_name(l->efi.esp, p->path),
			    p->broken));
	if (l->efi.way == WAY_STARTS)
		finding_severity(f, DEGRADES);
	if (l->efi.way != WAY_STARTS || strcasecmp(p->path, l->efi.boot) == 0)
		offer_fallback(l, f);
}

static void tell_no_program(struct loader_look *l)
{
	struct finding *f = say(l, esp_mount_point(l->efi.esp), "it holds no EFI loader");

	finding_absence(f);
	offer_fallback(l, f);
}

/*
 * Debian's installer makes none, and the machine it ran on does not miss it: only who asks for UEFI
 * on another machine is told.
 */
static void tell_no_fallback(struct loader_look *l)
{
	struct finding *f = say(
		l, esp_mount_point(l->efi.esp),
		scan_printf(l->s,
			    "there is no %s: it starts only where the firmware's memory names its "
			    "loader",
			    esp_name(l->efi.esp, l->efi.boot)));

	finding_severity(f, DEGRADES);
	finding_absence(f);
	propose_fallback(l, f);
}

void loader_esp_tell(struct loader_look *l)
{
	const struct loader_efi *e = &l->efi;

	if (!l->means_efi && !asked_for_efi(l))
		return;
	if (!e->part && !e->esp)
		tell_missing(l);
	else if (e->error == -ENODATA || (e->error < 0 && e->error != -EINVAL && !e->part))
		return;
	else if (e->error < 0)
		tell_unread(l);
	else if (e->way == WAY_NONE)
		tell_no_program(l);
	else if (e->way == WAY_BROKEN || worst(l))
		tell_broken(l);
	else if (!e->fallback && asked_for_efi(l))
		tell_no_fallback(l);
}
