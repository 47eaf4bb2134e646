/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the storage check share; for checks/storage*.c only. Each looks at one layer
 * below the file systems: LUKS by crypttab, md by mdadm.conf, LVM by lvm.conf.
 */
#ifndef BOOTMEND_CHECKS_STORAGE_PARTS_H
#define BOOTMEND_CHECKS_STORAGE_PARTS_H

#include "checks/checks.h"
#include "lib/fstab.h"

struct storage_look {
	struct scan *s;
	const struct devices *d;
	const struct text *fstab; /* NULL: none */
	struct fstab tab;
	enum fstab_mounter how;
	const char *root_arg; /* of root= of what boots; NULL: not known */
};

/* How much a mount is needed that lies on a device. */
enum storage_need {
	STORAGE_NOTHING,
	STORAGE_WANTED,	  /* a line of fstab that may fail, or swap */
	STORAGE_REQUIRED, /* the root, or a line without which the boot ends */
};

extern const struct problem crypttab_device, mdadm_array, lvm_filter;

void storage_crypttab(struct storage_look *l);
void storage_mdadm(struct storage_look *l);
void storage_lvm(struct storage_look *l);

/* names: of one device, NULL-terminated; also those of what lies on it, with a trailing '*'. */
enum storage_need storage_needs(const struct storage_look *l, const char *const names[]);
/* The lines of fstab that need one of the names let the boot go on without it. */
void storage_tolerate(const struct storage_look *l, struct finding *f, const char *const names[]);
/* The root is a partition of the disk itself, and lies in none of the layers. */
bool storage_root_is_plain(const struct storage_look *l);

#endif
