/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names, lines and paths of a foreign disk on a terminal: what is not plain text goes out as \xNN.
 *
 *	escaped_put(stdout, name)
 */
#ifndef BOOTMEND_ESCAPED_H
#define BOOTMEND_ESCAPED_H

#include <stdio.h>

/* Without a newline of its own. */
void escaped_put(FILE *out, const char *s);

#endif
