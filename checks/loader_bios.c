/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * By BIOS: boot sector, core image, and the two against the files in /boot they were made from.
 */
#include <errno.h>
#include <stdio.h>

#include "checks/loader_parts.h"
#include "lib/tools.h"

#define SECTOR 512u
#define BPB_FREE 62u /* a boot sector with code begins with a jump over the parameter block */

struct disk_reader {
	struct scan *s;
	unsigned disk;
};

static int read_disk(void *arg, uint64_t offset, void *buf, size_t len)
{
	const struct disk_reader *d = arg;

	return scan_disk_read(d->s, d->disk, offset, buf, len);
}

/* --- looking --- */

static bool has_table(const struct loader_look *l, unsigned disk)
{
	const struct devices *d = l->s->facts->devices;

	for (size_t i = 0; i < d->n; i++) {
		if (d->p[i].disk == disk && d->p[i].number > 0 && d->p[i].start > 0)
			return true;
	}
	return false;
}

static int first_sector(const struct loader_look *l, const struct partition *p,
			unsigned char *sector)
{
	return scan_part_read(l->s, p, 0, sector, SECTOR);
}

/* Code that only starts the active partition: there is one, and it has a boot sector. */
static bool active_starts(const struct loader_look *l, unsigned disk)
{
	const struct devices *d = l->s->facts->devices;
	unsigned char b[SECTOR];

	for (size_t i = 0; i < d->n; i++) {
		const struct partition *p = &d->p[i];

		if (p->disk != disk || !p->bootable)
			continue;
		if (first_sector(l, p, b) < 0)
			return true;
		return b[510] == 0x55 && b[511] == 0xaa && (b[0] || b[1] || b[BPB_FREE]);
	}
	return false;
}

static bool is_gpt(const struct loader_look *l)
{
	const char *type = l->s->facts->devices->pttype;

	return type && streq(type, "gpt");
}

static void compare_core(struct loader_look *l, struct loader_bios *b)
{
	_cleanup_bytes_ struct bytes file = { 0 };
	const char *path = scan_printf(l->s, "%s/core.img", loader_platform_dir(l, "i386-pc"));

	if (root_read(l->s->root, path, GRUBCORE_MAX, &file) < 0)
		return;
	grubcore_compare(&b->core, file.data, file.len, &b->diff);
	b->compared = !b->diff.other;
}

/* Only beside a core image that came with it: else it is of another version, and may well fit. */
static void compare_code(struct loader_look *l, struct loader_bios *b, const unsigned char *sector)
{
	_cleanup_bytes_ struct bytes file = { 0 };
	const char *path = scan_printf(l->s, "%s/boot.img", loader_platform_dir(l, "i386-pc"));

	if (!b->compared || b->diff.bytes ||
	    root_read(l->s->root, path, BOOTCODE_SECTOR, &file) < 0 || file.len != BOOTCODE_SECTOR)
		return;
	b->code_bytes = bootcode_compare(sector, (const unsigned char *)file.data, &b->code_first);
}

/* The header makes sense as one of GRUB 2.00 and newer. */
static bool says_how_to_unpack(const struct loader_bios *b)
{
	const struct grubcore *c = &b->core;

	return b->code.since_2_00 && c->packed > 4096 && c->packed < c->len &&
	       c->plain > c->packed && c->plain < (4u << 20) && c->no_redundancy > 512 &&
	       c->no_redundancy < 8192;
}

static void unpack(struct loader_look *l, struct loader_bios *b)
{
	struct bytes plain;

	if (grubcore_unpack(&b->core, l->s->arena, &plain) == 0)
		b->unpacked = grubimage_core(l->s->arena, plain.data, plain.len, &b->image) == 0;
	/* What equals the file is what was meant, whatever it is. */
	b->damaged = !b->unpacked && says_how_to_unpack(b) && !(b->compared && !b->diff.bytes);
}

static bool core_is_broken(const struct loader_look *l, const struct loader_bios *b)
{
	if (b->core_read == -ENOENT || b->core_read == -EUCLEAN || b->core_read == -ERANGE)
		return true;
	if (b->core_read != 0)
		return false;
	if (b->damaged || (b->compared && b->diff.bytes && !b->diff.mendable))
		return true;
	return b->unpacked && loader_lost_place(l, &b->image, b->disk);
}

