/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does sshd let anybody in. Only users of /etc/passwd are looked at: where others may come from a
 * directory service, lists of names are not judged. With Match blocks each person is held against
 * all settings; without, the setting that shuts them out is told.
 *
 * Source: sshd_config(5); OpenSSH auth.c allowed_user().
 */
#include <fnmatch.h>
#include <strings.h>

#include "checks/sshd_parts.h"
#include "lib/accounts.h"
#include "lib/sshdeffect.h"

#define USERS_MAX 128u
#define GRACE_MIN 5u /* seconds */

/* --- ways to authenticate --- */

static const struct method {
	const char *keyword, *other, *usual;
} methods[] = {
	{ "passwordauthentication", NULL, "yes" },
	{ "pubkeyauthentication", "dsaauthentication", "yes" },
	{ "kbdinteractiveauthentication", "challengeresponseauthentication", "yes" },
	{ "gssapiauthentication", NULL, "no" },
	{ "hostbasedauthentication", NULL, "no" },
	{ "kerberosauthentication", NULL, "no" },
	{ "rsaauthentication", NULL, "no" },
};

static bool is_on(const struct sshd *d, const struct method *m)
{
	const struct sshd_setting *v = sshd_get(d, m->keyword);

	if (!v && m->other)
		v = sshd_get(d, m->other);
	return strcasecmp(v ? v->value : m->usual, "no") != 0;
}

static bool has_match(const struct sshd *d);

static void check_methods(struct sshd *d)
{
	const struct sshd_setting *v;
	struct finding *f;

	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		if (is_on(d, &methods[i]))
			return;
	}
	v = sshd_get(d, "pubkeyauthentication");
	if (!v || has_match(d))
		return;
	f = scan_find(d->s, &sshd_policy, NULL,
		      "every way to authenticate is switched off, this one too");
	finding_at(f, v->text, v->line);
	sshd_severity(d, f);
	finding_choice(f, "keys are accepted again");
	propose_comment(f, v->text, v->line);
}

/* --- Match blocks may let some in --- */

static void see_match(void *arg, const struct sshdwalk_line *w)
{
	bool *seen = arg;

	*seen |= w->in_match;
}

static bool has_match(const struct sshd *d)
{
	bool seen = false;

	sshdwalk(d->s, see_match, &seen);
	return seen;
}

/* --- names --- */

#define FITS_MAX 200000u /* comparisons of a name with a pattern */
#define PATTERN_MAX 128u /* bytes of a pattern or a name */

struct lists {
	struct sshd *d;
	struct accounts *acc;
	size_t tried;
	bool gave_up; /* too much to compare: nothing is said */
};

static size_t stars(const char *pattern)
{
	size_t n = 0;

	for (; *pattern; pattern++)
		n += *pattern == '*';
	return n;
}

static bool fits(struct lists *l, const char *pattern, const char *name)
{
	if (l->tried++ >= FITS_MAX || strlen(pattern) > PATTERN_MAX || stars(pattern) > 4 ||
	    strlen(name) > PATTERN_MAX) {
		l->gave_up = true;
		return true;
	}
	return fnmatch(pattern, name, FNM_NOESCAPE) == 0;
}

/* The words of all lines of the keyword; each with what stands before '@'. */
static bool list_has(struct lists *l, const char *keyword, const char *name, bool *hosts)
{
	for (size_t i = 0; i < l->d->n; i++) {
		const char *p = l->d->set[i].value;

		if (!streq(l->d->set[i].keyword, keyword))
			continue;
		while (*(p += strspn(p, " "))) {
			size_t n = strcspn(p, " ");
			char *word = arena_strndup(l->d->s->arena, p, n);
			char *at = strchr(word, '@');

			*hosts |= at != NULL;
			if (at)
				*at = '\0';
			if (fits(l, word, name))
				return true;
			p += n;
		}
	}
	return false;
}

static bool is_member(const struct userdb_entry *group, const struct userdb_entry *user)
{
	return group->id == user->gid ||
	       (group->fields > GR_MEMBERS && has_word(group->field[GR_MEMBERS], user->name, ","));
}

static bool group_list_has(struct lists *l, const char *keyword, const struct userdb_entry *user)
{
	const struct userdb *db = &l->acc->group.db;
	bool hosts = false;

	if (!sshd_get(l->d, keyword))
		return false;
	for (size_t i = 0; i < db->n && !l->gave_up; i++) {
		if (!db->e[i].dead && is_member(&db->e[i], user) &&
		    list_has(l, keyword, db->e[i].name, &hosts))
			return true;
	}
	return false;
}

