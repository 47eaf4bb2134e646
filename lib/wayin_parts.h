/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of lib/wayin share; for lib/wayin*.c only. */
#ifndef BOOTMEND_WAYIN_PARTS_H
#define BOOTMEND_WAYIN_PARTS_H

#include "lib/accounts.h"
#include "lib/crypthash.h"
#include "lib/pamview.h"
#include "lib/sshdeffect.h"
#include "lib/wayin.h"

struct wayin_judged {
	struct scan *s;
	struct accounts acc;
	struct crypthash_methods methods;
	struct pamview pam;
	const char *const *unseen; /* mount points that are not seen here */
	unsigned sshd_version;	   /* 100 * major + minor; 0: not known */
	bool nologin_goes;	   /* at boot, before anybody logs in */
};

struct wayin_way wayin_no(const char *why);
struct wayin_way wayin_perhaps(const char *how, const char *why);
struct wayin_way wayin_yes(const char *how);
/* The better of two ways for the same people; of two that are as good the first. */
struct wayin_way wayin_better(struct wayin_way a, struct wayin_way b);
/* Both are needed: how is of the first. */
struct wayin_way wayin_both(struct wayin_way a, struct wayin_way b);

/* The password of the user is one that can be typed. */
struct wayin_way wayin_password(const struct wayin_judged *j, const struct userdb_entry *user);
/* The stack of the service for the user; types: bits of enum pamconf_type. */
struct wayin_way wayin_pam(const struct wayin_judged *j, const char *service,
			   const struct userdb_entry *user, unsigned types);

/* Why the account lets nobody in any more; NULL: it does. */
const char *wayin_expiry(const struct wayin_judged *j, const struct userdb_entry *user);
/* Why the stack fails for everybody, whoever it is; NULL: it does not. */
const char *wayin_pam_fails(const struct wayin_judged *j, const char *service, unsigned types);

/* wayin_ssh.c */
struct wayin_ssh;
struct wayin_ssh *wayin_ssh_read(struct wayin_judged *j);
/* Why nobody gets in over ssh, whoever it is; NULL: it is not so. */
const char *wayin_ssh_fails(const struct wayin_judged *j, const struct wayin_ssh *d);
struct wayin_way wayin_over_ssh(const struct wayin_judged *j, const struct wayin_ssh *d,
				const struct userdb_entry *user);

/* wayin_keys.c: a key of the user that sshd would take. */
struct wayin_way wayin_keys(const struct wayin_judged *j, const struct sshdeffect_view *v,
			    const struct userdb_entry *user);

#endif
