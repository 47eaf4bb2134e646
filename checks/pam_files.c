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

/* login and sshd have files of their own everywhere; without, "other" answers for them. */
void pam_check_service(const struct pamview *v, const struct pamview_service *svc)
{
	const char *path = scan_printf(v->s, "/etc/pam.d/%s", svc->kind->name);
	bool works = all_succeed(v, svc);
	struct finding *f;

	if (!svc->judged || svc->clean.path || !svc->kind->way_in || v->clean.one_file)
		return;
	f = scan_find(v->s, &pam_missing, path, "'%s' has no file of its own, %s", svc->kind->name,
		      svc->clean.unread ? "nor is there an 'other'"
		      : works		? "so 'other' answers, which lets it through"
					: "so 'other' answers, which denies");
	finding_severity(f, works && !svc->clean.unread ? DEGRADES : BLOCKS_LOGIN);
	finding_absence(f);
	pam_restore(v, f, path, PAMREPAIR_MISSING);
}

static bool uses_file(const struct pamview_service *svc, const struct pamconf_file *file)
{
	for (size_t i = 0; svc->judged && i < svc->clean.files; i++) {
		if (svc->clean.file[i] == file)
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

static void check_empty(const struct pamview *v, const struct pamconf_file *file)
{
	const char *users = users_of(v, file);
	struct finding *f;
	bool bad;

	if (!*users || file->n || backups_has_content(file->text, NULL))
		return;
	bad = shuts_out(v, file);
	if (!bad && !is_own_file(v, file) && !pam_is_stack(file->path))
		return;
	f = scan_find(v->s, &pam_empty, file->path, "%s, read by %s",
		      file->text->len ? "nothing but blanks and NUL bytes" : "size 0", users);
	finding_severity(f, bad ? BLOCKS_LOGIN : DEGRADES);
	pam_restore(v, f, file->path, PAMREPAIR_EMPTY);
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

void pam_check_files(struct pamview *v)
{
	for (size_t i = 0; i < v->clean.files; i++) {
		const struct pamconf_file *file = v->clean.file[i];

		if (!file->text)
			continue;
		check_empty(v, file);
		check_cr(v, file);
	}
}
