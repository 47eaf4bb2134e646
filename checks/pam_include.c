/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Includes that lead nowhere or in a circle, and files to be had again. */
#include "checks/pam_parts.h"

/* Stacks that others include: their absence is a fault of theirs, not of the lines naming them. */
static const char *const stacks[] = { "system-auth",
				      "password-auth",
				      "postlogin",
				      "system-login",
				      "system-local-login",
				      "system-remote-login",
				      "system-services",
				      "common-auth",
				      "common-account",
				      "common-password",
				      "common-session",
				      "common-session-noninteractive",
				      "base-auth",
				      "base-account",
				      "base-password",
				      "base-session",
				      NULL };

bool pam_is_stack(const char *path)
{
	return in_list(strrchr(path, '/') + 1, stacks);
}

void pam_restore(struct finding *f, const char *path, const struct pamrepair *r)
{
	switch (r->kind) {
	case PAMREPAIR_LINK:
		propose_link(f, path, r->value);
		break;
	case PAMREPAIR_COPY:
		propose_copy(f, path, r->value, 0644, 0, 0);
		break;
	case PAMREPAIR_MADE:
		propose_text_owned(f, path, r->value, strlen(r->value), 0644, 0, 0);
		break;
	case PAMREPAIR_SIBLING:
		finding_safety(f, FIX_ASK);
		finding_choice(f, "a copy of '%s'", r->value);
		finding_choice(f, "the file as its package ships it");
		propose_copy(f, path, r->value, 0644, 0, 0);
		break;
	case PAMREPAIR_PLAIN:
		finding_safety(f, FIX_ASK);
		finding_choice(f, "a plain file that asks pam_unix for the password");
		finding_choice(f, "the file as its package ships it");
		propose_text_owned(f, path, r->value, strlen(r->value), 0644, 0, 0);
		break;
	default:
		finding_safety(f, FIX_NONE);
	}
}

const char *pam_without(const struct pamview *v, const struct pamrepair *r)
{
	return r->note ? scan_printf(v->s, "; it can be made anew without %s", r->note) : "";
}

const char *pam_target_path(const struct pamview *v, const char *target)
{
	return *target == '/' ? target : scan_printf(v->s, "/etc/pam.d/%s", target);
}

#define LOOKED_MAX 16 /* suspects whose target is looked for: copies of it, names like it */

/* A stack of its own, or a file that can be had again, rather than a slip in the line. */
static bool is_lost_stack(const struct pamview *v, const struct pamview_suspect *x)
{
	const char *path = pam_target_path(v, x->l->module);
	struct pamrepair r;

	if (x->fault != PAMCONF_TARGET_MISSING)
		return false;
	if (x - v->suspect >= LOOKED_MAX)
		return pam_is_stack(path);
	pamrepair_find(v, path, PAMREPAIR_MISSING, &r);
	return pam_is_stack(path) || r.kind != PAMREPAIR_NONE;
}

static const char *more_lines(const struct pamview *v, size_t n)
{
	return n ? scan_printf(v->s, " and %zu more line%s", n, n > 1 ? "s" : "") : "";
}

/* Once for each target: the lines that name it are counted. */
static void say_lost_stack(const struct pamview *v, const struct pamview_suspect *x)
{
	const char *path = pam_target_path(v, x->l->module);
	struct pamview_suspect all = *x;
	struct pamrepair r;
	size_t lines = 0;
	struct finding *f;

	for (size_t i = 0; i < v->judged; i++) {
		const struct pamview_suspect *y = &v->suspect[i];

		if (y->fault != PAMCONF_TARGET_MISSING ||
		    !streq(pam_target_path(v, y->l->module), path))
			continue;
		if (y < x)
			return;
		lines++;
		for (size_t k = 0; k < PAMVIEW_SERVICES; k++)
			all.fails[k] |= y->fails[k];
	}
	all.via = NULL;
	pamrepair_find(v, path, PAMREPAIR_MISSING, &r);
	f = scan_find(v->s, &pam_missing, path, "included by %s:%zu%s%s%s", x->l->text->path,
		      x->l->line, more_lines(v, lines - 1), pam_effect_of(v, &all),
		      pam_without(v, &r));
	finding_severity(f, pamview_severity(&all));
	finding_absence(f);
	pam_restore(f, path, &r);
}

static bool is_sound_rules(const struct pamview *v, const char *name)
{
	const char *path = scan_printf(v->s, "/etc/pam.d/%s", name);

	return root_is_file(v->s->root, path) && !endswith(name, "~") && !endswith(name, ".bak");
}

/* A file that is there and has nearly that name. */
static const char *meant_target(const struct pamview *v, const struct pamconf_line *l)
{
	const char *meant =
		*l->module == '/' ? NULL : pam_nearest(l->module, scan_dir(v->s, "/etc/pam.d"));

	return meant && is_sound_rules(v, meant) ? meant : NULL;
}

/* A circle is told once, at a line it can be opened at. */
static bool is_told_elsewhere(const struct pamview *v, const struct pamview_suspect *x)
{
	if (pamview_repairs(v, x->l, PAMVIEW_COMMENT))
		return false;
	for (size_t i = 0; i < v->judged; i++) {
		const struct pamview_suspect *y = &v->suspect[i];

		if (y != x && y->fault == PAMCONF_TARGET_LOOP &&
		    pamview_repairs(v, y->l, PAMVIEW_COMMENT))
			return true;
	}
	return false;
}

void pam_say_include(const struct pamview *v, const struct pamview_suspect *x)
{
	const struct pamconf_line *l = x->l;
	bool loop = x->fault == PAMCONF_TARGET_LOOP;
	const char *meant, *put_right;
	struct finding *f;

	if (is_lost_stack(v, x)) {
		say_lost_stack(v, x);
		return;
	}
	if (loop && is_told_elsewhere(v, x))
		return;
	f = scan_find(v->s, &pam_include, NULL, "'%s' %s%s", l->module,
		      loop ? "is being included already" : "does not exist", pam_effect_of(v, x));
	finding_at(f, l->text, l->line);
	finding_severity(f, pamview_severity(x));
	meant = loop || x - v->suspect >= LOOKED_MAX ? NULL : meant_target(v, l);
	put_right = meant ? pam_line_with(v, l, l->module_at, l->module, meant) : NULL;
	if (!loop)
		finding_absence(f);
	if (!put_right) {
		pam_propose_repair(v, f, x, FIX_ASK);
		return;
	}
	finding_choice(f, "'%s' was meant", meant);
	propose_line(f, l->text, l->line, "%s", put_right);
}
