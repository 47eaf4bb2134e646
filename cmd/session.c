/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/session.h"

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
	fclose(in);
	e = devices_parse(s->arena, text_new(s->arena, path, b.data, b.len), &s->devices, &bad);
	if (e < 0)
		trouble_set(t, "'%s' line %zu: not a partition (see bootmend scan --help)", path,
			    bad);
	return e;
}

static int open_directory(const struct session_options *o, struct session *s, struct trouble *t)
{
	int e = root_open_dir(s->targets[0], &s->directory);

	if (e < 0) {
		trouble_set(t, "cannot open '%s': %s", s->targets[0], strerror(-e));
		return e;
	}
	s->root = s->directory;
	if (o->devices_file)
		return read_devices_file(s, o->devices_file, t);
	return 0;
}

static void gather(const struct session_options *o, struct session *s)
{
	s->facts.devices = &s->devices;
	s->facts.wishes = o->wishes;
	s->facts.privileged = geteuid() == 0;
	s->facts.stale = s->view && view_is_stale(s->view);
	facts_gather(s->root, s->arena, &s->facts);
}

int session_open(const struct session_options *o, enum access access, struct session *s,
		 struct trouble *t)
{
	int e = -ENOSYS;

	(void)access;
	s->targets = o->targets;
	if (o->targets[0] && is_directory(o->targets[0]))
		e = open_directory(o, s, t);
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
	int e = 0;

	(void)t;
	root_close(s->directory);
	s->directory = NULL;
	s->root = NULL;
	return e;
}

struct journal_place session_journal(const struct session *s, const char *dir)
{
	return (struct journal_place){
		.root = s->root,
		.dir = dir,
		.identity = s->facts.root_part ? s->facts.root_part->uuid : NULL,
	};
}
