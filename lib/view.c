/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/view_internal.h"

#define LOCK_TRIES 60 /* udev takes the same lock for moments */
#define LOCK_MS 50

struct mounts *view_mounts(struct view *v)
{
	return v->can_mount ? &v->m : NULL;
}

struct partition *view_partition(struct view *v, const struct partition *p)
{
	return &v->d->p[p - v->d->p];
}

struct volume *view_volume(struct view *v, const struct partition *p)
{
	size_t i = (size_t)(p - v->d->p);

	if (v->v[i].opened)
		return &v->v[i];
	if (volume_open(view_mounts(v), v->disks[p->disk], view_partition(v, p), i, v->access, v->a,
			&v->v[i]) < 0)
		return NULL;
	return &v->v[i];
}

/* --- one at a time --- */

static int lock_disk(const struct disk *d, int how)
{
	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(d->fd, how | LOCK_NB) == 0)
			return 0;
		if (errno != EWOULDBLOCK)
			return 0; /* a file system without locks: nothing to learn */
		usleep(LOCK_MS * 1000);
	}
	return -EBUSY;
}

static void unlock(struct view *v)
{
	for (size_t i = 0; i < v->n_disks; i++)
		flock(v->disks[i]->fd, LOCK_UN);
}

static int claim(struct view *v, struct trouble *t)
{
	for (size_t i = 0; i < v->n_disks; i++) {
		const struct disk *d = v->disks[i];

		if (lock_disk(d, v->o.access == LOOK ? LOCK_SH : LOCK_EX) < 0) {
			trouble_set(t, "'%s' is being repaired or read by another process",
				    d->path);
			return -EBUSY;
		}
		if (v->o.access == LOOK && v->o.force)
			continue;
		if (disk_is_free(d, v->o.access, t) < 0)
			return -EBUSY;
	}
	return 0;
}

/* --- the systems --- */

static void open_all(struct view *v)
{
	for (size_t i = 0; i < v->d->n; i++) {
		struct partition *p = &v->d->p[i];

		/* Swap, members of volume groups and the like are told already, or hold no files.
		 */
		if (p->type &&
		    (p->role == ROLE_DATA || p->role == ROLE_ESP || p->role == ROLE_BOOT))
			view_volume(v, p);
	}
}

static void list_candidates(struct view *v)
{
	v->n_c = v->systems.n;
	v->c = arena_alloc(v->a, (v->n_c + 1) * sizeof(*v->c));
	for (size_t i = 0; i < v->n_c; i++) {
		const struct system *s = &v->systems.s[i];

		v->c[i] = (struct candidate){
			.part = s->volume->part,
			.subvol = s->subvol,
			.score = s->found.score,
			.what = s->found.what ? s->found.what : "a Linux system",
			.evidence = s->found.evidence,
		};
	}
}

static void find_systems(struct view *v)
{
	open_all(v);
	candidates_find(view_mounts(v), v->v, v->d->n, v->d, v->a, &v->systems);
	list_candidates(v);
}

/* Of the systems on partition number root_part the surest; or, asked for by number, any tree. */
static int choose_by_number(struct view *v, struct candidate *out, struct trouble *t)
{
	const struct system *best = NULL;
	int number = v->o.root_part;

	for (size_t i = 0; i < v->n_c; i++) {
		const struct system *s = &v->systems.s[i];

		if (v->c[i].part->number == number && (!best || s->rank > best->rank)) {
			best = s;
			*out = v->c[i];
		}
	}
	for (size_t i = 0; !best && i < v->d->n; i++) {
		if (v->d->p[i].number != number || !v->v[i].opened)
			continue;
		*out = (struct candidate){ .part = &v->d->p[i], .what = "", .evidence = "" };
		return 0;
	}
	if (best)
		return 0;
	trouble_set(t, "partition %d has no file system that can be read", number);
	return -ENODEV;
}

static int several(struct view *v, struct trouble *t)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	for (size_t i = 0; i < v->n_c; i++)
		bytes_addf(&b, "%s%s on %s%s%s", i ? "; " : "", v->c[i].what,
			   partition_describe(v->a, v->c[i].part),
			   v->c[i].subvol ? " subvolume " : "",
			   v->c[i].subvol ? v->c[i].subvol : "");
	trouble_set(t, "several installed systems, choose one with --root-part N: %s", b.data);
	return -ENOTUNIQ;
}

