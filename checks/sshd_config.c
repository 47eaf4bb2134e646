/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of sshd_config that the patient's sshd would refuse. */
#include "checks/sshd_parts.h"
#include "lib/backups.h"
#include "lib/sshdrules.h"

#define FAULTS_MAX 20u /* a file with more is none of sshd's */
#define MAIN "/etc/ssh/sshd_config"
#define BOM "\xef\xbb\xbf"

struct judge {
	struct sshd *d;
	struct sshdrules rules;
	size_t faults;
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

static const char *bom_of(const struct sshdwalk_line *w)
{
	return w->line == 1 ? after(text_line(w->text, 1), BOM) : NULL;
}

static void report(struct judge *j, const struct sshdwalk_line *w, const char *fault)
{
	struct scan *s = j->d->s;
	struct finding *f = scan_find(s, &sshd_config, NULL, "%s", fault);

	finding_at(f, w->text, w->line);
	sshd_severity(j->d, f);
	if (bom_of(w))
		propose_line(f, w->text, w->line, "%s", bom_of(w));
	else if (streq(w->l->keyword, "match"))
		propose_block(s, f, w->text, w->line);
	else
		propose_comment(f, w->text, w->line);
}

static void judge_line(void *arg, const struct sshdwalk_line *w)
{
	struct judge *j = arg;
	const char *fault = bom_of(w) ? "the line begins with a byte order mark"
				      : sshdrules_judge(&j->rules, w->l, w->in_match);

	if (fault && j->faults++ < FAULTS_MAX)
		report(j, w, fault);
}

static void check_missing(struct sshd *d)
{
	static const char packages[] = "/usr/share/openssh/sshd_config";
	struct scan *s = d->s;
	struct backup b;
	struct stat st;
	struct finding *f;

	/* Without packages /etc may be made anew at each boot; what is no file is told elsewhere.
	 */
	if (s->facts->pkg == PKG_NONE || !root_is_absent(root_stat(s->root, MAIN, &st)))
		return;
	f = scan_find(s, &sshd_config, MAIN, "no such file");
	finding_absence(f);
	sshd_severity(d, f);
	if (backups_find(s->root, s->arena, MAIN, backups_has_content, NULL, &b))
		propose_copy(f, MAIN, b.path, b.st.st_mode & 07777, 0, 0);
	else if (root_is_file(s->root, packages))
		propose_copy(f, MAIN, packages, 0644, 0, 0);
	else
		finding_safety(f, FIX_NONE);
}

void sshd_check_config(struct sshd *d)
{
	struct judge j = { .d = d, .rules = { d->s->arena, &d->program } };

	if (sshdwalk_main(d->s))
		sshdwalk(d->s, judge_line, &j);
	else
		check_missing(d);
}
