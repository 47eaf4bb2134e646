/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "lib/check.h"
#include "lib/fstab.h"
#include "lib/fstab_kernel.h"
#include "lib/fstab_meant.h"
#include "lib/fstab_new.h"
#include "lib/fstab_options.h"
#include "lib/fstab_place.h"
#include "lib/fstab_repair.h"
#include "lib/fstab_words.h"
#include "lib/scan.h"
#include "lib/unseen.h"
#include "checks/checks.h"
#include "checks/fstab_problems.h"

#define FSTAB "/etc/fstab"
#define LINES_MAX 1000u	 /* entries judged: each is compared with all others */
#define REPAIRS_MAX 100u /* bad lines for which a repair is looked for */

static const struct problem *const problems[] = {
	&missing,
	&empty,
	&no_root,
	&bad_line,
	&unknown_device,
	&wrong_root,
	&old_name,
	&wrong_type,
	&type_unknown,
	&option,
	&network,
	&bind_source,
	&mount_point,
	&duplicate_uuid_line,
	&duplicate_target,
	&swapfile,
	NULL,
};

/* What a line mounts where, links in the mount point followed. */
struct place {
	const char *target;
	const struct partition *p; /* NULL: none that is known */
	bool single;		   /* no other line should have the same */
};

/* What every look at a line needs. */
struct view {
	struct scan *s;
	const struct devices *d;
	const struct text *t;
	struct fstab tab;
	enum fstab_mounter how;
	const char *const *unseen;
	struct fstab_kernel kernel;
	unsigned repairs;
	struct place *place; /* of each entry, for comparing them */
};

static const char *raw_line(const struct view *v, const struct fstab_entry *e)
{
	return text_line(v->t, e->line);
}

static bool is_root(const struct fstab_entry *e)
{
	return !e->swap && e->target[0] == '/' && e->target[strspn(e->target, "/")] == '\0';
}

static struct finding *find_at(struct view *v, const struct problem *p, const struct fstab_entry *e,
			       const char *detail)
{
	struct finding *f = scan_find(v->s, p, FSTAB, "%s", detail);

	finding_at(f, v->t, e->line);
	return f;
}

/* The line for / does not stop systemd; the rest goes by what waits for the mount. */
static enum severity severity_of(const struct view *v, const struct fstab_entry *e)
{
	enum critical c = fstab_critical_for(e, v->how);

	if (is_root(e) && (v->how == FSTAB_SYSTEMD || v->how == FSTAB_LENIENT))
		return DEGRADES;
	return c == CRIT_REQUIRED ? STOPS_BOOT : c == CRIT_OPTIONAL ? DEGRADES : NOTE;
}

/* A note is for reading: nothing is changed for it, except when somebody asks. */
static void grade(struct finding *f, enum severity severity)
{
	finding_severity(f, severity);
	if (severity == NOTE)
		finding_safety(f, FIX_ASK);
}

/* --- edits --- */

static void set_field(const struct view *v, struct finding *f, const struct fstab_entry *e,
		      enum fstab_field field, const char *value)
{
	propose_line(f, v->t, e->line, "%s",
		     fstab_replace_field(v->s->arena, raw_line(v, e), field, value));
}

static void tolerate(const struct view *v, struct finding *f, const struct fstab_entry *e)
{
	propose_line(f, v->t, e->line, "%s",
		     fstab_tolerate(v->s->arena, raw_line(v, e), e, v->how));
}

/* The line with the type that is on the disk and no option that type refuses. */
static const char *with_type(struct arena *a, const char *raw, const char *type)
{
	const char *had = fstab_raw_options(a, raw),
		   *options = fstab_options_without_foreign(a, had, type);

	if (!streq(options, had))
		raw = fstab_replace_field(a, raw, FSTAB_OPTIONS, options);
	return fstab_replace_field(a, raw, FSTAB_TYPE, type);
}

/* The line with another device, and its type where that does not fit. */
static const char *with_device(struct arena *a, const char *raw, const struct fstab_entry *e,
			       const struct partition *p)
{
	const char *type = p->type ? fstab_words_type_for(p->type) : NULL;

	raw = fstab_replace_field(a, raw, FSTAB_SPEC, partition_spec(a, p));
	if (type && fstab_words_fit(e->type, p->type) == FIT_NO)
		raw = with_type(a, raw, type);
	return raw;
}

