/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Before a partition is mounted read-write: an ext journal is replayed and checked by e2fsck -p. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/fsck.h"
#include "lib/fsfault.h"
#include "lib/program.h"
#include "lib/view_internal.h"

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

/* Its first line that tells of a fault, without the device's name in front. */
static const char *told(struct arena *a, const struct bytes *b)
{
	static const char *const chatter[] = { "check forced",	     "undone using", "e2undo ",
					       "recovering journal", "FIXED.",	     "CLEARED." };
	const char *s = b->data ? b->data : "";

	for (size_t n; *s; s += n + (s[n] == '\n')) {
		const char *line, *colon;
		size_t i = 0;

		n = strcspn(s, "\n");
		line = arena_strndup(a, s, n);
		while (i < ARRAY_SIZE(chatter) && !strstr(line, chatter[i]))
			i++;
		if (i < ARRAY_SIZE(chatter) || n == 0)
			continue;
		colon = startswith(line, "/dev/") ? strstr(line, ": ") : NULL;
		return colon ? colon + 2 : line;
	}
	return "it says nothing";
}

static int refuse(struct view *v, const struct partition *p, int status, const char *said,
		  struct trouble *t)
{
	const char *node = p->node ? p->node : "its loop device from 'losetup -fP --show IMAGE'";
	const char *name = partition_describe(v->a, p);

	if (status == -ENOENT)
		trouble_set(t, "%s has errors and 'e2fsck' is not installed on this machine (%s)",
			    name, program_package("e2fsck"));
	else if (status < 0)
		trouble_set(t, "cannot run e2fsck on %s: %s", name, strerror(-status));
	else
		trouble_set(
			t,
			"e2fsck -p cannot repair %s by itself (status %d: %s); make a snapshot, "
			"run 'e2fsck -f' on %s, then run this again",
			name, status, said, node);
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
	said = told(v->a, &output);
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
	if (p->fault == FS_EXT_ERRORS)
		p->fault = FS_FINE;
	return 0;
}

static bool is_ext(const struct partition *p)
{
	return p->type && startswith(p->type, "ext");
}

/* Writing to what is damaged makes it worse. */
static int examine(struct view *v, struct partition *p, struct trouble *t)
{
	if (!v->o.examine || v->o.force)
		return 0;
	fsfault_examine(v->disks[p->disk], v->a, FSFAULT_QUICK, p);
	if (p->fault == FS_FINE)
		return 0;
	trouble_set(t,
		    "%s is damaged and was not written to: %s; scan again, the repair of its file "
		    "system comes first (--force goes on)",
		    partition_describe(v->a, p), p->fault_why);
	return -EUCLEAN;
}

static int replay(struct view *v, struct partition *p, struct trouble *t)
{
	struct volume vol = { .part = p, .disk = v->disks[p->disk], .loop = LOOP_NONE };
	const char *device;
	int e;

	e = volume_source(&vol, CHANGE, &device);
	if (e < 0) {
		trouble_set(t, "cannot write to %s: %s", partition_describe(v->a, p),
			    p->look_only ? p->look_only : strerror(-e));
		return e;
	}
	e = run(v, p, device, t);
	loop_detach(&vol.loop);
	if (!loop_is_gone(&vol.loop, LOOP_GONE_MS) && e == 0)
		e = -EBUSY;
	return e;
}

int view_prepare(struct view *v, struct partition *p, struct trouble *t)
{
	int e = is_ext(p) && (p->dirty || p->has_errors) ? replay(v, p, t) : 0;

	return e < 0 ? e : examine(v, p, t);
}