static void look_at_grub(struct loader_look *l, struct loader_bios *b, const unsigned char *sector)
{
	struct disk_reader d = { l->s, b->disk };
	struct reader r = { .read = read_disk, .arg = &d, .size = UINT64_MAX };

	if (b->code.drive != 0xff) {
		b->way = WAY_UNKNOWN; /* on another disk, by the number only its BIOS knows */
		return;
	}
	b->core_read = grubcore_read(&r, b->code.core, l->s->arena, &b->core);
	if (b->core_read == 0) {
		compare_core(l, b);
		compare_code(l, b, sector);
		unpack(l, b);
	}
	b->way = core_is_broken(l, b) ? WAY_BROKEN : WAY_STARTS;
}

/* --- a sector that was GRUB's --- */

static bool read_code(struct loader_look *l, const char *path, unsigned char *img)
{
	_cleanup_bytes_ struct bytes file = { 0 };

	if (root_read(l->s->root, path, BOOTCODE_SECTOR, &file) < 0 || file.len != BOOTCODE_SECTOR)
		return false;
	memcpy(img, file.data, BOOTCODE_SECTOR);
	return true;
}

/* The jump or the name in it is overwritten, most of the rest is what was installed. */
static bool look_at_damaged(struct loader_look *l, struct loader_bios *b,
			    const unsigned char *sector)
{
	unsigned char img[BOOTCODE_SECTOR];

	if (!read_code(l, scan_printf(l->s, "%s/boot.img", loader_platform_dir(l, "i386-pc")),
		       img) ||
	    !bootcode_resembles(sector, img))
		return false;
	bootcode_take_as_grub2(sector, &b->code);
	look_at_grub(l, b, sector);
	b->code_bytes = bootcode_compare(sector, img, &b->code_first);
	b->way = WAY_BROKEN;
	return true;
}

static bool look_at_damaged_legacy(struct loader_look *l, struct loader_bios *b,
				   const unsigned char *sector)
{
	unsigned char img[BOOTCODE_SECTOR];

	if (!l->s->facts->loader.has_legacy || !read_code(l, "/boot/grub/stage1", img) ||
	    !bootcode_resembles(sector, img))
		return false;
	b->code.kind = BOOTCODE_GRUB_LEGACY;
	b->way = WAY_BROKEN;
	return true;
}

/* What one disk's first sector leads to. */
static void look_at_disk(struct loader_look *l, unsigned disk, struct loader_bios *b)
{
	unsigned char sector[SECTOR];

	*b = (struct loader_bios){ .disk = disk, .core_read = 1 };
	if (!has_table(l, disk) || scan_disk_read(l->s, disk, 0, sector, SECTOR) < 0)
		return;
	bootcode_look(sector, &b->code);
	switch (b->code.kind) {
	case BOOTCODE_NONE:
		b->way = WAY_NONE;
		break;
	case BOOTCODE_GRUB2:
		look_at_grub(l, b, sector);
		break;
	case BOOTCODE_ACTIVE:
		if (look_at_damaged(l, b, sector))
			break;
		b->way = is_gpt(l) || active_starts(l, disk) ? WAY_UNKNOWN : WAY_NONE;
		break;
	case BOOTCODE_GRUB_LEGACY:
		b->way = WAY_STARTS;
		break;
	case BOOTCODE_OTHER:
		if (!look_at_damaged(l, b, sector))
			look_at_damaged_legacy(l, b, sector);
		break;
	}
}

/* Of several disks the BIOS may start any: the best of them counts. */
void loader_bios_look(struct loader_look *l)
{
	unsigned home = l->boot ? l->boot->disk : 0;

	look_at_disk(l, home, &l->bios);
	for (unsigned i = 0; i < l->s->facts->n_disks && i < l->s->facts->devices->disks; i++) {
		struct loader_bios other;

		if (i == home || l->bios.way == WAY_STARTS)
			continue;
		look_at_disk(l, i, &other);
		if (other.way == WAY_STARTS || (other.way == WAY_UNKNOWN && has_table(l, i)) ||
		    (other.way == WAY_BROKEN && l->bios.way == WAY_NONE))
			l->bios = other;
	}
}

/* --- telling --- */

static const char *disk_words(const struct loader_look *l)
{
	if (l->s->facts->n_disks < 2 || l->s->facts->devices->disks < 2)
		return "the disk";
	return scan_printf(l->s, "disk %u", l->bios.disk + 1);
}

