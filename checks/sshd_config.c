/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of sshd_config that the patient's sshd would refuse. */
#include "checks/sshd_parts.h"
#include "lib/backups.h"
#include "lib/sshdrules.h"

#define FAULTS_MAX 20u /* a file with more is none of sshd's */
#define STRANGE_MIN 3u /* lines with no keyword, in a file that is named like one of sshd's */
#define MAIN "/etc/ssh/sshd_config"
#define BOM "\xef\xbb\xbf"

struct part {
	const struct text *text;
	const struct sshdwalk_include *by;
	size_t lines, strange, faults; /* strange: begin with no keyword of any sshd */
	bool told;
};

struct faulty {
	struct part *part;
	size_t line;
	const char *fault;
	bool match;
};

struct judge {
	struct sshd *d;
	struct sshdrules rules;
	struct part part[SSHDWALK_FILES];
	struct faulty *faulty;
	size_t n_parts, n, cap;
	const struct sshdwalk_include *circle; /* leads back to a file that led there: */
	const struct text *again;
};

static bool is_match(struct scan *s, const struct text *t, size_t n)
{
	struct sshdline l;

	return sshdline_parse(s->arena, text_line(t, n), &l) && streq(l.keyword, "match");
}

/* A block without its Match line would hold for everybody. */
static void propose_block(struct scan *s, struct finding *f, const struct text *t, size_t first)
{
	finding_safety(f, FIX_ASK);
	for (size_t n = first; n <= t->lines; n++) {
		struct sshdline l;

		if (n > first && is_match(s, t, n))
			return;
		if (sshdline_parse(s->arena, text_line(t, n), &l))
			propose_comment(f, t, n);
	}
}

static const char *bom_of(const struct text *t, size_t line)
{
	return line == 1 ? after(text_line(t, 1), BOM) : NULL;
}

/* --- what the walk meets --- */

static struct part *part_of(struct judge *j, const struct sshdwalk_line *w)
{
	struct part *p = j->part;

	while (p < j->part + j->n_parts && p->text != w->text)
		p++;
	if (p == j->part + j->n_parts) {
		j->n_parts++;
		*p = (struct part){ .text = w->text, .by = w->by };
	}
	return p;
}

/* The file of the line is read within itself. */
static bool is_in_circle(const struct sshdwalk_line *w)
{
	const struct sshdwalk_include *by = w->by;

	while (by && by->text != w->text)
		by = by->outer;
	return by;
}

static void judge_line(void *arg, const struct sshdwalk_line *w)
{
	struct judge *j = arg;
	const char *fault;
	struct part *p;
	bool bom;

	if (is_in_circle(w)) {
		j->circle = j->circle ? j->circle : w->by;
		j->again = j->again ? j->again : w->text;
		return;
	}
	bom = bom_of(w->text, w->line);
	fault = bom ? "the line begins with a byte order mark"
		    : sshdrules_judge(&j->rules, w->l, w->in_match);
	p = part_of(j, w);
	p->lines++;
	if (!fault)
		return;
	p->faults++;
	p->strange += !bom && !sshdrules_is_keyword(w->l->keyword);
	ARENA_GROW(j->d->s->arena, j->faulty, j->n, j->cap);
	j->faulty[j->n++] = (struct faulty){ p, w->line, fault, streq(w->l->keyword, "match") };
}

/* --- what is told --- */

static void report_line(struct judge *j, const struct faulty *l)
{
	struct scan *s = j->d->s;
	struct finding *f = scan_find(s, &sshd_config, NULL, "%s", l->fault);
	const struct text *t = l->part->text;

	finding_at(f, t, l->line);
	sshd_severity(j->d, f);
	if (bom_of(t, l->line))
		propose_line(f, t, l->line, "%s", bom_of(t, l->line));
	else if (l->match)
		propose_block(s, f, t, l->line);
	else
		propose_comment(f, t, l->line);
}

