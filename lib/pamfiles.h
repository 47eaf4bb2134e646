/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What PAM modules answer by the files they read, for one person on one terminal. The files are
 * those of a foreign root.
 *
 *	pamfiles_init(&files, root, arena);
 *	model.files = &files;
 *	n = pamfiles_answers(&model, handler->line, type, code, &why)	0: a module of another kind
 *
 *	module		files
 *	pam_access	/etc/security/access.conf, then access.d; accessfile=
 *	pam_faillock	/etc/security/faillock.conf (conf=), the tally of the user in dir=
 *	pam_listfile	file=
 *	pam_nologin	/etc/nologin (file=); what /run holds is gone at the next boot
 *	pam_securetty	/etc/securetty
 *	pam_sepermit	/etc/security/sepermit.conf (conf=), /etc/selinux/config
 *	pam_shells	/etc/shells
 *	pam_tally2	/var/log/tallylog (file=)
 *	pam_time	/etc/security/time.conf
 *	pam_limits	limits.conf, limits.d: lib/limitsconf.h, judged by the login check
 *	groups of a user, for these and pam_succeed_if: /etc/group
 *
 * A deny is only said to be one when nothing that cannot be known here (the time, the address, a
 * directory service) may turn it; else several answers are given.
 *
 * Source: the manual page of each module (section 8) and of its file (section 5); Linux-PAM
 * modules/ of releases 1.1 to 1.7.
 */
#ifndef BOOTMEND_PAMFILES_H
#define BOOTMEND_PAMFILES_H

#include "lib/pamconf.h"
#include "lib/root.h"

#define PAMFILES_MAX 64		    /* files looked at; further ones may say anything */
#define PAMFILES_SIZE (1u << 20)    /* bytes of one */
#define PAMFILES_BUDGET (32u << 20) /* bytes gone through; then no file is asked any more */

enum pamfiles_state {
	PAMFILES_ABSENT,
	PAMFILES_THERE, /* a regular file, and its text is known */
	PAMFILES_ODD,	/* no regular file */
	PAMFILES_UNSURE,
};

struct pamfiles_node {
	const char *path;
	enum pamfiles_state state;
	bool link;		 /* the node itself is a symbolic link */
	bool open;		 /* writable by all */
	const struct text *text; /* only when THERE */
};

struct pamfiles {
	const struct root *root;
	struct arena *arena;
	struct pamfiles_node node[PAMFILES_MAX];
	size_t n;
	uint64_t budget;
};

struct pammodel;

/* What takes the refusal away at its file. */
enum pamfiles_remedy {
	PAMFILES_NO_REMEDY,
	PAMFILES_COMMENT,   /* the line */
	PAMFILES_CLOSE,	    /* the file to writing by all */
	PAMFILES_ADD_SHELL, /* the person's, as a line */
	PAMFILES_EMPTY,	    /* the count of failures is one file */
	PAMFILES_ZERO,	    /* its first record */
};

struct pamfiles_why {
	const char *path; /* the file that refuses; NULL: none does */
	size_t line;	  /* 0: no single one */
	const char *what; /* "root is listed in '/etc/deny'" */
	enum pamfiles_remedy remedy;
};

#define PAMFILES_TALLY_RECORD 64u /* bytes of pam_tally2's */

void pamfiles_init(struct pamfiles *f, const struct root *root, struct arena *a);

enum pamfiles_truth { PAMFILES_NO, PAMFILES_YES, PAMFILES_MAYBE };
/* The model's person is of that group. */
enum pamfiles_truth pamfiles_in_group(const struct pammodel *m, const char *group);

/*
 * As pammodel_answers(). 0: the module does not answer by files that are known here. why may be
 * NULL.
 */
unsigned pamfiles_answers(const struct pammodel *m, const struct pamconf_line *l,
			  enum pamconf_type type, int code[PAMCONF_ANSWERS],
			  struct pamfiles_why *why);

#endif
