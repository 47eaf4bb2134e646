/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Filters and the devices file of LVM against the physical volumes of the disk.
 *
 * Only volumes that are partitions are judged: what lies on md, LUKS or multipath has names that
 * depend on the machine. The copy inside the initramfs is what counts for the root, that in /etc
 * for all other volumes, and for the next initramfs.
 *
 * Source: lvm.conf(5), lvmdevices(8); lvm2 lib/device/device_id.c (system.devices).
 */
#include "checks/storage_parts.h"
#include "lib/initramfs_scan.h"
#include "lib/loader_default.h"
#include "lib/lvmconf.h"
#include "lib/tools.h"

#define PVID_LEN 32u

struct lvm {
	struct storage_look *l;
	const struct text *conf, *local; /* lvm.conf and lvmlocal.conf; NULL: none */
	struct lvmconf in_conf, in_local;
};

/* lvmlocal.conf is read last and wins. */
static const struct lvmconf_value *setting(const struct lvm *v, const char *name,
					   const struct text **t)
{
	const struct lvmconf_value *x = lvmconf_find(&v->in_local, name);

	*t = v->local;
	if (x)
		return x;
	*t = v->conf;
	return lvmconf_find(&v->in_conf, name);
}

static const char *const volumes[] = { "/dev/mapper/*", "/dev/disk/by-id/dm-*", NULL };

/* /dev/VG/LV: no other kind of device has a directory of its own. */
static bool is_volume_name(const char *spec)
{
	const char *slash = startswith(spec, "/dev/") ? strchr(spec + 5, '/') : NULL;

	return slash && !startswith(spec, "/dev/disk/") && !startswith(spec, "/dev/md/") &&
	       !startswith(spec, "/dev/mapper/") && !strchr(slash + 1, '/');
}

/* Whatever volumes the boot needs, they may be in it. */
static enum severity severity_of_any(const struct lvm *v)
{
	enum storage_need need = storage_needs(v->l, volumes);

	if (!storage_root_is_plain(v->l) || need == STORAGE_REQUIRED)
		return STOPS_BOOT;
	for (size_t i = 0; i < v->l->tab.n; i++) {
		const struct fstab_entry *e = &v->l->tab.e[i];

		if (is_volume_name(e->spec) && fstab_critical_for(e, v->l->how) == CRIT_REQUIRED)
			return STOPS_BOOT;
	}
	return DEGRADES;
}

static enum storage_need need_of_volume(const struct lvm *v, const struct partition *p)
{
	enum storage_need need = STORAGE_NOTHING;

	if (p == v->l->s->facts->root_part)
		return STORAGE_REQUIRED;
	if (p->names)
		need = storage_needs(v->l, p->names);
	if (need != STORAGE_REQUIRED && p->uuid) {
		const char *const tags[] = { scan_printf(v->l->s, "UUID=%s", p->uuid),
					     scan_printf(v->l->s, "/dev/disk/by-uuid/%s", p->uuid),
					     NULL };
		enum storage_need by_tag = storage_needs(v->l, tags);

		need = by_tag > need ? by_tag : need;
	}
	return need;
}

/* A group that was read is known by its volumes: one that this system has no use for is no loss. */
static enum severity severity_of(const struct lvm *v, const struct partition *pv)
{
	static const enum severity grades[] = { [STORAGE_NOTHING] = NOTE,
						[STORAGE_WANTED] = DEGRADES,
						[STORAGE_REQUIRED] = STOPS_BOOT };
	const struct partition *root = v->l->s->facts->root_part;
	enum storage_need need = STORAGE_NOTHING;

	/* Volumes that lie in another layer, or were not read, may be what is needed. */
	if (!root || !pv->group || !pv->opened)
		return severity_of_any(v);
	for (size_t i = 0; i < v->l->d->n; i++) {
		const struct partition *p = &v->l->d->p[i];
		enum storage_need other;

		if (p == pv || p->role == ROLE_LVM || !streq_null(p->group, pv->group))
			continue;
		if (p->role == ROLE_LUKS || p->role == ROLE_MD)
			return severity_of_any(v);
		other = need_of_volume(v, p);
		need = other > need ? other : need;
	}
	return grades[need];
}

/* --- filters --- */

