/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of grubcmd share; for lib/grubcmd*.c only. */
#ifndef BOOTMEND_GRUBCMD_PARTS_H
#define BOOTMEND_GRUBCMD_PARTS_H

#include "lib/grubrun.h"

#define GRUBCMD_RECORDS_MAX 4000u /* files or searches of one entry */

/* Grows whenever the count is a power of two: the arrays carry no room of their own. */
#define GRUBCMD_APPEND(r, arr, n, item)                                                       \
	do {                                                                                  \
		if ((n) >= GRUBCMD_RECORDS_MAX) {                                             \
			(r)->out->cut = true;                                                 \
			break;                                                                \
		}                                                                             \
		if (((n) & ((n)-1)) == 0) {                                                   \
			void *new_ = arena_alloc((r)->a, ((n) ? (n)*2 : 1) * sizeof(*(arr))); \
			if (n)                                                                \
				memcpy(new_, (arr), (n) * sizeof(*(arr)));                    \
			(arr) = new_;                                                         \
		}                                                                             \
		(arr)[(n)++] = (item);                                                        \
	} while (0)

/* A command; arg[0] is its name. */
typedef enum tri grubcmd(struct grubrun *r, const struct grubstmt *st, const struct grubarg *arg,
			 size_t n);

/* The entry being run; NULL outside of any. */
struct grubcfg_entry *grubcmd_entry(const struct grubrun *r);

/* grubcmd_place.c */
enum spec_match grubcmd_look_up(const struct grubrun *r, const char *spec,
				const struct partition **out);
/* GRUB takes a device with and without brackets. */
const char *grubcmd_bare(struct arena *a, const char *name);
/* (device)/path, or /path on $root. */
void grubcmd_take_file(struct grubrun *r, const struct grubarg *arg, struct grubcfg_file *f);

/* grubcmd_search.c */
grubcmd grubcmd_search;
grubcmd grubcmd_search_dot;
void grubcmd_record_search(struct grubrun *r, struct grubcfg_search *s);

/* grubcmd_vars.c */
grubcmd grubcmd_set;
grubcmd grubcmd_unset;
grubcmd grubcmd_forget;
grubcmd grubcmd_load_env;
/* NAME=VALUE, which is word number word of the statement. */
void grubcmd_assign(struct grubrun *r, const struct grubstmt *st, const struct grubarg *arg,
		    size_t word);

#endif
