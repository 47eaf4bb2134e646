/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GRUB's environment block: NAME=VALUE lines behind a header line, '#' up to the end, 1024 bytes.
 * GRUB reads any size that starts with the header and writes in place, so the size must stay.
 *
 *	grubenv_parse(arena, text, &env)    never fails: ->state tells what is wrong with the block
 *	grubenv_get(&env, "saved_entry")
 *	grubenv_set(&env, "saved_entry", v) then grubenv_build(): the new block
 *
 * Sources: GRUB grub-core/lib/envblk.c, util/grub-editenv.c, include/grub/lib/envblk.h.
 */
#ifndef BOOTMEND_GRUBENV_H
#define BOOTMEND_GRUBENV_H

#include "lib/text.h"

#define GRUBENV_SIZE 1024u

enum grubenv_state {
	GRUBENV_GOOD,
	GRUBENV_EMPTY,	/* no bytes at all, or only zero bytes */
	GRUBENV_HEADER, /* does not start with the header line: GRUB refuses it */
	GRUBENV_LENGTH, /* GRUB reads it; grub-editenv and saving may not be able to write it */
	GRUBENV_LINES,	/* lines that are neither NAME=VALUE nor '#': GRUB stops reading there */
};

struct grubenv_var {
	const char *name, *value;
};

struct grubenv {
	enum grubenv_state state;
	struct arena *arena;
	const char *notice; /* the comment line newer grub-editenv puts second; NULL: none */
	struct grubenv_var *v;
	size_t n, cap;
	size_t len; /* of the block as read */
};

void grubenv_parse(struct arena *a, const struct text *t, struct grubenv *out);
const char *grubenv_get(const struct grubenv *e, const char *name); /* NULL: not set */
void grubenv_set(struct grubenv *e, const char *name, const char *value);
void grubenv_unset(struct grubenv *e, const char *name);
/* A block of 1024 bytes (of more when it had more); NULL when the variables do not fit. */
const char *grubenv_build(const struct grubenv *e, size_t *len);
/* Names and values in turn, NULL-terminated: as struct grubcfg_env takes them. */
const char *const *grubenv_pairs(const struct grubenv *e);

#endif