static const char *const *names_of(struct lvm *v, const struct partition *p)
{
	static const char *const forms[] = { "sd", "vd", "xvd" };
	const char **names = arena_alloc(v->l->s->arena, 5 * sizeof(*names));
	const char *part = p->number ? scan_printf(v->l->s, "%d", p->number) : "";

	if (v->l->d->own_names) {
		names[0] = p->node;
		return names;
	}
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		names[i] = scan_printf(v->l->s, "/dev/%s%c%s", forms[i], 'a' + (int)(p->disk % 26),
				       part);
	names[3] = scan_printf(v->l->s, "/dev/nvme%un1%s%s", p->disk, p->number ? "p" : "", part);
	return names;
}

struct verdicts {
	size_t accepted, rejected;
	const char *accepts; /* a name that is let in */
};

static struct verdicts judge_names(struct lvm *v, const struct lvmconf_value *x,
				   const struct partition *p)
{
	const char *const *names = names_of(v, p);
	struct verdicts r = { 0 };

	for (; *names; names++) {
		switch (lvmconf_filter(x, *names)) {
		case LVMCONF_ACCEPTED:
			r.accepted++;
			r.accepts = *names;
			break;
		case LVMCONF_REJECTED:
			r.rejected++;
			break;
		case LVMCONF_UNKNOWN:
			return (struct verdicts){ 0 };
		}
	}
	return r;
}

static void comment_out(struct finding *f, const struct text *t, const struct lvmconf_value *x)
{
	if (!x->alone) {
		finding_safety(f, FIX_NONE);
		return;
	}
	finding_choice(f, "make the setting a comment: all devices are looked at");
	for (size_t n = x->first; n <= x->last; n++)
		propose_comment(f, t, n);
}

struct rejected {
	const struct lvmconf_value *x; /* of the file t */
	const struct text *t;
	const struct partition *p;
	struct verdicts r;
	enum severity severity;
};

/* The one whose loss is worst. */
static bool find_rejected(struct lvm *v, const char *name, struct rejected *out)
{
	struct rejected x = { .p = NULL };
	bool any = false;

	x.x = setting(v, name, &x.t);
	if (!x.x || lvmconf_filter_has_links(x.x))
		return false;
	for (size_t i = 0; i < v->l->d->n; i++) {
		x.p = &v->l->d->p[i];
		if (x.p->role != ROLE_LVM)
			continue;
		x.r = judge_names(v, x.x, x.p);
		if (!x.r.rejected)
			continue;
		x.severity = x.r.accepted ? NOTE : severity_of(v, x.p);
		if (!any || x.severity < out->severity)
			*out = x;
		any = true;
	}
	return any;
}

static void judge_filter(struct lvm *v, const char *name)
{
	struct scan *s = v->l->s;
	struct rejected j;
	struct finding *f;

	if (!find_rejected(v, name, &j))
		return;
	f = scan_find(s, &lvm_filter, j.t->path, "%s rejects %s%s", j.x->name,
		      partition_describe(s->arena, j.p),
		      j.r.accepted ? scan_printf(s, " unless it is called %s", j.r.accepts) : "");
	finding_at(f, j.t, j.x->first);
	finding_severity(f, j.severity);
	comment_out(f, j.t, j.x);
}

/* --- the copy in the initramfs --- */

/* Of the same name the last counts: what was appended is unpacked over the first. */
static void read_inside(struct storage_look *l, const struct initramfs *i, const char *path,
			const struct text **t, struct lvmconf *c)
{
	for (size_t n = i->files; n-- > 0;) {
		const struct initramfs_file *file = &i->file[n];

		if (!streq(file->path, path))
			continue;
		*t = text_new(l->s->arena, path, file->data, file->len);
		lvmconf_parse(l->s->arena, *t, c);
		return;
	}
}

static bool judge_inside(struct lvm *copy, const struct kernel *k, const char *name)
{
	struct scan *s = copy->l->s;
	struct rejected j;
	struct finding *f;

	if (!find_rejected(copy, name, &j) || j.r.accepted)
		return false;
	f = scan_find(s, &lvm_filter, k->initrd, "'%s' inside it: %s rejects %s", j.t->path,
		      j.x->name, partition_describe(s->arena, j.p));
	finding_severity(f, j.severity);
	if (!tools_rebuild_initramfs(f, s, k->initrd))
		finding_safety(f, FIX_NONE);
	return true;
}

