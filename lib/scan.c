/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <uthash.h>

#include "lib/disk.h"
#include "lib/edit.h"
#include "lib/scan.h"

const struct problem engine_unreadable = {
	.id = "engine.unreadable",
	.severity = DEGRADES,
	.stage = AT_RUNTIME,
	.safety = FIX_NONE,
	.title = "a file is there but cannot be read",
	.why = "What stands in the file could not be judged, so a fault in it may be missed. An input/output "
	       "or checksum error also means that the booting system cannot read it either.",
	.console = "EXT4-fs error (device vda1): ext4_lookup: iget: checksum invalid\n"
		   "blk_update_request: I/O error, dev vda",
	.by_hand =
		"run as root when the reason is a missing permission; otherwise check the file system: "
		"e2fsck -f /dev/vdb1 (ext) or xfs_repair -n /dev/vdb1 (xfs)",
};

struct cached {
	const char *path;
	const struct text *text;
	int err;
	UT_hash_handle hh;
};

#define TEXTS_MAX (1ull << 29) /* memory for all texts of a scan: files may be sparse and many */
#define REFUSED_MAX 4	       /* files without room that are read to find out */
#define SMALL_MAX (64 << 10)   /* bytes of a file that is read even then */

/* A directory, listed once: a hostile one is long, and included again and again. */
struct listed {
	const char *path;
	const char *const *names;
	UT_hash_handle hh;
};

struct text_cache {
	struct cached *by_path;
	struct listed *dirs;
	uint64_t used;
	unsigned refused;
};

void scan_init(struct scan *s, const struct root *root, const struct facts *facts, struct arena *a)
{
	*s = (struct scan){ .root = root, .facts = facts, .arena = a, .texts_max = TEXTS_MAX };
	s->tail = &s->findings;
}

/* --- looking --- */

static struct finding *report_unreadable(struct scan *s, const char *path, int err)
{
	struct finding *f = scan_find(s, &engine_unreadable, path, "%s",
				      err == -EFBIG    ? "larger than such a file can be"
				      : err == -EINVAL ? "not a regular file"
				      : err == -ENOMEM ? "too much text before it"
						       : strerror(-err));

	/* Looking without privilege is our limit, not the disk's fault. */
	if ((err == -EACCES || err == -EPERM) && !s->facts->privileged)
		finding_severity(f, NOTE);
	return f;
}

static bool has_room(const struct scan *s, const struct bytes *b)
{
	struct text_cache *texts = s->texts;
	uint64_t need = 2 * b->len + sizeof(struct line);

	for (size_t i = 0; i < b->len; i++)
		need += b->data[i] == '\n' ? sizeof(struct line) : 0;
	if (need > s->texts_max - texts->used) {
		texts->refused++;
		return false;
	}
	texts->used += need;
	return true;
}

/* Each of thousands of huge files would be read only to learn that there is no room for it. */
static bool is_one_too_many(const struct scan *s, const char *path)
{
	struct stat st;

	return s->texts->refused >= REFUSED_MAX && root_stat(s->root, path, &st) == 0 &&
	       S_ISREG(st.st_mode) && st.st_size > SMALL_MAX;
}

static struct cached *read_text(struct scan *s, const char *path)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	struct cached *c = arena_new_struct(s->arena, struct cached);
	struct text *t;

	c->path = arena_strdup(s->arena, path);
	c->err = is_one_too_many(s, path) ? -ENOMEM : root_read(s->root, path, ROOT_TEXT_MAX, &b);
	if (c->err == 0 && !has_room(s, &b))
		c->err = -ENOMEM;
	if (c->err == 0) {
		t = text_new(s->arena, path, b.data, b.len);
		root_stat(s->root, path, &t->st);
		c->text = t;
	} else if (!root_is_absent(c->err)) {
		report_unreadable(s, path, c->err);
	}
	return c;
}

static struct text_cache *cache_of(struct scan *s)
{
	if (!s->texts)
		s->texts = arena_new_struct(s->arena, struct text_cache);
	return s->texts;
}

int scan_read(struct scan *s, const char *path, const struct text **out)
{
	struct cached *c;

	HASH_FIND_STR(cache_of(s)->by_path, path, c);
	if (!c) {
		c = read_text(s, path);
		HASH_ADD_KEYPTR(hh, s->texts->by_path, c->path, strlen(c->path), c);
	}
	if (c->err == 0)
		*out = c->text;
	return c->err;
}

