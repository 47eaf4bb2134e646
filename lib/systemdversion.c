/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>

#include "lib/systemdversion.h"

#define PROGRAM_MAX (8u << 20) /* PID 1 had at most 2 MB while it was one file */

static unsigned number_at(const char *s)
{
	unsigned n = 0;

	for (unsigned i = 0; i < 4 && isdigit((unsigned char)s[i]); i++)
		n = n * 10 + (unsigned)(s[i] - '0');
	return n;
}

static unsigned by_library(struct scan *s, const char *dir)
{
	const char *const *name = root_is_dir(s->root, dir) ? scan_dir(s, dir) : NULL;

	for (; name && *name; name++) {
		const char *version = after(*name, "libsystemd-shared-");

		if (version && number_at(version))
			return number_at(version);
	}
	return 0;
}

/* "systemd 219" stands in it by itself. */
static unsigned by_program(struct scan *s, const char *path)
{
	static const char word[] = "\0systemd ";
	_cleanup_bytes_ struct bytes b = { 0 };
	const char *p, *end;

	if (root_read(s->root, path, PROGRAM_MAX, &b) < 0 || b.len < sizeof(word))
		return 0;
	end = b.data + b.len;
	for (p = b.data; (p = memmem(p, (size_t)(end - p), word, sizeof(word) - 1)); p++) {
		unsigned n = number_at(p + sizeof(word) - 1);

		if (n >= 30 && n < 1000)
			return n;
	}
	return 0;
}

static unsigned find(struct scan *s)
{
	static const char *const dirs[] = { "/usr/lib/systemd", "/lib/systemd",
					    "/usr/lib/x86_64-linux-gnu/systemd",
					    "/usr/lib/aarch64-linux-gnu/systemd" };
	static const char *const programs[] = { "/usr/lib/systemd/systemd",
						"/lib/systemd/systemd" };
	unsigned n = 0;

	for (size_t i = 0; !n && i < ARRAY_SIZE(dirs); i++)
		n = by_library(s, dirs[i]);
	for (size_t i = 0; !n && i < ARRAY_SIZE(programs); i++)
		n = by_program(s, programs[i]);
	return n;
}

unsigned systemdversion(struct scan *s)
{
	if (!s->systemd_version) {
		s->systemd_version = arena_new_struct(s->arena, unsigned);
		*s->systemd_version = find(s);
	}
	return *s->systemd_version;
}
