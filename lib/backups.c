/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/backups.h"

enum kind { KEPT, SHIPPED };

static const struct {
	const char *dir; /* NULL: where the file itself is */
	const char *suffix;
	enum kind kind;
} places[] = {
	{ NULL, "-", KEPT },
	{ "/var/backups/", ".bak", KEPT },
	{ "/var/backups/", "", KEPT },
	{ NULL, ".dpkg-old", KEPT },
	{ NULL, ".dpkg-bak", KEPT },
	{ NULL, ".ucf-old", KEPT },
	{ NULL, ".rpmsave", KEPT },
	{ NULL, ".rpmorig", KEPT },
	{ NULL, ".pacsave", KEPT },
	{ NULL, ".bak", KEPT },
	{ NULL, ".orig", KEPT },
	{ NULL, ".old", KEPT },
	{ NULL, ".save", KEPT },
	{ NULL, "~", KEPT },
	{ NULL, ".dpkg-dist", SHIPPED },
	{ NULL, ".ucf-dist", SHIPPED },
	{ NULL, ".rpmnew", SHIPPED },
	{ NULL, ".pacnew", SHIPPED },
};

static const char *place(struct arena *a, size_t i, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	if (places[i].dir)
		return arena_printf(a, "%s%s%s", places[i].dir, name, places[i].suffix);
	return arena_printf(a, "%s%s", path, places[i].suffix);
}

static const struct text *read_backup(const struct root *r, struct arena *a, const char *path,
				      size_t max, struct stat *st)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	if (root_lstat(r, path, st) < 0 || !S_ISREG(st->st_mode) || st->st_size == 0)
		return NULL;
	if (root_read(r, path, max, &b) < 0)
		return NULL;
	return text_new(a, path, b.data, b.len);
}

static bool better(const struct backup *b, const struct backup *than)
{
	const struct timespec *x = &b->st.st_mtim, *y = &than->st.st_mtim;

	if (b->shipped != than->shipped)
		return !b->shipped;
	return x->tv_sec != y->tv_sec ? x->tv_sec > y->tv_sec : x->tv_nsec > y->tv_nsec;
}

bool backups_find(const struct root *r, struct arena *a, const char *path,
		  bool (*valid)(const struct text *t, const void *arg), const void *arg,
		  struct backup *out)
{
	return backups_find_small(r, a, path, ROOT_TEXT_MAX, valid, arg, out);
}

bool backups_find_small(const struct root *r, struct arena *a, const char *path, size_t max,
			bool (*valid)(const struct text *t, const void *arg), const void *arg,
			struct backup *out)
{
	struct backup best = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		_cleanup_arena_ struct arena *contents = arena_new();
		struct backup b = { .path = place(a, i, path),
				    .shipped = places[i].kind == SHIPPED };
		const struct text *t = read_backup(r, contents, b.path, max, &b.st);

		if (!t || !valid(t, arg))
			continue;
		if (!best.path || better(&b, &best))
			best = b;
	}
	if (!best.path)
		return false;
	*out = best;
	return true;
}

bool backups_has_content(const struct text *t, const void *unused UNUSED)
{
	for (size_t i = 0; i < t->len; i++) {
		if (t->data[i] && !strchr(" \t\r\n\v\f", t->data[i]))
			return true;
	}
	return false;
}
