/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Big-endian numbers at any address, as XFS and LZO hold them; the others are in lib/le.h. */
#ifndef BOOTMEND_BE_H
#define BOOTMEND_BE_H

#include <stdint.h>

static inline uint16_t be16_at(const void *at)
{
	const unsigned char *p = at;

	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t be32_at(const void *at)
{
	const unsigned char *p = at;

	return (uint32_t)be16_at(p) << 16 | be16_at(p + 2);
}

static inline uint64_t be64_at(const void *at)
{
	const unsigned char *p = at;

	return (uint64_t)be32_at(p) << 32 | be32_at(p + 4);
}

#endif
