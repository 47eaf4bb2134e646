/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <strings.h>

#include "lib/elfscan.h"
#include "lib/pamview.h"
#include "lib/sshdbinary.h"
#include "lib/userdb.h"

/* --- what is judged --- */

static const char *const login_programs[] = { "/bin/login", "/usr/bin/login", NULL };
static const char *const su_programs[] = { "/bin/su", "/usr/bin/su", NULL };
static const char *const sudo_programs[] = { "/usr/bin/sudo", "/bin/sudo", "/usr/local/bin/sudo",
					     NULL };

const struct pamview_kind pamview_kinds[PAMVIEW_SERVICES] = {
	{ "login", login_programs, true }, { "sshd", sshdbinary_paths, true },
	{ "su", su_programs, false },	   { "su-l", su_programs, false },
	{ "sudo", sudo_programs, false },
};

/* What a login goes through: all but the change of a password. */
#define LOGIN_TYPES (1u << PAMCONF_AUTH | 1u << PAMCONF_ACCOUNT | 1u << PAMCONF_SESSION)

static const struct text *read_file(void *arg, const char *path)
{
	const struct pamview *v = arg;

	for (size_t i = 0; i < v->n_mended; i++) {
		if (streq(v->mended[i].path, path))
			return v->mended[i].text;
	}
	return scan_text(v->s, path);
}

/* busybox and toybox know nothing of PAM. */
static bool is_applet(const struct pamview *v, const char *path)
{
	_cleanup_free_ char *real = NULL;

	if (root_resolve(v->s->root, path, &real) < 0)
		return false;
	return strstr(real, "busybox") || strstr(real, "toybox");
}

static bool is_installed(const struct pamview *v, const char *const *programs)
{
	for (size_t i = 0; programs[i]; i++) {
		if (root_is_file(v->s->root, programs[i]) && !is_applet(v, programs[i]))
			return true;
	}
	return false;
}

/* --- sshd_config, as far as it matters here --- */

bool pamview_sshd_says(struct pamview *v, const char *keyword, const char *want)
{
	return strcasecmp(sshdeffect_for_all(sshdeffect_of(v->s), keyword, ""), want) == 0;
}

/* --- gathering --- */

bool pamview_has_pam_dir(const struct pamview *v)
{
	for (size_t i = 0; pamconf_dirs[i]; i++) {
		if (root_is_dir(v->s->root, pamconf_dirs[i]))
			return true;
	}
	return false;
}

static bool says_at_include(struct pamview *v)
{
	const char *const *name = scan_dir(v->s, "/etc/pam.d");

	for (size_t i = 0; name[i] && i < 256; i++) {
		const char *path = scan_printf(v->s, "/etc/pam.d/%s", name[i]);
		const struct text *t =
			root_is_file(v->s->root, path) ? scan_text(v->s, path) : NULL;

		for (size_t n = 1; t && n <= t->lines; n++) {
			if (startswith(text_line(t, n), "@include"))
				return true;
		}
	}
	return false;
}

/* Only Debian's libpam knows it; where no package database tells, the files do. */
static bool knows_at_include(struct pamview *v)
{
	if (v->s->facts->pkg == PKG_DPKG)
		return true;
	return v->s->facts->pkg == PKG_NONE && root_is_dir(v->s->root, "/etc/pam.d") &&
	       says_at_include(v);
}

static bool is_judged(struct pamview *v, const struct pamview_service *svc)
{
	if (!is_installed(v, svc->kind->programs))
		return false;
	if (streq(svc->kind->name, "sshd"))
		return pamview_sshd_says(v, "usepam", "yes");
	return svc->kind->way_in || svc->clean.path;
}

static void gather_service(struct pamview *v, struct pamview_service *svc,
			   const struct pamview_kind *k)
{
	svc->kind = k;
	pamconf_resolve(&v->clean, k->name, &svc->clean);
	pamconf_resolve(&v->raw, k->name, &svc->raw);
	svc->judged = is_judged(v, svc);
	svc->model = (struct pammodel){ .service = k->name, .caller_is_root = k->way_in };
	svc->model.who = &v->root;
	svc->model.remote = streq(k->name, "sshd");
}

/* PID 1 runs it as root for whoever logs in. */
static void gather_user_manager(struct pamview *v)
{
	static const char *const programs[] = { "/usr/lib/systemd/systemd", "/lib/systemd/systemd",
						NULL };
	static const struct pamview_kind kind = { "systemd-user", programs, false };

	gather_service(v, &v->user_manager, &kind);
	v->user_manager.model.caller_is_root = true;
}