const struct text *scan_text(struct scan *s, const char *path)
{
	const struct text *t = NULL;

	return scan_read(s, path, &t) == 0 ? t : NULL;
}

struct dir_names {
	struct scan *scan;
	const char **name;
	size_t n, cap;
};

static int add_name(void *arg, const struct root_entry *e)
{
	struct dir_names *d = arg;

	ARENA_GROW(d->scan->arena, d->name, d->n, d->cap);
	d->name[d->n++] = arena_strdup(d->scan->arena, e->name);
	return 0;
}

static struct listed *list_dir(struct scan *s, const char *dir)
{
	struct dir_names d = { .scan = s };
	struct listed *l = arena_new_struct(s->arena, struct listed);
	int e = root_list(s->root, dir, add_name, &d);

	if (e < 0 && !root_is_absent(e))
		report_unreadable(s, dir, e);
	ARENA_GROW(s->arena, d.name, d.n, d.cap);
	d.name[d.n] = NULL;
	l->path = arena_strdup(s->arena, dir);
	l->names = d.name;
	return l;
}

const char *const *scan_dir(struct scan *s, const char *dir)
{
	struct listed *l;

	HASH_FIND_STR(cache_of(s)->dirs, dir, l);
	if (!l) {
		l = list_dir(s, dir);
		HASH_ADD_KEYPTR(hh, s->texts->dirs, l->path, strlen(l->path), l);
	}
	return l->names;
}

char *scan_printf(struct scan *s, const char *fmt, ...)
{
	va_list ap;
	char *str;

	va_start(ap, fmt);
	str = arena_vprintf(s->arena, fmt, ap);
	va_end(ap);
	return str;
}

int scan_disk_read(const struct scan *s, unsigned disk, uint64_t offset, void *buf, size_t len)
{
	if (disk >= s->facts->n_disks)
		return -ENODATA;
	return disk_read(s->facts->disks[disk], offset, buf, len);
}

int scan_part_read(const struct scan *s, const struct partition *p, uint64_t offset, void *buf,
		   size_t len)
{
	if (offset > p->size || len > p->size - offset)
		return -ERANGE;
	return scan_disk_read(s, p->disk, p->start + offset, buf, len);
}

/* --- saying --- */

#define TOLD_MAX 600 /* bytes of a line or a word of the disk that a person is shown */

/* A line of 8 MiB is one word of the report. A character is not cut in two. */
static const char *shorten(struct arena *a, const char *s)
{
	size_t n = TOLD_MAX, len = strlen(s);

	if (len <= TOLD_MAX)
		return s;
	while (n && ((unsigned char)s[n] & 0xc0) == 0x80)
		n--;
	return arena_printf(a, "%.*s... (%zu bytes)", (int)n, s, len);
}

struct finding *scan_find(struct scan *s, const struct problem *p, const char *path,
			  const char *detail, ...)
{
	struct finding *f = arena_new_struct(s->arena, struct finding);
	va_list ap;

	va_start(ap, detail);
	f->detail = shorten(s->arena, arena_vprintf(s->arena, detail, ap));
	va_end(ap);
	f->problem = p;
	f->severity = p->severity;
	f->safety = p->safety;
	f->path = path ? arena_strdup(s->arena, path) : NULL;
	f->scan = s;
	*s->tail = f;
	s->tail = &f->next;
	return f;
}

void finding_at(struct finding *f, const struct text *t, size_t line)
{
	f->path = t->path;
	f->line = line;
	f->quote = shorten(f->scan->arena, text_line(t, line));
}

void finding_severity(struct finding *f, enum severity s)
{
	f->severity = s;
}

void finding_safety(struct finding *f, enum safety s)
{
	f->safety = s;
}

void finding_absence(struct finding *f)
{
	f->absence = true;
}

void finding_choice(struct finding *f, const char *fmt, ...)
{
	struct arena *a = f->scan->arena;
	const char **choices;
	size_t n = 0;
	va_list ap;

	while (f->choices && f->choices[n])
		n++;
	choices = arena_alloc(a, (n + 2) * sizeof(*choices));
	if (n)
		memcpy(choices, f->choices, n * sizeof(*choices));
	va_start(ap, fmt);
	choices[n] = shorten(a, arena_vprintf(a, fmt, ap));
	va_end(ap);
	f->choices = choices;
}

/* --- proposing --- */

static struct edit *add_edit(struct finding *f, enum edit_kind kind, const char *path)
{
	struct edit *e = arena_new_struct(f->scan->arena, struct edit);

