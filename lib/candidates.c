/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "lib/candidates.h"
#include "lib/fstab.h"

#define SUBVOLUMES_MAX 64
#define ENTRIES_MAX 256
#define CONFIG_MAX (1u << 20)
#define SUBVOLUME_INO 256 /* the top directory of every btrfs subvolume */

enum rank { RANK_OTHER, RANK_USUAL, RANK_DEFAULT, RANK_FSTAB, RANK_CMDLINE };

struct finder {
	struct mounts *m;
	const struct devices *d;
	struct arena *a;
	struct systems *out;
	const char *cmdline; /* rootflags=subvol= of a boot entry; NULL: none says */
	const struct volume *v;
	const char **tried;
	size_t n_tried, cap_tried;
};

/* --- what boot entries say --- */

/* "@" of "… rootflags=subvol=@,ssd …"; NULL when there is no such word. */
static const char *subvol_in(struct arena *a, const char *text)
{
	for (const char *p = text; (p = strstr(p, "rootflags=")); p++) {
		const char *word = p + strlen("rootflags=");
		size_t n = strcspn(word, " \t\r\n\"'");
		const char *at = memmem(word, n, "subvol=", 7);

		if (!at || (at > word && at[-1] != ','))
			continue;
		at += 7;
		return arena_strndup(a, at, strcspn(at, ", \t\r\n\"'"));
	}
	return NULL;
}

struct entry_search {
	struct finder *f;
	const struct root *r;
	const char *dir;
	size_t seen;
};

static const char *subvol_of_file(struct finder *f, const struct root *r, const char *path)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	return root_read(r, path, CONFIG_MAX, &b) < 0 ? NULL : subvol_in(f->a, b.data);
}

static int look_at_entry(void *arg, const struct root_entry *e)
{
	struct entry_search *s = arg;
	_cleanup_free_ char *path = xasprintf("%s/%s", s->dir, e->name);

	if (++s->seen > ENTRIES_MAX)
		return 1;
	if (endswith(e->name, ".conf"))
		s->f->cmdline = subvol_of_file(s->f, s->r, path);
	return s->f->cmdline != NULL;
}

static void look_at_loader(struct finder *f, const struct root *r)
{
	static const char *const files[] = { "/boot/grub/grub.cfg", "/boot/grub2/grub.cfg",
					     "/grub/grub.cfg", "/grub2/grub.cfg",
					     "/etc/kernel/cmdline" };
	static const char *const dirs[] = { "/boot/loader/entries", "/loader/entries" };

	for (size_t i = 0; !f->cmdline && i < ARRAY_SIZE(files); i++)
		f->cmdline = subvol_of_file(f, r, files[i]);
	for (size_t i = 0; !f->cmdline && i < ARRAY_SIZE(dirs); i++) {
		struct entry_search s = { .f = f, .r = r, .dir = dirs[i] };

		root_list(r, dirs[i], look_at_entry, &s);
	}
}

/* --- one tree --- */

static bool same_path(const char *a, const char *b)
{
	a += strspn(a, "/");
	b += strspn(b, "/");
	return streq(a, b);
}

/* The subvolume its own fstab gives for "/"; NULL: none named. */
static const char *subvol_of_fstab(struct finder *f, const struct root *r)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	struct fstab tab = { 0 };
	const char *value;

	if (root_read(r, "/etc/fstab", ROOT_TEXT_MAX, &b) < 0)
		return NULL;
	fstab_parse(f->a, text_new(f->a, "/etc/fstab", b.data, b.len), &tab);
	for (size_t i = 0; i < tab.n; i++) {
		if (streq(tab.e[i].target, "/") && fstab_option(tab.e[i].options, "subvol", &value))
			return arena_strndup(f->a, value, strcspn(value, ","));
	}
	return NULL;
}

static enum rank rank_of(const struct finder *f, const char *subvol, const char *fstab)
{
	if (subvol && f->cmdline && same_path(subvol, f->cmdline))
		return RANK_CMDLINE;
	if (subvol && fstab && same_path(subvol, fstab))
		return RANK_FSTAB;
	if (!subvol)
		return RANK_DEFAULT;
	return same_path(subvol, "@") || same_path(subvol, "root") ? RANK_USUAL : RANK_OTHER;
}

static bool same_system(const struct system *x, const struct system *y)
{
	if (x->volume != y->volume)
		return false;
	if (*x->found.id && *y->found.id)
		return streq(x->found.id, y->found.id);
	return streq_null(x->found.what, y->found.what);
}

static void add(struct finder *f, const struct system *s)
{
	for (size_t i = 0; i < f->out->n; i++) {
		struct system *old = &f->out->s[i];

		if (!same_system(old, s))
			continue;
		if (s->rank > old->rank)
			*old = *s;
		return;
	}
	ARENA_GROW(f->a, f->out->s, f->out->n, f->out->cap);
	f->out->s[f->out->n++] = *s;
}

