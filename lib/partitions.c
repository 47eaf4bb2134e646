/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * disk_partitions(): what libblkid finds on the device or file itself. The kernel's partition nodes
 * are only looked up, never needed; udev and blkid's cache are never asked.
 */
#include <blkid/blkid.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/fsfault.h"
#include "lib/fsstate.h"
#include "lib/mdsuper.h"
#include "lib/partitions_internal.h"
#include "lib/sysfs.h"
#include "lib/volume.h"

#define SECTOR 512ull
#define LAYERS_MAX 8u /* one in another */

static void probe_free(blkid_probe *p)
{
	blkid_free_probe(*p);
}
#define _cleanup_probe_ _cleanup_(probe_free)

static const char *value(struct arena *a, blkid_probe pr, const char *name)
{
	const char *v;

	if (blkid_probe_lookup_value(pr, name, &v, NULL) < 0 || !*v)
		return NULL;
	return arena_strdup(a, v);
}

/* --- what a partition holds --- */

static const struct {
	const char *type;
	enum role role;
	const char *error; /* %s: where it is */
} members[] = {
	{ "LVM2_member", ROLE_LVM,
	  "an LVM physical volume; run 'vgchange -ay' and give the logical volume "
	  "(/dev/VG/NAME) as TARGET" },
	{ "crypto_LUKS", ROLE_LUKS,
	  "encrypted with LUKS; run 'cryptsetup open %s patient' and give "
	  "/dev/mapper/patient as TARGET" },
	{ "linux_raid_member", ROLE_MD,
	  "a member of a software RAID; run 'mdadm --assemble --scan --readonly' and "
	  "give the /dev/md device as TARGET" },
	{ "zfs_member", ROLE_DATA, "a ZFS pool, which this program does not read" },
	{ "bcache", ROLE_DATA, "a bcache device; register it and give /dev/bcacheN as TARGET" },
	{ "BitLocker", ROLE_DATA, "encrypted with BitLocker" },
	{ "swap", ROLE_SWAP, NULL },
	{ "swsuspend", ROLE_SWAP, NULL },
};

static void set_member(struct probing *s, struct partition *p)
{
	const char *where = p->node ? p->node : "its-device";

	for (size_t i = 0; p->type && i < ARRAY_SIZE(members); i++) {
		const char *e = members[i].error, *at = e ? strstr(e, "%s") : NULL;

		if (!streq(p->type, members[i].type))
			continue;
		p->role = members[i].role;
		if (at)
			e = arena_printf(s->a, "%.*s%s%s", (int)(at - e), e, where, at + 2);
		p->error = e;
		if (e && !p->node)
			p->error = arena_printf(s->a,
						"%s (for an image: 'losetup -fP --show %s' first)",
						e, s->disk->path);
	}
}

/* Types of MBR ("0x…") and GPT (GUID) that say what a partition is for. */
static const struct {
	const char *parttype;
	enum role role;
} parttypes[] = {
	{ "0x5", ROLE_EXTENDED },
	{ "0xf", ROLE_EXTENDED },
	{ "0x85", ROLE_EXTENDED },
	{ "0xef", ROLE_ESP },
	{ "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", ROLE_ESP },
	{ "21686148-6449-6e6f-744e-656564454649", ROLE_BIOS_BOOT },
	{ "bc13c2ff-59e6-4262-a352-b275fd6f7172", ROLE_BOOT },
};

static void set_role(struct probing *s, struct partition *p)
{
	p->role = p->type ? ROLE_DATA : ROLE_UNKNOWN;
	for (size_t i = 0; p->parttype && i < ARRAY_SIZE(parttypes); i++) {
		if (streq(p->parttype, parttypes[i].parttype))
			p->role = parttypes[i].role;
	}
	set_member(s, p);
}

static void read_raid(struct probing *s, struct partition *p)
{
	uint64_t start;
	_cleanup_close_ int fd = volume_bytes(s->disk, p, &start);
	int level;

	if (fd >= 0 && mdsuper_read(fd, start, p->size, &level) == 0)
		p->raid = mdsuper_module(level);
}

static bool overlaps_end(const struct probing *s, const struct partition *p)
{
	return p->start >= s->disk->size || p->size > s->disk->size - p->start;
}

static void read_values(struct probing *s, blkid_probe pr, struct partition *p)
{
	p->type = value(s->a, pr, "TYPE");
	p->uuid = value(s->a, pr, "UUID");
	p->label = value(s->a, pr, "LABEL");
	if (blkid_probe_has_value(pr, "SBBADCSUM"))
		p->error = arena_printf(s->a, "the checksum of its superblock is wrong");
}

