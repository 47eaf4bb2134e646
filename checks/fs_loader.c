/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What GRUB has to read: features of the file system against the ones its own code accepts. */
#include <strings.h>

#include "checks/fs_parts.h"
#include "lib/grubfs.h"

#define CODE_MAX (8u << 20)
#define PROGRAMS_MAX 16u

/* All that is known of the installed GRUB; what one of them reads is not told. */
struct readers {
	struct scan *s;
	enum grubfs_type type;
	uint32_t mask;	  /* of all together */
	const char *path; /* the first; NULL: none is known */
	unsigned programs;
};

static void read_code(struct readers *r, const char *path)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	uint32_t mask;

	if (root_read(r->s->root, path, CODE_MAX, &b) < 0 ||
	    !grubfs_reads(r->type, b.data, b.len, &mask))
		return;
	r->mask |= mask;
	if (!r->path)
		r->path = path;
}

static bool is_grub(const char *name)
{
	return strncasecmp(name, "grub", 4) == 0 && strlen(name) > 8 &&
	       strcasecmp(name + strlen(name) - 4, ".efi") == 0;
}

/* Red Hat's and SUSE's EFI programs have all modules inside. */
static void read_programs(struct readers *r)
{
	static const char esp[] = "/boot/efi/EFI";

	for (const char *const *dir = scan_dir(r->s, esp); *dir; dir++) {
		const char *path = scan_printf(r->s, "%s/%s", esp, *dir);

		for (const char *const *name = scan_dir(r->s, path); *name; name++) {
			if (is_grub(*name) && r->programs++ < PROGRAMS_MAX)
				read_code(r, scan_printf(r->s, "%s/%s", path, *name));
		}
	}
}

static void read_modules(struct readers *r)
{
	static const char *const platforms[] = { "i386-pc", "x86_64-efi", "i386-efi" };
	const char *name = r->type == GRUBFS_EXT ? "ext2" : "xfs";

	for (size_t i = 0; i < ARRAY_SIZE(platforms); i++)
		read_code(r, scan_printf(r->s, "%s/%s/%s.mod", r->s->facts->loader.grub2_dir,
					 platforms[i], name));
}

static void judge(struct scan *s, const struct partition *p)
{
	struct readers r = { .s = s };
	unsigned char super[GRUBFS_SUPER];
	uint32_t features;

	if (!p || !p->type || !grubfs_type_of(p->type, &r.type) ||
	    scan_part_read(s, p, grubfs_super_at(r.type), super, sizeof(super)) < 0 ||
	    !grubfs_features(r.type, super, &features))
		return;
	read_modules(&r);
	read_programs(&r);
	if (!r.path || !(features & ~r.mask))
		return;
	scan_find(s, &fs_loader_cannot_read, r.path, "%s has %s, which this GRUB refuses",
		  partition_describe(s->arena, p),
		  grubfs_names(r.type, s->arena, features & ~r.mask));
}

void fs_judge_loader(struct scan *s)
{
	const struct devices *d = s->facts->devices;
	const char *dir = s->facts->loader.grub2_dir;
	const struct partition *menu, *kernels;

	if (!s->root || !s->facts->loader.has_grub2 || !dir)
		return;
	menu = devices_holding(d, dir);
	kernels = devices_holding(d, "/boot");
	judge(s, menu);
	if (kernels != menu)
		judge(s, kernels);
}
