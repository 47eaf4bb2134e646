/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stacks without a fault that refuse root. */
#include "checks/pam_parts.h"

/* A fault told already may be why. */
static bool is_troubled(const struct pamview *v, size_t svc, enum pamconf_type type)
{
	const struct pamconf_service *c = &v->svc[svc].clean;

	for (size_t i = 0; i < v->suspects; i++) {
		if (v->suspect[i].used[svc] & 1u << type &&
		    v->suspect[i].module == PAMMODULE_UNKNOWN)
			return true;
	}
	for (size_t i = 0; i < c->files; i++) {
		if (c->file[i]->n == 0)
			return true;
	}
	return c->aborts || !c->path;
}

/* Who keeps root out of ssh, or out of passwords there, on purpose says so to sshd as well. */
static bool is_meant(struct pamview *v, const struct pamview_service *svc, enum pamconf_type type)
{
	if (!streq(svc->kind->name, "sshd"))
		return false;
	return pamview_sshd_says(v, "permitrootlogin", "no") ||
	       (type == PAMCONF_AUTH && pamview_sshd_says(v, "passwordauthentication", "no"));
}

/* The rest of those that read files are the login check's: access.conf, securetty's terminals. */
static bool refuses_by_itself(const struct pamview_service *svc, const struct pamconf_handler *h)
{
	static const char *const modules[] = {
		"pam_succeed_if.so", "pam_deny.so",
		"pam_listfile.so",   "pam_faillock.so",
		"pam_tally2.so",     "pam_shells.so",
		"pam_time.so",	     "pam_sepermit.so",
		"pam_securetty.so",  NULL,
	};
	static const char *const anybody[] = { "pam_deny.so", NULL };

	/* sudo asks for the password of whoever calls it. */
	return h &&
	       in_list(pammodel_name(h->line), streq(svc->kind->name, "sudo") ? anybody : modules);
}

/* One line that refuses root, with all it does so to. */
struct refusal {
	const struct pamconf_line *l;
	const struct pamconf_via *via;
	const char *to;
	enum severity severity; /* the worst of them */
	bool only_told;		/* what is left without the line is not tried */
	struct pamfiles_why why;
};

struct refusals {
	struct refusal r[(PAMVIEW_SERVICES + 1) * PAMCONF_TYPES];
	size_t n;
};

/* su that asks nobody is somebody's will; su that fails behind the password is not. */
static enum severity severity_of(struct pamview *v, const struct pamview_service *svc,
				 enum pamconf_type type)
{
	if (!svc->kind->way_in)
		return type == PAMCONF_AUTH ? NOTE : DEGRADES;
	return is_meant(v, svc, type) ? NOTE : BLOCKS_LOGIN;
}

static void say_other_denies(struct pamview *v, const struct pamview_service *svc,
			     enum pamconf_type type)
{
	struct finding *f = scan_find(v->s, &pam_denies_root, svc->clean.path,
				      "'%s' has no %s line, so 'other' answers, which denies",
				      svc->kind->name, pamconf_type_names[type]);

	finding_safety(f, FIX_NONE);
	finding_severity(f, severity_of(v, svc, type));
}

static void add_refusal(struct pamview *v, struct refusals *all, const struct pamconf_handler *h,
			const struct pamview_service *svc, enum pamconf_type type)
{
	const char *to = scan_printf(v->s, "%s of %s", pamconf_type_names[type], svc->kind->name);
	enum severity severity = severity_of(v, svc, type);
	struct refusal *r;

	for (size_t i = 0; i < all->n; i++) {
		r = &all->r[i];
		if (r->l != h->line)
			continue;
		r->to = pam_add_to_list(v, r->to, to);
		r->severity = severity < r->severity ? severity : r->severity;
		return;
	}
	r = &all->r[all->n++];
	*r = (struct refusal){ .l = h->line, .via = h->via, .to = to, .severity = severity };
	r->only_told = svc == &v->user_manager;
	pamview_why(v, svc, h->line, type, &r->why);
}

static void look_for_refusal(struct pamview *v, struct refusals *all,
			     const struct pamview_service *svc, enum pamconf_type type)
{
	struct pamconf_verdict verdict;

	if (!svc->judged || svc->clean.truncated)
		return;
	pamview_try(v, svc, type, PAMVIEW_BY_FILES, &verdict);
	if (verdict.can_succeed || verdict.exhausted || !refuses_by_itself(svc, verdict.bad))
		return;
	if (svc->clean.own[type].n)
		add_refusal(v, all, verdict.bad, svc, type);
	else if (svc->kind->way_in)
		say_other_denies(v, svc, type);
}

