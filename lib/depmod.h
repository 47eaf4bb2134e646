/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * modules.dep and what belongs to it, made by the helper's depmod(8) without a write to the disk
 * and without running anything of the patient.
 *
 * depmod works in a scratch directory of the helper that mirrors /lib/modules/VERSION with one link
 * a module; every link is resolved inside the root first, so it cannot lead out of it. Of the
 * patient's depmod.d only search and override lines are used.
 *
 * Sources: depmod(8), depmod.d(5).
 */
#ifndef BOOTMEND_DEPMOD_H
#define BOOTMEND_DEPMOD_H

#include "lib/arena.h"
#include "lib/root.h"

struct depmod_file {
	const char *name; /* "modules.dep" */
	const char *data;
	size_t len;
};

/*
 * -EINVAL: version is no [A-Za-z0-9._+~-]+; -ENOENT: there are no modules; -ENOSYS: the helper has
 * no depmod; -EROFS: the root is not a mounted directory; -ETIMEDOUT, -EIO: depmod failed.
 */
int depmod_make(const struct root *r, const char *version, struct arena *a,
		struct depmod_file **out, size_t *n);

/* "ext4.ko", also compressed. */
bool depmod_is_module(const char *name);

#endif
