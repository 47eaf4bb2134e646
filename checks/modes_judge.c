/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of the table against what stands on the disk. */
#include "checks/modes_parts.h"
#include "lib/unseen.h"

/* --- one path --- */

/* The first group of the row that the patient has; NULL when it has none of them. */
static const struct userdb_entry *row_group(const struct modes_look *l, const struct modes_rule *r)
{
	const char *p = r->groups;

	while (p && *p) {
		size_t n = strcspn(p, " ");
		const char *name = arena_strndup(l->s->arena, p, n);
		const struct userdb_entry *e = userdb_find(&l->groups, name);

		if (e && !e->dead)
			return e;
		p += n + strspn(p + n, " ");
	}
	return NULL;
}

static bool is_row_group(const struct modes_look *l, const struct modes_rule *r, gid_t gid)
{
	const struct userdb_entry *e = userdb_by_id(&l->groups, gid);

	return e && r->groups && has_word(r->groups, e->name, " ");
}

/* The group only matters where its bits give something that others do not have. */
static bool group_matters(const struct modes_rule *r, const struct modes_judged *j)
{
	if (r->kind == MODES_ACCOUNT)
		return (j->mode & 040) && j->st.st_gid != 0;
	if (r->kind != MODES_SETUID)
		return false;
	return (j->mode & 06000) == 02000 || ((j->mode & 010) && !(j->mode & 01));
}

static void judge_group(const struct modes_look *l, const struct modes_rule *r,
			struct modes_judged *j)
{
	const struct userdb_entry *e = row_group(l, r);

	if (!e || !l->owners || !group_matters(r, j) || is_row_group(l, r, j->st.st_gid))
		return;
	j->group = true;
	j->want_group = e->name;
	j->gid = e->id;
}

static bool has_capability(const struct modes_look *l, const char *path)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	return root_getxattr(l->s->root, path, "security.capability", &b) == 0;
}

/* Faults of the mode that count here. */
static unsigned real_faults(const struct modes_look *l, const struct modes_rule *r,
			    const struct modes_judged *j)
{
	unsigned faults = modes_faults(r, j->mode);
	unsigned lost = MODES_LOST_SOME | MODES_LOST_SPECIAL;

	if (!l->owners) /* a copy: only what the umask of whoever made it cannot explain */
		faults &= j->mode & 02 ? ~lost : ~(lost | MODES_OPEN);
	/* The group's bit is only sshd's objection. */
	if (r->kind == MODES_TREE && !l->sshd && !(j->mode & 02))
		faults &= ~(unsigned)MODES_OPEN;
	if (r->unless && root_exists(l->s->root, r->unless))
		faults &= ~lost;
	if (r->kind == MODES_SETUID && (faults & MODES_LOST_SPECIAL)) {
		bool optional = (r->flags & MODES_OPTIONAL) && !l->damage &&
				!((faults | j->faults) & MODES_OPEN);

		if (!l->setuid || optional || has_capability(l, j->path))
			faults &= ~(unsigned)MODES_LOST_SPECIAL;
	}
	return faults;
}

/* Debian's way of giving these programs their power is the group, that of the others is root. */
static void set_by_group(const struct modes_look *l, const struct modes_rule *r,
			 struct modes_judged *j)
{
	const struct userdb_entry *e = row_group(l, r);
	enum pkg_kind pkg = l->s->facts->pkg;

	if (!(r->flags & MODES_ANY_SPECIAL) || !e || (pkg != PKG_DPKG && pkg != PKG_APK))
		return;
	j->mode = (j->mode & ~(mode_t)04000) | 02000;
	j->gid = e->id;
	j->want_group = e->name;
	j->group = j->st.st_gid != j->gid;
}

static enum severity owner_severity(const struct modes_rule *r)
{
	static const enum severity by_kind[] = {
		[MODES_TREE] = BLOCKS_LOGIN,   [MODES_EXEC] = DEGRADES,
		[MODES_SETUID] = BLOCKS_LOGIN, [MODES_ACCOUNT] = DEGRADES,
		[MODES_SUDO] = BLOCKS_LOGIN,   [MODES_SSH] = BLOCKS_LOGIN,
		[MODES_TMP] = DEGRADES,	       [MODES_FILE] = DEGRADES,
	};

