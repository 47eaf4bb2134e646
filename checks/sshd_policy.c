/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does sshd let anybody in. Only users of /etc/passwd are looked at: where others may come from a
 * directory service, lists of names are not judged. With Match blocks each person is held against
 * all settings; without, the setting that shuts them out is told.
 *
 * Source: sshd_config(5); OpenSSH auth.c allowed_user().
 */
#include <strings.h>

#include "checks/sshd_parts.h"
#include "lib/accounts.h"

#define USERS_MAX 128u
#define GRACE_MIN 5u /* seconds */

/* --- Match blocks may let some in --- */

static bool has_match(const struct sshd *d)
{
	for (size_t i = 0; i < d->conf->n; i++) {
		if (d->conf->line[i].in_match)
			return true;
	}
	return false;
}

/* --- ways to authenticate --- */

static const struct method {
	const char *keyword, *usual;
} methods[] = {
	{ "passwordauthentication", "yes" },
	{ "pubkeyauthentication", "yes" },
	{ "kbdinteractiveauthentication", "yes" },
	{ "gssapiauthentication", "no" },
	{ "hostbasedauthentication", "no" },
	{ "kerberosauthentication", "no" },
	{ "rsaauthentication", "no" },
};

static void check_methods(struct sshd *d)
{
	const struct sshdeffect_line *v;
	struct finding *f;

	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		if (strcasecmp(sshdeffect_for_all(d->conf, methods[i].keyword, methods[i].usual),
			       "no") != 0)
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

/* --- people --- */

static const char *const lists[] = { "allowusers", "denyusers", "allowgroups", "denygroups", NULL };

static bool has_list(const struct sshd *d)
{
	for (size_t i = 0; lists[i]; i++) {
		if (sshd_get(d, lists[i]))
			return true;
	}
	return false;
}

/* Without Match blocks the ways to authenticate are everybody's, and told above. */
static bool has_method(const struct sshd *d, const struct sshdeffect_view *v)
{
	if (!has_match(d))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		if (sshdeffect_is_on(v, methods[i].keyword, methods[i].usual) != SSHDEFFECT_NO)
			return true;
	}
	return false;
}

static bool may_get_in(const struct sshd *d, const struct accounts *acc,
		       const struct userdb_entry *u)
{
	const struct sshdeffect_person who = accounts_to_sshd(acc, u);
	struct sshdeffect_view v;
	const char *why;

	sshdeffect_for(d->conf, &who, &v);
	return sshdeffect_lets_in(&v, &why) != SSHDEFFECT_NO &&
	       (u->id != 0 || !sshdeffect_refuses_root(&v)) && has_method(d, &v);
}

/* True where it is not certain: users of a directory service are not seen here. */
static bool may_let_anybody_in(struct sshd *d)
{
	struct accounts acc;
	size_t people = 0;

	accounts_gather(d->s, &acc);
	if (acc.passwd.state != ACCOUNTS_THERE || accounts_elsewhere(&acc))
		return true;
	for (size_t i = 0; i < acc.passwd.db.n; i++) {
		const struct userdb_entry *u = &acc.passwd.db.e[i];

		if (u->dead || !accounts_can_log_in(&acc, u))
			continue;
		if (people++ >= USERS_MAX || may_get_in(d, &acc, u))
			return true;
	}
	return people == 0;
}

static void report_lists(struct sshd *d)
{
	struct finding *f = NULL;

	for (size_t i = 0; i < d->conf->n; i++) {
		const struct sshdeffect_line *l = &d->conf->line[i];

		if (!in_list(l->keyword, lists))
			continue;
		if (!f) {
			f = scan_find(d->s, &sshd_policy, NULL,
				      "nobody who is in /etc/passwd is let in by these lists");
			finding_at(f, l->text, l->line);
			sshd_severity(d, f);
			finding_choice(f, "the lists are commented");
		}
		propose_comment(f, l->text, l->line);
	}
}

static void check_people(struct sshd *d)
{
	struct finding *f;

	if (d->conf->cut || (!has_match(d) && !has_list(d)) || may_let_anybody_in(d))
		return;
	if (!has_match(d)) {
		report_lists(d);
		return;
	}
	f = scan_find(d->s, &sshd_policy, sshdwalk_main(d->s),
		      "with its Match blocks it lets in nobody who is in /etc/passwd");
	sshd_severity(d, f);
	finding_safety(f, FIX_NONE);
}

/* --- numbers --- */

static void check_numbers(struct sshd *d)
{
	const struct sshdeffect_line *v = sshd_get(d, "maxsessions");
	struct finding *f;
	uint64_t n;

	if (v && parse_u64(v->word[0], &n) && n == 0) {
		f = scan_find(d->s, &sshd_policy, NULL, "no session is allowed: no shell, no sftp");
		finding_at(f, v->text, v->line);
		sshd_severity(d, f);
		propose_comment(f, v->text, v->line);
	}
	v = sshd_get(d, "logingracetime");
	if (v && parse_u64(v->word[0], &n) && n > 0 && n < GRACE_MIN) {
		f = scan_find(d->s, &sshd_policy, NULL, "logins that last %ju seconds are ended",
			      (uintmax_t)n);
		finding_at(f, v->text, v->line);
		finding_severity(f, DEGRADES);
		sshd_severity(d, f);
		propose_comment(f, v->text, v->line);
	}
}

void sshd_check_policy(struct sshd *d)
{
	check_methods(d);
	check_people(d);
	check_numbers(d);
}
