/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every check and every problem of the program, looked up by name. */
#ifndef BOOTMEND_REGISTRY_H
#define BOOTMEND_REGISTRY_H

#include "lib/check.h"

extern const struct check *const all_checks[]; /* NULL-terminated, in boot order */

const struct problem *problem_by_id(const char *id); /* NULL */
bool check_exists(const char *name);
/* Each problem once, in the order of the checks. */
void problems_each(void (*each)(const struct problem *p, void *arg), void *arg);
/* The known id or check name nearest to word, or NULL when none is near. */
const char *nearest_name(const char *word);
/* The nearest of a NULL-terminated list, or NULL when none is near. */
const char *nearest_of(const char *word, const char *const words[]);

#endif
