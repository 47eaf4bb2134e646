/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /etc/shadow: is it there, does it hold root and the people of passwd, do its lines parse, and can
 * root's password ever match.
 *
 * Silent on: systems that keep passwords in passwd or in tcb; a root locked on purpose while
 * somebody else can get in (every cloud image); an empty root password; system users without a
 * line; entries whose user is gone. Hashes are never quoted.
 */
#include "checks/checks.h"
#include "lib/accountlines.h"
#include "lib/accounts.h"
#include "lib/crypthash.h"

#define PEOPLE_MIN 500 /* the first uid of a person: 500 on older Red Hat, else 1000 */
#define PEOPLE_MAX 60000
#define FINDINGS_MAX 20
#define ENTRIES_MAX 5000 /* added in one run */

static const struct problem missing = {
	.id = "shadow.missing",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "/etc/shadow is missing",
	.why = "passwd says with an 'x' that the passwords are in shadow. Without that file no password "
	       "matches, and the account phase of PAM fails even for a login by ssh key.",
	.console = "Login incorrect\n"
		   "pam_unix(sshd:account): could not identify user (from getpwnam)\n"
		   "Authentication service cannot retrieve authentication info",
	.by_hand = "cp -p /mnt/etc/shadow- /mnt/etc/shadow\n"
		   "or, without a backup: chroot /mnt pwconv; chroot /mnt passwd root",
	.fix = "copies the newest sound backup; without one writes a locked entry for every user of "
	       "passwd, so that keys work again, and leaves passwords to shadow.root-password",
};

static const struct problem empty = {
	.id = "shadow.empty",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "/etc/shadow has no entries",
	.why = "The file is there but holds nobody, as after a full disk or a crash while a password "
	       "was changed. No password matches, and PAM turns down logins by ssh key as well.",
	.console = "Login incorrect\n"
		   "Authentication service cannot retrieve authentication info",
	.by_hand = "cp -p /mnt/etc/shadow- /mnt/etc/shadow",
	.fix = "copies the newest sound backup; without one writes a locked entry for every user of "
	       "passwd, so that keys work again, and leaves passwords to shadow.root-password",
};

static const struct problem no_root = {
	.id = "shadow.no-root",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "root is not in /etc/shadow",
	.why = "passwd keeps root's password in shadow, where there is no entry for it: root's password "
	       "cannot match, and keys for root, su and cron are turned down by PAM.",
	.console =
		"Login incorrect\nsu: Authentication service cannot retrieve authentication info",
	.by_hand = "grep ^root: /mnt/etc/shadow- >> /mnt/etc/shadow\nor: chroot /mnt pwconv",
	.fix = "inserts root's entry from the backup, else a locked one; shadow.root-password opens it",
};

static const struct problem line = {
	.id = "shadow.line",
	.severity = DEGRADES,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "a line of /etc/shadow cannot be read",
	.why = "The C library passes over a line whose numbers are none, whose fields are lost, or that "
	       "ends in a carriage return; its user then has no password and is turned down. A file "
	       "saved by an editor of another system loses all its users that way.",
	.console = "Login incorrect\n"
		   "pam_unix(login:auth): authentication failure; logname=LOGIN uid=0",
	.by_hand = "sed -i -e '1s/^\\xEF\\xBB\\xBF//' -e 's/\\r$//' /mnt/etc/shadow\n"
		   "pwck -r -R /mnt",
	.fix = "removes CR and byte order mark, adds the fields lost at the end, empties a number of the "
	       "password's age that is none; an expiry date is asked for",
};

static const struct problem mismatch = {
	.id = "shadow.mismatch",
	.severity = DEGRADES,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "a user's password should be in /etc/shadow but is not",
	.why = "passwd points to shadow for this user, who can log in by neither password nor key while "
	       "there is no entry.",
	.console = "Login incorrect\nUser account has expired",
	.by_hand = "chroot /mnt pwconv\nchroot /mnt passwd USER",
	.fix = "appends the user's entry from the backup, else a locked one",
};

static const struct problem root_password = {
	.id = "shadow.root-password",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_ASK,
	.title = "no password can ever be root's",
	.why = "root's field in shadow is a lock, a text that is no hash, a hash of a method that this "
	       "system's libcrypt does not have (as copied from a newer one), or the account's date has "
	       "passed. In emergency mode the console then stays locked as well.",
	.console =
		"Cannot open access to console, the root account is locked.\n"
		"Login incorrect\nYour account has expired; please contact your system administrator.",
	.by_hand =
		"chroot /mnt passwd root\nor: chroot /mnt passwd -d root; chage -E -1 -R /mnt root",
	.fix = "sets the hash made from --password-file, else clears the password so that root logs in "
	       "at the console without one; removes an expiry that has passed",
};

static const struct problem *const problems[] = { &missing,  &empty,	     &no_root, &line,
						  &mismatch, &root_password, NULL };

/* --- the file --- */

static const struct accounts_gone gone = { &missing, &empty,
					   "no such file, though passwd keeps passwords there",
					   "nobody is in it" };

