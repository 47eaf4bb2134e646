/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fnmatch.h>
#include <strings.h>

#include "lib/sshdwalk.h"

#define DEPTH_MAX 16u

struct walk {
	struct scan *scan;
	void (*each)(void *arg, const struct sshdwalk_line *l);
	void *arg;
	size_t files, lines, bytes, blocks;
	bool cut;
};

/* Where a line stands, an Include among them. */
struct place {
	const struct sshdwalk_include *by;
	bool in_match;
	const struct sshdwalk_block *block;
	unsigned depth;
};

static void read_file(struct walk *w, const char *path, const struct place *from);

static void include_glob(struct walk *w, const char *pattern, const struct place *from)
{
	const char *slash = strrchr(pattern, '/');
	const char *dir = arena_strndup(w->scan->arena, pattern, (size_t)(slash - pattern));
	const char *const *name;

	if (!root_is_dir(w->scan->root, *dir ? dir : "/"))
		return;
	for (name = scan_dir(w->scan, *dir ? dir : "/"); *name && !w->cut; name++) {
		if (fnmatch(slash + 1, *name, FNM_PERIOD) == 0)
			read_file(w, scan_printf(w->scan, "%s/%s", dir, *name), from);
	}
}

static void include(struct walk *w, const struct sshdwalk_line *l, const struct place *at)
{
	for (size_t i = 0; i < l->l->n && !w->cut; i++) {
		struct arena *a = w->scan->arena;
		struct sshdwalk_include *by = arena_new_struct(a, struct sshdwalk_include);
		struct place from = *at;
		const char *path = l->l->word[i];

		if (path[0] != '/')
			path = scan_printf(w->scan, "/etc/ssh/%s", path);
		*by = (struct sshdwalk_include){ l->text, l->line, path[strcspn(path, "*?[")],
						 at->by };
		from.by = by;
		if (by->pattern)
			include_glob(w, path, &from);
		else
			read_file(w, path, &from);
	}
}

static const struct sshdwalk_block *new_block(struct walk *w, const struct sshdline *l,
					      const struct sshdwalk_block *outer)
{
	struct arena *a = w->scan->arena;
	struct sshdwalk_block *b = arena_new_struct(a, struct sshdwalk_block);
	struct sshdline *match = arena_new_struct(a, struct sshdline);

	*match = *l;
	*b = (struct sshdwalk_block){ match, outer, w->blocks++ };
	return b;
}

static void take_line(struct walk *w, const struct text *t, size_t n, const struct place *from,
		      struct place *at)
{
	struct sshdwalk_line line = { t, n, at->by, NULL, at->in_match, at->block };
	struct sshdline l;

	if (t->line[n - 1].len > SSHDWALK_LINE ||
	    !sshdline_parse(w->scan->arena, text_line(t, n), &l))
		return;
	line.l = &l;
	w->each(w->arg, &line);
	if (streq(l.keyword, "match")) {
		/* "Match all" outside of other blocks is as if there were none. */
		at->in_match = from->in_match || l.n != 1 || strcasecmp(l.word[0], "all") != 0;
		at->block = new_block(w, &l, from->block);
	} else if (streq(l.keyword, "include")) {
		include(w, &line, at);
	}
}

static void read_file(struct walk *w, const char *path, const struct place *from)
{
	struct place at = { from->by, from->in_match, from->block, from->depth + 1 };
	const struct text *t;

	if (from->depth > DEPTH_MAX || w->files++ >= SSHDWALK_FILES) {
		w->cut = true;
		return;
	}
	t = root_is_file(w->scan->root, path) ? scan_text(w->scan, path) : NULL;
	for (size_t n = 1; t && n <= t->lines && !w->cut; n++) {
		w->bytes += t->line[n - 1].len + 1;
		if (w->lines++ >= SSHDWALK_LINES || w->bytes > SSHDWALK_BYTES) {
			w->cut = true;
			return;
		}
		take_line(w, t, n, from, &at);
	}
}

const char *sshdwalk_main(struct scan *s)
{
	static const char *const paths[] = { "/etc/ssh/sshd_config", "/usr/etc/ssh/sshd_config" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		if (root_is_file(s->root, paths[i]))
			return paths[i];
	}
	return NULL;
}

bool sshdwalk(struct scan *s, void (*each)(void *arg, const struct sshdwalk_line *l), void *arg)
{
	struct walk w = { .scan = s, .each = each, .arg = arg };
	const char *path = sshdwalk_main(s);
	struct place top = { 0 };

	if (path)
		read_file(&w, path, &top);
	return !w.cut;
}
