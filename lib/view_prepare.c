/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Before a partition is mounted read-write: an ext journal is replayed and checked by e2fsck -p. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/fsck.h"
#include "lib/view_internal.h"

#define GONE_MS 5000

static const char *scratch(struct view *v)
{
	static const char *const parents[] = { "/var/tmp", "/tmp" };

	for (size_t i = 0; !v->scratch && i < ARRAY_SIZE(parents); i++) {
		char *dir = xasprintf("%s/bootmend.XXXXXX", parents[i]);

		if (mkdtemp(dir))
			v->scratch = dir;
		else
			free(dir);
	}
	return v->scratch;
}

static const char *undo_path(struct view *v, const struct partition *p)
{
	const char *dir = scratch(v);

	if (!dir)
		return NULL;
	return arena_printf(v->a, "%s/disk%u-partition%d.e2undo", dir, p->disk + 1, p->number);
}

static const char *last_line(struct arena *a, struct bytes *b)
{
	char *s = b->data ? b->data : (char[]){ "" }, *nl;

	while (b->len && (s[b->len - 1] == '\n' || s[b->len - 1] == '\r'))
		s[--b->len] = '\0';
	nl = strrchr(s, '\n');
	return arena_strdup(a, nl ? nl + 1 : s);
}

static int refuse(struct view *v, const struct partition *p, int status, const char *said,
		  struct trouble *t)
{
	const char *node = p->node ? p->node : "the partition";

	if (status == -ENOENT)
		trouble_set(t, "%s has errors and e2fsck is not installed on this machine",
			    partition_describe(v->a, p));
	else if (status < 0)
		trouble_set(t, "cannot run e2fsck on %s: %s", partition_describe(v->a, p),
			    strerror(-status));
	else
		trouble_set(t,
			    "e2fsck -p cannot repair %s by itself (status %d: %s); look at it with "
			    "'e2fsck -fn %s', repair it with 'e2fsck -f %s' after a snapshot, then "
			    "run this again",
			    partition_describe(v->a, p), status, said, node, node);
	return status < 0 ? status : -EUCLEAN;
}

static void keep_undo(struct view *v, const char *undo)
{
	if (undo && access(undo, F_OK) == 0)
		lines_add(v->a, &v->undo, undo);
}

static void note(struct view *v, const struct partition *p, const char *what, const char *undo)
{
	lines_add(v->a, &v->steps,
		  arena_printf(v->a, "%s: e2fsck -p %s%s%s", partition_describe(v->a, p), what,
			       undo ? ", undo file " : "", undo ? undo : ""));
}

/* An e2fsck before 1.43 has no -z: a replay alone needs no undo, as mounting would do the same. */
static int run(struct view *v, struct partition *p, const char *device, struct trouble *t)
{
	const char *undo = undo_path(v, p), *said;
	_cleanup_bytes_ struct bytes output = { 0 };
	int status = fsck_ext(device, undo, &output);

	if (status >= 0 && (status & FSCK_USAGE) && undo && !p->has_errors) {
		undo = NULL;
		output.len = 0;
		status = fsck_ext(device, NULL, &output);
	}
	keep_undo(v, undo);
	said = last_line(v->a, &output);
	if (status == -ENOENT && !p->has_errors)
		return 0; /* mounting replays it */
	if (status < 0 || (status & ~(FSCK_FIXED | FSCK_REBOOT))) {
		if (!v->o.force || status < 0)
			return refuse(v, p, status, said, t);
		note(v, p, "left errors; going on as --force says", undo);
		return 0;
	}
	note(v, p, p->has_errors ? "repaired it" : "replayed its journal", undo);
	p->dirty = false;
	p->has_errors = false;
	return 0;
}

static bool is_ext(const struct partition *p)
{
	return p->type && startswith(p->type, "ext");
}

int view_prepare(struct view *v, struct partition *p, struct trouble *t)
{
	struct volume vol = { .part = p, .disk = v->disks[p->disk], .loop = LOOP_NONE };
	const char *device;
	int e;

	if (!is_ext(p) || (!p->dirty && !p->has_errors))
		return 0;
	e = volume_source(&vol, CHANGE, &device);
	if (e < 0) {
		trouble_set(t, "cannot write to %s: %s", partition_describe(v->a, p), strerror(-e));
		return e;
	}
	e = run(v, p, device, t);
	loop_detach(&vol.loop);
	if (!loop_is_gone(&vol.loop, GONE_MS) && e == 0)
		e = -EBUSY;
	return e;
}
