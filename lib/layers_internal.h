/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What layers.c and its kinds (layers_crypt.c, layers_md.c, layers_lvm.c) share. */
#ifndef BOOTMEND_LAYERS_INTERNAL_H
#define BOOTMEND_LAYERS_INTERNAL_H

#include "lib/keeper.h"
#include "lib/layers.h"
#include "lib/volume.h"

#define LAYER_PARTS_MAX 32 /* members of an array, physical volumes below one volume */

/* One thing that was opened. */
struct opening {
	struct disk *disk;
	struct layer layer;
	char *name; /* for undo; NULL: this machine had it open already */
	int (*undo)(const char *name);
	struct keeper keeper;
	struct volume below[LAYER_PARTS_MAX]; /* their loop devices */
	size_t n;
};

struct layers {
	struct layers_options o;
	enum access access;
	struct arena *a;
	struct disk **disks;
	size_t n, n_targets, cap;
	struct opening **opening;
	size_t n_openings, openings_cap;
	struct layer_note *note;
	size_t n_notes, notes_cap;
	struct devices *d; /* as of this round */
};

/* Why a partition was not opened. */
struct layer_note {
	unsigned disk;
	uint64_t start;
	const char *text;
};

void layers_note(struct layers *l, const struct partition *p, const char *fmt, ...) PRINTF(3, 4);
/* It was tried already, in vain. */
bool layers_was_noted(const struct layers *l, const struct partition *p);

/* A name that nobody else gives, for device mapper; the caller frees. */
char *layers_name(const struct layers *l);
/* undo will be called with a copy of name, also when this process is killed. -errno. */
int layers_begin(struct layers *l, int (*undo)(const char *name), const char *name,
		 struct opening **out);
/* The device to put below: a read-only loop device, or the node itself when writing. */
int layers_below(struct opening *o, const struct layers *l, struct partition *p, const char **path);
/* The node is there: a disk of the list. On failure all of it is taken back. */
int layers_end(struct layers *l, struct opening *o, const char *node, const struct layer *layer);
/* Takes back what was begun. */
int layers_undo(struct opening *o);
/* The node of the one device that this machine has on a partition's node; NULL: none. */
const char *layers_holder(const struct layers *l, const struct partition *p);

/*
 * Whether this cryptsetup, by the answer to --version, has --disable-external-tokens: since 2.4 it
 * loads the plug-in that a token of the (hostile) LUKS2 header names, from this machine's directory
 * of them.
 */
bool layers_has_token_plugins(const char *version);

/* Each tries what is not open yet. true: something new is there. */
bool layers_open_crypt(struct layers *l);
bool layers_open_lvm(struct layers *l);
bool layers_open_md(struct layers *l);		/* complete ones */
bool layers_open_md_degraded(struct layers *l); /* those that lack a member */

#endif
