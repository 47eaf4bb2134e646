/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LVM2 read from the bytes of the patient: the label of a physical volume, the metadata behind it,
 * and where each logical volume lies. Nothing of this machine's LVM is asked or told: a volume
 *group with the name of one of its own is no matter, and nothing has to be deactivated afterwards.
 *
 *	lvm_member_read()	one physical volume
 *	lvm_groups()		of several: the volume groups, each by its newest metadata
 *	lvm_place()		the bytes of a logical volume that lies in one piece
 *
 * All lives in the arena. UUIDs are 32 characters, without LVM's hyphens.
 * Source of the formats: lvm2 lib/label/label.h, lib/format_text/layout.h, man lvmraid, lvmthin.
 */
#ifndef BOOTMEND_LVM_H
#define BOOTMEND_LVM_H

#include "lib/lvmtext.h"

struct lvm_member {
	const char *uuid;
	const struct lvmtext *text; /* NULL: no metadata here, another member of the group has it */
	uint64_t seqno;
	bool blank; /* it belongs to no group */
};

/*
 * -ENODATA: no label. -EBADMSG: a label or metadata that is damaged; out->uuid may still be set.
 */
int lvm_member_read(int fd, uint64_t start, uint64_t size, struct arena *a, struct lvm_member *out);

struct lvm_pv {
	const char *name, *uuid;
	uint64_t start, extents; /* bytes from the start of the physical volume; how many */
	size_t member;		 /* index of the member given to lvm_groups(), or LVM_MISSING */
};
#define LVM_MISSING ((size_t)-1)

struct lvm_area {
	size_t pv;
	uint64_t extent; /* the first */
};

struct lvm_segment {
	uint64_t start, extents; /* of the logical volume */
	const char *type;	 /* "striped", also with one stripe */
	uint64_t stripe;	 /* bytes */
	struct lvm_area *area;
	size_t n;
};

struct lvm_lv {
	const char *name, *uuid;
	uint64_t extents;
	bool visible;  /* else a part of another one */
	bool writable; /* else its owner set it read-only */
	bool is_store; /* what a snapshot keeps: no file system of its own */
	bool has_snapshots, merging;
	struct lvm_segment *segment;
	size_t n;
};

struct lvm_group {
	const char *name, *uuid;
	uint64_t seqno, extent; /* bytes of an extent */
	struct lvm_pv *pv;
	size_t n_pv;
	struct lvm_lv *lv;
	size_t n_lv;
};

/* The groups of these members; those whose text makes no sense are left out. */
size_t lvm_groups(struct arena *a, const struct lvm_member *m, size_t n, struct lvm_group **out);

/*
 * Why a logical volume cannot be mapped from its metadata alone ("it is of type thin"), or NULL.
 * The answer for one with a member missing says so.
 */
const char *lvm_obstacle(struct arena *a, const struct lvm_group *g, const struct lvm_lv *lv);

/* One piece of one physical volume. */
struct lvm_place {
	const struct lvm_pv *pv;
	uint64_t start, size; /* bytes; start from the start of the physical volume */
};
/* false: it has an obstacle, or lies in several pieces. */
bool lvm_place(struct arena *a, const struct lvm_group *g, const struct lvm_lv *lv,
	       struct lvm_place *out);

/* What device mapper calls it: "my--group-root". */
const char *lvm_mapper_name(struct arena *a, const struct lvm_group *g, const struct lvm_lv *lv);

#endif
