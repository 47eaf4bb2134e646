/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was judged, said path by path, or as one finding when it is too much for an accident. */
#include "checks/modes_parts.h"

#define MASS 20u      /* so many judged paths are no accident of one command on one file */
#define MASS_SMALL 8u /* or so many, when they are most of a small tree */

/* --- saying --- */

static const char *lost_words(const struct modes_judged *j)
{
	bool dir = S_ISDIR(j->st.st_mode);

	if (j->faults & MODES_LOST_X)
		return dir ? "nobody but root can pass through it" : "nobody can execute it";
	if (j->faults & MODES_LOST_SOME) {
		if (j->rule->kind == MODES_TMP)
			return "not everybody may write it";
		if (dir)
			return "only some users can pass through it";
		return j->rule->kind == MODES_EXEC ? "only some users can execute it"
						   : "not everybody can read it";
	}
	return NULL;
}

static const char *special_words(const struct modes_judged *j)
{
	if (!(j->faults & MODES_LOST_SPECIAL))
		return NULL;
	if (S_ISDIR(j->st.st_mode))
		return "the sticky bit is gone";
	return j->mode & 04000 ? "the setuid bit is gone" : "the setgid bit is gone";
}

static const char *open_words(const struct modes_judged *j)
{
	mode_t mode = j->st.st_mode & j->rule->never;

	if (!(j->faults & MODES_OPEN))
		return NULL;
	if (j->st.st_mode & 02)
		return "everybody may write it";
	if (mode & 020)
		return "its group may write it";
	return mode & 04 ? "everybody may read it" : "it may be executed";
}

static const char *describe(struct modes_look *l, const struct modes_judged *j)
{
	const char *words[] = { open_words(j), lost_words(j), special_words(j) };
	_cleanup_bytes_ struct bytes b = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (words[i])
			bytes_addf(&b, "%s%s", b.len ? ", " : "", words[i]);
	}
	if (b.len) {
		_cleanup_free_ char *rest = xstrdup(b.data);

		b.len = 0;
		bytes_addf(&b, "mode %04o: %s", (unsigned)(j->st.st_mode & 07777), rest);
	}
	if (j->owner)
		bytes_addf(&b, "%sbelongs to uid %u, not to root", b.len ? ", " : "",
			   (unsigned)j->st.st_uid);
	else if (j->group)
		bytes_addf(&b, "%sgroup is %u, not '%s'", b.len ? ", " : "", (unsigned)j->st.st_gid,
			   j->want_group);
	return arena_memdup(l->s->arena, b.data, b.len);
}

static const struct problem *problem_of(const struct modes_judged *j)
{
	static const struct problem *const by_kind[] = {
		[MODES_TREE] = &modes_root,	[MODES_EXEC] = &modes_exec,
		[MODES_SETUID] = &modes_setuid, [MODES_ACCOUNT] = &modes_shadow,
		[MODES_SUDO] = &modes_sudo,	[MODES_SSH] = &modes_ssh,
		[MODES_TMP] = &modes_tmp,	[MODES_FILE] = &modes_file,
	};
	bool lost = j->faults & (MODES_LOST_X | MODES_LOST_SOME);

	if (j->rule->kind == MODES_EXEC && !lost)
		return &modes_file;
	return by_kind[j->rule->kind];
}

/* Owner first: a change of owner takes the special bits away. */
static void propose(struct finding *f, const struct modes_judged *j)
{
	if (j->owner || j->group)
		propose_owner(f, j->path, j->uid, j->gid);
	if (j->mode != (j->st.st_mode & 07777) || (j->mode & 06000))
		propose_mode(f, j->path, j->mode);
}

/* The top of a directory somebody unpacked a tree into is that directory's, not the patient's. */
static bool is_helpers_top(const struct modes_look *l, const struct modes_judged *j)
{
	return streq(j->path, "/") && !l->s->facts->devices->known &&
	       (j->owner || (j->st.st_mode & 07777) == 0700);
}

static void report_one(struct modes_look *l, const struct modes_judged *j)
{
	struct finding *f = scan_find(l->s, problem_of(j), j->path, "%s", describe(l, j));

	finding_severity(f, j->severity);
	/* Nobody's key is refused where no sshd is. */
	if (streq(j->path, "/root") && !l->sshd && !j->owner)
		finding_severity(f, DEGRADES);
	if (is_helpers_top(l, j)) {
		finding_severity(f, NOTE);
		finding_safety(f, FIX_ASK);
	}
	propose(f, j);
}

/* --- many at once --- */

bool modes_is_mass(const struct modes_look *l)
{
	return l->n >= MASS || (l->n >= MASS_SMALL && l->n * 10 >= l->seen * 6);
}

/* What one finding for all of them carries; the rest is told by itself. */
static bool goes_with_mass(const struct modes_judged *j)
{
	if (j->rule->kind == MODES_TREE)
		return !streq(j->path, "/") && !streq(j->path, "/root");
	return j->rule->kind == MODES_EXEC || j->rule->kind == MODES_FILE;
}

struct tally {
	size_t open, lost, strange;
	enum severity severity;
};

static struct tally count_faults(const struct modes_look *l)
{
	struct tally t = { .severity = BLOCKS_LOGIN };

	for (size_t i = 0; i < l->n; i++) {
		const struct modes_judged *j = &l->j[i];

		t.open += (j->faults & MODES_OPEN) != 0;
		t.lost += (j->faults & (MODES_LOST_X | MODES_LOST_SOME | MODES_LOST_SPECIAL)) != 0;
		t.strange += j->owner;
		t.severity = modes_worse(t.severity, j->severity);
	}
	return t;
}

static void report_mass(struct modes_look *l)
{
	struct tally t = count_faults(l);
	struct finding *f =
		scan_find(l->s, &modes_mass, "/",
			  "%zu of %zu known paths: %zu with bits too many, %zu that lack some, "
			  "%zu of another owner",
			  l->n, l->seen, t.open, t.lost, t.strange);

	finding_severity(f, t.severity);
	for (size_t i = 0; i < l->n; i++) {
		if (goes_with_mass(&l->j[i]))
			propose(f, &l->j[i]);
	}
}

void modes_report(struct modes_look *l)
{
	if (l->mass)
		report_mass(l);
	for (size_t i = 0; i < l->n; i++) {
		if (!l->mass || !goes_with_mass(&l->j[i]))
			report_one(l, &l->j[i]);
	}
}
