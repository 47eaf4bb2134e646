/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everything a program of the patient needs before its first instruction runs: its loader, the
 * libraries it names, those that these name, and the symbol versions they were linked to; found as
 * the patient's own loader would find them, and none of it loaded. What is lacking is kept as a
 * list of lacks, one for each thing that is missing or broken, with the programs it stops and the
 * chain that leads there.
 *
 *	c = elfclosure_new(root, arena);
 *	elfclosure_program(c, "/sbin/init", who);	adds to c->lack
 *	elfclosure_module(c, "/lib/security/pam_unix.so", who);
 *
 * Each object is read once and each plain name searched once, so a thousand programs cost little
 * more than the libraries they share. Bounded: OBJECTS_MAX, ENTRIES_MAX of one program.
 *
 * Source: glibc elf/dl-deps.c (breadth first, a library that is there already by name or soname is
 * taken), elf/dl-version.c (a version that is needed must be defined, unless the library defines
 * none at all), elf/dl-load.c; execve(2) for scripts.
 */
#ifndef BOOTMEND_ELFCLOSURE_H
#define BOOTMEND_ELFCLOSURE_H

#include "lib/elfsearch.h"

enum elflack_kind {
	ELFLACK_LOADER,	 /* the program loader or script interpreter is not there */
	ELFLACK_LIBRARY, /* found nowhere */
	ELFLACK_VERSION, /* found, but without a version that is asked for */
	ELFLACK_DAMAGED, /* there, but cut short, empty, or no ELF file */
	ELFLACK_MACHINE, /* there for another architecture only */
};

/* A program that a lack stops. */
struct elflack_hit {
	const char *program; /* as it was asked for */
	unsigned who;	     /* the caller's number */
	const char *chain;   /* "'/sbin/init' needs libA.so, which needs libB.so" */
	struct elflack_hit *next;
};

struct elflack {
	enum elflack_kind kind;
	const char *name;  /* what is looked for: "libmount.so.1"; else the path of the object */
	const char *why;   /* "not found in /lib, /usr/lib", "its program headers lie …" */
	bool loads;	   /* damaged where the loader does not look */
	bool empty;	   /* of size 0 */
	bool told;	   /* a finding speaks of it */
	struct lines dirs; /* LIBRARY: where it was looked for */
	const struct elfsearch *search;
	struct lines versions; /* VERSION: that are not defined */
	struct elflack_hit *hit, **tail;
	size_t hits;
	struct elflack *next;
};

struct elfclosure {
	const struct root *root;
	struct arena *arena;
	struct elffile_machine own; /* what most of the patient's programs are made for */
	const char *loader;	    /* theirs; NULL: not known */
	struct elflack *lack, **tail;
	size_t lacks;
	struct elfclosure_state *state;
};

struct elfclosure *elfclosure_new(const struct root *r, struct arena *a);
/* A program or script, by the path it is started with. An absent one is nobody's lack. */
void elfclosure_program(struct elfclosure *c, const char *path, unsigned who);
/* A library that programs load by its name while they run, as PAM and NSS modules. */
void elfclosure_module(struct elfclosure *c, const char *path, unsigned who);
/*
 * The same by its name, as dlopen(3) gets it: program is who asks, and way the chain that is told
 * when it is found nowhere; NULL: then nothing is lacking.
 */
void elfclosure_library(struct elfclosure *c, const char *name, const char *program, unsigned who,
			const char *way);
/*
 * The first lack that keeps the module at path from being loaded and is not told yet; NULL: none.
 * *chain is how it leads there.
 */
const struct elflack *elfclosure_of_module(struct elfclosure *c, const char *path, unsigned who,
					   const char **chain);
/* Where a program of the patient's usual kind would find a library; NULL: nowhere. */
const char *elfclosure_find(struct elfclosure *c, const char *name);
/* The object at path, read once; never NULL. */
const struct elffile *elfclosure_file(struct elfclosure *c, const char *path);

/* What most of the patient's own first programs are made for; known is false when none is there. */
void elfclosure_machine(const struct root *r, struct elffile_machine *out);

#endif
