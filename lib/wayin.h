/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who gets in once the system is up: root and other people, on the console and over ssh. Put
 * together from the accounts, the PAM stacks, sshd's settings and what a scan has found.
 *
 *	if (wayin_judge(scan, findings, &w))
 *		puts(wayin_text(arena, &w));
 *
 * YES is only said where nothing that was found speaks against it, NO only where it is certain;
 * all else is PERHAPS, with what it hangs on.
 *
 * Sources: login(1), pam.conf(5), shadow(5), sshd_config(5); OpenSSH auth.c.
 */
#ifndef BOOTMEND_WAYIN_H
#define BOOTMEND_WAYIN_H

#include "lib/check.h"

enum wayin_answer { WAYIN_NO, WAYIN_PERHAPS, WAYIN_YES };

struct wayin_way {
	enum wayin_answer answer;
	const char *how; /* "with a password"; NULL when NO */
	const char *why; /* what keeps them out, or may; NULL when YES */
};

enum wayin_who { WAYIN_ROOT, WAYIN_OTHERS, WAYIN_WHOS };
enum wayin_where { WAYIN_CONSOLE, WAYIN_SSH, WAYIN_WHERES };

struct wayin {
	struct wayin_way way[WAYIN_WHOS][WAYIN_WHERES];
	bool boots; /* nothing was found that stops the boot */
};

extern const char *const wayin_who_names[WAYIN_WHOS];	  /* "root", "others" */
extern const char *const wayin_where_names[WAYIN_WHERES]; /* "console", "ssh" */
const char *wayin_answer_name(enum wayin_answer a);	  /* "no", "perhaps", "yes" */

/*
 * findings: of a scan of this root. False: the tree is not one that people log in to. Findings of
 * its own go to s: pass one that nobody reads.
 */
bool wayin_judge(struct scan *s, const struct finding *findings, struct wayin *out);
/* One line: "root: on the console with a password; others: none (console: …; ssh: …)". */
const char *wayin_text(struct arena *a, const struct wayin *w);

#endif
