/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the disk will run, and what a kernel needs to find its disk there.
 *
 *	platform_wanted(scan, k, &w)	from --platform, else from what the patient knew of itself
 *	platform_ready(&drivers, name)	is what it takes there
 *
 * A platform the user names must work, each of them; of those that are guessed one is enough, since
 * a cloud has machines of several kinds.
 *
 * Sources: cloud-init's names of its data sources; Linux drivers/firmware/dmi_scan.c ("DMI: "),
 * journald.conf(5), machine-id(5).
 */
#ifndef BOOTMEND_PLATFORM_H
#define BOOTMEND_PLATFORM_H

#include "lib/drivers.h"

enum platform_need { NEED_NOTHING, NEED_ALL, NEED_ANY };

#define PLATFORMS_MAX 8u
#define PLATFORM_MODULES 24u /* that a platform may have drivers from */

struct platform_wanted {
	enum platform_need need;	 /* NOTHING: not known */
	const char *name[PLATFORMS_MAX]; /* "virtio" */
	size_t n;
	const char *from; /* "--platform", "/var/lib/cloud/instance/datasource", … */
	/* What it was before by the same log; "": nothing else. It may have gone back. */
	const char *before;
	bool hearsay; /* by the journal of a machine that this one may have been copied from */
};

/*
 * boots: the kernel it is asked for; what another one has counts as the last resort. Logs are read
 * once in a scan.
 */
void platform_wanted(struct scan *s, const struct kernel *boots, struct platform_wanted *out);
/* It has the drivers for where the disk will run; true where nothing is known. */
bool platform_satisfied(const struct drivers *d, const struct platform_wanted *w);
/* The same for one of them; true also where it cannot be told. */
bool platform_ready(const struct drivers *d, const char *name);
/* The same, but only where it is seen to be there. */
bool platform_seen(const struct drivers *d, const char *name);
/* The module is in one of its sets. */
bool platform_uses(const char *name, const char *module);
/* The modules it takes, those that are there left out: "virtio_blk, virtio_pci". */
const char *platform_lacks(const struct drivers *d, const char *name);
/*
 * The modules of each of its sets that is whole on the root, in the initramfs or in the kernel:
 * what a driver for it may be taken from. How many; 0: none is.
 */
size_t platform_modules(const struct drivers *d, const char *name, const char **out, size_t max);
/* It may run elsewhere all the same: at best where these drivers are enough. */
bool platform_unsure(const struct drivers *d, const struct platform_wanted *w);
/* Names of platforms whose drivers are there: "virtio nvme"; "" when none. */
const char *platform_list(const struct drivers *d);

#endif