/* The content of a partition; its area may end before the partition does when the image was cut. */
static void probe_content(struct probing *s, struct partition *p)
{
	_cleanup_probe_ blkid_probe pr = blkid_new_probe();
	uint64_t size = p->size, start;
	_cleanup_close_ int fd = -1;
	struct fsstate state;
	int r;

	if (p->start >= s->disk->size || !pr)
		return;
	if (size > s->disk->size - p->start)
		size = s->disk->size - p->start;
	fd = volume_bytes(s->disk, p, &start);
	if (fd < 0 || blkid_probe_set_device(pr, fd, (blkid_loff_t)start, (blkid_loff_t)size) < 0)
		return;
	blkid_probe_enable_partitions(pr, 0);
	blkid_probe_enable_superblocks(pr, 1);
	blkid_probe_set_superblocks_flags(pr, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_UUID |
						      BLKID_SUBLKS_LABEL | BLKID_SUBLKS_BADCSUM);
	r = blkid_do_safeprobe(pr);
	if (r == 0)
		read_values(s, pr, p);
	else if (r == -2)
		p->error = "signatures of several file systems: neither udev nor libblkid will "
			   "name its UUID; see 'wipefs' for the stale one";
	else if (r < 0)
		p->error = "it cannot be read";
	fsstate_read(fd, start, size, p->type, &state);
	p->dirty = state.dirty;
	p->has_errors = state.has_errors;
}

/* MBR and GPT types of partitions that may be expected to hold a Linux file system. */
static bool is_for_files(const struct partition *p)
{
	static const char *const types[] = {
		"0x83",
		"0fc63daf-8483-4772-8e79-3d69d8477de4", /* Linux */
		"ebd0a0a2-b9e5-4433-87c0-68b6b72699c7", /* what parted once gave to Linux */
		"4f68bce3-e8cd-4db1-96e7-fbcaf984b709", /* root, x86-64 */
		"b921b045-1df0-41c3-af44-4c6f280d3fae", /* root, arm64 */
		"bc13c2ff-59e6-4262-a352-b275fd6f7172", /* /boot */
		"933ac7e1-2eb4-4f13-b844-0e14e2aef915", /* /home */
		NULL,
	};

	return !p->parttype || in_list(p->parttype, types);
}

static void probe_fault(struct probing *s, struct partition *p)
{
	uint64_t size = p->size, start;
	_cleanup_close_ int fd = -1;

	if (p->start >= s->disk->size || (!p->type && !is_for_files(p)))
		return;
	if (size > s->disk->size - p->start)
		size = s->disk->size - p->start;
	fd = volume_bytes(s->disk, p, &start);
	if (fd >= 0)
		fsfault_probe(fd, start, size, s->a, p);
}

void partitions_fill(struct probing *s, struct partition *p)
{
	p->disk = s->index;
	if (p->role != ROLE_EXTENDED)
		probe_content(s, p);
	set_role(s, p);
	if (p->role != ROLE_EXTENDED)
		probe_fault(s, p);
	if (p->role == ROLE_MD)
		read_raid(s, p);
	if (p->role != ROLE_EXTENDED && overlaps_end(s, p))
		p->error = arena_printf(s->a,
					"it ends behind the end of '%s': the disk or image was cut",
					s->disk->path);
}

void partitions_add(struct probing *s, const struct partition *p)
{
	ARENA_GROW(s->a, s->out->p, s->out->n, s->cap);
	s->out->p[s->out->n++] = *p;
}

/* --- partition tables --- */

static const char *type_of(struct arena *a, blkid_partition b)
{
	const char *guid = blkid_partition_get_type_string(b);
	char *lower;

	if (!guid)
		return arena_printf(a, "0x%x", (unsigned)blkid_partition_get_type(b));
	lower = arena_strdup(a, guid);
	for (char *c = lower; *c; c++)
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
	return lower;
}

static const char *copy(struct arena *a, const char *s)
{
	return s && *s ? arena_strdup(a, s) : NULL;
}

/* Slices of BSD, Minix and the like inside a partition are not ours. */
static bool is_foreign(blkid_partition b)
{
	const char *type = blkid_parttable_get_type(blkid_partition_get_table(b));

	return !type || (!streq(type, "dos") && !streq(type, "gpt"));
}

