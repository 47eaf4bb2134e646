/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of a service and the lines it gets from them. */
#include <strings.h>

#include "lib/pamconf.h"

#define HANDLERS_MAX 4096 /* of one chain */
#define FILES_MAX 512
#define STEPS_MAX 100000 /* lines looked at for one service, includes within includes */

const char *const pamconf_dirs[] = { "/etc/pam.d", "/usr/lib/pam.d", "/usr/etc/pam.d", NULL };

/* --- a file --- */

static const struct pamconf_file *open_path(struct pamconf *pc, const char *path)
{
	struct pamconf_file *f;
	const struct text *t;

	for (size_t i = 0; i < pc->files; i++) {
		if (streq(pc->file[i]->path, path))
			return pc->file[i]->text ? pc->file[i] : NULL;
	}
	if (pc->files == FILES_MAX)
		return NULL;
	f = arena_new_struct(pc->arena, struct pamconf_file);
	t = pc->read(pc->arg, path);
	if (t)
		pamconf_parse(pc, t, PAMCONF_PAM_D, f);
	pc->lines += f->n;
	f->path = arena_strdup(pc->arena, path);
	ARENA_GROW(pc->arena, pc->file, pc->files, pc->cap);
	pc->file[pc->files++] = f;
	return t ? f : NULL;
}

const struct pamconf_file *pamconf_open(struct pamconf *pc, const char *name)
{
	if (*name == '/')
		return open_path(pc, name);
	if (!*name)
		return NULL;
	for (size_t i = 0; pamconf_dirs[i]; i++) {
		const char *path = arena_printf(pc->arena, "%s/%s", pamconf_dirs[i], name);
		const struct pamconf_file *f = open_path(pc, path);

		if (f)
			return f;
	}
	return NULL;
}

/* --- a service --- */

/* What grows while a service is read. */
struct progress {
	const struct pamconf_file **file;
	size_t files, files_cap;
	struct pamconf_handler *abort;
	size_t aborts, aborts_cap;
	size_t steps;
};

/* What a file is read for: which lines of it count, and how it was reached. */
struct reading {
	struct pamconf *pc;
	struct progress *to;
	struct pamconf_service *svc;
	const struct pamconf_file *file;
	const struct reading *up;
	const struct pamconf_via *via;
	int type; /* -1: any */
	unsigned depth, level;
};

static void read_lines(const struct reading *r);

static void add_handler(const struct reading *r, const struct pamconf_line *l,
			enum pamconf_type type, enum pamconf_handler_kind kind,
			enum pamconf_fault fault)
{
	struct pamconf_chain *c = &r->svc->own[type];

	if (c->n == HANDLERS_MAX) {
		r->svc->truncated = true;
		return;
	}
	ARENA_GROW(r->pc->arena, c->h, c->n, c->cap);
	c->h[c->n++] = (struct pamconf_handler){
		.line = l, .via = r->via, .kind = kind, .fault = fault, .level = r->level
	};
}

static void give_up(const struct reading *r, const struct pamconf_line *l, enum pamconf_fault fault)
{
	struct progress *to = r->to;

	if (to->aborts == HANDLERS_MAX)
		return;
	ARENA_GROW(r->pc->arena, to->abort, to->aborts, to->aborts_cap);
	to->abort[to->aborts++] = (struct pamconf_handler){ .line = l,
							    .via = r->via,
							    .kind = PAMCONF_MUST_FAIL,
							    .fault = fault,
							    .level = r->level };
}

static void note_file(const struct reading *r)
{
	struct progress *to = r->to;

	for (size_t i = 0; i < to->files; i++) {
		if (to->file[i] == r->file)
			return;
	}
	ARENA_GROW(r->pc->arena, to->file, to->files, to->files_cap);
	to->file[to->files++] = r->file;
}

static bool is_being_read(const struct reading *r, const struct pamconf_file *f)
{
	for (; r; r = r->up) {
		if (r->file == f)
			return true;
	}
	return false;
}

static void read_include(const struct reading *r, const struct pamconf_line *l,
			 enum pamconf_type type)
{
	struct pamconf *pc = r->pc;
	const struct pamconf_file *f = *l->module ? pamconf_open(pc, l->module) : NULL;
	struct pamconf_via *via = arena_new_struct(pc->arena, struct pamconf_via);
	struct reading inner = *r;
	enum pamconf_fault fault = l->fault;

