/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One ELF object of the patient: what it is made for, whether all of it is there, and what it asks
 * of the dynamic loader. Read piece by piece through the root handle and bounded throughout: the
 * file is hostile, and nothing of it is mapped or run. (libelf wants a descriptor or the whole file
 * in memory, so it cannot read through a root.)
 *
 *	elffile_head(root, path, &head)			what it is, and whether it is whole
 *	elffile_read(root, arena, path, &f)		the same, and its dynamic section
 *
 * Nothing fails: the state says what the file is. Texts live in the arena.
 *
 * Source: elf(5); System V gABI, chapters 4 and 5; glibc elf/dl-load.c (what it refuses),
 * elf/dl-version.c (which versions must be there).
 */
#ifndef BOOTMEND_ELFFILE_H
#define BOOTMEND_ELFFILE_H

#include "lib/arena.h"
#include "lib/lines.h"
#include "lib/root.h"

enum elffile_state {
	ELFFILE_OK,
	ELFFILE_ABSENT,
	ELFFILE_UNREADABLE, /* there, but not for us to read */
	ELFFILE_NO_FILE,    /* a directory, FIFO or device */
	ELFFILE_EMPTY,
	ELFFILE_NOT,	 /* no ELF header */
	ELFFILE_CUT,	 /* what is loaded lies behind the end of the file */
	ELFFILE_TAIL,	 /* only the section headers do: it loads all the same */
	ELFFILE_DAMAGED, /* its tables make no sense */
};

/* What an ELF file is made for. */
struct elffile_machine {
	bool known;
	unsigned char class, order; /* EI_CLASS, EI_DATA */
	uint16_t machine;
};

/* The headers. Of an ELF32 file the numbers are widened. */
struct elffile_head {
	struct elffile_machine m;
	unsigned type; /* ET_DYN, … */
	uint64_t phoff, shoff, size;
	unsigned phentsize, phnum, shentsize, shnum;
};

/* A version of a library that an object was linked to. */
struct elffile_version {
	const char *file; /* "libc.so.6" */
	const char *name; /* "GLIBC_2.34" */
};

struct elffile {
	enum elffile_state state;
	const char *why; /* one line: "its program headers lie behind its end"; NULL when OK */
	struct elffile_head head;
	const char *interp, *soname, *rpath, *runpath; /* NULL: none; rpath NULL beside a runpath */
	struct lines needed;
	bool nodeflib;			       /* DF_1_NODEFLIB */
	const struct elffile_version *version; /* needed, and not only weakly */
	size_t versions;
	struct lines defined; /* versions it defines; n 0: it has none */
	unsigned char first;  /* the first byte of a file that is no ELF */
};

enum elffile_state elffile_head(const struct root *r, const char *path, struct elffile_head *out);
void elffile_read(const struct root *r, struct arena *a, const char *path, struct elffile *out);
bool elffile_same_machine(const struct elffile_machine *a, const struct elffile_machine *b);
/* A kernel for one runs the other's programs as well: x86-64 and i386, AArch64 and ARM, … */
bool elffile_kindred(const struct elffile_machine *a, const struct elffile_machine *b);
/* "x86-64", "i386", …; "machine 123" in the arena else. */
const char *elffile_machine_name(struct arena *a, const struct elffile_machine *m);
/* One line: "does not exist", "is empty", … */
const char *elffile_words(enum elffile_state s);

#endif
