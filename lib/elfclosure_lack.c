/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of what is lacking, and the memory of objects and names. */
#include "lib/elfclosure_parts.h"
#include "lib/paths.h"

#define LACKS_MAX 4096u

static size_t bucket(const char *s)
{
	uint32_t h = 2166136261u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h % ELFCLOSURE_BUCKETS;
}

struct elflack *elflack_get(struct elfclosure *c, enum elflack_kind kind, const char *name,
			    const struct elfsearch *s)
{
	struct elflack *l = c->lack;

	for (; l; l = l->next) {
		if (l->kind == kind && l->search == s && streq(l->name, name))
			return l;
	}
	l = arena_new_struct(c->arena, struct elflack);
	*l = (struct elflack){ .kind = kind, .name = name, .search = s };
	l->tail = &l->hit;
	/* One more than are kept is still a lack for whoever asks now. */
	if (c->lacks++ < LACKS_MAX) {
		*c->tail = l;
		c->tail = &l->next;
	}
	return l;
}

void elflack_add(struct elfclosure *c, struct elflack *l, const char *program, unsigned who,
		 const char *chain)
{
	struct elflack_hit *h;

	for (h = l->hit; h; h = h->next) {
		if (streq(h->program, program)) {
			h->who = who < h->who ? who : h->who;
			return;
		}
	}
	h = arena_new_struct(c->arena, struct elflack_hit);
	*h = (struct elflack_hit){ program, who, chain, NULL };
	*l->tail = h;
	l->tail = &h->next;
	l->hits++;
}

/* --- objects --- */

struct elfobject *elfclosure_object(struct elfclosure *c, const char *path)
{
	struct elfclosure_state *st = c->state;
	struct elfobject **at = &st->object[bucket(path)], *o = *at;
	size_t dir;

	for (; o; o = o->next) {
		if (streq(o->path, path))
			return o;
	}
	if (st->objects++ >= ELFCLOSURE_OBJECTS_MAX)
		return &st->none;
	o = arena_new_struct(c->arena, struct elfobject);
	o->path = arena_strdup(c->arena, path);
	dir = (size_t)(paths_base(o->path) - o->path);
	o->origin = arena_strndup(c->arena, o->path, dir > 1 ? dir - 1 : dir);
	elffile_read(c->root, c->arena, o->path, &o->file);
	if (o->file.versions)
		o->satisfied = arena_alloc(c->arena, o->file.versions * sizeof(*o->satisfied));
	o->next = *at;
	*at = o;
	return o;
}

const struct elffile *elfclosure_file(struct elfclosure *c, const char *path)
{
	return &elfclosure_object(c, path)->file;
}

/* --- names --- */

const struct elfsearch *elfclosure_search(struct elfclosure *c, const struct elffile_machine *m,
					  const char *loader)
{
	struct elfclosure_state *st = c->state;
	bool musl = loader && startswith(paths_base(loader), "ld-musl-");

	for (size_t i = 0; i < st->searches; i++) {
		if (elffile_same_machine(&st->search[i].machine, m) && st->search[i].musl == musl)
			return &st->search[i];
	}
	if (st->searches == ELFCLOSURE_SEARCHES)
		return NULL;
	elfsearch_init(&st->search[st->searches], c->root, c->arena, m, loader);
	return &st->search[st->searches++];
}

void elfclosure_lookup(struct elfclosure *c, const struct elfsearch *s, const char *name,
		       const struct elfsearch_from *who, struct elfsearch_found *out)
{
	struct elfname **at = &c->state->name[bucket(name)], *n = *at;

	if (!elfsearch_is_plain(who) || strchr(name, '/')) {
		elfsearch_find(s, name, who, out);
		return;
	}
	for (; n; n = n->next) {
		if (n->search == s && streq(n->name, name)) {
			*out = n->found;
			return;
		}
	}
	n = arena_new_struct(c->arena, struct elfname);
	*n = (struct elfname){ .search = s, .name = name, .next = *at };
	elfsearch_find(s, name, who, &n->found);
	*at = n;
	*out = n->found;
}

const char *elfclosure_find(struct elfclosure *c, const char *name)
{
	const struct elfsearch *s;
	struct elfsearch_found f = { 0 };

	s = c->own.known ? elfclosure_search(c, &c->own, c->loader) : NULL;
	if (s)
		elfclosure_lookup(c, s, name, NULL, &f);
	return f.path;
}

/* --- the patient's own machine --- */

static const char *const witnesses[] = {
	"/bin/login",	 "/usr/bin/login", "/bin/bash",
	"/usr/bin/bash", "/bin/sh",	   "/usr/bin/sh",
	"/bin/mount",	 "/usr/bin/mount", "/bin/busybox",
	"/sbin/init",	 "/bin/ls",	   "/usr/lib/systemd/systemd",
	"/usr/bin/ls",	 "/usr/sbin/sshd", "/lib/systemd/systemd",
	"/bin/cat",	 "/usr/bin/cat",   "/lib64/libc.so.6",
	"/bin/cp",	 "/usr/bin/cp",	   "/lib/libc.so.6",
};

void elfclosure_machine(const struct root *r, struct elffile_machine *out)
{
	struct elffile_machine seen[ARRAY_SIZE(witnesses)] = { { 0 } };
	size_t votes[ARRAY_SIZE(witnesses)] = { 0 }, n = 0, best = 0;

	for (size_t i = 0; i < ARRAY_SIZE(witnesses); i++) {
		struct elffile_head h = { 0 };
		enum elffile_state s = elffile_head(r, witnesses[i], &h);
		size_t k = 0;

		if ((s != ELFFILE_OK && s != ELFFILE_TAIL) || !h.m.known)
			continue;
		while (k < n && !elffile_same_machine(&seen[k], &h.m))
			k++;
		seen[k] = h.m;
		n += k == n;
		votes[k]++;
	}
	for (size_t k = 1; k < n; k++)
		best = votes[k] > votes[best] ? k : best;
	if (n)
		*out = seen[best];
	else
		*out = (struct elffile_machine){ .known = false };
}

/* The loader that the first of them with the right machine names. */
static const char *find_loader(struct elfclosure *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(witnesses); i++) {
		const struct elffile *f = elfclosure_file(c, witnesses[i]);

		if (f->interp && elffile_same_machine(&f->head.m, &c->own))
			return f->interp;
	}
	return NULL;
}

struct elfclosure *elfclosure_new(const struct root *r, struct arena *a)
{
	struct elfclosure *c = arena_new_struct(a, struct elfclosure);

	*c = (struct elfclosure){ .root = r, .arena = a };
	c->tail = &c->lack;
	c->state = arena_new_struct(a, struct elfclosure_state);
	c->state->none = (struct elfobject){ .path = "/", .origin = "/" };
	c->state->none.file.state = ELFFILE_UNREADABLE;
	elfclosure_machine(r, &c->own);
	c->loader = c->own.known ? find_loader(c) : NULL;
	return c;
}
