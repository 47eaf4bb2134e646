/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/layers_internal.h"
#include "lib/sysfs.h"

#define ROUNDS_MAX 8 /* LVM on LUKS on md is three */
#define OPENINGS_MAX 64
#define TRIES 100 /* udev and its kin open what is new for a moment */
#define WAIT_MS 50

void layers_note(struct layers *l, const struct partition *p, const char *fmt, ...)
{
	struct layer_note n = { .disk = p->disk, .start = p->start };
	va_list ap;

	va_start(ap, fmt);
	n.text = arena_vprintf(l->a, fmt, ap);
	va_end(ap);
	ARENA_GROW(l->a, l->note, l->n_notes, l->notes_cap);
	l->note[l->n_notes++] = n;
}

static const struct layer_note *note_of(const struct layers *l, const struct partition *p)
{
	for (size_t i = l->n_notes; i-- > 0;) {
		if (l->note[i].disk == p->disk && l->note[i].start == p->start)
			return &l->note[i];
	}
	return NULL;
}

bool layers_was_noted(const struct layers *l, const struct partition *p)
{
	return note_of(l, p) != NULL;
}

char *layers_name(const struct layers *l)
{
	return xasprintf("bootmend-%d-%zu", (int)getpid(), l->n_openings);
}

int layers_begin(struct layers *l, int (*undo)(const char *name), const char *name,
		 struct opening **out)
{
	struct opening *o;
	int e;

	if (l->n_openings >= OPENINGS_MAX)
		return -E2BIG;
	o = xcalloc(1, sizeof(*o));
	o->undo = undo;
	e = undo ? keeper_start(undo, name, &o->keeper) : 0;
	if (e < 0) {
		free(o);
		return e;
	}
	o->name = undo ? xstrdup(name) : NULL;
	*out = o;
	return 0;
}

int layers_below(struct opening *o, const struct layers *l, struct partition *p, const char **path)
{
	struct volume *v = &o->below[o->n];
	int e;

	if (o->n == LAYER_PARTS_MAX)
		return -E2BIG;
	*v = (struct volume){ .part = p, .disk = l->disks[p->disk], .loop = LOOP_NONE };
	e = volume_source(v, l->access, path);
	o->n += e == 0;
	return e;
}

static int taken_away(const struct opening *o)
{
	int e = 0;

	for (int i = 0; o->name && i < TRIES; i++) {
		e = o->undo(o->name);
		if (e != -EBUSY)
			break;
		nanosleep(&(struct timespec){ .tv_nsec = WAIT_MS * 1000000l }, NULL);
	}
	return e;
}

int layers_undo(struct opening *o)
{
	bool gone = true;
	int e;

	disk_close(o->disk);
	e = taken_away(o);
	/* What is still there then is the child's, which tries for longer. */
	if (e == 0)
		keeper_stop(&o->keeper);
	else
		keeper_leave(&o->keeper);
	for (size_t i = 0; i < o->n; i++)
		loop_detach(&o->below[i].loop);
	for (size_t i = 0; i < o->n; i++)
		gone &= loop_is_gone(&o->below[i].loop, LOOP_GONE_MS);
	free(o->name);
	free(o);
	return e == 0 && !gone ? -EBUSY : e;
}

int layers_end(struct layers *l, struct opening *o, const char *node, const struct layer *layer)
{
	struct trouble t = { 0 };
	int e = disk_open(node, &o->disk, &t);

	if (e < 0) {
		layers_undo(o);
		return e;
	}
	o->layer = *layer;
	o->disk->layer = &o->layer;
	ARENA_GROW(l->a, l->opening, l->n_openings, l->openings_cap);
	l->opening[l->n_openings++] = o;
	ARENA_GROW(l->a, l->disks, l->n, l->cap);
	l->disks[l->n++] = o->disk;
	return 0;
}

const char *layers_holder(const struct layers *l, const struct partition *p)
{
	struct sysfs_set users = { 0 };
	struct stat st;

	if (!p->node || stat(p->node, &st) < 0 || !S_ISBLK(st.st_mode))
		return NULL;
	sysfs_holders(l->a, st.st_rdev, &users);
	return users.n == 1 ? sysfs_node(l->a, users.dev[0]) : NULL;
}

/* --- rounds --- */

static bool is_free(struct layers *l)
{
	struct trouble busy = { 0 };

	for (size_t i = 0; i < l->n_targets; i++) {
		if (disk_is_free(l->disks[i], l->access, &busy) < 0)
			return false;
	}
	/* From here on loop devices of our own write to an image. */
	for (size_t i = 0; i < l->n_targets; i++)
		l->disks[i]->ours = true;
	return true;
}

static bool holds_layers(const struct devices *d)
{
	for (size_t i = 0; i < d->n; i++) {
		if ((d->p[i].role == ROLE_LUKS || d->p[i].role == ROLE_MD) && !d->p[i].opened)
			return true;
	}
	return d->n_wishes > 0;
}

static bool open_more(struct layers *l)
{
	return layers_open_md(l) || layers_open_lvm(l) || layers_open_crypt(l) ||
	       layers_open_md_degraded(l);
}

static void tell_notes(struct layers *l)
{
	for (size_t i = 0; i < l->d->n; i++) {
		struct partition *p = &l->d->p[i];
		const struct layer_note *n = p->opened ? NULL : note_of(l, p);

		if (n)
			p->error = n->text;
	}
}

int layers_open(struct disk *const *targets, size_t n, enum access access,
		const struct layers_options *o, struct arena *a, struct devices *devices,
		struct layers **out, struct trouble *t)
{
	struct layers *l = xcalloc(1, sizeof(*l));
	bool more = true;
	int e = 0;

	*l = (struct layers){ .access = access, .a = a, .n = n, .n_targets = n, .cap = n + 8 };
	if (o)
		l->o = *o;
	l->disks = arena_alloc(a, l->cap * sizeof(struct disk *));
	memcpy(l->disks, targets, n * sizeof(struct disk *));
	*out = l;
	for (int i = 0; e == 0 && more && i < ROUNDS_MAX; i++) {
		e = disk_partitions(l->disks, l->n, a, devices, t);
		l->d = devices;
		more = e == 0 && holds_layers(devices) && (i || is_free(l)) && open_more(l);
	}
	if (e == 0)
		tell_notes(l);
	return e;
}

struct disk **layers_disks(const struct layers *l, size_t *n)
{
	*n = l->n;
	return l->disks;
}

int layers_close(struct layers *l)
{
	int e = 0;

	if (!l)
		return 0;
	while (l->n_openings > 0) {
		int r = layers_undo(l->opening[--l->n_openings]);

		e = e < 0 ? e : r;
	}
	for (size_t i = 0; i < l->n_targets; i++)
		l->disks[i]->ours = false;
	free(l);
	return e;
}
