/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small questions about paths of the patient. */
#ifndef BOOTMEND_PATHS_H
#define BOOTMEND_PATHS_H

#include "lib/arena.h"
#include "lib/root.h"

/* The last part: all of it when there is no slash. */
const char *paths_base(const char *path);
/* root_resolve() into the arena; NULL when it cannot be resolved. */
const char *paths_real(const struct root *r, struct arena *a, const char *path);
/* The same, but path itself when it cannot be resolved. */
const char *paths_real_or_same(const struct root *r, struct arena *a, const char *path);

#endif
