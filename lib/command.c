/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "lib/command_parts.h"
#include "lib/edit.h"

static const struct edit *next_of(const struct edit *e, enum edit_kind kind)
{
	while (e && e->kind != kind)
		e = e->next;
	return e;
}

static const struct edit *first_of(const struct finding *f, enum edit_kind kind)
{
	return next_of(f->edits, kind);
}

bool command_is_needed(const struct finding *f)
{
	return first_of(f, EDIT_COMMAND) != NULL;
}

/* --- saying --- */

static bool is_plain_word(const char *s)
{
	return *s && !s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				  "/._-=+:,@%")];
}

const char *command_line(struct arena *a, const char *const argv[])
{
	_cleanup_bytes_ struct bytes b = { 0 };

	for (size_t i = 0; argv[i]; i++) {
		const char *quote = is_plain_word(argv[i]) ? "" : "'";

		bytes_addf(&b, "%s%s%s%s", i ? " " : "", quote, argv[i], quote);
	}
	return arena_strdup(a, b.data ? b.data : "");
}

static void describe_output(const struct output *o, struct bytes *out)
{
	if (o->kind == OUTPUT_BYTES)
		bytes_addf(out, "bytes %llu to %llu of disk %u", (unsigned long long)o->offset,
			   (unsigned long long)(o->offset + o->len), o->disk + 1);
	else if (o->kind == OUTPUT_TREE)
		bytes_addf(out, "'%s' and all below", o->path);
	else
		bytes_addf(out, "'%s'", o->path);
}

void command_describe(const struct finding *f, struct bytes *out)
{
	const struct edit *e;

	for (e = first_of(f, EDIT_COMMAND); e; e = next_of(e->next, EDIT_COMMAND)) {
		bytes_addf(out, "# runs in the patient: %s\n",
			   command_line(f->scan->arena, e->argv));
		for (size_t i = 0; i < e->outputs; i++) {
			bytes_adds(out, "# keeps what that makes of ");
			describe_output(&e->output[i], out);
			bytes_addc(out, '\n');
		}
	}
}

bool command_is_same(const struct finding *a, const struct finding *b)
{
	_cleanup_bytes_ struct bytes one = { 0 }, other = { 0 };

	command_describe(a, &one);
	command_describe(b, &other);
	return bytes_equal(&one, &other);
}

/* --- running --- */

int command_can_run(const struct root *r, const struct finding *f, struct trouble *why)
{
	const struct edit *e;

	for (e = first_of(f, EDIT_COMMAND); e; e = next_of(e->next, EDIT_COMMAND)) {
		int r2 = sandbox_can_run(r, e->path, why);

		if (r2 < 0)
			return r2;
	}
	return 0;
}

static const char *const *const *commands_of(struct arena *a, const struct finding *f)
{
	const char *const **argv = NULL;
	size_t n = 0, cap = 0;
	const struct edit *e;

	for (e = first_of(f, EDIT_COMMAND); e; e = next_of(e->next, EDIT_COMMAND)) {
		ARENA_GROW(a, argv, n, cap);
		argv[n++] = e->argv;
	}
	ARENA_GROW(a, argv, n, cap);
	argv[n] = NULL;
	return argv;
}

static size_t settings_of(struct arena *a, const struct finding *f, struct sandbox_file **out)
{
	size_t n = 0, cap = 0;
	const struct edit *e;

	*out = NULL;
	for (e = first_of(f, EDIT_SETTING); e; e = next_of(e->next, EDIT_SETTING)) {
		ARENA_GROW(a, *out, n, cap);
		(*out)[n++] = (struct sandbox_file){ e->path, e->data };
	}
	return n;
}

static int take_outputs(const struct command_place *at, const struct sandbox *sb,
			const struct finding *f, struct plan *out, struct trouble *why)
{
	struct gather g = { .at = at, .sb = sb, .plan = out, .why = why };
	const struct edit *e;
	int r = 0;

	for (e = first_of(f, EDIT_COMMAND); r == 0 && e; e = next_of(e->next, EDIT_COMMAND)) {
		for (size_t i = 0; r == 0 && i < e->outputs; i++)
			r = gather_output(&g, &e->output[i]);
	}
	/* What starts it all comes last, when all it leads to is in its place. */
	for (e = first_of(f, EDIT_COMMAND); r == 0 && e; e = next_of(e->next, EDIT_COMMAND)) {
		for (size_t i = 0; r == 0 && i < e->outputs; i++)
			r = gather_bytes(&g, &e->output[i]);
	}
	return r;
}

int command_run(const struct command_place *at, const struct finding *f, struct plan *out,
		struct bytes *printed, struct trouble *why)
{
	_cleanup_sandbox_ struct sandbox *sb = NULL;
	_cleanup_arena_ struct arena *a = arena_new();
	struct sandbox_job job = {
		.root = at->root,
		.devices = at->devices,
		.disks = at->disks,
		.n_disks = at->n_disks,
		.argv = commands_of(a, f),
		.seconds = at->seconds,
	};
	struct sandbox_file *files;
	int e;

	*out = (struct plan){ .disks = at->disks, .n_disks = at->n_disks };
	job.n_files = settings_of(a, f, &files);
	job.file = files;
	e = sandbox_run(&job, &sb, why);
	bytes_add(printed, sandbox_output(sb)->data ? sandbox_output(sb)->data : "",
		  sandbox_output(sb)->len);
	if (e == 0)
		e = take_outputs(at, sb, f, out, why);
	if (e < 0)
		plan_free(out);
	return e;
}
