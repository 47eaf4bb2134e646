/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /etc/pam.d: can root still log in through the stacks of login and sshd, can su and sudo work.
 * Only what these reach is judged: stacks nothing uses name absent modules on healthy systems.
 */
#include "checks/checks.h"
#include "checks/pam_parts.h"
#include "lib/scan.h"

static void say(const struct pamview *v, const struct pamview_suspect *x)
{
	if (x->fault == PAMCONF_SOUND)
		pam_say_module(v, x);
	else if (x->fault == PAMCONF_TARGET_MISSING || x->fault == PAMCONF_TARGET_LOOP)
		pam_say_include(v, x);
	else
		pam_say_line(v, x);
}

/* A root whose login knows PAM has libpam, and then needs at least something to read. */
static bool has_rules(const struct pamview *v)
{
	for (size_t i = 0; i < PAMVIEW_SERVICES; i++) {
		if (v->svc[i].clean.chain[PAMCONF_AUTH]->n)
			return true;
	}
	return false;
}

static void check_nothing(const struct pamview *v)
{
	struct finding *f;

	if (!v->mods.libpam || !pam_has_way_in(v))
		return;
	f = scan_find(v->s, &pam_missing, "/etc/pam.d",
		      "there is no such directory, and no rule in /etc/pam.conf");
	finding_absence(f);
	finding_safety(f, FIX_NONE);
}

/* A file of anything but rules has thousands of them. */
static void say_more(const struct pamview *v)
{
	const struct pamview_suspect *x;
	struct finding *f;

	if (v->judged == v->suspects)
		return;
	x = &v->suspect[v->judged];
	f = scan_find(v->s, &pam_line, NULL,
		      "this and %zu more lines cannot be used either: what they do is not judged",
		      v->suspects - v->judged - 1);
	finding_at(f, x->l->text, x->l->line);
	finding_severity(f, DEGRADES);
	finding_safety(f, FIX_NONE);
}

static void say_cut(const struct pamview *v)
{
	static const char how[] = "more lines than a stack can have: the rest is not judged";
	bool told = false;

	for (size_t i = 0; i < v->clean.files; i++) {
		if (v->clean.file[i]->cut)
			scan_find(v->s, &engine_unreadable, v->clean.file[i]->path, how);
		told |= v->clean.file[i]->cut;
	}
	for (size_t i = 0; i < PAMVIEW_SERVICES && !told; i++) {
		told = v->svc[i].judged && v->svc[i].clean.truncated;
		if (told)
			scan_find(v->s, &engine_unreadable, v->svc[i].clean.path, how);
	}
}

static void run(struct scan *s)
{
	const struct pamview *later;
	struct pamview v;
	bool no_modules;

	pamview_gather(s, &v);
	if (v.clean.one_file && !has_rules(&v)) {
		check_nothing(&v);
		return;
	}
	later = pam_look_ahead(&v);
	for (size_t i = 0; i < PAMVIEW_SERVICES; i++)
		pam_check_service(later, &later->svc[i]);
	pam_check_files(&v, later);
	no_modules = pam_say_no_modules(&v);
	for (size_t i = 0; i < v.judged; i++) {
		if (!no_modules || v.suspect[i].fault != PAMCONF_SOUND)
			say(&v, &v.suspect[i]);
	}
	say_more(&v);
	say_cut(&v);
	pam_check_root(&v);
}

const struct check pam_check = {
	.name = "pam",
	.summary = "/etc/pam.d: the stacks that login, sshd, su and sudo go through",
	.problems = pam_problems,
	.run = run,
};
