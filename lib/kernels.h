/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every kernel the patient has, found in the file system (never in a package database): the files
 * of /boot by version, and /lib/modules.
 */
#ifndef BOOTMEND_KERNELS_H
#define BOOTMEND_KERNELS_H

#include "lib/arena.h"
#include "lib/root.h"

enum image_state {
	IMAGE_ABSENT,
	IMAGE_EMPTY,   /* size 0 */
	IMAGE_DAMAGED, /* wrong magic, or shorter than its own header says */
	IMAGE_UNREADABLE,
	IMAGE_OK,	/* for an initramfs: not empty and starts with a known magic */
	IMAGE_UNJUDGED, /* a format this program does not know: neither good nor bad */
};

struct kernel {
	const char *version; /* "6.1.0-50-amd64": the suffix of vmlinuz-* */
	const char *image;   /* "/boot/vmlinuz-6.1.0-50-amd64"; NULL: only modules are there */
	const char *initrd; /* "/boot/initrd.img-…", "/boot/initramfs-….img", … ; NULL: none */
	const char *config, *system_map; /* NULL: none */
	const char *modules;		 /* "/lib/modules/VERSION"; NULL: none */
	enum image_state image_state, initrd_state;
	const char *image_why, *initrd_why; /* for DAMAGED and UNREADABLE, one line; else NULL */
	uint64_t image_size, initrd_size;
	const char *inner_version; /* from the bzImage header; NULL unknown */
	bool modules_dep;	   /* modules.dep is there and not empty */
	bool modules_builtin_only; /* modules.builtin is there and no *.ko: nothing to depend on */
	bool rescue;		   /* a rescue image of dracut (0-rescue-…), not a version */
	bool needs_initrd;	   /* its siblings or its distribution boot with one */
};

struct kernels {
	struct kernel *k; /* newest first: version order as in rpmvercmp/dpkg, rescue images last */
	size_t n;
};

void kernels_gather(const struct root *r, struct arena *a, struct kernels *out);
/* Image sound, initrd sound where one is needed, modules with modules.dep where it has any. */
bool kernel_is_complete(const struct kernel *k);
/* Newest complete kernel that is no rescue image, or NULL. */
const struct kernel *kernels_newest_complete(const struct kernels *ks);
/* The kernel with that image or initrd path ("/boot/vmlinuz-…"), or NULL. */
const struct kernel *kernels_by_path(const struct kernels *ks, const char *path);
const struct kernel *kernels_by_version(const struct kernels *ks, const char *version);

#endif
