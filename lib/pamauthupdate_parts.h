/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The profiles of /usr/share/pam-configs, read; for lib/pamauthupdate*.c only.
 *
 *	pamprofile_gather(scan, &all)
 *	pamprofile_field(p, "Auth-Type") is its value as written, or NULL
 *
 * Fields are "Name: value"; whatever follows and does not look like one is added to the value, a
 * line each, without the blanks around it.
 */
#ifndef BOOTMEND_PAMAUTHUPDATE_PARTS_H
#define BOOTMEND_PAMAUTHUPDATE_PARTS_H

#include "lib/check.h"

#define PAMPROFILE_MAX 256	     /* profiles */
#define PAMPROFILE_BYTES (32u << 10) /* of a profile, a template or a list */

struct pamprofile_field {
	const char *name, *value;
};

struct pamprofile {
	const char *name; /* of its file */
	struct pamprofile_field *field;
	size_t fields, cap;
};

struct pamprofiles {
	struct pamprofile *p; /* the highest priority first, then the last name first */
	size_t n, cap;
};

/* A file of that size at most, without NUL bytes; NULL when there is none. */
const struct text *pamprofile_text(struct scan *s, const char *path);
void pamprofile_gather(struct scan *s, struct pamprofiles *out);
const char *pamprofile_field(const struct pamprofile *p, const char *name);
const struct pamprofile *pamprofile_named(const struct pamprofiles *all, const char *name);
/* One of the two says that it does not go with the other. */
bool pamprofile_conflicts(const struct pamprofile *p, const char *other);

/* What is enabled, in the order of the file that is made. */
struct pamprofile_set {
	const struct pamprofile *p[PAMPROFILE_MAX];
	size_t n;
	const char *gone; /* "profile 'x', …": enabled, but not on the disk any more; or NULL */
};
/* From /var/lib/pam/TYPE; false: it lists nothing. */
bool pamprofile_saved(struct scan *s, const struct pamprofiles *all, const char *type,
		      struct pamprofile_set *out);
bool pamprofile_debconf(struct scan *s, const struct pamprofiles *all, struct pamprofile_set *out);
void pamprofile_defaults(const struct pamprofiles *all, struct pamprofile_set *out);

#endif
