/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The last boots of a system, put together from the lines of its logs: when each began, how far it
 * got, how it ended, and what went wrong on the way.
 *
 *	bootlog_new()
 *	bootlog_file(l, name)			for each file: those of one log in their order
 *	bootlog_line(l, &line, number)		each of its lines
 *	bootlog_end(l)				behind the last line of the last file
 *	bootlog_see(l, &n)			newest first
 *	bootlog_free(l)
 *
 * A boot begins where the journal's boot id changes, where the kernel tells its version, or where
 * its clock starts again. Memory is bounded: BOOTLOG_BOOTS boots with BOOTLOG_PROBLEMS different
 * problems each; what is more is counted.
 *
 * Sources: Linux init/version.c and kernel/reboot.c, systemd src/core/{job,main,manager}.c,
 * src/shutdown/shutdown.c and src/journal/journald-server.c, rsyslog tools/rsyslogd.c.
 */
#ifndef BOOTMEND_BOOTLOG_H
#define BOOTMEND_BOOTLOG_H

#include "lib/logpattern.h"

#define BOOTLOG_BOOTS 32u
#define BOOTLOG_PROBLEMS 64u
#define BOOTLOG_TEXT 240u

/* The same words again, numbers aside. */
struct bootlog_problem {
	const struct logpattern *pattern;
	char text[BOOTLOG_TEXT]; /* of the first */
	char shape[BOOTLOG_TEXT];
	uint64_t count, line; /* line: of the first, in file */
	char file[BOOTLOG_TEXT];
	struct syslogtime first, last;
	int64_t uptime; /* of the last; SYSLOGLINE_NO_UPTIME */
};

enum bootlog_end {
	BOOTLOG_STOPS, /* the log ends: power, a reset, a hang, or a disk that took no more */
	BOOTLOG_SHUTDOWN,
	BOOTLOG_PANIC,
};

struct bootlog_boot {
	char id[40], host[72], release[BOOTLOG_TEXT], file[BOOTLOG_TEXT];
	struct syslogtime first, last; /* of its lines */
	int64_t uptime;		       /* the latest; SYSLOGLINE_NO_UPTIME */
	uint64_t lines;
	bool whole; /* its beginning is there */
	bool up;    /* it came up: the default target was reached */
	bool emergency;
	char reached[BOOTLOG_TEXT]; /* the last target; "": none was told */
	char words[BOOTLOG_TEXT];   /* the last line */
	enum bootlog_end end;
	uint64_t end_line; /* so many lines it may have, or the words of its end were none */
	struct bootlog_problem *problem;
	size_t n, cap;
	uint64_t more; /* lines of problems beyond those */
};

struct bootlog;

struct bootlog *bootlog_new(void);
void bootlog_free(struct bootlog *l); /* NULL is fine */
void bootlog_file(struct bootlog *l, const char *name);
void bootlog_line(struct bootlog *l, const struct syslogline *line, uint64_t number);
/* A boot that the file is of alone, as a dump of the kernel's buffer is. */
void bootlog_new_boot(struct bootlog *l);
void bootlog_end(struct bootlog *l);
/* In the order of their beginning, newest first, those without a date last. */
struct bootlog_boot *const *bootlog_see(struct bootlog *l, size_t *n);
/* Boots that are no longer kept. */
uint64_t bootlog_earlier(const struct bootlog *l);

#endif