/* The types that could not be looked into for want of privileges. */
static void denied_types(const struct view *v, struct bytes *out)
{
	for (size_t i = 0; !v->can_mount && i < v->d->n; i++) {
		const struct partition *p = &v->d->p[i];

		if (p->error && !v->v[i].opened && volume_is_possible(p) &&
		    !has_word(out->data ? out->data : "", p->type, ", "))
			bytes_addf(out, "%s%s", out->len ? ", " : "", p->type);
	}
}

/* What kept us from finding one, in one line. */
static int none(struct view *v, const struct trouble *no_mount, struct trouble *t)
{
	_cleanup_bytes_ struct bytes b = { 0 }, denied = { 0 };

	denied_types(v, &denied);
	if (denied.len) {
		trouble_set(t,
			    "'%s' has file systems (%s) that only root may mount; run as root (%s)",
			    v->disks[0]->path, denied.data, no_mount->text);
		return -EPERM;
	}
	for (size_t i = 0; i < v->d->n; i++) {
		const struct partition *p = &v->d->p[i];

		if (p->error)
			bytes_addf(&b, "; %s: %s", partition_describe(v->a, p), p->error);
	}
	trouble_set(t, "no Linux system was found on '%s'%s", v->disks[0]->path,
		    b.data ? b.data : "");
	return -ENODEV;
}

static int choose(struct view *v, const struct trouble *no_mount, struct candidate *out,
		  struct trouble *t)
{
	if (v->o.root_part >= 0)
		return choose_by_number(v, out, t);
	if (v->n_c == 0)
		return none(v, no_mount, t);
	if (v->n_c > 1)
		return several(v, t);
	*out = v->c[0];
	return 0;
}

/* --- showing the chosen one --- */

