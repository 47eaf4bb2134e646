/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's command line: words with spaces between, double quotes around values with spaces.
 *
 * Source: Linux lib/cmdline.c next_arg(); Documentation/admin-guide/kernel-parameters.rst.
 */
#ifndef BOOTMEND_CMDLINE_H
#define BOOTMEND_CMDLINE_H

#include "lib/arena.h"

/* Value of the last NAME=…, quotes taken away; NULL when there is none. Words behind "--" are
 * init's. */
const char *cmdline_get(struct arena *a, const char *line, const char *name);
/* Value of the next NAME=… from *pos on (0 at first), for all of several; NULL: no more. */
const char *cmdline_next(struct arena *a, const char *line, const char *name, size_t *pos);
/* The word stands there, quotes aside, just so: "single", "ro", "rd.break". */
bool cmdline_has(const char *line, const char *word);
/* The line without every NAME and NAME=…, one space between words. */
const char *cmdline_without(struct arena *a, const char *line, const char *const names[]);

/* No byte in it that the kernel, GRUB or a shell would take apart: it may stand without quotes. */
bool cmdline_is_plain(const char *word);

/*
 * One word of any configuration line (grub.cfg, menu.lst, BLS, /etc/default/grub) replaced, all
 * else kept: spacing, comments, quotes and backslashes around it. The word is compared with quotes
 * and backslashes taken away: in `linux /vmlinuz "root=/dev/hda1" ro` the word root=/dev/hda1 is
 * found. All such words are replaced. NULL when it does not occur. A replacement of "" takes the
 * word out, with the blanks in front of it.
 */
const char *cmdline_replace(struct arena *a, const char *line, const char *word,
			    const char *replacement);

#endif
