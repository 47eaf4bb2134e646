/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines of the patient's passwd, shadow, group and gshadow files as its own C library takes
 * them. Nothing goes through NSS: the helper's users are never asked.
 *
 *	userdb_parse(arena, text, USERDB_PASSWD, USERDB_GLIBC, &db);
 *	e = userdb_find(&db, "root");
 *
 * Blank lines, comments and NIS lines ("+", "-") are left out: the C library skips them too.
 * What is odd but read all the same is a fault of the entry; what the C library passes over is
 * dead.
 *
 * Source of the rules: passwd(5), shadow(5), group(5), gshadow(5); glibc nss/nss_files and
 * shadow/sgetspent_r.c; musl src/passwd; shadow-utils lib/sgetpwent.c, sgetspent.c, sgetgrent.c.
 */
#ifndef BOOTMEND_USERDB_H
#define BOOTMEND_USERDB_H

#include <sys/types.h>

#include "lib/text.h"

enum userdb_kind { USERDB_PASSWD, USERDB_SHADOW, USERDB_GROUP, USERDB_GSHADOW };
enum userdb_libc { USERDB_GLIBC, USERDB_MUSL };

#define USERDB_FIELDS 9	      /* the most a line of any kind has */
#define USERDB_MAX (1u << 17) /* entries read of one file */

/* Faults of an entry, or'ed. */
enum {
	USERDB_CR = 1,		/* the line ends in CR */
	USERDB_BOM = 2,		/* a byte order mark stands before the name */
	USERDB_NUL = 4,		/* NUL bytes in the line */
	USERDB_SHORT = 8,	/* fields are lost at its end */
	USERDB_LONG = 16,	/* more fields than the kind has */
	USERDB_NUMBER = 32,	/* a number field holds something else: bad_field */
	USERDB_NO_NAME = 64,	/* the name is empty */
	USERDB_DUPLICATE = 128, /* an earlier line has this name */
};

/* Fields by position. */
enum { PW_NAME, PW_PASSWD, PW_UID, PW_GID, PW_GECOS, PW_DIR, PW_SHELL };
enum { SP_NAME, SP_PASSWD, SP_LSTCHG, SP_MIN, SP_MAX, SP_WARN, SP_INACT, SP_EXPIRE, SP_FLAG };
enum { GR_NAME, GR_PASSWD, GR_GID, GR_MEMBERS };
enum { SG_NAME, SG_PASSWD, SG_ADMINS, SG_MEMBERS };

struct userdb_entry {
	size_t line; /* from 1 */
	const char *name;
	const char *field[USERDB_FIELDS]; /* without CR and BOM; "" for one that is not there */
	size_t fields;			  /* as many as the line has */
	unsigned faults;
	unsigned bad_field; /* with USERDB_NUMBER: the first one */
	bool dead;	    /* the C library does not take the line */
	uint32_t id;	    /* uid of a passwd line, gid of a group line; only when not dead */
	uint32_t gid;	    /* of a passwd line */
};

struct userdb {
	enum userdb_kind kind;
	struct userdb_entry *e; /* in file order */
	size_t n;
	const size_t *by_name, *by_id; /* indices, sorted: for userdb_find() and userdb_by_id() */
	size_t living;		       /* in by_id */
	size_t cr;		       /* entries that end in CR */
	size_t dead;		       /* entries the C library does not take */
	bool nis;		       /* has "+" or "-" lines: more may come from elsewhere */
};

void userdb_parse(struct arena *a, const struct text *t, enum userdb_kind kind,
		  enum userdb_libc libc, struct userdb *out);
/* How many fields a line of the kind has. */
size_t userdb_width(enum userdb_kind kind);
/* The first living entry of that name, as getpwnam(3) finds it; else the first dead one; else NULL.
 */
const struct userdb_entry *userdb_find(const struct userdb *db, const char *name);
/* The first living entry with that uid or gid, or NULL. */
const struct userdb_entry *userdb_by_id(const struct userdb *db, uint32_t id);
/* No entry has a fault, and root is there with number 0 (shadow, gshadow: is there). */
bool userdb_is_sound(const struct userdb *db);
/* The line with its fields as they are, made whole to the width of the kind. */
const char *userdb_format(struct arena *a, enum userdb_kind kind, const struct userdb_entry *e);
/* The same with one field replaced. */
const char *userdb_format_with(struct arena *a, enum userdb_kind kind, const struct userdb_entry *e,
			       unsigned field, const char *value);
/* Nothing but white space, NUL bytes (a file lost in a crash) and comments. */
bool userdb_is_hollow(const struct text *t);
/* A decimal number below 4294967295 and nothing else. */
bool userdb_number(const char *s, uint32_t *out);

#endif
