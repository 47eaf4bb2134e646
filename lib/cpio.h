/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walks an archive of the "newc" kind (070701, 070702) as it streams by, entry by entry, holding
 * no more than one name. Nothing is allocated.
 *
 *	cpio_begin(&c, &ops, arg);
 *	r = cpio_feed(&c, p, n, &taken);	as often as there are bytes
 *	cpio_skippable(&c)			so many bytes nobody wants: they may be left out …
 *	cpio_skip(&c, n);			… by saying so
 *
 * Several archives behind each other are one walk. Names of entries have no "./" or "/" in front.
 *
 * Sources: Linux Documentation/driver-api/early-userspace/buffer-format.rst, init/initramfs.c.
 */
#ifndef BOOTMEND_CPIO_H
#define BOOTMEND_CPIO_H

#include <limits.h>

#include "lib/util.h"

#define CPIO_HEADER_LEN 110u
#define CPIO_ENTRIES_MAX 300000u
#define CPIO_ZEROS_MAX (16u << 20) /* in a row, between archives */

struct cpio_entry {
	const char *name;
	uint32_t mode;
	uint32_t size;
};

struct cpio_ops {
	/* true: the content is wanted, and comes in pieces; then done. */
	bool (*entry)(void *arg, const struct cpio_entry *e);
	void (*content)(void *arg, const unsigned char *p, size_t n);
	void (*done)(void *arg);
};

enum cpio_result {
	CPIO_MORE,  /* all was taken */
	CPIO_OTHER, /* between entries: what comes now is neither an entry nor zeros */
	CPIO_BAD,   /* a header that is none */
	CPIO_LIMIT, /* more entries or more zeros than anybody has */
};

enum cpio_state { CPIO_BETWEEN, CPIO_HEADER, CPIO_NAME, CPIO_CONTENT, CPIO_PADDING };

struct cpio {
	const struct cpio_ops *ops;
	void *arg;
	enum cpio_state state;
	bool wanted;
	bool trailer; /* the entry before was the one that ends an archive */
	uint32_t entries, zeros;
	uint64_t at;	   /* bytes since cpio_begin() */
	uint64_t entry_at; /* where the entry that is read starts */
	uint64_t left;	   /* bytes of this state */
	uint32_t name_len, size;
	struct cpio_entry e;
	char head[CPIO_HEADER_LEN];
	char name[PATH_MAX + 1];
	size_t got;
};

void cpio_begin(struct cpio *c, const struct cpio_ops *ops, void *arg);
enum cpio_result cpio_feed(struct cpio *c, const unsigned char *p, size_t n, size_t *taken);
/* Not in the middle of an entry: the archive may end here. */
bool cpio_is_between(const struct cpio *c);
uint64_t cpio_skippable(const struct cpio *c);
void cpio_skip(struct cpio *c, uint64_t n);

#endif
