/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which boot loader, where its configuration is, and for which firmware.
 *
 * Sources: GRUB manual; Fedora and RHEL grub2 packages (EFI grub.cfg as a wrapper, /etc/grub2.cfg
 * and /etc/grub2-efi.cfg links); Boot Loader Specification; UEFI and GPT partition types.
 */
#include <ctype.h>
#include <stddef.h>

#include "lib/facts_parts.h"

#define CFG_MAX (4u << 20)
#define GUID_ESP "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"
#define GUID_BIOS_BOOT "21686148-6449-6e6f-744e-656564454649"

/* --- GRUB 2 --- */

/* What lies in GRUB 2's directory, and how sure it makes. */
static const struct {
	const char *name;
	int weight;
} grub2_signs[] = {
	{ "i386-pc/normal.mod", 8 },
	{ "x86_64-efi/normal.mod", 8 },
	{ "arm64-efi/normal.mod", 8 },
	{ "i386-efi/normal.mod", 8 },
	{ "i386-pc", 4 },
	{ "x86_64-efi", 4 },
	{ "arm64-efi", 4 },
	{ "grub.cfg", 4 },
	{ "grubenv", 2 },
	{ "fonts", 1 },
	{ "locale", 1 },
	{ "", 0 },
};

static const char *const grub2_dirs[] = { "/boot/grub2", "/boot/grub" };

/* -1: no such directory. */
static int grub2_weight(const struct root *r, struct arena *a, const char *dir)
{
	int weight = 0;

	if (!root_is_dir(r, dir))
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(grub2_signs); i++) {
		struct stat st;

		if (root_lstat(r, arena_printf(a, "%s/%s", dir, grub2_signs[i].name), &st) == 0)
			weight += grub2_signs[i].weight;
	}
	return weight;
}

static const char *const grub2_tools[] = { "/usr/sbin/grub2-mkconfig",
					   "/usr/sbin/grub-mkconfig",
					   "/usr/bin/grub-mkconfig",
					   "/sbin/grub2-mkconfig",
					   "/usr/sbin/grub-install",
					   "/usr/sbin/grub2-install",
					   NULL };
static const char *const grub2_named_2[] = { "/usr/sbin/grub2-mkconfig", "/sbin/grub2-mkconfig",
					     "/usr/sbin/grub2-install", "/etc/grub2.cfg", NULL };

static void find_grub2(const struct root *r, struct arena *a, struct loader_facts *l)
{
	bool tools = facts_any(r, grub2_tools) && root_exists(r, "/etc/default/grub");
	int best = tools ? -1 : 1; /* fonts or a locale alone are no loader */

	for (size_t i = 0; i < ARRAY_SIZE(grub2_dirs); i++) {
		int weight = grub2_weight(r, a, grub2_dirs[i]);

		if (weight <= best)
			continue;
		best = weight;
		l->grub2_dir = grub2_dirs[i];
	}
	l->has_grub2 = tools || l->grub2_dir;
	if (l->has_grub2 && !l->grub2_dir)
		l->grub2_dir = facts_any(r, grub2_named_2) ? "/boot/grub2" : "/boot/grub";
}

static const char *skip_blanks(const char *s)
{
	while (*s == ' ' || *s == '\t')
		s++;
	return s;
}

static bool first_word_is(const char *line, const char *word)
{
	const char *rest = after(skip_blanks(line), word);

	return rest && (*rest == '\0' || isspace((unsigned char)*rest) || *rest == ';');
}

/* Some line begins with one of the words. */
static bool cfg_has(const struct root *r, const char *path, const char *const words[])
{
	_cleanup_bytes_ struct bytes b = { 0 };

	if (root_read(r, path, CFG_MAX, &b) < 0)
		return false;
	for (const char *p = b.data; p; p = strchr(p, '\n')) {
		p += *p == '\n';
		for (size_t i = 0; words[i]; i++) {
			if (first_word_is(p, words[i]))
				return true;
		}
	}
	return false;
}

