/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/checks.h"
#include "checks/modes_parts.h"
#include "lib/sshdbinary.h"
#include "lib/unseen.h"

/* --- what can be judged at all --- */

static const char *const samples[] = { "/",	"/etc",	 "/usr", "/bin", "/var",	"/home",
				       "/root", "/proc", "/sys", "/dev", "/etc/passwd", "/boot" };

/* All samples have one owner that is not root. */
static bool one_stranger(const struct scan *s, uid_t *owner)
{
	size_t seen = 0;
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		if (root_lstat(s->root, samples[i], &st) < 0)
			continue;
		if (st.st_uid == 0 || (seen && st.st_uid != *owner))
			return false;
		*owner = st.st_uid;
		seen++;
	}
	return seen > 0;
}

/*
 * A tree unpacked by an ordinary user, or shifted for an unprivileged container, belongs to one
 * user throughout. chown -R on a running system cannot reach what is mounted over /proc and /sys,
 * and a disk is no such copy, whoever looks at it.
 */
static bool judge_owners(struct modes_look *l)
{
	const struct scan *s = l->s;

	if (!one_stranger(s, &l->stranger))
		return true;
	return s->facts->devices->known;
}

static bool has_word_in(struct scan *s, const char *path, const char *word)
{
	const struct text *t = scan_text(s, path);

	return t && strstr(t->data, word) != NULL;
}

/* Containers and SUSE's paranoid profile live without setuid programs. */
static bool judge_setuid(struct modes_look *l)
{
	struct scan *s = l->s;

	return l->owners && s->facts->init != INIT_UNKNOWN &&
	       !(root_exists(s->root, "/etc/sysconfig/security") &&
		 has_word_in(s, "/etc/sysconfig/security", "paranoid"));
}

static void find_program_dirs(struct modes_look *l)
{
	static const char *const dirs[] = { "/usr/bin", "/usr/sbin", "/bin", "/sbin" };
	size_t n = 0;
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		if (root_lstat(l->s->root, dirs[i], &st) == 0 && S_ISDIR(st.st_mode))
			l->program_dir[n++] = dirs[i];
	}
}

/* /etc/group, and behind it what images keep in /usr/lib for nss-altfiles. */
static const struct text *all_groups(struct scan *s)
{
	const struct text *own = scan_text(s, "/etc/group"), *more = scan_text(s, "/usr/lib/group");
	_cleanup_bytes_ struct bytes b = { 0 };

	if (!own || !more)
		return own ? own : more;
	bytes_add(&b, own->data, own->len);
	bytes_addc(&b, '\n');
	bytes_add(&b, more->data, more->len);
	return text_new(s->arena, own->path, b.data, b.len);
}

static void read_users(struct modes_look *l)
{
	struct scan *s = l->s;
	enum userdb_libc libc = s->facts->musl ? USERDB_MUSL : USERDB_GLIBC;
	const struct text *passwd = scan_text(s, "/etc/passwd");
	const struct text *group = all_groups(s);

	if (passwd)
		userdb_parse(s->arena, passwd, USERDB_PASSWD, libc, &l->users);
	if (group)
		userdb_parse(s->arena, group, USERDB_GROUP, libc, &l->groups);
}

static void look_around(struct modes_look *l, struct scan *s)
{
	*l = (struct modes_look){ .s = s, .unseen = unseen_find(s) };
	l->owners = judge_owners(l);
	l->setuid = judge_setuid(l);
	find_program_dirs(l);
	read_users(l);
	l->sshd = sshdbinary_path(s) != NULL;
}

/* --- files by directory --- */

static const struct modes_rule sudoers_file = { "",   MODES_SUDO, BLOCKS_LOGIN, BLOCKS_LOGIN,
						0000, 0002,	  0337,		0,
						NULL, NULL };

static const struct modes_rule cron_file = { "",   MODES_FILE, DEGRADES, DEGRADES, 0000,
					     0022, 0133,       0,	 NULL,	   NULL };

/* --- all of it --- */

/* The same sight as chown -R over a whole disk: the user must know that owners went unjudged. */
static void tell_stranger(struct modes_look *l)
{
	struct finding *f;

	if (l->owners || !l->s->facts->privileged)
		return;
	f = scan_find(
		l->s, &modes_mass, "/",
		"everything belongs to uid %u, as in an unprivileged copy: owners and special "
		"bits are not judged",
		(unsigned)l->stranger);
	finding_severity(f, NOTE);
	finding_safety(f, FIX_NONE);
}

static void judge_table(struct modes_look *l)
{
	for (size_t i = 0; i < modes_rules; i++) {
		if (!(modes_rule[i].flags & MODES_OPTIONAL))
			modes_judge_row(l, &modes_rule[i]);
	}
}

static bool lost_special(const struct modes_look *l)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->j[i].rule->kind == MODES_SETUID && (l->j[i].faults & MODES_LOST_SPECIAL))
			return true;
	}
	return false;
}

static void judge_optional(struct modes_look *l)
{
	for (size_t i = 0; i < modes_rules; i++) {
		const struct modes_rule *r = &modes_rule[i];

		if ((r->flags & MODES_OPTIONAL) && (l->damage || r->kind == MODES_SETUID))
			modes_judge_row(l, r);
	}
}

static void run(struct scan *s)
{
	struct modes_look l;

	look_around(&l, s);
	judge_table(&l);
	modes_judge_dir(&l, "/etc/sudoers.d", &sudoers_file);
	modes_judge_dir(&l, "/etc/cron.d", &cron_file);
	l.mass = modes_is_mass(&l);
	l.damage = l.mass || lost_special(&l);
	judge_optional(&l);
	modes_report(&l);
	modes_check_ssh(&l);
	modes_check_scripts(&l);
	modes_check_rest(&l);
	tell_stranger(&l);
}

const struct check modes_check = {
	.name = "modes",
	.summary = "modes, owners and special bits of what boot and login depend on",
	.problems = modes_problems,
	.run = run,
};
