/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/consolelog.h"

#define TEXT_MAX 240u

static struct console_message *message_of(struct consolelog *l, struct arena *a,
					  const struct logpattern *p)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->m[i].pattern == p)
			return &l->m[i];
	}
	ARENA_GROW(a, l->m, l->n, l->cap);
	l->m[l->n] = (struct console_message){ .pattern = p };
	return &l->m[l->n++];
}

static void take(struct consolelog *l, struct arena *a, const struct logpattern *p,
		 const struct syslogline *line)
{
	struct console_message *m = message_of(l, a, p);
	size_t n = line->text.n < TEXT_MAX ? line->text.n : TEXT_MAX;

	if (!m->count++) {
		m->text = arena_strndup(a, line->text.s, n);
		m->line = l->lines;
	}
	m->last = l->lines;
}

int consolelog_read(const struct syslogread_source *source, struct arena *a, struct consolelog *out)
{
	struct logpatterns *patterns = logpattern_new(LOGPATTERN_ON_CONSOLE);
	struct syslogread *r = syslogread_open(source);
	struct syslogline_state st = { 0 };
	struct syslogread_line raw;
	int error;

	*out = (struct consolelog){ 0 };
	while (syslogread_line(r, &raw)) {
		const struct logpattern *p;
		struct syslogline line;

		out->lines = raw.number;
		syslogline_read(&st, raw.s.s, raw.s.n, &line);
		line.text = slice_trimmed(line.text);
		/* Nothing on a console says for sure who said it. */
		p = logpattern_find(patterns, line.text, SYSLOGLINE_MAYBE_KERNEL);
		if (p)
			take(out, a, p, &line);
	}
	error = syslogread_error(r);
	syslogread_close(r);
	syslogline_state_free(&st);
	logpattern_free(patterns);
	return error;
}

bool consolelog_explains(const struct console_message *m, const char *id)
{
	return has_word(m->pattern->explains, id, " ");
}