/* --- what can be done --- */

static void add_shell(struct finding *f, const struct pamview *v, const struct text *t)
{
	finding_choice(f, "the shell becomes one of its lines");
	propose_insert(f, t, t->lines + 1, "%s", v->root.shell);
}

static void close_file(struct finding *f, const struct pamview *v, const char *path)
{
	struct stat st;

	if (root_stat(v->s->root, path, &st) < 0)
		return;
	finding_choice(f, "the file is closed to writing by all");
	propose_mode(f, path, st.st_mode & 07777 & ~(mode_t)S_IWOTH);
}

static void zero_record(struct finding *f, const struct pamview *v, const char *path)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	if (root_read(v->s->root, path, ROOT_TEXT_MAX, &b) < 0 || b.len < PAMFILES_TALLY_RECORD)
		return;
	memset(b.data, 0, PAMFILES_TALLY_RECORD);
	finding_choice(f, "root's count begins at zero again");
	propose_text(f, path, b.data, b.len, 0);
}

static void comment_there(struct finding *f, const struct pamview *v,
			  const struct pamfiles_why *why)
{
	const struct text *t = scan_text(v->s, why->path);

	if (!t)
		return;
	finding_choice(f, "line %zu of '%s' is commented", why->line, why->path);
	propose_comment(f, t, why->line);
}

static void propose_at_file(struct finding *f, const struct pamview *v,
			    const struct pamfiles_why *why)
{
	const struct text *t;

	switch (why->remedy) {
	case PAMFILES_NO_REMEDY:
		break;
	case PAMFILES_COMMENT:
		comment_there(f, v, why);
		break;
	case PAMFILES_CLOSE:
		close_file(f, v, why->path);
		break;
	case PAMFILES_ADD_SHELL:
		t = scan_text(v->s, why->path);
		if (t && v->root.shell)
			add_shell(f, v, t);
		break;
	case PAMFILES_EMPTY:
		finding_choice(f, "root's count begins at zero again");
		propose_text(f, why->path, "", 0, 0);
		break;
	case PAMFILES_ZERO:
		zero_record(f, v, why->path);
		break;
	}
}

static void say_refusal(const struct pamview *v, const struct refusal *r)
{
	struct finding *f = scan_find(v->s, &pam_denies_root, NULL, "'%s' refuses root in %s%s%s%s",
				      pammodel_name(r->l), r->to, r->why.what ? ": " : "",
				      r->why.what ? r->why.what : "", pam_included_from(v, r->via));

	finding_at(f, r->l->text, r->l->line);
	finding_severity(f, r->severity);
	if (r->severity != NOTE)
		propose_at_file(f, v, &r->why);
	if (r->severity == NOTE || finding_has_fix(f))
		finding_safety(f, r->severity == NOTE ? FIX_NONE : FIX_ASK);
	else if (!r->only_told && pamview_repairs(v, r->l, PAMVIEW_COMMENT))
		pam_comment_out(f, r->l);
	else
		finding_safety(f, FIX_NONE);
}

static bool cannot_be_judged(const struct pamview *v, enum pamconf_type type)
{
	const struct pamconf_service *c = &v->user_manager.clean;
	const struct pamconf_chain *chain = c->chain[type];

	for (size_t i = 0; i < chain->n; i++) {
		if (chain->h[i].fault != PAMCONF_SOUND || *chain->h[i].line->mark)
			return true;
	}
	return c->aborts || !c->path || c->own[type].n == 0;
}

/* The user's systemd is not asked for a password. */
static void check_user_manager(struct pamview *v, struct refusals *all)
{
	if (!cannot_be_judged(v, PAMCONF_ACCOUNT))
		look_for_refusal(v, all, &v->user_manager, PAMCONF_ACCOUNT);
	if (!cannot_be_judged(v, PAMCONF_SESSION))
		look_for_refusal(v, all, &v->user_manager, PAMCONF_SESSION);
}

void pam_check_root(struct pamview *v)
{
	static const enum pamconf_type types[] = { PAMCONF_AUTH, PAMCONF_ACCOUNT, PAMCONF_SESSION };
	struct refusals all = { .n = 0 };

	for (size_t i = 0; i < PAMVIEW_SERVICES; i++) {
		for (size_t k = 0; k < ARRAY_SIZE(types); k++) {
			if (!is_troubled(v, i, types[k]))
				look_for_refusal(v, &all, &v->svc[i], types[k]);
		}
	}
	check_user_manager(v, &all);
	for (size_t i = 0; i < all.n; i++)
		say_refusal(v, &all.r[i]);
}
