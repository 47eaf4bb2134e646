/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The directories of libraries that a system names in a file: /etc/ld.so.conf with what it includes
 * (for ldconfig), and musl's /etc/ld-musl-ARCH.path (for its loader).
 *
 *	ldconf_read(root, arena, "/etc/ld.so.conf", &dirs)	absent: nothing is added
 *	ldconf_musl(root, arena, "/lib/ld-musl-x86_64.so.1", &dirs)
 *
 * In the order they are named, each once, without a slash at the end.
 *
 * Source: ldconfig(8); glibc elf/ldconfig.c (parse_conf, parse_conf_include, add_dir); musl
 * ldso/dynlink.c (sys_path).
 */
#ifndef BOOTMEND_LDCONF_H
#define BOOTMEND_LDCONF_H

#include "lib/lines.h"
#include "lib/root.h"

void ldconf_read(const struct root *r, struct arena *a, const char *path, struct lines *dirs);
/* Without the file: /lib, /usr/local/lib, /usr/lib. */
void ldconf_musl(const struct root *r, struct arena *a, const char *loader, struct lines *dirs);
/* The parts of s between any of the characters of seps, as directories. */
void ldconf_split(struct arena *a, const char *s, const char *seps, struct lines *dirs);

#endif
