/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of lib/elffile*.c share. */
#ifndef BOOTMEND_ELFFILE_PARTS_H
#define BOOTMEND_ELFFILE_PARTS_H

#include "lib/elffile.h"

#define ELFFILE_SEGMENTS_MAX 128u
#define ELFFILE_WINDOW 16384u
#define ELFFILE_REFILLS_MAX 256u /* of both windows; the largest of a distribution need some 20 */

/* A part of memory that comes from the file. */
struct elffile_segment {
	uint64_t address, offset, len;
};

/* What is read of a file at a time; a table and the names it speaks of may be far apart. */
struct elffile_window {
	uint64_t at;
	size_t have;
	unsigned char data[ELFFILE_WINDOW];
};

/* Reads of a file in small pieces, without a system call for each. */
struct elffile_view {
	const struct root *root;
	const char *path;
	uint64_t size;
	struct elffile_machine m;
	struct elffile_segment load[ELFFILE_SEGMENTS_MAX];
	size_t loads;
	unsigned refills;
	struct elffile_window tables, strings;
};

/*
 * All len bytes (at most half a window) at the offset of the file, seen through one of the two
 * windows; false: not all are there, or elffile_is_spent().
 */
bool elffile_at(struct elffile_view *v, struct elffile_window *w, uint64_t offset, size_t len,
		const unsigned char **out);
/* Too much was read of it already: what is left is not known, and no fault of the file. */
bool elffile_is_spent(const struct elffile_view *v);
/* Where the file holds what is loaded at the address; false: nothing of it is. */
bool elffile_offset(const struct elffile_view *v, uint64_t address, uint64_t *out);
/* A number of the file in its own byte order. */
uint64_t elffile_number(const struct elffile_machine *m, const unsigned char *p, size_t n);

#define ELFFILE_FIELD(m, p, type, field) \
	elffile_number((m), (p) + offsetof(type, field), sizeof(((type *)0)->field))
/* The same where the two classes have a type each. */
#define ELFFILE_WIDE(m, p, type, field)                                          \
	((m)->class == ELFCLASS64 ? ELFFILE_FIELD((m), (p), Elf64_##type, field) \
				  : ELFFILE_FIELD((m), (p), Elf32_##type, field))
#define ELFFILE_SIZE(m, type) \
	((m)->class == ELFCLASS64 ? sizeof(Elf64_##type) : sizeof(Elf32_##type))

/* elffile_dynamic.c: fills what the dynamic section at [offset, offset + len) says. */
void elffile_dynamic(struct elffile_view *v, struct arena *a, uint64_t offset, uint64_t len,
		     struct elffile *out);

#endif
