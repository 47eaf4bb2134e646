/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A swap area that holds the image of a hibernated system: its signature is another one, and the
 * one that mkswap wrote is kept beside it.
 *
 * Source: kernel kernel/power/swap.c (struct swsusp_header: at the end of the first page orig_sig
 * and sig, 10 bytes each); util-linux libblkid superblocks/swap.c.
 */
#ifndef BOOTMEND_HIBERNATE_H
#define BOOTMEND_HIBERNATE_H

#include "lib/util.h"

#define HIBERNATE_SIG 10 /* bytes of a signature */

/* fd, start: of the swap area. Where its signature is, from start, and what it was; false: none. */
/* The bytes are the first of the area; the rest as below. */
bool hibernate_find(const void *bytes, size_t len, uint64_t *at, char signature[HIBERNATE_SIG]);
#define HIBERNATE_BYTES 65536u /* that are looked at, at most */
bool hibernate_look(int fd, uint64_t start, uint64_t size, uint64_t *at,
		    char signature[HIBERNATE_SIG]);

#endif
