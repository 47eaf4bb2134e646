/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/belowfix.h"
#include "cmd/belowundo.h"
#include "lib/below.h"
#include "lib/rawlog.h"

/* Everybody may make that name; what others put there is not read. */
static bool may_read(const struct journal_place *at, const char *dir)
{
	struct stat st;

	return dir || (lstat(at->dir, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid());
}

static bool is_below(const struct journal_run *r)
{
	return r->n_raw > 0 && r->changes == 0;
}

bool belowundo_find(struct arena *a, const char *dir, const char *id, const char *target,
		    struct belowundo *out)
{
	struct journal_place at = belowfix_place(a, dir, target, NULL);
	struct trouble t = { 0 };
	const struct journal_run *undone = NULL;
	struct journal_run *runs = NULL;
	const struct journal_run *later = NULL;
	size_t n = 0;

	if (!may_read(&at, dir) || journal_runs(&at, a, &runs, &n, &t) < 0)
		return false;
	while (n-- > 0) {
		if (id ? !streq(runs[n].id, id) : !streq(runs[n].target, at.target))
			continue;
		if (runs[n].undone && !id) {
			undone = undone ? undone : &runs[n];
			continue;
		}
		if (!id && !is_below(&runs[n])) {
			later = later ? later : &runs[n];
			continue;
		}
		*out = (struct belowundo){ .place = at, .run = &runs[n], .later = later };
		return is_below(&runs[n]);
	}
	*out = (struct belowundo){ .place = at, .run = undone, .later = later };
	return undone && is_below(undone);
}

void belowundo_list(struct arena *a, const char *target, const struct journal_run **out, size_t *n)
{
	struct journal_place at = belowfix_place(a, NULL, target, NULL);
	struct trouble t = { 0 };
	struct journal_run *runs = NULL;
	size_t all = 0, kept = 0;

	if (may_read(&at, NULL))
		journal_runs(&at, a, &runs, &all, &t);
	for (size_t i = 0; i < all; i++) {
		if (streq(runs[i].target, at.target))
			runs[kept++] = runs[i];
	}
	*out = runs;
	*n = kept;
}

/* --- one log --- */

static int put_back(struct rawlog *log, int device, struct undo_item *item)
{
	enum rawlog_state state;
	int e = rawlog_compare(log, device, &state);

	if (e < 0)
		return e;
	if (state == RAWLOG_BEFORE)
		item->result = UNDO_ALREADY;
	else if (state == RAWLOG_AFTER)
		e = rawlog_undo(log, device);
	else
		item->result = UNDO_REFUSED;
	if (state == RAWLOG_OTHER)
		item->why = "it was written to since: its old blocks no longer fit";
	return e;
}

static int compare(struct rawlog *log, int device, struct undo_item *item)
{
	enum rawlog_state state;
	int e = rawlog_compare(log, device, &state);

	item->result = e == 0 && state == RAWLOG_AFTER ? UNDO_RESTORED : UNDO_REFUSED;
	return e;
}

static int with_device(const struct below *b, const struct journal_raw *raw, struct rawlog *log,
		       int (*what)(struct rawlog *log, int device, struct undo_item *item),
		       struct undo_item *item, struct trouble *t)
{
	struct partition *p = below_find(b, raw->disk, raw->start, raw->size);
	struct partition bare = { .disk = raw->disk, .start = raw->start, .size = raw->size };
	struct attached at;
	int e, detached;

	/* Nothing is recognised there when the first superblock was the fault. */
	if (!p && raw->disk < b->n)
		p = &bare;
	if (!p)
		return -ENODEV;
	e = below_attach(b, p, &at, t);
	if (e < 0)
		return e;
	e = what(log, at.fd, item);
	detached = below_detach(&at);
	return e < 0 ? e : detached;
}

static void with_log(const struct belowundo *u, const struct below *b,
		     const struct journal_raw *raw, struct arena *a,
		     int (*what)(struct rawlog *log, int device, struct undo_item *item),
		     struct undo_item *item)
{
	_cleanup_close_ int fd = journal_raw_open(&u->place, u->run->id, raw->file);
	struct rawlog *log = NULL;
	struct trouble t = { 0 };
	int e = fd < 0 ? fd : rawlog_open(fd, &log);

	*item = (struct undo_item){ .path = raw->device, .result = UNDO_RESTORED };
	if (e == 0)
		e = with_device(b, raw, log, what, item, &t);
	rawlog_close(log);
	if (e == 0)
		return;
	item->result = UNDO_FAILED;
	item->why = arena_strdup(a, t.text[0] ? t.text : strerror(-e));
}

int belowundo_run(const struct belowundo *u, const char *const *targets,
		  const struct layers_options *o, struct arena *a, struct undo_item **out,
		  size_t *n, struct trouble *t)
{
	struct below b = { 0 };
	bool clean = true;
	int e = below_open(targets, o, a, &b, t), closed;

	/* No partition is left to be seen: the log tells where it was. */
	if (e == -ENODATA)
		e = 0;
	*n = 0;
	*out = arena_alloc(a, (u->run->n_raw + 1) * sizeof(**out));
	for (size_t i = u->run->n_raw; e == 0 && i-- > 0; ++*n) {
		with_log(u, &b, &u->run->raw[i], a, put_back, &(*out)[*n]);
		clean = clean && (*out)[*n].result <= UNDO_ALREADY;
	}
	closed = below_close(&b, t);
	if (e == 0 && closed == 0 && clean)
		journal_set_undone(&u->place, u->run->id);
	return e < 0 ? e : closed;
}

static bool gives_a_name(const struct journal_raw *raw)
{
	static const char *const commands[] = { "tune2fs -U ", "tune2fs -L ", "xfs_admin ",
						"btrfstune " };

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (raw->what && startswith(raw->what, commands[i]))
			return true;
	}
	return false;
}

bool belowundo_is_apart(const struct belowundo *u, const char *const *targets,
			const struct layers_options *o, struct arena *a)
{
	struct undo_item item = { 0 };
	struct trouble t = { 0 };
	struct below b = { 0 };
	bool apart = true;

	for (size_t i = 0; i < u->run->n_raw; i++)
		apart &= gives_a_name(&u->run->raw[i]);
	if (!apart)
		return false;
	apart = below_open(targets, o, a, &b, &t) == 0;
	for (size_t i = 0; apart && i < u->run->n_raw; i++) {
		with_log(u, &b, &u->run->raw[i], a, compare, &item);
		apart = item.result == UNDO_RESTORED;
	}
	return below_close(&b, &t) == 0 && apart;
}
