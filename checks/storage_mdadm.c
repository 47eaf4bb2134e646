/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mdadm.conf against the members of arrays that the disk has. An array that no line names still
 * comes up, under another name; what hides one is a line that says so.
 *
 * Source: mdadm.conf(5); mdadm Incremental.c and config.c (conf_test_dev, AUTO); initramfs-tools'
 * mdadm hook and dracut's 90mdraid, which copy the file into the initramfs.
 */
#include <fnmatch.h>

#include "checks/storage_parts.h"
#include "lib/mdadmconf.h"

#define ARRAYS_MAX 64u

struct arrays {
	struct storage_look *l;
	const struct text *t;
	struct mdadmconf conf;
	const struct partition *member[ARRAYS_MAX]; /* the first of each */
	const char *uuid[ARRAYS_MAX];
	size_t n;
};

static void find_arrays(struct arrays *m)
{
	for (size_t i = 0; i < m->l->d->n && m->n < ARRAYS_MAX; i++) {
		const struct partition *p = &m->l->d->p[i];
		const char *uuid = p->role == ROLE_MD && p->uuid
					   ? mdadmconf_uuid(m->l->s->arena, p->uuid)
					   : NULL;
		bool known = !uuid;

		for (size_t k = 0; k < m->n && !known; k++)
			known = streq(m->uuid[k], uuid);
		if (known)
			continue;
		m->member[m->n] = p;
		m->uuid[m->n++] = uuid;
	}
}

static bool is_ignored(const struct mdadmconf_line *x)
{
	return x->device && streq(x->device, "<ignore>");
}

/* The line that names the array; NULL: none. */
static const struct mdadmconf_line *line_of(const struct arrays *m, const char *uuid)
{
	for (size_t i = 0; i < m->conf.n; i++) {
		const struct mdadmconf_line *x = &m->conf.line[i];

		if (x->kind == MDADM_ARRAY && x->uuid && streq(x->uuid, uuid))
			return x;
	}
	return NULL;
}

static bool is_present(const struct arrays *m, const char *uuid)
{
	for (size_t i = 0; i < m->n; i++) {
		if (streq(m->uuid[i], uuid))
			return true;
	}
	return false;
}

/* Which array holds the root is seen only where there is one. */
static enum severity severity_of(const struct arrays *m)
{
	static const char *const names[] = { "/dev/md*", "/dev/disk/by-id/md-*", NULL };

	if (m->n > 1)
		return DEGRADES;
	return !storage_root_is_plain(m->l) || storage_needs(m->l, names) == STORAGE_REQUIRED
		       ? STOPS_BOOT
		       : DEGRADES;
}

static void comment_out(struct arrays *m, struct finding *f, const struct mdadmconf_line *x)
{
	for (size_t n = x->first; n <= x->last; n++)
		propose_comment(f, m->t, n);
}

static struct finding *find_at(struct arrays *m, const struct mdadmconf_line *x, const char *told)
{
	struct finding *f = scan_find(m->l->s, &mdadm_array, m->t->path, "%s", told);

	finding_at(f, m->t, x->first);
	finding_severity(f, severity_of(m));
	return f;
}

/* --- ARRAY <ignore> --- */

static void judge_ignored(struct arrays *m)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct mdadmconf_line *x = line_of(m, m->uuid[i]);
		struct finding *f;

		if (!x || !is_ignored(x))
			continue;
		f = find_at(m, x,
			    scan_printf(m->l->s, "the array of %s is to be ignored",
					partition_describe(m->l->s->arena, m->member[i])));
		finding_choice(f, "make the line a comment");
		comment_out(m, f, x);
	}
}

/* --- AUTO -all --- */

/* A line without a UUID may mean any array. */
static bool any_vague(const struct arrays *m)
{
	for (size_t i = 0; i < m->conf.n; i++) {
		const struct mdadmconf_line *x = &m->conf.line[i];

		if (x->kind == MDADM_ARRAY && !x->uuid && !is_ignored(x))
			return true;
	}
	return false;
}

static void judge_auto(struct arrays *m)
{
	for (size_t i = 0; i < m->conf.n; i++) {
		const struct mdadmconf_line *x = &m->conf.line[i];
		struct finding *f;

		if (x->kind != MDADM_AUTO || x->n == 0 || !streq(x->word[0], "-all"))
			continue;
		for (size_t k = 0; k < m->n; k++) {
			if (line_of(m, m->uuid[k]) || any_vague(m))
				continue;
			f = find_at(m, x,
				    scan_printf(m->l->s,
						"only arrays named here are put together, and that "
						"of %s is not",
						partition_describe(m->l->s->arena, m->member[k])));
			finding_choice(f, "make the line a comment");
			comment_out(m, f, x);
			return;
		}
	}
}

/* --- DEVICE --- */

static bool is_any(const char *word)
{
	return streq(word, "partitions") || startswith(word, "/dev/disk/") ||
	       startswith(word, "/dev/mapper/") || startswith(word, "/dev/md");
}