static const char *const menu_words[] = { "menuentry", "submenu", "blscfg", "### BEGIN", NULL };
static const char *const blscfg_word[] = { "blscfg", NULL };
static const char *const esp_dirs[] = { "/boot/efi/EFI", "/efi/EFI", "/boot/EFI" };

/* A grub.cfg with a menu of its own on the ESP; one that only leads to the real one does not count.
 */
static const char *esp_cfg(const struct root *r, struct arena *a)
{
	for (size_t i = 0; i < ARRAY_SIZE(esp_dirs); i++) {
		const char *const *vendor = facts_names(r, a, esp_dirs[i]);

		for (; *vendor; vendor++) {
			const char *path = arena_printf(a, "%s/%s/grub.cfg", esp_dirs[i], *vendor);

			if (cfg_has(r, path, menu_words))
				return path;
		}
	}
	return NULL;
}

/* Where the packages say an EFI system has its grub.cfg, when that is on the ESP. */
static const char *esp_cfg_by_link(const struct root *r, struct arena *a)
{
	_cleanup_free_ char *to = NULL;

	if (root_exists(r, "/etc/grub2.cfg") || root_resolve(r, "/etc/grub2-efi.cfg", &to) < 0)
		return NULL;
	return startswith(to, "/boot/efi/") ? arena_strdup(a, to) : NULL;
}

static void find_grub2_cfg(const struct root *r, struct arena *a, struct loader_facts *l)
{
	const char *own = arena_printf(a, "%s/grub.cfg", l->grub2_dir), *esp;
	bool bios = root_exists(r, arena_printf(a, "%s/i386-pc", l->grub2_dir));
	struct stat st;

	/* Without BIOS modules the menu of the ESP is the one that runs; the other is a stray. */
	esp = bios ? NULL : esp_cfg(r, a);
	if (!esp && !bios && root_lstat(r, own, &st) < 0 && root_is_dir(r, "/boot/efi/EFI"))
		esp = esp_cfg_by_link(r, a);
	l->grub2_cfg = esp ? esp : own;
}

static void find_grubenv(const struct root *r, struct arena *a, struct loader_facts *l)
{
	const char *own = arena_printf(a, "%s/grubenv", l->grub2_dir), *beside;
	struct stat st;

	beside = arena_printf(a, "%.*s/grubenv", (int)(strrchr(l->grub2_cfg, '/') - l->grub2_cfg),
			      l->grub2_cfg);
	l->grubenv = root_lstat(r, own, &st) < 0 && root_lstat(r, beside, &st) == 0 ? beside : own;
}

/* --- GRUB legacy --- */

static const char *const legacy_stages[] = { "/boot/grub/stage2", "/boot/grub/stage1",
					     "/boot/grub/e2fs_stage1_5", NULL };
static const char *const legacy_cfgs[] = { "/boot/grub/grub.conf", "/boot/grub/menu.lst",
					   "/boot/efi/EFI/redhat/grub.conf", NULL };

static void find_legacy(const struct root *r, struct arena *a, struct loader_facts *l)
{
	const char *cfg = facts_first(r, legacy_cfgs);
	_cleanup_free_ char *to = NULL;

	if (cfg && root_resolve(r, cfg, &to) == 0)
		l->legacy_cfg = arena_strdup(a, to);
	/* Ubuntu's cloud images keep a menu.lst for pv-grub beside a working GRUB 2. */
	l->has_legacy = facts_any(r, legacy_stages) || (l->legacy_cfg && !l->has_grub2);
}

void facts_loader(const struct root *r, struct arena *a, struct facts *f)
{
	struct loader_facts *l = &f->loader;

	*l = (struct loader_facts){ 0 };
	find_grub2(r, a, l);
	if (l->has_grub2) {
		find_grub2_cfg(r, a, l);
		find_grubenv(r, a, l);
		l->uses_bls = cfg_has(r, l->grub2_cfg, blscfg_word);
	}
	if (root_is_dir(r, "/boot/loader/entries"))
		l->bls_dir = "/boot/loader/entries";
	find_legacy(r, a, l);
}

