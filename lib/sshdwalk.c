/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fnmatch.h>
#include <strings.h>

#include "lib/sshdwalk.h"

#define DEPTH_MAX 16u

struct walk {
	struct scan *scan;
	void (*each)(void *arg, const struct sshdwalk_line *l);
	void *arg;
	size_t files, lines;
	bool cut;
};

static void read_file(struct walk *w, const char *path, bool in_match, unsigned depth);

static void include_glob(struct walk *w, const char *pattern, bool in_match, unsigned depth)
{
	const char *slash = strrchr(pattern, '/');
	const char *dir = arena_strndup(w->scan->arena, pattern, (size_t)(slash - pattern));
	const char *const *name;

	if (!root_is_dir(w->scan->root, *dir ? dir : "/"))
		return;
	for (name = scan_dir(w->scan, *dir ? dir : "/"); *name && !w->cut; name++) {
		if (fnmatch(slash + 1, *name, FNM_PERIOD) == 0)
			read_file(w, scan_printf(w->scan, "%s/%s", dir, *name), in_match, depth);
	}
}

static void include(struct walk *w, const struct sshdline *l, bool in_match, unsigned depth)
{
	for (size_t i = 0; i < l->n && !w->cut; i++) {
		const char *path = l->word[i];

		if (path[0] != '/')
			path = scan_printf(w->scan, "/etc/ssh/%s", path);
		if (path[strcspn(path, "*?[")] == '\0')
			read_file(w, path, in_match, depth);
		else
			include_glob(w, path, in_match, depth);
	}
}

static void read_file(struct walk *w, const char *path, bool in_match, unsigned depth)
{
	const bool never = in_match;
	const struct text *t;

	if (depth > DEPTH_MAX || w->files++ >= SSHDWALK_FILES) {
		w->cut = true;
		return;
	}
	t = root_is_file(w->scan->root, path) ? scan_text(w->scan, path) : NULL;
	for (size_t n = 1; t && n <= t->lines && !w->cut; n++) {
		struct sshdline l;

		if (w->lines++ >= SSHDWALK_LINES) {
			w->cut = true;
			return;
		}
		if (t->line[n - 1].len > SSHDWALK_LINE)
			continue;
		if (!sshdline_parse(w->scan->arena, text_line(t, n), &l))
			continue;
		w->each(w->arg, &(struct sshdwalk_line){ t, n, &l, in_match });
		/* "Match all" outside of other blocks is as if there were none. */
		if (streq(l.keyword, "match"))
			in_match = never || l.n != 1 || strcasecmp(l.word[0], "all") != 0;
		else if (streq(l.keyword, "include"))
			include(w, &l, in_match, depth + 1);
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

	if (path)
		read_file(&w, path, false, 0);
	return !w.cut;
}
