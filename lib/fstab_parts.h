/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of fstab share; for lib/fstab*.c only. */
#ifndef BOOTMEND_FSTAB_PARTS_H
#define BOOTMEND_FSTAB_PARTS_H

#include "lib/fstab.h"

#define FSTAB_MNTENT_BUFFER 4096 /* getmntent(3) of glibc: what is longer is cut */

/* --- fstab_column.c --- */

struct fstab_column {
	const char *s;
	size_t len;
};

/*
 * Up to six columns; returns how many there are. *end is where a seventh thing, a comment or the
 * blanks at the end begin. A CR at the very end belongs to none.
 */
size_t fstab_columns(const char *raw, struct fstab_column c[6], const char **end);

/* The length of the word at s: up to a comma that no backslash protects. */
size_t fstab_word_len(const char *s);
const char *fstab_next_word(const char *s); /* NULL: that was the last one */
/* Behind the option's name when the word at s is that option, with or without a value; or NULL. */
const char *fstab_option_at(const char *s, const char *option);
/* Which of the two options stands last; false when neither does. */
bool fstab_yes_no(const char *options, const char *yes, const char *no);
bool fstab_has_whole_word(const char *options, const char *word, size_t len);

/* --- fstab_systemd.c --- */

/* As getmntent returns it: a CR is still there. */
struct fstab_mount_line {
	const char *spec, *dir, *type, *options;
	int freq, passno;
};

bool fstab_getmntent(struct arena *a, const char *line, struct fstab_mount_line *out);
bool fstab_is_network(const struct fstab_mount_line *m);
bool fstab_is_automount(const char *options);

/* Unit names that the generator has written already: a hash, NULL at first. */
struct fstab_written;
/* Fills critical, pulled_by and duplicate. */
void fstab_generator_verdict(struct arena *a, struct fstab_entry *e,
			     const struct fstab_mount_line *m, struct fstab_written **all);
/* The hash is let go; what it holds is the arena's. */
void fstab_written_clear(struct fstab_written **all);

#endif
