/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The settings of sysctl.d and sysctl.conf merged as the patient's boot merges them, each with the
 * file and line it comes from.
 *
 *	sysctlconf_read(root, arena, SYSCTLCONF_SYSTEMD, &conf);
 *	for (v = sysctlconf_get(&conf, "vm/nr_hugepages"); v; v = sysctlconf_before(&conf, v))
 *		…	what counts, then what would count without it
 *
 * systemd-sysctl reads the sysctl.d directories and nothing else: /etc/sysctl.conf only counts
 * through a link (99-sysctl.conf). procps, and the init scripts of SysV, upstart and OpenRC, read
 * /etc/sysctl.conf last. In both a name found in an earlier directory hides later ones, and a link
 * to /dev/null hides them all.
 *
 * Sources: sysctl.d(5), sysctl(8); systemd src/sysctl/sysctl.c and src/basic/sysctl-util.c; procps
 * src/sysctl.c (PreloadSystem).
 */
#ifndef BOOTMEND_SYSCTLCONF_H
#define BOOTMEND_SYSCTLCONF_H

#include "lib/root.h"
#include "lib/text.h"

enum sysctlconf_reader { SYSCTLCONF_SYSTEMD, SYSCTLCONF_PROCPS };

struct sysctlconf_value {
	const char *key;   /* as a path below /proc/sys: "net/ipv4/tcp_tw_recycle" */
	const char *value; /* without blanks around it */
	const struct text *text;
	size_t line;
	bool glob; /* the key is a pattern */
};

struct sysctlconf_bad {
	const struct text *text;
	size_t line;
};

struct sysctlconf {
	struct sysctlconf_value *v; /* in the order they are applied */
	size_t n, cap;
	struct sysctlconf_bad *bad; /* lines nobody can read */
	size_t bads, bad_cap;
	size_t globs, bytes; /* patterns among v; size of all files */
	const char *cut;     /* the first file that is too much to be read whole, or NULL */
	bool reads_main;     /* /etc/sysctl.conf is among the files, by itself or through a link */
};

void sysctlconf_read(const struct root *r, struct arena *a, enum sysctlconf_reader reader,
		     struct sysctlconf *out);
/* One file alone. */
void sysctlconf_parse(struct arena *a, const struct text *t, struct sysctlconf *out);
/* The value of key that counts, or NULL: the last exact one, else the last pattern that matches. */
const struct sysctlconf_value *sysctlconf_get(const struct sysctlconf *c, const char *key);
/* What would count for the same key if v were not there; NULL: nothing, the kernel's default. */
const struct sysctlconf_value *sysctlconf_before(const struct sysctlconf *c, const char *key,
						 const struct sysctlconf_value *v);
/* The key as a path: '.' and '/' change places when a '.' comes first. */
char *sysctlconf_key(struct arena *a, const char *key);

#endif
