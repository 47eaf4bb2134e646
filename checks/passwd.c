/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /etc/passwd: is it there, does it hold root with uid 0, can root's shell be run, do its lines
 * parse, and are the users there that the programs run as.
 *
 * Silent on: comments, blank and NIS lines; missing home directories; several names of one uid;
 * system users without a shell; trees without any login program (application containers).
 */
#include "checks/checks.h"
#include "lib/accountlines.h"
#include "lib/accounts.h"
#include "lib/sysuser.h"

static const struct problem missing = {
	.id = "passwd.missing",
	.severity = STOPS_BOOT,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "/etc/passwd is missing",
	.why = "No name has a number any more: services that run as a user of their own do not start, "
	       "the system bus among them, and login, su and sshd know nobody, not even root.",
	.console = "Failed to determine user credentials: No such process\n"
		   "Failed at step USER spawning /usr/bin/dbus-daemon: No such process\n"
		   "Login incorrect",
	.by_hand =
		"cp -p /mnt/etc/passwd- /mnt/etc/passwd\n"
		"or, without a backup: echo 'root:x:0:0:root:/root:/bin/bash' > /mnt/etc/passwd; "
		"chmod 644 /mnt/etc/passwd",
	.fix = "copies the newest sound backup (passwd-, /var/backups/passwd.bak); without one writes "
	       "the line of root and of the system users the installed programs run as",
};

static const struct problem empty = {
	.id = "passwd.empty",
	.severity = STOPS_BOOT,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "/etc/passwd has no entries",
	.why = "The file is there but holds nobody, as after a full disk or a crash while it was "
	       "written. Services that run as a user of their own do not start and nobody can log in.",
	.console = "Failed to determine user credentials: No such process\nLogin incorrect",
	.by_hand = "cp -p /mnt/etc/passwd- /mnt/etc/passwd",
	.fix = "copies the newest sound backup (passwd-, /var/backups/passwd.bak); without one writes "
	       "the line of root and of the system users the installed programs run as",
};

static const struct problem no_root = {
	.id = "passwd.no-root",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "root is not in /etc/passwd, or not with uid 0",
	.why = "Without its entry root cannot log in and su and sudo have nobody to become. With "
	       "another uid the name root is a plain user and nothing that needs privilege works.",
	.console = "Login incorrect\nsudo: unknown uid 0: who are you?",
	.by_hand = "sed -i '1i root:x:0:0:root:/root:/bin/bash' /mnt/etc/passwd\n"
		   "or, with a wrong uid: sed -i 's/^root:x:[0-9]*:/root:x:0:/' /mnt/etc/passwd",
	.fix = "inserts root's line from the backup, else the usual one, as the first line; or sets its "
	       "uid to 0",
};

static const struct problem line = {
	.id = "passwd.line",
	.severity = DEGRADES,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "a line of /etc/passwd is not read as it was meant",
	.why = "A carriage return ends up in the shell, which then does not exist; a byte order mark "
	       "ends up in the first name, which mostly is root; a line with lost fields or a uid that "
	       "is no number is passed over, and its user does not exist.",
	.console = "login: cannot execute /bin/bash: No such file or directory\n"
		   "User root not allowed because shell /bin/bash\\r does not exist",
	.by_hand = "sed -i -e '1s/^\\xEF\\xBB\\xBF//' -e 's/\\r$//' /mnt/etc/passwd\n"
		   "pwck -r -R /mnt",
	.fix = "removes CR and byte order mark and completes what is known: from the backup, for root, "
	       "or with empty fields at the end; the rest is asked for or left",
};

static const struct problem root_shell = {
	.id = "passwd.root-shell",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "root's shell cannot be run",
	.why = "login, su and sshd run the shell that passwd names. When it is not there, not "
	       "executable or only says no, root's password is right and the session ends at once.",
	.console = "Cannot execute /bin/zsh: No such file or directory\n"
		   "This account is currently not available.",
	.by_hand = "sed -i '/^root:/s|:[^:]*$|:/bin/bash|' /mnt/etc/passwd",
	.fix = "sets /bin/bash, else /bin/sh, else /bin/ash: the first that can be run",
};

static const struct problem system_user = {
	.id = "passwd.system-user",
	.severity = DEGRADES,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "a user that an installed program runs as is gone",
	.why = "The program drops its privileges to this user when it starts and ends when there is no "
	       "such user. For the system bus and sshd that means no network manager, no session or no "
	       "ssh.",
	.console = "Failed at step USER spawning /usr/bin/dbus-daemon: No such process\n"
		   "Privilege separation user sshd does not exist",
	.by_hand =
		"grep ^messagebus: /mnt/etc/passwd- >> /mnt/etc/passwd\n"
		"or: chroot /mnt useradd --system --home-dir / --shell /usr/sbin/nologin messagebus",
	.fix = "appends its line from the backup, else one with the number its files have, the "
	       "distribution's fixed one or the next free one; and its group when that is gone too",
};

