/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading runs back: the list of them, and undo. What a manifest says is not trusted, only matched.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <uthash.h>

#include "lib/journal_dir.h"

#define RUNS_MAX 10000

/* --- the list --- */

struct run {
	char *id;
	struct json_object *manifest;
	int dirfd;
};

static void run_close(struct run *r)
{
	free(r->id);
	json_object_put(r->manifest);
	close_fd(r->dirfd);
}

struct runs {
	struct run *r;
	size_t n, cap;
};

static void runs_free(struct runs *rs)
{
	for (size_t i = 0; i < rs->n; i++)
		run_close(&rs->r[i]);
	free(rs->r);
}
#define _cleanup_runs_ _cleanup_(runs_free)

static bool is_ours(const struct journal_place *at, struct json_object *manifest)
{
	const char *identity = json_get_str(manifest, "identity");

	return !at->dir || !at->identity || !identity || streq(identity, at->identity);
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct run *)a)->id, ((const struct run *)b)->id);
}

static void add_run(const struct journal_place *at, int base, const char *id, struct runs *out)
{
	struct run r = { .dirfd = openat(base, id,
					 O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) };

	if (r.dirfd < 0)
		return;
	r.manifest = journal_manifest(r.dirfd);
	if (!r.manifest || !is_ours(at, r.manifest)) {
		run_close(&r);
		return;
	}
	r.id = xstrdup(id);
	GROW(out->r, out->n, out->cap);
	out->r[out->n++] = r;
}

static int load_runs(const struct journal_place *at, struct runs *out)
{
	int base = journal_base(at, JOURNAL_FIND);
	struct dirent *e;
	DIR *dir;

	if (base < 0)
		return base;
	dir = fdopendir(base);
	if (!dir) {
		close(base);
		return -errno;
	}
	while (out->n < RUNS_MAX && (e = readdir(dir))) {
		if (e->d_name[0] != '.')
			add_run(at, base, e->d_name, out);
	}
	closedir(dir);
	if (out->n)
		qsort(out->r, out->n, sizeof(*out->r), by_id);
	return 0;
}

static struct json_object *array_of(struct json_object *o, const char *key)
{
	struct json_object *v;

	return json_object_object_get_ex(o, key, &v) && json_object_is_type(v, json_type_array)
		       ? v
		       : NULL;
}

static const char *const *names_of(struct json_object *list, struct arena *a)
{
	size_t n = list ? json_object_array_length(list) : 0;
	const char **names = arena_alloc(a, (n + 1) * sizeof(*names));

	for (size_t i = 0; i < n; i++) {
		const char *s = json_object_get_string(json_object_array_get_idx(list, i));

		names[i] = arena_strdup(a, s ? s : "");
	}
	return names;
}

static const char *str_of(struct json_object *o, const char *key, struct arena *a)
{
	const char *s = json_get_str(o, key);

	return arena_strdup(a, s ? s : "");
}

int journal_runs(const struct journal_place *at, struct arena *a, struct journal_run **out,
		 size_t *n, struct trouble *t)
{
	_cleanup_runs_ struct runs rs = { 0 };
	int e = load_runs(at, &rs);

	if (e < 0 && e != -ENOENT) {
		trouble_set(t, "cannot read the backups in '%s': %s",
			    at->dir ? at->dir : JOURNAL_DIR, strerror(-e));
		return e;
	}
	*out = arena_alloc(a, (rs.n + 1) * sizeof(**out));
	*n = rs.n;
	for (size_t i = 0; i < rs.n; i++) {
		struct json_object *m = rs.r[i].manifest, *changes = array_of(m, "changes");

		(*out)[i] = (struct journal_run){
			.id = arena_strdup(a, rs.r[i].id),
			.target = str_of(m, "target", a),
			.when = str_of(m, "when", a),
			.changes = changes ? json_object_array_length(changes) : 0,
			.undone = json_get_bool(m, "undone"),
			.kept = names_of(array_of(m, "kept"), a),
		};
	}
	return 0;
}

/* --- undo --- */