	e->kind = kind;
	e->path = arena_strdup(f->scan->arena, path);
	if (f->last_edit)
		f->last_edit->next = e;
	else
		f->edits = e;
	f->last_edit = e;
	return e;
}

static void edit_data(struct finding *f, struct edit *e, const char *fmt, va_list ap)
{
	e->data = arena_vprintf(f->scan->arena, fmt, ap);
	e->len = strlen(e->data);
}

static struct edit *line_edit(struct finding *f, enum edit_kind kind, const struct text *t,
			      size_t n)
{
	struct edit *e = add_edit(f, kind, t->path);

	e->text = t;
	e->line = n;
	return e;
}

void propose_line(struct finding *f, const struct text *t, size_t n, const char *fmt, ...)
{
	struct edit *e = line_edit(f, EDIT_LINE, t, n);
	va_list ap;

	va_start(ap, fmt);
	edit_data(f, e, fmt, ap);
	va_end(ap);
}

void propose_insert(struct finding *f, const struct text *t, size_t n, const char *fmt, ...)
{
	struct edit *e = line_edit(f, EDIT_INSERT, t, n);
	va_list ap;

	va_start(ap, fmt);
	edit_data(f, e, fmt, ap);
	va_end(ap);
}

void propose_comment(struct finding *f, const struct text *t, size_t n)
{
	struct edit *e = line_edit(f, EDIT_LINE, t, n);
	_cleanup_bytes_ struct bytes b = { 0 };

	bytes_adds(&b, "# ");
	if (n >= 1 && n <= t->lines)
		bytes_add(&b, t->line[n - 1].s, t->line[n - 1].len);
	e->data = arena_memdup(f->scan->arena, b.data, b.len);
	e->len = b.len;
}

void propose_text(struct finding *f, const char *path, const void *data, size_t len, mode_t mode)
{
	struct edit *e = add_edit(f, EDIT_TEXT, path);

	e->data = arena_memdup(f->scan->arena, data, len);
	e->len = len;
	e->mode = mode;
}

void propose_append(struct finding *f, const char *path, uint64_t size, const void *data,
		    size_t len)
{
	struct edit *e = add_edit(f, EDIT_APPEND, path);

	e->size = size;
	e->data = data;
	e->len = len;
}

static void own(struct edit *e, uid_t uid, gid_t gid)
{
	e->owned = true;
	e->uid = uid;
	e->gid = gid;
}

void propose_text_owned(struct finding *f, const char *path, const void *data, size_t len,
			mode_t mode, uid_t uid, gid_t gid)
{
	struct edit *e = add_edit(f, EDIT_TEXT, path);

	e->data = arena_memdup(f->scan->arena, data, len);
	e->len = len;
	e->mode = mode;
	own(e, uid, gid);
}

void propose_copy(struct finding *f, const char *path, const char *source, mode_t mode, uid_t uid,
		  gid_t gid)
{
	struct edit *e = add_edit(f, EDIT_COPY, path);

	e->source = arena_strdup(f->scan->arena, source);
	e->mode = mode;
	own(e, uid, gid);
}

void propose_mode(struct finding *f, const char *path, mode_t mode)
{
	add_edit(f, EDIT_MODE, path)->mode = mode & 07777;
}

void propose_owner(struct finding *f, const char *path, uid_t uid, gid_t gid)
{
	own(add_edit(f, EDIT_OWNER, path), uid, gid);
}

void propose_link(struct finding *f, const char *path, const char *target)
{
	struct edit *e = add_edit(f, EDIT_LINK, path);

	e->data = arena_strdup(f->scan->arena, target);
	e->len = strlen(target);
}

void propose_absent(struct finding *f, const char *path)
{
	add_edit(f, EDIT_ABSENT, path);
}

void propose_forget(struct finding *f, const char *path)
{
	add_edit(f, EDIT_FORGET, path);
}

void finding_keeps_here(struct finding *f)
{
	f->keeps_here = true;
}

void propose_below(struct finding *f, enum below_kind kind, const struct partition *p)
{
	f->below = kind;
	f->below_part = p;
}

bool finding_has_fix(const struct finding *f)
{
	return f->edits || f->below;
}

void propose_dir(struct finding *f, const char *path, mode_t mode)
{
	add_edit(f, EDIT_DIR, path)->mode = mode & 07777;
}

