/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading runs back: the list of them, and undo. What a manifest says is not trusted, only matched.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <uthash.h>

#include "lib/bytechange.h"
#include "lib/journal_dir.h"

#define RUNS_MAX 10000
#define CONTENT_MAX (2ull << 30) /* bytes of all nodes of one run */

static const char *place_name(const struct journal_place *at)
{
	return at->dir ? at->dir : JOURNAL_DIR;
}

/* --- the list --- */

struct runs {
	struct arena *a;
	struct journal_run *r;
	size_t n, cap;
};

static bool is_ours(const struct journal_place *at, struct json_object *manifest)
{
	const char *identity = json_get_str(manifest, "identity");

	return !at->dir || !at->identity || !identity || streq(identity, at->identity);
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct journal_run *)a)->id, ((const struct journal_run *)b)->id);
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

/* As journal.c names runs; whatever else lies there is not ours. */
static bool is_run_id(const char *s)
{
	return strspn(s, "0123456789TZ.-") == strlen(s) && s[0] != '.' && strlen(s) < 64;
}

/* The fd of a run and its manifest; both are the caller's on 0. */
static int open_run(int base, const char *id, int *fd, struct json_object **manifest)
{
	_cleanup_close_ int dirfd =
		openat(base, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (dirfd < 0)
		return -errno;
	*manifest = journal_manifest(dirfd);
	if (!*manifest)
		return -EBADMSG;
	*fd = dirfd;
	dirfd = -1;
	return 0;
}

static uint64_t number_of(struct json_object *o, const char *key)
{
	struct json_object *v;
	int64_t n = json_object_object_get_ex(o, key, &v) ? json_object_get_int64(v) : 0;

	return n > 0 ? (uint64_t)n : 0;
}

/* A name in the run's own directory and nothing else. */
static bool is_log_name(const char *s)
{
	return startswith(s, "raw-") && endswith(s, ".log") && !strchr(s, '/');
}

static void add_raws(struct arena *a, struct json_object *list, struct journal_run *out)
{
	size_t n = list ? json_object_array_length(list) : 0;
	struct journal_raw *raw = arena_alloc(a, (n + 1) * sizeof(*raw));

	for (size_t i = 0; i < n; i++) {
		struct json_object *o = json_object_array_get_idx(list, i);

		raw[out->n_raw] = (struct journal_raw){
			.file = str_of(o, "file", a),
			.what = str_of(o, "what", a),
			.device = str_of(o, "device", a),
			.disk = (unsigned)number_of(o, "disk"),
			.start = number_of(o, "start"),
			.size = number_of(o, "size"),
		};
		out->n_raw += is_log_name(raw[out->n_raw].file);
	}
	out->raw = raw;
}

static void add_run(const struct journal_place *at, int base, const char *id, struct runs *out)
{
	_cleanup_close_ int fd = -1;
	struct json_object *m = NULL, *changes;

	if (!is_run_id(id) || open_run(base, id, &fd, &m) < 0)
		return;
	if (is_ours(at, m)) {
		changes = array_of(m, "changes");
		ARENA_GROW(out->a, out->r, out->n, out->cap);
		out->r[out->n++] = (struct journal_run){
			.id = arena_strdup(out->a, id),
			.target = str_of(m, "target", out->a),
			.when = str_of(m, "when", out->a),
			.with = str_of(m, "with", out->a),
			.changes = changes ? json_object_array_length(changes) : 0,
			.undone = json_get_bool(m, "undone"),
			.kept = names_of(array_of(m, "kept"), out->a),
		};
		add_raws(out->a, array_of(m, "raw"), &out->r[out->n - 1]);
	}
	json_object_put(m);
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
	while (out->n < RUNS_MAX && (e = readdir(dir)))
		add_run(at, base, e->d_name, out);
	closedir(dir);
	if (out->n)
		qsort(out->r, out->n, sizeof(*out->r), by_id);
	return 0;
}

int journal_runs(const struct journal_place *at, struct arena *a, struct journal_run **out,
		 size_t *n, struct trouble *t)
{
	struct runs rs = { .a = a };
	int e = load_runs(at, &rs);

	if (e < 0 && e != -ENOENT) {
		trouble_set(t, "cannot read the backups in '%s': %s", place_name(at), strerror(-e));
		return e;
	}
	*out = rs.r;
	*n = rs.n;
	return 0;
}

/* --- undo --- */

struct step {
	char *path;
	unsigned disk; /* of struct change */
	uint64_t offset;
	struct node before, after;
	bool lent_before, lent_after; /* the content is another step's */
	bool merged;		      /* an earlier step of the same path speaks for it */
	struct step *later, *earlier; /* of the same path */
	UT_hash_handle hh;	      /* by path; the latest step so far */
};

struct steps {
	struct step *s;
	size_t n;
	uint64_t bytes;
};

static void give_back(struct node *n, bool lent)
{
	if (lent)
		n->content = (struct bytes){ 0 };
	node_free(n);
}

static void steps_free(struct steps *st)
{
	for (size_t i = 0; i < st->n; i++) {
		free(st->s[i].path);
		give_back(&st->s[i].before, st->s[i].lent_before);
		give_back(&st->s[i].after, st->s[i].lent_after);
	}
	free(st->s);
}
#define _cleanup_steps_ _cleanup_(steps_free)

static int load_step(int dirfd, struct json_object *o, struct step *out)
{
	struct json_object *path, *before, *after;
	struct bytes name = { 0 };
	int e;

	if (!json_object_object_get_ex(o, "path", &path) ||
	    !json_object_object_get_ex(o, "before", &before) ||
	    !json_object_object_get_ex(o, "after", &after) || !json_exact_read(path, &name))
		return -EBADMSG;
	out->disk = (unsigned)number_of(o, "disk");
	out->offset = number_of(o, "offset");
	if ((name.data[0] != '/' && !out->disk) || strlen(name.data) != name.len) {
		bytes_free(&name);
		return -EBADMSG;
	}
	out->path = name.data;
	e = journal_node_read(dirfd, before, &out->before);
	return e == 0 ? journal_node_read(dirfd, after, &out->after) : e;
}

static int load_steps(int dirfd, struct json_object *manifest, const char *id, struct steps *out,
		      struct trouble *t)
{
	struct json_object *changes = array_of(manifest, "changes");
	size_t n = changes ? json_object_array_length(changes) : 0;

	out->s = xcalloc(n, sizeof(*out->s));
	for (size_t i = 0; i < n; i++) {
		struct step *s = &out->s[out->n++];
		int e = load_step(dirfd, json_object_array_get_idx(changes, i), s);

		out->bytes += s->before.content.len + s->after.content.len;
		if (e == 0 && out->bytes > CONTENT_MAX)
			e = -EFBIG;
		if (e < 0) {
			trouble_set(t, "the backup '%s' is damaged at change %zu: %s", id, i + 1,
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

/* Where a directory comes or goes there are moments with nothing and with a bare one. */
static bool dir_on_the_way(const struct node *now, const struct node *dir)
{
	return now->type == NODE_ABSENT ||
	       (now->type == NODE_DIR &&
		(now->mode == dir->mode || (now->mode & 0777) == (NODE_NEW_DIR & 0777)));
}

/* A state that a run, or an undo, killed half-way through this step can have left. */
static bool on_the_way(const struct node *now, const struct node *a, const struct node *b)
{
	if (a->type != b->type && (a->type == NODE_DIR || b->type == NODE_DIR))
		return dir_on_the_way(now, a->type == NODE_DIR ? a : b);
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
		if (s->disk &&
		    bytechange_is_between(&now->content, &s->before.content, &s->after.content))
			return true;
		if (node_equal(now, &s->after) || node_equal(now, &s->before) ||
		    on_the_way(now, &s->before, &s->after))
			return true;
	}
	return false;
}

/* n gets the bytes of a node that held the same; both may be restored or compared with then. */
static void lend(struct node *n, bool *lent, const struct node *from)
{
	if (n->type != NODE_FILE || n->content_kept || from->type != NODE_FILE ||
	    !from->content_kept)
		return;
	n->content = from->content;
	n->mtime = from->mtime;
	n->content_kept = true;
	*lent = true;
}

/*
 * A pass that changed only mode or owner kept no bytes: they are those before the next pass, or
 * after the one before. Without them any content with that mode would count as ours.
 */
static void lend_contents(struct steps *st)
{
	for (size_t i = st->n; i-- > 0;) {
		struct step *s = &st->s[i];

		if (s->later)
			lend(&s->after, &s->lent_after, &s->later->before);
		lend(&s->before, &s->lent_before, &s->after);
	}
	for (size_t i = 0; i < st->n; i++) {
		struct step *s = &st->s[i];

		if (s->earlier)
			lend(&s->before, &s->lent_before, &s->earlier->after);
		lend(&s->after, &s->lent_after, &s->before);
	}
}

static void merge_paths(struct steps *st)
{
	struct step *by_path = NULL, *earlier;

	for (size_t i = 0; i < st->n; i++) {
		struct step *s = &st->s[i];

		HASH_FIND_STR(by_path, s->path, earlier);
		if (earlier) {
			earlier->later = s;
			s->earlier = earlier;
			s->merged = true;
			HASH_DEL(by_path, earlier);
		}
		HASH_ADD_KEYPTR(hh, by_path, s->path, strlen(s->path), s);
	}
	HASH_CLEAR(hh, by_path);
	lend_contents(st);
}

/* A directory made for the run that the backup itself needs. */
static bool holds_backup(const struct journal_place *at, const struct step *s)
{
	const char *rest = after(JOURNAL_DIR, s->path);

	return !at->dir && s->before.type == NODE_ABSENT && rest && (*rest == '/' || !*rest);
}

/* A package cache and the like: its bytes were not kept, as they can be had again. */
static bool is_forgotten(const struct step *s)
{
	return s->before.type == NODE_FILE && !s->before.content_kept &&
	       s->after.type == NODE_ABSENT;
}

static enum undo_result undo_step(const struct journal_place *at, const struct step *s,
				  const char **why)
{
	const struct root *r = at->root;
	struct change c = { .path = s->path, .disk = s->disk, .offset = s->offset };
	bool whole =
		s->before.content_kept || s->after.content_kept || s->before.type != s->after.type;
	_cleanup_node_ struct node now = { 0 };
	int e;

	if (is_forgotten(s)) {
		*why = "it was not kept: it can be fetched again";
		return UNDO_ALREADY;
	}
	if (!s->disk)
		node_clear_temp(r, s->path);
	e = s->disk ? bytechange_read(at->disks, at->n_disks, &c, s->before.content.len, &now)
		    : node_read(r, s->path, whole ? NODE_WHOLE : NODE_META, &now);
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
	e = s->disk ? bytechange_store(at->disks, at->n_disks, &c, &s->before)
		    : node_store(r, s->path, &s->before, NULL);
	if (e == -ENOTEMPTY && holds_backup(at, s)) {
		*why = "it stays, the backup lies below";
		return UNDO_ALREADY;
	}
	if (e < 0) {
		*why = e == -ENOTEMPTY ? "the directory is not empty any more" : strerror(-e);
		return e == -ENOTEMPTY ? UNDO_REFUSED : UNDO_FAILED;
	}
	return UNDO_RESTORED;
}

/*
 * By its id, else the latest that is not undone, else the latest. A DIR of the helper may hold runs
 * on other disks, clones with the same UUID among them: unasked only a run on this TARGET is taken.
 */
static const struct journal_run *choose(const struct journal_place *at, const struct runs *rs,
					const char *id)
{
	const struct journal_run *latest = NULL;

	for (size_t i = rs->n; i-- > 0;) {
		const struct journal_run *r = &rs->r[i];

		if (id && streq(r->id, id))
			return r;
		if (id || (at->dir && at->target && !streq(r->target, at->target)))
			continue;
		if (!r->undone)
			return r;
		latest = latest ? latest : r;
	}
	return latest;
}

static int no_run(const struct journal_place *at, const struct runs *rs, const char *id,
		  struct trouble *t)
{
	if (id)
		trouble_set(t, "no run '%s' in '%s'; undo --list tells them", id, place_name(at));
	else if (rs->n)
		trouble_set(t,
			    "no run in '%s' was on '%s'; the latest, on '%s', is taken back with "
			    "--run %s",
			    place_name(at), at->target, rs->r[rs->n - 1].target,
			    rs->r[rs->n - 1].id);
	else
		trouble_set(t, "no run to undo in '%s'", place_name(at));
	return -ENOENT;
}

static int undo_run(const struct journal_place *at, int dirfd, struct json_object *manifest,
		    const char *id, struct arena *a, struct undo_item **out, size_t *n,
		    struct trouble *t)
{
	_cleanup_steps_ struct steps st = { 0 };
	bool clean = true;
	int e = load_steps(dirfd, manifest, id, &st, t);

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
		item->result = undo_step(at, &st.s[i], &item->why);
		clean = clean && item->result <= UNDO_ALREADY;
		++*n;
	}
	if (!clean)
		return 0;
	/* The mark only helps the next undo to choose: no room for it is no failure. */
	json_object_object_add(manifest, "undone", json_object_new_boolean(1));
	journal_manifest_store(dirfd, manifest);
	return 0;
}

int journal_undo(const struct journal_place *at, const char *id, struct arena *a,
		 const char **which, struct undo_item **out, size_t *n, struct trouble *t)
{
	_cleanup_close_ int base = -1, dirfd = -1;
	struct runs rs = { .a = a };
	const struct journal_run *run;
	struct json_object *manifest = NULL;
	int e = load_runs(at, &rs);

	if (e < 0 && e != -ENOENT) {
		trouble_set(t, "cannot read the backups in '%s': %s", place_name(at), strerror(-e));
		return e;
	}
	run = choose(at, &rs, id);
	if (!run)
		return no_run(at, &rs, id, t);
	base = journal_base(at, JOURNAL_FIND);
	e = base < 0 ? base : open_run(base, run->id, &dirfd, &manifest);
	if (e < 0) {
		trouble_set(t, "cannot read the backup '%s': %s", run->id, strerror(-e));
		return e;
	}
	*which = run->id;
	e = undo_run(at, dirfd, manifest, run->id, a, out, n, t);
	json_object_put(manifest);
	return e;
}

int journal_raw_open(const struct journal_place *at, const char *run, const char *file)
{
	_cleanup_close_ int base = journal_base(at, JOURNAL_FIND), dirfd = -1;
	int fd;

	if (base < 0)
		return base;
	if (!is_run_id(run) || !is_log_name(file))
		return -EINVAL;
	dirfd = openat(base, run, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	fd = dirfd < 0 ? -1 : openat(dirfd, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int journal_set_undone(const struct journal_place *at, const char *run)
{
	_cleanup_close_ int base = journal_base(at, JOURNAL_FIND), dirfd = -1;
	struct json_object *manifest = NULL;
	int e = base < 0 ? base : open_run(base, run, &dirfd, &manifest);

	if (e < 0)
		return e;
	json_object_object_add(manifest, "undone", json_object_new_boolean(1));
	e = journal_manifest_store(dirfd, manifest);
	json_object_put(manifest);
	return e;
}
