/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Software RAID, by this machine's mdadm from exactly the members that are here: no configuration
 * file, no metadata updated, read-only for LOOK. One that lacks a member is only looked at: written
 * to, it would part from the member that is elsewhere.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/major.h>
#include <linux/raid/md_u.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/layers_internal.h"
#include "lib/program.h"

#define SECONDS 300
#define NUMBER_MAX 511 /* mdadm's own choice counts down from 127 */
#define NUMBER_MIN 200

enum members { ALL_THERE, SOME_MISSING };

struct array {
	struct partition *member[LAYER_PARTS_MAX];
	size_t n;
};

/* Arrays are told apart by the UUID that all members carry. */
static bool gather(struct layers *l, size_t first, struct array *out)
{
	const struct partition *p = &l->d->p[first];

	out->n = 0;
	if (p->role != ROLE_MD || p->opened || !p->uuid)
		return false;
	for (size_t i = 0; i < l->d->n; i++) {
		struct partition *q = &l->d->p[i];

		if (q->role != ROLE_MD || q->opened || !streq_null(q->uuid, p->uuid))
			continue;
		if (i < first || out->n == LAYER_PARTS_MAX)
			return false;
		out->member[out->n++] = q;
	}
	return true;
}

static bool is_in_kernel(unsigned number)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/block/md%u", number);
	return access(path, F_OK) == 0;
}

