/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of lib/elfclosure*.c share. */
#ifndef BOOTMEND_ELFCLOSURE_PARTS_H
#define BOOTMEND_ELFCLOSURE_PARTS_H

#include "lib/elfclosure.h"

#define ELFCLOSURE_SEARCHES 8u
#define ELFCLOSURE_BUCKETS 2048u
#define ELFCLOSURE_OBJECTS_MAX 8192u

struct elfobject {
	const char *path, *origin;
	struct elffile file;
	const struct elfobject **satisfied; /* for each version, who was last seen to define it */
	bool walked;			    /* as a module */
	struct elfobject *next;
};

/* A name that was searched for without any path of an object. */
struct elfname {
	const struct elfsearch *search;
	const char *name;
	struct elfsearch_found found;
	struct elfname *next;
};

struct elfclosure_state {
	struct elfsearch search[ELFCLOSURE_SEARCHES];
	size_t searches;
	struct elfobject *object[ELFCLOSURE_BUCKETS];
	size_t objects;
	struct elfname *name[ELFCLOSURE_BUCKETS];
	struct elfobject none; /* stands for all behind the bound */
};

struct elfobject *elfclosure_object(struct elfclosure *c, const char *path);
/* The search of programs for that machine with that loader; NULL: too many kinds. */
const struct elfsearch *elfclosure_search(struct elfclosure *c, const struct elffile_machine *m,
					  const char *loader);
void elfclosure_lookup(struct elfclosure *c, const struct elfsearch *s, const char *name,
		       const struct elfsearch_from *who, struct elfsearch_found *out);

/* elfclosure_lack.c: the lack of that kind and name, made when it is new. */
struct elflack *elflack_get(struct elfclosure *c, enum elflack_kind kind, const char *name,
			    const struct elfsearch *s);
/* The program is stopped by it; a second time by the same is not kept. */
void elflack_add(struct elfclosure *c, struct elflack *l, const char *program, unsigned who,
		 const char *chain);

#endif
