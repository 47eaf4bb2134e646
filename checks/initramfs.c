/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is in the initramfs of the kernel that boots, and is it what this kernel needs. */
#include "checks/checks.h"
#include "checks/initramfs_parts.h"
#include "lib/paths.h"
#include "lib/tools.h"
#include "lib/unseen.h"

static const struct problem *const problems[] = { &initramfs_version, &initramfs_driver,
						  &initramfs_config, &modprobe_blocked, NULL };

bool initramfs_move_default(struct initramfs_look *l, struct finding *f,
			    bool (*passes)(struct initramfs_look *l, const struct kernel *k))
{
	const struct kernels *ks = &l->s->facts->kernels;

	for (size_t n = 0; l->choice && n < ks->n; n++) {
		const struct kernel *k = &ks->k[n];

		if (k != l->k && !k->rescue && scan_kernel_is_sound(l->s, k) && passes(l, k) &&
		    propose_default(f, l->s, k))
			return true;
	}
	finding_safety(f, FIX_NONE);
	return false;
}

void initramfs_doubt(struct finding *f)
{
	finding_severity(f, DEGRADES);
	if (f->safety == FIX_SAFE)
		finding_safety(f, FIX_ASK);
}

void initramfs_rebuild(struct initramfs_look *l, struct finding *f)
{
	if (!tools_rebuild_initramfs(f, l->s, l->k->initrd))
		finding_safety(f, FIX_NONE);
}

/* --- whose modules --- */

static bool fits(struct initramfs_look *l, const struct kernel *k)
{
	const struct initramfs *i = scan_initramfs(l->s, k);
	struct drivers d;

	if (!i || !i->whole)
		return false;
	drivers_gather(l->s, k, &d);
	return !d.version || initramfs_is_of(i, d.version);
}

/* Built in are the disk's driver, or some where that is not known, and the root's file system: it
 * may boot with no module at all. */
static bool boots_without(const struct initramfs_look *l)
{
	const struct partition *root = l->s->facts->root_part;
	const char *module = root && root->type ? driver_of_type(&l->d, root->type) : NULL;
	struct platform_wanted w;

	platform_wanted(l->s, l->k, &w);
	return *platform_list(&l->d) && platform_satisfied(&l->d, &w) && module &&
	       driver_place(&l->d, module) == DRIVER_BUILT_IN;
}

static void check_version(struct initramfs_look *l)
{
	const struct initramfs *i = l->i;
	struct finding *f;

	if (!l->d.version || i->versions == 0 || initramfs_is_of(i, l->d.version))
		return;
	if (initramfs_is_of(i, l->k->version) ||
	    (l->k->inner_version && initramfs_is_of(i, l->k->inner_version)))
		return;
	f = scan_find(l->s, &initramfs_version, l->k->initrd,
		      "its modules are for '%s'%s, but its kernel is '%s'", i->version[0],
		      i->versions > 1 ? " and others" : "", l->d.version);
	finding_absence(f);
	if (!initramfs_move_default(l, f, fits))
		initramfs_rebuild(l, f);
	if (boots_without(l))
		initramfs_doubt(f);
}

/* --- all together --- */

/* What boots loads the initramfs that goes by the kernel's version, and no other. */
static bool loads_its_own(const struct initramfs_look *l)
{
	const char *own = paths_real_or_same(l->s->root, l->s->arena, l->k->initrd);

	return !l->choice || (l->choice->initrd && streq(l->choice->initrd, own));
}

static bool look(struct scan *s, struct initramfs_look *l)
{
	const struct initramfs *i;

	loader_read(s, &l->loader);
	l->choice = loader_choice(s, &l->loader, NULL);
	l->k = loader_default_kernel(s);
	if (!l->k || l->k->rescue || !l->k->initrd || l->k->image_state != IMAGE_OK ||
	    !loads_its_own(l))
		return false;
	i = scan_initramfs(s, l->k);
	if (!i || i->state != IMAGE_OK || !i->whole)
		return false;
	l->i = i;
	drivers_gather(s, l->k, &l->d);
	return true;
}

static void run(struct scan *s)
{
	struct initramfs_look l = { .s = s };
	bool fitting;

	if (!look(s, &l))
		return;
	if (l.i->hidden) {
		initramfs_check_hidden(&l);
		return;
	}
	check_version(&l);
	fitting = !l.d.version || initramfs_is_of(l.i, l.d.version);
	if (fitting)
		initramfs_check_driver(&l);
	initramfs_check_copies(&l);
	initramfs_check_blocked(&l);
}

const struct check initramfs_check = {
	.name = "initramfs",
	.summary = "modules and drivers inside the initramfs that boots",
	.problems = problems,
	.run = run,
};
