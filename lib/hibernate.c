/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <unistd.h>

#include "lib/hibernate.h"

static bool is_swap(const char *sig)
{
	return memcmp(sig, "SWAPSPACE2", HIBERNATE_SIG) == 0 ||
	       memcmp(sig, "SWAP-SPACE", HIBERNATE_SIG) == 0;
}

static const unsigned pages[] = { 4096, 8192, 16384, 32768, 65536 };

/* b: what ends the first page. */
static bool is_image(const char *b)
{
	return memcmp(b + HIBERNATE_SIG, "S1SUSPEND\0", HIBERNATE_SIG) == 0 && is_swap(b);
}

bool hibernate_find(const void *bytes, size_t len, uint64_t *at, char signature[HIBERNATE_SIG])
{
	for (size_t i = 0; i < ARRAY_SIZE(pages) && pages[i] <= len; i++) {
		const char *b = (const char *)bytes + pages[i] - 2ul * HIBERNATE_SIG;

		if (!is_image(b))
			continue;
		*at = pages[i] - HIBERNATE_SIG;
		memcpy(signature, b, HIBERNATE_SIG);
		return true;
	}
	return false;
}

bool hibernate_look(int fd, uint64_t start, uint64_t size, uint64_t *at,
		    char signature[HIBERNATE_SIG])
{
	char b[2 * HIBERNATE_SIG];

	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		uint64_t from = pages[i] - sizeof(b);

		if (pages[i] > size ||
		    pread(fd, b, sizeof(b), (off_t)(start + from)) != (ssize_t)sizeof(b))
			return false;
		if (!is_image(b))
			continue;
		*at = from + HIBERNATE_SIG;
		memcpy(signature, b, HIBERNATE_SIG);
		return true;
	}
	return false;
}
