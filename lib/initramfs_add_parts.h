/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of initramfs_add share; for lib/initramfs_add*.c only. */
#ifndef BOOTMEND_INITRAMFS_ADD_PARTS_H
#define BOOTMEND_INITRAMFS_ADD_PARTS_H

#include "lib/initramfs_add.h"

/* --- initramfs_add_lists.c --- */

/* Its name in the root's modules.alias: udev and modprobe find it there. */
bool add_list_has_alias_of(const char *alias, const char *module);
/*
 * What should be loaded along with a module, by modules.softdep: each word of it, until the
 * callback is not wanted any more (false).
 */
void add_list_each_soft(const char *softdep, const char *module, struct arena *a,
			bool (*each)(void *arg, const char *word), void *arg);
/* The modules that a word is an alias of, wildcards left out. */
void add_list_each_alias(const char *alias, const char *word, struct arena *a,
			 bool (*each)(void *arg, const char *module), void *arg);

/* --- initramfs_add.c --- */

/* As the file is called inside, below its version: as it is there already, else as it is put. */
const char *add_path_inside(const struct initramfs_add *a, const struct drivers_dep *dep);

/* --- initramfs_add_dep.c --- */

/* modules.dep and modules.dep.bin with the paths inside; why not, or NULL. */
const char *add_dep_make(const struct initramfs_add *a, struct bytes *text, struct bytes *index);

#endif
