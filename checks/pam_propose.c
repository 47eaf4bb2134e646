/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of every suspect line, and what can be done about it. */
#include "checks/pam_parts.h"

#define NAMES_MAX 1000 /* of a directory */

void pam_comment_out(struct finding *f, const struct pamconf_line *l)
{
	for (size_t n = l->line; n <= l->last; n++)
		propose_comment(f, l->text, n);
}

const char *pam_included_from(const struct pamview *v, const struct pamconf_via *via)
{
	const char *way = "";

	for (size_t i = 0; via && i < 4; via = via->up, i++)
		way = scan_printf(v->s, "%s %s %s:%zu", way, i ? "from" : "(included from",
				  via->line->text->path, via->line->line);
	return *way ? scan_printf(v->s, "%s)", way) : "";
}

const char *pam_add_to_list(const struct pamview *v, const char *list, const char *name)
{
	return *list ? scan_printf(v->s, "%s, %s", list, name) : name;
}

const char *pam_effect_of(const struct pamview *v, const struct pamview_suspect *x)
{
	const char *types = "", *services = "";
	unsigned all = 0;

	for (size_t i = 0; i < PAMVIEW_SERVICES; i++) {
		all |= x->fails[i];
		if (x->fails[i])
			services = pam_add_to_list(v, services, pamview_kinds[i].name);
	}
	for (unsigned t = 0; t < PAMCONF_TYPES; t++) {
		if (all & 1u << t)
			types = pam_add_to_list(v, types, pamconf_type_names[t]);
	}
	if (!all)
		return pam_included_from(v, x->via);
	return scan_printf(v->s, ", so %s %s for %s%s", types,
			   strchr(types, ',') ? "fail" : "fails", services,
			   pam_included_from(v, x->via));
}

const char *pam_line_with(const struct pamview *v, const struct pamconf_line *l, size_t at,
			  const char *word, const char *with)
{
	const char *s = text_line(l->text, l->line);
	size_t len = strlen(s);

	/* Not where a backslash in brackets or before the line's end made it another word. */
	if (l->last != l->line || !*word || !startswith(s + at, word))
		return NULL;
	if (len && s[len - 1] == '\r')
		len--;
	return scan_printf(v->s, "%.*s%s%.*s", (int)at, s, with, (int)(len - at - strlen(word)),
			   s + at + strlen(word));
}

const char *pam_nearest(const char *word, const char *const *list)
{
	const char *best = NULL;
	size_t least = 3;

	for (size_t i = 0; list[i] && i < NAMES_MAX; i++) {
		size_t d = edit_distance(word, list[i]);

		if (d == least)
			best = NULL;
		if (d < least) {
			least = d;
			best = list[i];
		}
	}
	return best;
}

void pam_propose_repair(const struct pamview *v, struct finding *f, const struct pamview_suspect *x,
			enum safety best)
{
	const struct pamconf_line *l = x->l;
	const char *control = text_line(l->text, l->line);
	const char *soft = NULL;

	if (pamview_repairs(v, l, PAMVIEW_COMMENT)) {
		finding_safety(f, best);
		pam_comment_out(f, l);
		return;
	}
	if (l->kind == PAMCONF_MODULE && x->fault == PAMCONF_SOUND &&
	    pamview_repairs(v, l, PAMVIEW_IGNORE)) {
		soft = strchr(control, '[')
			       ? pam_line_with(v, l, l->control_at - 1,
					       scan_printf(v->s, "[%s]", l->control_word),
					       "[default=ignore]")
			       : pam_line_with(v, l, l->control_at, l->control_word,
					       "[default=ignore]");
	}
	if (!soft) {
		finding_safety(f, FIX_NONE);
		return;
	}
	finding_safety(f, FIX_ASK);
	finding_choice(f, "put module '%s' back", l->module);
	finding_choice(f, "let the stack pass over the line: other lines jump by its count");
	propose_line(f, l->text, l->line, "%s", soft);
}
