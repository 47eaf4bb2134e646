/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/nologin.h"
#include "lib/wayin_parts.h"

const char *const wayin_who_names[WAYIN_WHOS] = { "root", "others" };
const char *const wayin_where_names[WAYIN_WHERES] = { "console", "ssh" };

#define PEOPLE_MAX 16 /* other people who are looked at until one gets in */

const char *wayin_answer_name(enum wayin_answer a)
{
	static const char *const names[] = { "no", "perhaps", "yes" };

	return names[a];
}

/* --- answers --- */

struct wayin_way wayin_no(const char *why)
{
	return (struct wayin_way){ .answer = WAYIN_NO, .why = why };
}

struct wayin_way wayin_perhaps(const char *how, const char *why)
{
	return (struct wayin_way){ .answer = WAYIN_PERHAPS, .how = how, .why = why };
}

struct wayin_way wayin_yes(const char *how)
{
	return (struct wayin_way){ .answer = WAYIN_YES, .how = how };
}

struct wayin_way wayin_better(struct wayin_way a, struct wayin_way b)
{
	return b.answer > a.answer ? b : a;
}

struct wayin_way wayin_both(struct wayin_way a, struct wayin_way b)
{
	if (b.answer >= a.answer)
		return a;
	if (b.answer == WAYIN_NO)
		return b;
	return wayin_perhaps(a.how, b.why);
}

/* --- accounts --- */

const char *wayin_expiry(const struct wayin_judged *j, const struct userdb_entry *user)
{
	const struct userdb_entry *sp = userdb_find(&j->acc.shadow.db, user->name);

	return sp && !sp->dead ? accounts_expiry(sp) : NULL;
}

struct wayin_way wayin_password(const struct wayin_judged *j, const struct userdb_entry *user)
{
	static const char how[] = "with a password";
	const struct userdb_entry *sp = userdb_find(&j->acc.shadow.db, user->name);
	const char *field = user->field[PW_PASSWD], *expiry = wayin_expiry(j, user), *method;

	if (j->acc.foreign_shadow)
		return wayin_perhaps(how, "passwords are not in /etc/shadow");
	if (streq(field, "x"))
		field = sp && !sp->dead ? sp->field[SP_PASSWD] : "*";
	if (expiry)
		return wayin_no(expiry);
	switch (crypthash_grade(field, &j->methods, &method)) {
	case CRYPTHASH_GOOD:
		return wayin_yes(how);
	case CRYPTHASH_EMPTY:
		return wayin_perhaps("without a password", "not every stack takes an empty one");
	case CRYPTHASH_LOCKED:
		return wayin_no("no password is set");
	default:
		return wayin_no("no password fits what shadow holds");
	}
}

/* --- PAM --- */

static const struct pamview_service *service_of(const struct wayin_judged *j, const char *name)
{
	for (size_t i = 0; i < PAMVIEW_SERVICES; i++) {
		if (streq(j->pam.svc[i].kind->name, name))
			return &j->pam.svc[i];
	}
	return NULL;
}

static bool has_fault(const struct wayin_judged *j, const struct pamview_service *svc,
		      unsigned types)
{
	size_t n = (size_t)(svc - j->pam.svc);

	for (size_t i = 0; i < j->pam.judged; i++) {
		if (j->pam.suspect[i].fails[n] & types)
			return true;
	}
	return svc->clean.aborts || svc->clean.unread;
}

static struct wayin_way try_type(const struct wayin_judged *j, const struct pamview_service *svc,
				 const struct pammodel *model, enum pamconf_type type)
{
	const char *name = pamconf_type_names[type];
	struct pamconf_verdict any, usual;
	struct scan *s = j->s;

	pamview_try_as(&j->pam, svc, model, type, PAMVIEW_BY_FILES, &any);
	if (!any.can_succeed && !any.exhausted)
		return wayin_no(scan_printf(s, "PAM refuses %s in %s of '%s'", model->who->name,
					    name, svc->kind->name));
	pamview_try_as(&j->pam, svc, model, type, PAMVIEW_USUAL, &usual);
	if (usual.can_succeed)
		return wayin_yes(NULL);
	return wayin_perhaps(NULL, scan_printf(s, "PAM may refuse %s in %s of '%s'",
					       model->who->name, name, svc->kind->name));
}

