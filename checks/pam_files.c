/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Services without a file, files without a rule, files with CR. */
#include "checks/pam_parts.h"
#include "lib/backups.h"
#include "lib/lineends.h"

static bool all_succeed(const struct pamview *v, const struct pamview_service *svc)
{
	static const enum pamconf_type needed[] = { PAMCONF_AUTH, PAMCONF_ACCOUNT,
						    PAMCONF_SESSION };

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		struct pamconf_verdict verdict;

		pamview_try(v, svc, needed[i], PAMVIEW_ANY, &verdict);
		if (!verdict.can_succeed && !verdict.exhausted)
			return false;
	}
	return true;
}

/* --- how things will stand --- */

#define LATER_MAX 16 /* stacks looked for; no system has more */

static bool is_empty(const struct pamconf_file *file)
{
	return file->text && !file->n && !backups_has_content(file->text, NULL);
}

struct ahead {
	const struct pamview *v;
	struct pamview_mended *list;
	size_t n, looked;
};

static void look_for(struct ahead *a, const char *path, enum pamrepair_state state)
{
	struct pamrepair r;
	const struct text *t;

	for (size_t i = 0; i < a->n; i++) {
		if (streq(a->list[i].path, path))
			return;
	}
	if (!pam_is_stack(path) || a->looked++ >= LATER_MAX)
		return;
	pamrepair_find(a->v, path, state, &r);
	t = pamrepair_is_safe(&r) ? pamrepair_text(a->v, path, &r) : NULL;
	if (t)
		a->list[a->n++] = (struct pamview_mended){ path, t };
}

const struct pamview *pam_look_ahead(const struct pamview *v)
{
	struct pamview *later = arena_new_struct(v->s->arena, struct pamview);
	struct ahead a = { .v = v };

	a.list = arena_alloc(v->s->arena, LATER_MAX * sizeof(*a.list));
	for (size_t i = 0; i < v->clean.files; i++) {
		if (is_empty(v->clean.file[i]))
			look_for(&a, v->clean.file[i]->path, PAMREPAIR_EMPTY);
	}
	for (size_t i = 0; i < v->judged; i++) {
		const struct pamview_suspect *x = &v->suspect[i];

		if (x->fault == PAMCONF_TARGET_MISSING)
			look_for(&a, pam_target_path(v, x->l->module), PAMREPAIR_MISSING);
	}
	if (!a.n)
		return v;
	pamview_gather_mended(v->s, a.list, a.n, later);
	return later;
}

/* --- services and files --- */

/* login and sshd have files of their own everywhere; without, "other" answers for them. */
void pam_check_service(const struct pamview *v, const struct pamview_service *svc)
{
	const char *path = scan_printf(v->s, "/etc/pam.d/%s", svc->kind->name);
	bool works = all_succeed(v, svc);
	struct pamrepair r;
	struct finding *f;

	if (!svc->judged || svc->clean.path || !svc->kind->way_in || v->clean.one_file)
		return;
	pamrepair_find(v, path, PAMREPAIR_MISSING, &r);
	f = scan_find(v->s, &pam_missing, path, "'%s' has no file of its own, %s", svc->kind->name,
		      svc->clean.unread ? "nor is there an 'other'"
		      : works		? "so 'other' answers, which lets it through"
					: "so 'other' answers, which denies");
	finding_severity(f, works && !svc->clean.unread ? DEGRADES : BLOCKS_LOGIN);
	finding_absence(f);
	pam_restore(f, path, &r);
}

static bool uses_file(const struct pamview_service *svc, const struct pamconf_file *file)
{
	for (size_t i = 0; svc->judged && i < svc->clean.files; i++) {
		if (streq(svc->clean.file[i]->path, file->path))
			return true;
	}
	return false;
}

/* The names of the judged services that read the file; "" for none. */
static const char *users_of(const struct pamview *v, const struct pamconf_file *file)
{
	const char *list = "";

	for (size_t i = 0; i < PAMVIEW_SERVICES; i++) {
		if (uses_file(&v->svc[i], file))
			list = pam_add_to_list(v, list, v->svc[i].kind->name);
	}
	return list;
}

static bool is_own_file(const struct pamview *v, const struct pamconf_file *file)
{
	for (size_t i = 0; i < PAMVIEW_SERVICES; i++) {
		if (v->svc[i].judged && streq_null(v->svc[i].clean.path, file->path))
			return true;
	}
	return false;
}

static bool shuts_out(const struct pamview *v, const struct pamconf_file *file)
{
	for (size_t i = 0; i < PAMVIEW_SERVICES; i++) {
		if (v->svc[i].kind->way_in && uses_file(&v->svc[i], file) &&
		    !all_succeed(v, &v->svc[i]))
			return true;
	}
	return false;
}

/* A service whose own file says nothing is answered by "other". */
static void check_empty(const struct pamview *v, const struct pamview *later,
			const struct pamconf_file *file)
{
	const char *users = users_of(v, file);
	bool own = is_own_file(v, file), bad;
	struct pamrepair r;
	struct finding *f;

	if (!*users || !is_empty(file))
		return;
	bad = shuts_out(own ? later : v, file);
	if (!bad && !own && !pam_is_stack(file->path))
		return;
	pamrepair_find(v, file->path, PAMREPAIR_EMPTY, &r);
	f = scan_find(v->s, &pam_empty, file->path, "%s, read by %s%s%s",
		      file->text->len ? "nothing but blanks and NUL bytes" : "size 0", users,
		      !own  ? ""
		      : bad ? "; 'other' answers for it, which denies"
			    : "; 'other' answers for it, which lets root in",
		      pam_without(v, &r));
	finding_severity(f, bad ? BLOCKS_LOGIN : DEGRADES);
	pam_restore(f, file->path, &r);
}

/* In a comment it does no harm. */
static bool has_cr(const char *s)
{
	size_t len = strlen(s);

	return len && s[len - 1] == '\r' && !strchr(s, '#');
}

static bool raw_shuts_out(const struct pamview *v, const struct pamconf_file *file)
{
	for (size_t i = 0; i < PAMVIEW_SERVICES; i++) {
		const struct pamview_service *svc = &v->svc[i];

		if (svc->kind->way_in && uses_file(svc, file) &&
		    !(pamview_raw_succeeds(svc, PAMCONF_AUTH) &&
		      pamview_raw_succeeds(svc, PAMCONF_ACCOUNT) &&
		      pamview_raw_succeeds(svc, PAMCONF_SESSION)))
			return true;
	}
	return false;
}

static void check_cr(const struct pamview *v, const struct pamconf_file *file)
{
	const char *users = users_of(v, file);
	const struct text *t = file->text;
	size_t first = 0, count = 0;
	struct finding *f;

	for (size_t n = 1; *users && n <= t->lines; n++) {
		if (!has_cr(text_line(t, n)))
			continue;
		first = first ? first : n;
		count++;
	}
	if (!count)
		return;
	f = scan_find(v->s, &pam_cr, NULL, "%zu line%s in CR, read by %s", count,
		      count > 1 ? "s end" : " ends", users);
	finding_at(f, t, first);
	finding_severity(f, raw_shuts_out(v, file) ? BLOCKS_LOGIN : DEGRADES);
	lineends_strip_cr(f, t);
}

void pam_check_files(const struct pamview *v, const struct pamview *later)
{
	for (size_t i = 0; i < v->clean.files; i++) {
		const struct pamconf_file *file = v->clean.file[i];

		if (!file->text)
			continue;
		check_empty(v, later, file);
		check_cr(v, file);
	}
}
