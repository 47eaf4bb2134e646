/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entries of a file of systemd's journal, in the order they were written.
 *
 *	journalread_open(&source)
 *	journalread_next(j, &entry)		each entry, oldest first
 *	journalread_text(j, &entry, FIELD, &b)	one of its fields
 *	journalread_close(j)
 *
 * libsystemd is not used: it wants a descriptor of the file, which a disk that is read without
 * being mounted does not have, and takes nothing from a file that was cut. Here a sound file and
 * a damaged one are read in one way (lib/journalfile.h); the tests compare it with journalctl(1).
 *
 * Words whose entry is lost are given as an entry that is not `known`: a message without a time.
 * They stand before the entry that was written behind them.
 */
#ifndef BOOTMEND_JOURNALREAD_H
#define BOOTMEND_JOURNALREAD_H

#include "lib/journalfile.h"
#include "lib/syslogread.h"

enum journal_field {
	JOURNAL_MESSAGE,
	JOURNAL_TRANSPORT,
	JOURNAL_IDENTIFIER,
	JOURNAL_HOSTNAME,
	JOURNAL_UNIT,	     /* whose process said it */
	JOURNAL_ABOUT,	     /* of which PID 1 says it */
	JOURNAL_KERNEL_TIME, /* microseconds since the boot, as the sender has it */
	JOURNAL_FIELDS,
};

struct journal_entry {
	bool known;
	uint64_t seqnum;
	int64_t realtime, monotonic; /* microseconds since 1970, since the boot */
	char boot_id[33];
	uint64_t at[JOURNAL_FIELDS]; /* 0: it has none */
};

struct journalread;

struct journalread *journalread_open(const struct journal_source *source);
void journalread_close(struct journalread *j); /* NULL is fine */
bool journalread_next(struct journalread *j, struct journal_entry *e);
/* The value, in place of what was in out; false, and nothing in out, when it has none. */
bool journalread_text(struct journalread *j, const struct journal_entry *e, enum journal_field f,
		      struct bytes *out);
/* Whether that field has that value. */
bool journalread_is(struct journalread *j, const struct journal_entry *e, enum journal_field f,
		    const char *value);

/* As in journalfile.h. */
uint64_t journalread_lost(const struct journalread *j);
int journalread_error(const struct journalread *j);

/*
 * What the kernel said, as lines of the Journal Export Format, for syslogread_open(). Lost words
 * are among them, of whomever they are.
 */
struct journal_lines {
	struct journalread *j;
	struct bytes line, text; /* bytes_free() both in the end */
	size_t at;
};
struct syslogread_source journalread_lines(struct journal_lines *l);

#endif
