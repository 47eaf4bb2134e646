/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the initramfs check share. */
#ifndef BOOTMEND_CHECKS_INITRAMFS_PARTS_H
#define BOOTMEND_CHECKS_INITRAMFS_PARTS_H

#include "lib/check.h"
#include "lib/initramfs_add.h"
#include "lib/loader_default.h"
#include "lib/platform.h"

extern const struct problem initramfs_version, initramfs_driver, initramfs_config, modprobe_blocked;

struct initramfs_look {
	struct scan *s;
	struct loader loader;
	const struct boot_choice *choice; /* NULL: what boots cannot be told */
	const struct kernel *k;		  /* that boots */
	const struct initramfs *i;	  /* its own, sound and seen to its end */
	struct drivers d;
	struct initramfs_add *add; /* what would be put into it; NULL: not worked out yet */
};

/* Boots the newest kernel that passes; false: there is none, and nothing was proposed. */
bool initramfs_move_default(struct initramfs_look *l, struct finding *f,
			    bool (*passes)(struct initramfs_look *l, const struct kernel *k));

/* It may boot all the same: less than a stop, and nothing is done that nobody named. */
void initramfs_doubt(struct finding *f);
/* Another initramfs, by the disk's own tools. */
void initramfs_rebuild(struct initramfs_look *l, struct finding *f);
/* The drivers that are missing are put into the initramfs; where that cannot be, the above. */
void initramfs_propose(struct initramfs_look *l, struct finding *f,
		       bool (*passes)(struct initramfs_look *l, const struct kernel *k));
/* All modules that any finding about drivers is about. */
void initramfs_want_all(struct initramfs_look *l, struct initramfs_add *a);

/* LVM, LUKS, md. */
void initramfs_want_layers(struct initramfs_look *l, struct initramfs_add *a);
void initramfs_check_layers(struct initramfs_look *l);
/* The root lies in what that module opens. */
bool initramfs_needs_layer(const struct initramfs_look *l, const char *module);

void initramfs_check_driver(struct initramfs_look *l);
/* For an image that hides its modules. */
void initramfs_check_hidden(struct initramfs_look *l);
void initramfs_check_blocked(struct initramfs_look *l);
void initramfs_check_copies(struct initramfs_look *l);

#endif
