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

#define BLANKS " \t"

static const char *behind_word(const char *s)
{
	s += *s == '[' ? strcspn(s, "]") : strcspn(s, BLANKS);
	s += *s == ']';
	return s + strspn(s, BLANKS);
}

/* Where the word begins as it is written, a bracket before it or not; NULL: not there. */
static const char *word_of(const struct pamconf_line *l, enum pam_word which, const char *word)
{
	const char *s = text_line(l->text, l->line);

	s += strspn(s, BLANKS);
	if (l->service)
		s = behind_word(s);
	for (unsigned i = l->kind == PAMCONF_AT_INCLUDE ? PAM_CONTROL : PAM_TYPE; i < which; i++)
		s = behind_word(s);
	s += which == PAM_TYPE && l->silent && *s == '-';
	s += *s == '[' && *word != '[';
	return *word && startswith(s, word) ? s : NULL;
}

const char *pam_line_with(const struct pamview *v, const struct pamconf_line *l,
			  enum pam_word which, const char *word, const char *with)
{
	const char *s = text_line(l->text, l->line), *at = word_of(l, which, word);
	size_t len = strlen(s);

	if (!at || l->last != l->line)
		return NULL;
	if (len && s[len - 1] == '\r')
		len--;
	return scan_printf(v->s, "%.*s%s%.*s", (int)(at - s), s, with,
			   (int)(len - (size_t)(at - s) - strlen(word)), at + strlen(word));
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
			       ? pam_line_with(v, l, PAM_CONTROL,
					       scan_printf(v->s, "[%s]", l->control_word),
					       "[default=ignore]")
			       : pam_line_with(v, l, PAM_CONTROL, l->control_word,
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
