/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/session.h"
#include "lib/fsfault.h"
#include "lib/rootfind.h"
#include "lib/target.h"

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int read_devices_file(struct session *s, const char *path, struct trouble *t)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	FILE *in = fopen(path, "re");
	char buf[4096];
	size_t n, bad = 0;
	int e;

	if (!in) {
		trouble_set(t, "cannot read '%s': %s", path, strerror(errno));
		return -errno;
	}
	while (b.len < ROOT_TEXT_MAX && (n = fread(buf, 1, sizeof(buf), in)) > 0)
		bytes_add(&b, buf, n);
	e = ferror(in) ? -errno : 0;
	fclose(in);
	if (e < 0) {
		trouble_set(t, "cannot read '%s': %s", path, strerror(-e));
		return e;
	}
	e = devices_parse(s->arena, text_new(s->arena, path, b.data, b.len), &s->devices, &bad);
	if (e < 0)
		trouble_set(t, "'%s' line %zu: not a partition (see bootmend scan --help)", path,
			    bad);
	return e;
}

/* A directory shows all file systems of its system already. */
static bool mixed_targets(const struct session *s, struct trouble *t)
{
	for (size_t i = 0; s->targets[0] && s->targets[1] && s->targets[i]; i++) {
		if (!is_directory(s->targets[i]))
			continue;
		trouble_set(
			t,
			"'%s' is a directory: give it alone (several TARGETs are the disks of one system)",
			s->targets[i]);
		return true;
	}
	return false;
}

/* A mount point with nothing mounted would be found in the best of health. */
static int holds_a_system(const struct session *s, struct trouble *t)
{
	struct rootfind found;

	rootfind_look(s->root, s->arena, &found);
	if (found.score > 0)
		return 0;
	trouble_set(t,
		    "'%s' holds no Linux system%s: is its root file system mounted there? (--force "
		    "looks nevertheless)",
		    s->targets[0], found.role == ROLE_BOOT ? ", but what belongs into /boot" : "");
	return -ENODEV;
}

static int open_directory(const struct session_options *o, enum access access, struct session *s,
			  struct trouble *t)
{
	int e = root_open_dir(s->targets[0], &s->directory);

	if (e < 0) {
		trouble_set(t, "cannot open '%s': %s", s->targets[0], strerror(-e));
		return e;
	}
	s->root = s->directory;
	e = o->force || o->logs || access == CHANGE ? 0 : holds_a_system(s, t);
	if (e < 0)
		return e;
	if (o->devices_file)
		return read_devices_file(s, o->devices_file, t);
	target_directory(s->targets[0], s->arena, &s->devices);
	return 0;
}

static void gather(const struct session_options *o, struct session *s)
{
	s->facts.devices = &s->devices;
	s->facts.disks = s->disks;
	s->facts.n_disks = s->n_disks;
	s->facts.wishes = o->wishes;
	s->facts.privileged = geteuid() == 0;
	s->facts.stale = s->view && view_is_stale(s->view);
	facts_gather(s->root, s->arena, &s->facts);
}

static int open_disks(const struct session_options *o, enum access access, struct session *s,
		      struct trouble *t)
{
	size_t n = 0;
	int e;

	while (s->targets[n])
		n++;
	s->disks = arena_alloc(s->arena, n * sizeof(struct disk *));
	for (size_t i = 0; i < n; i++) {
		e = disk_open(s->targets[i], &s->disks[i], t);
		if (e < 0)
			return e;
		s->n_disks = ++s->n_targets;
	}
	e = layers_open(s->disks, n, access, &o->layers, s->arena, &s->devices, &s->layers, t);
	s->disks = layers_disks(s->layers, &s->n_disks);
	return e;
}

/* Before anything is mounted: e2fsck looks less closely at what is. */
static void examine(struct session *s)
{
	struct trouble busy = { 0 };

	for (size_t i = 0; i < s->n_targets; i++) {
		if (disk_is_free(s->disks[i], LOOK, &busy) < 0)
			return;
	}
	fsfault_examine_all(s->disks, s->arena, &s->devices);
}

static int open_view(const struct session_options *o, enum access access, struct session *s,
		     struct trouble *t)
{
	struct view_options vo = { .access = access,
				   .root_part = o->root_part,
				   .force = o->force,
				   .examine = o->examine };
	int e = open_disks(o, access, s, t);

	if (e == 0 && access == LOOK && o->examine)
		examine(s);
	if (e == 0)
		e = view_open(s->disks, s->n_disks, &s->devices, &vo, s->arena, &s->view, t);
	if (s->view)
		s->steps = view_steps(s->view);
	if (e == 0)
		s->root = view_root(s->view);
	return e;
}

/* --serial and auto name one disk; what they found is what the report shows. */
static int find_targets(const struct session_options *o, struct session *s, struct trouble *t)
{
	const char **found = arena_alloc(s->arena, 2 * sizeof(*found));
	int e = 0;

	s->targets = o->targets;
	if (o->serial && o->targets[0]) {
		trouble_set(t, "--serial names the disk: give no TARGET besides");
		return -EINVAL;
	}
	if (o->serial)
		e = target_by_serial(s->arena, o->serial, &found[0], t);
	else if (o->targets[0] && streq(o->targets[0], "auto") && !o->targets[1])
		e = target_auto(s->arena, &found[0], t);
	else
		return 0;
	if (e == 0)
		s->targets = found;
	return e == -ENOTUNIQ ? -EMLINK : e; /* several disks, not several systems on one */
}

int session_open(const struct session_options *o, enum access access, struct session *s,
		 struct trouble *t)
{
	int e;

	if (access == LOOK)
		cputime_start(&s->limit, CPUTIME_SCAN,
			      "gave up after ten minutes of processor time: this disk may have "
			      "been made to take forever; 'bootmend scan --only CHECK' runs one "
			      "check of it");
	s->facts.devices = &s->devices;
	e = find_targets(o, s, t);
	if (e < 0)
		return e;
	if (mixed_targets(s, t))
		return -EINVAL;
	e = is_directory(s->targets[0]) ? open_directory(o, access, s, t)
					: open_view(o, access, s, t);
	if (e == 0)
		gather(o, s);
	return e;
}

const struct candidate *session_candidates(const struct session *s, size_t *n)
{
	return view_candidates(s->view, n);
}

int session_close(struct session *s, struct trouble *t)
{
	int e = s->view ? view_close(s->view, t) : 0, left = layers_close(s->layers);

	s->view = NULL;
	s->layers = NULL;
	for (size_t i = 0; i < s->n_targets; i++)
		disk_close(s->disks[i]);
	s->n_disks = s->n_targets = 0;
	if (e == 0 && left < 0) {
		trouble_set(t, "cannot close what was opened in the disk: %s", strerror(-left));
		e = left;
	}
	root_close(s->directory);
	s->directory = NULL;
	s->root = NULL;
	cputime_stop(&s->limit);
	return e;
}

struct journal_place session_journal(const struct session *s, const char *dir)
{
	_cleanup_free_ char *real = realpath(s->targets[0], NULL);

	return (struct journal_place){
		.root = s->root,
		.dir = dir,
		.target = real ? arena_strdup(s->arena, real) : s->targets[0],
		.identity = s->facts.root_part ? s->facts.root_part->uuid : NULL,
		.with = s->below_run,
		.disks = s->disks,
		.n_disks = s->n_disks,
	};
}
