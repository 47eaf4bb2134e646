/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Edits are gathered by the path they end up at; what two findings want of one path is merged when
 * it is the same and a clash when it is not. Then each path gets its node before and node after.
 */
#include <errno.h>
#include <stdio.h>
#include <uthash.h>

#include "lib/bytechange.h"
#include "lib/command.h"
#include "lib/depmod.h"
#include "lib/edit.h"
#include "lib/plan.h"

#define COPY_MAX (64u << 20)

/* An EDIT_LINE or EDIT_INSERT; those of one kind at one line hang together. */
struct line_edit {
	const struct edit *edit;
	size_t seq; /* order proposed */
	uint64_t key;
	struct line_edit *same_place;
	UT_hash_handle hh;
};

/* What is wanted of one path. */
struct work {
	char *path;
	struct line_edit **line; /* in the order proposed */
	size_t lines, cap;
	struct line_edit *by_place;
	const struct edit *whole; /* EDIT_TEXT, _APPEND, _COPY, _LINK, _ABSENT or _DIR */
	const struct edit *mode, *owner;
	struct finding **by; /* who wants it */
	size_t bys, by_cap;
	UT_hash_handle hh;
};

struct planner {
	const struct root *root;
	struct work *works; /* in the order first named */
	struct plan *plan;
};

static bool policy_takes(const struct plan_policy *p, const struct finding *f)
{
	if (f->safety == FIX_NONE)
		return false;
	if (p->ids && in_list(f->problem->id, p->ids))
		return true;
	if (command_is_needed(f))
		return false; /* programs of a disk are only run when asked for by name */
	return p->least != FIX_NONE && f->safety >= p->least;
}

bool plan_allows(const struct plan_policy *p, const struct finding *f)
{
	return finding_has_fix(f) && policy_takes(p, f);
}

/* Has no edits of its own: making the file system writable does it. */
static bool is_done_by_mounting(const struct finding *f)
{
	return streq(f->problem->id, "fs.journal");
}

bool plan_needs_writing(const struct plan_policy *p, const struct finding *list)
{
	for (; list; list = list->next) {
		if ((list->edits || is_done_by_mounting(list)) && policy_takes(p, list))
			return true;
	}
	return false;
}

/* --- where an edit ends up --- */

/* Links in the parent are followed, the last name is not. */
static int resolve_parent(const struct root *r, const char *path, char **out)
{
	const char *slash = strrchr(path, '/');
	_cleanup_free_ char *dir = NULL, *real = NULL;
	int e;

	if (!slash || slash == path || !slash[1]) {
		*out = xstrdup(path);
		return 0;
	}
	dir = xstrndup(path, (size_t)(slash - path));
	e = root_resolve(r, dir, &real);
	if (e < 0)
		return e;
	*out = xasprintf("%s%s", streq(real, "/") ? "" : real, slash);
	return 0;
}

static bool keeps_link(enum edit_kind kind)
{
	return kind == EDIT_LINK || kind == EDIT_ABSENT || kind == EDIT_FORGET ||
	       kind == EDIT_MODE || kind == EDIT_OWNER || kind == EDIT_DIR;
}

static int edit_place(const struct root *r, const struct edit *e, char **out)
{
	return keeps_link(e->kind) ? resolve_parent(r, e->path, out)
				   : root_resolve(r, e->path, out);
}

/* --- merging and clashing --- */

enum fit { FITS, SAME, CLASH };

