/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two copies of a GUID partition table, at the beginning and at the end of a disk: is each
 * whole?
 *
 *	gpt_look(fd, size, &g)	 0, or -ENODATA: there is no such table
 *
 * Source: UEFI specification, chapter 5 (GPT disk layout): header of 92 bytes with two CRC-32, its
 * own and that of the entries; the backup in the last sector.
 */
#ifndef BOOTMEND_GPT_H
#define BOOTMEND_GPT_H

#include "lib/util.h"

struct gpt {
	bool primary, backup; /* whole; the backup where the primary says, else at the end */
	bool at_end;	      /* the backup is in the last sector */
	unsigned sector;      /* bytes: 512 or 4096 */
};

int gpt_look(int fd, uint64_t size, struct gpt *out);

#endif
