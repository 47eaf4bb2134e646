/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LVM, LUKS and md between the disk and its root: the modules and the programs that open them.
 *
 * Sources: Linux drivers/md (aliases dm-N, md-level-N, by which they load each other); what
 * initramfs-tools' hooks, dracut's modules and mkinitcpio's hooks put into an image for each.
 */
#include "checks/initramfs_parts.h"
#include "lib/cmdline.h"

/* Inside out: what is missing first stops the boot first. */
static const struct layer {
	enum role role;
	const char *device; /* how root= starts, where nothing better tells */
	const char *module, *program;
	unsigned tool;
} layers[] = {
	{ ROLE_LVM, "/dev/mapper/", "dm_mod", "lvm", TOOL_LVM },
	{ ROLE_LUKS, "/dev/mapper/", "dm_crypt", "cryptsetup", TOOL_CRYPTSETUP },
	{ ROLE_MD, "/dev/md", "md_mod", "mdadm", TOOL_MDADM },
};

/* What dm_crypt asks for by name when a LUKS is opened, so that no list of modules says it. */
static const char *const ciphers[] = { "xts",		"cbc",	       "essiv",
				       "aes_generic",	"aesni_intel", "sha256_generic",
				       "algif_skcipher" };

/* By the name of the root alone: the first that can be meant. */
static unsigned roles_of_name(const struct initramfs_look *l)
{
	const char *args = l->choice ? l->choice->args : NULL;
	const char *root = args ? cmdline_get(l->s->arena, args, "root") : NULL;

	for (size_t i = 0; root && i < ARRAY_SIZE(layers); i++) {
		if (devices_has_role(l->s->facts->devices, layers[i].role) &&
		    startswith(root, layers[i].device))
			return ROLE_BIT(layers[i].role);
	}
	return 0;
}

/* However the root is called: what it was found in counts. */
static unsigned roles_of_root(const struct initramfs_look *l)
{
	const struct partition *root = l->s->facts->root_part;

	return root && root->in ? root->in : roles_of_name(l);
}

/* The module of the root's RAID level; NULL: not known, or none. */
static const char *raid_of_root(const struct initramfs_look *l)
{
	const struct partition *root = l->s->facts->root_part;

	return root && (root->in & ROLE_BIT(ROLE_MD)) ? root->raid : NULL;
}

/* The module that is missing; NULL: none. */
static const char *lacks_module(const struct initramfs_look *l, const struct drivers *d,
				const struct layer *need)
{
	const char *raid = need->role == ROLE_MD ? raid_of_root(l) : NULL;

	if (!driver_is_ready(d, need->module))
		return need->module;
	return raid && !driver_is_ready(d, raid) ? raid : NULL;
}

/* Others open what they know by means of their own: nash has raidautorun. */
static bool needs_programs(const struct initramfs *i)
{
	return i->maker == MAKER_INITRAMFS_TOOLS || i->maker == MAKER_DRACUT ||
	       i->maker == MAKER_MKINITCPIO;
}

static bool lacks_program(const struct initramfs *i, const struct layer *need)
{
	return needs_programs(i) && !(i->tools & need->tool);
}

/* What k lacks first; NULL: nothing. *module: the module, NULL where it is the program. */
static const struct layer *lacking(struct initramfs_look *l, const struct kernel *k,
				   const struct initramfs *i, const char **module)
{
	unsigned roles = roles_of_root(l);
	struct drivers d;

	drivers_gather(l->s, k, &d);
	for (size_t n = 0; n < ARRAY_SIZE(layers); n++) {
		const struct layer *need = &layers[n];

		if (!(roles & ROLE_BIT(need->role)))
			continue;
		*module = lacks_module(l, &d, need);
		if (*module || lacks_program(i, need))
			return need;
	}
	return NULL;
}

bool initramfs_needs_layer(const struct initramfs_look *l, const char *module)
{
	unsigned roles = roles_of_root(l);

	for (size_t n = 0; n < ARRAY_SIZE(layers); n++) {
		if ((roles & ROLE_BIT(layers[n].role)) && streq(layers[n].module, module))
			return true;
	}
	return false;
}

static bool has_layers(struct initramfs_look *l, const struct kernel *k)
{
	const struct initramfs *i = scan_initramfs(l->s, k);
	const char *module;

	return i && !lacking(l, k, i, &module);
}

void initramfs_check_layers(struct initramfs_look *l)
{
	const char *module = NULL;
	const struct layer *need = lacking(l, l->k, l->i, &module);
	struct finding *f;

	if (!need)
		return;
	f = scan_find(l->s, &initramfs_driver, l->k->initrd,
		      "the root lies in %s, and it lacks the %s '%s'", role_name(need->role),
		      module ? "driver" : "program", module ? module : need->program);
	finding_absence(f);
	initramfs_propose(l, f, has_layers);
}

/* --- what would be put into it --- */

static void want_ciphers(struct initramfs_add *a)
{
	for (size_t i = 0; i < ARRAY_SIZE(ciphers); i++)
		initramfs_add_help(a, ciphers[i]);
}

static void want_modules(struct initramfs_look *l, struct initramfs_add *a,
			 const struct layer *need)
{
	const char *raid = need->role == ROLE_MD ? raid_of_root(l) : NULL;

	initramfs_add_want(a, need->module);
	if (raid)
		initramfs_add_want(a, raid);
	if (need->role == ROLE_LUKS)
		want_ciphers(a);
}

void initramfs_want_layers(struct initramfs_look *l, struct initramfs_add *a)
{
	unsigned roles = roles_of_root(l);

	for (size_t n = 0; n < ARRAY_SIZE(layers); n++) {
		const struct layer *need = &layers[n];

		if (!(roles & ROLE_BIT(need->role)))
			continue;
		if (lacks_program(l->i, need) && !a->why)
			a->why = scan_printf(l->s, "what opens %s needs more than a module",
					     role_name(need->role));
		if (lacks_module(l, &l->d, need))
			want_modules(l, a, need);
	}
}
