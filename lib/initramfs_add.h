/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Puts modules of the root into an initramfs without running anything of the patient: one more
 * archive behind the image, with the modules, all they depend on, and the root's modules.dep and
 * modules.alias, by which udev and modprobe inside find them.
 *
 *	initramfs_add_begin(&a, &drivers);
 *	initramfs_add_want(&a, "virtio_blk");	as often as there are
 *	if (initramfs_add_make(&a))		else a.why says why it cannot be done
 *		propose_append(f, path, a.size, a.data, a.len);
 *
 * Nothing is taken on trust: the modules must be whole and of this kernel, the lists must name
 * them, the kernel must be one that reads the archive there, and the file system must have room for
 * the longer image. Everything lives in the scan's arena.
 *
 * Sources: Linux Documentation/driver-api/early-userspace/buffer-format.rst, init/initramfs.c,
 * lib/decompress_unlz4.c; modules.dep(5), modprobe.d(5), kmod libkmod/libkmod-file.c.
 */
#ifndef BOOTMEND_INITRAMFS_ADD_H
#define BOOTMEND_INITRAMFS_ADD_H

#include "lib/drivers.h"

#define INITRAMFS_ADD_MODULES 128u
#define INITRAMFS_ADD_BYTES (128u << 20)

struct initramfs_add {
	const struct drivers *d;
	const struct drivers_dep *dep[INITRAMFS_ADD_MODULES]; /* what goes in, and what it needs */
	size_t n;
	const char *softdep, *alias; /* the root's texts */
	const char *why;	     /* it cannot be done: "its 'virtio_blk.ko' is damaged" */
	bool nowhere;		     /* for the root has no such module */
	bool unproven; /* kernels are not known to read an archive behind such compression */
	uint64_t size; /* of the image as it is */
	const char *data;
	size_t len, modules; /* to be put behind it; how many are in it */
};

void initramfs_add_begin(struct initramfs_add *a, const struct drivers *d);
/* A module that is built in or inside with all it needs adds nothing. */
void initramfs_add_want(struct initramfs_add *a, const char *module);
/* The same for what helps and is not needed: where it cannot be, nothing is said. */
void initramfs_add_help(struct initramfs_add *a, const char *module);
/* What is wanted is not to be had: "driver for nvme". */
void initramfs_add_nowhere(struct initramfs_add *a, const char *what);
bool initramfs_add_make(struct initramfs_add *a);

#endif
