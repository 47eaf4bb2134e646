/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>

#include "lib/bootlog.h"
#include "lib/syslogscan.h"

#define NEW_UPTIME (5 * SYSLOGTIME_SECOND) /* the kernel's clock has just begun */
#define BACKWARDS (30 * SYSLOGTIME_SECOND) /* so much less is no line out of order */
#define FRESH 200u			   /* lines of a boot that has just begun */
/* So many lines may follow the words of an end. */
#define STRONG 2000u
#define WEAK 30u

static const struct ending {
	const char *words;
	unsigned within; /* lines that may follow */
	bool exact;	 /* they are all of the line */
} endings[] = {
	{ "System is rebooting", STRONG, false },
	{ "System is powering down", STRONG, false },
	{ "System is halting", STRONG, false },
	{ "Shutting down.", STRONG, true },
	{ "Syncing filesystems and block devices.", STRONG, true },
	{ "Reached target Reboot", STRONG, false },
	{ "Reached target System Reboot", STRONG, false },
	{ "Reached target System Power Off", STRONG, false },
	{ "Reached target Power-Off", STRONG, false },
	{ "Reached target Power Off", STRONG, false },
	{ "Reached target reboot.target", STRONG, false },
	{ "Reached target poweroff.target", STRONG, false },
	{ "Reached target System Halt", STRONG, false },
	{ "reboot: ", STRONG, false },
	{ "Restarting system.", STRONG, true },
	{ "Power down.", STRONG, true },
	{ "shutting down for system ", STRONG, false },
	{ "Journal stopped", WEAK, true },
	{ "exiting on signal 15", WEAK, false },
	{ "Kernel logging (proc) stopped.", WEAK, true },
};

struct bootlog {
	struct logpatterns *patterns;
	struct syslogscan scan; /* for words: those of the endings */
	struct syslogscan_word words[ARRAY_SIZE(endings) + 1];
	struct bootlog_boot *boot[BOOTLOG_BOOTS]; /* as they were met */
	size_t n;
	struct bootlog_boot *open;
	char file[BOOTLOG_TEXT];
	uint64_t earlier;
};

/* --- boots --- */

static void free_boot(struct bootlog_boot *b)
{
	free(b->problem);
	free(b);
}

static int64_t order_of(const struct bootlog_boot *b)
{
	return b->first.known ? syslogtime_order(&b->first) : INT64_MIN;
}

/* The one that began first; where no date is known, the one that was met first. */
static void drop_oldest(struct bootlog *l)
{
	size_t oldest = 0;

	for (size_t i = 1; i < l->n; i++) {
		if (order_of(l->boot[i]) < order_of(l->boot[oldest]))
			oldest = i;
	}
	free_boot(l->boot[oldest]);
	l->n--;
	memmove(&l->boot[oldest], &l->boot[oldest + 1], (l->n - oldest) * sizeof(*l->boot));
	l->earlier++;
}

static struct bootlog_boot *begin(struct bootlog *l)
{
	struct bootlog_boot *b = xcalloc(1, sizeof(*b));

	if (l->n == BOOTLOG_BOOTS)
		drop_oldest(l);
	b->uptime = SYSLOGLINE_NO_UPTIME;
	SLICE_COPY(slice_of(l->file), b->file);
	l->boot[l->n++] = b;
	l->open = b;
	return b;
}

static struct bootlog_boot *by_id(const struct bootlog *l, struct slice id)
{
	for (size_t i = l->n; i-- > 0;) {
		if (slice_is(id, l->boot[i]->id))
			return l->boot[i];
	}
	return NULL;
}

static bool is_start(const struct syslogline *line)
{
	return line->from != SYSLOGLINE_PROGRAM && slice_starts(line->text, "Linux version ");
}

