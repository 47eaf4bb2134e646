/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tools.c and tools_grub.c share. */
#ifndef BOOTMEND_TOOLS_PARTS_H
#define BOOTMEND_TOOLS_PARTS_H

#include "lib/tools.h"

/* Where a system program of that name is, in the arena; NULL: the patient has none. */
const char *tools_find(struct scan *s, const char *name);
/* propose_command() and a choice that tells it. */
void tools_propose(struct finding *f, const char *const argv[], const struct output *out, size_t n);

#endif
