/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the patient's sshd is told, as far as files and their modes matter: the settings that hold
 * before any Match block. A keyword this does not know is passed over; judging the file is not its
 * business.
 *
 *	sshdconf_read(scan, &conf);
 *	if (conf.installed && conf.strict_modes) …
 *
 * Sources: sshd_config(5); OpenSSH servconf.c (the first value wins, Include is relative to
 * /etc/ssh, a missing one is no error, a Match of an included file ends with it) and
 * auth2-pubkey.c, misc.c (percent_expand) for AuthorizedKeysFile.
 */
#ifndef BOOTMEND_SSHDCONF_H
#define BOOTMEND_SSHDCONF_H

#include "lib/check.h"

struct sshdconf {
	bool installed;	   /* there is an sshd to read it */
	bool strict_modes; /* StrictModes */
	bool pubkey;	   /* PubkeyAuthentication */
	bool root_refused; /* PermitRootLogin no */
	const char *const
		*key_files; /* AuthorizedKeysFile, NULL-terminated, %h and %u unexpanded */
	const char *const *host_keys; /* HostKey lines, NULL-terminated; empty: the usual ones */
};

void sshdconf_read(struct scan *s, struct sshdconf *out);
/* A word of key_files as the path it means for a user; NULL for "none" and what cannot be known. */
const char *sshdconf_key_file(struct arena *a, const char *word, const char *user, uid_t uid,
			      const char *home);

#endif