/* Another boot than the one that is open, by what a line without a boot id tells. */
static bool is_another(const struct bootlog_boot *b, const struct syslogline *line)
{
	if (is_start(line))
		return b->release[0] || b->lines > FRESH || b->up || b->end != BOOTLOG_STOPS;
	if (line->from != SYSLOGLINE_KERNEL || line->uptime == SYSLOGLINE_NO_UPTIME ||
	    b->uptime == SYSLOGLINE_NO_UPTIME)
		return false;
	return line->uptime < NEW_UPTIME && b->uptime - line->uptime > BACKWARDS;
}

static struct bootlog_boot *boot_of(struct bootlog *l, const struct syslogline *line)
{
	struct bootlog_boot *b = l->open;

	if (line->boot_id.n) {
		if (b && slice_is(line->boot_id, b->id))
			return b;
		b = by_id(l, line->boot_id);
		l->open = b ? b : begin(l);
		SLICE_COPY(line->boot_id, l->open->id);
		return l->open;
	}
	/* Words without an entry are of the boot around them. */
	if (!b || (!b->id[0] && is_another(b, line)))
		b = begin(l);
	return b;
}

/* --- how it went --- */

static unsigned is_ending(const struct bootlog *l, struct slice text)
{
	const struct syslogscan_word *w;
	struct slice rest = text;
	const char *at;

	while (rest.n && (at = syslogscan_find(&l->scan, rest.s, rest.n, &w))) {
		const struct ending *e = &endings[w - l->words];

		if (!e->exact || slice_is(text, e->words))
			return e->within;
		rest = slice_skip(slice_from(rest, at), 1);
	}
	return 0;
}

static const char *const up_words[] = {
	"Multi-User",	    "multi-user.target", "Graphical Interface",
	"graphical.target", "Graphical",	 "Multi User",
};

static void note_target(struct bootlog_boot *b, struct slice text)
{
	struct slice name = text;

	if (slice_starts(text, "Startup finished in ") && slice_find(text, "(kernel)"))
		b->up = true;
	if (!slice_past(&name, "eached target ") || b->up)
		return;
	while (name.n && name.s[name.n - 1] == '.')
		name.n--;
	SLICE_COPY(name, b->reached);
	for (size_t i = 0; i < ARRAY_SIZE(up_words); i++)
		b->up |= slice_find(name, up_words[i]) != NULL;
}

static void note_end(const struct bootlog *l, struct bootlog_boot *b, const struct syslogline *line)
{
	unsigned within = is_ending(l, line->text);

	if (!within)
		return;
	/* When more lines follow than that, it was no end: see settle(). */
	if (b->lines + within > b->end_line)
		b->end_line = b->lines + within;
	if (b->end != BOOTLOG_PANIC)
		b->end = BOOTLOG_SHUTDOWN;
}

static void note_release(struct bootlog_boot *b, const struct syslogline *line)
{
	struct slice s = line->text, word;

	if (!is_start(line) || !slice_take(&s, "Linux version ") || !slice_take_word(&s, &word))
		return;
	SLICE_COPY(word, b->release);
	b->whole = true;
}

/* --- what went wrong --- */

static bool is_hex_word(const char *s, size_t n)
{
	bool digit = false;

	for (size_t i = 0; i < n; i++) {
		if (!isxdigit((unsigned char)s[i]))
			return false;
		digit |= isdigit((unsigned char)s[i]) != 0;
	}
	return n && (digit ? n == 1 || n > 4 || isdigit((unsigned char)s[0]) : false);
}

/* Numbers and addresses become "#": the name of a device stays. */
static void shape_of(struct slice text, char out[BOOTLOG_TEXT])
{
	size_t n = 0, word;

	for (size_t i = 0; i < text.n && n + 1 < BOOTLOG_TEXT; i += word) {
		for (word = 0; i + word < text.n && isalnum((unsigned char)text.s[i + word]);)
			word++;
		if (is_hex_word(text.s + i, word)) {
			out[n++] = '#';
			continue;
		}
		word = word ? word : 1;
		for (size_t k = 0; k < word && n + 1 < BOOTLOG_TEXT; k++)
			out[n++] = text.s[i + k];
	}
	out[n] = '\0';
}