/* --- lines --- */

/* No user of passwd has it: whoever it was for cannot be missed. */
static bool is_nobodys(const struct accounts *acc, const struct userdb_entry *e)
{
	return acc->passwd.state == ACCOUNTS_THERE && !userdb_find(&acc->passwd.db, e->name);
}

static enum severity line_severity(const struct accounts *acc, const struct userdb_entry *e)
{
	if (is_nobodys(acc, e))
		return NOTE;
	return streq(e->name, "root") && (e->dead || (e->faults & USERDB_BOM)) ? BLOCKS_LOGIN
									       : DEGRADES;
}

static struct accountlines_repair repair(struct accounts *acc, struct accounts_file *f,
					 const struct userdb_entry *e)
{
	unsigned except = e->faults & USERDB_NUMBER ? e->bad_field : USERDB_FIELDS;
	struct accountlines_repair r = { .safety = FIX_SAFE };
	struct userdb_entry whole = *e;

	if (is_nobodys(acc, e))
		return r;
	r.line = accountlines_from_backup(acc, f, e, except);
	if (r.line)
		return r;
	if ((e->faults & USERDB_LONG) && !accountlines_tail_is_empty(f, e))
		return r;
	for (unsigned i = SP_LSTCHG; i <= SP_FLAG; i++) {
		uint32_t n;

		if (!*e->field[i] || userdb_number(e->field[i], &n) || streq(e->field[i], "-1"))
			continue;
		/* Text in the last field of a cut line may be anything: the hash, when colons are
		 * lost. */
		if (i == SP_EXPIRE || strlen(e->field[i]) > 12)
			r.safety = FIX_ASK;
		whole.field[i] = "";
	}
	r.line = userdb_format(acc->scan->arena, f->kind, &whole);
	return r;
}

/* --- who is in it --- */

static const char *entry_for(struct accounts *acc, const char *name)
{
	const struct userdb_entry *was = NULL;

	if (accounts_backup(acc, &acc->shadow))
		was = userdb_find(&acc->shadow.backup_db, name);
	if (was)
		return userdb_format(acc->scan->arena, USERDB_SHADOW, was);
	return scan_printf(acc->scan, "%s:*::0:99999:7:::", name);
}

static bool lacks_entry(const struct accounts *acc, const struct userdb_entry *user)
{
	return !user->dead && streq(user->field[PW_PASSWD], "x") &&
	       !userdb_find(&acc->shadow.db, user->name);
}

/* passwd has root with an 'x', or will have: its own check gives it back. */
static bool root_belongs_here(const struct accounts *acc)
{
	const struct userdb_entry *root = userdb_find(&acc->passwd.db, "root");

	if (root || acc->passwd.state != ACCOUNTS_THERE)
		return root ? lacks_entry(acc, root) : !userdb_find(&acc->shadow.db, "root");
	return !acc->passwd.db.nis && !userdb_by_id(&acc->passwd.db, 0) &&
	       !userdb_find(&acc->shadow.db, "root");
}

static void check_root(struct accounts *acc)
{
	struct finding *f;

	if (acc->passwd.state == ACCOUNTS_UNREADABLE || !root_belongs_here(acc))
		return;
	f = scan_find(acc->scan, &no_root, acc->shadow.path, "no entry for root");
	propose_insert(f, acc->shadow.text, 1, "%s", entry_for(acc, "root"));
}

static void check_people(struct accounts *acc)
{
	struct finding *f = NULL;
	size_t said = 0;

	/* People of a container are there for their numbers. */
	if (!acc->scan->facts->boots_itself && acc->scan->facts->init == INIT_UNKNOWN)
		return;
	for (size_t i = 0; i < acc->passwd.db.n && said < ENTRIES_MAX; i++) {
		const struct userdb_entry *u = &acc->passwd.db.e[i];

		if (u->id < PEOPLE_MIN || u->id > PEOPLE_MAX || (u->faults & USERDB_DUPLICATE) ||
		    !lacks_entry(acc, u) || !accounts_can_log_in(acc, u))
			continue;
		/* The last one stands for all that follow. */
		if (said++ < FINDINGS_MAX)
			f = scan_find(acc->scan, &mismatch, acc->shadow.path,
				      "no entry for '%s' of line %zu of /etc/passwd%s", u->name,
				      u->line,
				      said == FINDINGS_MAX ? ", nor for others below" : "");
		propose_insert(f, acc->shadow.text, acc->shadow.text->lines + 1, "%s",
			       entry_for(acc, u->name));
	}
}

/* --- root's password --- */

/* Where root's password stands: in shadow, or in passwd itself. */
struct place {
	struct accounts_file *file;
	const struct userdb_entry *e;
	const char *hash;
};

