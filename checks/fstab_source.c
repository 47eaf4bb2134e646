/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands on the system itself: sources of binds, swap files, mount points; and the network. */
#include "checks/fstab_parts.h"
#include "lib/fstab_place.h"
#include "lib/fstab_words.h"
#include "lib/unseen.h"

/* --- other kinds of source --- */

void fstab_judge_network(struct fstab_view *v, const struct fstab_entry *e)
{
	bool remote = fstab_words_is_remote_fuse(e->type) ||
		      (streq(e->type, "fuse") && startswith(e->spec, "s3fs#"));
	struct finding *f;

	if (!remote || e->network || e->noauto || e->nofail || e->automount)
		return;
	f = fstab_find_at(
		v, &fstab_network, e,
		scan_printf(v->s, "'%s' needs the network, and the options do not say '_netdev'",
			    e->type));
	fstab_set_field(v, f, e, FSTAB_OPTIONS,
			fstab_add_options(v->s->arena,
					  fstab_raw_options(v->s->arena, fstab_raw_line(v, e)),
					  "_netdev"));
}

static bool cannot_see(const struct fstab_view *v, const struct fstab_entry *e, const char *path)
{
	return fstab_place_is_live(path) || unseen(v->unseen, path) ||
	       fstab_place_is_covered(v->d, &v->tab, e, path);
}

/* systemd makes a source that is not there as a directory; that fails where something else is. */
static bool systemd_cannot_make(const struct fstab_view *v, const struct fstab_entry *e,
				const char *path)
{
	struct stat st;

	if (root_is_file(v->s->root, e->target))
		return true;			       /* a directory cannot be bound over a file */
	return root_lstat(v->s->root, path, &st) == 0; /* a link to nowhere */
}

void fstab_judge_bind(struct fstab_view *v, const struct fstab_entry *e)
{
	const char *path;
	struct finding *f;
	struct stat st;

	if (!e->bind || e->noauto || e->nofail || e->spec[0] != '/')
		return;
	path = fstab_simplify(v->s->arena, e->spec);
	if (cannot_see(v, e, path) || !root_is_absent(root_stat(v->s->root, path, &st)))
		return;
	f = fstab_find_at(v, &fstab_bind_source, e, scan_printf(v->s, "'%s' does not exist", path));
	finding_absence(f);
	if (v->how == FSTAB_SYSTEMD && !systemd_cannot_make(v, e, path)) {
		finding_severity(f, DEGRADES);
		finding_safety(f, FIX_NONE);
		return;
	}
	fstab_grade(f, fstab_severity_of(v, e));
	fstab_tolerate_line(v, f, e);
}

void fstab_judge_swapfile(struct fstab_view *v, const struct fstab_entry *e)
{
	const char *path, *told;
	struct finding *f;
	struct stat st;
	int r;

	if (e->spec[0] != '/' || e->noauto || e->nofail)
		return;
	path = fstab_simplify(v->s->arena, e->spec);
	if (cannot_see(v, e, path))
		return;
	r = root_stat(v->s->root, path, &st);
	if (root_is_absent(r))
		told = scan_printf(v->s, "'%s' does not exist", path);
	else if (r == 0 && S_ISREG(st.st_mode) && !fstab_place_has_swap(v->s->root, path))
		told = scan_printf(v->s, "'%s' holds no swap signature", path);
	else
		return;
	f = fstab_find_at(v, &fstab_swapfile, e, told);
	if (v->how == FSTAB_MOUNTALL)
		finding_severity(f, STOPS_BOOT);
	finding_absence(f);
	fstab_tolerate_line(v, f, e);
}

/* --- mount points --- */

static void file_in_the_way(struct fstab_view *v, const struct fstab_entry *e)
{
	struct finding *f = fstab_find_at(v, &fstab_mount_point, e,
					  scan_printf(v->s, "'%s' is no directory", e->target));

	fstab_grade(f, fstab_severity_of(v, e));
	fstab_tolerate_line(v, f, e);
}

static void make_mount_point(struct fstab_view *v, const struct fstab_entry *e, const char *path,
			     const char *told)
{
	_cleanup_free_ char *real = NULL, *parent = NULL;
	struct finding *f = fstab_find_at(v, &fstab_mount_point, e, told);

	fstab_grade(f, v->how == FSTAB_FSCK_MOUNT ? DEGRADES : fstab_severity_of(v, e));
	finding_absence(f);
	if (root_resolve(v->s->root, path, &real) == 0)
		parent = xstrndup(real, (size_t)(strrchr(real, '/') - real));
	/* One directory is made; where more is missing, something else is wrong. */
	if (parent && (!*parent || root_is_dir(v->s->root, parent)))
		propose_dir(f, real, 0755);
	else
		finding_safety(f, FIX_NONE);
}

void fstab_judge_mount_point(struct fstab_view *v, const struct fstab_entry *e)
{
	const char *path = e->where;
	struct stat st, link;
	int r;

	if (e->swap || e->noauto || e->nofail || e->automount || e->target[0] != '/' ||
	    fstab_is_root(e) || fstab_place_is_live(path) ||
	    fstab_place_is_covered(v->d, &v->tab, e, path))
		return;
	r = root_stat(v->s->root, path, &st);
	if (r == 0 && !S_ISDIR(st.st_mode) && !e->bind)
		file_in_the_way(v, e);
	if (!root_is_absent(r))
		return;
	if (v->how == FSTAB_SYSTEMD && fstab_place_systemd_follows_links(v->s))
		return;
	if (root_lstat(v->s->root, path, &link) == 0)
		make_mount_point(v, e, path, scan_printf(v->s, "'%s' is a link to nowhere", path));
	else if (v->how != FSTAB_SYSTEMD)
		make_mount_point(v, e, path, scan_printf(v->s, "'%s' does not exist", path));
}