	if (f && r->depth + 1 < PAMCONF_DEPTH_MAX && !is_being_read(r, f)) {
		*via = (struct pamconf_via){ .line = l, .up = r->via };
		inner.file = f;
		inner.up = r;
		inner.via = via;
		inner.depth++;
		inner.level += l->kind == PAMCONF_SUBSTACK;
		if (l->kind != PAMCONF_AT_INCLUDE)
			inner.type = (int)type;
		if (l->kind == PAMCONF_SUBSTACK)
			add_handler(r, l, type, PAMCONF_MARK, PAMCONF_SOUND);
		read_lines(&inner);
		return;
	}
	if (fault == PAMCONF_SOUND)
		fault = f ? PAMCONF_TARGET_LOOP : PAMCONF_TARGET_MISSING;
	/* Debian's libpam does not live through an include in a circle, or one of nothing. */
	if (l->kind == PAMCONF_AT_INCLUDE || (pc->at_include && fault != PAMCONF_TARGET_MISSING)) {
		give_up(r, l, fault);
		return;
	}
	if (l->kind == PAMCONF_SUBSTACK)
		add_handler(r, l, type, PAMCONF_MARK, PAMCONF_SOUND);
	add_handler(r, l, type, PAMCONF_MUST_FAIL, fault);
}

static void read_line(const struct reading *r, const struct pamconf_line *l)
{
	enum pamconf_type type = l->type;

	if (l->fault == PAMCONF_OPEN_END) {
		give_up(r, l, PAMCONF_OPEN_END);
		return;
	}
	if (l->fault == PAMCONF_BAD_TYPE && r->type >= 0)
		type = (enum pamconf_type)r->type;
	if (l->kind != PAMCONF_AT_INCLUDE && r->type >= 0 && (int)type != r->type)
		return;
	/* Whatever its type says, an include is read; of a bad control each answer is bad. */
	if (l->kind != PAMCONF_MODULE)
		read_include(r, l, type);
	else if (l->fault == PAMCONF_SOUND || l->fault == PAMCONF_BAD_CONTROL)
		add_handler(r, l, type, PAMCONF_CALL, l->fault);
	else
		add_handler(r, l, type, PAMCONF_MUST_FAIL, l->fault);
}

static void read_lines(const struct reading *r)
{
	note_file(r);
	r->svc->truncated |= r->file->cut;
	for (size_t i = 0; i < r->file->n; i++) {
		const struct pamconf_line *l = &r->file->l[i];

		if (++r->to->steps > STEPS_MAX) {
			r->svc->truncated = true;
			return;
		}
		if (!l->service || strcasecmp(l->service, r->svc->name) == 0)
			read_line(r, l);
	}
}

static const struct pamconf_file *service_file(struct pamconf *pc, const char *name)
{
	const struct text *t;

	if (!pc->one_file)
		return pamconf_open(pc, name);
	t = pc->main ? NULL : pc->read(pc->arg, "/etc/pam.conf");
	if (t) {
		pc->main = arena_new_struct(pc->arena, struct pamconf_file);
		pamconf_parse(pc, t, PAMCONF_PAM_CONF, pc->main);
	}
	return pc->main;
}

static void resolve_own(struct pamconf *pc, const char *name, struct pamconf_service *svc)
{
	struct progress to = { 0 };
	struct reading r = { .pc = pc, .to = &to, .svc = svc, .type = -1 };

	*svc = (struct pamconf_service){ .name = arena_strdup(pc->arena, name) };
	svc->own = arena_alloc(pc->arena, PAMCONF_TYPES * sizeof(*svc->own));
	r.file = service_file(pc, name);
	if (!r.file)
		return;
	svc->path = r.file->path;
	read_lines(&r);
	svc->file = to.file;
	svc->files = to.files;
	svc->abort = to.abort;
	svc->aborts = to.aborts;
}

static bool falls_back(const struct pamconf_service *svc)
{
	return !svc->own[PAMCONF_AUTH].n || !svc->own[PAMCONF_ACCOUNT].n ||
	       !svc->own[PAMCONF_SESSION].n;
}

/* The files of "other" are files of whoever a login falls back from. */
static void add_files(struct arena *a, struct pamconf_service *svc,
		      const struct pamconf_service *other)
{
	const struct pamconf_file **file =
		arena_alloc(a, (svc->files + other->files + 1) * sizeof(const void *));
	size_t n = 0;

	for (; n < svc->files; n++)
		file[n] = svc->file[n];
	for (size_t i = 0; i < other->files; i++) {
		bool there = false;

		for (size_t k = 0; k < svc->files && !there; k++)
			there = svc->file[k] == other->file[i];
		if (!there)
			file[n++] = other->file[i];
	}
	svc->file = file;
	svc->files = n;
}

void pamconf_resolve(struct pamconf *pc, const char *service, struct pamconf_service *out)
{
	struct pamconf_service *other = pc->other;

	if (!other) {
		other = pc->other = arena_new_struct(pc->arena, struct pamconf_service);
		resolve_own(pc, "other", other);
	}
	resolve_own(pc, service, out);
	for (unsigned t = 0; t < PAMCONF_TYPES; t++)
		out->chain[t] = out->own[t].n ? &out->own[t] : &other->own[t];
	if (out->aborts == 0) {
		out->abort = other->abort;
		out->aborts = other->aborts;
	}
	if (falls_back(out))
		add_files(pc->arena, out, other);
	out->unread = !out->path && !other->path;
	out->truncated |= other->truncated;
}
