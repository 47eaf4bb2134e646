/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apk's database: "P:" begins a package, "F:" a directory of it, "R:" a file there. */
#include "lib/elfowner_parts.h"

struct line {
	const char *s;
	size_t len;
};

static bool next_line(const struct bytes *b, size_t *at, struct line *out)
{
	const char *end;

	if (*at >= b->len)
		return false;
	out->s = b->data + *at;
	end = memchr(out->s, '\n', b->len - *at);
	out->len = end ? (size_t)(end - out->s) : b->len - *at;
	*at += out->len + 1;
	return true;
}

/* Some name asked for ends in the file's; most lines end here, without a copy. */
static bool may_fit(const struct line *l, const struct elfowner *o)
{
	const char *slash = strrchr(o->name, '/'), *base = slash ? slash + 1 : o->name;

	return strlen(base) == l->len - 2 && memcmp(base, l->s + 2, l->len - 2) == 0;
}

static void take_file(struct arena *a, const struct line *package, const struct line *dir,
		      const struct line *l, struct elfowner *o)
{
	_cleanup_free_ char *path = NULL;

	if (o->package || !package->len || !may_fit(l, o))
		return;
	path = xasprintf("/%.*s/%.*s", (int)dir->len, dir->s, (int)(l->len - 2), l->s + 2);
	if (elfowner_fits(path, o->name))
		o->package = arena_strndup(a, package->s, package->len);
}

static struct line value_of(const struct line *l)
{
	return (struct line){ l->s + 2, l->len - 2 };
}

bool elfowner_apk(const struct root *r, struct arena *a, struct elfowner *list, size_t n)
{
	static const char *const paths[] = { "/lib/apk/db/installed", "/usr/lib/apk/db/installed" };
	struct line l, package = { "", 0 }, dir = { "", 0 };
	_cleanup_bytes_ struct bytes b = { 0 };
	size_t at = 0;

	if (root_read(r, paths[0], ELFOWNER_BYTES, &b) < 0 &&
	    root_read(r, paths[1], ELFOWNER_BYTES, &b) < 0)
		return false;
	while (next_line(&b, &at, &l)) {
		if (l.len < 2 || l.s[1] != ':' || l.len > INT32_MAX)
			continue;
		if (*l.s == 'P')
			package = value_of(&l);
		else if (*l.s == 'F')
			dir = value_of(&l);
		for (size_t i = 0; *l.s == 'R' && i < n; i++)
			take_file(a, &package, &dir, &l, &list[i]);
	}
	return package.len > 0;
}