	if (r->kind == MODES_SETUID)
		return r->lost;
	if (r->kind == MODES_SSH)
		return r->open;
	return by_kind[r->kind];
}

enum severity modes_worse(enum severity a, enum severity b)
{
	return a < b ? a : b;
}

static bool is_fault(const struct modes_judged *j)
{
	return j->faults || j->owner || j->group;
}

static void judge(const struct modes_look *l, const struct modes_rule *r, struct modes_judged *j)
{
	unsigned faults = real_faults(l, r, j);
	enum severity severity = modes_severity(r, faults);
	bool had = is_fault(j);

	j->mode = modes_repaired(r, j->mode, faults);
	if (faults & MODES_LOST_SPECIAL)
		set_by_group(l, r, j);
	if (!j->owner && l->owners && j->st.st_uid != 0 && !(r->flags & MODES_ANY_OWNER)) {
		const struct userdb_entry *e = row_group(l, r);

		j->owner = true;
		j->uid = 0;
		if (!is_row_group(l, r, j->gid))
			j->gid = e ? e->id : 0;
		severity = modes_worse(severity, owner_severity(r));
	}
	if (!j->owner)
		judge_group(l, r, j);
	if (j->group)
		severity = modes_worse(severity, DEGRADES);
	j->faults |= faults;
	if (!had || (faults && severity <= j->severity))
		j->rule = r;
	j->severity = modes_worse(j->severity, severity);
}

struct modes_judged *modes_judged_before(const struct modes_look *l, const struct stat *st)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct stat *old = &l->j[i].st;

		if (old->st_ino == st->st_ino && old->st_dev == st->st_dev)
			return &l->j[i];
	}
	return NULL;
}

/* What stands at path, by the row's rules for links and types; false: nothing this row is about. */
static bool stat_row(const struct modes_look *l, const struct modes_rule *r, const char **path,
		     struct stat *st)
{
	_cleanup_free_ char *real = NULL;

	if (unseen(l->unseen, *path) || root_lstat(l->s->root, *path, st) < 0)
		return false;
	if (S_ISLNK(st->st_mode) && (r->flags & MODES_FOLLOW)) {
		if (root_resolve(l->s->root, *path, &real) < 0 ||
		    root_lstat(l->s->root, real, st) < 0)
			return false;
		*path = arena_strdup(l->s->arena, real);
	}
	return r->flags & MODES_DIRECTORY ? S_ISDIR(st->st_mode) : S_ISREG(st->st_mode);
}

static void judge_path(struct modes_look *l, const struct modes_rule *r, const char *path)
{
	struct modes_judged new = { .path = path, .rule = r, .severity = NOTE }, *j;

	if (!stat_row(l, r, &new.path, &new.st))
		return;
	j = modes_judged_before(l, &new.st);
	if (j) {
		judge(l, r, j);
		return;
	}
	l->seen++;
	new.mode = new.st.st_mode & 07777;
	new.gid = new.st.st_gid;
	new.uid = new.st.st_uid;
	judge(l, r, &new);
	if (!is_fault(&new))
		return;
	ARENA_GROW(l->s->arena, l->j, l->n, l->cap);
	l->j[l->n++] = new;
}

void modes_judge_row(struct modes_look *l, const struct modes_rule *r)
{
	if (r->path[0] == '/') {
		judge_path(l, r, r->path);
		return;
	}
	for (size_t i = 0; l->program_dir[i]; i++)
		judge_path(l, r, scan_printf(l->s, "%s/%s", l->program_dir[i], r->path));
}

/* --- files by directory --- */

void modes_judge_dir(struct modes_look *l, const char *dir, const struct modes_rule *r)
{
	const char *const *name = scan_dir(l->s, dir);

	for (size_t i = 0; name[i] && i < MODES_FILES_MAX; i++) {
		/* sudo and cron pass over names with a dot, and over backups */
		if (!strchr(name[i], '.') && !endswith(name[i], "~"))
			judge_path(l, r, scan_printf(l->s, "%s/%s", dir, name[i]));
	}
}
