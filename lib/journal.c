/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing a run: blobs first, then the manifest that names them, each on the disk before the next.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "lib/diff.h"
#include "lib/journal_dir.h"

#define KEEP_MAX (1u << 30)
#define SPARE (256u << 10) /* manifest, diff and directory blocks */
#define HINT "pass --journal DIR to keep the backup on this machine"

struct journal {
	int base, dirfd;
	char *id, *path;
	struct json_object *manifest, *changes, *kept, *raw;
	size_t seq, raws;
};

const char *journal_run(const struct journal *j)
{
	return j->id;
}

const char *journal_path(const struct journal *j)
{
	return j->path;
}

void journal_close(struct journal *j)
{
	if (!j)
		return;
	close_fd(j->dirfd);
	close_fd(j->base);
	json_object_put(j->manifest);
	free(j->id);
	free(j->path);
	free(j);
}

static char *time_as(const char *fmt, time_t when)
{
	struct tm tm;
	char buf[64];

	gmtime_r(&when, &tm);
	strftime(buf, sizeof(buf), fmt, &tm);
	return xstrdup(buf);
}

/*
 * Named by the millisecond, as two places (the root and the helper) have each their own runs, and
 * undo asks which was later. A second run in one millisecond gets a number behind.
 */
static int make_run(int base, const struct timespec *now, char **id)
{
	_cleanup_free_ char *second = time_as("%Y%m%dT%H%M%S", now->tv_sec);
	_cleanup_free_ char *stamp = xasprintf("%s.%03ldZ", second, now->tv_nsec / 1000000);

	for (int i = 1; i < 100; i++) {
		char *name = i == 1 ? xstrdup(stamp) : xasprintf("%s-%02d", stamp, i);

		if (mkdirat(base, name, 0700) == 0) {
			*id = name;
			return openat(base, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		}
		free(name);
		if (errno != EEXIST)
			return -1;
	}
	errno = EEXIST;
	return -1;
}

static struct json_object *new_manifest(const struct journal *j, const struct journal_place *at,
					const char *target, time_t now)
{
	struct json_object *m = json_object_new_object();
	_cleanup_free_ char *when = time_as("%Y-%m-%dT%H:%M:%SZ", now);

	json_object_object_add(m, "bootmend", json_object_new_string(BOOTMEND_VERSION));
	json_object_object_add(m, "format", json_object_new_int(1));
	json_object_object_add(m, "run", json_object_new_string(j->id));
	json_object_object_add(m, "when", json_object_new_string(when));
	json_object_object_add(m, "target", json_text(target));
	json_object_object_add(m, "identity", json_text(at->identity));
	json_object_object_add(m, "with", json_text(at->with));
	json_object_object_add(m, "changes", j->changes);
	json_object_object_add(m, "kept", j->kept);
	json_object_object_add(m, "raw", j->raw);
	json_object_object_add(m, "undone", json_object_new_boolean(0));
	return m;
}

static void explain(struct trouble *t, const struct journal_place *at, const char *what, int e)
{
	trouble_set(t, "%s in '%s': %s; nothing was changed; %s", what,
		    at->dir ? at->dir : JOURNAL_DIR, strerror(-e),
		    at->dir ? "choose another --journal DIR" : HINT);
}

int journal_open(const struct journal_place *at, const char *target, struct journal **out,
		 struct trouble *t)
{
	struct journal *j = xcalloc(1, sizeof(*j));
	int e = 0, base = journal_base(at, JOURNAL_MAKE);
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	j->dirfd = -1;
	j->base = base;
	if (base < 0)
		e = base;
	else if ((j->dirfd = make_run(base, &now, &j->id)) < 0)
		e = -errno;
	if (e < 0) {
		explain(t, at, "cannot make the backup", e);
		journal_close(j);
		return e;
	}
	j->path = xasprintf("%s/%s", at->dir ? at->dir : JOURNAL_DIR, j->id);
	j->changes = json_object_new_array();
	j->kept = json_object_new_array();
	j->raw = json_object_new_array();
	j->manifest = new_manifest(j, at, target, now.tv_sec);
	e = journal_manifest_store(j->dirfd, j->manifest);
	if (e == 0)
		e = journal_dir_sync(base);
	if (e < 0) {
		explain(t, at, "cannot write the backup", e);
		journal_discard(j);
		return e;
	}
	*out = j;
	return 0;
}

void journal_discard(struct journal *j)
{
	static const char *const names[] = { "manifest.json", "manifest.json.new", "plan.diff",
					     "plan.diff.new" };

	for (size_t i = 1; i <= j->seq; i++) {
		char name[32];

		snprintf(name, sizeof(name), "%zu.before", i);
		unlinkat(j->dirfd, name, 0);
		snprintf(name, sizeof(name), "%zu.after", i);
		unlinkat(j->dirfd, name, 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		unlinkat(j->dirfd, names[i], 0);
	/* What was kept (an undo file of e2fsck) stays: the directory is then not empty. */
	unlinkat(j->base, j->id, AT_REMOVEDIR);
	journal_close(j);
}

uint64_t journal_needs(const struct plan *p)
{
	uint64_t sum = SPARE;

	for (size_t i = 0; i < p->n; i++)
		sum += p->c[i].before.content.len + p->c[i].after.content.len + 1024;
	return sum;
}

static int has_room(const struct journal *j, uint64_t need, struct trouble *t)
{
	char want[32], have[32];
	struct statvfs st;
	uint64_t room;

	if (fstatvfs(j->dirfd, &st) < 0)
		return -errno;
	room = (uint64_t)st.f_bfree * st.f_frsize;
	if (room >= need)
		return 0;
	trouble_set(t,
		    "no room for the backup in '%s' (%s needed, %s free); nothing was changed; %s",
		    j->path, format_size(need, want, sizeof(want)),
		    format_size(room, have, sizeof(have)), HINT);
	return -ENOSPC;
}

static int put_blob(struct journal *j, const struct node *n, const char *name)
{
	if (n->type != NODE_FILE || !n->content_kept)
		return 0;
	return journal_put(j->dirfd, name, n->content.data ? n->content.data : "", n->content.len);
}

static int add_change(struct journal *j, const struct change *c)
{
	struct json_object *o = json_object_new_object();
	char before[32], after[32];
	int e;

	j->seq++;
	snprintf(before, sizeof(before), "%zu.before", j->seq);
	snprintf(after, sizeof(after), "%zu.after", j->seq);
	e = put_blob(j, &c->before, before);
	if (e == 0)
		e = put_blob(j, &c->after, after);
	json_object_object_add(o, "n", json_object_new_int64((int64_t)j->seq));
	json_object_object_add(o, "path", json_exact(c->path, strlen(c->path)));
	if (c->disk) {
		json_object_object_add(o, "disk", json_object_new_int64(c->disk));
		json_object_object_add(o, "offset", json_object_new_int64((int64_t)c->offset));
	}
	json_object_object_add(o, "before", journal_node_json(&c->before, before));
	json_object_object_add(o, "after", journal_node_json(&c->after, after));
	json_object_array_add(j->changes, o);
	return e;
}

static int add_diff(struct journal *j, const struct plan *p)
{
	_cleanup_bytes_ struct bytes diff = { 0 };
	int e = journal_get(j->dirfd, "plan.diff", KEEP_MAX, &diff);

	if (e < 0 && e != -ENOENT)
		return e;
	plan_diff(p, &diff);
	return journal_replace(j->dirfd, "plan.diff", diff.data ? diff.data : "", diff.len);
}

int journal_add(struct journal *j, const struct plan *p, struct trouble *t)
{
	int e = has_room(j, journal_needs(p), t);

	for (size_t i = 0; e == 0 && i < p->n; i++)
		e = add_change(j, &p->c[i]);
	if (e == 0)
		e = add_diff(j, p);
	if (e == 0)
		e = journal_dir_sync(j->dirfd);
	if (e == 0)
		e = journal_manifest_store(j->dirfd, j->manifest);
	if (e < 0)
		trouble_set(t, "cannot write the backup in '%s': %s; %s", j->path, strerror(-e),
			    HINT);
	return e;
}

/* The helper's own file, by the helper's own name: not a path of the patient. */
static int copy_in(struct journal *j, const char *file, const char *name)
{
	_cleanup_close_ int in = open(file, O_RDONLY | O_CLOEXEC), out = -1;
	char buf[65536];
	ssize_t n;

	if (in < 0)
		return -errno;
	out = openat(j->dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (out < 0)
		return -errno;
	while ((n = read(in, buf, sizeof(buf))) > 0) {
		if (write(out, buf, (size_t)n) != n)
			return errno ? -errno : -EIO;
	}
	if (n < 0 || fsync(out) < 0)
		return -errno;
	return 0;
}

int journal_keep_bytes(struct journal *j, const char *name, const struct bytes *b,
		       struct trouble *t)
{
	int e = journal_put(j->dirfd, name, b->data ? b->data : "", b->len);

	if (e == 0) {
		json_object_array_add(j->kept, json_text(name));
		e = journal_manifest_store(j->dirfd, j->manifest);
	}
	if (e < 0)
		trouble_set(t, "cannot keep '%s' in '%s': %s; %s", name, j->path, strerror(-e),
			    HINT);
	return e;
}

int journal_keep(struct journal *j, const char *file, const char *name, struct trouble *t)
{
	int e = copy_in(j, file, name);

	if (e == 0) {
		json_object_array_add(j->kept, json_text(name));
		e = journal_manifest_store(j->dirfd, j->manifest);
	}
	if (e < 0)
		trouble_set(t, "cannot keep '%s' in '%s': %s; %s", file, j->path, strerror(-e),
			    HINT);
	return e;
}

/* --- below the file systems --- */

static struct json_object *raw_json(const struct journal_raw *r)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "file", json_text(r->file));
	json_object_object_add(o, "what", json_text(r->what));
	json_object_object_add(o, "device", json_text(r->device));
	json_object_object_add(o, "disk", json_object_new_int64(r->disk));
	json_object_object_add(o, "start", json_object_new_int64((int64_t)r->start));
	json_object_object_add(o, "size", json_object_new_int64((int64_t)r->size));
	return o;
}

int journal_raw_begin(struct journal *j, struct arena *a, struct journal_raw *r, int *fd,
		      struct trouble *t)
{
	int e = 0, log;

	r->file = arena_printf(a, "raw-%zu.log", ++j->raws);
	log = openat(j->dirfd, r->file, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (log < 0) {
		e = -errno;
	} else {
		json_object_array_add(j->raw, raw_json(r));
		e = journal_dir_sync(j->dirfd);
	}
	if (e == 0)
		e = journal_manifest_store(j->dirfd, j->manifest);
	if (e < 0) {
		trouble_set(t, "cannot write the backup in '%s': %s", j->path, strerror(-e));
		close_fd(log);
		return e;
	}
	*fd = log;
	return 0;
}

void journal_raw_cancel(struct journal *j, const struct journal_raw *r)
{
	for (size_t i = json_object_array_length(j->raw); i-- > 0;) {
		const char *file = json_get_str(json_object_array_get_idx(j->raw, i), "file");

		if (file && streq(file, r->file))
			json_object_array_del_idx(j->raw, i, 1);
	}
	journal_manifest_store(j->dirfd, j->manifest);
	unlinkat(j->dirfd, r->file, 0);
}