static void gather_root(struct pamview *v)
{
	const struct text *t = scan_text(v->s, "/etc/passwd");
	const struct userdb_entry *e;
	struct userdb db;

	v->root = (struct pammodel_person){ .name = "root" };
	if (!t)
		return;
	userdb_parse(v->s->arena, t, USERDB_PASSWD, v->s->facts->musl ? USERDB_MUSL : USERDB_GLIBC,
		     &db);
	e = userdb_find(&db, "root");
	if (!e || e->dead)
		return;
	v->root.gid = e->gid;
	v->root.shell = e->field[PW_SHELL];
	v->root.home = e->field[PW_DIR];
}

/* --- suspects --- */

static struct pamview_suspect *suspect_of(const struct pamview *v, const struct pamconf_line *l)
{
	return *l->mark ? &v->suspect[*l->mark - 1] : NULL;
}

static struct pamview_suspect *add_suspect(struct pamview *v, const struct pamconf_line *l,
					   const struct pamconf_via *via)
{
	struct pamview_suspect *x = suspect_of(v, l);

	if (x)
		return x;
	ARENA_GROW(v->s->arena, v->suspect, v->suspects, v->cap);
	x = &v->suspect[v->suspects++];
	*l->mark = v->suspects;
	*x = (struct pamview_suspect){ .l = l, .via = via };
	return x;
}

static bool cannot_load(enum pammodule_state s)
{
	return s != PAMMODULE_PRESENT && s != PAMMODULE_UNKNOWN;
}

static void look_at(struct pamview *v, size_t svc, unsigned type, const struct pamconf_handler *h)
{
	const char *path = NULL;
	enum pammodule_state state = PAMMODULE_UNKNOWN;
	struct pamview_suspect *x;

	if (h->kind == PAMCONF_CALL && h->fault == PAMCONF_SOUND)
		state = pammodule_state(&v->mods, h->line->module, &path);
	if (h->fault == PAMCONF_SOUND && !cannot_load(state))
		return;
	x = add_suspect(v, h->line, h->via);
	x->fault = h->fault;
	x->module = state;
	x->module_path = path;
	x->used[svc] |= 1u << type;
}

/* "foo include system-auth" is read as if it said auth: only the way there shows the fault. */
static void look_at_way(struct pamview *v, size_t svc, unsigned type, const struct pamconf_via *via)
{
	for (; via; via = via->up) {
		struct pamview_suspect *x;

		if (via->line->fault == PAMCONF_SOUND)
			continue;
		x = add_suspect(v, via->line, via->up);
		x->fault = via->line->fault;
		x->module = PAMMODULE_UNKNOWN;
		x->used[svc] |= 1u << type;
	}
}

static void find_suspects(struct pamview *v)
{
	for (size_t i = 0; i < PAMVIEW_SERVICES; i++) {
		const struct pamconf_service *svc = &v->svc[i].clean;

		if (!v->svc[i].judged)
			continue;
		for (size_t k = 0; k < svc->aborts; k++) {
			look_at(v, i, PAMCONF_AUTH, &svc->abort[k]);
			suspect_of(v, svc->abort[k].line)->fails[i] = LOGIN_TYPES;
		}
		for (unsigned t = 0; t < PAMCONF_TYPES; t++) {
			for (size_t k = 0; k < svc->chain[t]->n; k++) {
				look_at(v, i, t, &svc->chain[t]->h[k]);
				look_at_way(v, i, t, svc->chain[t]->h[k].via);
			}
		}
	}
}

/* --- trying a stack --- */

struct trial {
	const struct pamview *v;
	const struct pammodel *model;
	const struct pamview_suspect
		*guilty; /* answers as libpam would have it; NULL: all are forgiven */
	const struct pamconf_line *ignored;
	enum pamview_answers how;
	bool spoiled; /* the guilty line made the stack fail */
};

static unsigned guilty_answer(struct trial *t, const struct pamconf_handler *h,
			      int code[PAMCONF_ANSWERS])
{
	int action;

	code[0] = t->guilty->module == PAMMODULE_UNKNOWN ? PAMCONF_PERM_DENIED
							 : PAMCONF_MODULE_UNKNOWN;
	action = h->line->action[code[0]];
	t->spoiled |= action == PAMCONF_DO_BAD || action == PAMCONF_DO_DIE;
	return 1;
}

