/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Over ssh: is sshd started, and what do its settings let in. */
#include <strings.h>

#include "lib/sshdbinary.h"
#include "lib/sshdstart.h"
#include "lib/unseen.h"
#include "lib/wayin_parts.h"

#define PROHIBITS_PASSWORD 700u /* the version whose default for root is a key */
#define METHODS_MAX 8u		/* of one list */

struct wayin_ssh {
	const char *no;	   /* nobody gets in; or NULL */
	const char *doubt; /* may keep people out; or NULL */
	bool openssh;	   /* that is the server, and conf its settings */
	unsigned version;
	const struct sshdeffect *conf; /* NULL: not known */
};

/* --- is it started --- */

/* NULL: nothing speaks against it. */
static const char *is_not_started(struct scan *s, struct wayin_ssh *d)
{
	struct sshdstart start;

	sshdstart_find(s, &start);
	switch (start.state) {
	case SSHDSTART_ON:
		return NULL;
	case SSHDSTART_OFF:
		return "nothing starts sshd";
	case SSHDSTART_KEPT:
		return scan_printf(s, "'%s' keeps sshd from being started", start.by);
	case SSHDSTART_LOST:
		return scan_printf(s, "'%s' is masked or not there", start.by);
	default:
		break;
	}
	/* Of those that were never looked for nothing is said. */
	if (s->facts->init != INIT_UNKNOWN && s->facts->init != INIT_BUSYBOX)
		d->doubt = "what starts sshd was not found";
	return NULL;
}

static const char *is_shut(struct scan *s, struct wayin_ssh *d)
{
	static const char other[] = "dropbear's settings are not read";
	const char *no;

	d->openssh = sshdbinary_path(s);
	if (!d->openssh) {
		if (!root_is_program(s->root, "/usr/sbin/dropbear"))
			return "there is no sshd";
		d->doubt = other;
		return NULL;
	}
	no = sshdwalk_main(s) ? is_not_started(s, d) : "there is no sshd_config";
	if (!no || !sshdstart_has_other(s))
		return no;
	d->openssh = false;
	d->doubt = other;
	return NULL;
}

struct wayin_ssh *wayin_ssh_read(struct wayin_judged *j)
{
	struct wayin_ssh *d = arena_new_struct(j->s->arena, struct wayin_ssh);

	j->unseen = unseen_find(j->s);
	d->no = is_shut(j->s, d);
	if (d->no || !d->openssh)
		return d;
	d->version = sshdbinary_version(j->s);
	j->sshd_version = d->version;
	d->conf = sshdeffect_of(j->s);
	return d;
}

/* --- one person --- */

enum method { METHOD_KEY, METHOD_PASSWORD, METHOD_QUESTIONS, METHODS };

struct answer {
	struct wayin_way way;
	bool known;
};

struct person {
	const struct wayin_judged *j;
	const struct wayin_ssh *d;
	const struct userdb_entry *user;
	struct sshdeffect_view view;
	bool pam;
	/* PAM is asked once for each: AuthenticationMethods may name them hundreds of times. */
	struct answer typed, got[METHODS];
};

#define SESSION_TYPES (1u << PAMCONF_ACCOUNT | 1u << PAMCONF_SESSION)

/* What root may do there; others may all. */
enum root_may { ROOT_NOTHING, ROOT_KEYS, ROOT_ALL, ROOT_UNSURE };

static enum root_may usual_for_root(const struct wayin_ssh *d)
{
	if (!d->version)
		return ROOT_UNSURE;
	return d->version >= PROHIBITS_PASSWORD ? ROOT_KEYS : ROOT_ALL;
}

static enum root_may root_may_by(const char *word)
{
	/* forced-commands-only gives no shell. */
	static const struct {
		const char *word;
		enum root_may may;
	} words[] = {
		{ "yes", ROOT_ALL },
		{ "prohibit-password", ROOT_KEYS },
		{ "without-password", ROOT_KEYS },
		{ "no", ROOT_NOTHING },
		{ "forced-commands-only", ROOT_NOTHING },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcasecmp(words[i].word, word) == 0)
			return words[i].may;
	}
	return ROOT_UNSURE;
}

static enum root_may may_do(const struct person *p)
{
	struct sshdeffect_values v;
	enum root_may may;

	if (p->user->id != 0)
		return ROOT_ALL;
	sshdeffect_values(&p->view, "permitrootlogin", &v);
	may = v.usual ? usual_for_root(p->d) : root_may_by(v.line[0]->word[0]);
	for (size_t i = 0; i < v.n; i++) {
		if (root_may_by(v.line[i]->word[0]) != may)
			may = ROOT_UNSURE;
	}
	return v.more ? ROOT_UNSURE : may;
}

