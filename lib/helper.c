/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <blkid/blkid.h>
#include <fcntl.h>

#include "lib/disk_internal.h"
#include "lib/helper.h"
#include "lib/sysfs.h"

static void probe_free(blkid_probe *p)
{
	blkid_free_probe(*p);
}
#define _cleanup_probe_ _cleanup_(probe_free)

/* The disks the TARGETs lie on, with all that sits on them. */
static void patient_devices(struct disk *const *disks, size_t n, struct arena *a,
			    struct sysfs_set *out)
{
	for (size_t i = 0; i < n; i++) {
		struct sysfs_set below = { 0 };

		if (!disks[i]->block)
			continue;
		sysfs_users(a, disks[i]->rdev, out);
		sysfs_below(a, disks[i]->rdev, &below);
		for (size_t k = 0; k < below.n; k++)
			sysfs_users(a, below.dev[k], out);
	}
}

static const char *value(struct arena *a, blkid_probe pr, const char *name)
{
	const char *v;

	return blkid_probe_lookup_value(pr, name, &v, NULL) == 0 && *v ? arena_strdup(a, v) : NULL;
}

static bool probe(struct arena *a, const char *node, struct helper_fs *out)
{
	_cleanup_close_ int fd = open(node, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	_cleanup_probe_ blkid_probe pr = fd >= 0 ? blkid_new_probe() : NULL;

	if (!pr || blkid_probe_set_device(pr, fd, 0, 0) < 0)
		return false;
	blkid_probe_enable_partitions(pr, 0);
	blkid_probe_enable_superblocks(pr, 1);
	blkid_probe_set_superblocks_flags(pr, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_UUID);
	if (blkid_do_safeprobe(pr) != 0)
		return false;
	*out = (struct helper_fs){ node, value(a, pr, "TYPE"), value(a, pr, "UUID") };
	return out->type && out->uuid;
}

size_t helper_filesystems(struct disk *const *disks, size_t n, struct arena *a,
			  const struct helper_fs **out)
{
	struct sysfs_set patient = { 0 }, all = { 0 }, own = { 0 };
	struct helper_fs *list = arena_alloc(a, HELPER_MAX * sizeof(*list));
	size_t found = 0;

	patient_devices(disks, n, a, &patient);
	sysfs_disks(a, &all);
	for (size_t i = 0; i < all.n; i++)
		sysfs_users(a, all.dev[i], &own);
	for (size_t i = 0; i < own.n && i < HELPER_MAX; i++) {
		const char *node =
			sysfs_set_has(&patient, own.dev[i]) ? NULL : sysfs_node(a, own.dev[i]);

		if (node && probe(a, node, &list[found]))
			found++;
	}
	*out = list;
	return found;
}
