/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands below the root: as its own fstab says, matched only against these disks. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "lib/fstab.h"
#include "lib/root_ext2.h"
#include "lib/view_internal.h"

#define MOUNTS_MAX 256

static void say(struct view *v, struct partition *p, const char *fmt, ...) PRINTF(3, 4);

/* The first word about a partition stays, and none when it is seen somewhere else. */
static void say(struct view *v, struct partition *p, const char *fmt, ...)
{
	va_list ap;

	if (p->error || p->mounted)
		return;
	va_start(ap, fmt);
	p->error = arena_vprintf(v->a, fmt, ap);
	va_end(ap);
}

/* The directory at an in-root path whose links are followed already; O_PATH. */
static int directory_at(const struct root *r, const char *path)
{
	_cleanup_close_ int parent = -1;
	const char *name;
	int fd, e = root_parent(r, path, &parent, &name);

	if (e < 0)
		return e;
	fd = openat(parent, name, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int bind_below(struct view *v, const struct volume *vol, const char *options,
		      const char *path)
{
	_cleanup_close_ int to = directory_at(v->root, path), from = -1;

	if (to < 0)
		return to;
	from = volume_directory(&v->m, vol, options);
	return from < 0 ? -ESTALE : mounts_bind(&v->m, from, to);
}

static int hang_below(struct view *v, const struct partition *p, const char *path)
{
	uint64_t start;
	_cleanup_close_ int fd = volume_bytes(v->disks[p->disk], p, &start);

	return fd < 0 ? fd : root_ext2_hang(v->root, path, fd, start, p->size);
}

/* true: p is now seen at target, whose links inside the root are followed. */
static bool attach(struct view *v, struct partition *p, const char *options, const char *target)
{
	_cleanup_free_ char *path = NULL;
	const struct volume *vol = view_volume(v, p);
	int e;

	if (!vol || root_resolve(v->root, target, &path) < 0 || streq(path, "/"))
		return false;
	if (v->unmounted && !startswith(p->type, "ext")) {
		say(v, p, "it cannot be shown below a root that is read without mounting");
		return false;
	}
	e = v->unmounted ? hang_below(v, p, path) : bind_below(v, vol, options, path);
	if (root_is_absent(e))
		say(v, p, "its mount point '%s' does not exist", target);
	else if (e == -ESTALE)
		say(v, p, "the subvolume that fstab names for '%s' does not exist", target);
	else if (e < 0)
		say(v, p, "cannot be shown at '%s': %s", target, strerror(-e));
	if (e < 0)
		return false;
	if (!p->mounted) {
		p->mounted = arena_strdup(v->a, path);
		p->role = role_of_mount(target);
	}
	return true;
}

/* --- by fstab --- */

struct want {
	const struct fstab_entry *e;
	const char *target;
	bool done;
};

struct wants {
	struct want w[MOUNTS_MAX];
	size_t n;
};

static bool is_wanted(const struct fstab_entry *e, const char *target)
{
	if (target[0] != '/' || streq(target, "/") || fstab_is_api_mount(target))
		return false;
	if (e->swap || e->bind || e->network || e->duplicate)
		return false;
	return !e->noauto || role_of_mount(target) == ROLE_BOOT ||
	       role_of_mount(target) == ROLE_ESP;
}

static int shorter_first(const void *a, const void *b)
{
	const struct want *x = a, *y = b;
	size_t n = strlen(x->target), m = strlen(y->target);

	if (n != m)
		return n < m ? -1 : 1;
	return x->e->line < y->e->line ? -1 : x->e->line > y->e->line;
}

static void read_wants(struct view *v, struct wants *out)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	struct fstab tab = { 0 };

	out->n = 0;
	if (root_read(v->root, "/etc/fstab", ROOT_TEXT_MAX, &b) < 0)
		return;
	fstab_parse(v->a, text_new(v->a, "/etc/fstab", b.data, b.len), &tab);
	for (size_t i = 0; i < tab.n && out->n < MOUNTS_MAX; i++) {
		const char *target = fstab_simplify(v->a, tab.e[i].target);

		if (target && is_wanted(&tab.e[i], target))
			out->w[out->n++] = (struct want){ .e = &tab.e[i], .target = target };
	}
	if (out->n)
		qsort(out->w, out->n, sizeof(*out->w), shorter_first);
}

static void by_fstab(struct view *v, struct wants *wants)
{
	for (size_t i = 0; i < wants->n; i++) {
		struct want *w = &wants->w[i];
		const struct partition *p;

		if (devices_find(v->d, w->e->spec, &p) == SPEC_FOUND)
			w->done = attach(v, view_partition(v, p), w->e->options, w->target);
	}
}

/* --- by content, where a line is dead or gone --- */

static const struct guess {
	enum role role;
	const char *target;
	bool needs_line; /* only when fstab wants something there and did not get it */
} guesses[] = {
	{ ROLE_USR, "/usr", true },
	{ ROLE_VAR, "/var", true },
	{ ROLE_BOOT, "/boot", false },
	{ ROLE_ESP, "/boot/efi", true },
};

/* fstab: 1 wants it in vain, 0 does not name it, -1 has it. */
static int named(const struct wants *wants, const char *target)
{
	for (size_t i = 0; i < wants->n; i++) {
		if (streq(wants->w[i].target, target))
			return wants->w[i].done ? -1 : 1;
	}
	return 0;
}

static struct partition *only_one(struct view *v, enum role role)
{
	struct partition *found = NULL;

	for (size_t i = 0; i < v->d->n; i++) {
		struct partition *p = &v->d->p[i];

		if (p->role != role || p->mounted || !volume_is_possible(p))
			continue;
		if (found)
			return NULL;
		found = p;
	}
	return found;
}

static void by_content(struct view *v, const struct wants *wants)
{
	for (size_t i = 0; i < ARRAY_SIZE(guesses); i++) {
		const struct guess *g = &guesses[i];
		int name = named(wants, g->target);
		struct partition *p = only_one(v, g->role);

		if (!p || name < 0 || (g->needs_line && name == 0 && wants->n))
			continue;
		if (root_is_dir(v->root, g->target) && rootfind_is_bare(v->root, g->target))
			attach(v, p, NULL, g->target);
	}
}

void view_below(struct view *v)
{
	struct wants *wants = arena_alloc(v->a, sizeof(*wants));

	view_crypt_names(v);
	read_wants(v, wants);
	by_fstab(v, wants);
	by_content(v, wants);
}
