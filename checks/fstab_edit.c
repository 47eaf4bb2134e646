/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of every line, and the edits that several findings make. */
#include "checks/fstab_parts.h"
#include "lib/fstab_options.h"
#include "lib/fstab_words.h"

const char *fstab_raw_line(const struct fstab_view *v, const struct fstab_entry *e)
{
	return text_line(v->t, e->line);
}

bool fstab_is_root(const struct fstab_entry *e)
{
	return !e->swap && e->target[0] == '/' && e->target[strspn(e->target, "/")] == '\0';
}

struct finding *fstab_find_at(struct fstab_view *v, const struct problem *p,
			      const struct fstab_entry *e, const char *detail)
{
	struct finding *f = scan_find(v->s, p, FSTAB_PATH, "%s", detail);

	finding_at(f, v->t, e->line);
	return f;
}

enum severity fstab_severity_of(const struct fstab_view *v, const struct fstab_entry *e)
{
	enum critical c = fstab_critical_for(e, v->how);

	if (fstab_is_root(e) && (v->how == FSTAB_SYSTEMD || v->how == FSTAB_LENIENT))
		return DEGRADES;
	return c == CRIT_REQUIRED ? STOPS_BOOT : c == CRIT_OPTIONAL ? DEGRADES : NOTE;
}

void fstab_grade(struct finding *f, enum severity severity)
{
	finding_severity(f, severity);
	if (severity == NOTE)
		finding_safety(f, FIX_ASK);
}

void fstab_set_field(const struct fstab_view *v, struct finding *f, const struct fstab_entry *e,
		     enum fstab_field field, const char *value)
{
	propose_line(f, v->t, e->line, "%s",
		     fstab_replace_field(v->s->arena, fstab_raw_line(v, e), field, value));
}

void fstab_tolerate_line(const struct fstab_view *v, struct finding *f, const struct fstab_entry *e)
{
	propose_line(f, v->t, e->line, "%s",
		     fstab_tolerate(v->s->arena, fstab_raw_line(v, e), e, v->how));
}

const char *fstab_with_type(struct arena *a, const char *raw, const char *type)
{
	const char *had = fstab_raw_options(a, raw),
		   *options = fstab_options_without_foreign(a, had, type);

	if (!streq(options, had))
		raw = fstab_replace_field(a, raw, FSTAB_OPTIONS, options);
	return fstab_replace_field(a, raw, FSTAB_TYPE, type);
}

const char *fstab_with_device(struct arena *a, const char *raw, const struct fstab_entry *e,
			      const struct partition *p)
{
	const char *type = p->type ? fstab_words_type_for(p->type) : NULL;

	raw = fstab_replace_field(a, raw, FSTAB_SPEC, partition_spec(a, p));
	if (type && fstab_words_fit(e->type, p->type) == FIT_NO)
		raw = fstab_with_type(a, raw, type);
	return raw;
}

bool fstab_has_stable_name(const struct partition *p)
{
	return p && (p->uuid || p->label || p->partuuid);
}
