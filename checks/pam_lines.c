/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines that libpam cannot read, and modules that it cannot load. */
#include "checks/pam_parts.h"

bool pam_has_way_in(const struct pamview *v)
{
	for (size_t i = 0; i < PAMVIEW_SERVICES; i++) {
		if (v->svc[i].judged && v->svc[i].kind->way_in)
			return true;
	}
	return false;
}

/* Commenting some of its lines is no help where others cannot go. */
static bool can_do_without(const struct pamview *v, const struct pamview_suspect *x)
{
	for (size_t i = 0; i < v->judged; i++) {
		const struct pamview_suspect *y = &v->suspect[i];

		if (y->fault == PAMCONF_SOUND && streq(y->l->module, x->l->module) &&
		    pamview_fails_anywhere(y) && !pamview_repairs(v, y->l, PAMVIEW_COMMENT) &&
		    !pamview_repairs(v, y->l, PAMVIEW_IGNORE))
			return false;
	}
	return true;
}

static const char *why_of(const struct pamview *v, const struct pamview_suspect *x)
{
	const char *why = pammodule_why(x->module);

	if (x->module != PAMMODULE_UNLOADABLE)
		return why;
	return scan_printf(v->s, "%s, since %s", why, pammodule_lack(&v->mods, x->module_path));
}

void pam_say_module(const struct pamview *v, const struct pamview_suspect *x)
{
	struct finding *f;

	if (!pamview_fails_anywhere(x))
		return;
	f = scan_find(v->s, &pam_module, NULL, "module '%s' %s%s", x->l->module, why_of(v, x),
		      pam_effect_of(v, x));
	finding_at(f, x->l->text, x->l->line);
	finding_severity(f, pamview_severity(x));
	if (x->module == PAMMODULE_ABSENT || x->module == PAMMODULE_UNLOADABLE)
		finding_absence(f);
	if (can_do_without(v, x))
		pam_propose_repair(v, f, x, FIX_SAFE);
	else
		finding_safety(f, FIX_NONE);
}

/* One finding, not one for each line of each stack. */
bool pam_say_no_modules(const struct pamview *v)
{
	struct finding *f;

	if (v->mods.any || !v->mods.libpam || !pam_has_way_in(v))
		return false;
	f = scan_find(v->s, &pam_module, v->mods.dirs[0],
		      "no module in it can be loaded, so nobody can log in");
	finding_absence(f);
	finding_safety(f, FIX_NONE);
	return true;
}

void pam_say_line(const struct pamview *v, const struct pamview_suspect *x)
{
	static const char *const controls[] = { "required", "requisite", "optional", "sufficient",
						"include",  "substack",	 NULL };
	const struct pamconf_line *l = x->l;
	bool type = x->fault == PAMCONF_BAD_TYPE;
	const char *word = type ? l->type_word : l->control_word;
	const char *meant = NULL, *put_right = NULL, *what;
	struct finding *f;

	if (type || x->fault == PAMCONF_BAD_CONTROL)
		meant = pam_nearest(word, type ? pamconf_type_names : controls);
	if (meant)
		put_right = pam_line_with(v, l, type ? l->type_at : l->control_at, word, meant);
	what = type && streq(word, "@include")	 ? "'@include' is known to Debian's libpam only"
	       : type				 ? scan_printf(v->s, "'%s' is no type", word)
	       : x->fault == PAMCONF_BAD_CONTROL ? scan_printf(v->s, "'%s' is no control", word)
	       : x->fault == PAMCONF_OPEN_END	 ? "the file ends in a backslash"
	       : x->fault == PAMCONF_NO_CONTROL	 ? "there is no control and no module"
						 : "there is no module";
	f = scan_find(v->s, &pam_line, NULL, "%s%s", what, pam_effect_of(v, x));
	finding_at(f, l->text, l->line);
	finding_severity(f, pamview_severity(x));
	if (!put_right) {
		pam_propose_repair(v, f, x, FIX_ASK);
		return;
	}
	finding_safety(f, FIX_ASK);
	finding_choice(f, "'%s' was meant", meant);
	propose_line(f, l->text, l->line, "%s", put_right);
}
