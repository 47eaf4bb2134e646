/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/fstab.h"
#include "lib/fstab_new.h"
#include "lib/fstab_words.h"

/* Without one a tree was made but not put on a disk yet, as debootstrap leaves it. */
static bool has_menu(const struct scan *s)
{
	const struct loader_facts *l = &s->facts->loader;

	return (l->grub2_cfg && root_exists(s->root, l->grub2_cfg)) || l->legacy_cfg || l->bls_dir;
}

static bool has_root_type(const struct partition *p)
{
	static const char *const root_types[] = {
		"44479540-f297-41b2-9af7-d131d5f0458a", "4f68bce3-e8cd-4db1-96e7-fbcaf984b709",
		"69dad710-2ce4-4e3c-b16c-21a1d49abed3", "b921b045-1df0-41c3-af44-4c6f280d3fae",
		"3884dd41-8582-4404-b9a8-e9b84f2df50e", NULL
	};

	return p->parttype && in_list(p->parttype, root_types);
}

/* systemd finds the root by the type of its partition, which may be that of the LUKS around it. */
static bool root_is_discovered(const struct facts *f)
{
	if (f->root_part)
		return has_root_type(f->root_part);
	for (size_t i = 0; i < f->devices->n; i++) {
		if (f->devices->p[i].role == ROLE_LUKS && has_root_type(&f->devices->p[i]))
			return true;
	}
	return false;
}

static bool says_zfs(const struct text *t)
{
	return t && (strstr(t->data, "root=ZFS=") || strstr(t->data, "root=zfs:"));
}

/* A pool mounts its own file systems, the root among them. */
static bool root_is_zfs(struct scan *s)
{
	const struct facts *f = s->facts;

	for (size_t i = 0; !f->root_part && i < f->devices->n; i++) {
		if (f->devices->p[i].type && streq(f->devices->p[i].type, "zfs_member"))
			return true;
	}
	return !f->root_part &&
	       ((f->loader.grub2_cfg && says_zfs(scan_text(s, f->loader.grub2_cfg))) ||
		says_zfs(scan_text(s, "/etc/kernel/cmdline")));
}

/* systemd finds the root by its partition type, or ostree or ZFS arrange the mounts. */
bool fstab_new_is_needless(struct scan *s)
{
	const struct loader_facts *l = &s->facts->loader;

	if (!s->facts->boots_itself || root_is_dir(s->root, "/ostree") || root_is_zfs(s))
		return true;
	if (!s->facts->devices->known && !has_menu(s))
		return true;
	return !l->has_grub2 && !l->has_legacy && root_is_discovered(s->facts);
}

/* The kernel is told to mount the root writable, so that nothing has to be done later. */
static bool kernel_line_says_rw(const struct text *t)
{
	for (size_t n = 1; t && n <= t->lines; n++) {
		const char *s = text_line(t, n);

		s += strspn(s, " \t");
		if ((startswith(s, "linux") || startswith(s, "options") ||
		     startswith(s, "kernel")) &&
		    has_word(s, "rw", " \t\r"))
			return true;
	}
	return false;
}

static bool entry_says_rw(struct scan *s, const char *dir)
{
	const char *const *name = scan_dir(s, dir);

	for (size_t i = 0; name && name[i] && i < 20; i++) {
		if (endswith(name[i], ".conf") &&
		    kernel_line_says_rw(scan_text(s, scan_printf(s, "%s/%s", dir, name[i]))))
			return true;
	}
	return false;
}

/* What kernel-install and ukify hand to the kernels they put on the ESP. */
static bool image_says_rw(struct scan *s)
{
	const struct text *t = scan_text(s, "/etc/kernel/cmdline");

	return t && t->lines && has_word(text_line(t, 1), "rw", " \t\r");
}

bool fstab_new_root_is_writable(struct scan *s)
{
	static const char *const esp_entries[] = { "/efi/loader/entries",
						   "/boot/efi/loader/entries" };
	const struct loader_facts *l = &s->facts->loader;

	if (l->bls_dir && entry_says_rw(s, l->bls_dir))
		return true;
	if ((l->grub2_cfg && kernel_line_says_rw(scan_text(s, l->grub2_cfg))) ||
	    (l->legacy_cfg && kernel_line_says_rw(scan_text(s, l->legacy_cfg))))
		return true;
	if (l->has_grub2 || l->has_legacy)
		return false;
	return image_says_rw(s) || entry_says_rw(s, esp_entries[0]) ||
	       entry_says_rw(s, esp_entries[1]);
}

static const struct {
	enum role role;
	const char *target;
	int passno;
} wanted[] = {
	{ ROLE_USR, "/usr", 2 }, { ROLE_BOOT, "/boot", 2 }, { ROLE_ESP, "/boot/efi", 2 },
	{ ROLE_VAR, "/var", 2 }, { ROLE_HOME, "/home", 2 }, { ROLE_SWAP, "none", 0 },
};

static bool has_stable_name(const struct partition *p)
{
	return p->uuid || p->label || p->partuuid;
}

static const char *new_line(struct scan *s, const struct partition *p, const char *target,
			    int passno)
{
	const char *type = p->type ? fstab_words_type_for(p->type) : NULL;

	if (!has_stable_name(p) || (!type && passno != 1))
		return NULL;
	if (type && !startswith(type, "ext") && !streq(type, "vfat"))
		passno = 0;
	return fstab_replace_field(
		s->arena,
		scan_printf(s, "-\t%s\t%s\tdefaults\t0 %d", target, type ? type : "auto", passno),
		FSTAB_SPEC, partition_spec(s->arena, p));
}

const char *fstab_new_root_line(struct scan *s)
{
	const struct partition *root = s->facts->root_part;

	return root ? new_line(s, root, "/", 1) : NULL;
}

static void add_line(struct bytes *b, const char *line)
{
	if (line)
		bytes_addf(b, "%s\n", line);
}

void fstab_new_lines(struct scan *s, struct bytes *b)
{
	const struct devices *d = s->facts->devices;

	add_line(b, fstab_new_root_line(s));
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		const struct partition *p = devices_by_role(d, wanted[i].role);

		if (p && p->type &&
		    (wanted[i].role == ROLE_SWAP || root_is_dir(s->root, wanted[i].target)))
			add_line(b, new_line(s, p, wanted[i].target, wanted[i].passno));
	}
}
