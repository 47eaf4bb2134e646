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

/* systemd finds the root by its partition type, or ostree arranges the mounts. */
bool fstab_new_is_needless(const struct scan *s)
{
	static const char *const root_types[] = { "44479540-f297-41b2-9af7-d131d5f0458a",
						  "4f68bce3-e8cd-4db1-96e7-fbcaf984b709",
						  "69dad710-2ce4-4e3c-b16c-21a1d49abed3",
						  "b921b045-1df0-41c3-af44-4c6f280d3fae", NULL };
	const struct partition *root = s->facts->root_part;
	const struct loader_facts *l = &s->facts->loader;

	if (!s->facts->boots_itself || root_is_dir(s->root, "/ostree"))
		return true;
	if (!s->facts->devices->known && !has_menu(s))
		return true;
	return root && root->parttype && in_list(root->parttype, root_types) && !l->has_grub2 &&
	       !l->has_legacy;
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

bool fstab_new_root_is_writable(struct scan *s)
{
	const struct loader_facts *l = &s->facts->loader;
	const char *const *name = l->bls_dir ? scan_dir(s, l->bls_dir) : NULL;

	for (size_t i = 0; name && name[i] && i < 20; i++) {
		const char *path = scan_printf(s, "%s/%s", l->bls_dir, name[i]);

		if (endswith(name[i], ".conf") && kernel_line_says_rw(scan_text(s, path)))
			return true;
	}
	return (l->grub2_cfg && kernel_line_says_rw(scan_text(s, l->grub2_cfg))) ||
	       (l->legacy_cfg && kernel_line_says_rw(scan_text(s, l->legacy_cfg)));
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