static const struct problem *const problems[] = { &missing,    &empty,	     &no_root, &line,
						  &root_shell, &system_user, NULL };

/* --- the file --- */

static const struct accounts_gone gone = { &missing, &empty, "no such file", "nobody is in it" };

/* --- lines --- */

static enum severity line_severity(const struct accounts *acc UNUSED, const struct userdb_entry *e)
{
	unsigned hurts = USERDB_CR | USERDB_BOM | USERDB_LONG;

	return streq(e->name, "root") && (e->dead || (e->faults & hurts)) ? BLOCKS_LOGIN : DEGRADES;
}

static struct accountlines_repair repair_root(struct accounts *acc, const struct userdb_entry *e)
{
	const char *usual[] = { "root", "x", "0", "0", "root", "/root", accounts_best_shell(acc) };
	struct accountlines_repair r = { .safety = FIX_SAFE };
	struct userdb_entry whole = *e;

	for (unsigned i = 0; i < ARRAY_SIZE(usual); i++) {
		uint32_t n;
		bool bad = (i == PW_UID || i == PW_GID) && !userdb_number(e->field[i], &n);

		if ((i >= e->fields || bad) && usual[i])
			whole.field[i] = usual[i];
	}
	r.line = userdb_format(acc->scan->arena, USERDB_PASSWD, &whole);
	return r;
}

/* The owner of its home directory is most likely the user. */
static const char *with_home_owner(struct accounts *acc, const struct userdb_entry *e)
{
	struct userdb_entry whole = *e;
	struct stat st;

	if (e->fields != userdb_width(USERDB_PASSWD) || *e->field[PW_DIR] != '/' ||
	    root_stat(acc->scan->root, e->field[PW_DIR], &st) < 0 || st.st_uid == 0)
		return NULL;
	if (userdb_by_id(&acc->passwd.db, (uint32_t)st.st_uid))
		return NULL;
	whole.field[PW_UID] = scan_printf(acc->scan, "%u", (unsigned)st.st_uid);
	if (e->bad_field == PW_GID)
		whole.field[PW_GID] = scan_printf(acc->scan, "%u", (unsigned)st.st_gid);
	return userdb_format(acc->scan->arena, USERDB_PASSWD, &whole);
}

static struct accountlines_repair repair(struct accounts *acc, struct accounts_file *f,
					 const struct userdb_entry *e)
{
	unsigned except = e->faults & USERDB_NUMBER ? e->bad_field : USERDB_FIELDS;
	struct accountlines_repair r = { .safety = FIX_SAFE };

	r.line = accountlines_from_backup(acc, f, e, except);
	if (r.line)
		return r;
	if (e->faults & USERDB_LONG) {
		if (accountlines_tail_is_empty(f, e) && !(e->faults & USERDB_NUMBER))
			r.line = userdb_format(acc->scan->arena, f->kind, e);
		return r;
	}
	if (streq(e->name, "root"))
		return repair_root(acc, e);
	/* glibc reads a line that was cut behind the gid as if the rest were empty. */
	if ((e->faults & USERDB_SHORT) && !(e->faults & USERDB_NUMBER) && e->fields > PW_GID) {
		r.line = userdb_format(acc->scan->arena, f->kind, e);
		return r;
	}
	r.safety = FIX_ASK;
	if (e->faults & USERDB_NUMBER)
		r.line = with_home_owner(acc, e);
	return r;
}

/* --- root --- */

static void report_no_root(struct accounts *acc)
{
	const struct userdb_entry *other = userdb_by_id(&acc->passwd.db, 0);
	const struct userdb_entry *was = NULL;
	const char *shell = accounts_best_shell(acc);
	struct finding *f;

	f = scan_find(acc->scan, &no_root, acc->passwd.path,
		      other ? "no entry for root; uid 0 is '%s'" : "no entry for root%s",
		      other ? other->name : "");
	if (other) {
		/* Some administrators rename root. */
		finding_severity(f, DEGRADES);
		finding_safety(f, FIX_ASK);
		finding_choice(f, "root is added, '%s' stays", other->name);
	}
	if (accounts_backup(acc, &acc->passwd))
		was = userdb_find(&acc->passwd.backup_db, "root");
	propose_insert(f, acc->passwd.text, 1, "%s",
		       was ? userdb_format(acc->scan->arena, USERDB_PASSWD, was)
			   : scan_printf(acc->scan, "root:x:0:0:root:/root:%s",
					 shell ? shell : "/bin/sh"));
}