struct step {
	char *path;
	struct node before, after;
	bool merged;	    /* an earlier step of the same path speaks for it */
	struct step *later; /* the next step of the same path */
	struct step *first; /* the first step of the path, when merged */
	UT_hash_handle hh;  /* by path; the latest step so far */
};

struct steps {
	struct step *s;
	size_t n;
};

static void steps_free(struct steps *st)
{
	for (size_t i = 0; i < st->n; i++) {
		free(st->s[i].path);
		node_free(&st->s[i].before);
		node_free(&st->s[i].after);
	}
	free(st->s);
}
#define _cleanup_steps_ _cleanup_(steps_free)

static int load_step(const struct run *r, struct json_object *o, struct step *out)
{
	struct json_object *path, *before, *after;
	struct bytes name = { 0 };
	int e;

	if (!json_object_object_get_ex(o, "path", &path) ||
	    !json_object_object_get_ex(o, "before", &before) ||
	    !json_object_object_get_ex(o, "after", &after) || !json_exact_read(path, &name))
		return -EBADMSG;
	if (name.data[0] != '/' || strlen(name.data) != name.len) {
		bytes_free(&name);
		return -EBADMSG;
	}
	out->path = name.data;
	e = journal_node_read(r->dirfd, before, &out->before);
	return e == 0 ? journal_node_read(r->dirfd, after, &out->after) : e;
}

static int load_steps(const struct run *r, struct steps *out, struct trouble *t)
{
	struct json_object *changes = array_of(r->manifest, "changes");
	size_t n = changes ? json_object_array_length(changes) : 0;

	out->s = xcalloc(n, sizeof(*out->s));
	for (size_t i = 0; i < n; i++) {
		struct step *s = &out->s[out->n++];
		int e = load_step(r, json_object_array_get_idx(changes, i), s);

		if (e < 0) {
			trouble_set(t, "the backup '%s' is damaged at change %zu: %s", r->id, i + 1,
				    strerror(-e));
			return e;
		}
	}
	return 0;
}

static bool mode_between(mode_t now, mode_t a, mode_t b)
{
	/* Changing the owner takes the setuid and setgid bits off before chmod gives them back. */
	return now == a || now == b || now == (a & ~06000u) || now == (b & ~06000u);
}

static bool xattr_of(const struct node_xattr *x, const struct node *n)
{
	for (size_t i = 0; i < n->xattrs; i++) {
		if (streq(n->xattr[i].name, x->name) && bytes_equal(&n->xattr[i].value, &x->value))
			return true;
	}
	return false;
}

/* A state that a run killed half-way through this step can have left. */
static bool on_the_way(const struct node *now, const struct node *a, const struct node *b)
{
	if (a->type == NODE_ABSENT && b->type == NODE_DIR)
		return now->type == NODE_DIR;
	if (now->type == NODE_ABSENT) /* an empty directory gave way to a link */
		return a->type == NODE_DIR && b->type == NODE_LINK;
	if (now->type != a->type || now->type != b->type || now->type == NODE_LINK)
		return false;
	if ((now->uid != a->uid && now->uid != b->uid) ||
	    (now->gid != a->gid && now->gid != b->gid))
		return false;
	if (!mode_between(now->mode, a->mode, b->mode))
		return false;
	for (size_t i = 0; i < now->xattrs; i++) {
		if (!xattr_of(&now->xattr[i], a) && !xattr_of(&now->xattr[i], b))
			return false;
	}
	return !now->content_kept || (a->content_kept && bytes_equal(&now->content, &a->content)) ||
	       (b->content_kept && bytes_equal(&now->content, &b->content)) ||
	       (!a->content_kept && !b->content_kept);
}

/* Is now some state this run made of the path? Later steps of the same path count too. */
static bool is_ours_now(const struct step *s, const struct node *now)
{
	for (; s; s = s->later) {
		if (node_equal(now, &s->after) || node_equal(now, &s->before) ||
		    on_the_way(now, &s->before, &s->after))
			return true;
	}
	return false;
}

/*
 * A pass that changed only the mode kept no bytes; the first later step that did has them as they
 * were before both.
 */