static void add_partition(struct probing *s, blkid_partition b)
{
	struct partition p = {
		.disk = s->index,
		.number = blkid_partition_get_partno(b),
		.start = (uint64_t)blkid_partition_get_start(b) * SECTOR,
		.size = (uint64_t)blkid_partition_get_size(b) * SECTOR,
		.partuuid = copy(s->a, blkid_partition_get_uuid(b)),
		.partlabel = copy(s->a, blkid_partition_get_name(b)),
		.parttype = type_of(s->a, b),
	};
	const char *table = blkid_parttable_get_type(blkid_partition_get_table(b));

	if (is_foreign(b) || p.number <= 0 || s->out->n >= PARTITIONS_MAX)
		return;
	p.bootable = streq(table, "dos") && (blkid_partition_get_flags(b) & 0x80);
	if (blkid_partition_is_extended(b))
		p.role = ROLE_EXTENDED;
	if (s->disk->block)
		p.node = sysfs_partition_node(s->a, s->disk->rdev, (unsigned)p.number, p.start);
	partitions_fill(s, &p);
	partitions_add(s, &p);
}

static blkid_partlist read_table(const struct disk *d, blkid_probe pr, unsigned sector)
{
	if (blkid_probe_set_device(pr, d->fd, 0, (blkid_loff_t)d->size) < 0)
		return NULL;
	if (sector && blkid_probe_set_sectorsize(pr, sector) < 0)
		return NULL;
	blkid_probe_enable_superblocks(pr, 0);
	blkid_probe_enable_partitions(pr, 1);
	blkid_probe_set_partitions_flags(pr, BLKID_PARTS_ENTRY_DETAILS);
	return blkid_probe_get_partitions(pr);
}

static bool is_protective(blkid_partlist list)
{
	for (int i = 0; i < blkid_partlist_numof_partitions(list); i++) {
		if (blkid_partition_get_type(blkid_partlist_get_partition(list, i)) == 0xee)
			return true;
	}
	return false;
}

/* A table of this disk; *s->out gets its partitions. The partitions found. */
static size_t add_table(struct probing *s)
{
	_cleanup_probe_ blkid_probe pr = blkid_new_probe(), pr4k = blkid_new_probe();
	size_t before = s->out->n;
	blkid_partlist list, list4k;
	blkid_parttable table;

	if (!pr || !pr4k)
		return 0;
	list = read_table(s->disk, pr, 0);
	/* The image of a disk with 4096-byte sectors: its GPT begins at byte 4096. */
	if (list && is_protective(list) && !s->disk->block) {
		list4k = read_table(s->disk, pr4k, 4096);
		if (list4k && !is_protective(list4k))
			list = list4k;
	}
	table = list ? blkid_partlist_get_table(list) : NULL;
	if (!table)
		return 0;
	s->out->pttype = copy(s->a, blkid_parttable_get_type(table));
	for (int i = 0; i < blkid_partlist_numof_partitions(list); i++)
		add_partition(s, blkid_partlist_get_partition(list, i));
	return s->out->n - before;
}

/* --- disks --- */

/* The partition a block-device TARGET is: its number and its tags in the disk's table. */
static void entry_of(struct probing *s, struct partition *p)
{
	_cleanup_probe_ blkid_probe pr = blkid_new_probe();

	p->node = s->disk->block ? sysfs_node(s->a, s->disk->rdev) : NULL;
	if (!s->disk->block || !pr)
		return;
	p->number = (int)sysfs_partition_number(s->a, s->disk->rdev);
	if (!p->number || blkid_probe_set_device(pr, s->disk->fd, 0, 0) < 0)
		return;
	blkid_probe_enable_superblocks(pr, 0);
	blkid_probe_enable_partitions(pr, 1);
	blkid_probe_set_partitions_flags(pr, BLKID_PARTS_ENTRY_DETAILS);
	if (blkid_do_safeprobe(pr) < 0)
		return;
	p->partuuid = value(s->a, pr, "PART_ENTRY_UUID");
	p->partlabel = value(s->a, pr, "PART_ENTRY_NAME");
	p->parttype = value(s->a, pr, "PART_ENTRY_TYPE");
}

static void take_layer(struct probing *s, struct partition *p)
{
	const struct layer *l = s->disk->layer;

	if (!l)
		return;
	p->number = --s->last_layer;
	p->layer = l->what;
	p->names = l->names;
	p->look_only = l->look_only;
}

static bool any_content(const struct devices *d, size_t from)
{
	for (size_t i = from; i < d->n; i++) {
		if (d->p[i].type || d->p[i].error || d->p[i].fault ||
		    d->p[i].role == ROLE_BIOS_BOOT)
			return true;
	}
	return false;
}

/*
 * A file system on the whole target leaves the first sector alone, so an old partition table may
 * survive there: it only counts when something is in its partitions.
 */