static struct wayin_way asks_pam(const struct person *p, unsigned types)
{
	return p->pam ? wayin_pam(p->j, "sshd", p->user, types) : wayin_yes(NULL);
}

/* A setting that must be on; why says what it means when it is off. */
static struct wayin_way needs(const struct person *p, const char *keyword, const char *usual,
			      const char *why)
{
	switch (sshdeffect_is_on(&p->view, keyword, usual)) {
	case SSHDEFFECT_YES:
		return wayin_yes(NULL);
	case SSHDEFFECT_NO:
		return wayin_no(why);
	default:
		return wayin_perhaps(NULL, "sshd has Match blocks");
	}
}

static struct wayin_way judge_typed(const struct person *p)
{
	static const char none[] = "sshd takes no passwords";
	enum root_may may = may_do(p);
	struct wayin_way way = wayin_password(p->j, p->user);

	if (may == ROOT_KEYS)
		return wayin_no("sshd takes only keys of root");
	if (way.answer == WAYIN_PERHAPS && streq_null(way.how, "without a password"))
		way = wayin_both(way, needs(p, "permitemptypasswords", "no", none));
	way = wayin_both(way, asks_pam(p, SESSION_TYPES | 1u << PAMCONF_AUTH));
	if (may == ROOT_UNSURE && way.answer == WAYIN_YES)
		return wayin_perhaps(way.how, "what sshd lets root do is not certain");
	return way;
}

/* What PAM makes of a password is the same however sshd comes by it. */
static struct wayin_way typed_password(struct person *p)
{
	if (!p->typed.known)
		p->typed = (struct answer){ judge_typed(p), true };
	return p->typed.way;
}

static struct wayin_way by_password(struct person *p)
{
	return wayin_both(typed_password(p),
			  needs(p, "passwordauthentication", "yes", "sshd takes no passwords"));
}

/* Questions that PAM asks. */
static struct wayin_way by_questions(struct person *p)
{
	if (!p->pam)
		return wayin_no("sshd takes no passwords");
	return wayin_both(typed_password(p), needs(p, "kbdinteractiveauthentication", "yes",
						   "sshd takes no passwords"));
}

/* pam_unix lets nobody in whose line of passwd points at one of shadow that is not there. */
static bool lacks_shadow(const struct person *p)
{
	const struct userdb_entry *sp = userdb_find(&p->j->acc.shadow.db, p->user->name);

	return p->pam && !p->j->acc.foreign_shadow && streq(p->user->field[PW_PASSWD], "x") &&
	       (!sp || sp->dead);
}

static struct wayin_way by_key(struct person *p)
{
	struct wayin_way way = wayin_keys(p->j, &p->view, p->user);
	const char *expiry = wayin_expiry(p->j, p->user);

	way = wayin_both(way, needs(p, "pubkeyauthentication", "yes", "sshd takes no keys"));
	/* Of a password's age only PAM tells sshd. */
	if (expiry && (p->pam || startswith(expiry, "the account")))
		return wayin_no(expiry);
	if (lacks_shadow(p))
		return wayin_no("shadow has no line for the account");
	return wayin_both(way, asks_pam(p, SESSION_TYPES));
}

/* --- methods --- */

static const struct {
	const char *name;
	struct wayin_way (*way)(struct person *p);
} methods[METHODS] = {
	[METHOD_KEY] = { "publickey", by_key },
	[METHOD_PASSWORD] = { "password", by_password },
	[METHOD_QUESTIONS] = { "keyboard-interactive", by_questions },
};

static struct wayin_way by_method(struct person *p, enum method m)
{
	if (!p->got[m].known)
		p->got[m] = (struct answer){ methods[m].way(p), true };
	return p->got[m].way;
}

/* The reason of a password says more than that there is no key. */
static struct wayin_way by_any(struct person *p)
{
	struct wayin_way key = by_method(p, METHOD_KEY);
	struct wayin_way password = by_method(p, METHOD_PASSWORD);
	struct wayin_way typed = wayin_better(password, by_method(p, METHOD_QUESTIONS));

	if (key.answer == WAYIN_NO && typed.answer == WAYIN_NO)
		return streq_null(key.why, "there is no key") ||
				       streq_null(key.why, "sshd takes no keys")
			       ? typed
			       : key;
	/* Of two that are not certain the one that is there. */
	if (key.answer == WAYIN_PERHAPS && typed.answer == WAYIN_PERHAPS &&
	    streq_null(key.why, "cloud-init may bring one"))
		return typed;
	if (key.answer == typed.answer && typed.how && streq(typed.how, "with a password"))
		key.how = "with a key or a password";
	return wayin_better(key, typed);
}

/* One of the methods of a list; "keyboard-interactive:pam" names what asks. */
static struct wayin_way by_name(struct person *p, const char *name)
{
	size_t len = strcspn(name, ":");

