/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entries of one file of systemd's journal as libsystemd reads them, for lib/journalread.h.
 *
 *	journalsd_open(&source, &s)		a copy of it, in memory
 *	journalsd_next(s, &when)		each entry, oldest first
 *	journalsd_text(s, "MESSAGE", &b)	NAME=value of one of its fields
 *	journalsd_close(s)
 *
 * libsystemd maps what it reads. A file of the patient that shrinks, or whose disk fails, while it
 * is mapped would end the program by SIGBUS, and a disk that is read without being mounted has no
 * descriptor: so it gets a copy of at most JOURNALSD_MAX bytes, in memory (/dev/shm) where that is
 * there. The copy's name is gone as soon as it is open.
 *
 * 0 or -errno; built without libsystemd (cmake -DBOOTMEND_SDJOURNAL=OFF), -EOPNOTSUPP.
 *
 * Source: sd-journal(3), sd_journal_open(3), sd_journal_get_data(3).
 */
#ifndef BOOTMEND_JOURNALSD_H
#define BOOTMEND_JOURNALSD_H

#include "lib/journalfile.h"

#define JOURNALSD_MAX (128u << 20) /* what journald lets a file grow to, if not told otherwise */

struct journalsd;

struct journalsd_when {
	uint64_t realtime, monotonic;
	unsigned char boot[16];
};

/* payload: where it begins in a DATA object, journalfile_payload_at(). -EFBIG: too much to unpack.
 */
int journalsd_open(const struct journal_source *source, size_t payload, struct journalsd **out);
void journalsd_close(struct journalsd *s); /* NULL is fine */
/* -ENODATA behind the last. */
int journalsd_next(struct journalsd *s, struct journalsd_when *out);
/* In place of what was in out, cut at JOURNAL_PAYLOAD_MAX. */
int journalsd_text(struct journalsd *s, const char *name, struct bytes *out);

#endif
