/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/accountlines.h"

#define FINDINGS_MAX 20 /* of one file: the rest is one more */

static const unsigned broken =
	USERDB_SHORT | USERDB_LONG | USERDB_NUMBER | USERDB_NO_NAME | USERDB_NUL;

/* --- helpers of the repairs --- */

const char *accountlines_from_backup(struct accounts *acc, struct accounts_file *f,
				     const struct userdb_entry *e, unsigned except)
{
	const struct userdb_entry *was;

	if (!*e->name || !accounts_backup(acc, f))
		return NULL;
	was = userdb_find(&f->backup_db, e->name);
	if (!was)
		return NULL;
	for (unsigned i = 0; i < e->fields && i < userdb_width(f->kind); i++) {
		/* The last field of a line that was cut may be cut itself. */
		if (i + 1 == e->fields && (e->faults & USERDB_SHORT) &&
		    startswith(was->field[i], e->field[i]))
			continue;
		if (i != except && !streq(was->field[i], e->field[i]))
			return NULL;
	}
	return userdb_format(acc->scan->arena, f->kind, was);
}

bool accountlines_tail_is_empty(const struct accounts_file *f, const struct userdb_entry *e)
{
	const char *s = text_line(f->text, e->line);

	for (size_t colons = 0; *s && colons < userdb_width(f->kind); s++)
		colons += *s == ':';
	return s[strspn(s, ": \t\r")] == '\0';
}

static struct accountlines_repair repair_of(struct accounts *acc, struct accounts_file *f,
					    const struct accountlines_kind *kind,
					    const struct userdb_entry *e)
{
	struct accountlines_repair none = { 0 };

	return e->faults & (USERDB_NO_NAME | USERDB_NUL) ? none : kind->repair(acc, f, e);
}

/* --- CR and BOM --- */

static const char *without_marks(struct arena *a, const struct line *line)
{
	const char *s = line->s;
	size_t len = strlen(s);

	if (startswith(s, "\xEF\xBB\xBF")) {
		s += 3;
		len -= 3;
	}
	while (len && s[len - 1] == '\r')
		len--;
	return arena_strndup(a, s, len);
}

/* Also what else is wrong with the line, when that is as safe. */
static void propose_clean(struct accounts *acc, struct accounts_file *f,
			  const struct accountlines_kind *kind, struct finding *found)
{
	const struct userdb *db = &f->db;
	size_t at = 0;

	for (size_t n = 1; n <= f->text->lines; n++) {
		const struct line *line = &f->text->line[n - 1];
		const char *clean;

		while (at < db->n && db->e[at].line < n)
			at++;
		if (strlen(line->s) != line->len)
			continue;
		clean = without_marks(acc->scan->arena, line);
		if (streq(clean, line->s))
			continue;
		if (at < db->n && db->e[at].line == n && (db->e[at].faults & broken)) {
			struct accountlines_repair r = repair_of(acc, f, kind, &db->e[at]);

			if (r.line && r.safety == FIX_SAFE)
				clean = r.line;
		}
		propose_line(found, f->text, n, "%s", clean);
	}
}

/* Where colons are lost in shadow, what stands for the name may hold the hash. */
static const char *called(struct accounts *acc, const struct accounts_file *f,
			  const struct userdb_entry *e)
{
	if (f->kind == USERDB_SHADOW && !userdb_find(&acc->passwd.db, e->name))
		return "an entry of no user of passwd";
	return scan_printf(acc->scan, "'%s'", e->name);
}

/* root's line when it is marked, else the first that is. */
static const struct userdb_entry *worst_marked(const struct userdb *db)
{
	const struct userdb_entry *first = NULL;

	for (size_t i = 0; i < db->n; i++) {
		if (!(db->e[i].faults & (USERDB_CR | USERDB_BOM)))
			continue;
		if (streq(db->e[i].name, "root"))
			return &db->e[i];
		if (!first)
			first = &db->e[i];
	}
	return first;
}

static void report_marks(struct accounts *acc, struct accounts_file *f,
			 const struct accountlines_kind *kind)
{
	const struct userdb_entry *e = worst_marked(&f->db);
	bool has_bom = f->db.n && (f->db.e[0].faults & USERDB_BOM);
	struct finding *found;

	if (!e)
		return;
	if (f->db.cr)
		found = scan_find(acc->scan, kind->line, f->path,
				  "%zu of %zu lines end in CR%s, that of %s too", f->db.cr, f->db.n,
				  has_bom ? " and a byte order mark leads the file" : "",
				  called(acc, f, e));
	else
		found = scan_find(acc->scan, kind->line, f->path,
				  "a byte order mark stands before the name of %s",
				  called(acc, f, e));
	accounts_at(found, f, e->line);
	finding_severity(found, kind->severity(acc, e));
	propose_clean(acc, f, kind, found);
}

/* --- lines that do not parse --- */

