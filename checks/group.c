/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /etc/group and /etc/gshadow: are they there, do their lines parse, is root's group in them.
 *
 * Silent on: a gshadow that never was (Alpine, SUSE, containers); groups that stand in only one of
 * the two, members that differ, group passwords: nothing reads them at boot or login. For the same
 * reason gshadow has no finding for a root entry that is missing.
 */
#include "checks/checks.h"
#include "lib/accountlines.h"
#include "lib/accounts.h"

#define PEOPLE_MIN 500
#define PEOPLE_MAX 60000
#define FINDINGS_MAX 20

static const struct problem group_missing = {
	.id = "group.missing",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "/etc/group is missing",
	.why = "No group name has a number: services with a Group= of their own do not start, udev "
	       "cannot set the groups of devices, and nobody is in wheel or sudo any more.",
	.console = "Failed to determine group credentials: No such process\n"
		   "Unknown group 'tty', ignoring",
	.by_hand = "cp -p /mnt/etc/group- /mnt/etc/group",
	.fix = "copies the newest sound backup; without one writes the groups the distribution starts "
	       "with, as far as the disk tells, and those that users of passwd belong to",
};

static const struct problem group_empty = {
	.id = "group.empty",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "/etc/group has no entries",
	.why = "The file is there but holds no group. Services with a Group= of their own do not start, "
	       "udev cannot set the groups of devices, and nobody is in wheel or sudo any more.",
	.console = "Failed to determine group credentials: No such process\n"
		   "Unknown group 'tty', ignoring",
	.by_hand = "cp -p /mnt/etc/group- /mnt/etc/group",
	.fix = "copies the newest sound backup; without one writes the groups the distribution starts "
	       "with, as far as the disk tells, and those that users of passwd belong to",
};

static const struct problem group_no_root = {
	.id = "group.no-root",
	.severity = DEGRADES,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "the group root is not in /etc/group, or not with gid 0",
	.why = "tmpfiles, udev rules and install scripts name the group root and fail without it.",
	.console = "chown: invalid group: 'root:root'",
	.by_hand = "sed -i '1i root:x:0:' /mnt/etc/group",
	.fix = "inserts 'root:x:0:' as the first line, or sets its gid to 0",
};

static const struct problem group_line = {
	.id = "group.line",
	.severity = DEGRADES,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "a line of /etc/group is not read as it was meant",
	.why = "A carriage return becomes part of the last member's name, who then is not in the group "
	       "(and may not use sudo); a line without a gid is passed over and its group is gone.",
	.console = "alice is not in the sudoers file.  This incident will be reported.",
	.by_hand = "sed -i -e '1s/^\\xEF\\xBB\\xBF//' -e 's/\\r$//' /mnt/etc/group\n"
		   "grpck -r -R /mnt",
	.fix = "removes CR and byte order mark and takes what is lost from the backup; the rest is left",
};

static const struct problem group_mismatch = {
	.id = "group.mismatch",
	.severity = NOTE,
	.stage = AT_LOGIN,
	.safety = FIX_ASK,
	.title = "a person's own group is not in /etc/group",
	.why = "The login works, but the group has no name: newgrp, quotas and scripts that ask for it "
	       "fail.",
	.console = "groups: cannot find name for group ID 1000",
	.by_hand = "chroot /mnt groupadd -g GID NAME",
	.fix = "appends a group with the user's name and that gid",
};

static const struct problem gshadow_missing = {
	.id = "gshadow.missing",
	.severity = DEGRADES,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "/etc/gshadow is missing though its backup is there",
	.why = "Login does not need it, but tools that change groups do: package scripts that add a "
	       "service's group fail or leave the two files apart.",
	.console = NULL,
	.by_hand = "cp -p /mnt/etc/gshadow- /mnt/etc/gshadow\nor: chroot /mnt grpconv",
	.fix = "copies the newest sound backup and adds the groups it lacks, locked",
};

static const struct problem gshadow_empty = {
	.id = "gshadow.empty",
	.severity = DEGRADES,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "/etc/gshadow has no entries",
	.why = "Login does not need it, but its emptiness shows that the file was lost: group passwords "
	       "and administrators are gone, and tools that change groups complain.",
	.console = NULL,
	.by_hand = "cp -p /mnt/etc/gshadow- /mnt/etc/gshadow\nor: chroot /mnt grpconv",
	.fix = "copies the newest sound backup and adds the groups it lacks, locked",
};

static const struct problem gshadow_line = {
	.id = "gshadow.line",
	.severity = DEGRADES,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "a line of /etc/gshadow cannot be read",
	.why = "Tools that change groups, systemd-sysusers at boot among them, refuse a gshadow they "
	       "cannot parse: users that a package or a unit needs are then not made.",
	.console = "Failed to read /etc/gshadow: Invalid argument",
	.by_hand = "sed -i -e '1s/^\\xEF\\xBB\\xBF//' -e 's/\\r$//' /mnt/etc/gshadow\n"
		   "grpck -r -R /mnt",
	.fix = "removes CR and byte order mark and adds the fields lost at the end",
};

