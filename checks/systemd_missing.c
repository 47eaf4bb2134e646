/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Units that are asked for and not there. What is required by all that leads up to default.target
 * ends the boot; what is only wanted is left out.
 *
 * Silent on: units that generators make (mounts, swap, devices, slices) or that start scripts are;
 * links of packages, but for units of importance; units on a disk that is not attached.
 *
 * Source: systemd.unit(5) (Requires=, .wants and .requires: the link's name is the unit's, whatever
 * it leads to); systemd src/core/transaction.c, src/core/main.c (what follows when the job for
 * default.target cannot be made).
 */
#include "checks/systemd_parts.h"
#include "lib/paths.h"
#include "lib/sshdbinary.h"
#include "lib/sshdstart.h"
#include "lib/unitgraph.h"
#include "lib/unseen.h"

#define SAID_MAX 20u
#define LINKS_MAX 4096u /* looked at in all */

static const char *how(enum unitfile_state state)
{
	return state == UNITFILE_MASKED ? "which is masked" : "and there is no such unit";
}

/*
 * The unit is not missing where this view does not show it: a link leads to a disk that is not
 * attached. link is what asks for it; or NULL.
 */
static bool may_be_unseen(struct scan *s, const char *unit, const char *link)
{
	struct unitfile u;

	unitfile_find(s, unit, &u);
	return (link && unseen(unseen_find(s), paths_real_or_same(s->root, s->arena, link))) ||
	       (u.state == UNITFILE_DANGLING && u.path &&
		unseen(unseen_find(s), paths_real_or_same(s->root, s->arena, u.path)));
}

/* --- what the boot requires --- */

static void propose_without(struct finding *f, const struct unitgraph_lack *l)
{
	if (l->link && startswith(l->link, "/etc/")) {
		finding_choice(f, "'%s' is not required any more", l->name);
		propose_absent(f, l->link);
	} else if (!l->text || !startswith(l->text->path, "/etc/") ||
		   !systemd_propose_without(f, l->text, l->line, l->name)) {
		finding_safety(f, FIX_NONE);
	}
}

void systemd_check_lacks(struct scan *s, const struct unitgraph *g)
{
	unsigned said = 0;

	for (size_t i = 0; i < g->lacks && said < SAID_MAX; i++) {
		const struct unitgraph_lack *l = &g->lack[i];
		bool sure = g->unit[l->from].needs_all;
		struct finding *f;

		/* A mask that matters is told as one. */
		if (!g->unit[l->from].needed ||
		    (l->state == UNITFILE_MASKED && systemd_vital(l->name)) ||
		    may_be_unseen(s, l->name, l->link))
			continue;
		f = scan_find(s, &systemd_missing, l->text ? NULL : l->link,
			      "'%s' requires '%s', %s: systemd %s get to default.target",
			      g->unit[l->from].id, l->name, how(l->state),
			      sure ? "does not" : "may not");
		if (l->text)
			finding_at(f, l->text, l->line);
		finding_severity(f, sure ? STOPS_BOOT : DEGRADES);
		finding_absence(f);
		propose_without(f, l);
		said++;
	}
}

/* --- what links ask for --- */

/* Without sshd, or with another unit that starts it, the link is a leftover. */
static bool is_leftover(struct scan *s, const char *unit)
{
	static const char *const ssh[] = { "ssh.service", "sshd.service", "ssh.socket",
					   "sshd.socket", NULL };
	struct sshdstart start;

	if (!in_list(unit, ssh))
		return false;
	sshdstart_find(s, &start);
	return start.state == SSHDSTART_ON || start.state == SSHDSTART_KEPT || !sshdbinary_path(s);
}

struct link {
	const char *dir, *unit, *who; /* who: "multi-user.target" */
};

static void report_link(struct scan *s, const struct link *l, const struct systemd_vital *v)
{
	const char *path = scan_printf(s, "%s/%s", l->dir, l->unit);
	struct finding *f = scan_find(s, &systemd_missing, path,
				      "'%s' asks for '%s', and there is no such unit%s%s", l->who,
				      l->unit, v ? ": " : "", v ? v->effect : "");

	finding_absence(f);
	if (v) {
		finding_severity(f, v->severity);
		finding_safety(f, FIX_NONE);
	} else {
		finding_choice(f, "the link is taken away");
		propose_absent(f, path);
	}
}

static bool is_missing(struct scan *s, const char *unit)
{
	struct unitfile u;

	if (!unitfile_needs_file(unit))
		return false;
	unitfile_find(s, unit, &u);
	return (u.state == UNITFILE_ABSENT || u.state == UNITFILE_DANGLING) &&
	       !unitfile_has_script(s, unit);
}

static bool is_told(const struct scan *s, const char *path)
{
	for (const struct finding *f = s->findings; f; f = f->next) {
		if (f->problem == &systemd_missing && streq_null(f->path, path))
			return true;
	}
	return false;
}

static unsigned check_link(struct scan *s, const struct link *l)
{
	const char *template = unitfile_template(s->arena, l->unit);
	const struct systemd_vital *v = systemd_vital(template ? template : l->unit);
	const char *path = scan_printf(s, "%s/%s", l->dir, l->unit);

	if (!is_missing(s, l->unit) || may_be_unseen(s, l->unit, path))
		return 0;
	if (v && is_leftover(s, l->unit))
		v = NULL;
	if ((!v && !startswith(l->dir, "/etc/")) || is_told(s, path))
		return 0;
	report_link(s, l, v);
	return 1;
}

struct count {
	unsigned links, said;
};

static void check_dir(struct scan *s, size_t dir, const char *sub, struct count *n)
{
	static const char *const ends[] = { ".wants", ".requires" };
	const char *const *unit;
	struct link l = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		if (endswith(sub, ends[i]))
			l.who = scan_printf(s, "%.*s", (int)(strlen(sub) - strlen(ends[i])), sub);
	}
	l.dir = scan_printf(s, "%s/%s", unitfile_dirs[dir], sub);
	if (!l.who || !root_is_dir(s->root, l.dir))
		return;
	unit = scan_dir(s, l.dir);
	for (size_t i = 0; unit[i] && n->links < LINKS_MAX && n->said < SAID_MAX; i++) {
		l.unit = unit[i];
		n->links++;
		if (unitfile_asks(s, sub, l.unit, dir))
			n->said += check_link(s, &l);
	}
}

/* /lib is a link where /usr is merged. */
static bool was_before(struct scan *s, size_t dir)
{
	const char *real = paths_real_or_same(s->root, s->arena, unitfile_dirs[dir]);

	for (size_t i = 0; i < dir; i++) {
		if (streq(real, paths_real_or_same(s->root, s->arena, unitfile_dirs[i])))
			return true;
	}
	return false;
}

void systemd_check_links(struct scan *s)
{
	struct count n = { 0 };

	if (unseen(unseen_find(s), "/usr/lib/systemd/system"))
		return;
	for (size_t i = 0; unitfile_dirs[i]; i++) {
		const char *const *sub = root_is_dir(s->root, unitfile_dirs[i]) && !was_before(s, i)
						 ? scan_dir(s, unitfile_dirs[i])
						 : NULL;

		for (size_t k = 0; sub && sub[k] && n.links < LINKS_MAX && n.said < SAID_MAX; k++)
			check_dir(s, i, sub[k], &n);
	}
}
