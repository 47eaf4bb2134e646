/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The patient's own sshd, read but never run: its version, and which words it holds. What it knows
 * of keywords and algorithms, vendors' patches included, stands in it as text.
 *
 *	sshdbinary_open(scan, &b);
 *	sshdbinary_knows(&b, "permitrootlogin")	as one whole text, in small letters
 *	sshdbinary_close(&b);
 *
 * Source: OpenSSH version.h, servconf.c (the keywords table is in small letters).
 */
#ifndef BOOTMEND_SSHDBINARY_H
#define BOOTMEND_SSHDBINARY_H

#include "lib/check.h"

/* Where it may be, NULL-terminated. */
extern const char *const sshdbinary_paths[];
/* NULL: none is installed. */
const char *sshdbinary_path(struct scan *s);
/* 100 * major + minor: 902 for 9.2p1. */
unsigned sshdbinary_version(struct scan *s);
/* It holds the bytes of word somewhere. */
bool sshdbinary_holds(struct scan *s, const char *word);

#define SSHDBINARY_ASKED_MAX 4000u

enum sshdbinary_answer {
	SSHDBINARY_UNSURE, /* there is nothing to ask: no sshd, a stub, or one that is packed */
	SSHDBINARY_NO,
	SSHDBINARY_YES,
};

struct sshdbinary {
	struct bytes b;
	unsigned version;
	bool tells;	/* the words any sshd has are in it */
	unsigned asked; /* questions so far; after SSHDBINARY_ASKED_MAX none is answered */
};

/* Reads it once for many questions; close with sshdbinary_close(). */
void sshdbinary_open(struct scan *s, struct sshdbinary *out);
void sshdbinary_close(struct sshdbinary *b);
#define _cleanup_sshdbinary_ _cleanup_(sshdbinary_close)
enum sshdbinary_answer sshdbinary_knows(struct sshdbinary *b, const char *word);

#endif