static const char *const *names_of(struct arrays *m, const struct partition *p)
{
	static const char *const forms[] = { "sd", "vd", "xvd", "hd" };
	const char **names = arena_alloc(m->l->s->arena, 6 * sizeof(*names));
	const char *part = p->number ? scan_printf(m->l->s, "%d", p->number) : "";

	if (m->l->d->own_names) {
		names[0] = p->node;
		return names;
	}
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		names[i] = scan_printf(m->l->s, "/dev/%s%c%s", forms[i], 'a' + (int)(p->disk % 26),
				       part);
	names[4] = scan_printf(m->l->s, "/dev/nvme%un1%s%s", p->disk, p->number ? "p" : "", part);
	return names;
}

static bool matches(const char *pattern, const char *const *names)
{
	for (; *names; names++) {
		if (fnmatch(pattern, *names, 0) == 0)
			return true;
	}
	return false;
}

/* The first DEVICE line when none of them lets the member in. */
static const struct mdadmconf_line *excluding(struct arrays *m, const struct partition *p)
{
	const char *const *names = names_of(m, p);
	const struct mdadmconf_line *first = NULL;

	if (!names[0])
		return NULL;
	for (size_t i = 0; i < m->conf.n; i++) {
		const struct mdadmconf_line *x = &m->conf.line[i];

		if (x->kind != MDADM_DEVICE)
			continue;
		for (size_t k = 0; k < x->n; k++) {
			if (is_any(x->word[k]) || matches(x->word[k], names))
				return NULL;
		}
		if (!first)
			first = x;
	}
	return first;
}

static void judge_devices(struct arrays *m)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct mdadmconf_line *x = excluding(m, m->member[i]);
		struct finding *f;

		if (!x)
			continue;
		f = find_at(m, x,
			    scan_printf(m->l->s, "no DEVICE line lets mdadm look at %s",
					partition_describe(m->l->s->arena, m->member[i])));
		finding_choice(f, "write 'DEVICE partitions': all are looked at");
		propose_insert(f, m->t, x->first, "DEVICE partitions");
		return;
	}
}

/* --- ARRAY with the UUID of another --- */

/* The only array that no line names. */
static const char *unnamed(const struct arrays *m, const struct partition **member)
{
	const char *found = NULL;

	for (size_t i = 0; i < m->n; i++) {
		if (line_of(m, m->uuid[i]))
			continue;
		if (found)
			return NULL;
		found = m->uuid[i];
		*member = m->member[i];
	}
	return found;
}

static const char *with_uuid(struct arrays *m, const char *raw, const char *uuid)
{
	const char *at = strcasestr(raw, "uuid=");
	size_t n;

	if (!at || at[5] == '"' || at[5] == '\'')
		return NULL;
	at += 5;
	n = strcspn(at, " \t\r");
	return scan_printf(m->l->s, "%.*s%.8s:%.8s:%.8s:%.8s%s", (int)(at - raw), raw, uuid,
			   uuid + 8, uuid + 16, uuid + 24, at + n);
}

static void judge_line(struct arrays *m, const struct mdadmconf_line *x)
{
	const char *names[] = { x->device, NULL, NULL }, *uuid, *fixed = NULL;
	const struct partition *p = NULL;
	enum storage_need need;
	struct finding *f;

	if (!x->uuid || !x->device || is_ignored(x) || is_present(m, x->uuid))
		return;
	if (startswith(x->device, "/dev/md/"))
		names[1] = scan_printf(m->l->s, "/dev/md%s", x->device + strlen("/dev/md/"));
	need = storage_needs(m->l, names);
	uuid = unnamed(m, &p);
	if (!uuid || need == STORAGE_NOTHING)
		return;
	f = find_at(m, x,
		    scan_printf(m->l->s,
				"no member of '%s' is here, and %s is of an array that no "
				"line names",
				x->device, partition_describe(m->l->s->arena, p)));
	finding_severity(f, need == STORAGE_REQUIRED ? STOPS_BOOT : DEGRADES);
	for (size_t n = x->first; n <= x->last && !fixed; n++) {
		fixed = with_uuid(m, text_line(m->t, n), uuid);
		if (fixed)
			propose_line(f, m->t, n, "%s", fixed);
	}
	if (fixed)
		finding_choice(f, "name the array that is here");
	else
		finding_safety(f, FIX_NONE);
}

void storage_mdadm(struct storage_look *l)
{
	struct arrays m = { .l = l };

	find_arrays(&m);
	if (m.n == 0)
		return;
	m.t = scan_text(l->s, "/etc/mdadm/mdadm.conf");
	if (!m.t)
		m.t = scan_text(l->s, "/etc/mdadm.conf");
	if (!m.t)
		return;
	mdadmconf_parse(l->s->arena, m.t, &m.conf);
	judge_ignored(&m);
	judge_auto(&m);
	judge_devices(&m);
	for (size_t i = 0; i < m.conf.n; i++) {
		if (m.conf.line[i].kind == MDADM_ARRAY)
			judge_line(&m, &m.conf.line[i]);
	}
}