static void take_content(struct step *first, struct step *later)
{
	struct node *to = &first->before, *from = &later->before;

	if (to->type != NODE_FILE || to->content_kept || !from->content_kept)
		return;
	to->content = from->content;
	to->mtime = from->mtime;
	to->content_kept = true;
	from->content = (struct bytes){ 0 };
	bytes_add(&from->content, to->content.data, to->content.len);
}

static void merge_paths(struct steps *st)
{
	struct step *by_path = NULL, *earlier;

	for (size_t i = 0; i < st->n; i++) {
		struct step *s = &st->s[i];

		HASH_FIND_STR(by_path, s->path, earlier);
		if (earlier) {
			earlier->later = s;
			s->merged = true;
			s->first = earlier->first ? earlier->first : earlier;
			take_content(s->first, s);
			HASH_DEL(by_path, earlier);
		}
		HASH_ADD_KEYPTR(hh, by_path, s->path, strlen(s->path), s);
	}
	HASH_CLEAR(hh, by_path);
}

static enum undo_result undo_step(const struct root *r, const struct step *s, const char **why)
{
	bool whole =
		s->before.content_kept || s->after.content_kept || s->before.type != s->after.type;
	_cleanup_node_ struct node now = { 0 };
	int e;

	node_clear_temp(r, s->path);
	e = node_read(r, s->path, whole ? NODE_WHOLE : NODE_META, &now);
	if (e < 0) {
		*why = strerror(-e);
		return UNDO_FAILED;
	}
	if (node_equal(&now, &s->before))
		return UNDO_ALREADY;
	if (!is_ours_now(s, &now)) {
		*why = "it was changed since: neither as before the run nor as after it";
		return UNDO_REFUSED;
	}
	e = node_store(r, s->path, &s->before, NULL);
	if (e < 0) {
		*why = e == -ENOTEMPTY ? "the directory is not empty any more" : strerror(-e);
		return e == -ENOTEMPTY ? UNDO_REFUSED : UNDO_FAILED;
	}
	return UNDO_RESTORED;
}

static const struct run *choose(const struct runs *rs, const char *id)
{
	for (size_t i = rs->n; i-- > 0;) {
		if (id ? streq(rs->r[i].id, id) : !json_get_bool(rs->r[i].manifest, "undone"))
			return &rs->r[i];
	}
	return !id && rs->n ? &rs->r[rs->n - 1] : NULL;
}

static int undo_run(const struct root *r, const struct run *run, struct arena *a,
		    struct undo_item **out, size_t *n, struct trouble *t)
{
	_cleanup_steps_ struct steps st = { 0 };
	bool clean = true;
	int e = load_steps(run, &st, t);

	if (e < 0)
		return e;
	merge_paths(&st);
	*out = arena_alloc(a, (st.n + 1) * sizeof(**out));
	*n = 0;
	for (size_t i = st.n; i-- > 0;) {
		struct undo_item *item = &(*out)[*n];

		if (st.s[i].merged)
			continue;
		item->path = arena_strdup(a, st.s[i].path);
		item->result = undo_step(r, &st.s[i], &item->why);
		clean = clean && item->result <= UNDO_ALREADY;
		++*n;
	}
	if (!clean)
		return 0;
	json_object_object_add(run->manifest, "undone", json_object_new_boolean(1));
	return journal_manifest_store(run->dirfd, run->manifest);
}

int journal_undo(const struct journal_place *at, const char *id, struct arena *a,
		 const char **which, struct undo_item **out, size_t *n, struct trouble *t)
{
	_cleanup_runs_ struct runs rs = { 0 };
	const struct run *run;
	int e = load_runs(at, &rs);

	if (e < 0 && e != -ENOENT) {
		trouble_set(t, "cannot read the backups in '%s': %s",
			    at->dir ? at->dir : JOURNAL_DIR, strerror(-e));
		return e;
	}
	run = choose(&rs, id);
	if (!run) {
		trouble_set(t, id ? "no run '%s' in '%s'" : "no run to undo%s in '%s'",
			    id ? id : "", at->dir ? at->dir : JOURNAL_DIR);
		return -ENOENT;
	}
	*which = arena_strdup(a, run->id);
	return undo_run(at->root, run, a, out, n, t);
}
