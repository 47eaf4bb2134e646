/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words in lines of a width. Texts of this program only: they are ASCII and hold nothing a terminal
 * would act on.
 */
#ifndef BOOTMEND_WRAP_H
#define BOOTMEND_WRAP_H

#include <stdio.h>

#define WRAP_WIDTH 80

/* first stands before the first line, rest before the others, also those the text itself begins. */
struct wrap {
	size_t width; /* columns, prefix included */
	const char *first, *rest;
};

/* Ends with a newline. A word longer than a line has a line of its own. */
void wrap_words(FILE *out, const char *text, const struct wrap *w);
/* Columns of the terminal at the other end of fd; WRAP_WIDTH when it is none or does not say. */
size_t wrap_width_of(int fd);

#endif
