/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the modes check share; for checks/modes*.c only.
 *
 * The table's rows are judged first; what they say of one path is kept together, so that a path is
 * reported once. Then comes what no row can name: keys, start scripts, the rest of the system.
 */
#ifndef BOOTMEND_CHECKS_MODES_PARTS_H
#define BOOTMEND_CHECKS_MODES_PARTS_H

#include "lib/check.h"
#include "lib/modes_table.h"
#include "lib/userdb.h"

#define MODES_FILES_MAX 512u /* of a directory whose files are judged one by one */

/* A path whose mode or owner is not right, whatever rows say so. */
struct modes_judged {
	const struct modes_rule *rule;
	const char *path;
	struct stat st;
	unsigned faults;
	bool owner, group;
	const char *want_group;
	mode_t mode;
	uid_t uid;
	gid_t gid;
	enum severity severity;
};

struct modes_look {
	struct scan *s;
	const char *const *unseen;
	struct userdb users, groups;
	bool sshd;   /* one is installed */
	bool owners; /* owners and special bits are the patient's, not those of a copy */
	bool setuid; /* a lost setuid bit would be a fault here */
	bool mass;   /* too many paths for an accident of one command on one file */
	bool damage; /* seen enough that optional rows count */
	const char *program_dir[5];
	struct modes_judged *j;
	size_t n, cap;
	size_t seen;	/* paths judged, good or bad */
	uid_t stranger; /* owner of everything, when the owners cannot be judged */
};

/* modes_problems.c */
extern const struct problem modes_root, modes_exec, modes_mass, modes_setuid, modes_shadow,
	modes_sudo, modes_ssh, modes_tmp, modes_file, modes_rest;
extern const struct problem *const modes_problems[];

/* modes_judge.c: what is wrong is added to l->j. */
void modes_judge_row(struct modes_look *l, const struct modes_rule *r);
/* The files of a directory, all by one rule. */
void modes_judge_dir(struct modes_look *l, const char *dir, const struct modes_rule *r);
struct modes_judged *modes_judged_before(const struct modes_look *l, const struct stat *st);
enum severity modes_worse(enum severity a, enum severity b);

/* modes_report.c */
bool modes_is_mass(const struct modes_look *l);
void modes_report(struct modes_look *l);

/* What the table has no rows for. */
void modes_check_ssh(struct modes_look *l);	/* modes_ssh.c */
void modes_check_scripts(struct modes_look *l); /* modes_scripts.c */
void modes_check_rest(struct modes_look *l);	/* modes_rest.c */

#endif
