/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The patient's four account files together: as they are, their sound backups, and what they will
 * hold once repaired, so that the checks of passwd, shadow and group propose what fits together
 * (a shadow made anew has a line for each user that the repaired passwd will have).
 *
 *	accounts_gather(scan, &acc);
 *	if (acc.interactive && acc.passwd.state == ACCOUNTS_MISSING) …
 */
#ifndef BOOTMEND_ACCOUNTS_H
#define BOOTMEND_ACCOUNTS_H

#include "lib/check.h"
#include "lib/sshdeffect.h"
#include "lib/userdb.h"

enum accounts_state {
	ACCOUNTS_THERE,
	ACCOUNTS_MISSING,
	ACCOUNTS_HOLLOW,     /* empty, or only blanks, comments and NUL bytes */
	ACCOUNTS_UNREADABLE, /* told by the engine; nothing can be said of it */
};

struct accounts_file {
	enum userdb_kind kind;
	const char *path;
	enum accounts_state state;
	const struct text *text; /* NULL unless THERE or HOLLOW */
	struct userdb db;	 /* empty unless THERE */
	const char *backup; /* the best sound backup, looked for by accounts_backup(); or NULL */
	const struct text *backup_text;
	struct userdb backup_db;
	bool looked; /* for a backup */
};

struct accounts {
	struct scan *scan;
	enum userdb_libc libc;
	struct accounts_file passwd, shadow, group, gshadow;
	/*
	 * The tree is one that people log in to (login, getty or sshd, and a shell): without that,
	 * as in an application container, missing accounts are nobody's trouble.
	 */
	bool interactive;
	bool uses_shadow;    /* some passwd line, or shadow itself, says that passwords are there */
	bool foreign_shadow; /* tcb or the like: /etc/shadow is not where passwords are */
};

void accounts_gather(struct scan *s, struct accounts *out);
/* A sound backup of f, looked for once; NULL when there is none. */
const char *accounts_backup(struct accounts *acc, struct accounts_file *f);

/* finding_at(), but a line with password hashes is not quoted: reports end in logs and tickets. */
void accounts_at(struct finding *found, const struct accounts_file *f, size_t line);

/* A program the patient's user can be given: in the tree, executable, links followed. */
bool accounts_is_shell(const struct accounts *acc, const char *shell);
/* nologin, false, true, sync and their like: ends the login at once. */
bool accounts_refuses_login(const char *shell);
/* /bin/bash, else /bin/sh, else /bin/ash; NULL when the tree has none. */
const char *accounts_best_shell(const struct accounts *acc);
/* Shell is one a person could log in with; an empty one means /bin/sh. */
bool accounts_can_log_in(const struct accounts *acc, const struct userdb_entry *user);

/*
 * Of a line of shadow: why the account lets nobody in any more, by its date or by its password's
 * age
 * ("the account has expired"); NULL: it does.
 */
const char *accounts_expiry(const struct userdb_entry *sp);
/*
 * A service of nsswitch.conf, or NIS, that may know users who are not in /etc/passwd ("sss"); NULL:
 * there is none. Lives in the scan's arena.
 */
const char *accounts_elsewhere(const struct accounts *acc);

/* Modes and owners of the file's kind on this system (shadow: 640 root:shadow, 000 on RHEL, …). */
struct accounts_owner {
	mode_t mode;
	uid_t uid;
	gid_t gid;
};
struct accounts_owner accounts_owner(struct accounts *acc, const struct accounts_file *f);

/* How a missing or hollow file is told. Proposed is the backup, else one made from other traces. */
struct accounts_gone {
	const struct problem *missing, *empty;
	const char *no_file, *no_entry; /* "no such file", "nobody is in it" */
};
void accounts_report_gone(struct accounts *acc, struct accounts_file *f,
			  const struct accounts_gone *words);

/* How root, or someone who can become root, gets in without root's password. NULL: no way seen. */
const char *accounts_other_way_in(struct accounts *acc);
/* The same but for root's own keys: how a person gets in. */
const char *accounts_person_way_in(struct accounts *acc);
/* Somebody's key is accepted for root by an sshd that is there, as its settings are. */
bool accounts_root_has_key(struct accounts *acc);

/* The user to sshd's lists of names and Match blocks; acc must live as long. */
struct sshdeffect_person accounts_to_sshd(const struct accounts *acc,
					  const struct userdb_entry *user);

#endif
