/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every line of the patient's sshd_config in the order sshd reads them, those of included files at
 * the place of their Include.
 *
 *	static void each(void *arg, const struct sshdwalk_line *l) { … }
 *	sshdwalk(scan, each, arg);
 *
 * Sources: sshd_config(5) Include and Match; OpenSSH servconf.c: relative files are below /etc/ssh,
 * one that is missing is no error, a Match of an included file ends with it, depth at most 16.
 */
#ifndef BOOTMEND_SSHDWALK_H
#define BOOTMEND_SSHDWALK_H

#include "lib/check.h"
#include "lib/sshdline.h"

#define SSHDWALK_LINES 5000u /* of all files; no person writes as many */
#define SSHDWALK_LINE 65536u /* bytes; longer ones are passed over */
#define SSHDWALK_FILES 256u
#define SSHDWALK_BYTES (1u << 20) /* of all files; what is parsed is kept several times over */

/* What a Match line begins. An Include inside of one leads to lines that hold only with it. */
struct sshdwalk_block {
	const struct sshdline *match;
	const struct sshdwalk_block *outer; /* of the Include that led here; NULL: none */
	size_t number;			    /* from 0, in the order they are met */
};

/* The Include line that led to a file. */
struct sshdwalk_include {
	const struct text *text;
	size_t line;
	bool pattern;			      /* the file was not named but matched */
	const struct sshdwalk_include *outer; /* that led to text; NULL: the main file */
};

struct sshdwalk_line {
	const struct text *text;
	size_t line;
	const struct sshdwalk_include *by; /* NULL: the main file */
	const struct sshdline *l;
	bool in_match;			    /* only holds for some */
	const struct sshdwalk_block *block; /* "Match all" too; NULL: outside of any */
};

/* The main file: /etc/ssh/sshd_config, else the one below /usr/etc; NULL: neither is there. */
const char *sshdwalk_main(struct scan *s);
/* Where the walk went too far to be finished, or in a circle: false. */
bool sshdwalk(struct scan *s, void (*each)(void *arg, const struct sshdwalk_line *l), void *arg);

#endif