static bool is_judged(const struct wayin_judged *j, const struct pamview_service *svc)
{
	return svc && svc->judged && j->pam.mods.libpam && !svc->clean.truncated &&
	       j->pam.judged == j->pam.suspects;
}

const char *wayin_pam_fails(const struct wayin_judged *j, const char *service, unsigned types)
{
	const struct pamview_service *svc = service_of(j, service);
	struct pamconf_verdict usual;

	if (!is_judged(j, svc))
		return NULL;
	if (has_fault(j, svc, types))
		return scan_printf(j->s, "PAM fails for '%s'", service);
	for (unsigned t = 0; t < PAMCONF_TYPES; t++) {
		if (!(types & 1u << t))
			continue;
		/* CR at line ends, which the other questions read past. */
		pamview_try(&j->pam, svc, t, PAMVIEW_USUAL, &usual);
		if (usual.can_succeed && !pamview_raw_succeeds(svc, t))
			return scan_printf(j->s, "PAM fails in %s of '%s'", pamconf_type_names[t],
					   service);
	}
	return NULL;
}

struct wayin_way wayin_pam(const struct wayin_judged *j, const char *service,
			   const struct userdb_entry *user, unsigned types)
{
	const struct pamview_service *svc = service_of(j, service);
	struct wayin_way all = wayin_yes(NULL);
	const char *fails;
	struct pammodel_person who = { .name = user->name, .uid = user->id, .gid = user->gid };
	struct pammodel model;

	if (!svc || !svc->judged || !j->pam.mods.libpam)
		return all;
	if (!is_judged(j, svc))
		return wayin_perhaps(NULL, "the PAM stacks are too long to be judged");
	fails = wayin_pam_fails(j, service, types);
	if (fails)
		return wayin_no(fails);
	who.shell = user->field[PW_SHELL];
	who.home = user->field[PW_DIR];
	model = svc->model;
	model.who = &who;
	model.files = j->pam.asked;
	model.tty = model.remote ? NULL : "tty1";
	model.nologin_goes = j->nologin_goes;
	for (unsigned t = 0; t < PAMCONF_TYPES; t++) {
		if (types & 1u << t)
			all = wayin_both(all, try_type(j, svc, &model, t));
	}
	return all;
}

/* --- the console --- */

#define LOGIN_TYPES (1u << PAMCONF_AUTH | 1u << PAMCONF_ACCOUNT | 1u << PAMCONF_SESSION)

static bool has_login(const struct scan *s)
{
	return root_is_program(s->root, "/bin/login") || root_is_program(s->root, "/usr/bin/login");
}

/* Whoever it is. */
static const char *console_fails(const struct wayin_judged *j)
{
	return has_login(j->s) ? wayin_pam_fails(j, "login", LOGIN_TYPES)
			       : "there is no login program";
}

static struct wayin_way on_console(const struct wayin_judged *j, const struct userdb_entry *user)
{
	struct wayin_way way;

	if (!has_login(j->s))
		return wayin_no("there is no login program");
	way = wayin_password(j, user);
	return wayin_both(way, wayin_pam(j, "login", user, LOGIN_TYPES));
}

/* --- what was found --- */

/* Where a finding stands in the way: bits of enum wayin_where. */
static unsigned where_of(const struct finding *f)
{
	if (startswith(f->problem->id, "sshd.") || streq(f->problem->id, "modes.ssh") ||
	    f->problem->stage == AT_NETWORK || (f->path && strstr(f->path, "ssh")))
		return 1u << WAYIN_SSH;
	return 1u << WAYIN_CONSOLE | 1u << WAYIN_SSH;
}

