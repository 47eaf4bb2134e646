/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words fstab is written in: file-system types and mount options, and which of them can be
 * judged without asking the patient's kernel. What is in no table is never judged.
 *
 * Source: mount(8), ext4(5), xfs(5), btrfs(5), Documentation/filesystems of Linux 2.6.32 to 6.12.
 */
#ifndef BOOTMEND_FSTAB_WORDS_H
#define BOOTMEND_FSTAB_WORDS_H

#include "lib/arena.h"

/* --- types --- */

enum fstab_fit {
	FIT_UNKNOWN, /* one of the two is in no table, or is "auto" or no disk type at all */
	FIT_YES,
	FIT_NO, /* mounting what is on the disk as this type fails */
};
/* The type column against libblkid's TYPE. A list ("udf,iso9660") fits when one of it does. */
enum fstab_fit fstab_words_fit(const char *type, const char *on_disk);
/* What to write for libblkid's TYPE ("swsuspend" is "swap"), NULL when it cannot be mounted. */
const char *fstab_words_type_for(const char *on_disk);
/* A type that lives on a block device (ext4, vfat, swap, …). */
bool fstab_words_is_disk_type(const char *type);
/* A type of the kernel that needs no device and no module of its own to judge (proc, tmpfs, …). */
bool fstab_words_is_virtual_type(const char *type);
/* Any type in the tables. */
bool fstab_words_is_type(const char *type);
/* The kernel module that brings the type ("iso9660": "isofs"); the type itself when not special. */
const char *fstab_words_module(const char *type);
/* A user-space file system that needs the network and that systemd takes for a local one. */
bool fstab_words_is_remote_fuse(const char *type);

/* --- options (one word of the list, with its value) --- */

bool fstab_words_is_option(const char *word);
/* The known word this one is a slip of the pen of, or NULL. */
const char *fstab_words_slip(const char *word);
/* A file system of that type surely refuses to mount with this option. */
bool fstab_words_is_foreign(const char *type, const char *word);

#endif
