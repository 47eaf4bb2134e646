/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a password field of shadow(5) is worth on the patient: empty, locked, a hash its own
 * crypt(3) can compare with, or something no password will ever match.
 *
 *	crypthash_methods(root, arena, MUSL or not, &m)   which methods the patient's libcrypt has
 *	crypthash_grade(field, &m, &method)
 *
 * crypt_checksalt(3) alone asks the helper's libcrypt, and takes eight letters of plain text for a
 * DES salt: so the shape of the whole hash is looked at first, and the patient's library decides.
 *
 * Source of the facts: crypt(5) and crypt_checksalt(3) of libxcrypt 4.4; glibc crypt/crypt-entry.c
 * (DES, $1$, $5$, $6$ and nothing else); musl src/crypt/crypt_r.c ($1$, $2$, $5$, $6$, DES, BSDi).
 */
#ifndef BOOTMEND_CRYPTHASH_H
#define BOOTMEND_CRYPTHASH_H

#include "lib/arena.h"
#include "lib/root.h"

enum crypthash_grade {
	CRYPTHASH_EMPTY,      /* no password is asked for */
	CRYPTHASH_LOCKED,     /* "*", "!", "!!", "!hash", "*LK*": locked on purpose */
	CRYPTHASH_GOOD,	      /* a hash the patient can compare with */
	CRYPTHASH_UNREADABLE, /* a sound hash of a method the patient's libcrypt lacks */
	CRYPTHASH_GARBAGE,    /* cut short, plain text, a method nobody knows */
};

enum crypthash_lib { CRYPTHASH_UNKNOWN, CRYPTHASH_GLIBC, CRYPTHASH_XCRYPT, CRYPTHASH_MUSL };

struct crypthash_methods {
	enum crypthash_lib lib;
	unsigned can;	  /* bits private to crypthash.c; meaningless when lib is unknown */
	const char *path; /* the library as found; NULL for musl and unknown */
};

enum crypthash_libc { CRYPTHASH_ON_GLIBC, CRYPTHASH_ON_MUSL };

void crypthash_methods(const struct root *r, struct arena *a, enum crypthash_libc libc,
		       struct crypthash_methods *out);
/* *method: "yescrypt", "sha512crypt", …; NULL when there is none. */
enum crypthash_grade crypthash_grade(const char *field, const struct crypthash_methods *m,
				     const char **method);

#endif
