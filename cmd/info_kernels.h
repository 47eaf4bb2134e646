/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `bootmend info --kernels`: for each kernel what it has to boot with, from its image to the
 * drivers of the root's disk. Reads every initramfs to its end.
 */
#ifndef BOOTMEND_INFO_KERNELS_H
#define BOOTMEND_INFO_KERNELS_H

#include "cmd/session.h"
#include "lib/jsonio.h"

void info_kernels_text(const struct session *s);
/* The kernels, and where the disk will run as far as that is known. */
void info_kernels_json(const struct session *s, struct json_object *to);

#endif