static struct finding *say(struct loader_look *l, const struct problem *p, const char *words)
{
	struct finding *f = scan_find(l->s, p, NULL, "%s: %s", disk_words(l), words);

	if (!tools_install_grub_bios(f, l->s, l->bios.disk))
		finding_safety(f, FIX_NONE);
	return f;
}

static void tell_no_code(struct loader_look *l)
{
	const struct bootcode *c = &l->bios.code;

	if (c->kind == BOOTCODE_ACTIVE)
		say(l, &loader_mbr,
		    "the code in its first sector starts the active partition, and no partition that "
		    "is marked active has any; GRUB's code is gone");
	else if (!c->signature)
		say(l, &loader_mbr, "its first sector does not end in 55 AA, so no BIOS starts it");
	else
		say(l, &loader_mbr, "its first sector holds no boot code");
}

static void tell_core_unread(struct loader_look *l)
{
	const struct loader_bios *b = &l->bios;
	const char *where = scan_printf(l->s, "sector %llu", (unsigned long long)b->code.core);

	if (is_gpt(l) && b->code.core < 34)
		say(l, &loader_core,
		    scan_printf(l->s, "GRUB's first sector goes on at %s, where the GPT is",
				where));
	else if (b->core_read == -ENOENT)
		say(l, &loader_core,
		    scan_printf(l->s, "no core image is at %s, where GRUB's first sector goes on",
				where));
	else if (b->core_read == -ERANGE)
		say(l, &loader_core, "GRUB's first sector or core image goes on behind its end");
	else
		say(l, &loader_core,
		    scan_printf(l->s, "the block list of the core image at %s makes no sense",
				where));
}

static void tell_core_bytes(struct loader_look *l)
{
	const struct loader_bios *b = &l->bios;
	struct finding *f;

	f = say(l, &loader_core,
		scan_printf(l->s,
			    "%zu byte%s of the core image at sector %llu differ%s from "
			    "%s/core.img, the first at 0x%zx%s",
			    b->diff.bytes, b->diff.bytes == 1 ? "" : "s",
			    (unsigned long long)b->code.core, b->diff.bytes == 1 ? "s" : "",
			    loader_platform_dir(l, "i386-pc"), b->diff.first,
			    b->diff.mendable ? "; GRUB's redundancy mends that few at each start"
					     : ""));
	if (b->diff.mendable)
		finding_severity(f, DEGRADES);
}

static void tell_place(struct loader_look *l)
{
	const struct loader_bios *b = &l->bios;
	const char *lost = b->unpacked ? loader_lost_place(l, &b->image, b->disk) : NULL;

	if (lost)
		say(l, &loader_core,
		    scan_printf(l->s,
				"the core image looks for /boot on %s, and no partition is that",
				lost));
}

static void tell_grub(struct loader_look *l)
{
	const struct loader_bios *b = &l->bios;

	if (b->core_read == -ENOENT || b->core_read == -EUCLEAN || b->core_read == -ERANGE)
		tell_core_unread(l);
	else if (b->compared && b->diff.bytes)
		tell_core_bytes(l);
	else if (b->damaged)
		say(l, &loader_core,
		    scan_printf(l->s,
				"the core image at sector %llu does not unpack: it is damaged",
				(unsigned long long)b->code.core));
	else
		tell_place(l);
	if (b->code_bytes)
		say(l, &loader_mbr,
		    scan_printf(l->s,
				"%zu byte%s of GRUB's code in its first sector differ%s from "
				"%s/boot.img, the first at 0x%zx",
				b->code_bytes, b->code_bytes == 1 ? "" : "s",
				b->code_bytes == 1 ? "s" : "", loader_platform_dir(l, "i386-pc"),
				b->code_first));
}

void loader_bios_tell(struct loader_look *l)
{
	if (!l->means_bios || loader_starts_by_efi(l))
		return;
	if (l->bios.way == WAY_NONE)
		tell_no_code(l);
	else if (l->bios.code.kind == BOOTCODE_GRUB2)
		tell_grub(l);
	else if (l->bios.code.kind == BOOTCODE_GRUB_LEGACY && l->bios.way == WAY_BROKEN)
		say(l, &loader_mbr,
		    "the code in its first sector is damaged: it was /boot/grub/stage1");
}