static bool find_place(struct accounts *acc, struct place *out)
{
	const struct userdb_entry *root = userdb_find(&acc->passwd.db, "root");

	if (root && !root->dead && !streq(root->field[PW_PASSWD], "x") &&
	    !startswith(root->field[PW_PASSWD], "##")) {
		*out = (struct place){ &acc->passwd, root, root->field[PW_PASSWD] };
		return true;
	}
	root = userdb_find(&acc->shadow.db, "root");
	/* A lost field is told as a line, and a hash moved to another one is no hash. */
	if (!root || (root->faults & (USERDB_NUMBER | USERDB_NUL)) || root->fields <= SP_PASSWD)
		return false;
	*out = (struct place){ &acc->shadow, root, root->field[SP_PASSWD] };
	return true;
}

static bool is_expired(const struct place *p)
{
	return p->file->kind == USERDB_SHADOW && accounts_expiry(p->e);
}

static void propose_password(struct accounts *acc, const struct place *p, struct finding *f,
			     enum crypthash_grade grade)
{
	const char *wish = acc->scan->facts->wishes.root_hash;
	struct userdb_entry root = *p->e;
	bool keep = grade == CRYPTHASH_GOOD && !wish;

	root.field[SP_PASSWD] = keep ? p->hash : wish ? wish : "";
	if (p->file->kind == USERDB_SHADOW && is_expired(p)) {
		root.field[SP_EXPIRE] = "";
		root.field[SP_INACT] = "";
	}
	propose_line(f, p->file->text, p->e->line, "%s",
		     userdb_format(acc->scan->arena, p->file->kind, &root));
	if (wish)
		finding_choice(f, "the password of --password-file is set");
	else if (keep)
		finding_choice(f, "the date is removed, the password stays");
	else
		finding_choice(f,
			       "the password is cleared: root logs in at the console without one");
	if (!wish)
		finding_choice(f, "--password-file=FILE: the password in FILE is set");
}

static const char *describe(struct accounts *acc, const struct place *p, enum crypthash_grade grade,
			    const struct crypthash_methods *m, const char *method)
{
	if (grade == CRYPTHASH_UNREADABLE)
		return scan_printf(acc->scan, "the hash is %s, which '%s' does not know", method,
				   m->path ? m->path : "musl");
	if (grade == CRYPTHASH_GARBAGE)
		return method ? scan_printf(acc->scan, "the hash is %s but damaged", method)
			      : "what stands there is no hash of any method";
	if (grade == CRYPTHASH_LOCKED)
		return "it is locked";
	return is_expired(p) ? "the account's date has passed" : "another one is asked for";
}

static void check_password(struct accounts *acc)
{
	const char *wish = acc->scan->facts->wishes.root_hash, *method, *way = NULL;
	struct crypthash_methods m;
	enum crypthash_grade grade;
	struct finding *f;
	struct place p;
	bool wished, bad;

	if (!find_place(acc, &p))
		return;
	crypthash_methods(acc->scan->root, acc->scan->arena,
			  acc->scan->facts->musl ? CRYPTHASH_ON_MUSL : CRYPTHASH_ON_GLIBC, &m);
	grade = crypthash_grade(p.hash, &m, &method);
	wished = wish && !streq(wish, p.hash);
	bad = grade == CRYPTHASH_UNREADABLE || grade == CRYPTHASH_GARBAGE || is_expired(&p);
	if (!bad && grade != CRYPTHASH_LOCKED && !wished)
		return;
	/* The account phase turns down an expired root's keys, too. */
	way = is_expired(&p) ? accounts_person_way_in(acc) : accounts_other_way_in(acc);
	/* A lock is put there on purpose: worth a word only when nobody else gets in, and when
	 * there is a console to stand before: the roots of containers are shipped locked. */
	if (!bad && !wished && (way || !acc->scan->facts->boots_itself))
		return;
	f = scan_find(acc->scan, &root_password, p.file->path, "root's password: %s%s%s",
		      describe(acc, &p, grade, &m, method),
		      way ? "; another way in is " : "; no other way in was seen", way ? way : "");
	finding_at(f, p.file->text, p.e->line);
	f->quote = NULL;
	if (!bad || (is_expired(&p) ? way != NULL : accounts_root_has_key(acc)))
		finding_severity(f, NOTE);
	propose_password(acc, &p, f, grade);
}

static void run(struct scan *s)
{
	static const struct accountlines_kind kind = { &line, repair, line_severity };
	struct accounts acc;

	accounts_gather(s, &acc);
	if (!acc.interactive || acc.foreign_shadow)
		return;
	if (acc.uses_shadow &&
	    (acc.shadow.state == ACCOUNTS_MISSING || acc.shadow.state == ACCOUNTS_HOLLOW)) {
		accounts_report_gone(&acc, &acc.shadow, &gone);
		return;
	}
	if (acc.uses_shadow && acc.shadow.state == ACCOUNTS_THERE) {
		accountlines_report(&acc, &acc.shadow, &kind);
		if (!acc.shadow.db.nis) {
			check_root(&acc);
			check_people(&acc);
		}
	}
	check_password(&acc);
}

const struct check shadow_check = {
	.name = "shadow",
	.summary = "passwords: /etc/shadow, its entries, and whether root's can be used",
	.problems = problems,
	.run = run,
};