static unsigned answer(void *arg, const struct pamconf_handler *h, enum pamconf_type type,
		       int code[PAMCONF_ANSWERS])
{
	struct trial *t = arg;
	const struct pamview_suspect *x = suspect_of(t->v, h->line);
	unsigned n;

	if (x && x == t->guilty)
		return guilty_answer(t, h, code);
	/* A module that is only missing answers as it did when it was there. */
	if (h->line == t->ignored || (x && x->module == PAMMODULE_UNKNOWN)) {
		code[0] = PAMCONF_SKIP;
		return 1;
	}
	n = pammodel_answers(t->model, h, type, code);
	return t->how == PAMVIEW_USUAL ? 1 : n;
}

static bool succeeds(const struct pamview *v, const struct pamview_service *svc,
		     enum pamconf_type type, const struct pamview_suspect *guilty)
{
	struct trial t = { .v = v, .model = &svc->model, .guilty = guilty };
	struct pamconf_verdict verdict;

	pamconf_run(svc->clean.chain[type], type, answer, &t, &verdict);
	return verdict.can_succeed;
}

static bool makes_fail(const struct pamview *v, const struct pamview_service *svc,
		       enum pamconf_type type, const struct pamview_suspect *x)
{
	struct trial t = { .v = v, .model = &svc->model, .guilty = x };
	struct pamconf_verdict verdict;

	pamconf_run(svc->clean.chain[type], type, answer, &t, &verdict);
	if (verdict.can_succeed)
		return false;
	return t.spoiled || succeeds(v, svc, type, NULL);
}

static void judge_suspect(const struct pamview *v, struct pamview_suspect *x)
{
	for (size_t i = 0; i < PAMVIEW_SERVICES; i++) {
		for (unsigned t = 0; t < PAMCONF_TYPES; t++) {
			if (x->used[i] & 1u << t && makes_fail(v, &v->svc[i], t, x))
				x->fails[i] |= 1u << t;
		}
	}
}

bool pamview_fails_anywhere(const struct pamview_suspect *x)
{
	for (size_t i = 0; i < PAMVIEW_SERVICES; i++) {
		if (x->fails[i])
			return true;
	}
	return false;
}

/* What keeps people out is the console and ssh; passwd, su and sudo only make life hard. */
enum severity pamview_severity(const struct pamview_suspect *x)
{
	for (size_t i = 0; i < PAMVIEW_SERVICES; i++) {
		if (pamview_kinds[i].way_in && x->fails[i] & LOGIN_TYPES)
			return BLOCKS_LOGIN;
	}
	return DEGRADES;
}

/* --- what a repair would leave --- */

static bool succeeds_as(const struct pamview *v, const struct pammodel *model,
			const struct pamconf_chain *c, enum pamconf_type type,
			const struct pamconf_line *ignored)
{
	struct trial t = { .v = v, .model = model, .ignored = ignored };
	struct pamconf_verdict verdict;

	pamconf_run(c, type, answer, &t, &verdict);
	return verdict.can_succeed;
}

/* Root gets in with the right password, and nobody with a wrong one. */
static bool still_logs_in(const struct pamview *v, const struct pamview_service *svc,
			  const struct pamconf_chain *c, enum pamconf_type type,
			  const struct pamconf_line *ignored)
{
	struct pammodel model = svc->model;

	model.scenario = PAMMODEL_RIGHT;
	if (!succeeds_as(v, &model, c, type, ignored))
		return false;
	model.scenario = PAMMODEL_WRONG;
	return type != PAMCONF_AUTH || !succeeds_as(v, &model, c, type, ignored);
}

static bool ends_service(const struct pamview_service *svc, const struct pamconf_line *l)
{
	for (size_t i = 0; i < svc->clean.aborts; i++) {
		if (svc->clean.abort[i].line == l)
			return true;
	}
	return false;
}

static bool repairs_chain(const struct pamview *v, const struct pamview_service *svc,
			  enum pamconf_type type, const struct pamconf_line *l,
			  enum pamview_repair how)
{
	const struct pamconf_chain *c = svc->clean.chain[type];
	struct pamconf_chain left;
	_cleanup_arena_ struct arena *a = arena_new();
	bool there = type != PAMCONF_PASSWORD && ends_service(svc, l);

	if (how == PAMVIEW_COMMENT && pamconf_jumps_line(c, l))
		return false;
	pamconf_without(a, c, l, &left);
	there |= left.n < c->n;
	if (!there)
		return true;
	if (how == PAMVIEW_IGNORE)
		return still_logs_in(v, svc, c, type, l);
	return still_logs_in(v, svc, &left, type, NULL);
}

