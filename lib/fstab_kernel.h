/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether some kernel of the patient can mount a type: from modules.dep, modules.builtin and the
 * aliases beside them, and from the mount helpers in /sbin.
 *
 *	k = fstab_kernel_types(root, arena, &facts->kernels);
 *	if (fstab_kernel_lacks(&k, root, "xfs"))
 */
#ifndef BOOTMEND_FSTAB_KERNEL_H
#define BOOTMEND_FSTAB_KERNEL_H

#include "lib/kernels.h"

struct fstab_kernel {
	bool known;	   /* every kernel there has told what it has */
	const char *types; /* blank-separated: modules by name, aliases fs-NAME by NAME */
};

struct fstab_kernel fstab_kernel_types(const struct root *r, struct arena *a,
				       const struct kernels *ks);
/* No kernel and no helper mounts it. False when that is not known. */
bool fstab_kernel_lacks(const struct fstab_kernel *k, const struct root *r, const char *type);
/* A mount.TYPE is there: whatever the kernel has, mount(8) asks it. */
bool fstab_kernel_has_helper(const struct root *r, const char *type);

#endif
