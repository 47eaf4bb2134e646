/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>

#include "lib/logpattern.h"
#include "lib/syslogscan.h"

#define ROWS_MAX 256u

struct logpatterns {
	struct syslogscan scan;
	struct syslogscan_word *words;
	enum logpattern_where where;
};

static const char *const classes[] = {
	[LOGPATTERN_LOADER] = "boot-loader", [LOGPATTERN_INITRAMFS] = "initramfs",
	[LOGPATTERN_PANIC] = "panic",	     [LOGPATTERN_BUG] = "bug",
	[LOGPATTERN_LOCKUP] = "lockup",	     [LOGPATTERN_HUNG] = "hung-task",
	[LOGPATTERN_FS] = "file-system",     [LOGPATTERN_DISK] = "disk",
	[LOGPATTERN_INIT] = "init",	     [LOGPATTERN_EMERGENCY] = "emergency",
	[LOGPATTERN_MOUNT] = "mount",	     [LOGPATTERN_MEMORY] = "memory",
	[LOGPATTERN_LIMIT] = "limit",	     [LOGPATTERN_SPACE] = "space",
	[LOGPATTERN_LOGIN] = "login",	     [LOGPATTERN_NET] = "network",
};

const char *logpattern_class(enum logpattern_class c)
{
	return classes[c];
}

struct logpatterns *logpattern_new(enum logpattern_where where)
{
	struct logpatterns *p = xcalloc(1, sizeof(*p));
	size_t n = 0;

	p->where = where;
	while (logpattern_table[n].id)
		n++;
	assert(n <= ROWS_MAX);
	p->words = xcalloc(n + 1, sizeof(*p->words));
	for (size_t i = 0; i < n; i++)
		p->words[i].word = logpattern_table[i].mark;
	syslogscan_prepare(&p->scan, p->words);
	return p;
}

void logpattern_free(struct logpatterns *p)
{
	if (!p)
		return;
	free(p->words);
	free(p);
}

struct place {
	struct slice text;
	enum syslogline_from from;
	enum logpattern_where where;
	bool asked; /* also holds something */
	unsigned char also[ROWS_MAX];
};

enum { NOT_ASKED, ABSENT, THERE };

/* In the line; asked once for each row, however often its mark is there. */
static bool has_also(const struct logpattern *p, struct place *in)
{
	unsigned char *row = &in->also[p - logpattern_table];

	if (!in->asked)
		memset(in->also, NOT_ASKED, sizeof(in->also));
	in->asked = true;
	if (*row == NOT_ASKED)
		*row = slice_find(in->text, p->also) ? THERE : ABSENT;
	return *row == THERE;
}

static bool fits(const struct logpattern *p, struct place *in, const char *at)
{
	if (p->from == LOGPATTERN_FIRMWARE && in->where != LOGPATTERN_ON_CONSOLE)
		return false;
	if (p->from == LOGPATTERN_KERNEL && in->from == SYSLOGLINE_PROGRAM)
		return false;
	return slice_starts(slice_from(in->text, at), p->mark) && (!p->also || has_also(p, in));
}

const struct logpattern *logpattern_find(const struct logpatterns *p, struct slice text,
					 enum syslogline_from from)
{
	struct place in;
	const struct logpattern *best = NULL;
	const struct syslogscan_word *w;
	struct slice rest = text;
	const char *at;

	in.text = text;
	in.from = from;
	in.where = p->where;
	in.asked = false;
	while (rest.n && (at = syslogscan_find(&p->scan, rest.s, rest.n, &w))) {
		/* More than one may begin here; the scan tells the first of them. */
		for (size_t i = (size_t)(w - p->words); logpattern_table[i].id; i++) {
			const struct logpattern *l = &logpattern_table[i];

			if (best && l >= best)
				break;
			if (fits(l, &in, at))
				best = l;
		}
		rest = slice_skip(slice_from(rest, at), 1);
	}
	return best;
}
