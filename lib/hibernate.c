/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <unistd.h>

#include "lib/hibernate.h"

static bool is_swap(const char *sig)
{
	return memcmp(sig, "SWAPSPACE2", HIBERNATE_SIG) == 0 ||
	       memcmp(sig, "SWAP-SPACE", HIBERNATE_SIG) == 0;
}

bool hibernate_look(int fd, uint64_t start, uint64_t size, uint64_t *at,
		    char signature[HIBERNATE_SIG])
{
	static const unsigned pages[] = { 4096, 8192, 16384, 32768, 65536 };
	char b[2 * HIBERNATE_SIG];

	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		uint64_t from = pages[i] - sizeof(b);

		if (pages[i] > size ||
		    pread(fd, b, sizeof(b), (off_t)(start + from)) != (ssize_t)sizeof(b))
			return false;
		if (memcmp(b + HIBERNATE_SIG, "S1SUSPEND\0", HIBERNATE_SIG) != 0 || !is_swap(b))
			continue;
		*at = from + HIBERNATE_SIG;
		memcpy(signature, b, HIBERNATE_SIG);
		return true;
	}
	return false;
}