/* In each judged service that uses the line. */
static bool repairs_all(const struct pamview *v, const struct pamconf_line *l,
			enum pamview_repair how)
{
	for (size_t i = 0; i < PAMVIEW_SERVICES; i++) {
		if (v->svc[i].judged && v->svc[i].clean.truncated)
			return false;
		for (unsigned t = 0; v->svc[i].judged && t < PAMCONF_TYPES; t++) {
			if (!repairs_chain(v, &v->svc[i], t, l, how))
				return false;
		}
	}
	return true;
}

bool pamview_repairs(const struct pamview *v, const struct pamconf_line *l, enum pamview_repair how)
{
	struct pamview_suspect *x = suspect_of(v, l);

	if (!x)
		return repairs_all(v, l, how);
	if (!(x->tried & 1u << how)) {
		x->tried |= 1u << how;
		x->helps |= repairs_all(v, l, how) ? 1u << how : 0;
	}
	return x->helps & 1u << how;
}

/* --- trying as a whole --- */

/* What is known of the files is kept in the view. */
static struct pammodel by_files(const struct pamview *v, const struct pamview_service *svc)
{
	struct pammodel model = svc->model;

	model.files = v->asked;
	return model;
}

void pamview_try_as(const struct pamview *v, const struct pamview_service *svc,
		    const struct pammodel *model, enum pamconf_type type, enum pamview_answers how,
		    struct pamconf_verdict *verdict)
{
	struct trial t = { .v = v, .model = model, .how = how };

	pamconf_run(svc->clean.chain[type], type, answer, &t, verdict);
}

void pamview_try(const struct pamview *v, const struct pamview_service *svc, enum pamconf_type type,
		 enum pamview_answers how, struct pamconf_verdict *verdict)
{
	struct pammodel model = how == PAMVIEW_BY_FILES ? by_files(v, svc) : svc->model;

	pamview_try_as(v, svc, &model, type, how, verdict);
}

void pamview_why(const struct pamview *v, const struct pamview_service *svc,
		 const struct pamconf_line *l, enum pamconf_type type, struct pamfiles_why *why)
{
	struct pammodel model = by_files(v, svc);
	int code[PAMCONF_ANSWERS];

	*why = (struct pamfiles_why){ 0 };
	pamfiles_answers(&model, l, type, code, why);
}

/* A CR at the end of the module's name is part of it. */
static unsigned raw_answer(void *arg, const struct pamconf_handler *h, enum pamconf_type type,
			   int code[PAMCONF_ANSWERS])
{
	if (h->kind == PAMCONF_CALL && endswith(h->line->module, "\r")) {
		code[0] = PAMCONF_MODULE_UNKNOWN;
		return 1;
	}
	pammodel_answers(arg, h, type, code);
	return 1;
}

bool pamview_raw_succeeds(const struct pamview_service *svc, enum pamconf_type type)
{
	struct pammodel model = svc->model;
	struct pamconf_verdict verdict;

	if (svc->raw.aborts)
		return false;
	pamconf_run(svc->raw.chain[type], type, raw_answer, &model, &verdict);
	return verdict.can_succeed;
}

void pamview_gather(struct scan *s, struct pamview *out)
{
	pamview_gather_mended(s, NULL, 0, out);
}

void pamview_gather_mended(struct scan *s, const struct pamview_mended *mended, size_t n,
			   struct pamview *out)
{
	*out = (struct pamview){ .s = s, .mended = mended, .n_mended = n };
	out->clean = (struct pamconf){ .arena = s->arena, .read = read_file, .arg = out };
	out->clean.at_include = knows_at_include(out);
	out->clean.one_file = !pamview_has_pam_dir(out);
	out->raw = out->clean;
	out->clean.strip_cr = true;
	pammodule_gather(s->root, s->arena, &out->mods);
	out->mods.closure = elfscan(s);
	out->mods.who = ELFSCAN_MODULE;
	out->asked = arena_new_struct(s->arena, struct pamfiles);
	pamfiles_init(out->asked, s->root, s->arena);
	gather_root(out);
	for (size_t i = 0; i < PAMVIEW_SERVICES; i++)
		gather_service(out, &out->svc[i], &pamview_kinds[i]);
	gather_user_manager(out);
	find_suspects(out);
	out->judged = out->suspects < PAMVIEW_JUDGED_MAX ? out->suspects : PAMVIEW_JUDGED_MAX;
	for (size_t i = 0; i < out->judged; i++)
		judge_suspect(out, &out->suspect[i]);
}
