/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What sshd would refuse of one line: a keyword it does not know, a value that is not of the
 * keyword's type, a keyword that may not stand in a Match block.
 *
 *	fault = sshdrules_judge(&rules, &l, in_match);	NULL: sshd takes it, or it is not known
 *
 * Which words a given sshd knows is asked of that sshd itself (lib/sshdbinary.h). Where it does not
 * tell, only what no version takes is a fault. Deprecated keywords are taken with any value.
 *
 * Sources: sshd_config(5) of 5.3 to 10.0; OpenSSH servconf.c (keywords, types), log.c, misc.c
 * (convtime, a2port, parse_ipqos), addrmatch.c; the patches of Debian (DebianBanner, gss-kex), RHEL
 * (RSAMinSize, RequiredAuthentications, …) and HPN for their keywords.
 */
#ifndef BOOTMEND_SSHDRULES_H
#define BOOTMEND_SSHDRULES_H

#include "lib/sshdbinary.h"
#include "lib/sshdline.h"

struct sshdrules {
	struct arena *arena;
	struct sshdbinary *sshd;
};

/* One line for a person, or NULL. */
const char *sshdrules_judge(const struct sshdrules *r, const struct sshdline *l, bool in_match);
/* Some sshd has such a keyword, whatever its value here. */
bool sshdrules_is_keyword(const char *keyword);
/* The keyword few slips of the hand away from this one; NULL: none, or several. */
const char *sshdrules_nearest(const char *keyword);

#endif
