/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of processes: its columns are what its header says. */
#include "lib/oomlog_parts.h"

static const struct {
	const char *name;
	enum oom_column column;
} names[] = {
	{ "uid", OOM_COL_UID },
	{ "tgid", OOM_COL_TGID },
	{ "total_vm", OOM_COL_TOTAL_VM },
	{ "rss", OOM_COL_RSS },
	{ "rss_anon", OOM_COL_RSS_ANON },
	{ "rss_file", OOM_COL_RSS_FILE },
	{ "rss_shmem", OOM_COL_RSS_SHMEM },
	{ "nr_ptes", OOM_COL_PTES },
	{ "nr_pmds", OOM_COL_PTES },
	{ "nr_puds", OOM_COL_PTES },
	{ "pgtables_bytes", OOM_COL_PGTABLES },
	{ "swapents", OOM_COL_SWAP },
	{ "oom_score_adj", OOM_COL_ADJ },
};

/* Without a header: these begin the table in every kernel. */
static const unsigned char always[] = { OOM_COL_UID, OOM_COL_TGID, OOM_COL_TOTAL_VM, OOM_COL_RSS };

static enum oom_column column_of(struct slice word)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (slice_is(word, names[i].name))
			return names[i].column;
	}
	return OOM_COL_OTHER;
}

/* "[ pid ]   uid  tgid total_vm", with more blanks since 5.x */
bool oomlog_is_header(struct slice text)
{
	if (!slice_take_char(&text, '['))
		return false;
	slice_skip_blanks(&text);
	if (!slice_take(&text, "pid"))
		return false;
	slice_skip_blanks(&text);
	return slice_take_char(&text, ']') && slice_find(text, "total_vm");
}

void oomlog_header(struct oom_open *o, struct slice text)
{
	struct slice word;

	if (!oomlog_is_header(text) || !slice_past(&text, "]"))
		return;
	o->columns = 0;
	slice_skip_blanks(&text);
	while (o->columns < OOM_COLUMNS && slice_take_word(&text, &word)) {
		enum oom_column c = column_of(word);

		/* A header without its end would give wrong columns. */
		if (slice_is(word, "name")) {
			o->e.has_header = true;
			return;
		}
		o->column[o->columns++] = (unsigned char)c;
		o->e.has_swap |= c == OOM_COL_SWAP;
		o->e.has_rss_parts |= c == OOM_COL_RSS_ANON;
		slice_skip_blanks(&text);
	}
}

/* "[ 1234]", the pid. */
static bool take_pid(struct slice *s, int64_t *pid)
{
	struct slice r = *s;

	if (!slice_take_char(&r, '['))
		return false;
	slice_skip_blanks(&r);
	if (!slice_take_i64(&r, pid) || *pid < 0)
		return false;
	slice_skip_blanks(&r);
	if (!slice_take_char(&r, ']'))
		return false;
	*s = r;
	return true;
}

/* A number that ends with a blank. */
static bool take_number(struct slice *s, int64_t *out)
{
	struct slice r = *s;

	slice_skip_blanks(&r);
	if (!slice_take_i64(&r, out) || !r.n || r.s[0] != ' ')
		return false;
	*s = r;
	return true;
}

/* At least the four columns that every kernel has, and something behind them. */
bool oomlog_is_row(struct slice text)
{
	int64_t n;

	if (!take_pid(&text, &n))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(always) + 1; i++) {
		if (!take_number(&text, &n))
			return false;
	}
	return slice_trimmed(text).n != 0;
}

static void store(struct oom_process *p, enum oom_column c, int64_t v)
{
	switch (c) {
	case OOM_COL_UID:
		p->uid = v;
		break;
	case OOM_COL_TGID:
		p->tgid = v;
		break;
	case OOM_COL_TOTAL_VM:
		p->total_vm = v;
		break;
	case OOM_COL_RSS:
		p->rss = v;
		break;
	case OOM_COL_RSS_ANON:
		p->rss_anon = v;
		break;
	case OOM_COL_RSS_FILE:
		p->rss_file = v;
		break;
	case OOM_COL_RSS_SHMEM:
		p->rss_shmem = v;
		break;
	case OOM_COL_PGTABLES:
		p->pgtables_bytes = v;
		break;
	case OOM_COL_SWAP:
		p->swap = v;
		break;
	case OOM_COL_ADJ:
		p->adj = v;
		break;
	case OOM_COL_PTES:
	case OOM_COL_OTHER:
		break;
	}
}

