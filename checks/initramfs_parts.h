/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the initramfs check share. */
#ifndef BOOTMEND_CHECKS_INITRAMFS_PARTS_H
#define BOOTMEND_CHECKS_INITRAMFS_PARTS_H

#include "lib/check.h"
#include "lib/loader_default.h"
#include "lib/platform.h"

extern const struct problem initramfs_version, initramfs_driver, modprobe_blocked;

struct initramfs_look {
	struct scan *s;
	struct loader loader;
	const struct boot_choice *choice; /* NULL: what boots cannot be told */
	const struct kernel *k;		  /* that boots */
	const struct initramfs *i;	  /* its own, sound and seen to its end */
	struct drivers d;
};

/* Boots the newest kernel that passes; false: there is none, and nothing was proposed. */
bool initramfs_move_default(struct initramfs_look *l, struct finding *f,
			    bool (*passes)(struct initramfs_look *l, const struct kernel *k));

void initramfs_check_driver(struct initramfs_look *l);
void initramfs_check_blocked(struct initramfs_look *l);

#endif
