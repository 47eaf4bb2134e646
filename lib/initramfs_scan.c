/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/initramfs_scan.h"
#include "lib/kernel_config.h"
#include "lib/kernel_sum.h"
#include "lib/paths.h"

struct initramfs_seen {
	struct initramfs_budget budget;
	const struct kernel *kernel[32];
	struct initramfs initramfs[32];
	size_t n;
};

const struct initramfs *scan_initramfs(struct scan *s, const struct kernel *k)
{
	struct initramfs_seen *seen = s->initramfs;

	if (!k->initrd || k->initrd_state != IMAGE_OK)
		return NULL;
	if (!seen) {
		seen = s->initramfs = arena_new_struct(s->arena, struct initramfs_seen);
		seen->budget = INITRAMFS_BUDGET;
	}
	for (size_t i = 0; i < seen->n; i++) {
		if (seen->kernel[i] == k)
			return &seen->initramfs[i];
	}
	if (seen->n == ARRAY_SIZE(seen->kernel))
		return NULL;
	seen->kernel[seen->n] = k;
	initramfs_read(s->root, s->arena, k->initrd, &seen->budget, &seen->initramfs[seen->n]);
	return &seen->initramfs[seen->n++];
}

/* The kernel was built without the decompressor; only a config that lists them tells. */
static bool cannot_unpack(struct scan *s, const struct kernel *k, const struct initramfs *i)
{
	_cleanup_bytes_ struct bytes config = { 0 };

	if (!i->config || kernel_config_read(s->root, k, &config) < 0)
		return false;
	return kernel_config_get(&config, "CONFIG_RD_GZIP") != OPTION_UNTOLD &&
	       kernel_config_get(&config, i->config) != OPTION_BUILT_IN;
}

const char *scan_initramfs_fault(struct scan *s, const struct kernel *k)
{
	const struct initramfs *i = scan_initramfs(s, k);

	if (!i)
		return NULL;
	if (i->state == IMAGE_DAMAGED || i->state == IMAGE_UNREADABLE)
		return i->why;
	if (cannot_unpack(s, k, i))
		return scan_printf(s, "is packed with %s, which its kernel was built without (%s)",
				   i->compression, i->config);
	return NULL;
}

/* Its modules are this kernel's, as far as that can be told. */
static bool fits(const struct initramfs *i, const struct kernel *k)
{
	if (!i || !i->whole || i->hidden || k->rescue)
		return true;
	return initramfs_is_of(i, k->version) ||
	       (k->inner_version && initramfs_is_of(i, k->inner_version)) ||
	       (k->modules && initramfs_is_of(i, paths_base(k->modules)));
}

bool scan_kernel_is_sound(struct scan *s, const struct kernel *k)
{
	return kernel_is_complete(k) && !scan_kernel_fault(s, k) && !scan_kernel_doubt(s, k) &&
	       !scan_initramfs_fault(s, k) && fits(scan_initramfs(s, k), k);
}
