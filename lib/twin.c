/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <strings.h>

#include "lib/twin.h"

#define FNV_PRIME 0x100000001b3ull
#define FNV_START 0xcbf29ce484222325ull

static uint64_t mix(uint64_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * FNV_PRIME;
	return hash;
}

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

const char *twin_uuid(struct arena *a, const char *uuid, const struct partition *copy)
{
	char *text = arena_printf(a, "%s of disk %u at %llu", uuid, copy->disk,
				  (unsigned long long)copy->start);
	uint64_t high, low;

	for (char *c = text; *c; c++)
		*c = lower(*c);
	high = mix(FNV_START, text);
	low = mix(high ^ FNV_START, text);
	/* Of the random kind, as other programs expect of a UUID. */
	return arena_printf(a, "%08x-%04x-4%03x-%04x-%012llx", (unsigned)(high >> 32),
			    (unsigned)(high >> 16 & 0xffff), (unsigned)(high & 0xfff),
			    (unsigned)(low >> 48 & 0x3fff) | 0x8000u,
			    (unsigned long long)(low & 0xffffffffffffull));
}

bool twin_was(struct arena *a, const struct partition *p, const struct partition *copy)
{
	return p != copy && p->uuid && copy->uuid && strlen(copy->uuid) == strlen(p->uuid) &&
	       strcasecmp(twin_uuid(a, p->uuid, copy), copy->uuid) == 0;
}
