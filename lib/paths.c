/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/paths.h"

const char *paths_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

const char *paths_real(const struct root *r, struct arena *a, const char *path)
{
	_cleanup_free_ char *real = NULL;

	return root_resolve(r, path, &real) == 0 ? arena_strdup(a, real) : NULL;
}

const char *paths_real_or_same(const struct root *r, struct arena *a, const char *path)
{
	const char *real = paths_real(r, a, path);

	return real ? real : path;
}
