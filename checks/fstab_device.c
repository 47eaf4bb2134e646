/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The device a line names: absent, another root's, or called by what changes with the driver. */
#include "checks/fstab_parts.h"

/* --- lines that others depend on --- */

static bool stops_with(const struct fstab_view *v, const struct fstab_entry *x,
		       const struct fstab_entry *e)
{
	return fstab_meant_depends(x, e) && fstab_critical_for(x, v->how) == CRIT_REQUIRED;
}

static bool anything_stops_with(const struct fstab_view *v, const struct fstab_entry *e)
{
	if (v->how != FSTAB_SYSTEMD && v->how != FSTAB_MOUNTALL)
		return false;
	for (size_t i = 0; i < v->tab.n && i < FSTAB_LINES_MAX; i++) {
		if (stops_with(v, &v->tab.e[i], e))
			return true;
	}
	return false;
}

/* LVM, LUKS and md show their UUIDs and labels only when they are opened. */
static bool may_be_hidden(const struct fstab_view *v, const char *spec)
{
	return !v->d->complete &&
	       (startswith(spec, "UUID=") || startswith(spec, "LABEL=") ||
		startswith(spec, "/dev/disk/by-uuid/") || startswith(spec, "/dev/disk/by-label/"));
}

bool fstab_device_is_gone(const struct fstab_view *v, const struct fstab_entry *e)
{
	const struct partition *p;

	return !e->bind && !may_be_hidden(v, e->spec) &&
	       devices_find(v->d, e->spec, &p) == SPEC_ABSENT;
}

/* The line and all that cannot be mounted without it. */
static void tolerate_all(const struct fstab_view *v, struct finding *f, const struct fstab_entry *e)
{
	if (!fstab_is_tolerant(e, v->how))
		fstab_tolerate_line(v, f, e);
	if (v->how != FSTAB_SYSTEMD && v->how != FSTAB_MOUNTALL)
		return;
	for (size_t i = 0; i < v->tab.n && i < FSTAB_LINES_MAX; i++) {
		/* Whose own device is gone has a finding of its own that lets the boot go on. */
		if (stops_with(v, &v->tab.e[i], e) && !fstab_device_is_gone(v, &v->tab.e[i]))
			fstab_tolerate_line(v, f, &v->tab.e[i]);
	}
}

/* --- devices --- */

static const char *absent_text(const struct fstab_view *v, const struct fstab_entry *e)
{
	return scan_printf(v->s, "no partition %s %s",
			   spec_is_kernel_name(e->spec) || startswith(e->spec, "/dev/") ? "is"
											: "has",
			   e->spec);
}

/* Another part of what the root lies on, which this disk cannot show: a subvolume. */
static bool is_beside_root(const struct fstab_view *v, const struct fstab_entry *e)
{
	for (size_t i = 0; !v->s->facts->root_part && i < v->tab.n; i++) {
		if (fstab_is_root(&v->tab.e[i]) && streq(v->tab.e[i].spec, e->spec))
			return true;
	}
	return false;
}

static void hidden_device(struct fstab_view *v, const struct fstab_entry *e)
{
	struct finding *f = fstab_find_at(
		v, &fstab_unknown_device, e,
		scan_printf(v->s, "%s, unless it lies inside LVM, LUKS or md", absent_text(v, e)));

	finding_severity(f, NOTE);
	finding_safety(f, FIX_NONE);
}

void fstab_absent_root(struct fstab_view *v, const struct fstab_entry *e)
{
	const struct partition *root = v->s->facts->root_part;
	struct finding *f;

	/* This very root lies inside LVM, LUKS or md, so what names it does. */
	if (!root && may_be_hidden(v, e->spec))
		return;
	if (!fstab_has_stable_name(root) && may_be_hidden(v, e->spec)) {
		hidden_device(v, e);
		return;
	}
	f = fstab_find_at(v, &fstab_unknown_device, e, absent_text(v, e));
	fstab_grade(f, fstab_severity_of(v, e));
	if (fstab_has_stable_name(root))
		propose_line(f, v->t, e->line, "%s",
			     fstab_with_device(v->s->arena, fstab_raw_line(v, e), e, root));
	else
		finding_safety(f, FIX_NONE);
}

static enum severity absence_severity(const struct fstab_view *v, const struct fstab_entry *e)
{
	enum critical c = fstab_critical_for(e, v->how);