/* Of root or another one alone, or of a stack: judged here anyway. */
static bool is_judged_here(const struct finding *f)
{
	static const char *const ids[] = { "shadow.root-password", "passwd.root-shell",
					   "passwd.no-root", NULL };
	bool host_key = f->path && strstr(f->path, "_key");

	return in_list(f->problem->id, ids) || startswith(f->problem->id, "pam.") ||
	       streq_null(f->path, NOLOGIN_PATH) ||
	       (streq(f->problem->id, "modes.ssh") && !host_key);
}

static bool is_in_the_way(const struct finding *f)
{
	if (f->outcome == FIXED || is_judged_here(f))
		return false;
	return f->severity == BLOCKS_LOGIN ||
	       (f->problem->stage == AT_NETWORK && f->severity < NOTE);
}

/* sshd does not start with it. */
static bool shuts_sshd(const struct finding *f)
{
	static const char *const ids[] = { "sshd.config", "sshd.host-keys", "sshd.privsep", NULL };

	return f->severity == BLOCKS_LOGIN && in_list(f->problem->id, ids);
}

static void doubt(struct wayin_judged *j, const struct finding *f, struct wayin *w)
{
	const char *see = scan_printf(j->s, "see %s", f->problem->id);

	for (unsigned who = 0; who < WAYIN_WHOS; who++) {
		for (unsigned where = 0; where < WAYIN_WHERES; where++) {
			struct wayin_way *way = &w->way[who][where];

			if (way->answer == WAYIN_YES && where_of(f) & 1u << where)
				*way = wayin_perhaps(way->how, see);
		}
		if (shuts_sshd(f) && w->way[who][WAYIN_SSH].answer != WAYIN_NO)
			w->way[who][WAYIN_SSH] =
				wayin_no(scan_printf(j->s, "sshd does not start, %s", see));
	}
}

/* --- everybody --- */

/* NO is only certain of those who are seen. */
static void doubt_for_strangers(const struct wayin_judged *j, const struct wayin_ssh *ssh,
				size_t people, struct wayin_way *way)
{
	const char *elsewhere = accounts_elsewhere(&j->acc), *why = "there are more users";
	const char *fails[WAYIN_WHERES];

	if (!elsewhere && people < PEOPLE_MAX)
		return;
	if (elsewhere)
		why = scan_printf(j->s, "users may come from %s", elsewhere);
	fails[WAYIN_CONSOLE] = console_fails(j);
	fails[WAYIN_SSH] = wayin_ssh_fails(j, ssh);
	for (unsigned k = 0; k < WAYIN_WHERES; k++) {
		if (way[k].answer == WAYIN_NO && !fails[k])
			way[k] = wayin_perhaps("with a password", why);
	}
}

static void judge_others(struct wayin_judged *j, const struct wayin_ssh *ssh, struct wayin *w)
{
	const struct userdb *users = &j->acc.passwd.db;
	struct wayin_way *way = w->way[WAYIN_OTHERS];
	size_t people = 0;

	way[WAYIN_CONSOLE] = way[WAYIN_SSH] = wayin_no("there is nobody but root");
	for (size_t i = 0; i < users->n && people < PEOPLE_MAX; i++) {
		const struct userdb_entry *u = &users->e[i];

		if (u->dead || u->id == 0 || !accounts_can_log_in(&j->acc, u))
			continue;
		if (people++ == 0)
			way[WAYIN_CONSOLE] = way[WAYIN_SSH] = wayin_no(NULL);
		for (unsigned k = 0; k < WAYIN_WHERES; k++) {
			struct wayin_way one =
				k == WAYIN_SSH ? wayin_over_ssh(j, ssh, u) : on_console(j, u);

			way[k] = way[k].why || way[k].answer ? wayin_better(way[k], one) : one;
		}
	}
	doubt_for_strangers(j, ssh, people, way);
}

