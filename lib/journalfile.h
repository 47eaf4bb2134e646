/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The objects of a file of systemd's journal, one after the other as they lie in it: no hash
 * table, no chain and no counter is followed, so that a file that is damaged, was not closed or
 * is cut tells what is left of it, and a sound one tells all.
 *
 *	journalfile_open(&source)		a file of any content
 *	journalfile_step(f, &object)		each object; what is none is passed over
 *	journalfile_payload(f, &object, …)	NAME=value of a DATA object, unpacked
 *	journalfile_close(f)
 *
 * Memory is fixed: some blocks of the file. Offsets and sizes are bytes.
 *
 * Source: systemd's Journal File Format, journal-def.h of systemd 183 to 257.
 */
#ifndef BOOTMEND_JOURNALFILE_H
#define BOOTMEND_JOURNALFILE_H

#include "lib/util.h"

#define JOURNAL_PAYLOAD_MAX (256u << 10) /* bytes of a field that are read */
#define JOURNAL_HEAVY (16u << 20) /* more is not unpacked by libsystemd, which has no bound */
#define JOURNAL_LZ4 2u		  /* flag of an object */

struct journal_source {
	/* As root_pread(): up to n bytes from there, *got 0 at the end. */
	int (*pread)(void *arg, uint64_t at, void *buf, size_t n, size_t *got);
	void *arg;
	uint64_t size;
};

enum journal_object_type {
	JOURNAL_DATA = 1,
	JOURNAL_FIELD,
	JOURNAL_ENTRY,
	JOURNAL_DATA_TABLE,
	JOURNAL_FIELD_TABLE,
	JOURNAL_ENTRY_ARRAY,
	JOURNAL_TAG,
};

struct journal_object {
	uint64_t at, size;
	unsigned char type, flags;
};

struct journalfile;

struct journalfile *journalfile_open(const struct journal_source *source);
void journalfile_close(struct journalfile *f); /* NULL is fine */

/* Goes on from there, or from the first object behind it. */
void journalfile_seek(struct journalfile *f, uint64_t at);
bool journalfile_step(struct journalfile *f, struct journal_object *o);
/* The object that lies there; false when there is none that makes sense. */
bool journalfile_object(struct journalfile *f, uint64_t at, struct journal_object *o);
/* n bytes from there; false when there are not so many. */
bool journalfile_bytes(struct journalfile *f, uint64_t at, void *buf, size_t n);

/*
 * Its header says that the file was closed, and fits its size: what libsystemd may be given. What
 * lies behind the header may be anything.
 */
bool journalfile_is_closed(const struct journalfile *f);

/* Up to max bytes of a DATA object added to out; false: nothing of it can be read. */
bool journalfile_payload(struct journalfile *f, const struct journal_object *o, size_t max,
			 struct bytes *out);
/*
 * Takes so many bytes from what is given out of this file in all: the same words again and again
 * have an end. False, and an error, when they are used up; journalfile_payload() does so by itself.
 */
bool journalfile_spend(struct journalfile *f, uint64_t n);
/* Where in a DATA object of this file its payload begins. */
size_t journalfile_payload_at(const struct journalfile *f);
/* Memory that it takes to unpack it whole; 0: it is not packed; UINT64_MAX: not known. */
uint64_t journalfile_unpacked(struct journalfile *f, const struct journal_object *o);
/* Its item i, the offset of a DATA object; 0 behind the last. */
uint64_t journalfile_item(struct journalfile *f, const struct journal_object *entry, uint64_t i);

/* Bytes between objects that were passed over as damaged. */
uint64_t journalfile_lost(const struct journalfile *f);
/* 0; -errno of a read; -EFBIG: it unpacks to more than is reasonable. */
int journalfile_error(const struct journalfile *f);

/* The first bytes of such a file. */
#define JOURNAL_MAGIC "LPKSHHRH"

#endif
