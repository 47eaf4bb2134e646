/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB 2 put back by its own installer. */
#include "lib/sandbox.h"
#include "lib/tools_parts.h"

#define GAP_MIN (62u * 512u) /* what was left in front of a first partition at sector 63 */
#define GAP_MAX (4u << 20)   /* a core image with its redundancy is far smaller */
#define BOOT_CODE 440u
#define SIGNATURE 510u /* of the boot sector, two bytes */

struct grub {
	struct finding *f;
	struct scan *s;
	const char *install; /* the program */
	const char *dir;     /* /boot/grub or /boot/grub2 */
	bool is_grub2;	     /* the programs are called grub2-… */
};

static bool find_grub(struct finding *f, struct scan *s, struct grub *out)
{
	const char *dir = s->facts->loader.grub2_dir;

	*out = (struct grub){ .f = f, .s = s, .install = tools_find(s, "grub2-install") };
	out->is_grub2 = out->install != NULL;
	if (!out->install)
		out->install = tools_find(s, "grub-install");
	out->dir = out->is_grub2 ? "/boot/grub2" : "/boot/grub";
	/* Another directory than the one its installer writes to is that of another loader. */
	return out->install && (!dir || streq(dir, out->dir)) && !s->facts->loader.has_legacy;
}

static bool has_platform(const struct grub *g, const char *platform)
{
	static const char *const places[] = { "/usr/lib/grub", "/usr/share/grub2",
					      "/usr/lib/grub2" };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		if (root_is_file(g->s->root,
				 scan_printf(g->s, "%s/%s/moddep.lst", places[i], platform)))
			return true;
	}
	return false;
}

/* GRUB finds its directory by the file system's UUID; below LVM or md it would need more. */
static bool is_on_plain_partition(const struct grub *g)
{
	static const char *const types[] = { "ext4", "ext3", "ext2", "xfs", "btrfs", "vfat", NULL };
	const struct partition *p = devices_holding(g->s->facts->devices, g->dir);

	return p && !p->layer && p->type && in_list(p->type, types);
}

/* A menu when there is none; a grub.cfg that is there is left as it is. */
static void add_config(const struct grub *g)
{
	const char *cfg = scan_printf(g->s, "%s/grub.cfg", g->dir);
	const char *program = tools_find(g->s, g->is_grub2 ? "grub2-mkconfig" : "grub-mkconfig");
	const char *const argv[] = { program, "-o", cfg, NULL };
	const struct output out = { .kind = OUTPUT_FILE, .path = cfg };

	if (program && !root_is_file(g->s->root, cfg))
		tools_propose(g->f, argv, &out, 1);
}

/* --- BIOS --- */

static uint64_t first_partition(const struct devices *d, unsigned disk)
{
	uint64_t first = 0;

	for (size_t i = 0; i < d->n; i++) {
		if (d->p[i].disk == disk && d->p[i].number && d->p[i].start &&
		    (!first || d->p[i].start < first))
			first = d->p[i].start;
	}
	return first;
}

static const struct partition *bios_boot(const struct devices *d, unsigned disk)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->p[i].disk == disk && d->p[i].role == ROLE_BIOS_BOOT)
			return &d->p[i];
	}
	return NULL;
}

/* Where the core image goes; false: nowhere. */
static bool core_place(const struct devices *d, unsigned disk, struct output *out)
{
	const struct partition *p = bios_boot(d, disk);
	uint64_t first = first_partition(d, disk);

	*out = (struct output){ .kind = OUTPUT_BYTES, .disk = disk };
	if (p) {
		out->offset = p->start;
		out->len = p->size < GAP_MAX ? p->size : GAP_MAX;
		return p->start > 0;
	}
	if (!d->pttype || !streq(d->pttype, "dos") || first < 512 + GAP_MIN)
		return false;
	out->offset = 512;
	out->len = (first < GAP_MAX ? first : GAP_MAX) - 512;
	return true;
}

bool tools_install_grub_bios(struct finding *f, struct scan *s, unsigned disk)
{
	struct output out[4] = { { .kind = OUTPUT_TREE } };
	struct grub g;

	if (!find_grub(f, s, &g) || disk >= s->facts->n_disks || !has_platform(&g, "i386-pc") ||
	    !is_on_plain_partition(&g) || !core_place(s->facts->devices, disk, &out[1]))
		return false;
	out[0].path = g.dir;
	out[2] = (struct output){ OUTPUT_BYTES, NULL, disk, SIGNATURE, 2 };
	out[3] = (struct output){ OUTPUT_BYTES, NULL, disk, 0, BOOT_CODE };
	/* The partition looks like a disk of its own in there: its table's module is named. */
	tools_propose(f,
		      (const char *const[]){ g.install, "--target=i386-pc",
					     "--modules=part_msdos part_gpt",
					     scan_printf(s, SANDBOX_DISK, disk), NULL },
		      out, ARRAY_SIZE(out));
	add_config(&g);
	return true;
}

/* --- UEFI --- */

static const struct partition *mounted_esp(const struct devices *d)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct partition *p = &d->p[i];

		if (p->mounted && p->type && streq(p->type, "vfat") &&
		    (streq(p->mounted, "/boot/efi") || streq(p->mounted, "/efi")))
			return p;
	}
	return NULL;
}

static const char *efi_platform(const struct grub *g)
{
	static const char *const platforms[] = { "x86_64-efi", "arm64-efi", "i386-efi",
						 "loongarch64-efi", "riscv64-efi" };

	for (size_t i = 0; i < ARRAY_SIZE(platforms); i++) {
		if (has_platform(g, platforms[i]))
			return platforms[i];
	}
	return NULL;
}

bool tools_install_grub_efi(struct finding *f, struct scan *s)
{
	const struct partition *esp = mounted_esp(s->facts->devices);
	struct output out[2] = { { .kind = OUTPUT_TREE }, { .kind = OUTPUT_TREE } };
	const char *platform;
	struct grub g;

	if (!esp || !find_grub(f, s, &g) || !is_on_plain_partition(&g))
		return false;
	platform = efi_platform(&g);
	if (!platform)
		return false;
	out[0].path = g.dir;
	out[1].path = scan_printf(s, "%s/EFI", esp->mounted);
	tools_propose(f,
		      (const char *const[]){ g.install, scan_printf(s, "--target=%s", platform),
					     scan_printf(s, "--efi-directory=%s", esp->mounted),
					     "--removable", "--no-nvram",
					     "--modules=part_msdos part_gpt", NULL },
		      out, ARRAY_SIZE(out));
	add_config(&g);
	return true;
}