static struct bootlog_problem *problem_of(struct bootlog_boot *b, const struct logpattern *p,
					  const char *shape)
{
	struct bootlog_problem *new;

	for (size_t i = 0; i < b->n; i++) {
		if (b->problem[i].pattern == p && streq(b->problem[i].shape, shape))
			return &b->problem[i];
	}
	if (b->n == BOOTLOG_PROBLEMS)
		return NULL;
	GROW(b->problem, b->n, b->cap);
	new = &b->problem[b->n++];
	*new = (struct bootlog_problem){ .pattern = p, .uptime = SYSLOGLINE_NO_UPTIME };
	return new;
}

static void note_problem(struct bootlog *l, struct bootlog_boot *b, const struct syslogline *line,
			 uint64_t number)
{
	const struct logpattern *p = logpattern_find(l->patterns, line->text, line->from);
	char shape[BOOTLOG_TEXT];
	struct bootlog_problem *q;

	if (!p)
		return;
	if (p->class == LOGPATTERN_PANIC)
		b->end = BOOTLOG_PANIC;
	b->emergency |= p->class == LOGPATTERN_EMERGENCY;
	shape_of(line->text, shape);
	q = problem_of(b, p, shape);
	if (!q) {
		b->more++;
		return;
	}
	if (!q->count++) {
		SLICE_COPY(line->text, q->text);
		SLICE_COPY(slice_of(shape), q->shape);
		SLICE_COPY(slice_of(l->file), q->file);
		q->line = number;
		q->first = line->time;
	}
	q->last = line->time;
	q->uptime = line->uptime;
}

/* --- lines --- */

static void note_time(struct bootlog_boot *b, const struct syslogline *line)
{
	if (line->time.known) {
		if (!b->first.known)
			b->first = line->time;
		b->last = line->time;
	}
	if (line->uptime != SYSLOGLINE_NO_UPTIME)
		b->uptime = line->uptime;
	if (line->host.n && !b->host[0])
		SLICE_COPY(line->host, b->host);
}

void bootlog_line(struct bootlog *l, const struct syslogline *line, uint64_t number)
{
	struct bootlog_boot *b;

	if (!line->text.n)
		return;
	b = boot_of(l, line);
	b->lines++;
	note_time(b, line);
	note_release(b, line);
	note_target(b, line->text);
	note_end(l, b, line);
	note_problem(l, b, line, number);
	SLICE_COPY(line->text, b->words);
}

void bootlog_new_boot(struct bootlog *l)
{
	l->open = NULL;
}

void bootlog_file(struct bootlog *l, const char *name)
{
	SLICE_COPY(slice_of(name), l->file);
}

static void settle(struct bootlog_boot *b)
{
	if (b->end == BOOTLOG_SHUTDOWN && b->lines > b->end_line)
		b->end = BOOTLOG_STOPS;
}

void bootlog_end(struct bootlog *l)
{
	for (size_t i = 0; i < l->n; i++)
		settle(l->boot[i]);
}

static int newest_first(const void *a, const void *b)
{
	int64_t x = order_of(*(struct bootlog_boot *const *)a);
	int64_t y = order_of(*(struct bootlog_boot *const *)b);

	return x < y ? 1 : x > y ? -1 : 0;
}

struct bootlog_boot *const *bootlog_see(struct bootlog *l, size_t *n)
{
	if (l->n)
		qsort(l->boot, l->n, sizeof(struct bootlog_boot *), newest_first);
	*n = l->n;
	return l->boot;
}

uint64_t bootlog_earlier(const struct bootlog *l)
{
	return l->earlier;
}

struct bootlog *bootlog_new(void)
{
	struct bootlog *l = xcalloc(1, sizeof(*l));

	l->patterns = logpattern_new(LOGPATTERN_IN_LOG);
	for (size_t i = 0; i < ARRAY_SIZE(endings); i++)
		l->words[i].word = endings[i].words;
	syslogscan_prepare(&l->scan, l->words);
	return l;
}

void bootlog_free(struct bootlog *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n; i++)
		free_boot(l->boot[i]);
	logpattern_free(l->patterns);
	free(l);
}