static void add_disk(struct probing *s)
{
	struct partition whole = { .size = s->disk->size };
	size_t before = s->out->n, found;
	bool is_part = s->disk->block && sysfs_partition_number(s->a, s->disk->rdev);

	found = is_part ? 0 : add_table(s);
	if (found && any_content(s->out, before))
		return;
	entry_of(s, &whole);
	take_layer(s, &whole);
	partitions_fill(s, &whole);
	if (found && !whole.type)
		return;
	if (!whole.type && !whole.error && !whole.fault && !whole.layer)
		return;
	s->out->n = before;
	s->out->pttype = before ? s->out->pttype : NULL;
	partitions_add(s, &whole);
}

static bool hides_more(const struct partition *p)
{
	if (p->opened)
		return false;
	if (p->role == ROLE_LVM || p->role == ROLE_LUKS || p->role == ROLE_MD)
		return true;
	/* devices_find() knows the names in it. */
	if (p->spare_uuid)
		return false;
	return (p->error || p->fault) && p->role != ROLE_EXTENDED && !p->uuid;
}

static bool is_given(const struct probing *s, dev_t rdev)
{
	for (size_t i = 0; i < s->n_disks; i++) {
		if (s->disks[i]->block && s->disks[i]->rdev == rdev)
			return true;
	}
	return false;
}

/* One partition or one logical volume alone: what else its disk holds is not known. */
static bool is_part_of_more(const struct probing *s, const struct disk *d)
{
	struct sysfs_set below = { 0 };
	bool all = true;

	if (!d->block || d->layer)
		return false;
	sysfs_below(s->a, d->rdev, &below);
	for (size_t i = 0; i < below.n; i++)
		all &= is_given(s, below.dev[i]);
	return !all;
}

/* LUKS and md are opened by lib/layers.h: then what is in them is a disk of its own here. */
static void mark_opened(struct probing *s)
{
	for (size_t i = 0; i < s->n_disks; i++) {
		const struct layer *l = s->disks[i]->layer;

		for (size_t k = 0; l && k < s->out->n; k++) {
			struct partition *p = &s->out->p[k];

			if (!layer_is_in(l, p))
				continue;
			p->opened |= p->role == ROLE_LUKS || p->role == ROLE_MD;
			if (p->opened)
				p->error = NULL;
		}
	}
}

/* What p lies in, and what that lies in; the logical volumes know the first step themselves. */
static void note_below(const struct probing *s, struct partition *p, const struct layer *l,
		       unsigned depth)
{
	for (size_t i = 0; l && depth && i < s->out->n; i++) {
		const struct partition *q = &s->out->p[i];

		if (!layer_is_in(l, q))
			continue;
		p->in |= ROLE_BIT(q->role);
		if (q->role == ROLE_MD && !p->raid)
			p->raid = q->raid;
		note_below(s, p, s->disks[q->disk]->layer, depth - 1);
	}
}

/*
 * An image that is one file system and has no boot code in its first sector never booted by itself:
 * most likely one partition of a disk was copied, and the others are elsewhere.
 */
static bool is_copy_of_partition(const struct disk *d, const struct devices *all, size_t from)
{
	unsigned char b[SECTOR];

	if (d->block || all->n != from + 1 || all->p[from].number)
		return false;
	if (pread(d->fd, b, sizeof(b), 0) != (ssize_t)sizeof(b))
		return true;
	return b[0] == 0 || b[510] != 0x55 || b[511] != 0xaa;
}

int disk_partitions(struct disk *const *disks, size_t n, struct arena *a, struct devices *out,
		    struct trouble *t)
{
	struct devices d = { .known = true, .complete = true };
	struct probing s = { .disks = disks, .n_disks = n, .a = a, .out = &d };
	const char *first = NULL;

	for (size_t i = 0; i < n; i++) {
		size_t before = d.n;

		s.disk = disks[i];
		s.index = (unsigned)i;
		add_disk(&s);
		d.disks += !disks[i]->layer;
		if (i == 0)
			first = d.pttype;
		d.partial |= is_part_of_more(&s, disks[i]);
		d.partial |= is_copy_of_partition(disks[i], &d, before);
	}
	d.complete = !d.partial;
	d.pttype = first;
	mark_opened(&s);
	partitions_add_lvm(&s);
	for (size_t i = 0; i < d.n; i++) {
		d.complete &= !hides_more(&d.p[i]);
		note_below(&s, &d.p[i], disks[d.p[i].disk]->layer, LAYERS_MAX);
	}
	if (d.n == 0) {
		trouble_set(t, "'%s' has neither partitions nor a file system", disks[0]->path);
		return -ENODATA;
	}
	*out = d;
	return 0;
}
