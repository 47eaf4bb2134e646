/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the fstab check share; for checks/fstab*.c only. What one line is worth by
 * itself is lib/fstab.h's to say; here it is held against the disk and the other lines.
 */
#ifndef BOOTMEND_CHECKS_FSTAB_PARTS_H
#define BOOTMEND_CHECKS_FSTAB_PARTS_H

#include "lib/check.h"
#include "lib/fstab.h"
#include "lib/fstab_kernel.h"
#include "lib/fstab_meant.h"

#define FSTAB_PATH "/etc/fstab"
#define FSTAB_LINES_MAX 1000u /* entries judged: each is compared with all others */

/* What a line mounts where, links in the mount point followed. */
struct fstab_spot {
	const char *target;
	const struct partition *p; /* NULL: none that is known */
	bool single;		   /* no other line should have the same */
};

/* What every look at a line needs. */
struct fstab_view {
	struct scan *s;
	const struct devices *d;
	const struct text *t;
	struct fstab tab;
	enum fstab_mounter how;
	const char *const *unseen;
	struct fstab_kernel kernel;
	unsigned repairs;
	struct fstab_spot *place; /* of each entry, for comparing them */
};

/* fstab_problems.c */
extern const struct problem fstab_missing, fstab_empty, fstab_no_root, fstab_bad_line,
	fstab_unknown_device, fstab_wrong_root, fstab_old_name, fstab_wrong_type,
	fstab_type_unknown, fstab_odd_option, fstab_network, fstab_bind_source, fstab_mount_point,
	fstab_duplicate_uuid_line, fstab_duplicate_target, fstab_swapfile, fstab_fsck;

/* --- fstab_edit.c --- */

const char *fstab_raw_line(const struct fstab_view *v, const struct fstab_entry *e);
bool fstab_is_root(const struct fstab_entry *e);
struct finding *fstab_find_at(struct fstab_view *v, const struct problem *p,
			      const struct fstab_entry *e, const char *detail);
/* The line for / does not stop systemd; the rest goes by what waits for the mount. */
enum severity fstab_severity_of(const struct fstab_view *v, const struct fstab_entry *e);
/* A note is for reading: nothing is changed for it, except when somebody asks. */
void fstab_grade(struct finding *f, enum severity severity);

void fstab_set_field(const struct fstab_view *v, struct finding *f, const struct fstab_entry *e,
		     enum fstab_field field, const char *value);
void fstab_tolerate_line(const struct fstab_view *v, struct finding *f,
			 const struct fstab_entry *e);
/* The line with the type that is on the disk and no option that type refuses. */
const char *fstab_with_type(struct arena *a, const char *raw, const char *type);
/* The line with another device, and its type where that does not fit. */
const char *fstab_with_device(struct arena *a, const char *raw, const struct fstab_entry *e,
			      const struct partition *p);
bool fstab_has_stable_name(const struct partition *p);

/* --- fstab_device.c --- */

/* No partition answers to what the line names, and none that was not looked at could. */
bool fstab_device_is_gone(const struct fstab_view *v, const struct fstab_entry *e);
void fstab_absent_root(struct fstab_view *v, const struct fstab_entry *e);
void fstab_absent_device(struct fstab_view *v, const struct fstab_entry *e);
/* Told when p, which the line for / names, is not this root. */
bool fstab_root_is_another(struct fstab_view *v, const struct fstab_entry *e,
			   const struct partition *p);
void fstab_driver_name(struct fstab_view *v, const struct fstab_entry *e,
		       const struct partition *p);

/* --- fstab_type.c --- */

bool fstab_judge_type(struct fstab_view *v, const struct fstab_entry *e,
		      const struct partition *p); /* true: told */
void fstab_no_driver(struct fstab_view *v, const struct fstab_entry *e);
void fstab_judge_options(struct fstab_view *v, const struct fstab_entry *e,
			 const struct partition *p);

/* --- fstab_source.c --- */

void fstab_judge_network(struct fstab_view *v, const struct fstab_entry *e);
void fstab_judge_bind(struct fstab_view *v, const struct fstab_entry *e);
void fstab_judge_swapfile(struct fstab_view *v, const struct fstab_entry *e);
void fstab_judge_mount_point(struct fstab_view *v, const struct fstab_entry *e);

/* --- fstab_fsck.c --- */

void fstab_judge_fsck(struct fstab_view *v, const struct fstab_entry *e);

/* --- fstab_pair.c --- */

void fstab_find_places(struct fstab_view *v); /* fills v->place */
/* The first earlier line that wants the same is told, and no further one. */
void fstab_judge_pair(struct fstab_view *v, const struct fstab_entry *e);

#endif
