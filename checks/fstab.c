/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "checks/checks.h"
#include "checks/fstab_parts.h"
#include "lib/fstab_new.h"
#include "lib/fstab_repair.h"
#include "lib/fstab_words.h"
#include "lib/scan.h"
#include "lib/unseen.h"

#define REPAIRS_MAX 100u /* bad lines for which a repair is looked for */

static const struct problem *const problems[] = {
	&fstab_missing,
	&fstab_empty,
	&fstab_no_root,
	&fstab_bad_line,
	&fstab_unknown_device,
	&fstab_wrong_root,
	&fstab_old_name,
	&fstab_wrong_type,
	&fstab_type_unknown,
	&fstab_odd_option,
	&fstab_network,
	&fstab_bind_source,
	&fstab_mount_point,
	&fstab_duplicate_uuid_line,
	&fstab_duplicate_target,
	&fstab_swapfile,
	&fstab_fsck,
	NULL,
};

/* --- one line --- */

static bool would_be_root(const struct fstab_entry *e)
{
	return streq(e->target, "/") || streq(e->type, "/") || streq(e->spec, "/");
}

/* Not what was meant, and yet a mount to systemd: it fails. */
static bool is_taken_wrongly(struct fstab_view *v, const struct fstab_entry *e,
			     const char *repaired)
{
	struct fstab fixed = { 0 };

	if (repaired)
		fstab_parse(v->s->arena, text_new(v->s->arena, "", repaired, strlen(repaired)),
			    &fixed);
	if (fixed.n == 0)
		return fstab_words_is_disk_type(e->type) && !spec_is_judgeable(e->spec);
	return !streq(fixed.e[0].spec, e->spec) || (*e->type && !streq(fixed.e[0].type, e->type)) ||
	       (e->options[0] >= '0' && e->options[0] <= '9');
}

static enum severity bad_severity(struct fstab_view *v, const struct fstab_entry *e,
				  const char *repaired)
{
	bool wrongly = is_taken_wrongly(v, e, repaired);

	if (v->how == FSTAB_MOUNTALL)
		return fstab_is_root(e) || e->cr_hurts || wrongly ? STOPS_BOOT : DEGRADES;
	/* Without the option that the CR spoils, the boot waits for a device that never comes. */
	wrongly |= e->cr_hurts && fstab_device_is_gone(v, e);
	return wrongly && fstab_severity_of(v, e) == STOPS_BOOT ? STOPS_BOOT : DEGRADES;
}

static void judge_bad(struct fstab_view *v, const struct fstab_entry *e, const char *trouble)
{
	struct finding *f = fstab_find_at(v, &fstab_bad_line, e, trouble);
	const char *repaired = NULL;

	if (v->repairs++ < REPAIRS_MAX)
		repaired = fstab_repair(v->s->arena, &v->t->line[e->line - 1], v->d);
	finding_severity(f, bad_severity(v, e, repaired));
	if (repaired)
		propose_line(f, v->t, e->line, "%s", repaired);
	else if (would_be_root(e))
		finding_safety(f, FIX_NONE);
	else
		propose_comment(f, v->t, e->line);
}

static void judge_swap(struct fstab_view *v, const struct fstab_entry *e)
{
	const struct partition *p = NULL;

	switch (devices_find(v->d, e->spec, &p)) {
	case SPEC_ABSENT:
		fstab_absent_device(v, e);
		break;
	case SPEC_FOUND:
		if (!fstab_judge_type(v, e, p))
			fstab_driver_name(v, e, p);
		break;
	case SPEC_UNKNOWN:
		if (!spec_is_judgeable(e->spec))
			fstab_judge_swapfile(v, e);
	}
}

static void judge_root(struct fstab_view *v, const struct fstab_entry *e)
{
	const struct partition *p = NULL;
	bool told = false;

	switch (devices_find(v->d, e->spec, &p)) {
	case SPEC_ABSENT:
		fstab_absent_root(v, e);
		return;
	case SPEC_FOUND:
		if (fstab_root_is_another(v, e, p))
			return;
		told = fstab_judge_type(v, e, p);
		if (!told)
			fstab_driver_name(v, e, p);
		break;
	case SPEC_UNKNOWN:
		break;
	}
	fstab_judge_options(v, e, p);
	if (!told)
		fstab_judge_fsck(v, e);
}