	if (c == CRIT_REQUIRED || anything_stops_with(v, e))
		return STOPS_BOOT;
	return e->nofail || e->automount || c == CRIT_IGNORED ? NOTE : DEGRADES;
}

/* Nothing more is to be said: the line provides for it, or a stick was meant. */
static bool absence_is_wanted(const struct fstab_view *v, const struct fstab_entry *e)
{
	const char *by = "";

	if (e->nofail && fstab_option(e->options, "comment", &by) && startswith(by, "cloudconfig"))
		return true; /* cloud-init writes these for disks that a machine type may have */
	return fstab_is_tolerant(e, v->how) || e->noauto;
}

void fstab_absent_device(struct fstab_view *v, const struct fstab_entry *e)
{
	const struct partition *meant = fstab_meant(v->d, &v->tab, e);
	enum severity severity = absence_severity(v, e);
	const char *text = absent_text(v, e);
	struct finding *f;

	if (severity != STOPS_BOOT && absence_is_wanted(v, e))
		return;
	if (!meant && may_be_hidden(v, e->spec)) {
		if (!is_beside_root(v, e))
			hidden_device(v, e);
		return;
	}
	if (meant)
		text = scan_printf(v->s, "%s; '%s' must be %s", text, e->swap ? "swap" : e->where,
				   partition_describe(v->s->arena, meant));
	f = fstab_find_at(v, &fstab_unknown_device, e, text);
	finding_severity(f, severity);
	if (meant && severity != NOTE)
		propose_line(f, v->t, e->line, "%s",
			     fstab_with_device(v->s->arena, fstab_raw_line(v, e), e, meant));
	else if (severity != NOTE && !streq(e->where, "/usr"))
		tolerate_all(v, f, e);
	else
		finding_safety(f, FIX_NONE);
}

/* Of several that carry the name, the root may be any: halves of one btrfs, or clones. */
static bool names_root(const struct fstab_view *v, const char *spec)
{
	struct devices only = *v->d;
	const struct partition *p;

	only.p = (struct partition *)v->s->facts->root_part;
	only.n = 1;
	return devices_find(&only, spec, &p) == SPEC_FOUND;
}

bool fstab_root_is_another(struct fstab_view *v, const struct fstab_entry *e,
			   const struct partition *p)
{
	const struct partition *root = v->s->facts->root_part;
	struct finding *f;

	if (!fstab_has_stable_name(root) || names_root(v, e->spec))
		return false;
	f = fstab_find_at(v, &fstab_wrong_root, e,
			  scan_printf(v->s, "'%s' is %s, this root is %s", e->spec,
				      partition_describe(v->s->arena, p),
				      partition_describe(v->s->arena, root)));
	fstab_grade(f, fstab_severity_of(v, e));
	propose_line(f, v->t, e->line, "%s",
		     fstab_with_device(v->s->arena, fstab_raw_line(v, e), e, root));
	return true;
}

/* Names that another driver gives another disk; nvme and mmcblk are not such. */
static bool is_old_name(const char *spec)
{
	static const char *const prefixes[] = { "hd", "sd", "vd", "xvd", NULL };
	const char *name = after(spec, "/dev/");

	for (size_t i = 0; name && prefixes[i]; i++) {
		if (startswith(name, prefixes[i]))
			return spec_is_kernel_name(spec);
	}
	return false;
}

void fstab_driver_name(struct fstab_view *v, const struct fstab_entry *e, const struct partition *p)
{
	const struct partition *meant =
		fstab_is_root(e) ? v->s->facts->root_part : fstab_meant(v->d, &v->tab, e);
	bool ide = startswith(e->spec, "/dev/hd");
	struct finding *f;

	if (!is_old_name(e->spec) || e->noauto)
		return;
	if (meant && fstab_has_stable_name(meant))
		p = meant;
	f = fstab_find_at(v, &fstab_old_name, e,
			  scan_printf(v->s, "'%s' is %s only as long as the driver stays", e->spec,
				      partition_describe(v->s->arena, p)));
	if (ide && fstab_severity_of(v, e) == STOPS_BOOT)
		fstab_grade(f, STOPS_BOOT);
	else
		fstab_grade(f, v->d->own_names ? NOTE : DEGRADES);
	if (fstab_has_stable_name(p))
		fstab_set_field(v, f, e, FSTAB_SPEC, partition_spec(v->s->arena, p));
	else
		finding_safety(f, FIX_NONE);
}
