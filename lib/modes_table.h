/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The curated table of modes, owners and special bits: what the files that boot and login depend on
 * must have and must not have, in every family at once. It says as little as it can: a row names
 * the bits without which something fails, and the bits that no distribution ships, so that every
 * healthy variation between them passes (su 4755 or 4750, sudo 4755 or 4111, /etc/shadow 0000 to
 * 0640, /var/log 0755 or 0775).
 *
 *	for (i = 0; i < modes_rules; i++)
 *		faults = modes_faults(&modes_rule[i], st.st_mode);
 *		st.st_mode becomes modes_repaired(&modes_rule[i], st.st_mode, faults)
 *
 * Owner of everything named here is root, unless MODES_ANY_OWNER.
 *
 * Sources: the packages of Debian 8 to 13, Ubuntu 12.04 to 24.04, RHEL and CentOS 6 to 9 as they
 * install; SUSE's permissions package (permissions.easy, .secure); sshd(8) and OpenSSH misc.c
 * (safe_path), authfile.c (key modes); sudo plugins/sudoers (sudo_secure_file); cron and cronie
 * (database.c); Linux fs/exec.c (any x bit will do for root).
 */
#ifndef BOOTMEND_MODES_TABLE_H
#define BOOTMEND_MODES_TABLE_H

#include <sys/types.h>

#include "lib/problem.h"
#include "lib/util.h"

enum modes_kind {
	MODES_TREE,    /* a directory everything is below */
	MODES_EXEC,    /* a program or loader */
	MODES_SETUID,  /* a program that must run with another identity */
	MODES_ACCOUNT, /* passwd, shadow and the like */
	MODES_SUDO,    /* what sudo refuses when others may write it */
	MODES_SSH,     /* what sshd refuses when others may write it */
	MODES_TMP,     /* directories for everybody */
	MODES_FILE,    /* any other file or directory */
};

enum {
	MODES_FOLLOW = 1,      /* the last link is followed */
	MODES_DIRECTORY = 2,   /* a directory; without this, a regular file */
	MODES_ANY_X = 4,       /* only root runs it: any x bit is enough */
	MODES_ANY_SPECIAL = 8, /* setuid or setgid, by family */
	MODES_OPTIONAL = 16,  /* changed on purpose now and then: only judged beside other damage */
	MODES_STICKY_OK = 32, /* may be writable by all when sticky */
	MODES_ANY_OWNER = 64,
};

struct modes_rule {
	const char *path; /* "su": in any program directory; "/etc/shadow": there */
	enum modes_kind kind;
	enum severity lost;   /* a bit of must is gone */
	enum severity open;   /* a bit of never is there */
	unsigned short must;  /* bits it cannot do without */
	unsigned short never; /* bits no healthy system gives it */
	unsigned short clear; /* bits a repair takes away: never, and what came with them */
	unsigned short flags;
	const char *groups; /* that own it in one family or another, blanks between; or NULL */
	const char *unless; /* where this path exists, the bits of must are not needed; or NULL */
};

extern const struct modes_rule modes_rule[];
extern const size_t modes_rules;

/* What is wrong with a mode, or'ed. */
enum {
	MODES_LOST_X = 1,	/* nobody can execute, or search, it */
	MODES_LOST_SOME = 2,	/* some bits of must are gone */
	MODES_LOST_SPECIAL = 4, /* setuid, setgid or sticky bit is gone */
	MODES_OPEN = 8,		/* bits of never */
};

unsigned modes_faults(const struct modes_rule *r, mode_t mode);
/* How bad the worst of these faults is; NOTE for none. */
enum severity modes_severity(const struct modes_rule *r, unsigned faults);
/* The least change of mode that takes these faults away; with all of them, none is left. */
mode_t modes_repaired(const struct modes_rule *r, mode_t mode, unsigned faults);

/* What it means for the boot when the program at path, or of that name, cannot run. */
enum severity modes_program_severity(const char *path);

#endif