static void judge_mount(struct fstab_view *v, const struct fstab_entry *e)
{
	enum spec_match m = SPEC_UNKNOWN;
	const struct partition *p = NULL;
	bool told = false;

	if (!e->bind && !e->network)
		m = devices_find(v->d, e->spec, &p);
	if (m == SPEC_ABSENT)
		fstab_absent_device(v, e);
	if (m == SPEC_FOUND && !(told = fstab_judge_type(v, e, p)))
		fstab_driver_name(v, e, p);
	if (m != SPEC_ABSENT && !told)
		fstab_no_driver(v, e);
	fstab_judge_options(v, e, p);
	fstab_judge_network(v, e);
	fstab_judge_bind(v, e);
	fstab_judge_mount_point(v, e);
	if (m != SPEC_ABSENT && !told)
		fstab_judge_fsck(v, e);
}

static void judge(struct fstab_view *v, const struct fstab_entry *e)
{
	const char *trouble = fstab_trouble(v->s->arena, e, v->d);

	if (trouble)
		judge_bad(v, e, trouble);
	else if (e->swap)
		judge_swap(v, e);
	else if (fstab_is_root(e))
		judge_root(v, e);
	else if (e->target[0] == '/' && !fstab_is_api_mount(e->where))
		judge_mount(v, e);
	if (!trouble)
		fstab_judge_pair(v, e);
}

/* --- the file as a whole --- */

/* t is NULL when there is no file. */
static void no_entries(struct scan *s, const struct problem *p, const struct text *t,
		       const char *told)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	struct finding *f = scan_find(s, p, FSTAB_PATH, "%s", told);

	if (fstab_new_root_is_writable(s))
		fstab_grade(f, NOTE);
	else if (fstab_meant_mounter(s->root, s->facts) == FSTAB_MOUNTALL)
		finding_severity(f, STOPS_BOOT);
	if (!t)
		finding_absence(f);
	if (!fstab_has_stable_name(s->facts->root_part)) {
		finding_safety(f, FIX_NONE);
		return;
	}
	/* Comments stay; a file of NUL bytes holds nothing that could. */
	if (t && !memchr(t->data, '\0', t->len))
		bytes_add(&b, t->data, t->len);
	if (b.len && b.data[b.len - 1] != '\n')
		bytes_addc(&b, '\n');
	fstab_new_lines(s, &b);
	propose_text(f, FSTAB_PATH, b.data, b.len, t ? 0 : 0644);
}

static void root_is_missing(struct fstab_view *v)
{
	const struct partition *root = v->s->facts->root_part;
	struct finding *f;

	if (fstab_new_is_needless(v->s) || v->tab.cut)
		return;
	for (size_t i = 0; i < v->tab.n; i++) {
		if (fstab_is_root(&v->tab.e[i]) || would_be_root(&v->tab.e[i]))
			return;
	}
	f = scan_find(v->s, &fstab_no_root, FSTAB_PATH, "no line mounts '/'");
	if (fstab_new_root_is_writable(v->s))
		fstab_grade(f, NOTE);
	else if (v->how == FSTAB_MOUNTALL)
		finding_severity(f, STOPS_BOOT);
	if (fstab_has_stable_name(root))
		propose_insert(f, v->t, v->tab.e[0].line, "%s", fstab_new_root_line(v->s));
	else
		finding_safety(f, FIX_NONE);
}

static void run(struct scan *s)
{
	struct fstab_view v = { .s = s, .d = s->facts->devices };
	int r = scan_read(s, FSTAB_PATH, &v.t);

	if (r == -ENOENT && !fstab_new_is_needless(s))
		no_entries(s, &fstab_missing, NULL, "the file does not exist");
	if (r < 0)
		return;
	fstab_parse(s->arena, v.t, &v.tab);
	if (v.tab.n == 0) {
		if (!fstab_new_is_needless(s))
			no_entries(s, &fstab_empty, v.t,
				   v.t->len ? "no line mounts anything" : "the file is empty");
		return;
	}
	v.how = fstab_meant_mounter(s->root, s->facts);
	v.unseen = unseen_find(s);
	v.kernel = fstab_kernel_types(s->root, s->arena, &s->facts->kernels);
	fstab_find_places(&v);
	root_is_missing(&v);
	for (size_t i = 0; i < v.tab.n && i < FSTAB_LINES_MAX; i++)
		judge(&v, &v.tab.e[i]);
	if (v.tab.n > FSTAB_LINES_MAX)
		scan_find(s, &engine_unreadable, FSTAB_PATH,
			  "more than %u entries: those behind are not judged", FSTAB_LINES_MAX);
}

const struct check fstab_check = {
	.name = "fstab",
	.summary = "what /etc/fstab mounts, and what happens when that fails",
	.problems = problems,
	.run = run,
};