static void report_root_uid(struct accounts *acc, const struct userdb_entry *root)
{
	const struct userdb_entry *other = userdb_by_id(&acc->passwd.db, 0);
	struct finding *f = scan_find(acc->scan, &no_root, acc->passwd.path,
				      "root has uid %u, not 0", root->id);

	accounts_at(f, &acc->passwd, root->line);
	if (other) {
		finding_safety(f, FIX_ASK);
		finding_choice(f, "root gets uid 0 beside '%s'", other->name);
	}
	propose_line(f, acc->passwd.text, root->line, "%s",
		     userdb_format_with(acc->scan->arena, USERDB_PASSWD, root, PW_UID, "0"));
}

static void check_shell(struct accounts *acc, const struct userdb_entry *root)
{
	const char *shell = root->field[PW_SHELL], *best = accounts_best_shell(acc);
	const char *run = *shell ? shell : "/bin/sh", *way = NULL;
	bool refuses = accounts_refuses_login(run);
	struct finding *f;

	if (!refuses && accounts_is_shell(acc, run))
		return;
	/* A key of root's leads to that shell as well. */
	if (refuses)
		way = accounts_person_way_in(acc);
	f = scan_find(acc->scan, &root_shell, acc->passwd.path,
		      refuses ? "'%s' ends every session of root%s%s"
			      : "'%s' is not a program that can be run%s%s",
		      run, way ? "; another way in is " : "", way ? way : "");
	accounts_at(f, &acc->passwd, root->line);
	if (way) {
		/* As some hardening guides have it, and somebody else can get in. */
		finding_severity(f, NOTE);
		finding_safety(f, FIX_ASK);
	}
	if (best)
		propose_line(
			f, acc->passwd.text, root->line, "%s",
			userdb_format_with(acc->scan->arena, USERDB_PASSWD, root, PW_SHELL, best));
}

static void check_root(struct accounts *acc)
{
	const struct userdb_entry *root = userdb_find(&acc->passwd.db, "root");
	unsigned told = USERDB_LONG | USERDB_SHORT | USERDB_BOM;

	if (!root) {
		if (!acc->passwd.db.nis)
			report_no_root(acc);
		return;
	}
	/* A line that is not read, or not as it was meant, is told as such. */
	if (root->dead || (root->faults & told))
		return;
	if (root->id != 0)
		report_root_uid(acc, root);
	else
		check_shell(acc, root);
}

/* --- system users --- */

static void check_system_users(struct accounts *acc)
{
	struct sysuser_view v = {
		.passwd = &acc->passwd.db,
		.group = &acc->group.db,
		.traces = { &acc->shadow.db, &acc->gshadow.db },
	};
	struct sysuser *users;
	size_t n;

	if (accounts_backup(acc, &acc->passwd))
		v.backup = &acc->passwd.backup_db;
	n = sysuser_missing(acc->scan, &v, &users);
	for (size_t i = 0; i < n; i++) {
		struct finding *f = scan_find(acc->scan, &system_user, acc->passwd.path,
					      "no user '%s', that '%s' runs as: %s", users[i].name,
					      users[i].program, users[i].effect);

		finding_severity(f, users[i].severity);
		finding_absence(f);
		propose_insert(f, acc->passwd.text, acc->passwd.text->lines + 1, "%s",
			       users[i].line);
		if (users[i].group_line && acc->group.state == ACCOUNTS_THERE)
			propose_insert(f, acc->group.text, acc->group.text->lines + 1, "%s",
				       users[i].group_line);
	}
}

static void run(struct scan *s)
{
	static const struct accountlines_kind kind = { &line, repair, line_severity };
	struct accounts acc;

	accounts_gather(s, &acc);
	if (!acc.interactive)
		return;
	if (acc.passwd.state == ACCOUNTS_MISSING || acc.passwd.state == ACCOUNTS_HOLLOW) {
		accounts_report_gone(&acc, &acc.passwd, &gone);
		return;
	}
	if (acc.passwd.state != ACCOUNTS_THERE)
		return;
	check_root(&acc);
	accountlines_report(&acc, &acc.passwd, &kind);
	check_system_users(&acc);
}

const struct check passwd_check = {
	.name = "passwd",
	.summary = "users: /etc/passwd, root's entry and shell, users that services run as",
	.problems = problems,
	.run = run,
};
