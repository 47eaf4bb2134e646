/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pieces facts_gather() puts together; for facts*.c only. */
#ifndef BOOTMEND_FACTS_PARTS_H
#define BOOTMEND_FACTS_PARTS_H

#include "lib/facts.h"

/* The first of the paths that is there (links followed), or NULL. */
const char *facts_first(const struct root *r, const char *const paths[]);
bool facts_any(const struct root *r, const char *const paths[]);

/* Names in a directory, at most a few hundred, NULL-terminated. */
const char *const *facts_names(const struct root *r, struct arena *a, const char *dir);

void facts_os(const struct root *r, struct arena *a, struct os_release *os);
void facts_loader(const struct root *r, struct arena *a, struct facts *f);
/* Kinds of firmware whose loaders or partitions are there; ->devices and ->loader are set. */
enum firmware facts_firmware(const struct root *r, struct arena *a, const struct facts *f);
/* A loader is on the disk, of whatever kind. */
bool facts_has_loader(const struct root *r, struct arena *a, const struct facts *f);

#endif