/* The root is looked for by it; made anew when the file itself is in order. */
static void judge_copy(struct storage_look *l)
{
	const struct kernel *k = storage_root_is_plain(l) ? NULL : loader_default_kernel(l->s);
	const struct initramfs *i = k ? scan_initramfs(l->s, k) : NULL;
	struct lvm copy = { .l = l };

	if (!i || i->state != IMAGE_OK)
		return;
	read_inside(l, i, "etc/lvm/lvm.conf", &copy.conf, &copy.in_conf);
	read_inside(l, i, "etc/lvm/lvmlocal.conf", &copy.local, &copy.in_local);
	if (!judge_inside(&copy, k, "devices/filter"))
		judge_inside(&copy, k, "devices/global_filter");
}

/* --- the devices file --- */

/* What LVM does when nothing is set stands as a comment in the file that came with it. */
static bool default_is_on(const struct text *t)
{
	for (size_t n = 1; t && n <= t->lines; n++) {
		const char *s = text_line(t, n);

		s += strspn(s, " \t#");
		s = after(s, "use_devicesfile");
		if (!s)
			continue;
		s += strspn(s, " \t=");
		if (*s == '0' || *s == '1')
			return *s == '1';
	}
	return false;
}

static bool uses_devices_file(struct lvm *v)
{
	const struct text *t;
	const struct lvmconf_value *x = setting(v, "devices/use_devicesfile", &t);

	return x ? x->n == 1 && streq(x->word[0], "1") : default_is_on(v->conf);
}

static const char *devices_file(struct lvm *v)
{
	const struct text *t;
	const struct lvmconf_value *x = setting(v, "devices/devicesfile", &t);
	const char *name = x && x->n == 1 ? x->word[0] : "system.devices";

	return *name && !strchr(name, '/') ? scan_printf(v->l->s, "/etc/lvm/devices/%s", name)
					   : NULL;
}

/* As the file has it: without dashes. NULL: no UUID of a physical volume. */
static const char *pvid_of(struct lvm *v, const struct partition *p)
{
	char id[PVID_LEN + 1] = { 0 };
	size_t n = 0;

	for (const char *s = p->uuid ? p->uuid : ""; *s; s++) {
		if (*s == '-')
			continue;
		if (n == PVID_LEN)
			return NULL;
		id[n++] = *s;
	}
	return n == PVID_LEN ? arena_strdup(v->l->s->arena, id) : NULL;
}

static bool lists(const struct text *t, const char *pvid)
{
	for (size_t n = 1; n <= t->lines; n++) {
		const char *s = text_line(t, n);

		if (s[0] != '#' && strstr(s, pvid))
			return true;
	}
	return false;
}

/* LVM looks for a volume of this kind by its PVID when the name is another disk's. */
static void add_device(struct lvm *v, struct finding *f, const struct text *t,
		       const struct partition *p, const char *pvid)
{
	const char *name = names_of(v, p)[0];
	const char *part = p->number ? scan_printf(v->l->s, " PART=%d", p->number) : "";

	propose_insert(f, t, t->lines + 1, "IDTYPE=devname IDNAME=%s DEVNAME=%s PVID=%s%s", name,
		       name, pvid, part);
}

static void judge_devices_file(struct lvm *v)
{
	const char *path = uses_devices_file(v) ? devices_file(v) : NULL;
	const struct text *t = path ? scan_text(v->l->s, path) : NULL;

	/* Without the file all devices are used. */
	for (size_t i = 0; t && i < v->l->d->n; i++) {
		const struct partition *p = &v->l->d->p[i];
		const char *pvid = p->role == ROLE_LVM ? pvid_of(v, p) : NULL;
		struct finding *f;

		if (!pvid || lists(t, pvid) || !names_of(v, p)[0])
			continue;
		f = scan_find(v->l->s, &lvm_filter, path, "it does not list %s, PVID %s",
			      partition_describe(v->l->s->arena, p), pvid);
		finding_severity(f, severity_of(v, p));
		finding_choice(f, "add the physical volume to the file");
		add_device(v, f, t, p, pvid);
	}
}

static void read_conf(struct storage_look *l, const char *path, const struct text **t,
		      struct lvmconf *c)
{
	*t = scan_text(l->s, path);
	if (*t)
		lvmconf_parse(l->s->arena, *t, c);
}

void storage_lvm(struct storage_look *l)
{
	struct lvm v = { .l = l };

	if (!devices_has_role(l->d, ROLE_LVM))
		return;
	read_conf(l, "/etc/lvm/lvm.conf", &v.conf, &v.in_conf);
	read_conf(l, "/etc/lvm/lvmlocal.conf", &v.local, &v.in_local);
	judge_filter(&v, "devices/filter");
	judge_filter(&v, "devices/global_filter");
	judge_devices_file(&v);
	judge_copy(l);
}
