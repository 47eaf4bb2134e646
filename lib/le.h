/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Little-endian numbers at any address, as disks and file formats hold them. */
#ifndef BOOTMEND_LE_H
#define BOOTMEND_LE_H

#include <stdint.h>

static inline uint16_t le16_at(const void *at)
{
	const unsigned char *p = at;

	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t le32_at(const void *at)
{
	const unsigned char *p = at;

	return le16_at(p) | (uint32_t)le16_at(p + 2) << 16;
}

static inline uint64_t le64_at(const void *at)
{
	const unsigned char *p = at;

	return le32_at(p) | (uint64_t)le32_at(p + 4) << 32;
}

#endif