void propose_depmod(struct finding *f, const char *version)
{
	struct edit *e = add_edit(f, EDIT_DEPMOD, "/lib/modules");

	e->data = arena_strdup(f->scan->arena, version);
	e->len = strlen(version);
}

static const char **copy_words(struct arena *a, const char *const words[])
{
	const char **copy;
	size_t n = 0;

	while (words[n])
		n++;
	copy = arena_alloc(a, (n + 1) * sizeof(*copy));
	for (size_t i = 0; i < n; i++)
		copy[i] = arena_strdup(a, words[i]);
	return copy;
}

void propose_command(struct finding *f, const char *const argv[], const struct output *out,
		     size_t n)
{
	struct arena *a = f->scan->arena;
	struct edit *e = add_edit(f, EDIT_COMMAND, argv[0]);
	struct output *copy = arena_alloc(a, (n + 1) * sizeof(*copy));

	for (size_t i = 0; i < n; i++) {
		copy[i] = out[i];
		copy[i].path = out[i].path ? arena_strdup(a, out[i].path) : NULL;
	}
	e->argv = copy_words(a, argv);
	e->output = copy;
	e->outputs = n;
	finding_safety(f, FIX_ASK);
}

void propose_command_setting(struct finding *f, const char *path, const char *text)
{
	struct edit *e = add_edit(f, EDIT_SETTING, path);

	e->data = arena_strdup(f->scan->arena, text);
	e->len = strlen(text);
}

/* --- running --- */

static bool check_selected(const struct check *c, const struct selection *sel)
{
	if (sel->skip && in_list(c->name, sel->skip))
		return false;
	if (!sel->only || in_list(c->name, sel->only))
		return true;
	for (size_t i = 0; c->problems[i]; i++) {
		if (in_list(c->problems[i]->id, sel->only))
			return true;
	}
	return false;
}

static bool finding_selected(const struct finding *f, const struct check *c,
			     const struct selection *sel)
{
	const char *id = f->problem->id;

	if (sel->skip && in_list(id, sel->skip))
		return false;
	return !sel->only || in_list(id, sel->only) || in_list(c->name, sel->only) ||
	       f->problem == &engine_unreadable;
}

struct said {
	const char *key;
	UT_hash_handle hh;
};

/* Two checks may come upon one fault; it is told once. */
static bool said_before(struct scan *s, struct said **said, const struct finding *f)
{
	const char *key = scan_printf(s, "%s %zu %s %s", f->problem->id, f->line,
				      f->path ? f->path : "", f->detail);
	struct said *it;

	HASH_FIND_STR(*said, key, it);
	if (it)
		return true;
	it = arena_new_struct(s->arena, struct said);
	it->key = key;
	HASH_ADD_KEYPTR(hh, *said, it->key, strlen(it->key), it);
	return false;
}

/* Drops what the check said beyond *from that is not selected or was said before. */
static void filter(struct scan *s, struct said **said, struct finding **from, const struct check *c,
		   const struct selection *sel)
{
	while (*from) {
		if (finding_selected(*from, c, sel) && !said_before(s, said, *from))
			from = &(*from)->next;
		else
			*from = (*from)->next;
	}
	s->tail = from;
}

void findings_order(struct finding **list)
{
	struct finding *all = *list, **tail = list;

	*list = NULL;
	for (int stage = AT_FIRMWARE; stage <= AT_RUNTIME; stage++) {
		for (struct finding **f = &all; *f;) {
			struct finding *it = *f;

			if ((int)it->problem->stage != stage) {
				f = &it->next;
				continue;
			}
			*f = it->next;
			it->next = NULL;
			*tail = it;
			tail = &it->next;
		}
	}
}

void scan_end(struct scan *s)
{
	if (!s->texts)
		return;
	HASH_CLEAR(hh, s->texts->by_path);
	HASH_CLEAR(hh, s->texts->dirs);
}

void scan_run(struct scan *s, const struct check *const *checks, const struct selection *sel)
{
	struct said *said = NULL;

	for (size_t i = 0; checks[i]; i++) {
		struct finding **from = s->tail;

		if (!check_selected(checks[i], sel))
			continue;
		checks[i]->run(s);
		filter(s, &said, from, checks[i], sel);
	}
	HASH_CLEAR(hh, said);
	scan_end(s);
	findings_order(&s->findings);
	s->tail = NULL; /* a scan runs once */
}

bool finding_same(const struct finding *a, const struct finding *b)
{
	return a->problem == b->problem && streq_null(a->path, b->path) &&
	       streq(a->detail, b->detail);
}