static const char *look_at_tree(struct finder *f, const struct root *r, const char *subvol)
{
	struct system s = { .volume = f->v, .subvol = subvol };
	const char *fstab;

	rootfind_look(r, f->a, &s.found);
	if (s.found.role != ROLE_ROOT) {
		/* What stands on the whole partition, not what one of its subvolumes holds. */
		if (!subvol && f->v->part->role == ROLE_DATA)
			f->v->part->role = s.found.role;
		return NULL;
	}
	look_at_loader(f, r);
	fstab = subvol_of_fstab(f, r);
	s.rank = rank_of(f, subvol, fstab);
	add(f, &s);
	return fstab;
}

/* --- btrfs --- */

static bool was_tried(struct finder *f, const char *subvol)
{
	for (size_t i = 0; i < f->n_tried; i++) {
		if (same_path(f->tried[i], subvol))
			return true;
	}
	ARENA_GROW(f->a, f->tried, f->n_tried, f->cap_tried);
	f->tried[f->n_tried++] = subvol;
	return f->n_tried > SUBVOLUMES_MAX;
}

static const char *look_at_subvolume(struct finder *f, const char *subvol)
{
	_cleanup_root_ struct root *r = NULL;
	struct stat st;
	int fd;

	if (was_tried(f, subvol))
		return NULL;
	fd = volume_subvolume(f->v, subvol);
	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) < 0 || st.st_ino != SUBVOLUME_INO || root_open_fd(fd, &r) < 0) {
		close(fd);
		return NULL;
	}
	return look_at_tree(f, r, subvol);
}

/* Also what the fstab there names as the root's subvolume. */
static void look_at_both(struct finder *f, const char *subvol)
{
	const char *fstab = look_at_subvolume(f, subvol);

	if (fstab)
		look_at_subvolume(f, fstab);
}

static int each_subvolume(void *arg, const struct root_entry *e)
{
	struct finder *f = arg;

	if (e->type == DT_DIR)
		look_at_both(f, arena_strdup(f->a, e->name));
	return f->n_tried > SUBVOLUMES_MAX;
}

static void look_at_btrfs(struct finder *f)
{
	static const char *const usual[] = { "@", "root", "@rootfs", "@/root" };
	_cleanup_root_ struct root *top = NULL;
	const char *fstab;

	f->n_tried = 0;
	fstab = look_at_tree(f, f->v->root, NULL);
	if (fstab)
		look_at_subvolume(f, fstab);
	for (size_t i = 0; i < ARRAY_SIZE(usual); i++)
		look_at_both(f, usual[i]);
	if (root_open_dir(f->v->top, &top) == 0)
		root_list(top, "/", each_subvolume, f);
	look_at_both(f, "/");
	if (f->cmdline)
		look_at_both(f, f->cmdline);
}

/* --- all of them --- */

static const struct volume *volume_named(struct finder *f, const struct system *s)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	const struct partition *p;
	struct fstab tab = { 0 };

	if (root_read(s->volume->root, "/etc/fstab", ROOT_TEXT_MAX, &b) < 0)
		return NULL;
	fstab_parse(f->a, text_new(f->a, "/etc/fstab", b.data, b.len), &tab);
	for (size_t i = 0; i < tab.n; i++) {
		const char *spec = tab.e[i].spec;

		/* Of two partitions with one UUID neither is told from the other by it. */
		if (!streq(tab.e[i].target, "/") || devices_count(f->d, spec) != 1 ||
		    devices_find(f->d, spec, &p) != SPEC_FOUND)
			continue;
		for (size_t j = 0; j < f->out->n; j++) {
			if (f->out->s[j].volume->part == p)
				return f->out->s[j].volume;
		}
	}
	return NULL;
}

/* A tree whose own fstab says that another system found here is "/" is a copy of that one. */
static void drop_copies(struct finder *f)
{
	struct systems kept = { 0 };

	for (size_t i = 0; i < f->out->n; i++) {
		const struct system *s = &f->out->s[i];
		const struct volume *is = s->subvol ? NULL : volume_named(f, s);

		if (is && is != s->volume)
			continue;
		ARENA_GROW(f->a, kept.s, kept.n, kept.cap);
		kept.s[kept.n++] = *s;
	}
	if (kept.n)
		*f->out = kept;
}

void candidates_find(struct mounts *m, struct volume *v, size_t n, const struct devices *d,
		     struct arena *a, struct systems *out)
{
	struct finder f = { .m = m, .d = d, .a = a, .out = out };

	/* A separate /boot first: what it says counts for the subvolumes of another partition. */
	for (size_t i = 0; i < n; i++) {
		if (v[i].opened && v[i].root)
			look_at_loader(&f, v[i].root);
	}
	for (size_t i = 0; i < n; i++) {
		if (!v[i].opened)
			continue;
		f.v = &v[i];
		if (v[i].top && streq(v[i].part->type, "btrfs"))
			look_at_btrfs(&f);
		else
			look_at_tree(&f, v[i].root, NULL);
	}
	drop_copies(&f);
}
