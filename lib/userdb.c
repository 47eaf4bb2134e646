/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>

#include "lib/userdb.h"

static const char bom[] = "\xEF\xBB\xBF";

static const size_t width[] = {
	[USERDB_PASSWD] = 7,
	[USERDB_SHADOW] = 9,
	[USERDB_GROUP] = 4,
	[USERDB_GSHADOW] = 4,
};

size_t userdb_width(enum userdb_kind kind)
{
	return width[kind];
}

bool userdb_number(const char *s, uint32_t *out)
{
	uint64_t v;

	if (!parse_u64(s, &v) || v >= UINT32_MAX)
		return false;
	*out = (uint32_t)v;
	return true;
}

/* --- one line --- */

/* The number fields of a kind, and whether they may be empty. */
static bool is_number_field(enum userdb_kind kind, unsigned i, bool *may_be_empty)
{
	*may_be_empty = kind == USERDB_SHADOW;
	switch (kind) {
	case USERDB_PASSWD:
		return i == PW_UID || i == PW_GID;
	case USERDB_SHADOW:
		return i >= SP_LSTCHG && i <= SP_FLAG;
	case USERDB_GROUP:
		return i == GR_GID;
	default:
		return false;
	}
}

/* shadow-utils writes -1 for "none" in the numbers of shadow, and both libraries read it so. */
static bool number_is_good(enum userdb_kind kind, const char *s)
{
	uint32_t v;

	return userdb_number(s, &v) || (kind == USERDB_SHADOW && streq(s, "-1"));
}

static void check_numbers(struct userdb_entry *e, enum userdb_kind kind)
{
	size_t have = e->fields < width[kind] ? e->fields : width[kind];

	for (unsigned i = 0; i < have; i++) {
		bool may_be_empty;

		if (!is_number_field(kind, i, &may_be_empty))
			continue;
		if ((may_be_empty && !*e->field[i]) || number_is_good(kind, e->field[i]))
			continue;
		e->faults |= USERDB_NUMBER;
		e->bad_field = i;
		return;
	}
}

/* glibc takes an old form of five fields, and eight when the last of them holds something. */
static bool shadow_is_dead(const struct userdb_entry *e)
{
	switch (e->fields) {
	case 9:
		return false;
	case 8:
		return !*e->field[SP_EXPIRE];
	case 6:
		return *e->field[SP_WARN] != '\0';
	case 5:
		return !*e->field[SP_MAX];
	default:
		return true;
	}
}

static bool too_short(const struct userdb_entry *e, enum userdb_kind kind, enum userdb_libc libc)
{
	if (libc == USERDB_MUSL)
		return e->fields < width[kind];
	switch (kind) {
	case USERDB_PASSWD:
		return e->fields <= PW_GID;
	case USERDB_GROUP:
		return e->fields <= GR_GID;
	case USERDB_SHADOW:
		return shadow_is_dead(e);
	default:
		return e->fields < width[kind];
	}
}

/* A CR harms where a number, or the end of the line itself, is looked for. */
static bool cr_kills(const struct userdb_entry *e, enum userdb_kind kind)
{
	switch (kind) {
	case USERDB_SHADOW:
		return true;
	case USERDB_PASSWD:
		return e->fields == PW_GID + 1;
	case USERDB_GROUP:
		return e->fields == GR_GID + 1;
	default:
		return false;
	}
}

static void judge(struct userdb_entry *e, enum userdb_kind kind, enum userdb_libc libc)
{
	/* The third field of a group line may be its last one, for every reader but musl. */
	size_t enough = kind == USERDB_GROUP && libc == USERDB_GLIBC ? 3 : width[kind];

	if (!*e->name)
		e->faults |= USERDB_NO_NAME;
	/* The short forms of shadow that glibc takes are taken by all else that reads it. */
	if (kind == USERDB_SHADOW ? too_short(e, kind, libc) && e->fields < enough
				  : e->fields < enough)
		e->faults |= USERDB_SHORT;
	if (e->fields > width[kind])
		e->faults |= USERDB_LONG;
	check_numbers(e, kind);
	e->dead = (e->faults & (USERDB_NO_NAME | USERDB_NUMBER | USERDB_NUL)) ||
		  too_short(e, kind, libc) ||
		  (kind == USERDB_SHADOW && (e->faults & USERDB_LONG)) ||
		  ((e->faults & USERDB_CR) && cr_kills(e, kind));
	if (e->dead)
		return;
	if (kind == USERDB_PASSWD) {
		userdb_number(e->field[PW_UID], &e->id);
		userdb_number(e->field[PW_GID], &e->gid);
	} else if (kind == USERDB_GROUP) {
		userdb_number(e->field[GR_GID], &e->id);
	}
}

/* s is ours to cut. */
static void split(struct userdb_entry *e, enum userdb_kind kind, char *s)
{
	for (unsigned i = 0; i < USERDB_FIELDS; i++)
		e->field[i] = "";
	while (s) {
		char *colon = strchr(s, ':');

		if (colon)
			*colon++ = '\0';
		if (e->fields < width[kind])
			e->field[e->fields] = s;
		e->fields++;
		s = colon;
	}
	e->name = e->field[0];
}

