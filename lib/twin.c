/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <strings.h>

#include "lib/twin.h"

#define FNV_PRIME 0x100000001b3ull
#define FNV_START 0xcbf29ce484222325ull

#define UUID_LEN 36u

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static uint64_t mix(uint64_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (unsigned char)lower(*text)) * FNV_PRIME;
	return hash;
}

static void make_uuid(const char *uuid, const struct partition *copy, char out[UUID_LEN + 1])
{
	char place[64];
	uint64_t high, low;

	snprintf(place, sizeof(place), " of disk %u at %llu", copy->disk,
		 (unsigned long long)copy->start);
	high = mix(mix(FNV_START, uuid), place);
	low = mix(mix(high ^ FNV_START, uuid), place);
	/* Of the random kind, as other programs expect of a UUID. */
	snprintf(out, UUID_LEN + 1, "%08x-%04x-4%03x-%04x-%012llx", (unsigned)(high >> 32),
		 (unsigned)(high >> 16 & 0xffff), (unsigned)(high & 0xfff),
		 (unsigned)(low >> 48 & 0x3fff) | 0x8000u,
		 (unsigned long long)(low & 0xffffffffffffull));
}

const char *twin_uuid(struct arena *a, const char *uuid, const struct partition *copy)
{
	char made[UUID_LEN + 1];

	make_uuid(uuid, copy, made);
	return arena_strdup(a, made);
}

bool twin_was(const struct partition *p, const struct partition *copy)
{
	char made[UUID_LEN + 1];

	if (p == copy || !p->uuid || !copy->uuid || strlen(copy->uuid) != UUID_LEN ||
	    strlen(p->uuid) != UUID_LEN)
		return false;
	make_uuid(p->uuid, copy, made);
	return strcasecmp(made, copy->uuid) == 0;
}