static const struct problem *const problems[] = {
	&group_missing,	  &group_empty,	  &group_no_root, &group_line, &group_mismatch,
	&gshadow_missing, &gshadow_empty, &gshadow_line,  NULL,
};

static const struct accounts_gone group_gone = { &group_missing, &group_empty, "no such file",
						 "no group is in it" };
static const struct accounts_gone gshadow_gone = { &gshadow_missing, &gshadow_empty, "no such file",
						   "no group is in it" };

/* --- lines --- */

static enum severity line_severity(const struct accounts *acc UNUSED,
				   const struct userdb_entry *e UNUSED)
{
	return DEGRADES;
}

static struct accountlines_repair repair(struct accounts *acc, struct accounts_file *f,
					 const struct userdb_entry *e)
{
	unsigned except = e->faults & USERDB_NUMBER ? e->bad_field : USERDB_FIELDS;
	struct accountlines_repair r = { .safety = FIX_SAFE };

	r.line = accountlines_from_backup(acc, f, e, except);
	if (r.line || (e->faults & USERDB_NUMBER))
		return r;
	if (f->kind == USERDB_GROUP && e->fields <= GR_GID)
		return r;
	if (e->faults & USERDB_LONG ? accountlines_tail_is_empty(f, e) : e->fields > GR_PASSWD)
		r.line = userdb_format(acc->scan->arena, f->kind, e);
	return r;
}

/* --- group --- */

static void check_root(struct accounts *acc)
{
	const struct userdb_entry *root = userdb_find(&acc->group.db, "root");
	const struct userdb_entry *other = userdb_by_id(&acc->group.db, 0);
	struct finding *f;

	/* A group 0 of another name is odd but somebody's choice. */
	if (acc->group.db.nis || other || (root && root->dead))
		return;
	if (!root) {
		f = scan_find(acc->scan, &group_no_root, acc->group.path, "no group has gid 0");
		propose_insert(f, acc->group.text, 1, "root:x:0:");
		return;
	}
	f = scan_find(acc->scan, &group_no_root, acc->group.path, "root has gid %u, not 0",
		      root->id);
	accounts_at(f, &acc->group, root->line);
	propose_line(f, acc->group.text, root->line, "%s",
		     userdb_format_with(acc->scan->arena, USERDB_GROUP, root, GR_GID, "0"));
}

static void check_people(struct accounts *acc)
{
	size_t said = 0;

	for (size_t i = 0; i < acc->passwd.db.n && said < FINDINGS_MAX; i++) {
		const struct userdb_entry *u = &acc->passwd.db.e[i];
		struct finding *f;

		if (u->dead || u->id < PEOPLE_MIN || u->id > PEOPLE_MAX ||
		    userdb_by_id(&acc->group.db, u->gid) || !accounts_can_log_in(acc, u))
			continue;
		f = scan_find(acc->scan, &group_mismatch, acc->group.path,
			      "no group has gid %u, that of '%s' on line %zu of /etc/passwd",
			      u->gid, u->name, u->line);
		said++;
		if (userdb_find(&acc->group.db, u->name)) {
			finding_safety(f, FIX_NONE);
			continue;
		}
		finding_choice(f, "group '%s' is added with gid %u", u->name, u->gid);
		propose_insert(f, acc->group.text, acc->group.text->lines + 1, "%s:x:%u:", u->name,
			       u->gid);
	}
}

static void check_group(struct accounts *acc)
{
	static const struct accountlines_kind kind = { &group_line, repair, line_severity };

	if (acc->group.state == ACCOUNTS_MISSING || acc->group.state == ACCOUNTS_HOLLOW) {
		accounts_report_gone(acc, &acc->group, &group_gone);
	} else if (acc->group.state == ACCOUNTS_THERE) {
		check_root(acc);
		accountlines_report(acc, &acc->group, &kind);
		if (!acc->group.db.nis)
			check_people(acc);
	}
}

/* --- gshadow --- */

static void check_gshadow(struct accounts *acc)
{
	static const struct accountlines_kind kind = { &gshadow_line, repair, line_severity };

	if (acc->gshadow.state == ACCOUNTS_MISSING || acc->gshadow.state == ACCOUNTS_HOLLOW) {
		/* Without a backup it most likely never held anything. */
		if (accounts_backup(acc, &acc->gshadow))
			accounts_report_gone(acc, &acc->gshadow, &gshadow_gone);
	} else if (acc->gshadow.state == ACCOUNTS_THERE) {
		accountlines_report(acc, &acc->gshadow, &kind);
	}
}

static void run(struct scan *s)
{
	struct accounts acc;

	accounts_gather(s, &acc);
	if (!acc.interactive)
		return;
	check_group(&acc);
	check_gshadow(&acc);
}

const struct check group_check = {
	.name = "group",
	.summary = "groups: /etc/group and /etc/gshadow",
	.problems = problems,
	.run = run,
};