static bool same_bytes(const struct edit *a, const struct edit *b)
{
	return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

static bool same_owner(const struct edit *a, const struct edit *b)
{
	return a->owned == b->owned && a->uid == b->uid && a->gid == b->gid;
}

static bool same_whole(const struct edit *a, const struct edit *b)
{
	return a->kind == b->kind && a->mode == b->mode && a->size == b->size && same_owner(a, b) &&
	       streq_null(a->source, b->source) && same_bytes(a, b);
}

static uint64_t place_key(const struct edit *e)
{
	return (uint64_t)e->line * 2 + (e->kind == EDIT_INSERT);
}

static struct line_edit *edits_at(const struct work *w, const struct edit *e)
{
	uint64_t key = place_key(e);
	struct line_edit *l;

	HASH_FIND(hh, w->by_place, &key, sizeof(key), l);
	return l;
}

static enum fit line_fits(const struct work *w, const struct edit *e)
{
	if (w->whole || (w->lines && w->line[0]->edit->text->len != e->text->len))
		return CLASH;
	for (const struct line_edit *l = edits_at(w, e); l; l = l->same_place) {
		if (same_bytes(l->edit, e))
			return SAME;
		if (e->kind == EDIT_LINE)
			return CLASH;
	}
	return FITS;
}

static void add_line(struct work *w, const struct edit *e)
{
	struct line_edit *l = xcalloc(1, sizeof(*l)), *first = edits_at(w, e);

	*l = (struct line_edit){ .edit = e, .seq = w->lines, .key = place_key(e) };
	GROW(w->line, w->lines, w->cap);
	w->line[w->lines++] = l;
	if (first) {
		l->same_place = first->same_place;
		first->same_place = l;
	} else {
		HASH_ADD(hh, w->by_place, key, sizeof(l->key), l);
	}
}

static enum fit edit_fits(const struct work *w, const struct edit *e)
{
	switch (e->kind) {
	case EDIT_LINE:
	case EDIT_INSERT:
		return line_fits(w, e);
	case EDIT_MODE:
		if (w->mode)
			return w->mode->mode == e->mode ? SAME : CLASH;
		return w->whole && keeps_link(w->whole->kind) ? CLASH : FITS;
	case EDIT_OWNER:
		if (w->owner)
			return same_owner(w->owner, e) ? SAME : CLASH;
		return w->whole && w->whole->kind == EDIT_ABSENT ? CLASH : FITS;
	default:
		if (w->lines)
			return CLASH;
		if (w->whole)
			return same_whole(w->whole, e) ? SAME : CLASH;
		return (w->mode || w->owner) && keeps_link(e->kind) ? CLASH : FITS;
	}
}

static struct work *work_at(struct planner *p, const char *path)
{
	struct work *w;

	HASH_FIND_STR(p->works, path, w);
	return w;
}

static struct work *work_for(struct planner *p, const char *path)
{
	struct work *w = work_at(p, path);

	if (w)
		return w;
	w = xcalloc(1, sizeof(*w));
	w->path = xstrdup(path);
	HASH_ADD_KEYPTR(hh, p->works, w->path, strlen(w->path), w);
	return w;
}

static void work_add(struct work *w, const struct edit *e, struct finding *f)
{
	if (w->bys == 0 || w->by[w->bys - 1] != f) {
		GROW(w->by, w->bys, w->by_cap);
		w->by[w->bys++] = f;
	}
	if (edit_fits(w, e) == SAME)
		return;
	switch (e->kind) {
	case EDIT_LINE:
	case EDIT_INSERT:
		add_line(w, e);
		break;
	case EDIT_MODE:
		w->mode = e;
		break;
	case EDIT_OWNER:
		w->owner = e;
		break;
	default:
		w->whole = e;
	}
}

static void fail(struct finding *f, enum outcome outcome, const char *why)
{
	f->outcome = outcome;
	f->outcome_why = arena_strdup(f->scan->arena, why);
}

/* depmod's files are edits like any other once they are made. */
static int expand_depmod(struct planner *p, struct finding *f)
{
	struct arena *a = f->scan->arena;

	for (struct edit **e = &f->edits; *e; e = &(*e)->next) {
		struct depmod_file *files;
		struct edit *at = *e;
		size_t n;
		int r;

		if (at->kind != EDIT_DEPMOD)
			continue;
		r = depmod_make(p->root, at->data, a, &files, &n);
		if (r < 0)
			return r;
		*e = at->next;
		for (size_t i = 0; i < n; i++) {
			struct edit *made = arena_new_struct(a, struct edit);

			made->kind = EDIT_TEXT;
			made->path = arena_printf(a, "/lib/modules/%s/%s", at->data, files[i].name);
			made->data = files[i].data;
			made->len = files[i].len;
			made->next = *e;
			*e = made;
		}
		if (!*e)
			break;
	}
	return 0;
}

static bool is_of_command(const struct edit *e)
{
	return e->kind == EDIT_COMMAND || e->kind == EDIT_SETTING;
}

/* Two findings may want the same command: it is run for the first. */
static void take_command(struct planner *p, struct finding *f)
{
	struct plan *plan = p->plan;

	if (!command_is_needed(f))
		return;
	for (size_t i = 0; i < plan->commands; i++) {
		if (command_is_same(plan->command[i], f))
			return;
	}
	GROW(plan->command, plan->commands, plan->commands_cap);
	plan->command[plan->commands++] = f;
}

/* All edits of a finding go in, or none. */
static void take(struct planner *p, struct finding *f)
{
	struct trouble why = { 0 };
	int r = command_can_run(p->root, f, &why);

	if (r < 0) {
		fail(f, FAILED, why.text);
		return;
	}
	r = expand_depmod(p, f);
	for (const struct edit *e = f->edits; r == 0 && e; e = e->next) {
		_cleanup_free_ char *path = NULL;
		struct work *w;

		if (is_of_command(e))
			continue;
		r = edit_place(p->root, e, &path);
		w = r == 0 ? work_at(p, path) : NULL;
		if (w && edit_fits(w, e) == CLASH) {
			fail(f, CLASHES,
			     "another finding changes the same place: scan again after this fix");
			return;
		}
	}
	if (r < 0) {
		fail(f, FAILED,
		     r == -ENOSYS ? "this machine has no depmod (Debian package kmod)"
				  : strerror(-r));
		return;
	}
	for (const struct edit *e = f->edits; e; e = e->next) {
		_cleanup_free_ char *path = NULL;

		if (!is_of_command(e) && edit_place(p->root, e, &path) == 0)
			work_add(work_for(p, path), e, f);
	}
	take_command(p, f);
}

/* --- nodes after --- */

static int by_line(const void *a, const void *b)
{
	const struct line_edit *x = *(struct line_edit *const *)a,
			       *y = *(struct line_edit *const *)b;

	if (x->edit->line != y->edit->line)
		return x->edit->line < y->edit->line ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static void put_line(struct bytes *out, const char *s, size_t len, bool newline)
{
	bytes_add(out, s, len);
	if (newline)
		bytes_addc(out, '\n');
}

/* Edits of one line: inserts first, then the line or what it becomes. *at moves past them. */
static void put_edited(const struct work *w, size_t *at, const struct text *t, size_t n,
		       struct bytes *out)
{
	const struct line *line = n <= t->lines ? &t->line[n - 1] : NULL;
	const struct edit *becomes = NULL;

	for (; *at < w->lines && w->line[*at]->edit->line <= n; (*at)++) {
		const struct edit *e = w->line[*at]->edit;

		if (e->kind == EDIT_LINE)
			becomes = e;
		else
			put_line(out, e->data, e->len, true);
	}
	if (!line)
		return;
	put_line(out, becomes ? becomes->data : line->s, becomes ? becomes->len : line->len,
		 n < t->lines || t->final_newline || (*at < w->lines));
}

static int apply_lines(struct work *w, const struct node *before, struct node *after)
{
	const struct text *t = w->line[0]->edit->text;
	struct bytes out = { 0 };
	size_t at = 0;

	if (before->type != NODE_FILE || before->content.len != t->len ||
	    (t->len && memcmp(before->content.data, t->data, t->len) != 0))
		return -ESTALE;
	qsort(w->line, w->lines, sizeof(*w->line), by_line);
	bytes_add(&out, "", 0);
	for (size_t n = 1; n <= t->lines + 1; n++)
		put_edited(w, &at, t, n, &out);
	node_copy(before, after);
	bytes_free(&after->content);
	after->content = out;
	return 0;
}

/* A new node is root's; its label comes later. */
static void start_after(const struct node *before, enum node_type type, mode_t mode,
			struct node *after)
{
	if (before->type == NODE_FILE && type == NODE_FILE) {
		node_copy(before, after);
		bytes_free(&after->content);
		return;
	}
	*after = (struct node){ .type = type, .mode = mode, .mtime = NODE_NOW };
}

/*
 * chmod(2) carries the mode into the access list; the list is written after it and would bring the
 * old mode back. Its form is that of posix_acl_xattr.h: a version, then entries of tag, rights, id.
 */
static void acl_follow_mode(struct bytes *acl, mode_t mode)
{
	enum { HEAD = 4, ENTRY = 8, USER_OBJ = 1, GROUP_OBJ = 4, MASK = 16, OTHER = 32 };
	unsigned char *group = NULL, *mask = NULL;

	for (size_t i = HEAD; i + ENTRY <= acl->len; i += ENTRY) {
		unsigned char *e = (unsigned char *)acl->data + i;

		switch (e[0] | e[1] << 8) {
		case USER_OBJ:
			e[2] = mode >> 6 & 7;
			break;
		case GROUP_OBJ:
			group = e;
			break;
		case MASK:
			mask = e;
			break;
		case OTHER:
			e[2] = mode & 7;
		}
	}
	if (mask)
		mask[2] = mode >> 3 & 7;
	else if (group)
		group[2] = mode >> 3 & 7;
}

static void set_mode(struct node *n, mode_t mode)
{
	if (((n->mode ^ mode) & 0777) == 0 || n->type == NODE_LINK) {
		n->mode = mode;
		return;
	}
	n->mode = mode;
	for (size_t i = 0; i < n->xattrs; i++) {
		if (streq(n->xattr[i].name, "system.posix_acl_access"))
			acl_follow_mode(&n->xattr[i].value, mode);
	}
}

/* A large file is not copied more often than it must be. */
static int apply_append(const struct edit *e, const struct node *before, struct node *after)
{
	if (before->type != NODE_FILE || before->content.len != e->size)
		return -ESTALE;
	if (e->len > NODE_BYTES || before->content.len > NODE_BYTES - e->len)
		return -EFBIG;
	node_copy(before, after);
	bytes_add(&after->content, e->data, e->len);
	return 0;
}

static int apply_whole(const struct planner *p, const struct edit *e, const struct node *before,
		       struct node *after)
{
	struct bytes data = { 0 };
	int r = 0;

	switch (e->kind) {
	case EDIT_ABSENT:
	case EDIT_FORGET:
		*after = (struct node){ 0 };
		return 0;
	case EDIT_DIR:
		if (before->type == NODE_DIR)
			node_copy(before, after);
		else
			start_after(before, NODE_DIR, e->mode, after);
		return before->type == NODE_FILE || before->type == NODE_OTHER ? -EEXIST : 0;
	case EDIT_LINK:
		*after = (struct node){ .type = NODE_LINK };
		bytes_add(&after->content, e->data, e->len);
		return 0;
	case EDIT_APPEND:
		return apply_append(e, before, after);
	case EDIT_COPY:
		r = root_read(p->root, e->source, COPY_MAX, &data);
		break;
	default:
		bytes_add(&data, e->data, e->len);
	}
	if (r == 0 && before->type != NODE_FILE && before->type != NODE_ABSENT)
		r = -EISDIR;
	if (r < 0) {
		bytes_free(&data);
		return r;
	}
	start_after(before, NODE_FILE, 0644, after);
	after->content = data;
	after->content_kept = true;
	if (e->mode)
		set_mode(after, e->mode & 07777);
	if (e->owned) {
		after->uid = e->uid;
		after->gid = e->gid;
	}
	return 0;
}

static int node_after(const struct planner *p, struct work *w, const struct node *before,
		      struct node *after)
{
	int r = 0;

	if (w->lines)
		r = apply_lines(w, before, after);
	else if (w->whole)
		r = apply_whole(p, w->whole, before, after);
	else if (before->type == NODE_ABSENT)
		r = -ENOENT;
	else
		node_copy(before, after);
	if (r < 0)
		return r;
	if (w->mode)
		set_mode(after, w->mode->mode);
	if (w->owner) {
		after->uid = w->owner->uid;
		after->gid = w->owner->gid;
	}
	after->mtime = NODE_NOW;
	return 0;
}

/* --- SELinux labels of new nodes --- */

/* Files of /etc whose type is their own, and the file that has the same one. */
static const char *const label_twins[][2] = {
	{ "/etc/passwd", "/etc/group" },
	{ "/etc/group", "/etc/passwd" },
	{ "/etc/shadow", "/etc/gshadow" },
	{ "/etc/gshadow", "/etc/shadow" },
};

static bool take_label(const struct root *r, const char *path, struct node *n)
{
	struct bytes label = { 0 };

	if (root_getxattr(r, path, "security.selinux", &label) < 0)
		return false;
	n->xattr = xreallocarray(n->xattr, n->xattrs + 1, sizeof(*n->xattr));
	n->xattr[n->xattrs++] =
		(struct node_xattr){ .name = xstrdup("security.selinux"), .value = label };
	return true;
}

/*
 * As the policy would most likely have it: the backup's label, a twin's, else that of the
 * directory, or of the nearest one above that is there already.
 */
static void guess_label(const struct root *r, const char *path, struct node *n)
{
	_cleanup_free_ char *backup = xasprintf("%s-", path), *dir = xstrdup(path);
	struct stat st;
	char *slash;

	if (take_label(r, backup, n))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(label_twins); i++) {
		if (streq(path, label_twins[i][0]) && take_label(r, label_twins[i][1], n))
			return;
	}
	while ((slash = strrchr(dir, '/'))) {
		slash[slash == dir] = '\0';
		if (slash == dir || root_lstat(r, dir, &st) == 0)
			break;
	}
	take_label(r, dir, n);
}

/* Whatever takes the place of another node gets a label as well. */
void plan_label(const struct root *r, const char *path, const struct node *before,
		struct node *after)
{
	if (after->type == NODE_ABSENT || (before->type == after->type && after->type != NODE_LINK))
		return;
	if (before->type != after->type || !take_label(r, path, after))
		guess_label(r, path, after);
}

/* --- the plan --- */

struct change *plan_add(struct plan *p, const char *path, struct node *before, struct node *after)
{
	GROW(p->c, p->n, p->cap);
	p->c[p->n++] = (struct change){ .path = xstrdup(path), .before = *before, .after = *after };
	*before = *after = (struct node){ 0 };
	return &p->c[p->n - 1];
}

static bool planned(const struct plan *p, const char *path)
{
	for (size_t i = 0; i < p->n; i++) {
		if (streq(p->c[i].path, path))
			return true;
	}
	return false;
}

/* Directories that a new node needs and nobody proposed. */
static void add_parents(struct planner *p, const char *path)
{
	for (const char *s = strchr(path + 1, '/'); s; s = strchr(s + 1, '/')) {
		_cleanup_free_ char *dir = xstrndup(path, (size_t)(s - path));
		struct node before = { 0 }, after = { 0 };
		struct stat st;

		if (!root_is_absent(root_lstat(p->root, dir, &st)) || planned(p->plan, dir))
			continue;
		start_after(&before, NODE_DIR, 0755, &after);
		plan_label(p->root, dir, &before, &after);
		plan_add(p->plan, dir, &before, &after);
	}
}

static int build(struct planner *p, struct work *w)
{
	_cleanup_node_ struct node before = { 0 }, after = { 0 };
	bool meta = !w->lines && (!w->whole || w->whole->kind == EDIT_FORGET);
	int r = node_read(p->root, w->path, meta ? NODE_META : NODE_WHOLE, &before);

	if (r == 0)
		r = node_after(p, w, &before, &after);
	if (r < 0)
		return r;
	plan_label(p->root, w->path, &before, &after);
	if (node_equal(&before, &after))
		return 0;
	r = node_may_become(p->root, w->path, &before, &after);
	if (r < 0)
		return r;
	if (before.type == NODE_ABSENT)
		add_parents(p, w->path);
	plan_add(p->plan, w->path, &before, &after);
	return 0;
}

static void works_free(struct planner *p)
{
	struct work *w, *next;

	HASH_ITER (hh, p->works, w, next) {
		HASH_DEL(p->works, w);
		HASH_CLEAR(hh, w->by_place);
		for (size_t i = 0; i < w->lines; i++)
			free(w->line[i]);
		free(w->path);
		free(w->line);
		free(w->by);
		free(w);
	}
}

static const char *build_error(int r)
{
	switch (r) {
	case -ESTALE:
		return "the file changed while it was looked at";
	case -EISDIR:
		return "something that is not a file stands there";
	case -EEXIST:
		return "something stands there that is not given up";
	case -EPERM:
		return "it is protected against changes: lsattr shows it, chattr -ia takes it off";
	case -ENOTEMPTY:
		return "the directory there is not empty";
	case -EBUSY:
		return "something is mounted there";
	default:
		return strerror(-r);
	}
}

/* One attempt; true when a finding turned out to be impossible. */
static bool try_plan(const struct root *r, struct finding *findings,
		     const struct plan_policy *policy, struct plan *out)
{
	struct planner p = { .root = r, .plan = out };
	struct work *w, *next;
	bool failed = false;

	*out = (struct plan){ 0 };
	for (struct finding *f = findings; f; f = f->next) {
		if (f->outcome == CLASHES)
			f->outcome = OPEN; /* the other one may have failed by now */
		if (f->outcome == OPEN && plan_allows(policy, f))
			take(&p, f);
	}
	HASH_ITER (hh, p.works, w, next) {
		int e = build(&p, w);

		for (size_t i = 0; e < 0 && i < w->bys; i++)
			fail(w->by[i], FAILED, build_error(e));
		failed |= e < 0;
	}
	works_free(&p);
	return failed;
}

/* What else a failed finding wanted is not done by halves: the plan is made again without it. */
int plan_make(const struct root *r, struct finding *findings, const struct plan_policy *policy,
	      struct plan *out)
{
	while (try_plan(r, findings, policy, out))
		plan_free(out);
	return 0;
}

int plan_relabel(const struct root *r, struct plan *out)
{
	struct node before = { 0 }, after = {
		.type = NODE_FILE, .mode = 0644, .mtime = NODE_NOW, .content_kept = true
	};
	int e = node_read(r, "/.autorelabel", NODE_WHOLE, &before);

	*out = (struct plan){ 0 };
	if (e == 0 && before.type == NODE_ABSENT)
		plan_add(out, "/.autorelabel", &before, &after);
	node_free(&before);
	return e;
}

void plan_free(struct plan *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->c[i].path);
		node_free(&p->c[i].before);
		node_free(&p->c[i].after);
	}
	free(p->c);
	free(p->command);
	*p = (struct plan){ 0 };
}

uint64_t plan_change_needs(const struct change *c)
{
	return c->disk ? 0 : c->after.content.len + 4096;
}

/* A change that failed late (its directory could not be synced) was made nevertheless. */
static bool was_made(const struct root *r, const struct change *c)
{
	enum node_depth depth = c->before.content_kept ? NODE_WHOLE : NODE_META;
	_cleanup_node_ struct node now = { 0 };

	if (c->disk)
		return true;
	return node_read(r, c->path, depth, &now) < 0 || !node_equal(&now, &c->before);
}

int plan_apply(const struct root *r, struct plan *p, bool *unlabelled, struct trouble *t)
{
	for (size_t i = 0; i < p->n; i++) {
		struct change *c = &p->c[i];
		int e = c->disk ? bytechange_store(p->disks, p->n_disks, c, &c->after)
				: node_store(r, c->path, &c->after, unlabelled);

		if (e < 0) {
			trouble_set(t, "cannot change '%s': %s", p->c[i].path, strerror(-e));
			p->c[i].done = was_made(r, &p->c[i]);
			return e;
		}
		p->c[i].done = true;
	}
	return 0;
}