/* --- firmware --- */

/* Some EFI program is on the ESP. */
static bool esp_has_loader(const struct root *r, struct arena *a)
{
	for (size_t i = 0; i < ARRAY_SIZE(esp_dirs); i++) {
		const char *const *vendor = facts_names(r, a, esp_dirs[i]);

		for (; *vendor; vendor++) {
			const char *const *name =
				facts_names(r, a, arena_printf(a, "%s/%s", esp_dirs[i], *vendor));

			for (; *name; name++) {
				if (strlen(*name) > 4 &&
				    strcasecmp(*name + strlen(*name) - 4, ".efi") == 0)
					return true;
			}
		}
	}
	return false;
}

static bool has_bios_grub(const struct root *r)
{
	return root_exists(r, "/boot/grub/i386-pc") || root_exists(r, "/boot/grub2/i386-pc") ||
	       facts_any(r, legacy_stages);
}

static const struct partition *find_part(const struct devices *d, enum role role, const char *guid,
					 const char *mbr)
{
	for (size_t i = 0; i < d->n; i++) {
		const char *type = d->p[i].parttype;

		if (d->p[i].role == role || (type && (streq(type, guid) || streq(type, mbr))))
			return &d->p[i];
	}
	return NULL;
}

static enum firmware both(bool bios, bool efi)
{
	if (bios && efi)
		return FIRMWARE_BOTH;
	return bios ? FIRMWARE_BIOS : efi ? FIRMWARE_EFI : FIRMWARE_UNKNOWN;
}

/* An MBR boots by BIOS unless nothing of a BIOS loader is there; a GPT does with a BIOS boot
 * partition only. */
enum firmware facts_firmware(const struct root *r, struct arena *a, const struct facts *f)
{
	const struct devices *d = f->devices;
	bool esp = find_part(d, ROLE_ESP, GUID_ESP, "0xef");
	bool bios_boot = find_part(d, ROLE_BIOS_BOOT, GUID_BIOS_BOOT, GUID_BIOS_BOOT);
	bool efi_loader = esp_has_loader(r, a), bios_loader = has_bios_grub(r);

	if (d->known && d->pttype && streq(d->pttype, "gpt") && (esp || bios_boot))
		return both(bios_boot, esp);
	if (d->known && d->pttype && streq(d->pttype, "dos"))
		return both(!esp || bios_loader, esp);
	return both(bios_loader, efi_loader || esp);
}

/* --- any loader --- */

static const char *const other_loaders[] = {
	"/boot/extlinux/extlinux.conf",
	"/boot/extlinux.conf",
	"/boot/syslinux/syslinux.cfg",
	"/boot/isolinux",
	"/etc/lilo.conf",
	"/boot/loader/loader.conf",
	"/efi/loader/loader.conf",
	"/boot/boot.scr",
	"/boot/firmware/config.txt",
	"/boot/efi/loader/loader.conf",
	"/boot/uEnv.txt",
	"/boot/boot.b",
	"/boot/zipl",
	"/etc/zipl.conf",
	NULL,
};

bool facts_has_loader(const struct root *r, struct arena *a, const struct facts *f)
{
	const struct loader_facts *l = &f->loader;

	if (l->has_legacy || (l->grub2_dir && grub2_weight(r, a, l->grub2_dir) > 1))
		return true;
	if (l->grub2_cfg && root_exists(r, l->grub2_cfg))
		return true;
	if (facts_any(r, other_loaders) || esp_has_loader(r, a))
		return true;
	/* The packages are there and so is a disk to boot from: what was in /boot is lost. */
	return l->has_grub2 && f->devices->known && f->devices->pttype;
}