#define PAGES_MAX (INT64_MAX >> 24) /* sums of rows cannot overflow */

static bool read_columns(const struct oom_open *o, struct slice *s, struct oom_process *p)
{
	int64_t ptes = 0, v;
	bool has_ptes = false;

	for (size_t i = 0; i < o->columns; i++) {
		if (!take_number(s, &v) || v > PAGES_MAX)
			return false;
		store(p, o->column[i], v);
		if (o->column[i] == OOM_COL_PTES && v >= 0) {
			ptes += v;
			has_ptes = true;
		}
	}
	if (has_ptes && o->e.page_kb > 0 && ptes <= (INT64_MAX >> 10) / o->e.page_kb)
		p->pgtables_bytes = ptes * o->e.page_kb * 1024;
	return true;
}

static bool read_without_header(struct slice *s, struct oom_process *p)
{
	int64_t v;

	for (size_t i = 0; i < ARRAY_SIZE(always); i++) {
		if (!take_number(s, &v) || v > PAGES_MAX)
			return false;
		store(p, always[i], v);
	}
	while (take_number(s, &v))
		;
	return true;
}

static void count_name(struct oom_open *o, const struct oom_process *p)
{
	struct oom_name *t = NULL;

	for (size_t i = 0; i < o->tallied && !t; i++) {
		if (streq(o->tally[i].name, p->name))
			t = &o->tally[i];
	}
	if (!t && o->tallied == OOM_TALLY)
		return;
	if (!t) {
		t = &o->tally[o->tallied++];
		*t = (struct oom_name){ 0 };
		memcpy(t->name, p->name, sizeof(t->name));
	}
	t->n++;
	t->rss += p->rss > 0 ? (uint64_t)p->rss : 0;
}

static void keep_row(struct oom_event *e, const struct oom_process *p)
{
	size_t at = e->rows;

	while (at && e->row[at - 1].rss < p->rss)
		at--;
	if (at == OOM_ROWS)
		return;
	if (e->rows < OOM_ROWS)
		e->rows++;
	memmove(&e->row[at + 1], &e->row[at], (e->rows - at - 1) * sizeof(*e->row));
	e->row[at] = *p;
}

/* Some logs have each line twice. */
static bool same_row(const struct oom_process *a, const struct oom_process *b)
{
	return a->pid == b->pid && a->rss == b->rss && a->total_vm == b->total_vm;
}

void oomlog_row(struct oom_open *o, struct slice text)
{
	struct oom_process p = { .pid = OOM_UNKNOWN,
				 .tgid = OOM_UNKNOWN,
				 .uid = OOM_UNKNOWN,
				 .total_vm = OOM_UNKNOWN,
				 .rss = OOM_UNKNOWN,
				 .rss_anon = OOM_UNKNOWN,
				 .rss_file = OOM_UNKNOWN,
				 .rss_shmem = OOM_UNKNOWN,
				 .swap = OOM_UNKNOWN,
				 .pgtables_bytes = OOM_UNKNOWN,
				 .adj = OOM_UNKNOWN };
	bool read;

	if (!take_pid(&text, &p.pid))
		return;
	read = o->e.has_header ? read_columns(o, &text, &p) : read_without_header(&text, &p);
	if (!read || same_row(&p, &o->last_row))
		return;
	o->last_row = p;
	SLICE_COPY(slice_trimmed(text), p.name);
	o->e.processes++;
	o->e.rss_sum += p.rss > 0 ? (uint64_t)p.rss : 0;
	o->e.swap_sum += p.swap > 0 ? (uint64_t)p.swap : 0;
	count_name(o, &p);
	keep_row(&o->e, &p);
}
