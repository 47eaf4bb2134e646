/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entries of a file of systemd's journal, in the order they were written.
 *
 *	journalread_open(&source)
 *	journalread_next(j, &entry)		each entry, oldest first
 *	journalread_text(j, &entry, FIELD, &b)	one of its fields, until the next entry
 *	journalread_close(j)
 *
 * Two readers go through a file side by side. The scan of its objects (lib/journalfile.h) takes a
 * sound file and a damaged one in one way, and finds all that is left. libsystemd
 * (lib/journalsd.h) is asked for the words of a file that was closed, as long as it tells of the
 * same entries; where it refuses the file, stops before the end, passes over an entry or would have
 * to unpack more than is reasonable, the scan goes on alone, and nothing readable is lost.
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
	bool heavy; /* some of it unpacks to very much */
	uint64_t seqnum;
	int64_t realtime, monotonic; /* microseconds since 1970, since the boot */
	char boot_id[33];
	uint64_t at[JOURNAL_FIELDS]; /* 0: it has none */
};

struct journalread;

struct journalread *journalread_open(const struct journal_source *source);
/* Without libsystemd, and only what lies behind that byte: for a look at the end of a file. */
struct journalread *journalread_open_raw(const struct journal_source *source, uint64_t from);
void journalread_close(struct journalread *j); /* NULL is fine */
bool journalread_next(struct journalread *j, struct journal_entry *e);
/* The value, in place of what was in out; false, and nothing in out, when it has none. */
bool journalread_text(struct journalread *j, const struct journal_entry *e, enum journal_field f,
		      struct bytes *out);
/* Whether that field has that value. */
bool journalread_is(struct journalread *j, const struct journal_entry *e, enum journal_field f,
		    const char *value);

/* Who has read it so far: "sd-journal", or "raw" where the scan went on alone. */
const char *journalread_reader(const struct journalread *j);
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
