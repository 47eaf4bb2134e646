/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A configuration file as it was read: its bytes, never changed, and its lines. Edits are proposed
 * against line numbers of this text, so CR, odd spacing, a missing final newline and unknown lines
 * stay.
 */
#ifndef BOOTMEND_TEXT_H
#define BOOTMEND_TEXT_H

#include <sys/stat.h>

#include "lib/arena.h"

struct line {
	const char *s; /* without the newline, NUL added behind; a CR stays */
	size_t len;    /* > strlen(s) when the line holds NUL bytes */
};

struct text {
	const char *path; /* as the broken system writes it; what messages show */
	const char *data; /* the bytes as read, NUL added behind */
	size_t len;
	struct stat st;
	struct line *line; /* [0 .. lines-1]; use text_line(t, n) with n from 1 */
	size_t lines;
	bool final_newline; /* false too for an empty file */
};

/* Splits a copy of data; everything lives in the arena. */
struct text *text_new(struct arena *a, const char *path, const void *data, size_t len);
/* Line n, counted from 1; "" outside. */
const char *text_line(const struct text *t, size_t n);
/* Nothing in it but white space. */
bool text_is_blank(const struct text *t);

#endif
