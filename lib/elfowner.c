/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/elfowner_parts.h"
#include "lib/paths.h"

#define INFO "/var/lib/dpkg/info"
#define LISTS_MAX 20000u
#define LIST_BYTES (16u << 20)
#define ALL_BYTES (128u << 20)

struct hunt {
	const struct root *root;
	struct arena *arena;
	struct elfowner *list;
	size_t n, lists;
	uint64_t bytes;
	bool cut;
};

/* /bin/mount and /usr/bin/mount are one where /usr is merged. */
static const char *without_usr(const char *path)
{
	return startswith(path, "/usr/") ? path + 4 : path;
}

bool elfowner_fits(const char *path, const char *name)
{
	if (name[0] == '/')
		return streq(without_usr(path), without_usr(name));
	return streq(paths_base(path), name);
}

/* The line that ends at end is the path asked for, or a path of that name. */
static bool is_line(const char *data, const char *end, const char *name)
{
	const char *start = end;
	_cleanup_free_ char *line = NULL;

	while (start > data && start[-1] != '\n')
		start--;
	line = xstrndup(start, (size_t)(end - start));
	return elfowner_fits(line, name);
}

static bool lists(const struct bytes *b, const char *name)
{
	_cleanup_free_ char *want = xasprintf("/%s\n", paths_base(name));
	const char *at = b->data, *stop = b->data + b->len;

	while ((at = memmem(at, (size_t)(stop - at), want, strlen(want)))) {
		if (is_line(b->data, at + strlen(want) - 1, name))
			return true;
		at++;
	}
	return false;
}

/* "libc6:amd64.list" is libc6's. */
static const char *package_of(struct arena *a, const char *list)
{
	size_t n = strcspn(list, ":");

	return arena_strndup(a, list, list[n] ? n : n - strlen(".list"));
}

static int take_list(void *arg, const struct root_entry *e)
{
	struct hunt *h = arg;
	_cleanup_bytes_ struct bytes b = { 0 };
	_cleanup_free_ char *path = xasprintf(INFO "/%s", e->name);

	if (!endswith(e->name, ".list"))
		return 0;
	if (h->lists++ >= LISTS_MAX || h->bytes > ALL_BYTES ||
	    root_read(h->root, path, LIST_BYTES, &b) < 0) {
		h->cut = true;
		return h->lists > LISTS_MAX || h->bytes > ALL_BYTES;
	}
	h->bytes += b.len;
	for (size_t i = 0; i < h->n; i++) {
		if (!h->list[i].package && lists(&b, h->list[i].name))
			h->list[i].package = package_of(h->arena, e->name);
	}
	return 0;
}

bool elfowner_find(const struct root *r, struct arena *a, struct elfowner *list, size_t n)
{
	struct hunt h = { .root = r, .arena = a, .list = list, .n = n };

	if (n)
		root_list(r, INFO, take_list, &h);
	if (!n || h.lists)
		return h.lists && !h.cut;
	return elfowner_apk(r, a, list, n) || elfowner_rpm(r, a, list, n);
}