	for (enum method m = 0; m < METHODS; m++) {
		if (strlen(methods[m].name) == len && strncmp(methods[m].name, name, len) == 0)
			return by_method(p, m);
	}
	return wayin_perhaps(scan_printf(p->j->s, "by %s", name), "it is not judged");
}

/* Methods with commas between, all of which are asked for. */
static struct wayin_way by_list(struct person *p, const char *list)
{
	_cleanup_free_ char *copy = xstrdup(list);
	struct wayin_way all = wayin_yes(NULL);
	char *save, *one;
	unsigned n = 0;

	if (strcasecmp(list, "any") == 0)
		return by_any(p);
	for (one = strtok_r(copy, ",", &save); one && n < METHODS_MAX;
	     one = strtok_r(NULL, ",", &save)) {
		struct wayin_way way = by_name(p, one);
		const char *how = all.how && way.how
					  ? scan_printf(p->j->s, "%s and %s", all.how, way.how)
					  : way.how;

		all = n++ ? wayin_both(all, way) : way;
		all.how = all.answer == WAYIN_NO ? NULL : how;
	}
	return one ? wayin_perhaps(all.how, "sshd asks for many methods") : all;
}

static struct wayin_way by_lists(struct person *p)
{
	struct sshdeffect_values v;
	struct wayin_way best;

	sshdeffect_values(&p->view, "authenticationmethods", &v);
	if (v.usual && !v.n)
		return by_any(p);
	if (v.n != 1 || v.usual || v.more)
		return wayin_both(by_any(p), wayin_perhaps(NULL, "sshd has Match blocks"));
	best = by_list(p, v.line[0]->word[0]);
	for (size_t i = 1; i < v.line[0]->n; i++)
		best = wayin_better(best, by_list(p, v.line[0]->word[i]));
	return best;
}

/* --- what stands before and behind --- */

/* A command of sshd's in place of the shell. */
static struct wayin_way gives_shell(const struct person *p)
{
	struct sshdeffect_values v;

	sshdeffect_values(&p->view, "forcecommand", &v);
	if (!v.n || (v.n == 1 && strcasecmp(v.line[0]->word[0], "none") == 0))
		return wayin_yes(NULL);
	if (v.n == 1 && !v.usual && streq(v.line[0]->word[0], "internal-sftp"))
		return wayin_no("sshd gives no shell, only sftp");
	return wayin_perhaps(NULL, "sshd runs a command in place of the shell");
}

static struct wayin_way is_let_in(struct person *p)
{
	const char *why = "";

	switch (sshdeffect_lets_in(&p->view, &why)) {
	case SSHDEFFECT_YES:
		break;
	case SSHDEFFECT_NO:
		return wayin_no(scan_printf(p->j->s, "sshd's %s keeps %s out", why, p->user->name));
	default:
		return wayin_perhaps(NULL, scan_printf(p->j->s, "sshd's %s may keep %s out", why,
						       p->user->name));
	}
	return may_do(p) == ROOT_NOTHING ? wayin_no("PermitRootLogin keeps root out")
					 : wayin_yes(NULL);
}

/* Without PAM sshd refuses who is locked. */
static bool is_locked(const struct person *p)
{
	const struct userdb_entry *sp = userdb_find(&p->j->acc.shadow.db, p->user->name);

	return !p->pam && sp && !sp->dead && *sp->field[SP_PASSWD] == '!';
}

static bool uses_pam(const struct wayin_ssh *d)
{
	return strcasecmp(sshdeffect_for_all(d->conf, "usepam", "no"), "no") != 0;
}

const char *wayin_ssh_fails(const struct wayin_judged *j, const struct wayin_ssh *d)
{
	if (d->no || !d->conf || !uses_pam(d))
		return d->no;
	return wayin_pam_fails(j, "sshd", SESSION_TYPES);
}

struct wayin_way wayin_over_ssh(const struct wayin_judged *j, const struct wayin_ssh *d,
				const struct userdb_entry *user)
{
	const struct sshdeffect_person who = accounts_to_sshd(&j->acc, user);
	struct person p = { .j = j, .d = d, .user = user };
	struct wayin_way way;

	if (d->no)
		return wayin_no(d->no);
	if (!d->conf) /* another server than OpenSSH's */
		return wayin_perhaps(NULL, d->doubt);
	sshdeffect_for(d->conf, &who, &p.view);
	p.pam = uses_pam(d);
	way = is_let_in(&p);
	if (way.answer == WAYIN_NO)
		return way;
	if (is_locked(&p))
		return wayin_no("the account is locked, and sshd does not ask PAM");
	way = wayin_both(wayin_both(by_lists(&p), way), gives_shell(&p));
	if (d->doubt && way.answer == WAYIN_YES)
		return wayin_perhaps(way.how, d->doubt);
	return way;
}
