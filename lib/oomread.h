/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reports of the OOM killer in the logs of a foreign root, given to lib/oomlog.h one file after
 * the other. What cannot be read is passed over: for a scan, where only what is found counts.
 */
#ifndef BOOTMEND_OOMREAD_H
#define BOOTMEND_OOMREAD_H

#include "lib/oomfiles.h"
#include "lib/oomlog.h"

void oomread_files(struct oomlog *l, const struct root *r, const struct oom_files *files);

#endif
