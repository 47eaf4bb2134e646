/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /etc/selinux/config as libselinux reads it at boot, and the policies that are installed.
 *
 *	selinuxconf_parse(arena, text, &conf);
 *	if (conf.mode == SELINUX_ENFORCING && !selinuxconf_has_policy(root, conf.type)) …
 *
 * SELINUX= must start its line; the first line with one of the three values (by prefix, case
 * ignored) wins, and without one the policy is loaded but nothing enforced. SELINUXTYPE= may be
 * indented, and the last one wins.
 *
 * Source of the rules: libselinux src/selinux_config.c and src/load_policy.c, selinux(8).
 */
#ifndef BOOTMEND_SELINUXCONF_H
#define BOOTMEND_SELINUXCONF_H

#include "lib/root.h"
#include "lib/text.h"

#define SELINUXCONF_PATH "/etc/selinux/config"

enum selinux_mode { SELINUX_UNSPECIFIED, SELINUX_ENFORCING, SELINUX_PERMISSIVE, SELINUX_DISABLED };

struct selinuxconf {
	enum selinux_mode mode;
	size_t mode_line;  /* the line that decides; 0: none does */
	size_t wrong_line; /* the first SELINUX= line that says nothing libselinux takes; 0: none */
	const char *wrong; /* its value, trimmed; NULL */
	const char *type;  /* "targeted" when no line says */
	size_t type_line;  /* 0: default */
};

void selinuxconf_parse(struct arena *a, const struct text *t, struct selinuxconf *out);
/* "enforcing", "permissive", "disabled"; "" for unspecified. */
const char *selinuxconf_mode_name(enum selinux_mode m);
/* The mode whose name is one or two slips of the pen away from value; UNSPECIFIED: none, or
 * several. */
enum selinux_mode selinuxconf_nearest(const char *value);
/* A policy.NN of that type that is not empty. */
bool selinuxconf_has_policy(const struct root *r, const char *type);
/* Types that have a policy: NULL-terminated, in byte order. */
const char *const *selinuxconf_types(const struct root *r, struct arena *a);

#endif