static bool has_stable_name(const struct partition *p)
{
	return p && (p->uuid || p->label || p->partuuid);
}

/* --- lines that others depend on --- */

static bool stops_with(const struct view *v, const struct fstab_entry *x,
		       const struct fstab_entry *e)
{
	return fstab_meant_depends(x, e) && fstab_critical_for(x, v->how) == CRIT_REQUIRED;
}

static bool anything_stops_with(const struct view *v, const struct fstab_entry *e)
{
	if (v->how != FSTAB_SYSTEMD && v->how != FSTAB_MOUNTALL)
		return false;
	for (size_t i = 0; i < v->tab.n && i < LINES_MAX; i++) {
		if (stops_with(v, &v->tab.e[i], e))
			return true;
	}
	return false;
}

/* LVM, LUKS and md show their UUIDs and labels only when they are opened. */
static bool may_be_hidden(const struct view *v, const char *spec)
{
	return !v->d->complete &&
	       (startswith(spec, "UUID=") || startswith(spec, "LABEL=") ||
		startswith(spec, "/dev/disk/by-uuid/") || startswith(spec, "/dev/disk/by-label/"));
}

/* The line has a finding of its own that lets the boot go on. */
static bool is_cared_for(const struct view *v, const struct fstab_entry *x)
{
	const struct partition *p;

	return !x->bind && !may_be_hidden(v, x->spec) &&
	       devices_find(v->d, x->spec, &p) == SPEC_ABSENT;
}

/* The line and all that cannot be mounted without it. */
static void tolerate_all(const struct view *v, struct finding *f, const struct fstab_entry *e)
{
	if (!fstab_is_tolerant(e, v->how))
		tolerate(v, f, e);
	if (v->how != FSTAB_SYSTEMD && v->how != FSTAB_MOUNTALL)
		return;
	for (size_t i = 0; i < v->tab.n && i < LINES_MAX; i++) {
		if (stops_with(v, &v->tab.e[i], e) && !is_cared_for(v, &v->tab.e[i]))
			tolerate(v, f, &v->tab.e[i]);
	}
}

/* --- devices --- */

static const char *absent_text(const struct view *v, const struct fstab_entry *e)
{
	return scan_printf(v->s, "no partition %s %s",
			   spec_is_kernel_name(e->spec) || startswith(e->spec, "/dev/") ? "is"
											: "has",
			   e->spec);
}

/* Another part of what the root lies on, which this disk cannot show: a subvolume. */
static bool is_beside_root(const struct view *v, const struct fstab_entry *e)
{
	for (size_t i = 0; !v->s->facts->root_part && i < v->tab.n; i++) {
		if (is_root(&v->tab.e[i]) && streq(v->tab.e[i].spec, e->spec))
			return true;
	}
	return false;
}

static void hidden_device(struct view *v, const struct fstab_entry *e)
{
	struct finding *f = find_at(
		v, &unknown_device, e,
		scan_printf(v->s, "%s, unless it lies inside LVM, LUKS or md", absent_text(v, e)));

	finding_severity(f, NOTE);
	finding_safety(f, FIX_NONE);
}

static void absent_root(struct view *v, const struct fstab_entry *e)
{
	const struct partition *root = v->s->facts->root_part;
	struct finding *f;

	/* This very root lies inside LVM, LUKS or md, so what names it does. */
	if (!root && may_be_hidden(v, e->spec))
		return;
	if (!has_stable_name(root) && may_be_hidden(v, e->spec)) {
		hidden_device(v, e);
		return;
	}
	f = find_at(v, &unknown_device, e, absent_text(v, e));
	grade(f, severity_of(v, e));
	if (has_stable_name(root))
		propose_line(f, v->t, e->line, "%s",
			     with_device(v->s->arena, raw_line(v, e), e, root));
	else
		finding_safety(f, FIX_NONE);
}

static enum severity absence_severity(const struct view *v, const struct fstab_entry *e)
{
	enum critical c = fstab_critical_for(e, v->how);

	if (c == CRIT_REQUIRED || anything_stops_with(v, e))
		return STOPS_BOOT;
	return e->nofail || e->automount || c == CRIT_IGNORED ? NOTE : DEGRADES;
}

