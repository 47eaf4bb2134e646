/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which drivers a kernel has at hand when it looks for its root: built in (modules.builtin, or its
 * config), or in its initramfs together with all that they depend on (modules.dep).
 *
 *	drivers_gather(scan, kernel, &d);
 *	driver_place(&d, "virtio_blk")
 *
 * Sources: modules.dep(5), modules.builtin of Documentation/kbuild/kbuild.rst.
 */
#ifndef BOOTMEND_DRIVERS_H
#define BOOTMEND_DRIVERS_H

#include "lib/initramfs_scan.h"

enum driver_place {
	DRIVER_UNKNOWN, /* what the kernel has cannot be told */
	DRIVER_NOWHERE,
	DRIVER_ON_ROOT, /* only where it is not seen before the root is mounted */
	DRIVER_BUILT_IN,
	DRIVER_IN_INITRAMFS,
};

struct drivers_dep {
	const char *name;  /* "virtio_blk" */
	const char *path;  /* "kernel/drivers/block/virtio_blk.ko" */
	const char *needs; /* paths, separated by blanks */
};

struct drivers {
	struct scan *scan;
	const struct kernel *kernel;
	const struct initramfs *initramfs; /* NULL: none to look into */
	const char *version;		   /* of the modules; NULL: not known */
	const char *const *without;	   /* modules to be taken as not there; NULL: none */
	const char **built_in;		   /* sorted */
	size_t built_ins, built_ins_cap;
	struct drivers_dep *dep; /* sorted by name */
	size_t deps, deps_cap;
	struct bytes config; /* lives in the arena */
};

void drivers_gather(struct scan *s, const struct kernel *k, struct drivers *out);
enum driver_place driver_place(const struct drivers *d, const char *module);
/* Built in or in the initramfs; true also where that cannot be told. */
bool driver_is_ready(const struct drivers *d, const char *module);
bool driver_is_built_in(const struct drivers *d, const char *module);
/* Its file is in the initramfs, whatever else it needs. */
bool driver_is_inside(const struct drivers *d, const char *module);
/* What is on the root for it; NULL: nothing. */
const struct drivers_dep *driver_dep(const struct drivers *d, const char *module);
const char *driver_place_name(enum driver_place p); /* "built-in", "initramfs", "root", "no", "?" */

/* The module of a file-system type that mounts it: "ext4" for ext3 where only that is there. */
const char *driver_of_type(const struct drivers *d, const char *type);

#endif
