/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Disk images that are not raw: recognised by their magic, answered with the command that opens
 * them. Never opened here: the format of a hostile image is not ours to parse.
 *
 * Source of the magics: qemu docs/interop/{qcow2,vhdx…}, block/{qcow2,vmdk,vdi,vhdx,vpc,qed}.c.
 */
#ifndef BOOTMEND_IMAGE_H
#define BOOTMEND_IMAGE_H

#include "lib/disk.h"

/* "qcow2", "vmdk", "vdi", "vhdx", "vhd", "gzip", …; NULL: raw as far as one can tell. */
const char *image_format(int fd, uint64_t size);
/* Bytes of a fixed VHD's footer at the end of a raw image, which are no part of the disk; or 0. */
uint64_t image_footer(int fd, uint64_t size);
/* What to type for an image of that format at path. */
void image_advice(const char *format, const char *path, struct trouble *t);

#endif
