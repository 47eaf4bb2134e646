/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of lib/pamfiles share; for lib/pamfiles*.c only. */
#ifndef BOOTMEND_PAMFILES_PARTS_H
#define BOOTMEND_PAMFILES_PARTS_H

#include "lib/pamfiles.h"
#include "lib/pammodel.h"

/* One question to one module. */
struct pamfiles_asked {
	const struct pammodel *m;
	struct pamfiles *files;
	const struct pamconf_line *l;
	enum pamconf_type type;
	int *code;
	unsigned n;
	struct pamfiles_why *why;
};

/* The value of the last such argument ("file="); NULL: none is given. */
const char *pamfiles_arg(const struct pamconf_line *l, const char *name);
bool pamfiles_has_arg(const struct pamconf_line *l, const char *word);
void pamfiles_look(struct pamfiles *f, const char *path, struct pamfiles_node *out);
/* Some of the bytes of a file; -ENOENT and the like as root_pread(). */
int pamfiles_bytes(struct pamfiles *f, const char *path, void *buf, size_t max, size_t *got);

void pamfiles_say(struct pamfiles_asked *q, int code);
void pamfiles_unsure(struct pamfiles_asked *q, int first, int second);
void pamfiles_remedy(struct pamfiles_asked *q, enum pamfiles_remedy r);
/* Refuses, and tells why. With a line, commenting it is the remedy. */
void pamfiles_refuse(struct pamfiles_asked *q, int code, const char *path, size_t line,
		     const char *fmt, ...) PRINTF(5, 6);

void pamfiles_access(struct pamfiles_asked *q);	  /* pamfiles_access.c */
void pamfiles_time(struct pamfiles_asked *q);	  /* pamfiles_time.c */
void pamfiles_faillock(struct pamfiles_asked *q); /* pamfiles_tally.c */
void pamfiles_tally2(struct pamfiles_asked *q);	  /* pamfiles_tally.c */

#endif