static bool is_let_in(struct lists *l, const struct userdb_entry *user)
{
	bool hosts = false;

	/* A refusal for some hosts only is none. */
	if (list_has(l, "denyusers", user->name, &hosts) && !hosts)
		return false;
	if (sshd_get(l->d, "allowusers") && !list_has(l, "allowusers", user->name, &hosts))
		return false;
	if (group_list_has(l, "denygroups", user))
		return false;
	if (sshd_get(l->d, "allowgroups") && !group_list_has(l, "allowgroups", user))
		return false;
	return user->id != 0 ||
	       strcasecmp(sshd_value(l->d, "permitrootlogin", "prohibit-password"), "no") != 0;
}

/* Users of a directory service are not seen here. */
static bool has_other_users(const struct lists *l)
{
	return l->acc->passwd.state != ACCOUNTS_THERE || accounts_elsewhere(l->acc);
}

static const char *const lists[] = { "allowusers", "denyusers", "allowgroups", "denygroups", NULL };

static void report_lists(struct sshd *d)
{
	struct finding *f = NULL;

	for (size_t i = 0; i < d->n; i++) {
		const struct sshd_setting *v = &d->set[i];

		if (!in_list(v->keyword, lists))
			continue;
		if (!f) {
			f = scan_find(d->s, &sshd_policy, NULL,
				      "nobody who is in /etc/passwd is let in by these lists");
			finding_at(f, v->text, v->line);
			sshd_severity(d, f);
			finding_choice(f, "the lists are commented");
		}
		propose_comment(f, v->text, v->line);
	}
}

static void check_lists(struct sshd *d)
{
	struct accounts acc;
	struct lists l = { .d = d, .acc = &acc };
	bool any = false;
	size_t people = 0;

	for (size_t i = 0; lists[i]; i++)
		any |= sshd_get(d, lists[i]) != NULL;
	if (!any || has_match(d))
		return;
	accounts_gather(d->s, &acc);
	if (has_other_users(&l))
		return;
	for (size_t i = 0; i < acc.passwd.db.n; i++) {
		const struct userdb_entry *u = &acc.passwd.db.e[i];

		if (u->dead || !accounts_can_log_in(&acc, u))
			continue;
		if (people++ >= USERS_MAX)
			return;
		if (is_let_in(&l, u) || l.gave_up)
			return;
	}
	if (people)
		report_lists(d);
}

/* --- with Match blocks --- */

static bool may_get_in(const struct sshdeffect *conf, const struct userdb *groups,
		       const struct userdb_entry *u)
{
	const struct sshdeffect_person who = { u->name, u->gid, groups };
	struct sshdeffect_view v;
	const char *why;

	sshdeffect_for(conf, &who, &v);
	if (sshdeffect_lets_in(&v, &why) == SSHDEFFECT_NO ||
	    (u->id == 0 && sshdeffect_refuses_root(&v)))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		if (sshdeffect_is_on(&v, methods[i].keyword, methods[i].usual) != SSHDEFFECT_NO)
			return true;
	}
	return false;
}

static void check_people(struct sshd *d)
{
	struct accounts acc;
	struct lists l = { .d = d, .acc = &acc };
	struct sshdeffect conf;
	struct finding *f;
	size_t people = 0;

	if (!has_match(d) || !sshdeffect_read(d->s, &conf) || conf.cut)
		return;
	accounts_gather(d->s, &acc);
	if (has_other_users(&l) || acc.group.state != ACCOUNTS_THERE)
		return;
	for (size_t i = 0; i < acc.passwd.db.n; i++) {
		const struct userdb_entry *u = &acc.passwd.db.e[i];

		if (u->dead || !accounts_can_log_in(&acc, u))
			continue;
		if (people++ >= USERS_MAX || may_get_in(&conf, &acc.group.db, u))
			return;
	}
	if (!people)
		return;
	f = scan_find(d->s, &sshd_policy, sshdwalk_main(d->s),
		      "with its Match blocks it lets in nobody who is in /etc/passwd");
	sshd_severity(d, f);
	finding_safety(f, FIX_NONE);
}

/* --- numbers --- */

static void check_numbers(struct sshd *d)
{
	const struct sshd_setting *v = sshd_get(d, "maxsessions");
	struct finding *f;
	uint64_t n;

	if (v && parse_u64(v->value, &n) && n == 0) {
		f = scan_find(d->s, &sshd_policy, NULL, "no session is allowed: no shell, no sftp");
		finding_at(f, v->text, v->line);
		sshd_severity(d, f);
		propose_comment(f, v->text, v->line);
	}
	v = sshd_get(d, "logingracetime");
	if (v && parse_u64(v->value, &n) && n > 0 && n < GRACE_MIN) {
		f = scan_find(d->s, &sshd_policy, NULL, "logins that last %ju seconds are ended",
			      (uintmax_t)n);
		finding_at(f, v->text, v->line);
		finding_severity(f, d->start == SSHD_DOES_NOT_START ? NOTE : DEGRADES);
		propose_comment(f, v->text, v->line);
	}
}

void sshd_check_policy(struct sshd *d)
{
	check_methods(d);
	check_lists(d);
	check_people(d);
	check_numbers(d);
}