/* Nothing more is to be said: the line provides for it, or a stick was meant. */
static bool absence_is_wanted(const struct view *v, const struct fstab_entry *e)
{
	const char *by = "";

	if (e->nofail && fstab_option(e->options, "comment", &by) && startswith(by, "cloudconfig"))
		return true; /* cloud-init writes these for disks that a machine type may have */
	return fstab_is_tolerant(e, v->how) || e->noauto;
}

static void absent_device(struct view *v, const struct fstab_entry *e)
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
	f = find_at(v, &unknown_device, e, text);
	finding_severity(f, severity);
	if (meant && severity != NOTE)
		propose_line(f, v->t, e->line, "%s",
			     with_device(v->s->arena, raw_line(v, e), e, meant));
	else if (severity != NOTE && !streq(e->where, "/usr"))
		tolerate_all(v, f, e);
	else
		finding_safety(f, FIX_NONE);
}

/* Of several that carry the name, the root may be any: halves of one btrfs, or clones. */
static bool names_root(const struct view *v, const char *spec)
{
	struct devices only = *v->d;
	const struct partition *p;

	only.p = (struct partition *)v->s->facts->root_part;
	only.n = 1;
	return devices_find(&only, spec, &p) == SPEC_FOUND;
}

static bool root_is_another(struct view *v, const struct fstab_entry *e, const struct partition *p)
{
	const struct partition *root = v->s->facts->root_part;
	struct finding *f;

	if (!has_stable_name(root) || names_root(v, e->spec))
		return false;
	f = find_at(v, &wrong_root, e,
		    scan_printf(v->s, "'%s' is %s, this root is %s", e->spec,
				partition_describe(v->s->arena, p),
				partition_describe(v->s->arena, root)));
	grade(f, severity_of(v, e));
	propose_line(f, v->t, e->line, "%s", with_device(v->s->arena, raw_line(v, e), e, root));
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

static void driver_name(struct view *v, const struct fstab_entry *e, const struct partition *p)
{
	const struct partition *meant =
		is_root(e) ? v->s->facts->root_part : fstab_meant(v->d, &v->tab, e);
	bool ide = startswith(e->spec, "/dev/hd");
	struct finding *f;

	if (!is_old_name(e->spec) || e->noauto)
		return;
	if (meant && has_stable_name(meant))
		p = meant;
	f = find_at(v, &old_name, e,
		    scan_printf(v->s, "'%s' is %s only as long as the driver stays", e->spec,
				partition_describe(v->s->arena, p)));
	if (ide && severity_of(v, e) == STOPS_BOOT)
		grade(f, STOPS_BOOT);
	else
		grade(f, v->d->own_names ? NOTE : DEGRADES);
	if (has_stable_name(p))
		set_field(v, f, e, FSTAB_SPEC, partition_spec(v->s->arena, p));
	else
		finding_safety(f, FIX_NONE);
}

/* --- types --- */

static void type_differs(struct view *v, const struct fstab_entry *e, const struct partition *p)
{
	const struct partition *meant = is_root(e) ? NULL : fstab_meant(v->d, &v->tab, e);
	const char *type = fstab_words_type_for(p->type);
	struct finding *f =
		find_at(v, &wrong_type, e,
			scan_printf(v->s, "type is '%s', %s holds %s", e->type, e->spec, p->type));

	grade(f, severity_of(v, e));
	if (e->noauto) {
		finding_safety(f, FIX_NONE);
	} else if (meant && spec_is_kernel_name(e->spec)) {
		propose_line(f, v->t, e->line, "%s",
			     with_device(v->s->arena, raw_line(v, e), e, meant));
	} else if (type && streq(type, "swap") == e->swap) {
		propose_line(f, v->t, e->line, "%s", with_type(v->s->arena, raw_line(v, e), type));
	} else {
		/* Not the type but the device is wrong, and which one was meant nobody knows. */
		finding_safety(f, FIX_ASK);
		finding_choice(f, "make line %zu a comment", e->line);
		propose_comment(f, v->t, e->line);
	}
}

/* A word that is no type, where the disk tells what was meant. */
static bool is_misspelt_type(const struct view *v, const struct fstab_entry *e)
{
	return !strchr(e->type, ',') && !fstab_words_is_type(e->type) &&
	       !fstab_kernel_has_helper(v->s->root, e->type) &&
	       (!v->kernel.known || fstab_kernel_lacks(&v->kernel, v->s->root, e->type));
}

static bool judge_type(struct view *v, const struct fstab_entry *e, const struct partition *p)
{
	if (!p->type || e->bind || !*e->type)
		return false;
	if (fstab_words_fit(e->type, p->type) != FIT_NO &&
	    !(fstab_words_type_for(p->type) && is_misspelt_type(v, e)))
		return false;
	type_differs(v, e, p);
	return true;
}

static void no_driver(struct view *v, const struct fstab_entry *e)
{
	struct finding *f;

	if (e->swap || e->bind || e->network || e->noauto || e->nofail || !*e->type ||
	    strchr(e->type, ',') || fstab_words_is_virtual_type(e->type) ||
	    (fstab_words_is_type(e->type) && !fstab_words_is_disk_type(e->type)) ||
	    fstab_words_is_remote_fuse(e->type) ||
	    !fstab_kernel_lacks(&v->kernel, v->s->root, e->type))
		return;
	f = find_at(v, &type_unknown, e,
		    scan_printf(v->s, "no kernel here can mount '%s'", e->type));
	grade(f, severity_of(v, e));
	finding_absence(f);
	if (is_root(e))
		finding_safety(f, FIX_NONE);
	else
		tolerate(v, f, e);
}

/* --- options --- */

static const char *real_type(const struct fstab_entry *e, const struct partition *p)
{
	const char *type = p && p->type ? fstab_words_type_for(p->type) : NULL;

	if (fstab_words_is_disk_type(e->type) || streq(e->type, "tmpfs"))
		return e->type;
	return streq(e->type, "auto") && type ? type : "";
}

static void judge_options(struct view *v, const struct fstab_entry *e, const struct partition *p)
{
	const char *type = real_type(e, p);
	struct fstab_odd o;
	struct finding *f;

	if (!*type || e->swap || e->bind || e->noauto)
		return;
	o = fstab_options_odd(v->s->arena, fstab_raw_options(v->s->arena, raw_line(v, e)), type);
	if (o.n == 0)
		return;
	f = find_at(v, &option, e, o.told);
	grade(f, severity_of(v, e));
	set_field(v, f, e, FSTAB_OPTIONS, o.becomes);
}

/* --- other kinds of source --- */

static void judge_network(struct view *v, const struct fstab_entry *e)
{
	bool remote = fstab_words_is_remote_fuse(e->type) ||
		      (streq(e->type, "fuse") && startswith(e->spec, "s3fs#"));
	struct finding *f;

	if (!remote || e->network || e->noauto || e->nofail || e->automount)
		return;
	f = find_at(v, &network, e,
		    scan_printf(v->s,
				"'%s' needs the network, and the options do not say '_netdev'",
				e->type));
	set_field(v, f, e, FSTAB_OPTIONS,
		  fstab_add_options(v->s->arena, fstab_raw_options(v->s->arena, raw_line(v, e)),
				    "_netdev"));
}

static bool cannot_see(const struct view *v, const struct fstab_entry *e, const char *path)
{
	return fstab_place_is_live(path) || unseen(v->unseen, path) ||
	       fstab_place_is_covered(v->d, &v->tab, e, path);
}

/* systemd makes a source that is not there as a directory; that fails where something else is. */
static bool systemd_cannot_make(const struct view *v, const struct fstab_entry *e, const char *path)
{
	struct stat st;

	if (root_is_file(v->s->root, e->target))
		return true;			       /* a directory cannot be bound over a file */
	return root_lstat(v->s->root, path, &st) == 0; /* a link to nowhere */
}

static void judge_bind(struct view *v, const struct fstab_entry *e)
{
	const char *path;
	struct finding *f;
	struct stat st;

	if (!e->bind || e->noauto || e->nofail || e->spec[0] != '/')
		return;
	path = fstab_simplify(v->s->arena, e->spec);
	if (cannot_see(v, e, path) || !root_is_absent(root_stat(v->s->root, path, &st)))
		return;
	f = find_at(v, &bind_source, e, scan_printf(v->s, "'%s' does not exist", path));
	finding_absence(f);
	if (v->how == FSTAB_SYSTEMD && !systemd_cannot_make(v, e, path)) {
		finding_severity(f, DEGRADES);
		finding_safety(f, FIX_NONE);
		return;
	}
	grade(f, severity_of(v, e));
	tolerate(v, f, e);
}

static void judge_swapfile(struct view *v, const struct fstab_entry *e)
{
	const char *path, *told;
	struct finding *f;
	struct stat st;
	int r;

	if (e->spec[0] != '/' || e->noauto || e->nofail)
		return;
	path = fstab_simplify(v->s->arena, e->spec);
	if (cannot_see(v, e, path))
		return;
	r = root_stat(v->s->root, path, &st);
	if (root_is_absent(r))
		told = scan_printf(v->s, "'%s' does not exist", path);
	else if (r == 0 && S_ISREG(st.st_mode) && !fstab_place_has_swap(v->s->root, path))
		told = scan_printf(v->s, "'%s' holds no swap signature", path);
	else
		return;
	f = find_at(v, &swapfile, e, told);
	if (v->how == FSTAB_MOUNTALL)
		finding_severity(f, STOPS_BOOT);
	finding_absence(f);
	tolerate(v, f, e);
}

/* --- mount points --- */

static void file_in_the_way(struct view *v, const struct fstab_entry *e)
{
	struct finding *f =
		find_at(v, &mount_point, e, scan_printf(v->s, "'%s' is no directory", e->target));

	grade(f, severity_of(v, e));
	tolerate(v, f, e);
}

static void make_mount_point(struct view *v, const struct fstab_entry *e, const char *path,
			     const char *told)
{
	_cleanup_free_ char *real = NULL, *parent = NULL;
	struct finding *f = find_at(v, &mount_point, e, told);

	grade(f, v->how == FSTAB_FSCK_MOUNT ? DEGRADES : severity_of(v, e));
	finding_absence(f);
	if (root_resolve(v->s->root, path, &real) == 0)
		parent = xstrndup(real, (size_t)(strrchr(real, '/') - real));
	/* One directory is made; where more is missing, something else is wrong. */
	if (parent && (!*parent || root_is_dir(v->s->root, parent)))
		propose_dir(f, real, 0755);
	else
		finding_safety(f, FIX_NONE);
}

static void judge_mount_point(struct view *v, const struct fstab_entry *e)
{
	const char *path = e->where;
	struct stat st, link;
	int r;

	if (e->swap || e->noauto || e->nofail || e->automount || e->target[0] != '/' ||
	    is_root(e) || fstab_place_is_live(path) ||
	    fstab_place_is_covered(v->d, &v->tab, e, path))
		return;
	r = root_stat(v->s->root, path, &st);
	if (r == 0 && !S_ISDIR(st.st_mode) && !e->bind)
		file_in_the_way(v, e);
	if (!root_is_absent(r))
		return;
	if (v->how == FSTAB_SYSTEMD && fstab_place_systemd_follows_links(v->s))
		return;
	if (root_lstat(v->s->root, path, &link) == 0)
		make_mount_point(v, e, path, scan_printf(v->s, "'%s' is a link to nowhere", path));
	else if (v->how != FSTAB_SYSTEMD)
		make_mount_point(v, e, path, scan_printf(v->s, "'%s' does not exist", path));
}

/* --- two lines --- */

static bool may_stand_twice(const struct fstab_entry *e)
{
	return e->swap || e->bind || e->noauto || e->bad || !*e->where ||
	       fstab_is_api_mount(e->where) || fstab_words_is_virtual_type(e->type) ||
	       fstab_option(e->options, "subvol", NULL) ||
	       fstab_option(e->options, "subvolid", NULL);
}

static const char *real_target(const struct view *v, const struct fstab_entry *e)
{
	_cleanup_free_ char *real = NULL;

	if (root_resolve(v->s->root, e->where, &real) == 0)
		return arena_strdup(v->s->arena, real);
	return e->where;
}

static void find_places(struct view *v)
{
	v->place = arena_alloc(v->s->arena, (v->tab.n + 1) * sizeof(*v->place));
	for (size_t i = 0; i < v->tab.n && i < LINES_MAX; i++) {
		const struct fstab_entry *e = &v->tab.e[i];
		struct place *p = &v->place[i];

		p->single = !may_stand_twice(e);
		if (!p->single)
			continue;
		p->target = real_target(v, e);
		if (devices_find(v->d, e->spec, &p->p) != SPEC_FOUND)
			p->p = NULL;
	}
}

static void same_target(struct view *v, const struct fstab_entry *x, const struct fstab_entry *e)
{
	const struct partition *p;
	bool first_is_dead = devices_find(v->d, x->spec, &p) == SPEC_ABSENT &&
			     devices_find(v->d, e->spec, &p) != SPEC_ABSENT;
	const struct fstab_entry *out = first_is_dead ? x : e;
	struct finding *f =
		find_at(v, &duplicate_target, e,
			scan_printf(v->s, "line %zu mounts at '%s' too", x->line, e->target));

	finding_choice(f, "make line %zu a comment", out->line);
	finding_choice(f, "make line %zu a comment", out == e ? x->line : e->line);
	propose_comment(f, v->t, out->line);
}

static void same_device(struct view *v, const struct fstab_entry *x, const struct fstab_entry *e,
			const struct partition *p)
{
	struct finding *f;

	/* A line for / that names another partition has its own finding. */
	if ((p->type && streq(p->type, "btrfs")) ||
	    ((is_root(x) || is_root(e)) && p != v->s->facts->root_part))
		return;
	f = find_at(v, &duplicate_uuid_line, e,
		    scan_printf(v->s, "line %zu mounts %s at '%s' already", x->line,
				partition_describe(v->s->arena, p), x->target));
	finding_choice(f, "make line %zu a comment", e->line);
	finding_choice(f, "make line %zu a comment", x->line);
	propose_comment(f, v->t, e->line);
}

/* The first earlier line that wants the same is told, and no further one. */
static void judge_pair(struct view *v, const struct fstab_entry *e)
{
	const struct place *at = &v->place[e - v->tab.e];

	for (const struct place *x = v->place; x < at && at->single; x++) {
		const struct fstab_entry *earlier = &v->tab.e[x - v->place];

		if (!x->single)
			continue;
		if (streq(x->target, at->target)) {
			same_target(v, earlier, e);
			return;
		}
		if (at->p && at->p == x->p) {
			same_device(v, earlier, e, at->p);
			return;
		}
	}
}

/* --- one line --- */

static bool would_be_root(const struct fstab_entry *e)
{
	return streq(e->target, "/") || streq(e->type, "/") || streq(e->spec, "/");
}

/* Not what was meant, and yet a mount to systemd: it fails. */
static bool is_taken_wrongly(struct view *v, const struct fstab_entry *e, const char *repaired)
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

static enum severity bad_severity(struct view *v, const struct fstab_entry *e, const char *repaired)
{
	bool wrongly = is_taken_wrongly(v, e, repaired);

	if (v->how == FSTAB_MOUNTALL)
		return is_root(e) || e->cr_hurts || wrongly ? STOPS_BOOT : DEGRADES;
	return wrongly && severity_of(v, e) == STOPS_BOOT ? STOPS_BOOT : DEGRADES;
}

static void judge_bad(struct view *v, const struct fstab_entry *e, const char *trouble)
{
	struct finding *f = find_at(v, &bad_line, e, trouble);
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

static void judge_swap(struct view *v, const struct fstab_entry *e)
{
	const struct partition *p = NULL;

	switch (devices_find(v->d, e->spec, &p)) {
	case SPEC_ABSENT:
		absent_device(v, e);
		break;
	case SPEC_FOUND:
		if (!judge_type(v, e, p))
			driver_name(v, e, p);
		break;
	case SPEC_UNKNOWN:
		if (!spec_is_judgeable(e->spec))
			judge_swapfile(v, e);
	}
}

static void judge_root(struct view *v, const struct fstab_entry *e)
{
	const struct partition *p = NULL;

	switch (devices_find(v->d, e->spec, &p)) {
	case SPEC_ABSENT:
		absent_root(v, e);
		return;
	case SPEC_FOUND:
		if (root_is_another(v, e, p))
			return;
		if (!judge_type(v, e, p))
			driver_name(v, e, p);
		break;
	case SPEC_UNKNOWN:
		break;
	}
	judge_options(v, e, p);
}

static void judge_mount(struct view *v, const struct fstab_entry *e)
{
	enum spec_match m = SPEC_UNKNOWN;
	const struct partition *p = NULL;
	bool told = false;

	if (!e->bind && !e->network)
		m = devices_find(v->d, e->spec, &p);
	if (m == SPEC_ABSENT)
		absent_device(v, e);
	if (m == SPEC_FOUND && !(told = judge_type(v, e, p)))
		driver_name(v, e, p);
	if (m != SPEC_ABSENT && !told)
		no_driver(v, e);
	judge_options(v, e, p);
	judge_network(v, e);
	judge_bind(v, e);
	judge_mount_point(v, e);
}

static void judge(struct view *v, const struct fstab_entry *e)
{
	const char *trouble = fstab_trouble(v->s->arena, e, v->d);

	if (trouble)
		judge_bad(v, e, trouble);
	else if (e->swap)
		judge_swap(v, e);
	else if (is_root(e))
		judge_root(v, e);
	else if (e->target[0] == '/' && !fstab_is_api_mount(e->where))
		judge_mount(v, e);
	if (!trouble)
		judge_pair(v, e);
}

/* --- the file as a whole --- */

/* t is NULL when there is no file. */
static void no_entries(struct scan *s, const struct problem *p, const struct text *t,
		       const char *told)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	struct finding *f = scan_find(s, p, FSTAB, "%s", told);

	if (fstab_new_root_is_writable(s))
		grade(f, NOTE);
	else if (fstab_meant_mounter(s->root, s->facts) == FSTAB_MOUNTALL)
		finding_severity(f, STOPS_BOOT);
	if (!t)
		finding_absence(f);
	if (!has_stable_name(s->facts->root_part)) {
		finding_safety(f, FIX_NONE);
		return;
	}
	/* Comments stay; a file of NUL bytes holds nothing that could. */
	if (t && !memchr(t->data, '\0', t->len))
		bytes_add(&b, t->data, t->len);
	if (b.len && b.data[b.len - 1] != '\n')
		bytes_addc(&b, '\n');
	fstab_new_lines(s, &b);
	propose_text(f, FSTAB, b.data, b.len, t ? 0 : 0644);
}

static void root_is_missing(struct view *v)
{
	const struct partition *root = v->s->facts->root_part;
	struct finding *f;

	if (fstab_new_is_needless(v->s) || v->tab.cut)
		return;
	for (size_t i = 0; i < v->tab.n; i++) {
		if (is_root(&v->tab.e[i]) || would_be_root(&v->tab.e[i]))
			return;
	}
	f = scan_find(v->s, &no_root, FSTAB, "no line mounts '/'");
	if (fstab_new_root_is_writable(v->s))
		grade(f, NOTE);
	else if (v->how == FSTAB_MOUNTALL)
		finding_severity(f, STOPS_BOOT);
	if (has_stable_name(root))
		propose_insert(f, v->t, v->tab.e[0].line, "%s", fstab_new_root_line(v->s));
	else
		finding_safety(f, FIX_NONE);
}

static void run(struct scan *s)
{
	struct view v = { .s = s, .d = s->facts->devices };
	int r = scan_read(s, FSTAB, &v.t);

	if (r == -ENOENT && !fstab_new_is_needless(s))
		no_entries(s, &missing, NULL, "the file does not exist");
	if (r < 0)
		return;
	fstab_parse(s->arena, v.t, &v.tab);
	if (v.tab.n == 0) {
		if (!fstab_new_is_needless(s))
			no_entries(s, &empty, v.t,
				   v.t->len ? "no line mounts anything" : "the file is empty");
		return;
	}
	v.how = fstab_meant_mounter(s->root, s->facts);
	v.unseen = unseen_find(s);
	v.kernel = fstab_kernel_types(s->root, s->arena, &s->facts->kernels);
	find_places(&v);
	root_is_missing(&v);
	for (size_t i = 0; i < v.tab.n && i < LINES_MAX; i++)
		judge(&v, &v.tab.e[i]);
	if (v.tab.n > LINES_MAX)
		scan_find(s, &engine_unreadable, FSTAB,
			  "more than %u entries: those behind are not judged", LINES_MAX);
}

const struct check fstab_check = {
	.name = "fstab",
	.summary = "what /etc/fstab mounts, and what happens when that fails",
	.problems = problems,
	.run = run,
};