static const char *number_name(enum userdb_kind kind, unsigned field)
{
	static const char *const shadow[] = { "name",	  "password", "day of last change",
					      "minimum",  "maximum",  "warning",
					      "inactive", "expiry",   "flag" };

	if (kind == USERDB_SHADOW)
		return shadow[field < ARRAY_SIZE(shadow) ? field : 0];
	return kind == USERDB_PASSWD && field == PW_UID ? "uid" : "gid";
}

static const char *describe(struct accounts *acc, const struct accounts_file *f,
			    const struct userdb_entry *e)
{
	const char *name = called(acc, f, e);
	size_t width = userdb_width(f->kind);

	if (e->faults & USERDB_NUL)
		return scan_printf(acc->scan, "NUL bytes in the line of %s", name);
	if (e->faults & USERDB_NO_NAME)
		return "no name stands before the first colon";
	if (e->faults & (USERDB_SHORT | USERDB_LONG))
		return scan_printf(acc->scan,
				   e->faults & USERDB_SHORT ? "%s has %zu of %zu fields"
							    : "%s has %zu fields, not %zu",
				   name, e->fields, width);
	/* What stands in a wrong field of shadow may be the hash. */
	if (f->kind == USERDB_SHADOW)
		return scan_printf(acc->scan, "%s: the %s is not a number", name,
				   number_name(f->kind, e->bad_field));
	return scan_printf(acc->scan, "%s: the %s is '%s', not a number", name,
			   number_name(f->kind, e->bad_field), e->field[e->bad_field]);
}

static void report_broken(struct accounts *acc, struct accounts_file *f,
			  const struct accountlines_kind *kind, const struct userdb_entry *e)
{
	struct finding *found =
		scan_find(acc->scan, kind->line, f->path, "%s", describe(acc, f, e));
	struct accountlines_repair r = repair_of(acc, f, kind, e);

	accounts_at(found, f, e->line);
	finding_severity(found, kind->severity(acc, e));
	if (!r.line) {
		finding_safety(found, FIX_NONE);
		return;
	}
	finding_safety(found, r.safety);
	if (r.safety == FIX_ASK)
		finding_choice(found,
			       f->kind == USERDB_SHADOW
				       ? "the %s is emptied"
				       : "the line is written with what is known of its %s",
			       number_name(f->kind, e->bad_field));
	propose_line(found, f->text, e->line, "%s", r.line);
}

/* --- names that stand twice --- */

static void report_duplicate(struct accounts *acc, struct accounts_file *f,
			     const struct accountlines_kind *kind, const struct userdb_entry *e)
{
	const struct userdb_entry *first = userdb_find(&f->db, e->name);
	struct finding *found;

	/* The same number twice is untidy and no more. */
	if (e->dead || first->dead || first == e || first->id == e->id)
		return;
	found = scan_find(acc->scan, kind->line, f->path,
			  "'%s' stands twice: %u here, but %u on line %zu is what counts", e->name,
			  e->id, first->id, first->line);
	accounts_at(found, f, e->line);
	finding_severity(found, DEGRADES);
	finding_safety(found, FIX_ASK);
	finding_choice(found, "this line is commented, line %zu stays", first->line);
	propose_comment(found, f->text, e->line);
}

/* All that is left from entry i on, in one finding, so that one repair mends it all. */
static void report_rest(struct accounts *acc, struct accounts_file *f,
			const struct accountlines_kind *kind, size_t i)
{
	struct finding *found = scan_find(acc->scan, kind->line, f->path,
					  "this line and others below are broken, too");

	accounts_at(found, f, f->db.e[i].line);
	finding_severity(found, kind->severity(acc, &f->db.e[i]));
	for (; i < f->db.n; i++) {
		struct accountlines_repair r = { 0 };

		if (f->db.e[i].faults & broken)
			r = repair_of(acc, f, kind, &f->db.e[i]);
		if (r.line && r.safety == FIX_SAFE)
			propose_line(found, f->text, f->db.e[i].line, "%s", r.line);
	}
	if (!found->edits)
		finding_safety(found, FIX_NONE);
}

void accountlines_report(struct accounts *acc, struct accounts_file *f,
			 const struct accountlines_kind *kind)
{
	bool has_ids = f->kind == USERDB_PASSWD || f->kind == USERDB_GROUP;
	size_t said = 0;

	report_marks(acc, f, kind);
	for (size_t i = 0; i < f->db.n; i++) {
		const struct userdb_entry *e = &f->db.e[i];

		if (!(e->faults & broken)) {
			if (has_ids && (e->faults & USERDB_DUPLICATE) && said < FINDINGS_MAX)
				report_duplicate(acc, f, kind, e);
			continue;
		}
		if (said++ == FINDINGS_MAX) {
			report_rest(acc, f, kind, i);
			return;
		}
		report_broken(acc, f, kind, e);
	}
}
