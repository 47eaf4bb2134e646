/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The UUID that a copy of a file system gets, so that each has its own. It follows from the old one
 * and from where the copy lies: a later look recognises it, and with it the lines that meant the
 * copy while both had the same.
 *
 *	twin_uuid(arena, "5eed…", copy)		"…", of the same form, in the arena
 */
#ifndef BOOTMEND_TWIN_H
#define BOOTMEND_TWIN_H

#include "lib/devices.h"

const char *twin_uuid(struct arena *a, const char *uuid, const struct partition *copy);
/* copy had the UUID of p and was given another one. Takes no memory: asked of every pair. */
bool twin_was(const struct partition *p, const struct partition *copy);

#endif
