/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How much memory the patient had when it last booted, from what its kernel logged:
 *
 *	[    0.000000] Memory: 2017584K/2096632K available (…)
 *
 * The second number is all memory the kernel was given. Plain files only (no journal, no
 * compressed logs), head and tail of each within bounds; of several boots the newest counts: later
 * in a file, and newer files before older ones.
 *
 * Source: Linux mm/mm_init.c mem_init_print_info(), before 5.19 mm/page_alloc.c.
 */
#ifndef BOOTMEND_MEMORY_H
#define BOOTMEND_MEMORY_H

#include "lib/arena.h"
#include "lib/root.h"

/* Bytes, 0 when not known; *from becomes "/var/log/dmesg:12". */
uint64_t memory_from_logs(const struct root *r, struct arena *a, const char **from);
/* Bytes of one line, 0 when it is none of these. */
uint64_t memory_of_line(const char *line);

#endif
