/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A YAML document as a small tree of mappings, sequences and words with their lines.
 *
 *	r = netyaml_parse(arena, text, &root, &error)
 *
 * Bounded against what a hostile file could blow up to: NETYAML_SIZE_MAX bytes, NETYAML_NODES_MAX
 * nodes, NETYAML_DEPTH_MAX levels, NETYAML_DIRECTIVES_MAX directives; aliases are not followed.
 * Only the first document counts.
 */
#ifndef BOOTMEND_NETYAML_H
#define BOOTMEND_NETYAML_H

#include "lib/text.h"

#define NETYAML_SIZE_MAX (1u << 20)
#define NETYAML_NODES_MAX 20000u
#define NETYAML_DEPTH_MAX 32u
#define NETYAML_DIRECTIVES_MAX 256u

enum netyaml_kind { NETYAML_WORD, NETYAML_LIST, NETYAML_MAP };

struct netyaml {
	enum netyaml_kind kind;
	size_t line;	 /* from 1 */
	const char *key; /* in a mapping; NULL elsewhere, and for keys that are no words */
	size_t key_line;
	const char *s; /* of a word; never NULL */
	struct netyaml *child, *next;
};

struct netyaml_error {
	size_t line;
	const char *what;
};

/*
 * 0 and *out, which is NULL for an empty document; -EINVAL and *e when a YAML parser refuses it;
 * -ELOOP for an alias; -EFBIG past the bounds.
 */
int netyaml_parse(struct arena *a, const struct text *t, struct netyaml **out,
		  struct netyaml_error *e);
/* The value of a key of a mapping, the last one; NULL: none, or m is NULL or no mapping. */
const struct netyaml *netyaml_get(const struct netyaml *m, const char *key);
/* The same when it is a word; else NULL. */
const char *netyaml_word(const struct netyaml *m, const char *key);

#endif