static int bind_root(struct view *v, const struct volume *vol, const char *subvol)
{
	_cleanup_free_ char *at = xasprintf("%s/root", v->m.base);
	_cleanup_close_ int from = -1, to = -1;
	int e;

	if (mkdir(at, 0700) < 0 && errno != EEXIST)
		return -errno;
	from = subvol ? volume_subvolume(vol, subvol) : volume_directory(&v->m, vol, NULL);
	if (from < 0)
		return from;
	to = open(at, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (to < 0)
		return -errno;
	e = mounts_bind(&v->m, from, to);
	return e < 0 ? e : root_open_dir(at, &v->root);
}

static int read_root(struct view *v, const struct volume *vol)
{
	v->unmounted = true;
	return volume_read_ext2(vol->disk, vol->part, &v->root);
}

static int show(struct view *v, const struct candidate *c, struct trouble *t)
{
	struct partition *p = view_partition(v, c->part);
	const struct volume *vol = view_volume(v, p);
	int e = -EIO;

	if (vol)
		e = vol->plain ? bind_root(v, vol, c->subvol) : read_root(v, vol);
	if (e < 0) {
		trouble_set(t, "the root on %s cannot be opened: %s", partition_describe(v->a, p),
			    p->error ? p->error : strerror(-e));
		return e;
	}
	p->mounted = "/";
	p->role = ROLE_ROOT;
	view_below(v);
	return 0;
}

/* --- taking it down --- */

/* Roots first, as their descriptors keep the mounts busy; then mounts; then loop devices. */
static int take_down(struct view *v)
{
	int e = mounts_sync(&v->m), left;
	bool gone = true;

	root_close(v->root);
	v->root = NULL;
	for (size_t i = 0; i < v->d->n; i++) {
		root_close(v->v[i].root);
		v->v[i].root = NULL;
	}
	left = mounts_leave(&v->m);
	for (size_t i = 0; i < v->d->n; i++)
		volume_close(&v->v[i]);
	for (size_t i = 0; i < v->d->n; i++)
		gone &= loop_is_gone(&v->v[i].loop, LOOP_GONE_MS);
	for (size_t i = 0; i < v->d->n; i++)
		v->v[i] = (struct volume){ .loop = LOOP_NONE };
	if (e == 0)
		e = left;
	return e == 0 && !gone ? -EBUSY : e;
}

/* --- CHANGE: after a look, prepare what will be needed, and mount that alone --- */

static int enter(struct view *v, enum access access, struct trouble *t)
{
	int e;

	v->access = access;
	e = mounts_enter(&v->m, t);
	v->can_mount = e == 0;
	return e;
}

static int prepare_all(struct view *v, const bool *needed, struct trouble *t)
{
	int e = 0;

	for (size_t i = 0; e == 0 && i < v->d->n; i++) {
		if (needed[i])
			e = view_prepare(v, &v->d->p[i], t);
	}
	return e;
}

static void note_replayed(struct view *v)
{
	for (size_t i = 0; i < v->d->n; i++) {
		struct partition *p = &v->d->p[i];

		if (!p->mounted || !p->dirty)
			continue;
		p->dirty = false;
		lines_add(v->a, &v->steps,
			  arena_printf(v->a, "%s: its log was replayed by mounting it",
				       partition_describe(v->a, p)));
	}
}

static int cannot_change(struct view *v, const struct candidate *c, struct trouble *t)
{
	const struct volume *vol = view_volume(v, view_partition(v, c->part));

	if (v->can_mount && vol && vol->refused)
		trouble_set(t, "a repair has to mount the file system: %s", vol->refused);
	else
		trouble_set(t, "a repair has to mount the file system, which needs root's "
			       "privileges");
	return -EPERM;
}

static int reopen_for_change(struct view *v, const struct candidate *c, struct trouble *t)
{
	bool *needed;
	int e;

	if (v->unmounted) {
		return cannot_change(v, c, t);
	}
	needed = arena_alloc(v->a, (v->d->n + 1) * sizeof(*needed));
	for (size_t i = 0; i < v->d->n; i++) {
		needed[i] = v->d->p[i].mounted != NULL;
		v->d->p[i].mounted = NULL;
	}
	e = take_down(v);
	if (e < 0)
		trouble_set(t, "cannot unmount after the first look: %s", strerror(-e));
	if (e == 0)
		e = prepare_all(v, needed, t);
	if (e == 0)
		e = enter(v, CHANGE, t);
	if (e == 0)
		e = show(v, c, t);
	if (e == 0)
		note_replayed(v);
	return e;
}

static int open_view(struct view *v, struct trouble *t)
{
	struct trouble no_mount = { 0 };
	struct candidate c;
	int e = claim(v, t);

	if (e < 0)
		return e;
	enter(v, LOOK, &no_mount);
	find_systems(v);
	e = choose(v, &no_mount, &c, t);
	if (e == 0)
		e = show(v, &c, t);
	if (e == 0 && v->o.access == CHANGE)
		e = reopen_for_change(v, &c, t);
	return e;
}

int view_open(struct disk *const *disks, size_t n, struct devices *devices,
	      const struct view_options *o, struct arena *a, struct view **out, struct trouble *t)
{
	struct view *v = xcalloc(1, sizeof(*v));

	*v = (struct view){ .o = *o, .n_disks = n, .d = devices, .a = a };
	v->disks = (struct disk *const *)arena_memdup(a, disks, n * sizeof(*disks));
	v->v = arena_alloc(a, (devices->n + 1) * sizeof(*v->v));
	for (size_t i = 0; i < devices->n; i++)
		v->v[i].loop = LOOP_NONE;
	*out = v;
	return open_view(v, t);
}

const struct root *view_root(const struct view *v)
{
	return v->root;
}

const struct candidate *view_candidates(const struct view *v, size_t *n)
{
	*n = v->n_c;
	return v->c;
}

bool view_is_stale(const struct view *v)
{
	for (size_t i = 0; i < v->d->n; i++) {
		if (v->d->p[i].mounted && v->d->p[i].dirty)
			return true;
	}
	return false;
}

const char *const *view_steps(const struct view *v)
{
	return v->steps.s;
}

const char *const *view_undo_files(const struct view *v)
{
	return v->undo.s;
}

/* The steps told where the file was; now it is with the backup, by its name. */
static void tell_new_place(struct view *v, const char *path)
{
	for (size_t i = 0; i < v->steps.n; i++) {
		const char *at = strstr(v->steps.s[i], path), *name = strrchr(path, '/') + 1;

		if (at)
			v->steps.s[i] = arena_printf(v->a, "%.*s%s, kept with the backup%s",
						     (int)(at - v->steps.s[i]), v->steps.s[i], name,
						     at + strlen(path));
	}
}

void view_undo_kept(struct view *v)
{
	for (size_t i = 0; i < v->undo.n; i++) {
		unlink(v->undo.s[i]);
		tell_new_place(v, v->undo.s[i]);
	}
	v->undo = (struct lines){ 0 };
}

int view_close(struct view *v, struct trouble *t)
{
	bool wrote;
	int e;

	if (!v)
		return 0;
	wrote = v->access == CHANGE;
	e = take_down(v);
	for (size_t i = 0; wrote && i < v->n_disks; i++) {
		if (fsync(v->disks[i]->fd) < 0 && e == 0)
			e = -errno;
	}
	unlock(v);
	if (v->scratch)
		rmdir(v->scratch); /* stays when undo files are in it */
	free(v->scratch);
	free(v);
	if (e < 0)
		trouble_set(t, "cannot finish writing and detach the disk: %s", strerror(-e));
	return e;
}
