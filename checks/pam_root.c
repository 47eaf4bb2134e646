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
static bool is_meant(struct pamview *v, size_t svc, enum pamconf_type type)
{
	if (!streq(v->svc[svc].kind->name, "sshd"))
		return false;
	return pamview_sshd_says(v, "permitrootlogin", "no") ||
	       (type == PAMCONF_AUTH && pamview_sshd_says(v, "passwordauthentication", "no"));
}

static bool refuses_by_itself(const struct pamconf_handler *h)
{
	static const char *const modules[] = { "pam_succeed_if.so", "pam_deny.so", NULL };

	return h && in_list(pammodel_name(h->line), modules);
}

/* One line that refuses root, with all it does so to. */
struct refusal {
	const struct pamconf_line *l;
	const struct pamconf_via *via;
	const char *to;
	bool meant; /* by everybody it refuses root to */
};

struct refusals {
	struct refusal r[PAMVIEW_SERVICES * PAMCONF_TYPES];
	size_t n;
};

static void say_other_denies(struct pamview *v, size_t svc, enum pamconf_type type)
{
	struct finding *f = scan_find(v->s, &pam_denies_root, v->svc[svc].clean.path,
				      "'%s' has no %s line, so 'other' answers, which denies",
				      v->svc[svc].kind->name, pamconf_type_names[type]);

	finding_safety(f, FIX_NONE);
	if (is_meant(v, svc, type))
		finding_severity(f, NOTE);
}

static void add_refusal(struct pamview *v, struct refusals *all, const struct pamconf_handler *h,
			size_t svc, enum pamconf_type type)
{
	const char *to =
		scan_printf(v->s, "%s of %s", pamconf_type_names[type], v->svc[svc].kind->name);
	bool meant = is_meant(v, svc, type);

	for (size_t i = 0; i < all->n; i++) {
		if (all->r[i].l != h->line)
			continue;
		all->r[i].to = pam_add_to_list(v, all->r[i].to, to);
		all->r[i].meant &= meant;
		return;
	}
	all->r[all->n++] = (struct refusal){ h->line, h->via, to, meant };
}

static void look_for_refusal(struct pamview *v, struct refusals *all, size_t i,
			     enum pamconf_type type)
{
	const struct pamview_service *svc = &v->svc[i];
	struct pamconf_verdict verdict;

	if (!svc->judged || svc->clean.truncated || !svc->kind->way_in || is_troubled(v, i, type))
		return;
	pamview_try(v, svc, type, PAMVIEW_ANY, &verdict);
	if (verdict.can_succeed || verdict.exhausted || !refuses_by_itself(verdict.bad))
		return;
	if (svc->clean.own[type].n == 0)
		say_other_denies(v, i, type);
	else
		add_refusal(v, all, verdict.bad, i, type);
}

static void say_refusal(const struct pamview *v, const struct refusal *r)
{
	struct finding *f = scan_find(v->s, &pam_denies_root, NULL, "'%s' refuses root in %s%s",
				      pammodel_name(r->l), r->to, pam_included_from(v, r->via));

	finding_at(f, r->l->text, r->l->line);
	if (r->meant)
		finding_severity(f, NOTE);
	if (!r->meant && pamview_repairs(v, r->l, PAMVIEW_COMMENT))
		pam_comment_out(f, r->l);
	else
		finding_safety(f, FIX_NONE);
}

void pam_check_root(struct pamview *v)
{
	struct refusals all = { .n = 0 };

	for (size_t i = 0; i < PAMVIEW_SERVICES; i++) {
		look_for_refusal(v, &all, i, PAMCONF_AUTH);
		look_for_refusal(v, &all, i, PAMCONF_ACCOUNT);
		look_for_refusal(v, &all, i, PAMCONF_SESSION);
	}
	for (size_t i = 0; i < all.n; i++)
		say_refusal(v, &all.r[i]);
}
