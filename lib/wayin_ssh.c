/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Over ssh: is sshd started, and what do its settings let in. */
#include <strings.h>

#include "lib/sshdbinary.h"
#include "lib/sshdwalk.h"
#include "lib/unitfile.h"
#include "lib/wayin_parts.h"

#define PROHIBITS_PASSWORD 700u /* the version whose default for root is a key */

struct wayin_ssh {
	const char *no;	   /* nobody gets in; or NULL */
	const char *doubt; /* may keep people out; or NULL */
	unsigned version;
	/* Values outside of Match; NULL: not given. */
	const char *root, *password, *keyboard, *pubkey, *pam, *methods;
};

static void take(const char **value, const char *word)
{
	if (!*value)
		*value = word;
}

static void see(void *arg, const struct sshdwalk_line *w)
{
	static const char *const lists[] = { "allowusers", "denyusers", "allowgroups", "denygroups",
					     NULL };
	struct wayin_ssh *d = arg;
	const struct {
		const char *keyword;
		const char **value;
	} known[] = {
		{ "permitrootlogin", &d->root },
		{ "passwordauthentication", &d->password },
		{ "kbdinteractiveauthentication", &d->keyboard },
		{ "challengeresponseauthentication", &d->keyboard },
		{ "skeyauthentication", &d->keyboard },
		{ "pubkeyauthentication", &d->pubkey },
		{ "usepam", &d->pam },
		{ "authenticationmethods", &d->methods },
	};

	if (w->in_match || streq(w->l->keyword, "match")) {
		d->doubt = "sshd has Match blocks";
		return;
	}
	if (in_list(w->l->keyword, lists) && !d->doubt)
		d->doubt = "sshd has lists of users or groups";
	for (size_t i = 0; w->l->n && i < ARRAY_SIZE(known); i++) {
		if (streq(w->l->keyword, known[i].keyword))
			take(known[i].value, w->l->word[0]);
	}
}

/* --- is it started --- */

static const char *started_by_systemd(struct scan *s, struct wayin_ssh *d)
{
	static const char *const units[] = { "ssh.service", "sshd.service", "ssh.socket",
					     "sshd.socket", "sshd@.service" };
	bool any = false;

	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		struct unitfile u;

		unitfile_find(s, units[i], &u);
		if (unitfile_is_wanted(s, units[i]) && u.state == UNITFILE_GOOD)
			return NULL;
		any |= u.shipped;
	}
	if (any)
		return "nothing starts sshd";
	d->doubt = "what starts sshd was not found";
	return NULL;
}

static const char *is_shut(struct scan *s, struct wayin_ssh *d)
{
	if (!sshdbinary_path(s)) {
		if (!root_is_program(s->root, "/usr/sbin/dropbear"))
			return "there is no sshd";
		d->doubt = "dropbear's settings are not read";
		return NULL;
	}
	if (!sshdwalk_main(s))
		return "there is no sshd_config";
	if (s->facts->init == INIT_SYSTEMD)
		return started_by_systemd(s, d);
	return NULL;
}

struct wayin_ssh *wayin_ssh_read(const struct wayin_judged *j)
{
	struct wayin_ssh *d = arena_new_struct(j->s->arena, struct wayin_ssh);

	d->no = is_shut(j->s, d);
	if (d->no || !sshdbinary_path(j->s))
		return d;
	d->version = sshdbinary_version(j->s);
	if (!sshdwalk(j->s, see, d))
		d->doubt = "sshd's settings are too long to be judged";
	return d;
}

/* --- what they let in --- */

static bool is_on(const char *value, const char *usual)
{
	return strcasecmp(value ? value : usual, "no") != 0;
}

/* What root may do there; others may all. */
enum root_may { ROOT_NOTHING, ROOT_KEYS, ROOT_ALL, ROOT_UNSURE };

static enum root_may root_may(const struct wayin_ssh *d)
{
	if (!d->root)
		return !d->version			  ? ROOT_UNSURE
		       : d->version >= PROHIBITS_PASSWORD ? ROOT_KEYS
							  : ROOT_ALL;
	if (strcasecmp(d->root, "yes") == 0)
		return ROOT_ALL;
	if (strcasecmp(d->root, "prohibit-password") == 0 ||
	    strcasecmp(d->root, "without-password") == 0)
		return ROOT_KEYS;
	/* forced-commands-only gives no shell. */
	return strcasecmp(d->root, "no") == 0 || strcasecmp(d->root, "forced-commands-only") == 0
		       ? ROOT_NOTHING
		       : ROOT_UNSURE;
}

#define SESSION_TYPES (1u << PAMCONF_ACCOUNT | 1u << PAMCONF_SESSION)

static struct wayin_way asks_pam(const struct wayin_judged *j, const struct wayin_ssh *d,
				 const struct userdb_entry *user, unsigned types)
{
	return is_on(d->pam, "no") ? wayin_pam(j, "sshd", user, types) : wayin_yes(NULL);
}

static struct wayin_way by_password(const struct wayin_judged *j, const struct wayin_ssh *d,
				    const struct userdb_entry *user)
{
	enum root_may may = user->id ? ROOT_ALL : root_may(d);
	struct wayin_way way = wayin_password(j, user);

	if (!is_on(d->password, "yes") && !(is_on(d->keyboard, "yes") && is_on(d->pam, "no")))
		return wayin_no("sshd takes no passwords");
	if (may == ROOT_KEYS)
		return wayin_no("sshd takes only keys of root");
	way = wayin_both(way, asks_pam(j, d, user, SESSION_TYPES | 1u << PAMCONF_AUTH));
	if (may == ROOT_UNSURE && way.answer != WAYIN_NO)
		return wayin_perhaps(way.how, "what sshd lets root do is not known");
	return way;
}

static struct wayin_way by_key(const struct wayin_judged *j, const struct wayin_ssh *d,
			       const struct userdb_entry *user)
{
	static const char how[] = "with a key";
	const struct userdb_entry *sp = userdb_find(&j->acc.shadow.db, user->name);
	struct wayin_way way = wayin_yes(how);

	if (!is_on(d->pubkey, "yes"))
		return wayin_no("sshd takes no keys");
	if (!accounts_has_key(j->s, *user->field[PW_DIR] == '/' ? user->field[PW_DIR] : "/root"))
		return wayin_no("there is no key");
	/* Without PAM sshd refuses who is locked. */
	if (!is_on(d->pam, "no") && sp && !sp->dead && *sp->field[SP_PASSWD] == '!')
		way = wayin_perhaps(how, "the account is locked, and sshd does not ask PAM");
	return wayin_both(way, asks_pam(j, d, user, SESSION_TYPES));
}

struct wayin_way wayin_over_ssh(const struct wayin_judged *j, const struct wayin_ssh *d,
				const struct userdb_entry *user)
{
	struct wayin_way way, password;

	if (d->no)
		return wayin_no(d->no);
	if (user->id == 0 && root_may(d) == ROOT_NOTHING && !d->doubt)
		return wayin_no("PermitRootLogin keeps root out");
	password = by_password(j, d, user);
	way = wayin_better(by_key(j, d, user), password);
	if (way.answer == WAYIN_NO) {
		way.why = password.why;
		if (root_is_program(j->s->root, "/usr/bin/cloud-init"))
			way = wayin_perhaps("with a key", "cloud-init may bring one");
	}
	if (d->methods && way.answer == WAYIN_YES)
		return wayin_perhaps(way.how, "sshd asks for several methods");
	if (d->doubt && way.answer == WAYIN_YES)
		return wayin_perhaps(way.how, d->doubt);
	return way;
}
