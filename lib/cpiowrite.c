/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>

#include "lib/cpiowrite.h"

#define BLOCK 512u

void cpiowrite_begin(struct cpiowrite *w, struct bytes *out, const char *base)
{
	*w = (struct cpiowrite){ .out = out, .start = out->len, .base = xstrdup(base) };
}

bool cpiowrite_name_is_plain(const char *name)
{
	const char *part = name;

	for (const char *s = name;; s++) {
		size_t n = (size_t)(s - part);

		if (*s && *s != '/')
			continue;
		if (n == 0 || (n <= 2 && strncmp(part, "..", n) == 0))
			return false;
		if (!*s)
			return true;
		part = s + 1;
	}
}

static void pad(struct cpiowrite *w, size_t to)
{
	static const char zeros[BLOCK];

	bytes_add(w->out, zeros, (to - (w->out->len - w->start) % to) % to);
}

/* Inode, mode, owner, group, links, time, size, two devices, length of the name, no checksum. */
static void add_entry(struct cpiowrite *w, const char *name, unsigned mode, const void *data,
		      size_t len)
{
	bytes_addf(w->out, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
		   ++w->entries, mode, 0u, 0u, S_ISDIR(mode) ? 2u : 1u, 0u, (unsigned)len, 0u, 0u,
		   0u, 0u, (unsigned)strlen(name) + 1, 0u);
	bytes_add(w->out, name, strlen(name) + 1);
	pad(w, 4);
	if (len)
		bytes_add(w->out, data, len);
	pad(w, 4);
}

static bool has_dir(const struct cpiowrite *w, const char *dir)
{
	for (size_t i = 0; i < w->dirs; i++) {
		if (streq(w->dir[i], dir))
			return true;
	}
	return false;
}

static void add_dirs(struct cpiowrite *w, const char *name)
{
	for (const char *s = strchr(name, '/'); s; s = strchr(s + 1, '/')) {
		char *dir = xasprintf("%s/%.*s", w->base, (int)(s - name), name);

		if (has_dir(w, dir)) {
			free(dir);
			continue;
		}
		add_entry(w, dir, S_IFDIR | 0755, NULL, 0);
		GROW(w->dir, w->dirs, w->cap);
		w->dir[w->dirs++] = dir;
	}
}

int cpiowrite_file(struct cpiowrite *w, const char *name, unsigned mode, const void *data,
		   size_t len)
{
	_cleanup_free_ char *path = NULL;

	if (!cpiowrite_name_is_plain(name))
		return -EINVAL;
	if (strlen(w->base) + 1 + strlen(name) >= PATH_MAX)
		return -ENAMETOOLONG;
	if (len > UINT32_MAX)
		return -EFBIG;
	path = xasprintf("%s/%s", w->base, name);
	add_dirs(w, name);
	add_entry(w, path, S_IFREG | (mode & 07777), data, len);
	return 0;
}

void cpiowrite_end(struct cpiowrite *w)
{
	add_entry(w, "TRAILER!!!", 0, NULL, 0);
	pad(w, BLOCK);
	for (size_t i = 0; i < w->dirs; i++)
		free(w->dir[i]);
	free(w->dir);
	free(w->base);
	*w = (struct cpiowrite){ 0 };
}
