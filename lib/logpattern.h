/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What lines of logs and consoles mean that tell why a system did not come up or went down.
 *
 *	logpattern_new(LOGPATTERN_IN_LOG)
 *	logpattern_find(p, text, from)		the most telling pattern in a line, or NULL
 *	logpattern_free(p)
 *
 * One table, each row with the source of its words; earlier rows are more telling than later ones.
 */
#ifndef BOOTMEND_LOGPATTERN_H
#define BOOTMEND_LOGPATTERN_H

#include "lib/syslogline.h"

enum logpattern_class {
	LOGPATTERN_LOADER,    /* firmware and boot loader; on a console only */
	LOGPATTERN_INITRAMFS, /* the root file system is not found */
	LOGPATTERN_PANIC,
	LOGPATTERN_BUG,
	LOGPATTERN_LOCKUP,
	LOGPATTERN_HUNG,
	LOGPATTERN_FS,
	LOGPATTERN_DISK,
	LOGPATTERN_INIT,
	LOGPATTERN_EMERGENCY,
	LOGPATTERN_MOUNT,
	LOGPATTERN_MEMORY,
	LOGPATTERN_LIMIT, /* tables and handles that ran out */
	LOGPATTERN_SPACE,
	LOGPATTERN_LOGIN,
	LOGPATTERN_NET,
};

enum logpattern_from {
	LOGPATTERN_ANYONE,
	LOGPATTERN_KERNEL,   /* the kernel's words; others may only cite them */
	LOGPATTERN_FIRMWARE, /* what runs before there is a log */
};

enum logpattern_where {
	LOGPATTERN_IN_LOG,
	LOGPATTERN_ON_CONSOLE,
};

struct logpattern {
	const char *id; /* "conntrack-full" */
	enum logpattern_class class;
	enum logpattern_from from;
	const char *mark, *also; /* both are in the line; also may be NULL */
	const char *meaning;
	const char *explains; /* ids of problems, with blanks between; "": of none */
	const char *source;
};

extern const struct logpattern logpattern_table[]; /* ended by id NULL */

const char *logpattern_class(enum logpattern_class c); /* "hung-task" */

struct logpatterns;

struct logpatterns *logpattern_new(enum logpattern_where where);
void logpattern_free(struct logpatterns *p); /* NULL is fine */
const struct logpattern *logpattern_find(const struct logpatterns *p, struct slice text,
					 enum syslogline_from from);

#endif
