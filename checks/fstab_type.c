/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The type of a line against what the disk holds and what the kernel can mount; its options. */
#include "checks/fstab_parts.h"
#include "lib/fstab_options.h"
#include "lib/fstab_words.h"

/* --- types --- */

static void type_differs(struct fstab_view *v, const struct fstab_entry *e,
			 const struct partition *p)
{
	const struct partition *meant = fstab_is_root(e) ? NULL : fstab_meant(v->d, &v->tab, e);
	const char *type = fstab_words_type_for(p->type);
	struct finding *f = fstab_find_at(
		v, &fstab_wrong_type, e,
		scan_printf(v->s, "type is '%s', %s holds %s", e->type, e->spec, p->type));

	fstab_grade(f, fstab_severity_of(v, e));
	if (e->noauto) {
		finding_safety(f, FIX_NONE);
	} else if (meant && spec_is_kernel_name(e->spec)) {
		propose_line(f, v->t, e->line, "%s",
			     fstab_with_device(v->s->arena, fstab_raw_line(v, e), e, meant));
	} else if (type && streq(type, "swap") == e->swap) {
		propose_line(f, v->t, e->line, "%s",
			     fstab_with_type(v->s->arena, fstab_raw_line(v, e), type));
	} else {
		/* Not the type but the device is wrong, and which one was meant nobody knows. */
		finding_safety(f, FIX_ASK);
		finding_choice(f, "make line %zu a comment", e->line);
		propose_comment(f, v->t, e->line);
	}
}

/* A word that is no type, where the disk tells what was meant. */
static bool is_misspelt_type(const struct fstab_view *v, const struct fstab_entry *e)
{
	return !strchr(e->type, ',') && !fstab_words_is_type(e->type) &&
	       !fstab_kernel_has_helper(v->s->root, e->type) &&
	       (!v->kernel.known || fstab_kernel_lacks(&v->kernel, v->s->root, e->type));
}

bool fstab_judge_type(struct fstab_view *v, const struct fstab_entry *e, const struct partition *p)
{
	if (!p->type || e->bind || !*e->type)
		return false;
	if (fstab_words_fit(e->type, p->type) != FIT_NO &&
	    !(fstab_words_type_for(p->type) && is_misspelt_type(v, e)))
		return false;
	type_differs(v, e, p);
	return true;
}

void fstab_no_driver(struct fstab_view *v, const struct fstab_entry *e)
{
	struct finding *f;

	if (e->swap || e->bind || e->network || e->noauto || e->nofail || !*e->type ||
	    strchr(e->type, ',') || fstab_words_is_virtual_type(e->type) ||
	    (fstab_words_is_type(e->type) && !fstab_words_is_disk_type(e->type)) ||
	    fstab_words_is_remote_fuse(e->type) ||
	    !fstab_kernel_lacks(&v->kernel, v->s->root, e->type))
		return;
	f = fstab_find_at(v, &fstab_type_unknown, e,
			  scan_printf(v->s, "no kernel here can mount '%s'", e->type));
	fstab_grade(f, fstab_severity_of(v, e));
	finding_absence(f);
	if (fstab_is_root(e))
		finding_safety(f, FIX_NONE);
	else
		fstab_tolerate_line(v, f, e);
}

/* --- options --- */

static const char *real_type(const struct fstab_entry *e, const struct partition *p)
{
	const char *type = p && p->type ? fstab_words_type_for(p->type) : NULL;

	if (fstab_words_is_disk_type(e->type) || streq(e->type, "tmpfs"))
		return e->type;
	return streq(e->type, "auto") && type ? type : "";
}

void fstab_judge_options(struct fstab_view *v, const struct fstab_entry *e,
			 const struct partition *p)
{
	const char *type = real_type(e, p);
	struct fstab_odd o;
	struct finding *f;

	if (!*type || e->swap || e->bind || e->noauto)
		return;
	o = fstab_options_odd(v->s->arena, fstab_raw_options(v->s->arena, fstab_raw_line(v, e)),
			      type);
	if (o.n == 0)
		return;
	f = fstab_find_at(v, &fstab_odd_option, e, o.told);
	fstab_grade(f, fstab_severity_of(v, e));
	fstab_set_field(v, f, e, FSTAB_OPTIONS, o.becomes);
}