/* Where mdadm was killed before it made the node, the array is there without one. */
static int open_node(const char *node, unsigned number)
{
	int fd = open(node, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd >= 0 || errno != ENOENT || !is_in_kernel(number) ||
	    mknod(node, S_IFBLK | 0600, makedev(MD_MAJOR, number)) < 0)
		return fd;
	return open(node, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

static int stop(const char *node)
{
	unsigned number = (unsigned)strtoul(node + strlen("/dev/md"), NULL, 10);
	_cleanup_close_ int fd = open_node(node, number);
	int e;

	if (fd < 0)
		return is_in_kernel(number) ? -EBUSY : 0;
	e = ioctl(fd, STOP_ARRAY, NULL) < 0 ? -errno : 0;
	/* The kernel forgets it, and its node where it made it, when the last one closes. */
	if (e == 0)
		unlink(node);
	return e == -ENODEV || e == -ENXIO ? 0 : e;
}

static bool is_taken(unsigned number)
{
	char path[64];

	snprintf(path, sizeof(path), "/dev/md%u", number);
	return is_in_kernel(number) || access(path, F_OK) == 0;
}

static char *free_node(void)
{
	for (unsigned i = NUMBER_MAX; i >= NUMBER_MIN; i--) {
		if (!is_taken(i))
			return xasprintf("/dev/md%u", i);
	}
	return NULL;
}

/* --- what its system calls it --- */

/* "host:0" or "host:data", of a line MD_NAME=…; NULL: none that may get into a path. */
static char *name_of(struct arena *a, const char *output)
{
	const char *at = strstr(output, "MD_NAME="), *colon;
	size_t n;

	if (!at || (at != output && at[-1] != '\n'))
		return NULL;
	at += strlen("MD_NAME=");
	n = strcspn(at, "\n");
	colon = memchr(at, ':', n);
	if (colon) {
		n -= (size_t)(colon + 1 - at);
		at = colon + 1;
	}
	if (!n || n > 64 || memchr(at, '/', n) || at[0] == '.')
		return NULL;
	return arena_strndup(a, at, n);
}

static const char *const *names_of(struct layers *l, const char *member, const char *uuid)
{
	const char *argv[] = { "mdadm", "--examine", "--export", member, NULL };
	const char **names = arena_alloc(l->a, 4 * sizeof(*names));
	_cleanup_bytes_ struct bytes output = { 0 };
	const char *name;
	uint64_t number;
	size_t n = 0;

	names[n++] = arena_printf(l->a, "/dev/disk/by-id/md-uuid-%s", uuid);
	if (program_run(argv, NULL, SECONDS, &output) != 0 || !output.data)
		return names;
	name = name_of(l->a, output.data);
	if (name)
		names[n++] = arena_printf(l->a, "/dev/md/%s", name);
	if (name && parse_u64(name, &number))
		names[n++] = arena_printf(l->a, "/dev/md%s", name);
	return names;
}

static struct layer layer_of(struct layers *l, const struct array *a, enum members m)
{
	struct layer_part *in = arena_alloc(l->a, a->n * sizeof(*in));

	for (size_t i = 0; i < a->n; i++)
		in[i] = (struct layer_part){ a->member[i]->disk, a->member[i]->start };
	return (struct layer){
		.what = arena_printf(l->a, "software RAID %s", a->member[0]->uuid),
		.look_only = m == SOME_MISSING ? "the software RAID lacks a member" : NULL,
		.in = in,
		.n = a->n,
	};
}

/* --- assembling --- */

static bool use_running(struct layers *l, const struct array *a)
{
	const char *node = layers_holder(l, a->member[0]);
	struct layer layer = layer_of(l, a, ALL_THERE);
	struct opening *o;

	if (!node || !startswith(node, "/dev/md"))
		return false;
	layer.names = names_of(l, a->member[0]->node, a->member[0]->uuid);
	return layers_begin(l, NULL, NULL, &o) == 0 && layers_end(l, o, node, &layer) == 0;
}

static int run(const struct layers *l, const char *node, const char *const *member, size_t n,
	       enum members m, struct bytes *output)
{
	const char *argv[LAYER_PARTS_MAX + 8] = { "mdadm", "--assemble", node, "--config=none" };
	size_t k = 4;

	/* Without it mdadm starts none that lacks a member. */
	if (m == SOME_MISSING)
		argv[k++] = "--run";
	if (l->access == LOOK)
		argv[k++] = "--readonly";
	for (size_t i = 0; i < n; i++)
		argv[k++] = member[i];
	return program_run(argv, NULL, SECONDS, output);
}

static int assemble(struct layers *l, const struct array *a, enum members m, struct bytes *output)
{
	struct layer layer = layer_of(l, a, m);
	_cleanup_free_ char *node = free_node();
	const char *member[LAYER_PARTS_MAX];
	struct opening *o;
	int e = node ? layers_begin(l, stop, node, &o) : -EBUSY;

	if (e < 0)
		return e;
	for (size_t i = 0; e == 0 && i < a->n; i++)
		e = layers_below(o, l, a->member[i], &member[i]);
	if (e == 0) {
		layer.names = names_of(l, member[0], a->member[0]->uuid);
		e = run(l, node, member, a->n, m, output);
	}
	if (e == 0)
		return layers_end(l, o, node, &layer);
	layers_undo(o);
	return e;
}

static void note_failure(struct layers *l, const struct array *a, int e, struct bytes *output)
{
	for (size_t i = 0; i < a->n; i++) {
		if (e == -ENOENT)
			layers_note(l, a->member[i],
				    "a member of a software RAID, and 'mdadm' is not installed on "
				    "this machine (%s)",
				    program_package("mdadm"));
		else
			layers_note(l, a->member[i],
				    "a member of a software RAID that cannot be assembled: %s",
				    e < 0 ? strerror(-e) : program_said(output));
	}
}

static bool open_array(struct layers *l, const struct array *a, enum members m)
{
	_cleanup_bytes_ struct bytes output = { 0 };
	int e;

	if (use_running(l, a))
		return true;
	if (geteuid() != 0)
		return false;
	if (m == SOME_MISSING && l->access == CHANGE) {
		for (size_t i = 0; i < a->n; i++)
			layers_note(l, a->member[i],
				    "a member of a software RAID that lacks "
				    "another: give all its disks as TARGETs");
		return false;
	}
	e = assemble(l, a, m, &output);
	if (e != 0 && (m == SOME_MISSING || e == -ENOENT))
		note_failure(l, a, e, &output);
	return e == 0;
}

static bool open_arrays(struct layers *l, enum members m)
{
	struct array a;
	bool any = false;

	for (size_t i = 0; i < l->d->n; i++) {
		if (gather(l, i, &a) && !layers_was_noted(l, a.member[0]))
			any |= open_array(l, &a, m);
	}
	return any;
}

bool layers_open_md(struct layers *l)
{
	return open_arrays(l, ALL_THERE);
}

bool layers_open_md_degraded(struct layers *l)
{
	return open_arrays(l, SOME_MISSING);
}
