/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The OOM events of all logs together, in bounded memory: the latest are kept whole, and all are
 * counted.
 *
 *	l = oomlist_new(&filter)
 *	oomlog_new(oomlist_take, l) …		events, in the order they are read
 *	oomlist_see(l)				what there was
 *	oomlist_free(l)
 *
 * The same event out of two logs (kern.log and syslog, or a saved dmesg) counts once, with what the
 * more complete one says.
 */
#ifndef BOOTMEND_OOMLIST_H
#define BOOTMEND_OOMLIST_H

#include "lib/oomlog.h"

#define OOMLIST_KEPT 500u
#define OOMLIST_NAMES 512u

struct oomlist_filter {
	struct syslogtime since; /* known: earlier ones are left out */
	uint64_t only;		 /* keep this one whole; 0: the latest */
};

struct oomlist_event {
	uint64_t number; /* from 1, in the order they were read */
	struct oom_event e;
};

/* One name of processes through all events. */
struct oomlist_name {
	char name[OOM_COMM];
	uint64_t killed;
	int64_t first_kb, last_kb, most_kb; /* of its largest process, where it was in a table */
	uint64_t seen, rises; /* events it was in; how often it was larger than before */
};

struct oomlist_view {
	struct oomlist_event *const *event; /* oldest first */
	size_t n;
	uint64_t total;			 /* events, kept or not */
	uint64_t duplicates;		 /* the same again in another log */
	uint64_t earlier;		 /* left out by since */
	uint64_t undated;		 /* kept in spite of since, as their date is not known */
	const struct oomlist_name *name; /* most killed first */
	size_t names;
};

struct oomlist;

struct oomlist *oomlist_new(const struct oomlist_filter *f);
void oomlist_free(struct oomlist *l); /* NULL is fine */
void oomlist_take(void *list, const struct oom_event *e);
struct oomlist_view oomlist_see(struct oomlist *l);

/* It was larger in each event than in the one before, by a fifth in all and three times at least.
 */
bool oomlist_grows(const struct oomlist_name *n);

#endif
