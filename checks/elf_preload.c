/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /etc/ld.so.preload: what every program of the system loads first.
 *
 * Source: ld.so(8); glibc elf/rtld.c (names between white space or ':', '#' begins a comment; one
 * that cannot be opened is passed over with an error, what it needs in turn must be there). musl
 * has no such file.
 */
#include "checks/elf_parts.h"
#include "lib/elfowner.h"
#include "lib/paths.h"

#define PRELOAD "/etc/ld.so.preload"
#define LINES_MAX 64u
#define SEPARATORS " \t\r:"

struct word {
	struct elf *e;
	const struct text *t;
	size_t line;
	const char *name;
	bool alone; /* on its line */
};

/* "libarmmem-${PLATFORM}.so" is one of several files; there is no telling which processor. */
static bool has_token(const char *name)
{
	return strchr(name, '$') != NULL;
}

/* NULL: not found. */
static const char *find(struct elf *e, const char *name)
{
	if (name[0] == '/')
		return root_exists(e->s->root, name) ? name : NULL;
	return strchr(name, '/') ? name : elfclosure_find(e->c, name);
}

static void propose_without(struct finding *f, const struct word *w)
{
	const char *line = text_line(w->t, w->line), *at = strstr(line, w->name);
	size_t n = strlen(w->name);

	if (w->alone) {
		propose_comment(f, w->t, w->line);
		return;
	}
	while (at && ((at > line && !strchr(SEPARATORS, at[-1])) ||
		      (at[n] && !strchr(SEPARATORS "#", at[n]))))
		at = strstr(at + 1, w->name);
	if (!at)
		return;
	n += at[n] && strchr(SEPARATORS, at[n]) ? 1 : 0;
	propose_line(f, w->t, w->line, "%.*s%s", (int)(at - line), line, at + n);
}

static void say(const struct word *w, enum severity severity, const char *what)
{
	struct finding *f = scan_find(w->e->s, &elf_preload, PRELOAD, "'%s' %s", w->name, what);

	finding_at(f, w->t, w->line);
	finding_severity(f, severity);
	propose_without(f, w);
	if (!finding_has_fix(f))
		finding_safety(f, FIX_NONE);
}

/* Broken, foreign and missing ones are passed over by the loader, each time with an error. */
static const char *fault_of(const struct word *w, const char *path)
{
	const struct elffile *f = path ? elfclosure_file(w->e->c, path) : NULL;

	if (!f || f->state == ELFFILE_ABSENT)
		return "is not there";
	if (f->state == ELFFILE_OK && f->head.m.known && w->e->c->own.known &&
	    !elffile_kindred(&f->head.m, &w->e->c->own))
		return "is made for another architecture";
	if (f->state == ELFFILE_OK || f->state == ELFFILE_TAIL || f->state == ELFFILE_UNREADABLE)
		return NULL;
	return elffile_words(f->state);
}

static void check_word(const struct word *w)
{
	struct elf *e = w->e;
	const char *path = find(e, w->name), *fault;
	struct elfowner owner = { .name = path };

	if (has_token(w->name) || (path && path[0] != '/'))
		return;
	fault = fault_of(w, path);
	if (fault) {
		say(w, DEGRADES, fault);
		return;
	}
	elfclosure_module(e->c, path, ELFSCAN_BOOT);
	/* Agents and hypervisors' tools put theirs there too. */
	if (elfowner_find(e->s->root, e->s->arena, &owner, 1) && !owner.package)
		say(w, NOTE, "belongs to no package");
}

static size_t split(struct elf *e, const char *s, const char *word[LINES_MAX])
{
	size_t n = 0, len;

	for (; *(s += strspn(s, SEPARATORS)) && *s != '#' && n < LINES_MAX; s += len) {
		len = strcspn(s, SEPARATORS "#");
		word[n++] = arena_strndup(e->s->arena, s, len);
	}
	return n;
}

static void check_line(struct elf *e, const struct text *t, size_t line)
{
	const char *word[LINES_MAX];
	size_t n = split(e, text_line(t, line), word);

	for (size_t i = 0; i < n; i++) {
		struct word w = { e, t, line, word[i], n == 1 };

		check_word(&w);
	}
}

void elf_check_preload(struct elf *e)
{
	const struct text *t = e->s->facts->musl ? NULL : scan_text(e->s, PRELOAD);

	for (size_t i = 1; t && i <= t->lines && i <= LINES_MAX; i++)
		check_line(e, t, i);
}
