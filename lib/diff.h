/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unified diff of two byte strings by lines, three lines of context, as POSIX diff -u writes it
 * and patch(1) reads it. Lines are compared with their ends; a CR is part of the line.
 */
#ifndef BOOTMEND_DIFF_H
#define BOOTMEND_DIFF_H

#include "lib/util.h"

/* Only the hunks, no file header; nothing when they are equal. Data with NULs: see
 * diff_is_binary(). */
void diff_hunks(const struct bytes *before, const struct bytes *after, struct bytes *out);
bool diff_is_binary(const struct bytes *b);

#endif