static void judge_root(struct wayin_judged *j, const struct wayin_ssh *ssh, struct wayin *w)
{
	const struct userdb_entry *root = userdb_find(&j->acc.passwd.db, "root");
	struct wayin_way *way = w->way[WAYIN_ROOT];

	if (!root || root->dead || root->id != 0) {
		way[WAYIN_CONSOLE] = way[WAYIN_SSH] = wayin_no("passwd has no usable root");
	} else if (!accounts_can_log_in(&j->acc, root)) {
		way[WAYIN_CONSOLE] = way[WAYIN_SSH] = wayin_no("root's shell lets nobody in");
	} else {
		way[WAYIN_CONSOLE] = on_console(j, root);
		way[WAYIN_SSH] = wayin_over_ssh(j, ssh, root);
	}
}

bool wayin_judge(struct scan *s, const struct finding *findings, struct wayin *out)
{
	struct wayin_judged *j = arena_new_struct(s->arena, struct wayin_judged);
	const struct wayin_ssh *ssh;
	struct wayin w = { .boots = true };

	j->s = s;
	if (!s->root || !s->facts->boots_itself)
		return false;
	j->nologin_goes = nologin_goes(s);
	accounts_gather(s, &j->acc);
	if (!j->acc.interactive || j->acc.passwd.state == ACCOUNTS_UNREADABLE ||
	    j->acc.shadow.state == ACCOUNTS_UNREADABLE)
		return false;
	crypthash_methods(s->root, s->arena,
			  s->facts->musl ? CRYPTHASH_ON_MUSL : CRYPTHASH_ON_GLIBC, &j->methods);
	pamview_gather(s, &j->pam);
	ssh = wayin_ssh_read(j);
	judge_root(j, ssh, &w);
	judge_others(j, ssh, &w);
	for (const struct finding *f = findings; f; f = f->next) {
		w.boots &= f->severity != STOPS_BOOT || f->outcome == FIXED;
		if (is_in_the_way(f))
			doubt(j, f, &w);
	}
	*out = w;
	return true;
}

/* --- in words --- */

static const char *const places[WAYIN_WHERES] = { "on the console", "over ssh" };

static void add_way(struct bytes *b, const struct wayin_way *way, const char *place)
{
	bytes_addf(b, "%s%s%s%s", way->answer == WAYIN_PERHAPS ? "perhaps " : "", place,
		   way->how ? " " : "", way->how ? way->how : "");
	if (way->answer == WAYIN_PERHAPS && way->why)
		bytes_addf(b, " (%s)", way->why);
}

static void add_who(struct bytes *b, const struct wayin *w, enum wayin_who who)
{
	const struct wayin_way *way = w->way[who];
	unsigned told = 0;

	bytes_addf(b, "%s ", wayin_who_names[who]);
	for (unsigned k = 0; k < WAYIN_WHERES; k++) {
		if (way[k].answer == WAYIN_NO)
			continue;
		bytes_adds(b, told++ ? " and " : "");
		add_way(b, &way[k], places[k]);
	}
	if (told)
		return;
	if (streq_null(way[WAYIN_CONSOLE].why, way[WAYIN_SSH].why))
		bytes_addf(b, "nowhere (%s)", way[WAYIN_CONSOLE].why);
	else
		bytes_addf(b, "nowhere (console: %s; ssh: %s)", way[WAYIN_CONSOLE].why,
			   way[WAYIN_SSH].why);
}

const char *wayin_text(struct arena *a, const struct wayin *w)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	bytes_adds(&b, w->boots ? "" : "once it boots: ");
	add_who(&b, w, WAYIN_ROOT);
	bytes_adds(&b, "; ");
	add_who(&b, w, WAYIN_OTHERS);
	return arena_strdup(a, b.data);
}
