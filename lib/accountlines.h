/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is wrong with single lines of an account file, said the same way for all four of them:
 * marks that an editor of another system left (CR, BOM), lines that do not parse, names that
 * stand twice.
 *
 *	accountlines_report(&acc, &acc.group, &kind);
 *
 * Each line has one repair, whichever finding asks for it, so that findings never clash.
 */
#ifndef BOOTMEND_ACCOUNTLINES_H
#define BOOTMEND_ACCOUNTLINES_H

#include "lib/accounts.h"

struct accountlines_repair {
	const char *line;   /* what the line is to become; NULL: not known */
	enum safety safety; /* FIX_SAFE or FIX_ASK */
};

struct accountlines_kind {
	const struct problem *line; /* the problem reported */
	/* The repair of a line that has fewer or more fields, or a bad number. */
	struct accountlines_repair (*repair)(struct accounts *acc, struct accounts_file *f,
					     const struct userdb_entry *e);
	/* How bad it is that this line is not read as it should be. */
	enum severity (*severity)(const struct accounts *acc, const struct userdb_entry *e);
};

void accountlines_report(struct accounts *acc, struct accounts_file *f,
			 const struct accountlines_kind *kind);

/*
 * The line of f's backup with the same name, when the fields that e still has (but for field
 * `except`) are the same there; else NULL.
 */
const char *accountlines_from_backup(struct accounts *acc, struct accounts_file *f,
				     const struct userdb_entry *e, unsigned except);
/* The fields beyond the last one hold nothing: cutting them loses nothing. */
bool accountlines_tail_is_empty(const struct accounts_file *f, const struct userdb_entry *e);

#endif