/* A key, a README or an editor's copy: the Include is wrong, and not the file. */
static bool is_foreign(const struct part *p)
{
	if (!p->by || p->strange < p->lines)
		return false;
	return p->strange >= STRANGE_MIN || (p->by->pattern && !endswith(p->text->path, ".conf"));
}

/* The file that shows that the Include is wrong; NULL: it is not. */
static struct part *foreign_of(struct judge *j, const struct sshdwalk_include *by)
{
	for (size_t i = 0; by && i < j->n_parts; i++) {
		struct part *p = &j->part[i];

		if (is_foreign(p) && p->by->text == by->text && p->by->line == by->line)
			return p;
	}
	return NULL;
}

static void report_include(struct judge *j, const struct sshdwalk_include *by, const char *fault)
{
	struct finding *f = scan_find(j->d->s, &sshd_config, NULL, "%s", fault);

	finding_at(f, by->text, by->line);
	sshd_severity(j->d, f);
	finding_safety(f, FIX_ASK);
	finding_choice(f,
		       "the line is commented, which loses the settings of other files it names");
	propose_comment(f, by->text, by->line);
}

static void report_foreign(struct judge *j, struct part *p)
{
	if (p->told)
		return;
	p->told = true;
	report_include(
		j, p->by,
		scan_printf(j->d->s, "it takes in '%s', which holds no setting", p->text->path));
}

/* From a backup of the system's or a person's, else as the package brings it. */
static bool propose_other(struct scan *s, struct finding *f)
{
	static const char packages[] = "/usr/share/openssh/sshd_config";
	struct backup b;

	if (backups_find(s->root, s->arena, MAIN, backups_has_content, NULL, &b))
		propose_copy(f, MAIN, b.path, b.st.st_mode & 07777, 0, 0);
	else if (root_is_file(s->root, packages))
		propose_copy(f, MAIN, packages, 0644, 0, 0);
	else
		return false;
	return true;
}

static void report_junk(struct judge *j, const struct faulty *l)
{
	struct scan *s = j->d->s;
	const struct text *t = l->part->text;
	struct finding *f = scan_find(s, &sshd_config, NULL, "%s, and %zu lines more are refused",
				      l->fault, l->part->faults - 1);

	finding_at(f, t, l->line);
	sshd_severity(j->d, f);
	if (streq(t->path, MAIN) && propose_other(s, f)) {
		finding_safety(f, FIX_ASK);
		finding_choice(f, "the whole file is taken from its backup, or from the package");
	} else {
		finding_safety(f, FIX_NONE);
	}
}

static void report(struct judge *j, const struct faulty *l)
{
	struct part *p = l->part, *foreign = foreign_of(j, p->by);

	if (foreign && (is_foreign(p) || !endswith(p->text->path, ".conf"))) {
		report_foreign(j, foreign);
	} else if (p->faults <= FAULTS_MAX) {
		report_line(j, l);
	} else if (!p->told) {
		report_junk(j, l);
		p->told = true;
	}
}

static void check_missing(struct sshd *d)
{
	struct scan *s = d->s;
	struct stat st;
	struct finding *f;

	/* Without packages /etc may be made anew at each boot; what is no file is told elsewhere.
	 */
	if (s->facts->pkg == PKG_NONE || !root_is_absent(root_stat(s->root, MAIN, &st)))
		return;
	f = scan_find(s, &sshd_config, MAIN, "no such file");
	finding_absence(f);
	sshd_severity(d, f);
	if (!propose_other(s, f))
		finding_safety(f, FIX_NONE);
}

void sshd_check_config(struct sshd *d)
{
	struct judge *j;

	if (!sshdwalk_main(d->s)) {
		check_missing(d);
		return;
	}
	j = arena_new_struct(d->s->arena, struct judge);
	j->d = d;
	j->rules = (struct sshdrules){ d->s->arena, &d->program };
	sshdwalk(d->s, judge_line, j);
	if (j->circle)
		report_include(
			j, j->circle,
			scan_printf(d->s, "it takes in '%s', which takes this in", j->again->path));
	for (size_t i = 0; i < j->n; i++)
		report(j, &j->faulty[i]);
}