/* The line without what stands around it; false when there is nothing the C library looks at. */
static bool trim(struct arena *a, const struct line *line, struct userdb_entry *e, char **out)
{
	const char *s = line->s;
	size_t len = strlen(s);

	if (startswith(s, bom)) {
		e->faults |= USERDB_BOM;
		s += 3;
		len -= 3;
	}
	while (isspace((unsigned char)*s)) {
		s++;
		len--;
	}
	if (len && s[len - 1] == '\r') {
		e->faults |= USERDB_CR;
		len--;
	}
	if (line->len > strlen(line->s))
		e->faults |= USERDB_NUL;
	if (!len || *s == '#')
		return false;
	*out = arena_strndup(a, s, len);
	return true;
}

/* --- the file --- */

static int by_name(const void *a, const void *b, void *db)
{
	const struct userdb_entry *e = ((const struct userdb *)db)->e;
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	int c = strcmp(e[x].name, e[y].name);

	return c ? c : x < y ? -1 : x > y;
}

static int by_id(const void *a, const void *b, void *db)
{
	const struct userdb_entry *e = ((const struct userdb *)db)->e;
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	if (e[x].id != e[y].id)
		return e[x].id < e[y].id ? -1 : 1;
	return x < y ? -1 : x > y;
}

static void sort(struct arena *a, struct userdb *db)
{
	size_t *names = arena_alloc(a, (db->n + 1) * sizeof(*names));
	size_t *ids = arena_alloc(a, (db->n + 1) * sizeof(*ids));

	for (size_t i = 0; i < db->n; i++) {
		names[i] = i;
		if (!db->e[i].dead)
			ids[db->living++] = i;
	}
	qsort_r(names, db->n, sizeof(*names), by_name, db);
	qsort_r(ids, db->living, sizeof(*ids), by_id, db);
	for (size_t i = 1; i < db->n; i++) {
		if (streq(db->e[names[i]].name, db->e[names[i - 1]].name))
			db->e[names[i]].faults |= USERDB_DUPLICATE;
	}
	db->by_name = names;
	db->by_id = ids;
}

void userdb_parse(struct arena *a, const struct text *t, enum userdb_kind kind,
		  enum userdb_libc libc, struct userdb *out)
{
	struct userdb db = { .kind = kind };
	size_t cap = 0;

	for (size_t n = 1; n <= t->lines && db.n < USERDB_MAX; n++) {
		struct userdb_entry e = { .line = n };
		char *s;

		if (!trim(a, &t->line[n - 1], &e, &s))
			continue;
		if (*s == '+' || *s == '-') {
			db.nis = true;
			continue;
		}
		split(&e, kind, s);
		judge(&e, kind, libc);
		db.cr += (e.faults & USERDB_CR) != 0;
		db.dead += e.dead;
		ARENA_GROW(a, db.e, db.n, cap);
		db.e[db.n++] = e;
	}
	sort(a, &db);
	*out = db;
}

const struct userdb_entry *userdb_find(const struct userdb *db, const char *name)
{
	const struct userdb_entry *dead = NULL;
	size_t from = 0, to = db->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (strcmp(db->e[db->by_name[middle]].name, name) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	for (; from < db->n; from++) {
		const struct userdb_entry *e = &db->e[db->by_name[from]];

		if (!streq(e->name, name))
			break;
		if (!e->dead)
			return e;
		if (!dead)
			dead = e;
	}
	return dead;
}

const struct userdb_entry *userdb_by_id(const struct userdb *db, uint32_t id)
{
	size_t from = 0, to = db->living;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (db->e[db->by_id[middle]].id < id)
			from = middle + 1;
		else
			to = middle;
	}
	if (from == db->living || db->e[db->by_id[from]].id != id)
		return NULL;
	return &db->e[db->by_id[from]];
}

bool userdb_is_sound(const struct userdb *db)
{
	const struct userdb_entry *root = userdb_find(db, "root");

	for (size_t i = 0; i < db->n; i++) {
		if (db->e[i].faults || db->e[i].dead)
			return false;
	}
	return root && root->id == 0;
}

const char *userdb_format_with(struct arena *a, enum userdb_kind kind, const struct userdb_entry *e,
			       unsigned field, const char *value)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	for (unsigned i = 0; i < width[kind]; i++) {
		if (i)
			bytes_addc(&b, ':');
		bytes_adds(&b, i == field ? value : e->field[i]);
	}
	return arena_memdup(a, b.data, b.len);
}

const char *userdb_format(struct arena *a, enum userdb_kind kind, const struct userdb_entry *e)
{
	return userdb_format_with(a, kind, e, 0, e->name);
}

bool userdb_is_hollow(const struct text *t)
{
	for (size_t n = 0; n < t->lines; n++) {
		const char *s = t->line[n].s, *end = s + t->line[n].len;

		if (n == 0 && startswith(s, bom))
			s += 3;
		while (s < end && (*s == '\0' || isspace((unsigned char)*s)))
			s++;
		if (s < end && *s != '#')
			return false;
	}
	return true;
}
